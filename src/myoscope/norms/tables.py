"""Reference tables of the knowledge base, and a person's place in them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from statistics import NormalDist
from typing import Any

from myoscope.quantities import Range, quantity
from myoscope.sources import Citation, KnowledgeError, citation, folder, table

_STANDARD = NormalDist()
CURVE_CENTILES = (3, 5, 10, 25, 50, 75, 90, 95, 97)
_LOWEST = "below 1 in 1000"
NO_POWER = 1e-12  # an L nearer to zero than this is the logarithm


@dataclass(frozen=True, slots=True)
class Norm:
    """One reference table.

    Attributes:
        quantity: what it is a reference of, in that quantity's unit.
        kind: 'lms', 'percentiles' or 'mean_cv'.
        columns: which column holds what. `age`: a row holds at that exact age, with straight lines between the rows;
            `age_completed`: a row holds from that birthday to the next, the last one for all who are older;
            `age_from` and `age_below`: a band. `height_power` and `reference_height_cm`: M is that of the reference
            height and goes with this power of height.
        ages: years it covers; older people get the last row, flagged, or no place (`stops`).
        alm_method: devices the table was made with; other devices are flagged.
        stops: whether the table says nothing of people older than it.
        even_tails: whether z goes on in even steps beyond 3 and -3 (see `lms_z`).

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
    stops: bool = False
    even_tails: bool = False

    @property
    def needs_height(self) -> bool:
        """Whether a place can be told only with the height."""
        return "height_power" in self.columns


@dataclass(frozen=True, slots=True)
class Position:
    """A value's place: percentile 0-100 and z where the table allows them, words where it ends.

    curve: (percentile, value) pairs of people of this sex and age.
    fits: whether the table was made with this device and covers this age.
    """

    norm: Norm
    percentile: float | None
    z: float | None
    shown: str
    median: float | None
    curve: tuple[tuple[float, float], ...]
    cautions: tuple[str, ...]
    fits: bool = True


@cache
def norms() -> dict[str, Norm]:
    """Every reference table by id."""
    return {entry["id"]: _norm(entry, path) for path, entry in folder("norms").items()}


def places(
    name: str,
    value: float,
    *,
    sex: str,
    age_years: float,
    alm_method: str | None = None,
    height_cm: float | None = None,
) -> list[Position]:
    """The value's place in every table of this quantity that fits the person; where none fits, in the first, flagged.

    Args:
        name: quantity id.
        value: in the quantity's unit.
        sex: 'female' or 'male'.
        age_years: age.
        alm_method: how muscle mass was measured.
        height_cm: for tables that go by height.

    """
    found = [
        place
        for norm in norms().values()
        if norm.quantity == name
        and (place := position(norm, value, sex=sex, age_years=age_years, alm_method=alm_method, height_cm=height_cm))
    ]
    return [place for place in found if place.fits] or found[:1]


def position(
    norm: Norm,
    value: float,
    *,
    sex: str,
    age_years: float,
    alm_method: str | None = None,
    height_cm: float | None = None,
) -> Position | None:
    """Where the value lies among people of this sex and age; None when the table has no row for them.

    Args:
        norm: the table.
        value: in the unit of the table's quantity.
        sex: 'female' or 'male'.
        age_years: age.
        alm_method: how muscle mass was measured, where the table depends on it.
        height_cm: height, where the table depends on it.

    """
    cautions = [norm.caution] if norm.caution else []
    age, fits = age_years, True
    if age_years < (norm.ages.low or 0):
        return None  # a child is not a small adult
    if norm.ages.high is not None and age_years >= norm.ages.high + 1:  # "to 82" includes 82 and a half
        if norm.stops:
            return None
        age, fits = norm.ages.high, False
        cautions.insert(0, f"The table ends at {age:g} years; the person is {int(age_years)}")
    if norm.alm_method and alm_method not in norm.alm_method:
        fits = False
        cautions.insert(0, "Made with another kind of device: read the centile as approximate")
    rows = [row for row in norm.rows if row[norm.columns["sex"]] == sex]
    if norm.kind == "lms":
        place = _by_lms(norm, rows, value, age, cautions, height_cm)
    elif norm.kind == "mean_cv":
        place = _by_mean(norm, rows, value, age, cautions)
    else:
        place = _by_centiles(norm, rows, value, age, cautions)
    return place if fits or place is None else replace(place, fits=False)


def lms_z(value: float, l: float, m: float, s: float, *, even_tails: bool = False) -> float:  # noqa: E741  # L, M and S are the method's own names
    """The z-score by the LMS method.

    ((value/M)^L - 1) / (L S); where L is 0, ln(value/M) / S (Cole and Green 1992).

    Args:
        value: positive.
        l: power.
        m: median, in the unit of the value.
        s: coefficient of variation.
        even_tails: beyond z = 3 each further step is as wide as that from 2 to 3, and the same below -3 (World Health
            Organization 2006): few people decide the shape out there.

    """
    z = math.log(value / m) / s if abs(l) < NO_POWER else ((value / m) ** l - 1) / (l * s)
    if not even_tails or abs(z) <= 3:
        return z
    end = math.copysign(3, z)
    third, second = lms_value(end, l, m, s), lms_value(end - math.copysign(1, z), l, m, s)
    return end + (value - third) / abs(third - second)


def lms_value(z: float, l: float, m: float, s: float) -> float:  # noqa: E741
    """The value at a z-score between -3 and 3: the inverse of `lms_z`."""
    return m * math.exp(s * z) if abs(l) < NO_POWER else m * (1 + l * s * z) ** (1 / l)


def _by_lms(
    norm: Norm, rows: list[dict[str, str]], value: float, age: float, cautions: list[str], height_cm: float | None
) -> Position | None:
    if norm.needs_height and height_cm is None:
        return None
    l, m, s = lms_at(norm, rows, age, height_cm)  # noqa: E741
    curve = tuple((c, lms_value(_STANDARD.inv_cdf(c / 100), l, m, s)) for c in CURVE_CENTILES)
    if value <= 0:  # no power of it can be taken
        return Position(norm, None, None, _LOWEST, m, curve, tuple(cautions))
    return _placed(norm, lms_z(value, l, m, s, even_tails=norm.even_tails), m, curve, cautions)


def lms_at(
    norm: Norm, rows: Sequence[dict[str, str]], age: float, height_cm: float | None = None
) -> tuple[float, float, float]:
    """L, M and S of one sex's rows at this age, M at this height where the table goes by height."""
    columns = norm.columns
    names = [columns["l"], columns["m"], columns["s"]]
    if "age" in columns:
        l, m, s = _between(rows, columns["age"], names, age)  # noqa: E741
        return l, m, s
    row = next((row for row in reversed(rows) if float(row[columns["age_completed"]]) <= age), rows[0])
    l, m, s = (float(row[name]) for name in names)  # noqa: E741
    if norm.needs_height and height_cm is not None:
        m *= (height_cm / float(row[columns["reference_height_cm"]])) ** float(row[columns["height_power"]])
    return l, m, s


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
    shown = _LOWEST if percentile < 0.1 else "above 999 in 1000" if percentile > 99.9 else f"{percentile:.0f}"
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
    if value > values[-1] or len(values) == 1:
        above = "at or above" if len(values) == 1 else "above"
        return Position(norm, None, None, f"{above} the {centiles[-1]:.0f}th", median, curve, tuple(cautions))
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


def _between(rows: Sequence[dict[str, str]], age_column: str, names: Sequence[str], age: float) -> list[float]:
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
        stops=entry.get("beyond") == "nothing",
        even_tails=bool(entry.get("even_tails")),
    )
