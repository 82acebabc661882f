"""The forecast of one person, as every face shows it and as `assess --json` and `forecast --json` print it."""

# ruff: noqa: RUF012  # pydantic copies a default for each object
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from myoscope.assess.part import Interval, Part

ScenarioKind = Literal["as_now", "treatment", "if_your_doctor", "plan", "plan_and_referred"]


class Course(Part):
    """One measure over the weeks of the forecast; every list is as long as `Forecast.weeks`.

    The bands of 50 % and 90 % hold people like this one: what is not known of the mean, and how people differ. The
    last two lists are the 90 % of the mean alone. All start from the value of today, whose own error is told apart.
    """

    variable: Annotated[str, Field(description="quantity id: alm_kg, or the measure that the person has")]
    name: str
    unit: str
    median: list[float]
    low_50: list[float]
    high_50: list[float]
    low_90: list[float]
    high_90: list[float]
    mean_low_90: list[float]
    mean_high_90: list[float]


class ExpectedEffect(Interval):
    """What a treatment brings this person by the muscle model: limb muscle [kg] against going on as now.

    Median and 90 % of the mean of people like this one. water_kg: how much of the median is water and no muscle.
    """

    weeks: float
    unit: str = "kg"
    outcome: str = "appendicular lean mass, against going on as now"
    water_kg: float
    basis: str = "by the muscle model, for people like this one"
    extrapolated: bool = False


class LineChance(Part):
    """How likely the true muscle mass lies on the low side of one definition's line, now and at the end."""

    definition: str
    title: str
    variable: str
    operator: str
    cutoff: float
    unit: str
    kg: Annotated[float | None, Field(description="the line in kg of limb muscle, at today's height and weight")] = None
    now: Annotated[float, Field(description="probability, 0-1; the error of today's value is in it")]
    end: Annotated[float, Field(description="the same in the last week of the forecast")]


class ScenarioForecast(Part):
    """What becomes of the muscle if life goes on in one way. All changes are of appendicular lean mass [kg].

    Attributes:
        change_kg: at the end, against today: median and 90 % of people like this one.
        mean_change_kg: the same for the mean of such people: median and 90 %.
        water_kg: how much of the median change is water and glycogen that the method sees and that is no muscle.
        difference_kg: at the end, against `as_now`: median and 90 % of the mean; null for `as_now` itself.
        exceeds_error_week: first week at which the median change is beyond the smallest detectable change of the
            person's own measure; null where it never is, or where nothing was measured.

    """

    id: str
    title: str
    kind: ScenarioKind
    says: Annotated[str, Field(description="what is different from today, in words")]
    treatments: list[str] = []
    courses: Annotated[list[Course], Field(description="limb muscle first, then the person's own measure if another")]
    change_kg: Interval
    mean_change_kg: Interval
    change_percent: Annotated[float, Field(description="median, of today's value")]
    water_kg: float
    difference_kg: Interval | None = None
    difference_people_kg: Annotated[Interval | None, Field(description="the same for people: 90 %")] = None
    difference_water_kg: float | None = None
    effect: Annotated[str | None, Field(description="the scenario whose effect this is, seen from another side")] = None
    exceeds_error_week: int | None = None
    lines: list[LineChance] = []
    extrapolated: Annotated[list[str], Field(description="where it goes beyond what the model was calibrated on")] = []


class WithoutNumber(Part):
    """A treatment of the plan for which the model has no answer, and why."""

    id: str
    title: str
    reason: str


class ForecastStart(Part):
    """Today's value that a forecast starts from.

    error: standard error of the value (of an estimate: the larger of the printed one and that found elsewhere).
    smallest_change: smallest detectable change between two measurements by the person's method; null for estimates.
    """

    variable: str
    name: str
    value: float
    unit: str
    origin: Literal["measured", "estimate"]
    method: str | None = None
    error: float | None = None
    smallest_change: float | None = None


class PresentExposure(Part):
    """Something of present life that the model reads, and how long it has lasted."""

    id: str
    text: str
    lasted_days: Annotated[float | None, Field(description="null: not known, taken as long enough to have settled")]
    goes_on_days: Annotated[float | None, Field(description="how much longer it is taken to last; null: all along")]


class Forecast(Part):
    """The forecast of one person.

    status: answered; outside_model (the model refuses, see reason); none (nothing may be forecast, see reason).
    """

    status: Literal["answered", "outside_model", "none"]
    reason: str | None = None
    weeks: list[int] = []
    start: Annotated[list[ForecastStart], Field(description="limb muscle, then the person's own measure")] = []
    present: list[PresentExposure] = []
    scenarios: list[ScenarioForecast] = []
    without_number: list[WithoutNumber] = []
    most_worth: Annotated[
        list[str], Field(description="ids of the two single changes that bring most muscle, the better first")
    ] = []
    treatments_withheld: Annotated[str | None, Field(description="why only `as_now` is shown")] = None
    assumes: Annotated[list[str], Field(description="what was taken for granted because the record is silent")] = []
    not_counted: Annotated[list[str], Field(description="what the record holds and the model cannot read")] = []
    extrapolated: list[str] = []
    bands: Annotated[str | None, Field(description="what the bands hold, in words")] = None
    draws: int | None = None
    seed: int | None = None
