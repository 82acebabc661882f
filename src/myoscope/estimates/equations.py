"""The estimation equations of the knowledge base, applied to one person."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from typing import Any

from myoscope.quantities import Range, quantities, quantity
from myoscope.rules import Facts, Formula, Value
from myoscope.sources import Citation, KnowledgeError, citation, folder

# The words a formula may use beside quantities: 1 when true, 0 when not. Sex is a word here, never a digit.
INDICATORS: dict[str, tuple[str, str]] = {
    "male": ("sex", "male"),
    "female": ("sex", "female"),
    "asian": ("ancestry", "asian"),
    "african": ("ancestry", "african"),
    "hispanic": ("ancestry", "hispanic"),
}


@dataclass(frozen=True, slots=True)
class Equation:
    """One published equation.

    Attributes:
        estimates: the quantity it yields, in that quantity's unit.
        method: 'bia', 'anthropometric' or 'dxa'.
        formula: over quantity ids and the words male, female, asian, african, hispanic (1 or 0).
        standard_error: SEE in the unit of the result; None when the paper prints none.
        errors_elsewhere: (sex or None, error, people) measured on people the equation was not made on, same unit.
        requires: categories the equation is for; other people get no estimate.
        valid: ranges of the people it was made on; outside, the estimate is flagged.
        converts: device -> device, for equations that translate a measured value (never applied unasked).

    """

    id: str
    title: str
    estimates: str
    method: str
    formula: Formula
    citation: Citation
    standard_error: float | None
    errors_elsewhere: tuple[tuple[str | None, float, str], ...] = ()
    requires: tuple[tuple[str, frozenset[str]], ...] = ()
    valid: tuple[tuple[str, Range], ...] = ()
    valid_for: tuple[tuple[str, frozenset[str]], ...] = ()
    converts: tuple[str, str] | None = None
    population: str = ""
    device: str = ""
    known_bias: str | None = None

    @property
    def inputs(self) -> frozenset[str]:
        """The quantities the formula needs."""
        return frozenset(INDICATORS[name][0] if name in INDICATORS else name for name in self.formula.names)


@dataclass(frozen=True, slots=True)
class Estimate:
    """The value an equation gives one person, with its standard error and what to mind."""

    equation: Equation
    value: float
    cautions: tuple[str, ...] = ()
    error_elsewhere: tuple[float, str] | None = None

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
    values: dict[str, Value] = dict(facts.values)
    for name in equation.formula.names & INDICATORS.keys():
        variable, wanted = INDICATORS[name]
        if variable not in facts.values:
            return None
        values[name] = 1.0 if facts.values[variable] == wanted else 0.0
    value = equation.formula.value(values)
    if value is None or not quantity(equation.estimates).guard.holds(value):
        return None
    sex = facts.values.get("sex")
    elsewhere = next(((e, people) for which, e, people in equation.errors_elsewhere if which in {None, sex}), None)
    return Estimate(equation, value, tuple(_cautions(equation, facts)), elsewhere)


def estimates_of(target: str, facts: Facts) -> list[Estimate]:
    """Every estimate of one quantity for this person, best first.

    An equation used inside its validity comes before one used outside it, the one made for a narrower kind of people
    before a general one, then the smaller standard error.
    """
    found = [
        one
        for equation in equations().values()
        if equation.estimates == target and equation.converts is None and (one := estimate(equation, facts))
    ]
    return sorted(found, key=_preference)


def _preference(one: Estimate) -> tuple[int, int, float, str]:
    equation = one.equation
    narrow = len(equation.valid) + len(equation.valid_for)
    return len(one.cautions), -narrow, equation.standard_error or math.inf, equation.id


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
            low = f"from {allowed.low:g}" if allowed.low is not None else ""
            high = f"up to {allowed.high:g}" if allowed.high is not None else ""
            found.append(
                f"{equation.title} was made on people with {known.name} {low} {high} {known.shown_unit}".replace(
                    "  ", " "
                ).strip()
            )
    for variable, group in equation.valid_for:
        value = facts.values.get(variable)
        if value is not None and value not in group:
            found.append(f"{equation.title} was made on people of {' or '.join(sorted(group))} ancestry")
    return found


def _equation(entry: dict[str, Any], path: str) -> Equation:
    cited = citation(entry)
    if cited is None:
        raise KnowledgeError(f"{path}: needs source, place and read")
    formula = Formula(str(entry["formula"]))
    strangers = formula.names - quantities().keys() - INDICATORS.keys()
    if strangers:
        raise KnowledgeError(f"{path}: the formula names {sorted(strangers)}, which are no quantities")
    error = entry.get("standard_error")
    converts = entry.get("converts")
    valid: dict[str, Any] = entry.get("valid") or {}
    return Equation(
        id=entry["id"],
        title=entry["title"],
        estimates=entry["estimates"],
        method=entry["method"],
        formula=formula,
        citation=cited,
        standard_error=None if error is None else float(error["value"]),
        errors_elsewhere=tuple(
            (row.get("sex"), float(row["value"]), str(row["population"])) for row in entry.get("error_elsewhere") or []
        ),
        requires=_groups(entry.get("requires") or {}),
        valid=tuple(
            (name, Range(row.get("from", row.get("low")), row.get("to", row.get("below", row.get("high")))))
            for name, row in valid.items()
            if isinstance(row, dict)
        ),
        valid_for=_groups(
            {name: row for name, row in valid.items() if isinstance(row, (list, str)) and name in quantities()}
        ),
        converts=(converts["from"], converts["to"]) if converts else None,
        population=str(entry.get("population", "")),
        device=str(entry.get("device", "")),
        known_bias=entry.get("known_bias"),
    )


def _groups(body: dict[str, Any]) -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((name, frozenset(value if isinstance(value, list) else [value])) for name, value in body.items())
