"""The parts of the result that make a plan doable: exercise programme, meals, first week, letter to the doctor."""

# ruff: noqa: RUF012  # pydantic copies a default for each object
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from myoscope.assess.part import Cited, Part

Occasion = Literal["breakfast", "lunch", "dinner", "snack", "extras"]


class ProgrammeExercise(Part):
    """One exercise of the programme, in plain words."""

    id: str
    title: str
    how: str
    trains: list[str]
    equipment: str
    easier: str
    harder: str
    weeks: Annotated[tuple[int, int], Field(description="first and last week in which it is done")]
    instead_of: Annotated[str | None, Field(description="the exercise that it replaces")] = None
    because: Annotated[str | None, Field(description="why it replaces another")] = None
    leave_out_if: Annotated[list[str], Field(description="reasons to leave it out that nobody has asked about")] = []


class ProgrammeDay(Part):
    """One day of a week: exercises by id, or a walk."""

    day: str
    kind: Literal["training", "walk"]
    exercises: list[str] = []


class ProgrammePhase(Part):
    """Some weeks (first, last) with one dose."""

    weeks: tuple[int, int]
    days: list[ProgrammeDay]
    sets: int
    repetitions: tuple[int, int]
    percent_1rm: Annotated[tuple[float, float] | None, Field(description="load, of the most that goes once")] = None
    effort: str
    rest: str
    lighter: Annotated[bool, Field(description="a lighter week on purpose")] = False
    source: Cited


class Programme(Part):
    """Twelve weeks of exercise for this person; only where strength training may begin."""

    id: str
    title: str
    plain: str
    because: Annotated[str, Field(description="why this programme and not another")]
    ask_first: Annotated[bool, Field(description="the safety questions of strength training are still open")]
    begin_week: int
    minutes: Annotated[tuple[float, float] | None, Field(description="length of a session")] = None
    warm_up: str
    effort: Annotated[str, Field(description="how hard is hard")]
    exercises: list[ProgrammeExercise]
    left_out: Annotated[list[str], Field(description="exercise: why")] = []
    phases: list[ProgrammePhase]
    walk: str | None = None
    progress: Annotated[str, Field(description="when to take more, when less")]
    after: str
    stop: list[str]
    sources: list[Cited]


class Portion(Part):
    """One food of a meal; weights are those of food as eaten."""

    food: str
    ndb: Annotated[str, Field(description="number of the food in the USDA table (Standard Reference)")]
    amount: Annotated[str, Field(description="in kitchen measures")]
    grams: float
    protein_g: float
    energy_kcal: float
    high_in_potassium: bool | None = None


class Meal(Part):
    """One meal of the day."""

    occasion: Occasion
    title: str
    portions: list[Portion]
    protein_g: float
    energy_kcal: float


class MealDay(Part):
    """One day of meals. Minerals are given where the kidneys are weak or nobody knows."""

    diet: str
    meals: list[Meal]
    protein_g: float
    energy_kcal: float
    leucine_g: Annotated[float | None, Field(description="of the foods that have a value")] = None
    phosphorus_mg: float | None = None
    potassium_mg: float | None = None
    meets_protein: bool
    meets_energy: bool
    remarks: list[str] = []


class Meals(Part):
    """A day's meals that meet the protein aim, in up to three forms; or why somebody else sets them."""

    withheld: Annotated[list[str], Field(description="why there are none from here")] = []
    protein_g: Annotated[float | None, Field(description="the day's aim")] = None
    ceiling: Annotated[bool, Field(description="the aim must not be passed")] = False
    energy_kcal: float | None = None
    energy_basis: str | None = None
    each_meal: str | None = None
    ask_first: Annotated[bool, Field(description="the safety questions of the protein step are still open")] = False
    diet_told: Annotated[bool, Field(description="whether the way of eating is known")] = True
    left_out: list[str] = []
    not_asked: Annotated[list[str], Field(description="what nobody has asked about; it may be in the meals")] = []
    notes: list[str] = []
    days: list[MealDay] = []
    sources: list[Cited] = []


class WeekStep(Part):
    """One thing to begin in the first week."""

    id: Annotated[str, Field(description="treatment; 'appointments' for all bookings together")]
    title: str
    days: list[str]
    says: str
    check_first: str | None = None


class Measuring(Part):
    """What to measure in which weeks, and why."""

    variable: str
    name: str
    how: str | None = None
    weeks: list[int]
    why: str


class FirstWeek(Part):
    """What to begin tomorrow, what to measure when, what would change the plan."""

    steps: list[WeekStep] = []
    measure: list[Measuring] = []
    changes: list[str] = []


class LetterSection(Part):
    """A heading with its lines."""

    title: str
    lines: list[str]


class Letter(Part):
    """One page for the doctor."""

    title: str
    about: str
    sections: list[LetterSection]
    closing: str
