"""The nodes of a rule. Data only: what they mean is in `scalar` and `table`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from myoscope.sources import Citation

Answer: TypeAlias = bool | None
"""yes, no, unknown."""


@dataclass(frozen=True, slots=True)
class Band:
    """An age band: from <= age < below; an open end is None. Unit: years."""

    start: float | None = None
    below: float | None = None

    def holds(self, age: float) -> bool:
        """Whether the age lies in the band."""
        return (self.start is None or age >= self.start) and (self.below is None or age < self.below)


@dataclass(frozen=True, slots=True)
class When:
    """For whom a cut-off holds: allowed values of categories, and an age band."""

    allowed: tuple[tuple[str, frozenset[str]], ...] = ()
    age: Band | None = None


@dataclass(frozen=True, slots=True)
class Cutoff:
    """One cut-off value, for whom, and where it is printed."""

    value: float
    when: When
    citation: Citation


@dataclass(frozen=True, slots=True)
class Compare:
    """A number against a cut-off that may depend on sex, age, ancestry or device."""

    variable: str
    operator: str
    cutoffs: tuple[Cutoff, ...]
    unit: str
    citation: Citation
    unable: Rule | Answer = None

    @property
    def depends_on(self) -> tuple[str, ...]:
        """The categories (and age) that choose among the cut-offs."""
        found = {variable for cutoff in self.cutoffs for variable, _ in cutoff.when.allowed}
        if any(cutoff.when.age for cutoff in self.cutoffs):
            found.add("age_years")
        return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class Is:
    """A category (or a yes/no variable) against the values that count as yes."""

    variable: str
    values: frozenset[str | bool]


@dataclass(frozen=True, slots=True)
class Has:
    """A condition, medicine or symptom on the person's lists."""

    kind: str
    id: str
    ever: bool = False
    within_days: float | None = None


@dataclass(frozen=True, slots=True)
class All:
    """Every part must be yes."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """One part is enough."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `n` of the parts."""

    n: int
    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class FirstKnown:
    """The first of the parts that is not unknown: a score as given, or else worked out from its items."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown."""

    part: Rule


@dataclass(frozen=True, slots=True)
class Named:
    """A rule with the name it has in its file, for the trace."""

    name: str
    part: Rule


Rule: TypeAlias = Compare | Is | Has | All | Any | AtLeast | FirstKnown | Not | Named


def parts(rule: Rule) -> tuple[Rule, ...]:
    """The rules directly inside this one."""
    match rule:
        case All(inner) | Any(inner) | AtLeast(_, inner) | FirstKnown(inner):
            return inner
        case Not(one) | Named(_, one):
            return (one,)
        case Compare(unable=other) if other is not None and not isinstance(other, bool):
            return (other,)
        case _:
            return ()


def walk(rule: Rule) -> Iterator[Rule]:
    """The rule itself and every rule inside it, outermost first."""
    waiting = [rule]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(parts(node)))
