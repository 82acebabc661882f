"""The muscle model: turnover of muscle by region, a fast water compartment, energy and ageing.

One right-hand side for everybody: `change_percent` takes parameters and exposures as arrays of any shape that broadcast
(draws by arms), in NumPy or, for the calibration, in JAX. Symbols are those of docs/muscle_model.md.

References:
    [1] turnover between synthesis and breakdown, indirect response with a closed form: docs/muscle_model.md, section 1.
    [2] Hall KD. Br J Nutr 2007;97:1059-63: the lean share of a weight change falls with body fat.
    [3] Hall KD, et al. Lancet 2011;378:826-37: a change of intake changes weight with a half-time of about a year.

"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from myoscope.model.constants import constants

Values = Mapping[str, Any]
REGIONS = ("calf", "thigh", "upper")


def training_dose(p: Values, x: Values) -> Any:
    """Saturating dose of resistance training [0-1] from weekly sets a muscle (eq. 4)."""
    sets = x["sets"] * (1 - x["light"] * (1 - p["light_share"]))
    return sets / (sets + p["sets_half"])


def training_gain(p: Values, x: Values, xp: Any) -> Any:
    """Added synthesis by training [fraction], blunted by age and habit, helped by protein and creatine (eq. 5)."""
    return (
        p["train_gain"]
        * training_dose(p, x)
        * xp.exp(
            -p["train_age"] * xp.maximum(x["age"] - constants()["ages"]["young_years"], 0.0) / 10
            - p["train_habit"] * x["trained"]
        )
        * xp.exp(p["train_female"] * x["female"] - p["train_ill"] * x["ill"])
        * (
            1
            + p["protein_train"] * x["protein_plenty"]
            + p["protein_added"] * x["protein_raised"]
            + p["creatine_train"] * x["creatine"]
        )
        * (1 - p["train_deficit"] * x["deficit_share"])
        * (1 + p["train_surplus"] * x["surplus"])
    )


def synthesis(p: Values, x: Values, xp: Any) -> dict[str, Any]:
    """Synthesis by region, habitual life = 1 (eq. 3)."""
    hormones = (
        p["androgen"] * androgen_dose(p, x, xp)
        - p["castrate"] * x["castrate"]
        + p["growth_hormone"] * x["growth_hormone"]
        + p["oestrogen"] * x["oestrogen"]
        + p["bimagrumab"] * x["bimagrumab"]
        + p["anamorelin"] * x["anamorelin"]
    )
    food = (
        p["protein_rest"] * x["protein_raised"] * (1 - x["trains"])
        - p["protein_lack"] * x["protein_lack"]
        + p["omega3"] * x["omega3"]
        + p["hmb"] * x["hmb"]
        + p["eaa"] * x["eaa"]
        + p["aerobic"] * x["aerobic"]
    )
    gain = training_gain(p, x, xp)
    decades = (x["age"] - constants()["ages"]["middle_years"]) / 10
    share = {"thigh": p["train_thigh"], "calf": p["train_calf"], "upper": 1.0}
    # training protects a region as much as it trains it, and never more than wholly
    kept = {r: 1 - xp.minimum(p["train_protects"] * share[r], 1.0) * training_dose(p, x) for r in REGIONS}
    older = xp.exp(p["bed_age"] * decades)
    bed = (x["bed"] + p["hospital"] * x["hospital"]) * p["bed_thigh"] * older
    steps = x["steps_lost"] * p["steps_thigh"]
    cast = x["cast"] * p["cast_thigh"] * xp.exp(-p["cast_age"] * decades)
    lost = {
        "thigh": (bed + cast + steps) * kept["thigh"],
        "calf": (bed * p["bed_calf"] + cast + steps) * kept["calf"],
        "upper": bed * p["bed_upper"] * kept["upper"],
    }
    floor = constants()["shape"]["synthesis_floor"]
    return {r: xp.maximum(1 + gain * share[r] + hormones + food - lost[r], floor) for r in REGIONS}


def androgen_dose(p: Values, x: Values, xp: Any) -> Any:
    """Logarithm of the weekly androgen, in testosterone equivalents over the half-dose (eq. 6)."""
    return xp.log1p(
        (x["testosterone"] + p["oxandrolone_potency"] * x["oxandrolone"])
        / constants()["doses"]["androgen_unit_mg_per_week"]
    )


def breakdown(p: Values, x: Values, xp: Any) -> Any:
    """Breakdown of muscle protein, health = 1 (eq. 7)."""
    return (
        1
        + p["icu"] * x["icu"]
        + p["operation"] * x["operation"]
        + p["thyrotoxic"] * x["thyrotoxic"]
        + p["glucocorticoid"] * xp.log1p(x["prednisone"] / constants()["doses"]["prednisone_unit_mg_per_day"])
    )


def water_target(p: Values, x: Values, xp: Any) -> Any:
    """Where water and glycogen settle [fraction of lean mass] (eq. 8)."""
    return (
        p["water_train"] * training_dose(p, x)
        + p["water_creatine"] * x["creatine"]
        + p["water_androgen"] * androgen_dose(p, x, xp)
        + p["water_gh"] * x["growth_hormone"]
        - p["water_bed"] * (x["bed"] + p["hospital"] * x["hospital"])
        - p["water_deficit"] * x["deficit_kcal"] / 1000
    )


def lean_share(p: Values, x: Values, weight_change: Any, xp: Any) -> Any:
    """Lean share of a change of weight (eq. 10): Forbes and Hall [2] for a loss by diet, drug or operation."""
    shape, ages, forbes_kg = constants()["shape"], constants()["ages"], constants()["energy"]["forbes_kg"]
    fat = xp.maximum(x["fat"] + shape["fat_middle"] * weight_change, shape["fat_floor_kg"])
    per_week = -100 * weight_change / x["weight"] / (x["days"] / 7)
    shift = (
        p["share_rate"]
        * (xp.clip(per_week, 0.0, shape["fastest_loss_percent_a_week"]) - shape["usual_loss_percent_a_week"])
        + p["share_surgery"] * x["surgery_loss"]
        + p["share_incretin"] * x["incretin"]
        + p["share_age"] * (x["age"] - ages["middle_years"]) / 10
        + p["share_male"] * (0.5 - x["female"])
        - p["share_train"] * training_dose(p, x)
        - p["share_protein"] * (x["protein_plenty"] - x["protein_lack"])
    )
    dieting = p["forbes"] * forbes_kg / (forbes_kg + fat) * xp.exp(shift)
    return xp.where(x["slimming"] > 0, xp.clip(dieting, 0.0, shape["lean_share_most"]), p["share_other"])


def energy_lean(p: Values, x: Values, xp: Any) -> Any:
    """Lean mass won or lost with weight [fraction of lean mass]; observed weight change goes first."""
    followed = xp.where(x["energy_balance"] < 0, p["adherence"], 1.0)
    followed = xp.where(x["supervised"] > 0, 1.0, followed)
    by_balance = followed * weight_by_balance(x["energy_balance"], x["days"], xp)
    change = xp.where(x["weighed"] > 0, x["weight_change"], by_balance)
    return lean_share(p, x, change, xp) * change / x["lean"]


def weight_by_balance(kcal_per_day: Any, days: Any, xp: Any) -> Any:
    """Weight change [kg] of a constant change of intake: expenditure follows weight, so that it levels off [3]."""
    energy = constants()["energy"]
    slow = energy["half_days"] / math.log(2)
    return kcal_per_day * slow * -xp.expm1(-days / slow) / energy["kcal_per_kg"]


def ageing_rate(p: Values, x: Values, xp: Any) -> Any:
    """Yearly loss of muscle with age [1/year], at the middle of the period (eq. 2)."""
    age = x["age"] + x["days"] / 730.5
    return p["age_rate"] * xp.exp(
        p["age_slope"] * (age - constants()["ages"]["old_years"]) / 10 + p["age_female"] * x["female"]
    )


def illness_rate(p: Values, x: Values) -> Any:
    """Yearly loss of muscle with a lasting illness, beyond age [1/year]; less where the weight itself was observed."""
    return (1 - x["weighed"] * (1 - p["ill_weighed"])) * (
        p["ill_cancer"] * x["cancer"]
        + p["ill_heart"] * x["heart"]
        + p["ill_lung"] * x["lung"]
        + p["ill_diabetes"] * x["diabetes"]
        + p["ill_other"] * x["other_illness"]
    )


def pace(p: Values, x: Values, xp: Any) -> dict[str, Any]:
    """What a period of constant exposure drives the state to, and how much of the way is left at its end."""
    made, broken = synthesis(p, x, xp), breakdown(p, x, xp)
    faster = 1 + p["memory"] * x["regaining"]
    return {
        **{region: made[region] / broken for region in REGIONS},
        "left": xp.exp(-p["turnover"] * faster * broken * x["days"]),
        "ill": xp.exp(-illness_rate(p, x) * x["days"] / 365.25),
        "water": water_target(p, x, xp),
        "water_left": xp.exp(-p["water_rate"] * x["days"]),
        "energy": energy_lean(p, x, xp),
        "aged": xp.exp(-ageing_rate(p, x, xp) * x["days"] / 365.25),
    }


def live(start: Values, to: Values) -> dict[str, Any]:
    """The state after one period, by the closed form of eq. 1 and 8."""
    state = {r: (to[r] + (start[r] - to[r]) * to["left"]) * to["ill"] for r in REGIONS}
    state["water"] = to["water"] + (start["water"] - to["water"]) * to["water_left"]
    state["energy"] = start["energy"] + to["energy"]
    state["aged"] = start["aged"] * to["aged"]
    return state


def seen(p: Values, state: Values, o: Values) -> Any:
    """The outcome as its method sees it, before the exposures = 1 (eq. 11); `o` says what the outcome is made of."""
    aged = {"calf": 1 - o["calf_ages"] * (1 - state["aged"]), "thigh": state["aged"], "upper": state["aged"]}
    grown = {r: state[r] * aged[r] - 1 for r in REGIONS}
    muscle = sum(o["typical"][r] * grown[r] for r in REGIONS)
    return (
        1
        + sum(o[r] * grown[r] for r in REGIONS)
        + o["other"] * p["nonmuscle"] * muscle
        + o["water"] * state["water"]
        + state["energy"] * energy_seen(p, o)
    )


def energy_seen(p: Values, o: Values) -> Any:
    """How much of the lean mass that goes with weight an outcome shows, as a ratio of its own size."""
    return o["lean"] + (1 - o["lean"]) * p["energy_muscle"]


def change_percent(p: Values, periods: Values, lived: Sequence[Any], o: Values, xp: Any) -> tuple[Any, Any]:
    """Change of the outcome over the last period, and what of it goes with weight [percent of its value at the start].

    Args:
        p: parameters.
        periods: exposures of every period that anybody lived, one column a period.
        lived: for each step of time the period that each arm lived; earlier steps set the scene.
        o: what each arm's outcome is made of.
        xp: numpy, or jax.numpy.

    """
    paces = pace(p, periods, xp)
    state: dict[str, Any] = {**dict.fromkeys((*REGIONS, "aged"), 1.0), "water": 0.0, "energy": 0.0}
    start: dict[str, Any] = state
    for period in lived:
        start, state = state, live(state, {name: value[..., period] for name, value in paces.items()})
    before = xp.where(o["since_before"] > 0, 1.0, seen(p, start, o))
    with_weight = (state["energy"] - start["energy"]) * energy_seen(p, o) / before
    return 100 * (seen(p, state, o) / before - 1), 100 * with_weight
