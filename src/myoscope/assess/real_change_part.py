"""Did I really change? Every measure that was taken twice or more, one series a device."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

from myoscope.assess.part import Interval
from myoscope.assess.result_deficit import Change, Important
from myoscope.assess.result_forecast import Forecast
from myoscope.assess.words import cited, device_name, shown
from myoscope.model.deficit import policy
from myoscope.model.measurement import error_of
from myoscope.model.real_change import (
    TWO_SIDED_90,
    TWO_SIDED_95,
    WEEKS_A_YEAR,
    Course,
    Trend,
    answer,
    follow,
    probability_of_change,
    smallest_detectable_change,
)
from myoscope.quantities import Quantity, quantity
from myoscope.record import Entry, Record

METHOD_OF = {"alm_kg": "alm_method"}


def expected_trends(forecast: Forecast | None) -> dict[str, Trend]:
    """What the model expects of each measure if life goes on as it is [unit a week], with how people differ in it."""
    as_now = next((one for one in forecast.scenarios if one.id == "as_now"), None) if forecast else None
    if forecast is None or as_now is None:
        return {}
    over = policy()["change"]["expected_over_weeks"]
    number = max((n for n, week in enumerate(forecast.weeks) if 0 < week <= over), default=None)
    if number is None:
        return {}
    weeks = forecast.weeks[number]
    return {
        course.variable: Trend(
            (course.median[number] - course.median[0]) / weeks,
            (course.high_90[number] - course.low_90[number]) / (2 * TWO_SIDED_90) / weeks,
        )
        for course in as_now.courses
    }


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one measure by one device, the oldest first."""

    variable: str
    method: str | None
    points: tuple[tuple[dt.date, float], ...]
    cautions: tuple[str, ...] = ()


def changes(record: Record, on: dt.date, expected: Mapping[str, Trend] | None = None) -> list[Change]:
    """Every followed measure with two dated values or more.

    Args:
        record: the person.
        on: the day of assessment; later values are left aside.
        expected: what the model expects of a measure [unit a week], where it does; it says when to measure again,
            never whether a change is real.

    """
    return [
        _change(series, (expected or {}).get(variable))
        for variable in policy()["followed"]
        for series in series_of(record, variable, on)
    ]


def series_of(record: Record, variable: str, on: dt.date) -> list[Series]:
    """The values of one measure, cut where the device changes; nothing where fewer than two are dated."""
    entries = [entry for entry in record.entries if entry.variable == variable and isinstance(entry.value, float)]
    dated = sorted((e for e in entries if e.date and e.date <= on), key=lambda e: e.date or on)
    if len({e.date for e in dated}) < 2:
        return []
    undated = sum(1 for e in entries if e.date is None)
    left = (f"{undated} value{'s' * (undated > 1)} without a date left out",) if undated else ()
    parts: list[list[Entry]] = [[]]
    device: str | None = None
    unknown = 0
    for entry in dated:
        told = _device(record, entry)
        if told and device and told != device:
            parts.append([])
        device = told or device
        unknown += told is None
        parts[-1].append(entry)
    found = []
    for number, part in enumerate(parts):
        told = next((one for one in (_device(record, entry) for entry in part) if one), None)
        cautions = list(left)
        if number:
            cautions.append("The device changed: values before are another series and not compared with these")
        if unknown and (variable in METHOD_OF or told):
            cautions.append("Which device made each value is not told for all: if they differ, this says nothing")
        points = tuple((entry.date or on, float(entry.value)) for entry in part if isinstance(entry.value, float))
        found.append(Series(variable, told, points, tuple(cautions)))
    return found


def _device(record: Record, entry: Entry) -> str | None:
    """The device of one value: its own method on that day, or a note 'device: ...'."""
    if owner := METHOD_OF.get(entry.variable):
        said = [one for one in record.entries if one.variable == owner]
        for one in (*(s for s in said if s.date == entry.date), *(s for s in said if s.date is None)):
            return str(one.value)
    word, colon, name = (entry.note or "").partition(":")
    if colon and word.strip().lower() in policy()["change"]["device_words"]:
        return name.strip().lower() or None
    return None


def _change(series: Series, expected: Trend | None) -> Change:
    known = quantity(series.variable)
    days = [day for day, _ in series.points]
    weeks = [(day - days[0]).days / 7 for day in days]
    values = [value for _, value in series.points]
    error = error_of(series.variable, series.method)
    plain = Change(
        variable=series.variable,
        name=known.name,
        unit=known.shown_unit or None,
        method=device_name(series.method) if series.method and series.variable in METHOD_OF else series.method,
        from_date=days[0].isoformat(),
        to_date=days[-1].isoformat(),
        values=[(day.isoformat(), value) for day, value in series.points],
        answer="unknown",
        text="",
        cautions=list(series.cautions),
    )
    if weeks[-1] == 0:
        return plain.model_copy(update={"text": "Measured by this device on one day only: nothing to compare yet."})
    if error is None:
        return plain.model_copy(update={"text": _no_error(known, series)})
    size = error.at(sum(values) / len(values))
    wander = policy()["change"]["wander_errors"] * size / math.sqrt(WEEKS_A_YEAR)
    course = follow(weeks, values, size, wander, None)
    from_now = follow(weeks, values, size, wander, expected).trend if expected else course.trend
    what, wait = answer(course, from_now, size, policy()["change"]["again"])
    half = TWO_SIDED_95 * course.change.sd
    middle = course.change.mean
    limit = smallest_detectable_change(size)
    return plain.model_copy(
        update={
            "answer": what,
            "direction": _direction(known, middle),
            "text": _text(known, course, limit, what, wait),
            "again_weeks": wait,
            "change": Interval(median=middle, low=middle - half, high=middle + half),
            "probability": probability_of_change(course.change),
            "smallest_change": limit,
            "trend_per_year": course.trend.mean * WEEKS_A_YEAR,
            "important": _important(known, middle),
            "cautions": [*series.cautions, f"Error of measurement from: {error.population}"],
            "error_source": cited(error.citation),
        }
    )


def _no_error(known: Quantity, series: Series) -> str:
    by = f" by {device_name(series.method)}" if series.method and series.variable in METHOD_OF else ""
    return (
        f"How far two measures of {known.name}{by} lie apart by chance is not known, so no change can be called real."
    )


def _direction(known: Quantity, change: float) -> str | None:
    if change == 0:
        return None
    if known.better == "neither":
        return "more" if change > 0 else "less"
    return "better" if (change > 0) == (known.better == "higher") else "worse"


def _text(known: Quantity, course: Course, limit: float, what: str, wait: int | None) -> str:
    moved, least = shown(known.id, _rounded(abs(course.change.mean))), shown(known.id, _rounded(limit))
    way = "up" if course.change.mean > 0 else "down"
    match what:
        case "real_change":
            return f"Real change: {way} by {moved}, more than chance explains."
        case "measure_again":
            return f"{moved} {way} is within the error of measuring ({least}). Measure again after {wait} weeks."
        case _:
            return f"Within error: {moved} {way} is no more than two measures differ by chance ({least})."


def _rounded(value: float) -> float:
    """Two significant places are enough for an error."""
    return float(f"{value:.2g}")


def _important(known: Quantity, change: float) -> list[Important]:
    return [
        Important(
            value=row.value,
            unit=known.shown_unit,
            population=row.population,
            reached=abs(change) >= row.value,
            source=cited(row.citation),
        )
        for row in known.errors
        if row.statistic == "MCID" and row.unit == known.unit and row.citation.may_decide
    ]
