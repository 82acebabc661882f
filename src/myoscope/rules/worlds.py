"""The possible worlds of a rule: every combination of the categories its cut-offs depend on.

A cut-off may depend on sex, ancestry, device or age band. Where one of these is unknown the rule is tried
for every possible value, and an answer that is the same for all of them stands (supervaluation). Values
that the rule cannot tell apart are one class, so that the combinations stay few.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from myoscope.quantities import quantities
from myoscope.rules.facts import Value
from myoscope.rules.parse import CASE_CATEGORIES
from myoscope.rules.tree import Compare, Is, Rule, When, walk

AGE = "age_years"


@dataclass(frozen=True, slots=True)
class Category:
    """Values of one category that the rule treats alike; the first stands for all."""

    variable: str
    values: tuple[str, ...]

    @property
    def example(self) -> Value:
        """One value of the class."""
        return self.values[0]


@dataclass(frozen=True, slots=True)
class Ages:
    """Ages the rule treats alike. Unit: years.

    `start` and `end` are cuts: (age, False) splits below the age from the age, (age, True) the age from above it.
    """

    variable: str
    start: tuple[float, bool] | None
    end: tuple[float, bool] | None

    @property
    def example(self) -> float:
        """One age of the class."""
        if self.start is None:
            return 0.0 if self.end is None else self.end[0] if self.end[1] else self.end[0] - 1
        if not self.start[1]:
            return self.start[0]
        return self.start[0] + 1 if self.end is None else (self.start[0] + self.end[0]) / 2


@cache
def classes(rule: Rule) -> dict[str, tuple[Category | Ages, ...]]:
    """As `classes_of`, kept: for tables, which ask again and again."""
    return classes_of(rule)


def classes_of(rule: Rule) -> dict[str, tuple[Category | Ages, ...]]:
    """For each category the rule's cut-offs depend on: the classes of its values."""
    mentioned: dict[str, list[frozenset[str]]] = {}
    cuts: set[tuple[float, bool]] = set()
    for node in walk(rule):
        if isinstance(node, Compare):
            for cutoff in node.cutoffs:
                _collect(cutoff.when, mentioned, cuts)
            if node.variable == AGE:
                cuts.update((cutoff.value, node.operator in {">", "<="}) for cutoff in node.cutoffs)
        elif isinstance(node, Is) and node.variable in CASE_CATEGORIES:
            mentioned.setdefault(node.variable, []).append(frozenset(map(str, node.values)))
    found: dict[str, tuple[Category | Ages, ...]] = {
        variable: _categories(variable, sets) for variable, sets in sorted(mentioned.items())
    }
    if cuts:
        edges: list[tuple[float, bool] | None] = [None, *sorted(cuts), None]
        found[AGE] = tuple(Ages(AGE, start, end) for start, end in itertools.pairwise(edges))
    return found


def _collect(when: When, mentioned: dict[str, list[frozenset[str]]], cuts: set[tuple[float, bool]]) -> None:
    for variable, values in when.allowed:
        mentioned.setdefault(variable, []).append(values)
    if when.age:
        cuts.update((edge, False) for edge in (when.age.start, when.age.below) if edge is not None)


def _categories(variable: str, sets: list[frozenset[str]]) -> tuple[Category, ...]:
    alike: dict[tuple[bool, ...], list[str]] = {}
    for value in quantities()[variable].values:
        alike.setdefault(tuple(value in one for one in sets), []).append(value)
    return tuple(Category(variable, tuple(values)) for values in alike.values())


def fitting(node: Compare, values: Mapping[str, Value]) -> int | None:
    """Which cut-off of a comparison holds for these (known) categories: its index, None when none does."""
    for index, cutoff in enumerate(node.cutoffs):
        if all(values.get(variable) in allowed for variable, allowed in cutoff.when.allowed):
            age = values.get(AGE)
            if cutoff.when.age is None or (isinstance(age, (int, float)) and cutoff.when.age.holds(float(age))):
                return index
    return None
