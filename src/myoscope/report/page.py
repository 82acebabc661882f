"""One person's answer as one self-contained HTML page: no request leaves it, no script runs in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from jinja2 import Environment

from myoscope.assess.result import (
    Assessment,
    Cause,
    Comparison,
    DefinitionResult,
    Evidence,
    Measure,
    PlanItem,
    Standing,
)
from myoscope.assess.result_forecast import Forecast
from myoscope.quantities import quantities
from myoscope.report import answer, charts, deficit_figures, doable, forecast_figures, verdicts, wording
from myoscope.report.figure import Figure
from myoscope.report.template import TEMPLATES, environment

_CARDS = 3
"""Definitions that are drawn in full; the others are folded, so that the page stays readable."""


def render(assessment: Assessment) -> str:
    """The whole page, with its style inside."""
    page = _environment().get_template("page.html.j2")
    return page.render(css=stylesheet(), body=content(assessment), title=title(assessment))


def content(
    assessment: Assessment, *, link: Callable[[str, str], str] | None = None, what_if: str = "", model: str = ""
) -> str:
    """The page's content alone, for a site that has its own frame and links `stylesheet()` itself.

    Args:
        assessment: what to tell.
        link: the address of an entry of the knowledge base by kind and id; a page that stands alone has none.
        what_if: what a site puts below the forecast (HTML); a page that stands alone has none.
        model: the address of the page on the muscle model, where a site has one.

    """
    by_status = answer.causes_by_status(assessment)
    told = verdicts.verdicts(assessment)
    cards = [
        *((name, one, "found") for name, one in told.found.items()),
        *((name, one, "open") for name, one in told.open.items()),
    ]
    values = {
        "a": assessment,
        "link": link,
        "what_if": what_if,
        "model": model,
        "foretold": forecast_figures.told(assessment.forecast),
        "explained": deficit_figures.explained(assessment.deficit),
        "repeated": deficit_figures.repeated(assessment.changes),
        "who": answer.person_line(assessment),
        "urgent": answer.urgent_first(assessment),
        "headline": answer.headline(assessment),
        "standings": [figure for measure in assessment.measures if (figure := _standing(assessment, measure))],
        "next": sorted(assessment.next_measurements, key=lambda step: step.rank),
        "told": told,
        "grouped": verdicts.sections(assessment),
        "shown_first": cards[:_CARDS],
        "shown_folded": cards[_CARDS:],
        "sure_causes": [*by_status.get("present", []), *by_status.get("probable", [])],
        "possible_causes": by_status.get("possible", []),
        "far_causes": {
            status: by_status[status] for status in ("unlikely", "excluded", "unknown") if status in by_status
        },
        "blocks": _blocks(assessment.causes),
        "sections": answer.plan_sections(assessment),
        "safety": answer.safety_questions(assessment),
        "comparisons": partial(
            _comparisons, intervals={m.id: m.interval_95 for m in assessment.measures if m.interval_95}
        ),
        "citations": answer.citations(assessment),
    }
    return _environment().get_template("answer.html.j2").render(values)


def what_if(forecast: Forecast) -> str:
    """What becomes of what a reader chose, as a piece of a page."""
    chosen = forecast_figures.told(forecast, chosen=True)
    return _environment().get_template("what_if.html.j2").render(chosen=chosen, link=None)


def title(assessment: Assessment) -> str:
    """The page's title: whose answer, and of which day."""
    name = f"{assessment.person.id}, " if assessment.person.id else ""
    return f"Myoscope: {name}{assessment.person.on}"


@cache
def stylesheet() -> str:
    """The one style sheet of the report."""
    return (TEMPLATES / "page.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    made = environment()
    made.globals.update(answer=answer, doable=doable, verdicts=verdicts, wording=wording, effects=effects)
    made.filters.update(
        capitalize_first=wording.capitalize_first, safe_link=safe_link, cited=wording.cited, name=verdicts.variable_name
    )
    return made


def safe_link(link: str | None) -> str:
    """The address if it is one a reader may follow, else nothing."""
    return link if link and link.startswith(("https://", "http://")) else ""


def _standing(assessment: Assessment, measure: Measure) -> Figure | None:
    """A picture of the measure among others: the first reference that has a curve; the other references in words."""
    drawn = next((standing for standing in measure.standing if len(standing.curve) > 1), None)
    if drawn is None or not isinstance(measure.value, float):
        return None
    people = _people(assessment)
    shown = wording.value_text(measure.value, measure.unit, measure.id)
    reading = charts.Reading(measure.value, shown, measure.interval_95, estimate=measure.source == "estimate")
    svg = charts.standing_strip(
        measure.name, reading, drawn.curve, cutoffs=_cutoff_labels(assessment, measure), people=people
    )
    about = [f"{drawn.title}, {wording.cited(drawn.source)}.", wording.capitalize_first(drawn.caution or "")]
    for other in measure.standing:
        if other is not drawn:
            source = f"{other.title}, {wording.cited(other.source)}"
            about.append(
                f"By another reference ({source}): {answer.standing_words(other)}. {other.caution or ''}".strip()
            )
    return Figure(
        measure.name, standing_sentence(measure, drawn, people), svg, about=tuple(text for text in about if text)
    )


def _people(assessment: Assessment) -> str:
    sex = {"male": "men", "female": "women"}.get(assessment.person.sex or "", "people")
    return f"{sex} of your age"


def standing_sentence(measure: Measure, standing: Standing, people: str) -> str:
    """How many of 100 have a lower value, and which side is better."""
    better = quantities()[measure.id].better if measure.id in quantities() else "neither"
    comment = {"higher": "Higher is better.", "lower": "Lower is better."}.get(better, "")
    if standing.percentile is None:
        return f"You are {standing.shown} percentile of {people}. {comment}".strip()
    lower = round(standing.percentile)
    many = "Fewer than 1" if lower < 1 else "More than 99" if lower > 99 else f"About {lower}"
    return f"{many} of 100 {people} have a lower value than you. {comment}".strip()


def _cutoff_labels(assessment: Assessment, measure: Measure) -> list[tuple[float, str]]:
    by_value: dict[float, list[str]] = {}
    for value, title_ in verdicts.cutoffs_of(assessment, measure.id):
        by_value.setdefault(value, []).append(title_)
    labels = []
    for value, titles in by_value.items():
        more = f" +{len(titles) - 2}" if len(titles) > 2 else ""
        labels.append((value, f"{value:g}: {', '.join(titles[:2])}{more}"))
    return labels


def _comparisons(result: DefinitionResult, intervals: dict[str, tuple[float, float]]) -> list[Figure]:
    """The comparisons to show; number lines where there are numbers."""
    return [_comparison(one, intervals.get(one.variable)) for one in verdicts.decided(result)]


def _comparison(one: Comparison, interval: tuple[float, float] | None) -> Figure:
    note = wording.cited(one.source) if one.source else ""
    if one.cutoff is None or one.operator is None or not isinstance(one.value, float):
        return Figure(one.name, one.text, note=note)
    estimate = one.state == "estimate"
    shown = wording.value_text(one.value, one.unit, one.variable)
    if one.probability_below is not None:
        # the more careful of the two chances; the sentence below the picture gives both
        chances = [c for c in (one.probability_below, one.probability_below_elsewhere) if c is not None]
        shown = f"about {shown} · {wording.percent(min(chances, key=lambda chance: abs(2 * chance - 1)))} below"
    reading = charts.Reading(one.value, shown, interval if estimate else None, estimate=estimate)
    limit = charts.Limit(one.cutoff, one.operator, "too low" if one.operator.startswith("<") else "too high")
    return Figure(one.name, one.text, charts.number_line(one.name, reading, limit, said=one.text), note)


def _sides(cause: Cause) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    def side(rows: list[Evidence]) -> list[tuple[str, bool]]:
        return [(row.strength, row.unverified) for row in rows]

    return side(cause.for_), side(cause.against)


def _blocks(causes: list[Cause]) -> dict[str, str]:
    """Cause id -> its picture of evidence; all to one scale."""
    span = charts.evidence_span([_sides(cause) for cause in causes])
    return {cause.id: charts.evidence_blocks(cause.title, *_sides(cause), span=span) for cause in causes}


def effects(item: PlanItem) -> list[Figure]:
    """The published effects of a treatment as pictures."""
    found = []
    for effect in item.other_effects:
        name = f"{item.treatment}, {effect.outcome}"
        svg = charts.effect_line(name, effect.median, (effect.low, effect.high), effect.unit)
        found.append(Figure(effect.outcome, answer.effect_words(effect), svg, wording.cited(effect.source)))
    return found
