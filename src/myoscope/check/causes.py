"""Every cause leads somewhere, and its words of strength fit the likelihood ratios beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from myoscope.causes import CauseFile, Clue, causes
from myoscope.causes.likelihood import LikelihoodRatio, band
from myoscope.check.cases import CASE_DAY
from myoscope.check.finding import Finding
from myoscope.plan import Treatment, answers, treatments
from myoscope.plan.gates import opens
from myoscope.record import InputError, current, parse_record

_SURE = ("establishes", "strong")
_STEPS = {"weak": 1, "moderate": 2, "strong": 3, "establishes": 4, "excludes": 4}


def check_causes(files: Mapping[str, Any]) -> Iterator[Finding]:
    """Links between causes and treatments (either side may name the other), and likelihood ratios."""
    for cause in causes().values():
        path = f"causes/{cause.id}.yaml"
        if path not in files:  # it stands in a file of another name; that is told elsewhere
            continue
        linked = [one for one in treatments().values() if answers(one, cause)]
        if not linked:
            yield Finding(path, "treatments", "leads to no treatment and to no referral")
        yield from _closed(path, cause, linked, files[path].get("cases") or [])
        for clue in cause.speaks_for:
            yield from _ratio(path, clue, speaks_for=True)
        for clue in cause.speaks_against:
            yield from _ratio(path, clue, speaks_for=False)
    for one in treatments().values():
        if "any" not in one.for_causes and not any(answers(one, cause) for cause in causes().values()):
            yield Finding(f"treatments/{one.id}.yaml", "for_causes", "no cause leads to it")


def _closed(path: str, cause: CauseFile, linked: list[Treatment], cases: list[Any]) -> Iterator[Finding]:
    """A case in which strong evidence is there, and in which no treatment of the cause is open."""
    sure = {clue.name for clue in cause.speaks_for if clue.strength in _SURE}
    for row in cases:
        found = sorted(name for name, wanted in row["expect"].items() if name in sure and wanted is True)
        if not found:
            continue
        try:
            given = {"date": CASE_DAY.isoformat(), **row["given"]}
            facts = current(parse_record(given, path, today=CASE_DAY), on=CASE_DAY, today=CASE_DAY).facts
        except InputError:  # told with the cases
            continue
        if linked and not any(opens(one, facts) for one in linked):
            names = ", ".join(one.id for one in linked)
            yield Finding(path, f"case {row.get('name')!r}", f"{found[0]} leads nowhere: nothing opens of {names}")


def _ratio(path: str, clue: Clue, *, speaks_for: bool) -> Iterator[Finding]:
    ratio = clue.likelihood
    if ratio is None:
        return
    if (ratio.value > 1) is not speaks_for:
        side = "for" if speaks_for else "against"
        yield Finding(path, clue.name, f"the likelihood ratio {ratio.value:g} does not speak {side} it")
    yield from _words(path, clue, ratio)


def _words(path: str, clue: Clue, ratio: LikelihoodRatio) -> Iterator[Finding]:
    """A word above the band of its ratio is a fault; one below it needs its reason."""
    meant = band(ratio).strength
    said = f"the likelihood ratio {ratio.value:g} is {meant} evidence, the word is {clue.strength!r}"
    if min(_STEPS[clue.strength], _STEPS["strong"]) > _STEPS[meant]:
        yield Finding(path, clue.name, said)
    elif _STEPS[clue.strength] < _STEPS[meant] and not ratio.weaker_because:
        yield Finding(path, clue.name, f"{said}; say why (weaker_because)")
