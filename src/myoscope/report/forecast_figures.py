"""The forecast as a page tells it: sentences and pictures; every number comes from the answer as it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from myoscope.assess.part import Interval
from myoscope.assess.result_forecast import Course, Forecast, LineChance, ScenarioForecast
from myoscope.report import forecast_charts as charts
from myoscope.report import wording
from myoscope.report.figure import Figure
from myoscope.sources import folder

_MOVED = 0.05
"""A chance that moves by less is not worth a sentence."""
_LEAST_KG = 0.05
"""A difference in muscle that rounds away is not worth a sentence."""
_LINES = 2
_WHOLE = ("plan", "plan_and_referred")


@dataclass(frozen=True, slots=True)
class Told:
    """The forecast in the order in which it is read.

    Attributes:
        refused: why there is no forecast; then everything else is empty.
        lead: the answer in plain words.
        worth: the changes worth most, in words.
        main: as now against the whole plan.
        effects: one bar a treatment.
        single: each treatment's own course.
        notes: what it goes beyond, what it does not count.
        tested: how far it was off on studies it had not seen.

    """

    refused: str = ""
    lead: tuple[str, ...] = ()
    worth: str = ""
    main: Figure | None = None
    effects: Figure | None = None
    single: tuple[Figure, ...] = ()
    chances: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    withheld: str = ""
    bands: str = ""
    tested: tuple[str, ...] = field(default_factory=tuple)


def told(forecast: Forecast | None, *, chosen: bool = False) -> Told | None:
    """The forecast for a page; None where the answer has none. `chosen`: what a reader chose, not the plan."""
    if forecast is None:
        return None
    if forecast.status != "answered":
        before = "The muscle model has no answer for you: " if forecast.status == "outside_model" else ""
        return Told(refused=_sentence(f"{before}{forecast.reason}"))
    now, whole = forecast.scenarios[0], whole_plan(forecast)
    return Told(
        lead=tuple(_lead(forecast, now, whole, chosen=chosen)),
        worth=_worth(forecast),
        main=_main(forecast, now, whole),
        effects=_effects(forecast),
        single=tuple(_single(forecast, now)),
        chances=tuple(_chances(now, whole, "with what you chose" if chosen else "with the plan")),
        beyond=tuple(forecast.extrapolated),
        silent=(*forecast.assumes, *(f"Not counted: {text}" for text in forecast.not_counted)),
        without=tuple(_without(forecast)),
        withheld=_sentence(forecast.treatments_withheld or ""),
        bands=forecast.bands or "",
        tested=tested(),
    )


def whole_plan(forecast: Forecast) -> ScenarioForecast | None:
    """What one can do oneself, all together; else that with what a professional decides; else none."""
    by_kind = {one.kind: one for one in forecast.scenarios}
    return next((by_kind[kind] for kind in _WHOLE if kind in by_kind), None)


def signed(value: float) -> str:
    """'+0.3', '-0.1', and '0.0' for what is nothing after rounding."""
    return f"{value:+.1f}".replace("-0.0", "0.0").replace("+0.0", "0.0").replace("-", "\N{MINUS SIGN}")


def span(interval: Interval) -> str:
    """'−0.9 to +0.2'."""
    return f"{signed(interval.low)} to {signed(interval.high)}"


def _sentence(text: str) -> str:
    return f"{wording.capitalize_first(text).rstrip('.')}." if text else ""


def _lead(forecast: Forecast, now: ScenarioForecast, whole: ScenarioForecast | None, *, chosen: bool) -> list[str]:
    start, weeks = forecast.start[0], forecast.weeks[-1]
    how = "estimated" if start.origin == "estimate" else "measured"
    error = f", give or take about {start.error:.1f} kg" if start.error is not None else ""
    said = [
        f"Your limb muscle today: {start.value:.1f} kg ({how}{error}).",
        (
            f"If you go on as now, it probably changes by {signed(now.change_kg.median)} kg in {weeks} weeks; "
            f"9 of 10 people like you lie between {signed(now.change_kg.low)} and {signed(now.change_kg.high)} kg."
        ),
    ]
    if whole and whole.difference_kg:
        name = "With the plan" if whole.kind == "plan" else "With the plan and what it refers you for"
        name = "With what you chose" if chosen else name
        water = whole.difference_water_kg or 0.0
        of_it = f", of which about {water:.1f} kg is water and no muscle" if round(water, 1) > 0 else ""
        said.append(
            f"{name}, it is {signed(whole.change_kg.median)} kg ({span(whole.change_kg)}): "
            f"{signed(whole.difference_kg.median)} kg against going on as now{of_it}."
        )
        said += _costs(forecast, whole)
    return [*said, _when_seen(forecast, now, whole)]


def _costs(forecast: Forecast, whole: ScenarioForecast) -> list[str]:
    """Why the whole brings less muscle than its best part, where it does: losing weight costs some."""
    parts = [one for one in forecast.scenarios if one.kind == "treatment" and one.id in whole.treatments]
    if not parts:
        return []
    best, least = max(parts, key=_dry), min(parts, key=_dry)
    if _dry(whole) >= _dry(best) - _LEAST_KG:
        return []
    culprit = least.title[:1].lower() + least.title[1:]
    return [
        (
            f"{best.title} alone brings {signed(_dry(best))} kg of muscle, all steps together {signed(_dry(whole))} kg "
            f"without the water: {culprit} is in the plan for another good and takes some muscle along."
        )
    ]


def _dry(one: ScenarioForecast) -> float:
    """What it brings in kg against going on as now, without water."""
    return (one.difference_kg.median if one.difference_kg else 0.0) - (one.difference_water_kg or 0.0)


def _when_seen(forecast: Forecast, now: ScenarioForecast, whole: ScenarioForecast | None) -> str:
    """From when on a second measurement can tell."""
    known = next((one for one in forecast.start if one.smallest_change is not None), None)
    if known is None or known.smallest_change is None:
        return "Your value is an estimate: only measuring the same way twice can show a change."
    least = wording.value_text(known.smallest_change, known.unit, known.variable)
    seen = [one for one in (now, whole) if one is not None and one.exceeds_error_week is not None]
    names = [f"{_called(one)} from week {one.exceeds_error_week} on" for one in seen]
    if names:
        return f"A second measurement can tell a change from its own error above {least}: {wording.listed(names)}."
    return (
        f"Two measurements by your method differ by up to {least} by chance alone: within {forecast.weeks[-1]} weeks a "
        "second one cannot be sure to tell such a change."
    )


def _called(one: ScenarioForecast) -> str:
    return "as now" if one.kind == "as_now" else one.title[:1].lower() + one.title[1:]


def _worth(forecast: Forecast) -> str:
    gains = worth_most(forecast)
    named = [f"{one.title} ({signed(one.difference_kg.median)} kg)" for one in gains if one.difference_kg]
    if not named:
        return ""
    most = "The two changes worth most" if len(named) > 1 else "The change worth most"
    return f"{most}: {wording.listed(named)}."


def worth_most(forecast: Forecast) -> list[ScenarioForecast]:
    """The changes worth most that bring anything to be seen after rounding."""
    by_id = {one.id: one for one in forecast.scenarios}
    gains = [by_id[name] for name in forecast.most_worth if name in by_id]
    return [one for one in gains if one.difference_kg and round(one.difference_kg.median, 1) > 0]


def _main(forecast: Forecast, now: ScenarioForecast, whole: ScenarioForecast | None) -> Figure:
    return against(forecast, now, [whole] if whole else [], "What becomes of your limb muscle")


def against(forecast: Forecast, now: ScenarioForecast, others: Sequence[ScenarioForecast], title: str) -> Figure:
    """As now against others, with bands, the error of measurement and the lines of definitions."""
    tracks = [_track(now, whole_bands=True), *(_track(one, whole_bands=True) for one in others)]
    error = _error(forecast)
    drawn = charts.Ground(error=error, lines=_kilograms(now.lines))
    said = "; ".join(
        f"{one.title}: {one.courses[0].median[0]:.1f} kg today, {one.courses[0].median[-1]:.1f} kg in week "
        f"{forecast.weeks[-1]}, 9 of 10 people between {one.courses[0].low_90[-1]:.1f} and "
        f"{one.courses[0].high_90[-1]:.1f} kg"
        for one in (now, *others)
    ) + "".join(f"; line of {name} at {kg:.1f} kg" for kg, name in drawn.lines)
    svg = charts.courses(title, forecast.weeks, tracks, drawn, said=said)
    sentence = "Dark band: half of people like you. Pale band: 9 of 10."
    if error:
        sentence += " Between the dotted lines no second measurement can tell a change from its own error."
    return Figure(title, sentence, svg)


def _track(one: ScenarioForecast, *, whole_bands: bool) -> charts.Track:
    course: Course = one.courses[0]
    inner = (course.low_50, course.high_50) if whole_bands else None
    outer = (course.low_90, course.high_90)
    return charts.Track(one.title, course.median, inner, outer, main=one.kind != "as_now")


def _error(forecast: Forecast) -> tuple[float, float] | None:
    start = forecast.start[0]
    if start.smallest_change is None:
        return None
    return start.value - start.smallest_change, start.value + start.smallest_change


def _kilograms(lines: Sequence[LineChance]) -> list[tuple[float, str]]:
    """Definitions' lines in kilograms, the most uncertain first, those at one place under one name."""
    found: dict[float, list[str]] = {}
    for row in sorted(lines, key=lambda row: abs(row.now - 0.5)):
        if row.kg is not None and row.title not in (titles := found.setdefault(round(row.kg, 1), [])):
            titles.append(row.title)
    return [
        (kg, f"{titles[0]}{f' +{len(titles) - 1}' if len(titles) > 1 else ''}")
        for kg, titles in list(found.items())[:_LINES]
    ]


def _effects(forecast: Forecast) -> Figure | None:
    best = worth_most(forecast)
    rows = [
        charts.Row(
            one.title,
            one.difference_kg.median,
            (one.difference_kg.low, one.difference_kg.high),
            f"{signed(one.difference_kg.median)} kg",
            mark="★" if one in best else "",
            hollow=one.kind == "if_your_doctor",
        )
        for one in changing(forecast)
        if one.difference_kg is not None
    ]
    if not rows:
        return None
    title = f"What each step brings in {forecast.weeks[-1]} weeks, against going on as now"
    said = "; ".join(f"{row.name} {row.shown}, {row.interval[0]:+.1f} to {row.interval[1]:+.1f}" for row in rows)
    sentence = "Bars: 90 % of what the mean of people like you may be."
    if any(row.hollow for row in rows):
        sentence += " Dashed: only if a professional decides so."
    if any(row.mark for row in rows):
        sentence += " ★: worth most, water not counted."
    return Figure(title, sentence, charts.intervals(title, rows, said=said))


def changing(forecast: Forecast) -> list[ScenarioForecast]:
    """The single changes that change something, the largest gain first."""
    rows = [one for one in forecast.scenarios if one.kind in {"treatment", "if_your_doctor"} and one.difference_kg]
    moving = [one for one in rows if one.difference_kg and not one.difference_kg.low == one.difference_kg.high == 0]
    return sorted(moving, key=lambda one: -(one.difference_kg.median if one.difference_kg else 0.0))


def _single(forecast: Forecast, now: ScenarioForecast) -> list[Figure]:
    """Each treatment's own course against as now; all on one scale."""
    shown = changing(forecast)
    tracks = [_track(one, whole_bands=False) for one in (now, *shown)]
    ends = charts.reach([value for track in tracks for value in track.ends])
    base = charts.Track(now.title, now.courses[0].median)
    figures = []
    for one, track in zip(shown, tracks[1:], strict=True):
        less = one.difference_kg
        gain = f"{signed(less.median)} kg against as now (90 %: {span(less)})" if less else ""
        svg = charts.courses(
            one.title, forecast.weeks, [base, track], charts.Ground(span=ends, height=92.0), said=f"{one.says}: {gain}"
        )
        further = f" Goes further than what was studied: {'; '.join(one.extrapolated)}." if one.extrapolated else ""
        figures.append(Figure(one.title, f"{one.says}: {gain}.{further}", svg))
    return figures


def _chances(now: ScenarioForecast, whole: ScenarioForecast | None, called: str) -> list[str]:
    """Chances of lying below a line, where they move, most first; lines with the same chances are told once."""
    by_words: dict[str, list[str]] = {}
    moved: dict[str, float] = {}
    for place, row in enumerate(now.lines):
        ends = [("as now", row.end), *([(called, whole.lines[place].end)] if whole else [])]
        chances = [row.now, *(chance for _, chance in ends)]
        if max(chances) - min(chances) < _MOVED:
            continue
        later = ", ".join(f"{name} {wording.percent(chance)}" for name, chance in ends)
        words = f"{wording.percent(row.now)} today; at the end {later}"
        by_words.setdefault(words, []).append(f"{row.title} ({row.cutoff:g} {row.unit})")
        moved[words] = max(chances) - min(chances)
    return [
        f"Chance to lie below the line of {wording.listed(by_words[words])}: {words}"
        for words in sorted(by_words, key=lambda words: -moved[words])
    ]


def _without(forecast: Forecast) -> list[str]:
    by_reason: dict[str, list[str]] = {}
    for row in forecast.without_number:
        by_reason.setdefault(row.reason, []).append(row.title)
    return [f"{wording.listed(names)}: {reason[:1].lower()}{reason[1:]}" for reason, names in by_reason.items()]


@cache
def tested() -> tuple[str, ...]:
    """How far the model was off on studies that it had not seen, from the report of its calibration."""
    report: Mapping[str, Any] = folder("model")["model/report.yaml"]
    held_out = report["held_out"]
    kg = held_out["unit"]["kg"]
    return (
        (
            f"The model was made from {report['data']['arms']} groups of {report['data']['studies']} studies. On "
            f"studies it had not seen it was off by {kg['model']:.2f} kg on average ({kg['arms']} groups); the average "
            f"change of groups of the same kind was off by {kg['mean_of_kind']:.2f} kg, and expecting no change by "
            f"{kg['no_change']:.2f} kg."
        ),
        f"Of its 90 % intervals, {held_out['interval_holds_percent']:.0f} of 100 held what was then measured.",
    )
