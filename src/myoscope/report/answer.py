"""What a reader is told first, and in which order the rest follows: shared by the terminal and the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from pydantic import BaseModel

from myoscope.assess.result import (
    Assessment,
    Cause,
    Cited,
    Effect,
    Measure,
    PlanItem,
    Standing,
    Urgent,
)
from myoscope.assess.result_forecast import ExpectedEffect
from myoscope.report.verdicts import summary
from myoscope.report.wording import (
    CAUSE_STATUSES,
    PLAN_GROUPS,
    TIERS,
    listed,
    ordinal,
    value_text,
    word,
)

SECTIONS = (("begin", ("offer", "ask_first")), ("refer", ("refer",)), ("not_now", ("not_now",)))
"""Sections of the plan, and the statuses each holds."""


@dataclass(frozen=True, slots=True)
class Headline:
    """The answer in three lines."""

    muscle: str
    cause: str
    step: str


def urgent_first(assessment: Assessment) -> list[Urgent]:
    """The urgent signs, the most urgent first."""
    order = list(TIERS)
    return sorted(assessment.urgent, key=lambda sign: order.index(sign.tier))


def causes_by_status(assessment: Assessment) -> dict[str, list[Cause]]:
    """Status -> causes in their own rank order; statuses without causes are left out."""
    found = {status: [c for c in assessment.causes if c.status == status] for status in CAUSE_STATUSES}
    return {status: causes for status, causes in found.items() if causes}


def plan_sections(assessment: Assessment) -> dict[str, list[PlanItem]]:
    """Section ('begin', 'refer', 'not_now') -> steps in the plan's own order; empty sections are left out."""
    found = {section: [item for item in assessment.plan.items if item.status in held] for section, held in SECTIONS}
    return {section: items for section, items in found.items() if items}


def safety_questions(assessment: Assessment) -> list[tuple[str, list[str]]]:
    """What to make sure of before beginning: each question once, with the kinds of step that ask it."""
    found: dict[str, dict[str, None]] = {}
    for item in assessment.plan.items:
        if item.status == "ask_first":
            for question in (question for gate in item.gates_open for question in gate.asks):
                found.setdefault(question, {})[word(PLAN_GROUPS, item.group).lower()] = None
    return [(question, list(groups)) for question, groups in found.items()]


def headline(assessment: Assessment) -> Headline:
    """What is known of the muscle, what is likely behind it, and the first step; unknown is said as unknown."""
    return Headline(summary(assessment), _leading(assessment), _first_step(assessment))


def _leading(assessment: Assessment) -> str:
    by_status = causes_by_status(assessment)
    sure = [*by_status.get("present", []), *by_status.get("probable", [])]
    if sure:
        said = [f"{cause.title} ({CAUSE_STATUSES[cause.status]})" for cause in sure[:3]]
        more = f" and {len(sure) - 3} more" if len(sure) > len(said) else ""
        return f"Most likely: {', '.join(said) if more else listed(said)}{more}."
    if possible := by_status.get("possible"):
        return f"No cause is established. Possible: {listed([cause.title for cause in possible[:3]], 'or')}."
    return "Not known: what was entered neither establishes nor suggests a cause."


def _first_step(assessment: Assessment) -> str:
    urgent = urgent_first(assessment)
    if urgent and urgent[0].tier != "next_visit":
        return f"{TIERS[urgent[0].tier]}: {urgent[0].title} (see: {urgent[0].see})."
    if assessment.plan.withheld:
        see = f" See: {listed(assessment.plan.refer)}." if assessment.plan.refer else ""
        return f"{assessment.plan.withheld.rstrip('.')}.{see}"
    sections = plan_sections(assessment)
    if begin := sections.get("begin"):
        begin = [item for item in begin if item.when == "now"] or begin
        first = listed([_inside(item.treatment) for item in begin[:2]])
        checked = any(item.status == "ask_first" for item in begin[:2])
        return f"After a safety check, begin with {first}." if checked else f"Begin with {first}."
    if "refer" in sections:
        return f"Through a professional: {_inside(sections['refer'][0].treatment)}."
    if assessment.next_measurements:
        return f"Find out next: {assessment.next_measurements[0].name}."
    return "Nothing follows from what was entered."


def _inside(title: str) -> str:
    """A title inside a sentence: its first letter small, unless the word is an abbreviation."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def person_line(assessment: Assessment) -> str:
    """'Man, 74 years, ancestry european'; what is not known is said."""
    person = assessment.person
    sex = {"male": "Man", "female": "Woman"}.get(person.sex or "", "Sex not given")
    age = f"{int(person.age_years)} years" if person.age_years is not None else "age not given"
    ancestry = f", {person.ancestry.capitalize()} ancestry" if person.ancestry else ""
    return f"{sex}, {age}{ancestry}"


def measure_value(measure: Measure) -> str:
    """The value with its unit, and with its 95 % interval where it is an estimate."""
    text = value_text(measure.value, measure.unit, measure.id)
    if measure.interval_95 and not isinstance(measure.value, str):
        low, high = (value_text(end, None, measure.id) for end in measure.interval_95)
        text = f"about {text} ({low} to {high})"
    return text


def standing_words(standing: Standing) -> str:
    """'10th percentile', 'below the 5th percentile'; with the z-score where there is one."""
    z = f", z {standing.z:+.1f}" if standing.z is not None else ""
    if standing.shown.isdigit():
        return f"{ordinal(float(standing.shown))} percentile{z}"
    return f"{standing.shown}{'' if ' in ' in standing.shown else ' percentile'}{z}"


def effect_words(effect: Effect) -> str:
    """'+1.1 kg lean body mass (+0.9 to +1.2) after 20 weeks, adults over 50; published mean of groups'."""
    weeks = f" after {effect.weeks:g} weeks" if effect.weeks else ""
    return (
        f"{effect.median:+g} {effect.unit} {effect.outcome} ({effect.low:+g} to {effect.high:+g}){weeks}, "
        f"in {effect.population}; {effect.basis}"
    )


def expected_words(effect: ExpectedEffect) -> str:
    """'+0.5 kg limb muscle after 52 weeks (90 % of means: +0.3 to +0.8), 0.1 kg of it water; by the muscle model'."""
    of_it = f", {effect.water_kg:.1f} kg of it water" if round(effect.water_kg, 1) > 0 else ""
    further = "; goes on for longer than was studied" if effect.extrapolated else ""
    return (
        f"{effect.median:+.1f} kg limb muscle after {effect.weeks:g} weeks, against going on as now "
        f"(90 %: {effect.low:+.1f} to {effect.high:+.1f}){of_it}; {effect.basis}{further}"
    )


def citations(assessment: Assessment) -> list[tuple[Cited, list[str]]]:
    """Every source behind this answer, once, with the places used; the weakest reading of it counts."""
    order = ["recalled", "secondary", "policy", "primary"]
    found: dict[str, tuple[Cited, list[str]]] = {}
    for one in _walk(assessment):
        known, places = found.get(one.source, (one, []))
        if one.place not in places:
            places.append(one.place)
        found[one.source] = (min(known, one, key=lambda c: order.index(c.read)), places)
    return sorted(found.values(), key=lambda pair: (pair[0].read == "policy", pair[0].short.lower()))


def _walk(part: object) -> Iterator[Cited]:
    if isinstance(part, Cited):
        yield part
    elif isinstance(part, BaseModel):
        yield from chain.from_iterable(_walk(value) for _, value in part)
    elif isinstance(part, dict):
        yield from chain.from_iterable(_walk(value) for value in part.values())
    elif isinstance(part, (list, tuple)):
        yield from chain.from_iterable(_walk(value) for value in part)
