"""What an arm did, as the numbers the equations read: one mapping of exposures a period."""

from __future__ import annotations

import math

from myoscope.model.arms import Arm
from myoscope.model.body import Body
from myoscope.model.constants import constants

Exposure = dict[str, float]
NO_TIME = 1e-6  # days of a period that did not happen
ILLNESSES = {
    **dict.fromkeys(("cancer",), "cancer"),
    **dict.fromkeys(("heart_failure",), "heart"),
    **dict.fromkeys(("copd",), "lung"),
    **dict.fromkeys(("type2_diabetes",), "diabetes"),
    **dict.fromkeys(("ckd", "dialysis", "hiv", "cirrhosis", "stroke", "autoimmune", "malnourished"), "other_illness"),
}
# Illnesses in which training does less than in the healthy (one parameter for all of them).
FRAIL = frozenset({"frail", "copd", "heart_failure", "cancer", "ckd", "dialysis", "cirrhosis", "stroke"})
# Conditions without a term of their own: their exposures say what happens.
PLAIN = frozenset(
    {
        *("", "healthy", "frail", "sarcopenic", "obese", "hypogonadal", "critical_illness", "surgery", "hip_fracture"),
        *("hyperthyroid", "gh_deficient", "osteoarthritis", "prostate_cancer"),
    }
)
MOBILITY = (
    *("habitual", "step_reduction", "limb_immobilised", "bed_rest", "spaceflight", "hospital", "icu", "post_operative"),
)
SLIMMING = frozenset({"diet", "vlcd", "bariatric", "glp1", "sglt2", "exercise", "semistarvation"})


def phases(arm: Arm, of: Body) -> list[Exposure]:
    """Three periods, the last the arm's own; those that did not happen last no time."""
    now = exposure(arm, of, arm.number("duration_days"))
    rest = _still(exposure(arm, of, 0.0))
    prior = prior_days(arm)
    match arm.word("recovery_from"):
        case "bed_rest" | "spaceflight":
            return _regained(rest, {"bed": 1.0}, prior, now)
        case "limb_immobilised":
            return _regained(rest, {"cast": _leg_share(arm)}, prior, now)
        case "surgery":
            return _regained(rest, {"operation": 1.0}, prior, now)
        case "training_stopped":
            return _stopped(rest, now, prior)
        case "androgen_stopped":  # a drug that is still named is the one that was stopped
            usual = {"testosterone": 2 * constants()["doses"]["androgen_unit_mg_per_week"]}
            drugs = {name: now[name] for name in ("testosterone", "oxandrolone") if now[name] > 0}
            return [rest, {**rest, **(drugs or usual), "days": prior}, {**now, **dict.fromkeys(drugs, 0.0)}]
        case "energy_deficit":
            hungry = {**rest, "deficit_kcal": -constants()["courses"]["vlcd_kcal_per_day"]}
            return [rest, {**hungry, "days": prior, "testosterone": now["testosterone"]}, now]
        case "illness" if arm.word("condition") == "critical_illness":
            return _regained(rest, {"icu": 1.0}, prior, {**now, "icu": 0.0})
        case "illness":
            return _recovered(arm, rest, now, prior)
    if arm.number("androgen_deprivation") and arm.number("androgen_deprivation_months_before"):
        before = arm.number("androgen_deprivation_months_before") * 30.44
        return [rest, {**rest, "days": before, "castrate": 1.0}, now]
    return [rest, rest, now]


def prior_days(arm: Arm) -> float:
    """Length of the exposure before a recovery, the usual one where it is not told."""
    usual, kind = constants()["before_recovery_days"], arm.word("recovery_from")
    kind = "critical_illness" if kind == "illness" and arm.word("condition") == "critical_illness" else kind
    return arm.number("recovery_prior_days", usual.get(kind, usual["training_stopped"]))


def _regained(rest: Exposure, before: Exposure, prior: float, now: Exposure) -> list[Exposure]:
    """What disuse took comes back, faster than it was first built."""
    return [rest, {**rest, **before, "days": prior}, {**now, "regaining": 1.0}]


def _stopped(rest: Exposure, now: Exposure, prior: float) -> list[Exposure]:
    usual = constants()["training"]
    trained = {**rest, "sets": usual["usual_sets_per_week"], "trains": 1.0, "trained": 0.0}
    now["trained"] = 0.0
    if now["sets"]:  # training, a stop of `prior` days, and training again: regained faster
        now["regaining"] = 1.0
        return [
            {**trained, "days": constants()["before_recovery_days"]["training_stopped"]},
            {**rest, "days": prior},
            now,
        ]
    return [rest, {**trained, "days": prior}, now]


def _recovered(arm: Arm, rest: Exposure, now: Exposure, prior: float) -> list[Exposure]:
    sick = {**rest, "days": prior, "thyrotoxic": float(arm.word("condition") == "hyperthyroid")}
    kind = ILLNESSES.get(arm.word("condition"))
    if kind:
        sick[kind], now[kind] = 1.0, 0.0
    now["thyrotoxic"] = 0.0
    return [rest, sick, now]


def _still(x: Exposure) -> Exposure:
    """The same people at rest, for no time at all."""
    kept = {
        *("age", "female", "lean", "fat", "weight", "trained"),
    }
    return {name: value if name in kept else 0.0 for name, value in x.items()} | {"days": NO_TIME}


def exposure(arm: Arm, of: Body, days: float) -> Exposure:
    """The exposures of one period, in units of constants.yaml."""
    fixed = constants()
    mobility, condition = arm.word("mobility"), arm.word("condition")
    x: Exposure = {
        "days": max(days, NO_TIME),
        "age": arm.number("age_mean_years"),
        "female": arm.number("female_frac", 0.5),
        "weight": of.weight,
        "lean": of.lean,
        "fat": of.fat,
        "trained": float(fixed["training"]["trained"].get(arm.word("training_status"), 0)),
        "ill": float(condition in FRAIL),
        "regaining": 0.0,
        "bed": float(mobility in {"bed_rest", "spaceflight"}),  # bed rest is the ground's model of weightlessness
        "cast": float(mobility == "limb_immobilised") * _leg_share(arm),
        "hospital": float(mobility == "hospital"),
        "icu": float(mobility == "icu"),
        "operation": float(mobility == "post_operative" or (condition == "hip_fracture" and mobility == "habitual")),
        "steps_lost": _steps_lost(arm),
        "thyrotoxic": float(condition == "hyperthyroid"),
        "castrate": float(arm.number("androgen_deprivation") > 0),
        "oestrogen": arm.number("oestrogen_therapy"),
        "growth_hormone": arm.number("growth_hormone"),
        "bimagrumab": arm.number("bimagrumab"),
        "anamorelin": arm.number("anamorelin"),
        "prednisone": arm.number("glucocorticoid_prednisone_mg_per_day"),
    }
    x |= {kind: float(ILLNESSES.get(condition) == kind) for kind in set(ILLNESSES.values())}
    # wasting lasts as long as it was studied: a survivor's year of training is no year of cachexia
    x["cancer"] *= min(1.0, fixed["shape"]["cancer_days"] / x["days"])
    return x | _training(arm) | _food(arm, of) | _androgen(arm) | energy(arm, of, days)


def _leg_share(arm: Arm) -> float:
    """A cast is on one leg: half of both, all of the exposed one, nothing of the other."""
    return {"exposed_leg": 1.0, "one_leg": 1.0, "other_leg": 0.0}.get(arm.word("limb"), 0.5)


def _steps_lost(arm: Arm) -> float:
    if arm.word("mobility") != "step_reduction":
        return 0.0
    usual = float(constants()["doses"]["habitual_steps_per_day"])
    return max(0.0, 1 - arm.number("steps_per_day", usual / 4) / usual)


def _training(arm: Arm) -> Exposure:
    usual, dose = constants()["training"], constants()["doses"]
    sessions = arm.number("rt_sessions_per_week")
    sets = arm.numbers.get("rt_sets_per_muscle_per_week")
    if sets is None or arm.numbers.get("rt_sessions_per_week") == 0:  # without sessions there are no sets
        sets = sessions * usual["usual_sets_per_week"] / usual["usual_sessions_per_week"]
    return {
        "sets": float(sets),
        "trains": float(sets > 0),
        "light": float(arm.word("rt_intensity") == "light"),
        "aerobic": min(
            arm.number("aerobic_sessions_per_week") / dose["aerobic_sessions_per_week"], dose["most"]["aerobic"]
        ),
    }


def _food(arm: Arm, of: Body) -> Exposure:
    line, dose = constants()["protein"], constants()["doses"]
    added = arm.number("protein_added_g_per_day") / of.weight
    protein = arm.number("protein_g_per_kg_day", line["usual_g_per_kg"] + added)
    span = line["plateau_g_per_kg"] - line["enough_g_per_kg"]
    return {
        "protein_plenty": min(max(protein - line["enough_g_per_kg"], 0.0) / span, 1.0),
        "protein_raised": min(added / span, 1.0),
        "protein_lack": max(line["enough_g_per_kg"] - protein, 0.0) / line["enough_g_per_kg"],
        "creatine": min(arm.number("creatine_g_per_day") / dose["creatine_g_per_day"], dose["most"]["creatine"]),
        "omega3": min(arm.number("omega3_g_per_day") / dose["omega3_g_per_day"], dose["most"]["omega3"]),
        "hmb": min(arm.number("hmb_g_per_day") / dose["hmb_g_per_day"], dose["most"]["hmb"]),
        "eaa": min(arm.number("eaa_g_per_day") / dose["eaa_g_per_day"], dose["most"]["eaa"]),
    }


def androgen_mg_per_week(arm: Arm) -> float:
    """Weekly milligrams of the drug as taken up; NaN when drug or unit is not known."""
    drug, unit, dose = arm.word("androgen"), arm.word("androgen_dose_unit"), arm.number("androgen_dose")
    if not drug:
        return 0.0
    fixed = constants()
    per_week = fixed["per_week"].get(unit)
    if drug not in fixed["androgens"] or per_week is None or dose <= 0:
        return math.nan
    taken_up = fixed["androgens"][drug].get("taken_up", 1) if unit == "mg_per_day" else 1
    return float(dose * per_week * taken_up)


def _androgen(arm: Arm) -> Exposure:
    weekly = androgen_mg_per_week(arm)
    oral = arm.word("androgen") == "oxandrolone"
    return {"testosterone": 0.0 if oral else weekly, "oxandrolone": weekly if oral else 0.0}


def energy(arm: Arm, of: Body, days: float) -> Exposure:
    """Weight change and energy balance; for a ratio (kg lean per kg lost) the loss that such a programme brings."""
    method = weight_loss(arm)
    observed = arm.numbers.get("weight_change_kg") if arm.word("estimand") != "lean_fraction" else None
    balance = arm.numbers.get("energy_balance_kcal_per_day")
    if (observed is None and balance is None) or (
        observed is None and balance == 0 and method in {"glp1", "bariatric"}
    ):
        observed, balance = _usual_course(arm, of, days)
    kcal = constants()["energy"]
    per_day = observed * kcal["kcal_per_kg"] / max(days, 1.0) if observed is not None else balance or 0.0
    slimming = method in SLIMMING or (observed is None and (balance or 0.0) < 0 and method != "unintended")
    return {
        "weighed": float(observed is not None),
        "weight_change": observed or 0.0,
        "energy_balance": balance or 0.0,
        "deficit_kcal": min(max(-per_day, 0.0), kcal["most_deficit_kcal"]) if slimming else 0.0,
        "deficit_share": min(max(-per_day, 0.0) / kcal["full_deficit_kcal"], 1.0) if slimming else 0.0,
        "surplus": min(max(balance or 0.0, 0.0) / kcal["full_surplus_kcal"], kcal["most_surplus"]),
        "supervised": float(method in {"bariatric", "none"} or arm.word("estimand") == "lean_fraction"),
        "slimming": float(slimming),
        "surgery_loss": float(method == "bariatric"),
        "incretin": float(method == "glp1"),
    }


def weight_loss(arm: Arm) -> str:
    """How weight is lost; who takes a GLP-1 medicine loses by it, whether or not the method is told."""
    method = arm.word("weight_loss_method")
    return "glp1" if arm.word("glp1") and method in {"", "none"} else method


def _usual_course(arm: Arm, of: Body, days: float) -> tuple[float | None, float | None]:
    """Weight change [kg] or energy balance [kcal/d] of an arm that tells neither, by its method."""
    method, courses = weight_loss(arm), constants()["courses"]
    name = arm.word("glp1") if method == "glp1" else method
    if name in courses:
        course, most = courses[name], constants()["doses"]["most"]["course"]
        dose = min(arm.number("glp1_dose_mg", course.get("full_dose_mg", 1.0)) / course.get("full_dose_mg", 1.0), most)
        share = course["percent"] / 100 * (dose**0.5 if method == "glp1" else 1.0)
        return -of.weight * share * (1 - math.exp(-days / course["days"])), None
    # of a lean share only the ratio is asked, so that any usual course serves
    if method in {"diet", "vlcd"} or arm.word("estimand") == "lean_fraction":
        return None, courses.get(f"{method}_kcal_per_day", courses["diet_kcal_per_day"])
    return None, 0.0
