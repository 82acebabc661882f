"""What the model does not answer, and why."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import numpy as np

from myoscope.model.arms import NUMBERS, WORDS, Arm, ArmsError, reference
from myoscope.model.body import baseline, body
from myoscope.model.constants import constants
from myoscope.model.equations import weight_by_balance
from myoscope.model.exposure import (
    ILLNESSES,
    MOBILITY,
    PLAIN,
    androgen_mg_per_week,
    energy,
    prior_days,
    weight_loss,
)

RECOVERIES = ("", "illness", *(name for name in constants()["before_recovery_days"] if name != "critical_illness"))
# Drugs whose effect other columns carry.
CARRIED = ("androgen deprivation", "medroxyprogesterone")
WITHOUT_EFFECT = frozenset({"placebo", "sham", "vehicle", "saline", "maltodextrin"})
UNTOLD = frozenset({"semistarvation"})  # no usual course
CARRIED_BY = {
    "sglt2": ("gliflozin",),
    "glp1": ("glutide", "exenatide", "lixisenatide", "tirzepatide"),
    "cancer": ("chemo", "platin"),
    "androgen_deprivation": (
        *("leupror", "leuprol", "goserelin", "degarelix", "triptorelin", "histrelin", "buserelin", "relugolix"),
        *("lutamide", "abiraterone", "cyproterone", "gnrh"),
    ),
    "oestrogen_therapy": ("estradiol", "estrogen", "hormone therapy", "hormone replacement"),
    "growth_hormone": ("growth hormone", "somatropin", "rhgh"),
    "bimagrumab": ("bimagrumab",),
    "anamorelin": ("anamorelin",),
    "glucocorticoid_prednisone_mg_per_day": ("predniso", "dexamethasone", "hydrocortisone"),
}
_PREGNANT = re.compile(r"(?<!not )(?<!non)(?<!non[- ])(?<!never )\b(pregnan\w*|breast-?feed\w*|lactating)")


def refusal(arm: Arm) -> str:
    """Why this arm is outside the model; '' when it is inside."""
    return next(_reasons(arm), "")


def _reasons(arm: Arm) -> Iterator[str]:
    told = " ".join((arm.word("arm"), arm.word("condition"), arm.word("other_drug"))).lower()
    if _PREGNANT.search(told):
        yield "pregnancy and breast-feeding are not modelled"
    if "age_mean_years" not in arm.numbers:
        yield "age_mean_years is empty"
    if arm.number("age_mean_years") < constants()["limits"]["age_mean_years"][0]:
        yield "under 18: growth is not modelled"
    yield from _words(arm)
    yield from _people(arm)
    yield from _ranges(arm)
    yield from _outcome(arm)
    if arm.word("estimand") == "contrast":
        try:
            other = reference(arm)
        except ArmsError as error:
            yield str(error)
            return
        if other is None:
            yield "a contrast needs reference_exposure, and it is empty"
        else:
            yield from (f"comparator: {reason}" for reason in (*_words(other), *_people(other), *_ranges(other)))


def _words(arm: Arm) -> Iterator[str]:
    for name, known in WORDS.items():
        if name != "outcome_unit" and arm.word(name) and arm.word(name) not in known:
            yield f"{name} {arm.word(name)!r} is not known; known are {', '.join(known)}"
    if arm.word("mobility") not in MOBILITY:
        yield f"mobility {arm.word('mobility')!r} is not modelled; modelled are {', '.join(MOBILITY)}"
    if arm.word("recovery_from") not in RECOVERIES:
        yield f"recovery from {arm.word('recovery_from')!r} is not modelled"
    if arm.word("condition") not in PLAIN and arm.word("condition") not in ILLNESSES:
        yield f"condition {arm.word('condition')!r} is not modelled"


def _people(arm: Arm) -> Iterator[str]:
    if not 0 <= arm.number("female_frac", 0.5) <= 1:
        yield "female_frac must lie between 0 and 1"
    for name in ("n", "weight_kg", "height_cm", "bmi_kg_m2", "baseline_value", "baseline_lean_kg"):
        if arm.number(name, 1.0) <= 0:
            yield f"{name} must be above 0"
    if arm.number("oestrogen_therapy") and arm.number("female_frac", 0.5) < 0.5:
        yield "oestrogen in men is not modelled"
    if arm.number("androgen_deprivation") and arm.number("female_frac", 0.5) > 0.5:
        yield "androgen deprivation in women is not modelled"
    size, weight = arm.numbers.get("baseline_value"), arm.numbers.get("weight_kg")
    if arm.word("outcome_unit") == "kg" and size is not None and weight is not None and size >= weight:
        yield f"baseline_value {size:g} kg is not less than the weight of {weight:g} kg: which unit is it in?"
    drug = arm.word("other_drug").lower()
    told = {weight_loss(arm), arm.word("condition"), *(name for name in CARRIED_BY if arm.number(name) > 0)}
    carried = any(word in drug for word in (*CARRIED, *WITHOUT_EFFECT)) or any(
        key in told and any(word in drug for word in words) for key, words in CARRIED_BY.items()
    )
    if drug and not carried:
        yield f"the effect of {arm.word('other_drug')!r} is not modelled"
    if arm.word("condition") == "critical_illness" and not (arm.word("recovery_from") or arm.word("mobility") == "icu"):
        yield "critical illness is modelled in intensive care (mobility icu) and after it (recovery_from illness)"


def _ranges(arm: Arm) -> Iterator[str]:
    limits = constants()["limits"]
    if "duration_days" not in arm.numbers:
        yield "duration_days is empty"
        return
    values = {name: arm.numbers[name] for name in NUMBERS if name in arm.numbers}
    days, mobility = arm.number("duration_days"), arm.word("mobility")
    if mobility in {"bed_rest", "limb_immobilised", "icu"}:
        values[f"{mobility}_days"] = days
    if arm.word("recovery_from"):
        values["recovery_prior_days"] = before = prior_days(arm)
        values[f"{arm.word('recovery_from')}_days"] = before
    weekly = androgen_mg_per_week(arm)
    if math.isnan(weekly):
        dose = f"{arm.number('androgen_dose'):g} {arm.word('androgen_dose_unit')}"
        yield f"androgen {arm.word('androgen')!r} with dose {dose!r} is not modelled"
        return
    values["testosterone_mg_per_week"] = weekly
    if arm.number("female_frac", 0.5) > 0.5 and weekly:
        values["female_androgen_mg_per_week"] = weekly
    if arm.word("glp1") in constants()["courses"]:
        full = constants()["courses"].get(arm.word("glp1"), {}).get("full_dose_mg", 1.0)
        values["glp1_full_doses"] = arm.number("glp1_dose_mg", full) / full
    values["weight_lost_percent"] = _weight_lost(arm, days)
    for name, value in values.items():
        low, high = limits.get(name, (value, value))
        if not low <= value <= high:
            yield f"{name} {value:g} is beyond what the calibration covers ({low:g} to {high:g})"
    told = "weight_change_kg" in arm.numbers or arm.number("energy_balance_kcal_per_day")
    method = weight_loss(arm)
    if method in UNTOLD and not told and arm.word("estimand") != "lean_fraction":
        yield f"loss by {method} needs weight_change_kg or energy_balance_kcal_per_day"
    if method == "glp1" and not told and arm.word("glp1") not in constants()["courses"]:
        yield f"no usual course of the GLP-1 medicine {arm.word('glp1')!r} is held: give weight_change_kg"


def _weight_lost(arm: Arm, days: float) -> float:
    of = body(arm)
    x = energy(arm, of, days)
    followed = constants()["energy"]["followed"]
    by_diet = followed * float(weight_by_balance(x["energy_balance"], days, np))
    return -100 * (x["weight_change"] if x["weighed"] else by_diet) / of.weight


def _outcome(arm: Arm) -> Iterator[str]:
    outcome, unit = arm.word("outcome"), arm.word("outcome_unit")
    if outcome not in constants()["outcomes"]:
        yield f"outcome {outcome!r} is not modelled; modelled are {', '.join(constants()['outcomes'])}"
    elif unit not in WORDS["outcome_unit"]:
        yield f"outcome_unit {unit!r} is not usable; usable are {', '.join(WORDS['outcome_unit'])}"
    elif (unit == "kg_per_kg_lost") != (arm.word("estimand") == "lean_fraction"):
        yield "kg_per_kg_lost goes with the estimand lean_fraction, and only with it"
    elif unit == "kg_per_kg_lost" and not _weight_lost(arm, arm.number("duration_days")) > 0:
        yield "a lean fraction needs a weight-loss method or a negative energy balance"
    elif baseline(arm, body(arm)) is None:
        yield f"{outcome} in {unit} needs baseline_value: no typical value is held"
