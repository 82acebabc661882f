"""One person's answer in a terminal: readable at 80 columns and at 120, plain text when piped.

Nothing of the record is ever read as markup: every piece of text is a `rich.text.Text`.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from myoscope.assess.result import Assessment, Cause, Evidence, Measure, PlanItem, Standing, Urgent
from myoscope.report import answer, terminal_deficit, terminal_forecast, terminal_programme, verdicts, wording
from myoscope.report.terminal_definitions import definitions
from myoscope.report.terminal_lines import bullet, heading, line

WIDEST = 110
"""Lines longer than this are hard to read; a wider terminal stays empty at its right."""

URGENT_STYLES = {
    "emergency": "bold white on red",
    "same_day": "bold red",
    "two_weeks": "bold dark_orange3",
    "next_visit": "bold",
}
STATUS_STYLES = {
    "present": "bold red",
    "probable": "bold dark_orange3",
    "possible": "yellow",
    "offer": "bold green",
    "ask_first": "yellow",
    "refer": "blue",
    "not_now": "bold red",
}


def render(assessment: Assessment, console: Console) -> None:
    """Print the report.

    Args:
        assessment: the answer of one person.
        console: where to; its width is kept, at most 110 columns are used.

    """
    width = min(console.width, WIDEST)
    for part in _parts(assessment):
        console.print(part, width=width, highlight=False)


def _parts(assessment: Assessment) -> Iterable[RenderableType]:
    yield from _who(assessment)
    if assessment.urgent:
        yield heading("URGENT")
        yield from (_urgent(sign) for sign in answer.urgent_first(assessment))
    yield from _three_lines(assessment)
    yield from _measures(assessment)
    yield from definitions(assessment)
    yield from _causes(assessment)
    yield from terminal_deficit.deficit(assessment)
    yield from terminal_deficit.changes(assessment)
    yield from _plan(assessment)
    yield from terminal_programme.parts(assessment)
    if assessment.forecast:
        yield from terminal_forecast.parts(assessment.forecast)
    yield from _sources(assessment)
    versions = assessment.versions
    yield Text()
    yield Text(f"{wording.DISCLAIMER} Myoscope {versions.package}, knowledge {versions.knowledge}.", style="dim")


def _who(assessment: Assessment) -> Iterable[RenderableType]:
    person = assessment.person
    name = f"{person.id}: " if person.id else ""
    yield line(("Myoscope", "bold"), f"  {name}{answer.person_line(assessment)}, on {person.on}", indent=0)
    if person.deceased:
        yield line("This person has died; the answer describes the day above.")
    for title, items in (
        ("Conditions", person.conditions),
        ("Medicines", person.medicines),
        ("Symptoms", person.symptoms),
    ):
        if items:
            yield bullet(f"{title}:", ", ".join(item.replace("_", " ") for item in items), style="dim")
    for remark in person.remarks:
        yield bullet("!", remark, style="yellow")


def _urgent(sign: Urgent) -> RenderableType:
    style = URGENT_STYLES[sign.tier]
    parts: list[RenderableType] = [Text(sign.title, style="bold"), Text(sign.lay)]
    if sign.because:
        parts.append(Text(f"Because: {'; '.join(sign.because)}."))
    parts.append(Text(f"See: {sign.see}. {wording.BLOCKED[sign.blocks]}".rstrip()))
    parts.append(Text(f"For the doctor: {sign.professional} [{wording.cited(sign.source)}]", style="dim"))
    title = Text(f" {wording.TIERS[sign.tier]} ", style=style)
    return Panel(
        Group(*parts),
        title=title,
        title_align="left",
        box=box.HEAVY,
        border_style=style if "on" not in style else "red",
    )


def _three_lines(assessment: Assessment) -> Iterable[RenderableType]:
    yield heading("THE ANSWER IN THREE LINES")
    lines = answer.headline(assessment)
    for label, text in (("Muscle", lines.muscle), ("Cause", lines.cause), ("First step", lines.step)):
        yield line((f"{label:<12}", "bold"), text, hanging=12)


def _measures(assessment: Assessment) -> Iterable[RenderableType]:
    yield heading("MEASURES")
    if not assessment.measures:
        yield line("Nothing was entered.")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False, expand=True)
    table.add_column("Measure", ratio=5)
    table.add_column("Value", ratio=5)
    table.add_column("Among your age and sex", ratio=7)
    for measure in sorted(assessment.measures, key=lambda one: not one.standing):
        table.add_row(_name_of(measure), _value_of(measure), _standings(measure))
    yield Padding(table, (0, 0, 0, 2), expand=True)


def _name_of(measure: Measure) -> Text:
    text = Text(measure.name)
    if measure.source != "measured":
        method = f" ({measure.method})" if measure.method and measure.source == "estimate" else ""
        text.append(f"\n{wording.ORIGINS[measure.source]}{method}", style="dim")
    return text


def _value_of(measure: Measure) -> Text:
    text = Text(answer.measure_value(measure), style="dim" if measure.stale else "bold")
    notes = []
    if measure.date:
        notes.append(measure.date)
    if measure.stale:
        notes.append("too old to decide anything")
    if measure.unusual:
        notes.append("unusual: please check")
    if measure.error:
        error = measure.error
        notes.append(f"{error.statistic} {wording.value_text(error.value, error.unit, measure.id)}")
    if notes:
        text.append("\n" + "; ".join(notes), style="dim")
    return text


def _standings(measure: Measure) -> Text:
    return Text("\n").join(_standing(standing) for standing in measure.standing) if measure.standing else Text("")


def _standing(standing: Standing) -> Text:
    text = Text()
    if standing.percentile is not None:
        text.append(percentile_bar(standing.percentile) + "  ", style="cyan")
    text.append(answer.standing_words(standing), style="bold")
    mark = wording.READ_MARKS[standing.source.read]
    text.append(f"\n{standing.title}" + (f" ({mark})" if mark else ""), style="dim")
    return text


def percentile_bar(percentile: float, cells: int = 12) -> str:
    """A small bar with a mark where the person lies, left = lowest."""
    at = min(cells - 1, max(0, int(percentile / 100 * cells)))
    return "─" * at + "●" + "─" * (cells - 1 - at)


def _causes(assessment: Assessment) -> Iterable[RenderableType]:
    yield heading("WHAT MAY BE CAUSING IT")
    by_status = answer.causes_by_status(assessment)
    if not by_status:
        yield line("No cause was looked at.")
    for status, causes in by_status.items():
        if status in {"present", "probable", "possible"}:
            for cause in causes:
                yield from _cause(cause)
        elif status == "unknown":
            names = wording.listed([cause.title for cause in causes])
            yield bullet("Can't tell yet:", (names, "dim"), style="dim")
        else:
            names = "; ".join(f"{cause.title}{_because(cause.against)}" for cause in causes)
            yield bullet(f"{wording.CAUSE_STATUSES[status].capitalize()}:", (names, "dim"), style="dim")


def _because(evidence: list[Evidence]) -> str:
    return f" ({evidence[0].text})" if evidence else ""


def _cause(cause: Cause) -> Iterable[RenderableType]:
    status = wording.CAUSE_STATUSES[cause.status]
    yield Text()
    yield line((f"{status.upper():<9} ", STATUS_STYLES.get(cause.status, "")), (cause.title, "bold"))
    for sign, style, rows in (("+", "green", cause.for_), ("-", "red", cause.against)):
        for evidence in rows:
            yield bullet(sign, evidence.text, (f" [{_behind(evidence)}]", "dim"), style=style, indent=4)
    if cause.missing:
        yield bullet(
            "?",
            "not known: " + ", ".join(verdicts.variable_name(name) for name in cause.missing),
            style="yellow",
            indent=4,
        )
    if cause.next:
        yield bullet("→", cause.next, style="bold", indent=4)
    if cause.reversible:
        yield bullet("↺", cause.reversible, style="dim", indent=4)


def _behind(evidence: Evidence) -> str:
    """Strength and source of a piece of evidence."""
    source = evidence.source
    mark = wording.READ_MARKS[source.read] if source and not evidence.unverified else ""
    said = (
        "" if source is None else mark if source.read == "policy" else f"{source.short}{f' ({mark})' if mark else ''}"
    )
    return "; ".join(part for part in (wording.evidence_note(evidence), said) if part)


def _plan(assessment: Assessment) -> Iterable[RenderableType]:
    yield heading("WHAT TO DO")
    plan = assessment.plan
    if plan.withheld:
        yield line((plan.withheld, "bold red"))
    if plan.refer:
        yield line(("See: ", "bold"), wording.listed(plan.refer))
    if not plan.items and not plan.withheld:
        yield line("Nothing follows from what was entered.")
    yield from _safety(assessment)
    for section, items in answer.plan_sections(assessment).items():
        yield Text()
        yield line((wording.PLAN_SECTIONS[section], "bold underline"))
        for item in items:
            yield from _step(item)


def _safety(assessment: Assessment) -> Iterable[RenderableType]:
    """The safety questions of all steps, each once, by the kinds of step that ask them."""
    by_kind: dict[str, list[str]] = {}
    for question, kinds in answer.safety_questions(assessment):
        by_kind.setdefault(wording.listed(kinds), []).append(question.rstrip("?"))
    if by_kind:
        yield line((wording.MAKE_SURE, "yellow"))
    for kind, asked in by_kind.items():
        yield bullet(f"{kind}:", "; ".join(asked) + "?", style="yellow")


def _step(item: PlanItem) -> Iterable[RenderableType]:
    status = item.status
    yield Text()
    when = "" if status == "not_now" else f"  ({wording.PLAN_TIMES[item.when]})"
    yield line(
        (wording.PLAN_STATUSES[status].upper(), STATUS_STYLES[status]), "  ", (item.treatment, "bold"), (when, "dim")
    )
    for gate in item.gates_failed:
        yield _row(wording.GATE_ACTIONS[gate.action].lower(), gate.lay, wording.cited(gate.source), style="bold red")
    if status == "ask_first":
        yield _row("ask first", wording.CHECK_ABOVE, style="yellow")
    if status != "not_now":
        yield from _how(item)
    if item.why:
        yield _row("why", "; ".join(item.why))
    if status == "not_now":
        return
    if item.gates_passed:
        yield _row("checked", f"{wording.plural(len(item.gates_passed), 'safety check')} passed", style="green")
    if item.expected_effect_kg:
        yield _row("expected", answer.expected_words(item.expected_effect_kg))
    for effect in item.other_effects:
        yield _row("effect", answer.effect_words(effect), wording.cited(effect.source))
    if item.certainty:
        note = f": {item.certainty_note}" if item.certainty_note else ""
        yield _row("certainty", f"{item.certainty.replace('_', ' ')}{note}")
    yield from _care(item)


def _care(item: PlanItem) -> Iterable[RenderableType]:
    """What it does together with other things of this person, what to watch, when to stop."""
    for met in item.interactions:
        yield _row("with", f"{met.partner}: {met.says}", wording.cited(met.source))
    if item.monitoring:
        yield _row("watch", " ".join(item.monitoring))
    if item.stop_rules:
        yield _row("stop", " ".join(item.stop_rules))


def _how(item: PlanItem) -> Iterable[RenderableType]:
    if item.dose:
        yield _row("dose", item.dose, wording.cited(item.dose_source) if item.dose_source else "")
    if item.grams_per_day:
        low, high = item.grams_per_day
        yield _row("for you", f"{low:.0f} to {high:.0f} g a day")


def _row(label: str, text: str, source: str = "", style: str = "dim") -> RenderableType:
    """One labelled line of a step."""
    return bullet(f"{label:<9}", text, (f" [{source}]" if source else "", "dim"), style=style, indent=4)


def _sources(assessment: Assessment) -> Iterable[RenderableType]:
    found = answer.citations(assessment)
    if not found:
        return
    yield heading("SOURCES")
    text = Text("; ").join(
        Text(f"{source.short} ({wording.READ_MARKS[source.read]})" if source.read != "primary" else source.short)
        for source, _ in found
    )
    yield Padding(text, (0, 0, 0, 2))
    marks = {source.read for source, _ in found} - {"primary"}
    for read in ("secondary", "recalled", "policy"):
        if read in marks:
            yield line((f"{wording.READ_MARKS[read]}: {wording.READ_MEANINGS[read]}", "dim"))
