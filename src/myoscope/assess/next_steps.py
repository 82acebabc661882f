"""What is worth measuring or asking next, and what it would settle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from myoscope.assess.result import NextMeasurement
from myoscope.assess.words import name_of
from myoscope.causes import Flag, Weighed
from myoscope.definitions import Classification
from myoscope.quantities import KINDS, quantities, terms
from myoscope.rules import Facts, Formula
from myoscope.sources import folder

MOST = 12
_CAUSES_ASKED = ("probable", "possible")


@cache
def _effort() -> dict[str, Any]:
    return dict(folder("policy")["policy/effort.yaml"]["effort"])


def effort(name: str) -> int:
    """What it costs the person to have this known: 1 (a question) to 5 (a scan)."""
    table = _effort()
    if name in table:
        return int(table[name])
    known = quantities().get(name)
    return int(table["otherwise_number" if known and known.kind == "number" else "otherwise_question"])


def _how(name: str) -> str | None:
    """How it is measured, or the question to ask."""
    if name in quantities():
        return quantities()[name].how
    term = next(
        (
            terms(kind)[name.rsplit(":", maxsplit=1)[-1]]
            for kind in KINDS
            if name.rsplit(":", maxsplit=1)[-1] in terms(kind)
        ),
        None,
    )
    return (term.ask or term.plain) if term else None


def base_inputs(name: str, facts: Facts) -> list[str]:
    """What to measure for a variable: itself, or the missing inputs of its formula."""
    known = quantities().get(name)
    if known is None or known.formula is None:
        return [name]
    return [
        one
        for part in sorted(Formula(known.formula).names)
        if part not in facts.values
        for one in base_inputs(part, facts)
    ]


def next_measurements(
    classified: Mapping[str, Classification],
    causes: Sequence[Weighed],
    facts: Facts,
    alarms: Mapping[str, Sequence[Flag]],
) -> list[NextMeasurement]:
    """What to measure or ask next: what decides an urgent sign, what settles most definitions, what causes lack."""
    urgent = {name: {f"urgent sign: {flag.title}": None for flag in flags} for name, flags in alarms.items()}
    settles: dict[str, dict[str, None]] = {}
    screens: dict[str, None] = {}
    for found in classified.values():
        if found.definition.screen:
            screens.update(dict.fromkeys(one for name in found.missing for one in base_inputs(name, facts)))
            continue
        for name in found.missing:
            for one in base_inputs(name, facts):
                settles.setdefault(one, {})[found.definition.title] = None
    definitions = sorted(settles, key=lambda name: (-len(settles[name]), effort(name), name))
    asked: dict[str, dict[str, None]] = {}
    for cause in causes:
        if cause.status in _CAUSES_ASKED:
            for name in cause.missing[:2]:
                for one in base_inputs(name, facts):
                    asked.setdefault(one, {})[cause.cause.title] = None
    others = sorted(
        (name for name in asked if name not in settles), key=lambda name: (-len(asked[name]), effort(name), name)
    )
    rows = []
    first = sorted(urgent, key=lambda name: (effort(name), name))
    for rank, name in enumerate(list(dict.fromkeys([*first, *definitions, *others, *screens]))[:MOST], start=1):
        titles = [*urgent.get(name, {}), *settles.get(name, {}), *asked.get(name, {})] or ["whether to be measured"]
        rows.append(NextMeasurement(id=name, name=name_of(name), how=_how(name), settles=titles, rank=rank))
    return rows
