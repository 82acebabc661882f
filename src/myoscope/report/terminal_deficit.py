"""Causes in kilograms, and real change, in a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from myoscope.assess.part import Interval
from myoscope.assess.result import Assessment
from myoscope.assess.result_deficit import Change, Deficit
from myoscope.report import wording
from myoscope.report.terminal_lines import bullet, heading, line

_MARKS = {"real_change": ("●", "bold dark_orange3"), "within_error": ("○", "green"), "measure_again": ("◔", "yellow")}
_OPEN = ("?", "dim")


def deficit(assessment: Assessment) -> Iterable[RenderableType]:
    """What is missing in the limbs, and what explains it."""
    found = assessment.deficit
    if found is None or (found.status == "no_answer" and found.text is None):
        return
    yield heading("CAUSES IN KILOGRAMS")
    if found.text:
        yield line(found.text)
    yield Padding(_table(found), (0, 0, 0, 2))
    if found.reason:
        yield line((f"No share of a cause: {found.reason}.", "dim"))
    for text in (*found.assumes, *found.cautions):
        yield bullet("–", (text, "dim"), style="dim")
    if found.source:
        yield line((f"Curve: {wording.cited(found.source)}", "dim"))


def _table(found: Deficit) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    table.add_column("Limb muscle")
    table.add_column("kg", justify="right")
    table.add_column("90 %", justify="right")
    young = f"{found.young_years:g}" if found.young_years is not None else "young"
    rows: list[tuple[str, Interval | None, str]] = [
        ("there now", found.measured_kg, "bold"),
        ("expected at your age, sex and height", found.expected_kg, ""),
        (f"less than expected when {young}", found.below_young_kg, "bold"),
        ("  of this: ageing", found.ageing_kg, ""),
        *((f"  of this: {share.text}", share.lost_kg, "") for share in found.shares),
        ("  of this: not explained", found.unexplained_kg, ""),
    ]
    for name, value, style in rows:
        if value is not None:
            low, high = f"{value.low:.1f}", f"{value.high:.1f}"
            table.add_row(Text(name, style=style), Text(f"{value.median:.1f}", style=style), f"{low} to {high}")
    return table


def changes(assessment: Assessment) -> Iterable[RenderableType]:
    """Which repeated measures have really changed."""
    if not assessment.changes:
        return
    yield heading("DID IT REALLY CHANGE?")
    for one in assessment.changes:
        mark, style = _MARKS.get(one.answer, _OPEN)
        yield bullet(mark, (f"{one.name}, {one.from_date} to {one.to_date}: ", "bold"), one.text, style=style)
        for text in _notes(one):
            yield line((text, "dim"), indent=4)


def _notes(one: Change) -> list[str]:
    notes = []
    if one.change:
        unit = one.unit or ""
        low, high = (wording.value_text(end, unit, one.variable) for end in (one.change.low, one.change.high))
        notes.append(f"95 % interval {low} to {high}; {one.probability:.0%} sure of the direction.")
    reached = [row for row in one.important if row.reached]
    if reached:
        row = max(reached, key=lambda important: important.value)
        size = wording.value_text(row.value, row.unit, one.variable)
        notes.append(f"A change of {size} is one that people notice ({wording.cited(row.source)}).")
    return [*notes, *one.cautions]
