"""What is worth measuring or asking next: by what it would settle, and by what it costs the person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from myoscope.assess.disagreements import BODY_SIZE
from myoscope.assess.result import NextMeasurement
from myoscope.assess.suppose import outcomes
from myoscope.assess.words import name_of
from myoscope.causes import Flag, Weighed
from myoscope.definitions import Classification
from myoscope.definitions.catalogue import NOT_APPLICABLE
from myoscope.quantities import KINDS, quantities, terms
from myoscope.rules import Compare, Facts, Formula
from myoscope.sources import folder

MOST = 12
_ROW = 3
"""From so many single questions of one kind on, the whole list is asked for instead."""
_CAUSES_ASKED = ("probable", "possible")
_CAUSE_QUESTIONS = 2
"""How many of the things a cause lacks are asked for, cheapest first."""


@dataclass(slots=True)
class _Candidate:
    """One thing to measure or ask, and what it would bring: definition -> how much of it (`worth` of the policy)."""

    keys: tuple[str, ...]
    urgent: dict[str, None] = field(default_factory=dict)
    settles: dict[str, float] = field(default_factory=dict)
    helps: dict[str, float] = field(default_factory=dict)
    causes: dict[str, None] = field(default_factory=dict)


@cache
def _policy() -> dict[str, Any]:
    return dict(folder("policy")["policy/effort.yaml"])


def effort(name: str) -> int:
    """What it costs the person to have this known: 1 (a question) to 5 (a scan)."""
    table = _policy()["effort"]
    if name in table:
        return int(table[name])
    known = quantities().get(name)
    return int(table["otherwise_number" if known and known.kind == "number" else "otherwise_question"])


def _how(name: str) -> str | None:
    """How it is measured, or the question to ask."""
    if name in quantities():
        return quantities()[name].how
    kind, _, term = name.partition(":")
    known = terms(kind).get(term) if kind in KINDS else None
    return (known.ask or known.plain) if known else None


def base_inputs(name: str, facts: Facts) -> list[str]:
    """What to measure for a variable: itself, or the missing inputs of its formula."""
    known = quantities().get(name)
    if known is None or known.formula is None:
        return [name]
    return [
        one for part in sorted(_inputs(known.formula)) if part not in facts.values for one in base_inputs(part, facts)
    ]


@cache
def _inputs(formula: str) -> frozenset[str]:
    return Formula(formula).names


def next_measurements(
    classified: Mapping[str, Classification],
    causes: Sequence[Weighed],
    facts: Facts,
    alarms: Mapping[str, Sequence[Flag]],
) -> list[NextMeasurement]:
    """What to measure or ask next.

    First what decides an urgent sign, then age, height and weight; then by worth for its cost
    (`knowledge/policy/effort.yaml`): stages it would settle, stages it would bring nearer, causes that lack it. A long
    row of single questions is one item.
    """
    open_now = [found for found in classified.values() if found.stage != NOT_APPLICABLE and not found.settled]
    lacking = {
        found.definition.id: {
            one: None for name in found.missing for one in base_inputs(name, facts) if one not in facts.values
        }
        for found in open_now
    }
    wanted = [
        (cause, {one: None for name in cause.missing[:_CAUSE_QUESTIONS] for one in base_inputs(name, facts)})
        for cause in causes
        if cause.status in _CAUSES_ASKED
    ]
    candidates = _candidates([*lacking.values(), *(names for _, names in wanted)], alarms)
    for found in open_now:
        _weigh(found, lacking[found.definition.id], candidates, facts)
    for cause, names in wanted:
        for candidate in candidates.values():
            if not names.keys().isdisjoint(candidate.keys):
                candidate.causes[cause.cause.title] = None

    def place(name: str) -> tuple[bool, bool, float, str]:
        # before any test: nearly every reading is judged by them, and people know them
        return not candidates[name].urgent, name not in BODY_SIZE | {"age_years"}, -_value(name, candidates[name]), name

    ordered = sorted(candidates, key=place)
    useful = [name for name in ordered if candidates[name].urgent or _value(name, candidates[name]) > 0]
    return [_row(name, candidates[name], rank) for rank, name in enumerate(useful[:MOST], start=1)]


def _candidates(rows: Iterable[Iterable[str]], alarms: Mapping[str, Sequence[Flag]]) -> dict[str, _Candidate]:
    """Every missing thing once; single questions of one kind are gathered where there are many of them."""
    names = dict.fromkeys([*alarms, *(name for row in rows for name in row)])
    found: dict[str, _Candidate] = {}
    for kind, plural in KINDS.items():
        asked = tuple(name for name in names if name.startswith(f"{kind}:") and name not in alarms)
        if len(asked) >= _ROW:
            found[plural] = _Candidate(asked)
    gathered = {name for candidate in found.values() for name in candidate.keys}
    found.update({name: _Candidate((name,)) for name in names if name not in gathered})
    for name, flags in alarms.items():
        found[name].urgent.update({f"urgent sign: {flag.title}": None for flag in flags})
    return found


def _weigh(found: Classification, lacking: Iterable[str], candidates: Mapping[str, _Candidate], facts: Facts) -> None:
    """Add what each candidate would do for one open definition."""
    worth = _policy()["worth"]
    title, weight = found.definition.title, worth["group"][found.definition.group]
    if not _begun(found):
        weight *= worth["not_begun"]
    missing = set(lacking)
    for candidate in candidates.values():
        if missing.isdisjoint(candidate.keys):
            continue
        answered = partial(_is_answered, keys=frozenset(candidate.keys), facts=facts)
        result = outcomes(found, answered)
        if "age_years" in candidate.keys and "age_years" in found.missing:
            candidate.settles[title] = weight * worth["settles_half"]
        elif result.settled:
            candidate.settles[title] = weight * worth["settles" if result.settled > 1 else "settles_half"]
        else:
            candidate.helps[title] = weight * worth["moves" if result.moves else "helps"]


def _begun(found: Classification) -> bool:
    """Whether anything that this definition asks for has been measured."""
    return any(
        isinstance(leaf.rule, Compare) and leaf.answer is not None and leaf.rule.variable not in BODY_SIZE
        for trace in found.components.values()
        for leaf in trace.leaves()
    )


def _is_answered(key: str, *, keys: frozenset[str], facts: Facts) -> bool:
    """Whether a leaf of the rules is answered once these things are known (a ratio needs all its parts)."""
    if key in keys:
        return True
    inputs = base_inputs(key, facts) if key in quantities() and key not in facts.values else []
    return bool(inputs) and keys.issuperset(inputs)


def _value(name: str, candidate: _Candidate) -> float:
    """What a candidate brings, for what it costs."""
    brings = sum(candidate.settles.values()) + sum(candidate.helps.values())
    brings += _policy()["worth"]["cause"] * len(candidate.causes)
    return float(brings / _policy()["price"][str(effort(name))])


def _row(name: str, candidate: _Candidate, rank: int) -> NextMeasurement:
    surest = sorted(candidate.settles, key=lambda title: -candidate.settles[title])
    gathered = name in KINDS.values()
    cost = effort(name)
    return NextMeasurement(
        id=name,
        name=f"the list of {name}" if gathered else name_of(name),
        how="complete it: say of each whether it is there, or that the list is complete" if gathered else _how(name),
        settles=[*candidate.urgent, *surest],
        helps=list(candidate.helps),
        causes=list(candidate.causes),
        asks=[name_of(key) for key in candidate.keys] if gathered else [],
        effort=cost,
        cost=_policy()["ranks"][str(cost)],
        rank=rank,
    )
