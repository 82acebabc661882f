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
    Comparison,
    DefinitionResult,
    Effect,
    Measure,
    PlanItem,
    Standing,
    Urgent,
)
from myoscope.definitions.catalogue import NOT_APPLICABLE, UNKNOWN, files
from myoscope.quantities import KINDS, quantities, terms
from myoscope.report.wording import (
    CAUSE_STATUSES,
    PLAN_GROUPS,
    TIERS,
    capitalize_first,
    listed,
    ordinal,
    plural,
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


@dataclass(frozen=True, slots=True)
class Rung:
    """One stage of a definition's ladder. state: reached | open (missing data leave it open) | not_reached."""

    title: str
    state: str
    here: bool


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The definitions by what they say, in the order in which they are told."""

    found: dict[str, DefinitionResult]
    open: dict[str, DefinitionResult]
    clear: dict[str, DefinitionResult]
    silent: dict[str, DefinitionResult]


def verdicts(assessment: Assessment) -> Verdicts:
    """Sort the definitions: something found, open, nothing found, nothing to say (no cut-offs or no data)."""
    sorted_ = Verdicts({}, {}, {}, {})
    for name, result in assessment.definitions.items():
        if result.stage == NOT_APPLICABLE:
            chosen = sorted_.silent
        elif result.stage == UNKNOWN:
            known = any(c.state not in {"missing", "no_cutoff"} for c in result.comparisons)
            known = known or any(other.differs for other in result.other_paths)
            chosen = sorted_.open if known else sorted_.silent
        elif result.stage == first_stage(name, result):
            chosen = sorted_.clear if result.stage == result.up_to else sorted_.open
        else:
            chosen = sorted_.found
        chosen[name] = result
    return sorted_


def first_stage(name: str, result: DefinitionResult) -> str:
    """The stage that means 'nothing found'; one not in the catalogue found nothing if no component is true."""
    entry = files().get(name)
    if entry is not None:
        return str(entry["stages"][0]["id"])
    return "" if any(result.components.values()) else result.stage


def ladder(name: str, result: DefinitionResult) -> list[Rung]:
    """The stages of a definition from the first to the last, with how far this person's answer reaches."""
    entry = files().get(name)
    ids = [str(stage["id"]) for stage in entry["stages"]] if entry else []
    if entry is None or result.up_to not in ids:
        return []
    titles = [str(stage.get("title", stage["id"])) for stage in entry["stages"]]
    reached = ids.index(result.stage) if result.stage in ids else -1
    reach = ids.index(result.up_to)
    return [
        Rung(title, "reached" if at <= reached else "open" if at <= reach else "not_reached", at == reached)
        for at, title in enumerate(titles)
    ]


def up_to_title(name: str, result: DefinitionResult) -> str:
    """The title of the highest stage that is still open."""
    entry = files().get(name)
    titles = {str(stage["id"]): str(stage.get("title", stage["id"])) for stage in entry["stages"]} if entry else {}
    return titles.get(result.up_to) or word({}, result.up_to)


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
    return Headline(_muscle(assessment), _leading(assessment), _first_step(assessment))


def _muscle(assessment: Assessment) -> str:
    told = verdicts(assessment)
    found, clear, unclear = (len(group) for group in (told.found, told.clear, told.open))
    asked = plural(found + clear + unclear, "definition")
    if not found + clear + unclear:
        return "Not known yet: nothing measured so far lets any definition answer."
    parts = []
    if found:
        said = [f"{result.stage_title} by {result.title}" for result in list(told.found.values())[:2]]
        more = f" and {found - 2} more" if found > len(said) else ""
        parts.append(
            f"{found} of {asked} with data {'finds' if found == 1 else 'find'} something: {', '.join(said)}{more}"
        )
    if clear:
        none = f"None of {asked} with data finds anything"
        parts.append(f"{clear} {'finds' if clear == 1 else 'find'} nothing" if found or unclear else none)
    if unclear:
        parts.append(f"{_so_far(told)}{plural(unclear, 'definition')} need{'s' if unclear == 1 else ''} more to answer")
    return capitalize_first("; ".join(parts)) + "."


def _so_far(told: Verdicts) -> str:
    """What the open definitions have seen: what is low by them, or that nothing is."""
    low: dict[str, list[str]] = {}
    for result in told.open.values():
        for component, answer in result.components.items():
            if answer:
                low.setdefault(component.replace("_", " "), []).append(result.title)
    if low:
        return "; ".join(f"{component} by {listed(titles)}" for component, titles in low.items()) + "; "
    calm = not any(c.answer == "yes" for result in told.open.values() for c in result.comparisons)
    return "what was measured is normal so far, " if calm and not told.found else ""


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


def variable_name(name: str) -> str:
    """A missing thing in words: the name of a variable, condition, symptom or medicine ('condition:x' or 'x')."""
    known = quantities().get(name)
    if known is not None:
        return known.name
    bare = name.rpartition(":")[2]
    for kind in KINDS:
        if (term := terms(kind).get(bare)) is not None:
            return term.plain or term.name
    return bare.replace("_", " ")


def standing_words(standing: Standing) -> str:
    """'10th percentile', 'below the 5th percentile'; with the z-score where there is one."""
    z = f", z {standing.z:+.1f}" if standing.z is not None else ""
    if standing.shown.isdigit():
        return f"{ordinal(float(standing.shown))} percentile{z}"
    return f"{standing.shown}{'' if ' in ' in standing.shown else ' percentile'}{z}"


def known_first(comparisons: list[Comparison]) -> list[Comparison]:
    """Comparisons with an answer before those without."""
    return sorted(comparisons, key=lambda one: one.answer == "unknown")


def other_readings(result: DefinitionResult) -> list[str]:
    """A sentence for each other path of the definition that ends elsewhere."""
    return [
        f"Read by {listed([choice.replace('_', ' ') for choice in other.path.values()])}: {word({}, other.stage)}"
        + (f", at most {word({}, other.up_to)}" if other.up_to != other.stage else "")
        for other in result.other_paths
        if other.differs
    ]


def effect_words(effect: Effect) -> str:
    """'+1.1 kg lean body mass (+0.9 to +1.2) after 20 weeks, adults over 50; published mean of groups'."""
    weeks = f" after {effect.weeks:g} weeks" if effect.weeks else ""
    return (
        f"{effect.median:+g} {effect.unit} {effect.outcome} ({effect.low:+g} to {effect.high:+g}){weeks}, "
        f"in {effect.population}; {effect.basis}"
    )


def cutoffs_of(assessment: Assessment, variable: str) -> list[tuple[float, str]]:
    """(cut-off, title of the definition) for every definition that compares this variable, lowest first."""
    found = {
        (comparison.cutoff, result.title)
        for result in assessment.definitions.values()
        if result.stage != NOT_APPLICABLE
        for comparison in result.comparisons
        if comparison.variable == variable and comparison.cutoff is not None
    }
    return sorted(found)


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
