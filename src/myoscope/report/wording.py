"""The words and numbers of the report, one place for every face: tiers, statuses, reading marks, rounding."""

from __future__ import annotations

from myoscope.assess.result import Cited, Evidence, Likelihood, Measure
from myoscope.assess.words import listed as listed  # noqa: PLC0414  # one way to put words in a row
from myoscope.assess.words import number as in_steps
from myoscope.assess.words import percent as percent  # noqa: PLC0414  # the templates ask this module
from myoscope.quantities import quantities

TIERS = {
    "emergency": "Call emergency services",
    "same_day": "See a doctor today",
    "two_weeks": "Book within 2 weeks",
    "next_visit": "Raise at your next visit",
}
"""Tier -> what to do, most urgent first."""

CAUSE_STATUSES = {
    "present": "present",
    "probable": "probable",
    "possible": "possible",
    "unlikely": "unlikely",
    "excluded": "ruled out",
    "unknown": "can't tell yet",
}
"""Status -> its word, in the order in which causes are told."""

PLAN_STATUSES = {
    "offer": "You can begin",
    "ask_first": "Ask first",
    "refer": "Only with a professional",
    "not_now": "Not now",
}

PLAN_TIMES = {"now": "now", "next": "next, once the first steps have become a habit", "later": "later"}
"""When a step begins: few at once."""

GATE_ACTIONS = {
    "stop": "Not now",
    "refer": "Only with a professional",
    "caution": "Take care",
    "monitor": "Keep watching",
}
"""What a safety gate that is not passed asks for."""

PLAN_SECTIONS = {"begin": "What you can do yourself", "refer": "With a professional", "not_now": "Not now"}

MAKE_SURE = "Before you begin, make sure that none of this is true of you. If you are not sure, ask your doctor."

CHECK_ABOVE = "first make sure of the questions above"

CAUSE_GROUPS = {
    "disuse": "Too little use",
    "ageing": "Ageing",
    "nutrition": "Food",
    "illness": "Illness",
    "hormonal": "Hormones",
    "medicines": "Medicines",
    "neuromuscular": "Nerves and muscles",
    "other": "Other",
}

DEFINITION_GROUPS = {
    "sarcopenia": "Sarcopenia",
    "muscle_mass": "Muscle mass alone",
    "nutrition": "Malnutrition and cachexia",
    "cachexia": "Malnutrition and cachexia",
    "obesity": "Sarcopenic obesity",
    "frailty": "Frailty",
    "screen": "Screens: whom to measure",
}
"""What a definition is about -> its heading, in the order in which they are told."""

PLAN_GROUPS = {
    "exercise": "Exercise",
    "nutrition": "Food",
    "physical_therapy": "Physical therapy",
    "medicines": "Medicines",
    "supplements": "Supplements",
    "hormones": "Hormones",
}
"""Plan group -> its word, in the order in which steps are told: what everybody needs comes before powders."""

READ_MARKS = {"primary": "", "secondary": "secondary", "recalled": "unverified", "policy": "our own rule"}
"""Read status -> the mark beside a citation; what was read in the source itself needs none."""

READ_MEANINGS = {
    "primary": "read in the source itself",
    "secondary": "read on a page that restates the source",
    "recalled": "nobody has read it yet, so it decides nothing",
    "policy": "a choice of Myoscope's own; nobody published it",
}

ORIGINS = {"measured": "given", "derived": "worked out", "history": "from earlier values", "estimate": "estimated"}

BLOCKED = {
    "plan": "Until this is cleared up there is no treatment plan.",
    "training": "Until this is cleared up, do not begin training.",
    "feeding": "Until this is cleared up, do not raise food intake on your own.",
    "nothing": "",
}

DISCLAIMER = (
    "This is not a diagnosis. Myoscope is decision support: it compares what was entered with published definitions "
    "and studies. Talk to a doctor before you act on it."
)


def word(table: dict[str, str], key: str) -> str:
    """The word for a key; a key without one is shown as it is, in plain letters."""
    return table.get(key, key.replace("_", " "))


def number(value: float, variable: str | None = None) -> str:
    """A number rounded to what can be read off the instrument; without a known resolution to three figures."""
    known = quantities().get(variable or "")
    if known is not None and known.resolution is not None:
        return in_steps(value, known.resolution)
    if value == round(value):
        return f"{value:.0f}"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def value_text(
    value: float | str | bool | None,  # noqa: FBT001
    unit: str | None = None,
    variable: str | None = None,
) -> str:
    """A value as people write it: '27.0 kg', 'yes', 'could not be done', 'not known'."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return "could not be done" if value == "unable" else value.replace("_", " ")
    space = "" if unit == "°" else " "
    return f"{number(value, variable)}{space}{unit}" if unit else number(value, variable)


def ordinal(percentile: float) -> str:
    """'1st', '12th', '23rd'."""
    whole = round(percentile)
    ending = "th" if whole % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(whole % 10, "th")
    return f"{whole}{ending}"


def cited(source: Cited) -> str:
    """A short citation with its mark: 'Cruz-Jentoft 2019, Table 3 (secondary)'."""
    mark = READ_MARKS[source.read]
    return f"{source.short}, {source.place}" + (f" ({mark})" if mark else "")


def evidence_note(evidence: Evidence) -> str:
    """What stands in brackets behind a piece of evidence: how strong, whether anybody read its source, how telling."""
    ratio = evidence.likelihood_ratio
    telling = f"; {likelihood(ratio)}" if ratio else ""
    return evidence.strength + (", unverified" if evidence.unverified else "") + telling


def likelihood(ratio: Likelihood) -> str:
    """'seen about 31 times as often with it as without: likelihood ratio 30.9 (5.5 to 181.8) among ..., Cook 2010'.

    A ratio below 1 is told the other way round: that many times as often without it.
    """
    ends = "" if ratio.low is None or ratio.high is None else f" ({ratio.low:g} to {ratio.high:g})"
    mark = f", {READ_MARKS[ratio.source.read]}" if READ_MARKS[ratio.source.read] else ""
    more, ways = (ratio.value, "with it as without") if ratio.value >= 1 else (1 / ratio.value, "without it as with it")
    times = f"seen about {float(f'{more:.2g}'):g} times as often {ways}"
    return f"{times}: likelihood ratio {ratio.value:g}{ends} among {ratio.among}, {ratio.source.short}{mark}"


def origin(measure: Measure) -> str:
    """How a value is known, in words."""
    return ORIGINS[measure.source] + (f" ({measure.method.replace('_', ' ')})" if measure.method else "")


def plural(count: int, one: str, many: str | None = None) -> str:
    """'1 definition', '3 definitions'."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def capitalize_first(text: str) -> str:
    """The first letter large, the rest as it is: 'SARC-F score' keeps its letters."""
    return text[:1].upper() + text[1:]
