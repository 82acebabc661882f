"""Causes in kilograms, and real change, as a page tells them."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from myoscope.assess.part import Interval
from myoscope.assess.result_deficit import Change, Deficit
from myoscope.report import forecast_charts as charts
from myoscope.report import wording
from myoscope.report.figure import Figure

VERDICTS = {
    "real_change": "Real change",
    "within_error": "Within the error of measurement",
    "measure_again": "Measure again",
    "unknown": "Can't tell",
}


@dataclass(frozen=True, slots=True)
class Explained:
    """Causes in kilograms: the sentence, the picture, and what stands folded; `refused` where there is no answer."""

    refused: str = ""
    text: str = ""
    figure: Figure | None = None
    notes: tuple[str, ...] = ()
    source: str = ""


def explained(found: Deficit | None) -> Explained | None:
    """What is missing in the limbs and what explains it; None where the answer says nothing of it."""
    if found is None:
        return None
    if found.status == "no_answer" and found.text is None:
        return Explained(refused=f"{wording.capitalize_first(found.reason or 'not known').rstrip('.')}.")
    reason = (f"No share of a cause: {found.reason}.",) if found.reason else ()
    return Explained(
        text=found.text or "",
        figure=_fall(found),
        notes=(*reason, *found.assumes, *found.cautions),
        source=wording.cited(found.source) if found.source else "",
    )


def _fall(found: Deficit) -> Figure | None:
    young, now, here = found.expected_young_kg, found.expected_kg, found.measured_kg
    if here is None or now is None:
        return None
    rows: list[charts.Fall] = []
    if young is not None and found.ageing_kg is not None:
        years = f"{found.young_years:g}" if found.young_years is not None else "a young age"
        rows.append(_level(f"Such people at {years} years", young))
        rows.append(_step(rows, "Ageing", found.ageing_kg))
    else:
        rows.append(_level("People of your age, sex and height", now))
    for share in found.shares:
        rows.append(_step(rows, wording.capitalize_first(share.text), share.lost_kg))
    if found.unexplained_kg is not None:
        level = rows[-1].stop
        rest = found.unexplained_kg
        ends = (level - rest.high, level - rest.low)
        rows.append(charts.Fall("Not explained", level, here.median, ends, _minus(rest.median), open=True))
    rows.append(_level("You", here))
    title = "Where the kilograms went"
    said = "; ".join(f"{row.name} {row.shown}" for row in rows)
    within = found.within_spread
    sentence = "Lines through the bars: 90 % intervals."
    if found.unexplained_kg is not None and within is not None:
        rest_is = "no more than" if within else "more than"
        sentence += f" Dashed: what is not explained is {rest_is} people of your age, sex and height differ by anyway."
    return Figure(title, sentence, charts.waterfall(title, rows, said=said))


def _level(name: str, value: Interval) -> charts.Fall:
    return charts.Fall(name, value.median, value.median, (value.low, value.high), f"{value.median:.1f} kg", end=True)


def _step(rows: list[charts.Fall], name: str, lost: Interval) -> charts.Fall:
    start = rows[-1].stop
    ends = (start - lost.high, start - lost.low)
    return charts.Fall(name, start, start - lost.median, ends, _minus(lost.median))


def _minus(lost: float) -> str:
    shown = f"{abs(lost):.1f}"
    sign = "" if float(shown) == 0 else "\N{MINUS SIGN}" if lost > 0 else "+"
    return f"{sign}{shown} kg"


@dataclass(frozen=True, slots=True)
class Repeated:
    """One measure on several days: its name, the verdict, the picture, what stands folded."""

    name: str
    answer: str
    verdict: str
    figure: Figure
    notes: tuple[str, ...] = ()


def repeated(found: list[Change]) -> list[Repeated]:
    """Every measure that was taken more than once."""
    return [_repeated(one) for one in found]


def _repeated(one: Change) -> Repeated:
    dated = [(dt.date.fromisoformat(day), value) for day, value in one.values]
    # the error of a difference of two measurements is that of one, times the root of two
    half = one.smallest_change / math.sqrt(2) if one.smallest_change is not None else None
    title = wording.capitalize_first(one.name)
    shown = [f"{day}: {wording.value_text(value, one.unit, one.variable)}" for day, value in one.values]
    svg = charts.repeated(title, dated, error=half, band=one.smallest_change, said=f"{'; '.join(shown)}. {one.text}")
    bars = "Bars: the error of each measurement (95 %). Between the dotted lines a change from the first may be error."
    return Repeated(
        title,
        one.answer,
        VERDICTS[one.answer],
        Figure(f"{title}: {VERDICTS[one.answer].lower()}", one.text, svg, bars if half else "", tuple(_notes(one))),
    )


def _notes(one: Change) -> list[str]:
    notes = []
    if one.change:
        low, high = (wording.value_text(end, one.unit, one.variable) for end in (one.change.low, one.change.high))
        sure = f"; {wording.percent(one.probability)} sure of the direction" if one.probability is not None else ""
        notes.append(f"Change: 95 % interval {low} to {high}{sure}.")
    for row in one.important:
        size = wording.value_text(row.value, row.unit, one.variable)
        reached = "reached" if row.reached else "not reached"
        notes.append(f"A change that people notice: {size} ({row.population}; {wording.cited(row.source)}): {reached}.")
    source = [f"Error of measurement: {wording.cited(one.error_source)}."] if one.error_source else []
    return [*notes, *one.cautions, *source]
