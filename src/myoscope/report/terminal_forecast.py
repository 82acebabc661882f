"""The forecast in a terminal: one row a scenario, with a small picture of its course."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from myoscope.assess.result_forecast import Course, Forecast, ScenarioForecast
from myoscope.report import wording
from myoscope.report.forecast_figures import signed, span, worth_most
from myoscope.report.terminal_lines import bullet, heading, line

BARS = "▁▂▃▄▅▆▇█"
CELLS = 12


def render(forecast: Forecast, console: Console, widest: int = 110) -> None:
    """Print the forecast alone."""
    for part in parts(forecast):
        console.print(part, width=min(console.width, widest), highlight=False)


def parts(forecast: Forecast) -> Iterable[RenderableType]:
    """The section on the forecast."""
    yield heading(f"WHAT BECOMES OF YOUR MUSCLE{_until(forecast)}")
    if forecast.status != "answered":
        yield line(f"No forecast: {forecast.reason}.")
        return
    yield line(*_start(forecast))
    if forecast.treatments_withheld:
        yield line((forecast.treatments_withheld, "bold red"))
    yield Padding(_table(forecast), (0, 0, 0, 2), expand=True)
    yield from _notes(forecast)


def _until(forecast: Forecast) -> str:
    return f" IN {forecast.weeks[-1]} WEEKS" if forecast.weeks else ""


def _start(forecast: Forecast) -> list[str | tuple[str, str]]:
    found: list[str | tuple[str, str]] = []
    for one in forecast.start:
        how = "estimated" if one.origin == "estimate" else "measured"
        error = f", standard error {one.error:.1f} {one.unit}" if one.error is not None else ""
        found += [f"{one.name} today: ", (f"{one.value:.1f} {one.unit}", "bold"), f" ({how}{error}). "]
    return found


def _table(forecast: Forecast) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False, expand=True)
    table.add_column("If life goes on", ratio=6)
    table.add_column("Change, kg (90 % of people)", ratio=5)
    table.add_column("Against as now (90 %)", ratio=5)
    table.add_column("Course", width=CELLS, no_wrap=True)
    low, high = _span(forecast.scenarios)
    for one in forecast.scenarios:
        worth = " ★" if one in worth_most(forecast) else ""
        title = Text(one.title + worth, style="bold" if one.kind in {"as_now", "plan"} else "")
        title.append(f"\n{one.says}", style="dim")
        change = one.change_kg
        table.add_row(
            title,
            f"{signed(change.median)} ({span(change)})",
            _against(one),
            Text(sparkline(one.courses[0], low, high), style="cyan"),
        )
    return table


def _against(one: ScenarioForecast) -> str:
    if one.difference_kg is None:
        return ""
    gain = one.difference_kg
    if gain.low == gain.high == 0:
        return "no change"
    water = one.difference_water_kg or 0.0
    of_it = f", {water:.1f} of it water" if round(water, 1) > 0 else ""
    return f"{signed(gain.median)} ({span(gain)}){of_it}"


def _span(shown: Sequence[ScenarioForecast]) -> tuple[float, float]:
    values = [value for one in shown for value in one.courses[0].median]
    return min(values), max(values)


def sparkline(course: Course, low: float, high: float) -> str:
    """A course as a row of bars, from today to the end; all scenarios on one scale."""
    last = len(course.median) - 1
    picked = [course.median[round(cell * last / (CELLS - 1))] for cell in range(CELLS)]
    width = high - low or 1.0
    return "".join(BARS[min(len(BARS) - 1, int((value - low) / width * len(BARS)))] for value in picked)


def _notes(forecast: Forecast) -> Iterable[RenderableType]:
    if best := worth_most(forecast):
        yield bullet("★", f"Worth most: {wording.listed([one.title for one in best])}", style="green")
    yield from _lines(forecast)
    beyond = [one for one in forecast.scenarios if one.exceeds_error_week is not None]
    for one in beyond:
        yield bullet(
            "·", f"{one.title}: a second measurement can tell it from error from week {one.exceeds_error_week} on"
        )
    if not beyond and any(one.smallest_change for one in forecast.start):
        yield bullet("·", "Two measurements cannot tell any of these changes from their own error within this time")
    for mark, texts in (
        ("!", [f"Goes further than what was studied: {text}" for text in forecast.extrapolated]),
        ("?", [f"Not counted: {text}" for text in forecast.not_counted]),
        ("?", forecast.assumes),
    ):
        for text in texts:
            yield bullet(mark, text, style="yellow")
    by_reason: dict[str, list[str]] = {}
    for row in forecast.without_number:
        by_reason.setdefault(row.reason, []).append(row.title)
    for reason, names in by_reason.items():
        yield bullet("-", (f"No number for {wording.listed(names)}: {reason}", "dim"), style="dim")
    if forecast.bands:
        yield line((forecast.bands, "dim"))


def _lines(forecast: Forecast) -> Iterable[RenderableType]:
    """Chances of lying below a line, where they are neither sure nor move by nothing."""
    now = forecast.scenarios[0]
    plan = next((one for one in forecast.scenarios if one.kind == "plan"), None)
    for place, row in enumerate(now.lines):
        ends = [f"as now {row.end:.0%}"] + ([f"with the plan {plan.lines[place].end:.0%}"] if plan else [])
        chances = [row.now, row.end, *([plan.lines[place].end] if plan else [])]
        if max(chances) - min(chances) >= 1 / 20:
            where = f"below the line of {row.title} ({row.cutoff:g} {row.unit})"
            yield bullet("·", f"Chance to lie {where}: {row.now:.0%} today; {', '.join(ends)}")
