"""The answer for one person, as every face shows it and as `assess --json` prints it."""

# ruff: noqa: RUF012  # pydantic copies a default for each object
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

# Others take these from here.
from myoscope.assess.part import Cited as Cited  # noqa: PLC0414
from myoscope.assess.part import Interval as Interval  # noqa: PLC0414
from myoscope.assess.part import Part as Part  # noqa: PLC0414
from myoscope.assess.part import ReadWord
from myoscope.assess.result_deficit import Change, Deficit
from myoscope.assess.result_forecast import ExpectedEffect, Forecast
from myoscope.assess.result_programme import FirstWeek, Letter, Meals, Programme

AnswerWord = Literal["yes", "no", "unknown"]
Tier = Literal["emergency", "same_day", "two_weeks", "next_visit"]
Group = Literal["sarcopenia", "muscle_mass", "nutrition", "cachexia", "obesity", "frailty", "screen"]
CauseStatus = Literal["present", "probable", "possible", "unlikely", "excluded", "unknown"]


class Uncertainty(Part):
    """The error of a value: what kind, how large, in which unit."""

    statistic: str
    value: float
    unit: str
    population: str
    source: Cited


class Standing(Part):
    """Where a value lies among people of the same sex and age.

    percentile: 0-100; null, and words such as 'below the 5th' in `shown`, where the table ends. z is given where the
    table allows it.
    """

    reference: str
    title: str
    percentile: float | None = None
    z: float | None = None
    shown: str
    median: float | None = None
    caution: str | None = None
    source: Cited
    curve: Annotated[
        list[tuple[float, float]], Field(description="(percentile, value) of the reference, for the picture")
    ] = []


class Measure(Part):
    """One value of the person."""

    id: str
    name: str
    plain: str | None = None
    value: float | str | bool
    unit: str | None = None
    date: str | None = None
    source: Literal["measured", "derived", "history", "estimate"]
    method: Annotated[str | None, Field(description="equation, formula or device")] = None
    stale: Annotated[bool, Field(description="too old to decide anything; shown only")] = False
    unusual: Annotated[bool, Field(description="outside the usual range of adults")] = False
    error: Uncertainty | None = None
    interval_95: Annotated[tuple[float, float] | None, Field(description="of an estimate")] = None
    percentile: Annotated[float | None, Field(description="of the first reference table that gives one")] = None
    z: Annotated[float | None, Field(description="of the first reference table that gives one")] = None
    standing: list[Standing] = []
    cautions: list[str] = []
    earlier: Annotated[list[tuple[str | None, float | str | bool]], Field(description="older values: date, value")] = []


class Comparison(Part):
    """One comparison of a rule: what was held against what, and the answer."""

    rule: str
    variable: str
    name: str
    value: float | str | bool | None
    operator: str | None = None
    cutoff: Annotated[float | None, Field(description="null where it depends on something unknown")] = None
    cutoffs: Annotated[list[float], Field(description="every cut-off of the rule")] = []
    unit: str | None = None
    answer: AnswerWord
    state: Literal["known", "missing", "unable", "no_cutoff", "unverified", "estimate"]
    text: str
    probability_below: Annotated[float | None, Field(description="of an estimate, by its printed error")] = None
    probability_below_elsewhere: Annotated[
        float | None, Field(description="the same by the error found in people the equation was not made on")
    ] = None
    source: Cited | None = None


class OtherPath(Part):
    """The same definition with another option of one of its paths."""

    path: str
    option: str
    stage: str
    up_to: str
    differs: Annotated[bool, Field(description="whether stage or up_to are others than by the path used")]


class Converted(Part):
    """What a published conversion to a device that the definition was made for would make of the muscle mass.

    Shown beside the answer, never used in it.
    """

    equation: str
    device: str
    value: float
    unit: str
    stage: str
    up_to: str
    stage_title: str
    cautions: list[str]
    source: Cited


class DefinitionResult(Part):
    """One person under one definition."""

    title: str
    group: Group
    plain: str
    stage: str
    up_to: str
    stage_title: str
    meaning: str | None = None
    see: Annotated[str | None, Field(description="whom to see at this stage")] = None
    components: dict[str, bool | None]
    probabilities: Annotated[
        dict[str, float], Field(description="component -> probability, where an estimate stands behind it")
    ] = {}
    path: dict[str, str]
    other_paths: list[OtherPath] = []
    deciding: list[Comparison]
    so_far: Annotated[list[Comparison], Field(description="what decided those components that have an answer")] = []
    comparisons: list[Comparison]
    missing: list[str]
    outside_population: bool | None
    cautions: list[str] = []
    if_converted: Annotated[
        list[Converted], Field(description="where the muscle mass was measured by a device it was not made for")
    ] = []
    notes: list[str] = []
    read: ReadWord | None
    source: Cited


class Line(Part):
    """The line of one definition that a value is held against."""

    definition: str
    title: str
    variable: str
    value: float
    operator: str
    cutoff: float
    low: Annotated[bool, Field(description="whether the value counts as too low (or too high) by it")]
    outside_population: bool | None


class Disagreement(Part):
    """One measured value that lies on different sides of two definitions' lines."""

    variable: str
    name: str
    text: str
    between: Annotated[
        tuple[float, float] | None, Field(description="the nearest lines on either side; null across several indices")
    ] = None
    lines: list[Line]


class Urgent(Part):
    """An urgent sign that is there."""

    id: str
    title: str
    tier: Tier
    see: str
    lay: str
    professional: str
    why: str
    blocks: Literal["plan", "training", "feeding", "nothing"]
    because: list[str]
    source: Cited


class NextMeasurement(Part):
    """A value or question worth having next, and what it would settle."""

    id: str
    name: str
    how: str | None = None
    settles: Annotated[list[str], Field(description="what it may settle by itself, the surest first")]
    helps: Annotated[list[str], Field(description="what it brings nearer, with more to ask after it")] = []
    causes: Annotated[list[str], Field(description="likely causes that lack it")] = []
    asks: Annotated[list[str], Field(description="the single questions, where a whole list is asked for")] = []
    effort: Annotated[int, Field(description="1 (a question) to 5 (a scan)")]
    cost: Annotated[str, Field(description="the effort in words")]
    rank: int


class Likelihood(Part):
    """How many times as often a finding is seen with a disease as without it (1: as often), as published.

    It orders evidence; it is never multiplied with another and never becomes a probability.
    """

    value: float
    low: Annotated[float | None, Field(description="end of the 95 % interval; null where none was printed")] = None
    high: float | None = None
    among: Annotated[str, Field(description="in whom, and for what, it was found")]
    source: Cited


class Evidence(Part):
    """One piece of evidence for or against a cause."""

    text: str
    strength: Literal["establishes", "strong", "moderate", "weak", "excludes"]
    unverified: bool = False
    likelihood_ratio: Likelihood | None = None
    source: Cited | None = None


class Cause(Part):
    """One possible cause, with what speaks for and against it in this record."""

    id: str
    group: str
    title: str
    plain: str
    professional: str
    status: CauseStatus
    for_: Annotated[list[Evidence], Field(alias="for", serialization_alias="for")]
    against: list[Evidence]
    missing: list[str]
    contribution_kg: Annotated[
        Interval | None,
        Field(description="limb muscle it has taken, median and 90 %; null where record or model tells no exposure"),
    ] = None
    next: str | None = None
    confirm: str | None = None
    effect: str | None = None
    reversible: str | None = None
    treatments: list[str] = []
    sources: list[Cited]

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Gate(Part):
    """One safety gate of a treatment."""

    id: str
    action: Literal["stop", "refer", "caution", "monitor"]
    answer: AnswerWord
    lay: str
    professional: str
    asks: Annotated[list[str], Field(description="the questions that would answer an open gate")] = []
    source: Cited


class Interaction(Part):
    """What a treatment does together with a medicine, an illness or another step of this person's plan."""

    partner: str
    says: str
    source: Cited


class Effect(Interval):
    """A published mean effect of groups, not fitted to this person."""

    weeks: float | None = None
    unit: str = "kg"
    outcome: str
    population: str
    basis: str
    source: Cited


class PlanItem(Part):
    """One step of the plan.

    status: offer (may begin), ask_first (a gate is open), refer (by a professional), not_now (a gate stops it).
    """

    id: str
    group: str
    treatment: str
    plain: str
    status: Literal["offer", "ask_first", "refer", "not_now"]
    when: Annotated[Literal["now", "next", "later"], Field(description="few steps at once; changes no gate")] = "now"
    dose: str | None = None
    grams_per_day: Annotated[tuple[float, float] | None, Field(description="protein, for this person's weight")] = None
    why: list[str]
    gates_failed: list[Gate] = []
    gates_open: list[Gate] = []
    gates_passed: Annotated[list[str], Field(description="ids of the gates that were answered no")] = []
    monitoring: list[str] = []
    stop_rules: list[str] = []
    expected_effect_kg: Annotated[
        ExpectedEffect | None, Field(description="by the muscle model; null where it has no answer")
    ] = None
    other_effects: Annotated[list[Effect], Field(description="published means of groups")] = []
    certainty: Literal["high", "moderate", "low", "very_low"] | None = None
    certainty_note: str | None = None
    guideline: str | None = None
    interactions: list[Interaction] = []
    dose_source: Cited | None = None
    sources: list[Cited] = []


class Plan(Part):
    """What to do: the steps, or, where a plan would be dangerous, whom to see instead."""

    withheld: Annotated[str | None, Field(description="why there is no plan")] = None
    refer: list[str] = []
    items: list[PlanItem] = []


class Person(Part):
    """Who was assessed, and when."""

    id: str | None = None
    on: str
    age_years: float | None = None
    sex: str | None = None
    ancestry: str | None = None
    deceased: bool = False
    conditions: list[str] = []
    medicines: list[str] = []
    symptoms: list[str] = []
    remarks: list[str] = []


class Versions(Part):
    """What answered: package, knowledge base, and the draws of the muscle model (null where it was not asked)."""

    package: str
    knowledge: str
    model: str | None = None


class Assessment(Part):
    """Everything Myoscope says of one person on one day."""

    person: Person
    measures: list[Measure]
    urgent: list[Urgent]
    definitions: dict[str, DefinitionResult]
    disagreements: list[Disagreement] = []
    next_measurements: list[NextMeasurement]
    causes: list[Cause]
    plan: Plan
    deficit: Annotated[Deficit | None, Field(description="limb muscle that is missing, shared among the causes")] = None
    changes: Annotated[list[Change], Field(description="measures taken more than once: real change or error")] = []
    forecast: Annotated[Forecast | None, Field(description="what becomes of the muscle, by scenario")] = None
    programme: Annotated[Programme | None, Field(description="weeks of exercise, where training may begin")] = None
    meals: Annotated[Meals | None, Field(description="a day's meals that meet the protein aim")] = None
    first_week: Annotated[FirstWeek | None, Field(description="what to begin tomorrow, what to measure when")] = None
    letter: Annotated[Letter | None, Field(description="one page for the doctor")] = None
    versions: Versions
