"""Random patients for the laws of flags, causes and plan: lists, laboratory values around every limit, gaps everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from hypothesis import strategies as st

from myoscope.causes import causes
from myoscope.causes.flags import flags
from myoscope.plan import treatments
from myoscope.quantities import KINDS, quantities, terms
from myoscope.rules import Compare, Facts, Has, Is, Rule, Value
from myoscope.rules.facts import Listed
from myoscope.rules.tree import walk
from people import CATEGORIES, complete

# Derived from others, so that a random patient can't contradict himself.
DERIVED = {"bmi_kg_m2"}
BODIES = {"height_cm": [150.0, 158.0, 165.0, 172.0, 180.0], "weight_kg": [43.0, 52.0, 60.0, 75.0, 98.0]}
ABSENT, PAST, ACTIVE = Listed(active=False, ever=False), Listed(active=False, ever=True), Listed(active=True, ever=True)
STATES = [ABSENT, PAST, ACTIVE, Listed(True, True, 5.0), Listed(True, True, 60.0), Listed(True, True, 900.0)]


def rules() -> Iterator[Rule]:
    """Every rule that decides a flag, a clue, a gate, an opening or a dose."""
    for flag in flags().values():
        yield flag.rule
    for cause in causes().values():
        yield from (clue.rule for clue in (*cause.speaks_for, *cause.speaks_against))
    for treatment in treatments().values():
        yield from treatment.opens
        yield from (gate.rule for gate in treatment.gates)
        yield from (line.rule for line in treatment.doses if line.rule is not None)


@cache
def numbers() -> dict[str, tuple[float, ...]]:
    """For every number that a rule asks for: its limits, a step to either side of each, and a usual value."""
    found: dict[str, set[float]] = {}
    for rule in rules():
        for leaf in walk(rule):
            if isinstance(leaf, Compare) and leaf.variable not in DERIVED:
                known = quantities()[leaf.variable]
                for cutoff in leaf.cutoffs:
                    step = known.resolution or max(abs(cutoff.value) / 100, 0.01)
                    around = (cutoff.value - step, cutoff.value, cutoff.value + step)
                    found.setdefault(leaf.variable, set()).update(v for v in around if known.guard.holds(v))
                usual = known.usual(None)
                if usual.low is not None and usual.high is not None:
                    found[leaf.variable].add((usual.low + usual.high) / 2)
    return {name: tuple(sorted(values)) for name, values in sorted(found.items())}


@cache
def answers() -> dict[str, tuple[Any, ...]]:
    """For every category or yes/no question that a rule asks: the possible answers."""
    asked = {leaf.variable for rule in rules() for leaf in walk(rule) if isinstance(leaf, Is)}
    return {name: tuple(CATEGORIES.get(name, (True, False))) for name in sorted(asked | set(CATEGORIES))}


@cache
def listable() -> tuple[tuple[str, str], ...]:
    """Everything that a rule looks for on the lists."""
    found = {(leaf.kind, leaf.id) for rule in rules() for leaf in walk(rule) if isinstance(leaf, Has)}
    assert all(name in terms(kind) for kind, name in found)
    return tuple(sorted(found))


@dataclass(frozen=True)
class Patient:
    """What is known of one patient, before anything is derived."""

    values: Mapping[str, Value]
    listed: Mapping[tuple[str, str], Listed]
    complete: frozenset[str]

    @property
    def facts(self) -> Facts:
        """As the rules see it."""
        return replace(complete(dict(self.values)), listed=self.listed, complete=self.complete)

    def having(self, values: Mapping[str, Value] | None = None, **listed: Listed) -> Patient:
        """The same patient with values and list entries (`condition__cancer`) set."""
        entries = {tuple(key.split("__")): state for key, state in listed.items()}
        return Patient({**self.values, **(values or {})}, {**self.listed, **entries}, self.complete)  # type: ignore[dict-item]

    def filled_in(self, other: Patient) -> Patient:
        """The same patient with some of the gaps filled from another; nothing known is changed."""
        gaps = {key: state for key, state in other.listed.items() if key[0] not in self.complete}
        return Patient({**other.values, **self.values}, {**gaps, **self.listed}, self.complete | other.complete)


@st.composite
def patients(draw: st.DrawFn, most: int = 14) -> Patient:
    """A patient with up to `most` numbers and as many list entries, each kind of list sometimes complete."""
    values: dict[str, Any] = {}
    for name in draw(st.sets(st.sampled_from([*numbers(), *BODIES]), max_size=most)):
        values[name] = draw(st.sampled_from(BODIES.get(name) or numbers()[name]))
    for name in draw(st.sets(st.sampled_from(list(answers())))):
        values[name] = draw(st.sampled_from(answers()[name]))
    listed = draw(st.dictionaries(st.sampled_from(listable()), st.sampled_from(STATES), max_size=most))
    return Patient(values, listed, draw(st.frozensets(st.sampled_from(list(KINDS)))))
