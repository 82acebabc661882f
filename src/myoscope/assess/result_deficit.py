"""Causes in kilograms, and real change: how `assess --json` prints them."""

# ruff: noqa: RUF012  # pydantic copies a default for each object
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from myoscope.assess.part import Cited, Interval, Part

_INTERVAL = "median and 90 % interval"


class Share(Part):
    """What one exposure of the record has taken from the limbs [kg], by the model."""

    exposure: Annotated[str, Field(description="id in knowledge/model/person.yaml")]
    text: Annotated[str, Field(description="the exposure in words")]
    cause: Annotated[str | None, Field(description="the cause it is counted under; null where no cause names it")] = (
        None
    )
    lost_kg: Annotated[Interval, Field(description=_INTERVAL)]
    lasted_days: Annotated[float | None, Field(description="null: not known; short to settled is in the interval")]
    beyond_studies: Annotated[bool, Field(description="it has lasted, or may have, longer than any study of it")] = (
        False
    )


class Deficit(Part):
    """Limb muscle that was to be expected against what is there, and what explains the gap [kg].

    Against a young adult: ageing + shares of the exposures + unexplained. Each is its own median; medians of a sum
    need not add up to the last digit.

    Attributes:
        measured_kg: what is there, with the error of measurement (or of the estimate).
        expected_kg: people of the same sex, age and height: the median, and between which 90 % of them lie.
        expected_young_kg: the same at the young age.
        below_expected_kg: expected less measured (negative: more than expected), with the error of measurement.
        ageing_kg: expected when young less expected now, from one survey of people of all ages.
        unexplained_kg: what is left; its interval holds the spread between people, the error of measurement and
            what is not known of the shares.
        spread_kg: standard deviation between people of the same sex, age and height.

    """

    status: Literal["answered", "no_answer"]
    reason: Annotated[str | None, Field(description="why there is no answer, or no share")] = None
    text: str | None = None
    origin: Literal["measured", "estimate"] | None = None
    young_years: float | None = None
    measured_kg: Interval | None = None
    expected_kg: Interval | None = None
    expected_young_kg: Interval | None = None
    below_expected_kg: Interval | None = None
    below_young_kg: Interval | None = None
    ageing_kg: Interval | None = None
    shares: list[Share] = []
    explained_kg: Annotated[Interval | None, Field(description="all shares together; null where there is none")] = None
    unexplained_kg: Interval | None = None
    spread_kg: float | None = None
    within_spread: Annotated[
        bool | None, Field(description="whether the unexplained part is within the 90 % spread between people")
    ] = None
    without_number: Annotated[
        list[str], Field(description="likely causes whose loss the model does not know: ids")
    ] = []
    assumes: list[str] = []
    cautions: list[str] = []
    source: Cited | None = None


class Important(Part):
    """A change that people are said to notice; published, and apart from whether a change is real."""

    value: float
    unit: str
    population: str
    reached: Annotated[bool, Field(description="whether the change seen is at least as large")]
    source: Cited


class Change(Part):
    """Whether one measure, by one method, has really changed between its first and last dated value.

    Attributes:
        answer: real_change (the 95 % interval leaves out zero), measure_again (after again_weeks the change to be
            expected would be beyond the smallest detectable one), within_error, or unknown (no error of measurement
            is known, or there is one value only).
        change: true value at the last date less that at the first, from the measures alone: median and 95 % interval.
        probability: that the true value moved the way it seems to have moved (0.5 to 1).
        smallest_change: smallest detectable change between two measures [unit].
        trend_per_year: the steady part of the change, from the measures alone [unit a year].

    """

    variable: str
    name: str
    unit: str | None = None
    method: str | None = None
    from_date: str
    to_date: str
    values: Annotated[list[tuple[str, float]], Field(description="date, value; the oldest first")]
    answer: Literal["real_change", "within_error", "measure_again", "unknown"]
    direction: Literal["better", "worse", "more", "less"] | None = None
    text: str
    again_weeks: int | None = None
    change: Annotated[Interval | None, Field(description="median and 95 % interval")] = None
    probability: float | None = None
    smallest_change: float | None = None
    trend_per_year: float | None = None
    important: list[Important] = []
    cautions: list[str] = []
    error_source: Cited | None = None
