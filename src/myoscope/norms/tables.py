"""Reference tables of the knowledge base, and a person's place in them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from typing import Any

from myoscope.quantities import Range, quantity
from myoscope.sources import Citation, KnowledgeError, citation, folder, table

_STANDARD = NormalDist()
CURVE_CENTILES = (3, 5, 10, 25, 50, 75, 90, 95, 97)


@dataclass(frozen=True, slots=True)
class Norm:
    """One reference table.

    Attributes:
        quantity: what it is a reference of, in that quantity's unit.
        kind: 'lms', 'percentiles' or 'mean_cv'.
        ages: years it covers; a person outside gets the nearest row, flagged.
        alm_method: devices the table was made with; other devices are flagged.

    """

    id: str
    title: str
    quantity: str
    kind: str
    rows: tuple[dict[str, str], ...]
    columns: dict[str, Any]
    ages: Range
    citation: Citation
    spread: tuple[tuple[Range, float], ...] = ()
    alm_method: tuple[str, ...] = ()
    population: str = ""
    caution: str | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """A value's place: percentile 0-100 and z where the table allows them, words where it ends.

    curve: (percentile, value) pairs of people of this sex and age.
    """

    norm: Norm
    percentile: float | None
    z: float | None
    shown: str
    median: float | None
    curve: tuple[tuple[float, float], ...]
    cautions: tuple[str, ...]


@cache
def norms() -> dict[str, Norm]:
    """Every reference table by id."""
    return {entry["id"]: _norm(entry, path) for path, entry in folder("norms").items()}


def position(norm: Norm, value: float, *, sex: str, age_years: float, alm_method: str | None = None) -> Position | None:
    """Where the value lies among people of this sex and age; None when the table has no row for them.

    Args:
        norm: the table.
        value: in the unit of the table's quantity.
        sex: 'female' or 'male'.
        age_years: age.
        alm_method: how muscle mass was measured, where the table depends on it.

    """
    cautions = [norm.caution] if norm.caution else []
    age = age_years
    if age_years < (norm.ages.low or 0):
        return None  # a child is not a small adult
    if norm.ages.high is not None and age_years >= norm.ages.high + 1:  # "to 82" includes 82 and a half
        age = norm.ages.high
        cautions.insert(0, f"The table ends at {age:g} years; the person is {int(age_years)}")
    if norm.alm_method and alm_method not in norm.alm_method:
        cautions.insert(0, "Made with another kind of device: read the centile as approximate")
    rows = [row for row in norm.rows if row[norm.columns["sex"]] == sex]
    if norm.kind == "lms":
        return _by_lms(norm, rows, value, age, cautions)
    if norm.kind == "mean_cv":
        return _by_mean(norm, rows, value, age, cautions)
    return _by_centiles(norm, rows, value, age, cautions)


def lms_z(value: float, l: float, m: float, s: float) -> float:  # noqa: E741  # L, M and S are the method's own names
    """The z-score by the LMS method (Cole and Green 1992): ((value/M)^L - 1) / (L S); where L is 0, ln(value/M) / S."""
    return math.log(value / m) / s if abs(l) < 1e-12 else ((value / m) ** l - 1) / (l * s)


def lms_value(z: float, l: float, m: float, s: float) -> float:  # noqa: E741
    """The value at a z-score: the inverse of `lms_z`."""
    return m * math.exp(s * z) if abs(l) < 1e-12 else m * (1 + l * s * z) ** (1 / l)


def _by_lms(norm: Norm, rows: list[dict[str, str]], value: float, age: float, cautions: list[str]) -> Position:
    columns = norm.columns
    l, m, s = _between(rows, columns["age"], [columns["l"], columns["m"], columns["s"]], age)  # noqa: E741
    z = lms_z(value, l, m, s)
    curve = tuple((c, lms_value(_STANDARD.inv_cdf(c / 100), l, m, s)) for c in CURVE_CENTILES)
    return _placed(norm, z, m, curve, cautions)


def _by_mean(norm: Norm, rows: list[dict[str, str]], value: float, age: float, cautions: list[str]) -> Position | None:
    row = _row_of(norm, rows, age)
    if row is None:
        return None
    mean = float(row[norm.columns["mean"]])
    cv = next((cv for ages, cv in norm.spread if ages.holds(age)), None)
    if cv is None:
        return None
    spread = NormalDist(mean, mean * cv)
    curve = tuple((c, spread.inv_cdf(c / 100)) for c in CURVE_CENTILES)
    return _placed(norm, spread.zscore(value), mean, curve, cautions)


def _placed(
    norm: Norm, z: float, median: float, curve: tuple[tuple[float, float], ...], cautions: list[str]
) -> Position:
    percentile = 100 * _STANDARD.cdf(z)
    shown = "below 1 in 1000" if percentile < 0.1 else "above 999 in 1000" if percentile > 99.9 else f"{percentile:.0f}"
    if 0.1 <= percentile < 1:
        shown = "below the 1st"
    elif 99 < percentile <= 99.9:
        shown = "above the 99th"
    return Position(norm, percentile, z, shown, median, curve, tuple(cautions))


def _by_centiles(
    norm: Norm, rows: list[dict[str, str]], value: float, age: float, cautions: list[str]
) -> Position | None:
    names: Sequence[str] = norm.columns["percentiles"]
    centiles = [float(name.lstrip("p")) for name in names]
    if "age" in norm.columns:
        values = _between(rows, norm.columns["age"], names, age)
    else:
        row = _row_of(norm, rows, age)
        if row is None:
            return None
        values = [float(row[name]) for name in names]
    curve = tuple(zip(centiles, values, strict=True))
    median = dict(curve).get(50.0)
    if value < values[0]:
        return Position(norm, None, None, f"below the {centiles[0]:.0f}th", median, curve, tuple(cautions))
    if value > values[-1]:
        return Position(norm, None, None, f"above the {centiles[-1]:.0f}th", median, curve, tuple(cautions))
    for (low_c, low), (high_c, high) in itertools.pairwise(curve):
        if low <= value <= high:
            share = 0.5 if high == low else (value - low) / (high - low)
            if high_c - low_c > 25:  # a table this coarse says "within", not a number
                return Position(
                    norm,
                    None,
                    None,
                    f"between the {low_c:.0f}th and the {high_c:.0f}th",
                    median,
                    curve,
                    tuple(cautions),
                )
            percentile = low_c + share * (high_c - low_c)
            return Position(norm, percentile, None, f"{percentile:.0f}", median, curve, tuple(cautions))
    return None


def _between(rows: list[dict[str, str]], age_column: str, names: Sequence[str], age: float) -> list[float]:
    """The row at this age, on a straight line between the two nearest rows."""
    ordered = sorted(rows, key=lambda row: float(row[age_column]))
    below = [row for row in ordered if float(row[age_column]) <= age] or ordered[:1]
    above = [row for row in ordered if float(row[age_column]) > age] or ordered[-1:]
    first, last = below[-1], above[0]
    gap = float(last[age_column]) - float(first[age_column])
    share = 0.0 if gap == 0 else min(1.0, max(0.0, (age - float(first[age_column])) / gap))
    return [float(first[name]) + share * (float(last[name]) - float(first[name])) for name in names]


def _row_of(norm: Norm, rows: list[dict[str, str]], age: float) -> dict[str, str] | None:
    start, below = norm.columns["age_from"], norm.columns["age_below"]
    for row in rows:
        if float(row[start]) <= age and (not row[below] or age < float(row[below])):
            return row
    return rows[-1] if rows and age >= float(rows[-1][start]) else None


def _norm(entry: dict[str, Any], path: str) -> Norm:
    cited = citation(entry)
    if cited is None:
        raise KnowledgeError(f"{path}: needs source, place and read")
    unit = quantity(entry["quantity"]).unit
    if entry["unit"] not in {unit, "count"}:
        raise KnowledgeError(f"{path}: unit {entry['unit']!r}, but {entry['quantity']} is in {unit!r}")
    ages = entry.get("ages") or {}
    spread = []
    for row in (entry.get("cv") or {}).get("values", []):
        band = (row.get("when") or {}).get("age_years") or {}
        high = band.get("below")
        spread.append((Range(band.get("from"), None if high is None else math.nextafter(high, 0)), float(row["value"])))
    return Norm(
        id=entry["id"],
        title=entry["title"],
        quantity=entry["quantity"],
        kind=entry["kind"],
        rows=tuple(table(f"norms/{entry['file']}")),
        columns=entry["columns"],
        ages=Range(ages.get("from"), ages.get("to")),
        citation=cited,
        spread=tuple(spread),
        alm_method=tuple(entry.get("alm_method") or ()),
        population=str(entry.get("population", "")),
        caution=entry.get("caution"),
    )
