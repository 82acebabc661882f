"""Lean and fat mass of the people of an arm, and the baseline of its outcome, from what the arm tells."""

from __future__ import annotations

from dataclasses import dataclass

from myoscope.model.arms import Arm
from myoscope.model.constants import constants


@dataclass(frozen=True)
class Body:
    """Means of an arm [kg, m]."""

    weight: float
    lean: float
    fat: float
    height_m: float


def _mixed(female: float, pair: dict[str, float]) -> float:
    return (1 - female) * pair["male"] + female * pair["female"]


def body(arm: Arm) -> Body:
    """Weight, lean mass and fat: as given, else from weight and height, else typical of sex and obesity."""
    fixed = constants()["body"]
    female = arm.number("female_frac", 0.5)
    height = arm.number("height_cm", _mixed(female, fixed["height_cm"])) / 100
    obese = arm.word("condition") == "obese"
    lean = arm.numbers.get("baseline_lean_kg") or _lean_of_outcome(arm)
    weight = arm.numbers.get("weight_kg")
    if weight is None and "bmi_kg_m2" in arm.numbers:
        weight = arm.numbers["bmi_kg_m2"] * height**2
    if weight is None and lean:
        prefix = "obese_" if obese else ""
        percent = {sex: fixed["fat_percent"][prefix + sex] for sex in ("male", "female")}
        weight = lean / fixed["lean_of_ffm"] / (1 - _mixed(female, percent) / 100)
    if weight is None:
        weight = fixed["bmi_kg_m2"]["obese" if obese else "usual"] * height**2
    bmi = arm.number("bmi_kg_m2", weight / height**2)
    if not lean:
        by_sex = {
            sex: line["numerator"] * weight / (line["a"] + line["b"] * bmi)
            for sex, line in fixed["ffm_equation"].items()
            if isinstance(line, dict)
        }
        lean = fixed["lean_of_ffm"] * _mixed(female, by_sex)
    fat = max(weight - lean / fixed["lean_of_ffm"], fixed["least_fat_share"] * weight)
    return Body(weight, lean, fat, height)


def _lean_of_outcome(arm: Arm) -> float | None:
    """Lean mass from the baseline of an outcome in kilograms, by its usual share."""
    made_of = constants()["outcomes"].get(arm.word("outcome"), {})
    value, share = arm.numbers.get("baseline_value"), made_of.get("share")
    if value is None or share is None or arm.word("outcome_unit") not in {"kg", "pct"}:
        return None
    if arm.word("limb") in {"one_leg", "exposed_leg", "other_leg"}:
        share = share / 2
    return float(value / share)


def baseline(arm: Arm, of: Body) -> float | None:
    """What one unit (100 %) of the outcome weighs or measures, in the outcome's unit; None when it cannot be told."""
    made_of = constants()["outcomes"][arm.word("outcome")]
    unit, female = arm.word("outcome_unit"), arm.number("female_frac", 0.5)
    half = 0.5 if arm.word("limb") in {"one_leg", "exposed_leg", "other_leg"} else 1.0
    if unit == "pct":
        return 100.0
    if unit in {"kg", "kg_per_kg_lost"}:
        if unit == "kg" and "baseline_value" in arm.numbers:
            return arm.numbers["baseline_value"]
        return of.lean * made_of["share"] * half if "share" in made_of else None
    if "baseline_value" in arm.numbers:
        return arm.numbers["baseline_value"]
    if unit not in made_of:
        return None
    return _mixed(female, made_of[unit])
