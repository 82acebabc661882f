"""The estimation equations of the knowledge base, applied to one person."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from statistics import NormalDist
from typing import Any, TypeAlias

from myoscope.quantities import quantities, quantity
from myoscope.rules import Facts, Formula, Value
from myoscope.sources import Citation, KnowledgeError, citation, folder

# The words a formula may use beside quantities: 1 when true, 0 when not. Sex is a word here, never a digit.
INDICATORS: dict[str, tuple[str, str]] = {
    "male": ("sex", "male"),
    "female": ("sex", "female"),
    "asian": ("ancestry", "asian"),
    "african": ("ancestry", "african"),
    "hispanic": ("ancestry", "hispanic"),
    "other": ("ancestry", "other"),
}
# What an equation rests on, the nearest to the muscle first: a picture of it, then the limbs' resistance, then a tape.
_METHODS = ("dxa", "ct", "isotope", "blood", "urine", "bia", "function", "anthropometric")


@dataclass(frozen=True, slots=True)
class Span:
    """A range as the paper prints it, in the quantity's own unit: `to` still belongs to it, `below` does not.

    An open end is None.
    """

    start: float | None = None
    to: float | None = None
    below: float | None = None

    def holds(self, value: float) -> bool:
        """Whether the value lies in the range."""
        return (
            (self.start is None or value >= self.start)
            and (self.to is None or value <= self.to)
            and (self.below is None or value < self.below)
        )

    def __str__(self) -> str:
        """'from 18 up to 64', 'below 30'."""
        ends = (("from", self.start), ("up to", self.to), ("below", self.below))
        return " ".join(f"{word} {end:g}" for word, end in ends if end is not None)


@dataclass(frozen=True, slots=True)
class ErrorElsewhere:
    """The error found in people whom the equation was not made on.

    Attributes:
        sex: of these people; None for both.
        error: in the unit of the result.
        people: who they were.
        ages: their ages; None where the error ranks no equation, because such people were among them as it is not for.

    """

    sex: str | None
    error: float
    people: str
    ages: Span | None


@dataclass(frozen=True, slots=True)
class Equation:
    """One published equation.

    Attributes:
        estimates: the quantity it yields, in that quantity's unit.
        method: what it rests on: 'dxa', 'ct', 'bia', 'anthropometric' and so on (`_METHODS`).
        formula: over quantity ids, the words male, female, asian, african, hispanic, other (1 or 0) and its own words.
        standard_error: SEE in the unit of the result; None when the paper prints none.
        words: words of its own: 1 where the quantity lies in the range, 0 where not.
        errors_elsewhere: measured on people the equation was not made on.
        requires: categories and ranges the equation is for; other people get no estimate.
        valid: ranges of the people it was made on; outside, the estimate is flagged.
        converts: device -> device, for equations that translate a measured value (never applied unasked).
        doubt: why no one should rest a decision on it; the estimate always carries it as a caution.

    """

    id: str
    title: str
    estimates: str
    method: str
    formula: Formula
    citation: Citation
    standard_error: float | None
    words: Mapping[str, tuple[str, Span]] = field(default_factory=dict, hash=False)
    errors_elsewhere: tuple[ErrorElsewhere, ...] = ()
    requires: tuple[tuple[str, frozenset[str]], ...] = ()
    requires_within: tuple[tuple[str, Span], ...] = ()
    valid: tuple[tuple[str, Span], ...] = ()
    valid_for: tuple[tuple[str, frozenset[str]], ...] = ()
    converts: tuple[str, str] | None = None
    doubt: str | None = None
    population: str = ""
    device: str = ""
    known_bias: str | None = None

    @property
    def inputs(self) -> frozenset[str]:
        """The quantities the formula needs."""
        meant = {word: variable for word, (variable, _) in (*INDICATORS.items(), *self.words.items())}
        return frozenset(meant.get(name, name) for name in self.formula.names)


@dataclass(frozen=True, slots=True)
class Estimate:
    """The value an equation gives one person, with its standard error and what to mind."""

    equation: Equation
    value: float
    cautions: tuple[str, ...] = ()
    error_elsewhere: tuple[float, str] | None = None
    rank: tuple[float, ...] = ()

    @property
    def interval_95(self) -> tuple[float, float] | None:
        """Where 95 % of measured values would lie, by the equation's standard error."""
        if self.equation.standard_error is None:
            return None
        spread = NormalDist(self.value, self.equation.standard_error)
        return spread.inv_cdf(0.025), spread.inv_cdf(0.975)


@cache
def equations() -> dict[str, Equation]:
    """Every equation by id."""
    return {entry["id"]: _equation(entry, path) for path, entry in folder("equations").items()}


def estimate(equation: Equation, facts: Facts) -> Estimate | None:
    """The equation's value for this person; None when an input is missing or it is not for this person."""
    for variable, allowed in equation.requires:
        if facts.values.get(variable) not in allowed:
            return None
    for variable, span in equation.requires_within:
        given = facts.values.get(variable)
        if not isinstance(given, (int, float)) or not span.holds(given):
            return None
    words = _words(equation, facts)
    value = None if words is None else equation.formula.value({**facts.values, **words})
    if value is None or not quantity(equation.estimates).guard.holds(value):
        return None
    sex = facts.values.get("sex")
    elsewhere = next((found for found in equation.errors_elsewhere if found.sex in {None, sex}), None)
    cautions = tuple(_cautions(equation, facts))
    told = (elsewhere.error, elsewhere.people) if elsewhere else None
    return Estimate(equation, value, cautions, told, _rank(equation, facts, len(cautions), elsewhere))


def _words(equation: Equation, facts: Facts) -> dict[str, Value] | None:
    """The formula's words as 1 or 0; None when what one of them asks for is not known."""
    found: dict[str, Value] = {}
    for name in equation.formula.names:
        if name in INDICATORS:
            variable, wanted = INDICATORS[name]
            if variable not in facts.values:
                return None
            found[name] = 1.0 if facts.values[variable] == wanted else 0.0
        elif name in equation.words:
            variable, span = equation.words[name]
            given = facts.values.get(variable)
            if not isinstance(given, (int, float)):
                return None
            found[name] = 1.0 if span.holds(given) else 0.0
    return found


def estimates_of(target: str, facts: Facts) -> list[Estimate]:
    """Every estimate of one quantity for this person, best first.

    In this order: inside its validity and without doubt; by what it rests on (a scan before bioimpedance, that before a
    tape); with a printed error; known to be for such a person; tried on other people of this age and sex, the smaller
    error there first; made for a narrower kind of people; the smaller printed error.
    """
    found = [
        one
        for equation in equations().values()
        if equation.estimates == target and equation.converts is None and (one := estimate(equation, facts))
    ]
    return sorted(found, key=lambda one: (one.rank, one.equation.id))


def _rank(equation: Equation, facts: Facts, cautions: int, elsewhere: ErrorElsewhere | None) -> tuple[float, ...]:
    """What `estimates_of` sorts by; smaller is better."""
    age = facts.values.get("age_years")
    tried = elsewhere and elsewhere.ages and isinstance(age, (int, float)) and elsewhere.ages.holds(age)
    asked = [name for name, _ in (*equation.valid, *equation.valid_for)]
    printed = equation.standard_error
    return (
        cautions,
        _METHODS.index(equation.method),
        printed is None,
        sum(name not in facts.values for name in asked),
        elsewhere.error if elsewhere and tried else math.inf,
        -len(asked),
        math.inf if printed is None else printed,
    )


def probability_below(value: float, standard_error: float, cutoff: float) -> float:
    """The probability that a measurement would lie below the cut-off, for an estimate with this standard error.

    Args:
        value: the estimate.
        standard_error: of the estimate, same unit.
        cutoff: same unit.

    """
    return NormalDist(value, standard_error).cdf(cutoff)


def _cautions(equation: Equation, facts: Facts) -> list[str]:
    found = []
    for variable, allowed in equation.valid:
        value = facts.values.get(variable)
        if isinstance(value, (int, float)) and not allowed.holds(value):
            known = quantity(variable)
            people = f"{equation.title} was made on people with {known.name} {allowed} {known.shown_unit}"
            found.append(people.strip())
    for variable, group in equation.valid_for:
        value = facts.values.get(variable)
        if value is not None and value not in group:
            found.append(f"{equation.title} was made on people of {' or '.join(sorted(group))} ancestry")
    if equation.doubt:
        found.append(equation.doubt)
    return found


def _equation(entry: dict[str, Any], path: str) -> Equation:
    cited = citation(entry)
    if cited is None:
        raise KnowledgeError(f"{path}: needs source, place and read")
    formula = Formula(str(entry["formula"]))
    words = {
        word: (variable, _span(row))
        for word, body in (entry.get("words") or {}).items()
        for variable, row in body.items()
    }
    strangers = formula.names - quantities().keys() - INDICATORS.keys() - words.keys()
    if strangers:
        raise KnowledgeError(f"{path}: the formula names {sorted(strangers)}, which are no quantities")
    if entry["method"] not in _METHODS:
        raise KnowledgeError(f"{path}: method {entry['method']!r} is not one of {', '.join(_METHODS)}")
    error = entry.get("standard_error")
    converts = entry.get("converts")
    required, required_within = _conditions(entry.get("requires") or {}, path)
    valid_for, valid = _conditions(entry.get("valid") or {}, path)
    return Equation(
        id=entry["id"],
        title=entry["title"],
        estimates=entry["estimates"],
        method=entry["method"],
        formula=formula,
        citation=cited,
        standard_error=None if error is None else float(error["value"]),
        errors_elsewhere=tuple(_elsewhere(row) for row in entry.get("error_elsewhere") or []),
        words=words,
        requires=required,
        requires_within=required_within,
        valid=valid,
        valid_for=valid_for,
        converts=(converts["from"], converts["to"]) if converts else None,
        population=str(entry.get("population", "")),
        device=str(entry.get("device", "")),
        known_bias=entry.get("known_bias"),
        doubt=entry.get("doubt"),
    )


_Groups: TypeAlias = tuple[tuple[str, frozenset[str]], ...]


def _conditions(body: dict[str, Any], path: str) -> tuple[_Groups, tuple[tuple[str, Span], ...]]:
    """`requires` or `valid` of a file: categories, and ranges of numbers."""
    if strangers := body.keys() - quantities().keys():
        raise KnowledgeError(f"{path}: {sorted(strangers)} are no quantities")
    groups = tuple(
        (name, frozenset(row if isinstance(row, list) else [row]))
        for name, row in body.items()
        if not isinstance(row, dict)
    )
    return groups, tuple((name, _span(row)) for name, row in body.items() if isinstance(row, dict))


def _span(row: dict[str, Any]) -> Span:
    return Span(row.get("from"), row.get("to"), row.get("below"))


def _elsewhere(row: dict[str, Any]) -> ErrorElsewhere:
    ages = _span(row["ages"]) if "ages" in row else None
    return ErrorElsewhere(row.get("sex"), float(row["value"]), str(row["population"]), ages)
