"""What only several values together show: a weight in pounds, a part heavier than the whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from myoscope.quantities import quantity
from myoscope.record.errors import Problem
from myoscope.record.model import Entry
from myoscope.record.values import range_problem

WEIGHTS = ("weight_kg", "weight_3_months_ago_kg", "weight_6_months_ago_kg", "weight_12_months_ago_kg")
UNCHANGING = ("sex", "ancestry")
PARTS_OF_WEIGHT = ("alm_kg", "lean_mass_kg", "fat_free_mass_kg", "skeletal_muscle_mass_kg", "fat_mass_kg")
# Rounding of weight, height and BMI together moves a BMI by less than this share.
BMI_MAY_DIFFER = 0.03
AGE_MAY_DIFFER_YEARS = 1.01


def problems_across(
    entries: Sequence[Entry], *, sex: str | None, birth: dt.date | None, today: dt.date
) -> Iterator[Problem]:
    """Every problem between the values of one record; values of different days are held apart."""
    by_day: dict[dt.date | None, dict[str, float]] = {}
    for entry in entries:
        if isinstance(entry.value, float):
            by_day.setdefault(entry.date, {})[entry.variable] = entry.value
    yield from _unchanging(entries)
    heights = [values["height_cm"] for values in by_day.values() if "height_cm" in values]
    for entry in entries:
        if not isinstance(entry.value, float):
            continue
        same_day = by_day[entry.date]
        if entry.variable in WEIGHTS and not entry.confirmed:
            if heights:
                yield from _weight(entry.variable, entry.value, same_day.get("height_cm", heights[-1]), sex)
        elif entry.variable in PARTS_OF_WEIGHT and entry.value >= same_day.get("weight_kg", float("inf")):
            what = f"{entry.value:g} kg is not less than the whole body ({same_day['weight_kg']:g} kg)"
            yield Problem(entry.variable, what, "Check both values and their units")
        elif entry.variable == "bmi_kg_m2" and {"weight_kg", "height_cm"} <= same_day.keys():
            true = _bmi(same_day["weight_kg"], same_day["height_cm"])
            if abs(true - entry.value) > BMI_MAY_DIFFER * true:
                yield Problem(
                    "bmi_kg_m2", f"{entry.value:g} does not fit weight and height ({true:.1f})", "Leave BMI out"
                )
        elif entry.variable == "age_years" and birth:
            years = ((entry.date or today) - birth).days / 365.25
            if abs(years - entry.value) > AGE_MAY_DIFFER_YEARS:
                what = f"{entry.value:g} years does not fit the birth date {birth} ({int(years)} years)"
                yield Problem("age_years", what, "Give one of the two")


def _unchanging(entries: Sequence[Entry]) -> Iterator[Problem]:
    """What does not change from day to day and is given in two ways."""
    for variable in UNCHANGING:
        said = {str(entry.value): None for entry in entries if entry.variable == variable}
        if len(said) > 1:
            yield Problem(variable, f"is given as {' and as '.join(said)}", "Keep one of them")


def _bmi(weight_kg: float, height_cm: float) -> float:
    return weight_kg / (height_cm / 100) ** 2


def _weight(variable: str, weight_kg: float, height_cm: float, sex: str | None) -> Iterator[Problem]:
    """A weight that gives an unheard-of BMI in kg, and an ordinary one in pounds."""
    bmi = _bmi(weight_kg, height_cm)
    known = quantity("bmi_kg_m2")
    if range_problem(known, bmi, variable, sex=sex, confirmed=False):
        pounds = [look.factor for look in known.lookalikes if known.usual(sex).holds(bmi * look.factor)]
        meant = f"; {weight_kg:g} pounds would be {weight_kg * pounds[0]:.1f} kg" if pounds else ""
        yield Problem(
            variable,
            f"{weight_kg:g} kg at {height_cm:g} cm is a BMI of {bmi:.1f}{meant}",
            "Give weight in kg and height in cm, or, if both are right, write {value: ..., confirmed: true}",
        )
