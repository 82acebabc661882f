"""What the definitions say, in a terminal: a table for each group, why they disagree, what to measure next."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from myoscope.assess.result import Assessment, DefinitionResult, NextMeasurement
from myoscope.report import verdicts, wording
from myoscope.report.terminal_lines import bullet, heading, line

_MARKS = {"found": ("▲", "bold dark_orange3"), "open": ("?", "yellow"), "clear": ("○", "green")}
_STEPS = 8
"""Next measurements that are told in full; the others are named."""


def definitions(assessment: Assessment) -> Iterable[RenderableType]:
    """The table of definitions, their disagreements, and what would settle what is open."""
    yield heading("WHAT THE DEFINITIONS SAY")
    grouped = verdicts.sections(assessment)
    for title, rows in grouped.items():
        yield Padding(Text(title, style="bold"), (1, 0, 0, 2))
        yield Padding(_table(rows), (0, 0, 0, 2), expand=True)
    if grouped:
        yield Text()
        yield line(("▲ something found   ? open   ○ nothing found", "dim"))
    else:
        yield line("No definition can answer yet.")
    if silence := verdicts.silence(assessment):
        yield line((f"{silence}.", "dim"))
    if assessment.disagreements:
        yield heading("WHY THEY DISAGREE")
    for one in assessment.disagreements:
        yield bullet("≠", f"Your {one.text}.")
    if assessment.next_measurements:
        yield heading("WHAT WOULD SETTLE THE OPEN QUESTIONS")
        steps = sorted(assessment.next_measurements, key=lambda step: step.rank)
        for step in steps[:_STEPS]:
            yield _step(step)
        if later := steps[_STEPS:]:
            yield line((f"After these: {wording.listed([step.name for step in later])}.", "dim"))


def _table(rows: list[tuple[str, DefinitionResult, str]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), show_header=False, expand=True)
    table.add_column(ratio=4)
    table.add_column(ratio=4)
    table.add_column(ratio=7)
    for name, result, kind in rows:
        table.add_row(_name(kind, result), _stage(name, result), _decided(name, result))
    return table


def _name(kind: str, result: DefinitionResult) -> Text:
    mark, style = _MARKS[kind]
    text = Text.assemble((f"{mark} ", style), (result.title, "bold"))
    if result.read and wording.READ_MARKS[result.read]:
        text.append(f"\n  {wording.READ_MARKS[result.read]}", style="dim")
    return text


def _stage(name: str, result: DefinitionResult) -> Text:
    text = Text(result.stage_title)
    if result.stage not in {result.up_to, "unknown"}:
        text.append(f"\nstill possible: {verdicts.up_to_title(name, result)}", style="dim")
    if result.see:
        text.append(f"\nsee: {result.see}", style="bold")
    if result.outside_population:
        text.append("\nnot made for people like this", style="yellow")
    return text


def _decided(name: str, result: DefinitionResult) -> Text:
    lines = [Text(one.text, style="dim" if one.state == "estimate" else "") for one in verdicts.decided(result)]
    if result.missing:
        lines.append(Text(f"needs: {verdicts.needs(result.missing)}", style="dim"))
    lines += [Text(other, style="yellow") for other in verdicts.other_readings(name, result)]
    lines += [Text(text, style="yellow") for text in verdicts.if_converted(name, result)]
    lines += [Text(text, style="dim") for text in (*result.notes, *result.cautions)]
    return Text("\n").join(lines) if lines else Text("nothing yet", style="dim")


def _step(step: NextMeasurement) -> RenderableType:
    how = f" ({step.how})" if step.how else ""
    return bullet(f"{step.rank}.", (step.name, "bold"), f"{how} {verdicts.brings(step)}", (f" [{step.cost}]", "dim"))
