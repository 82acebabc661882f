"""Laws of the exercise programme, the meals and the order of steps, on random patients and random wishes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from myoscope.assess.programme_part import meals_part, programme_part
from myoscope.causes import raised, weigh
from myoscope.plan import Composed, compose, staged
from myoscope.plan.foods import foods, policy, wishes
from myoscope.plan.meals import Aim, days, energy_aim, enough_energy, meets
from myoscope.plan.programme import MAY_BEGIN, TRAINING, exercises, fit, programmes
from myoscope.rules import Facts, evaluate
from myoscope.sources import folder
from patients import ABSENT, ACTIVE, Patient, patients

pytestmark = pytest.mark.slow

DIETS = ["omnivore", "halal", "pescatarian", "vegetarian", "vegan"]
# Food groups of the USDA table by the first two digits of its number: an oracle that does not read our own flags.
DAIRY_AND_EGG, POULTRY, PORK, BEEF, FISH, LAMB, MORE_BEEF = "01", "05", "10", "13", "15", "17", "23"
FLESH = {POULTRY, PORK, BEEF, FISH, LAMB, MORE_BEEF}
HONEY = "19296"
FORBIDDEN = {
    "omnivore": set(),
    "halal": {PORK},
    "pescatarian": FLESH - {FISH},
    "vegetarian": FLESH,
    "vegan": FLESH | {DAIRY_AND_EGG},
}
AVOIDABLE = [
    "lactose_intolerance",
    "milk_allergy",
    "egg_allergy",
    "fish_allergy",
    "nut_allergy",
    "soy_allergy",
    "coeliac_disease",
    "gout",
]
aims = st.builds(Aim, st.floats(40, 130), st.floats(1400, 2600), st.booleans())
wanted = st.tuples(st.sampled_from(DIETS), st.sets(st.sampled_from(AVOIDABLE)))


def person(diet: str | None, illnesses: set[str] = frozenset(), **values: object) -> Facts:
    listed = {("condition", name): ACTIVE for name in illnesses}
    return Facts({**({"diet": diet} if diet else {}), **values}, listed)


def eaten(day):
    return [food for _, helping in day.meals for food, _, _ in helping.portions]


def ungated(facts: Facts) -> Composed:
    """The plan without the urgent signs, so that the gates themselves are tested on everybody."""
    return compose(facts, [], weigh(facts))


# ---- meals


@settings(max_examples=60)
@given(wish=wanted, aim=aims)
def test_nobody_gets_a_food_that_their_way_of_eating_forbids(wish, aim):
    diet, illnesses = wish
    for day in days(aim, wishes(person(diet, illnesses))):
        groups = {food.ndb[:2] for food in eaten(day)}
        assert not groups & FORBIDDEN[diet], [food.name for food in eaten(day)]
        assert diet != "vegan" or HONEY not in {food.ndb for food in eaten(day)}


def test_the_oracle_of_food_groups_sees_animals():
    assert foods()["egg"].ndb[:2] == DAIRY_AND_EGG
    assert {
        foods()[name].ndb[:2] for name in ("salmon", "chicken_breast", "pork_tenderloin", "lamb_leg", "beef_mince")
    } <= FLESH
    assert foods()["honey"].ndb == HONEY


@settings(max_examples=60)
@given(wish=wanted, aim=aims)
def test_nobody_gets_what_they_must_leave_out(wish, aim):
    diet, illnesses = wish
    for day in days(aim, wishes(person(diet, illnesses))):
        for row in policy()["avoid"]:
            if row["rule"] in illnesses:
                assert all(row.get("contains") not in food.contains for food in eaten(day))
                assert all(row.get("origin") != food.origin for food in eaten(day))


@settings(max_examples=100)
@given(wish=wanted, aim=aims)
def test_the_days_protein_is_near_the_aim_or_it_says_so(wish, aim):
    diet, illnesses = wish
    for day in days(aim, wishes(person(diet, illnesses))):
        near = abs(day.protein_g - aim.protein_g) <= 0.1 * aim.protein_g
        assert meets(day, aim) == (near and not (aim.ceiling and day.protein_g > aim.protein_g))


@pytest.mark.parametrize("diet", DIETS)
@pytest.mark.parametrize(("kg", "per_kg"), [(50, 1.2), (60, 1.1), (70, 1.35), (80, 1.1), (90, 1.4)])
def test_usual_people_are_fed_three_days_that_meet_both_aims(diet, kg, per_kg):
    aim = Aim(kg * per_kg, kg * 30.0)
    made = days(aim, wishes(person(diet)))
    assert len(made) == 3
    assert all(meets(day, aim) for day in made)
    assert sum(enough_energy(day, aim) for day in made) >= 2


def test_a_ceiling_is_never_passed():
    for kg in (48, 60, 75, 90):
        aim = Aim(0.8 * kg, 30.0 * kg, ceiling=True)
        assert all(day.protein_g <= aim.protein_g for day in days(aim, wishes(person("omnivore"))))


def test_the_same_person_gets_the_same_days_and_the_days_differ():
    aim = Aim(75, 1900)
    once, again = (days(aim, wishes(person("vegetarian"))) for _ in range(2))
    assert once == again
    assert len({tuple(helping.dish.id for _, helping in day.meals) for day in once}) == 3


def test_who_did_not_say_how_they_eat_gets_one_day_of_each_kind_and_is_told():
    wish = wishes(person(None))
    assert not wish.told
    assert [day.diet for day in days(Aim(75, 1900), wish)] == ["omnivore", "vegetarian", "vegan"]
    assert "milk sugar" in wish.unknown  # nobody asked: it is named, not taken for "no"
    assert "milk sugar" not in wishes(Facts({}, {("condition", "lactose_intolerance"): ABSENT})).unknown


def test_the_list_of_conditions_can_say_vegan_too_and_the_stricter_word_counts():
    assert wishes(person(None, {"diet_without_animal_food"})).diets == ("vegan",)
    assert wishes(person("omnivore", {"diet_without_animal_food"})).diets == ("vegan",)


@pytest.mark.slow
@settings(max_examples=60)
@given(patient=patients(), low=st.sampled_from([8.0, 22.0, 29.9]))
def test_weak_kidneys_get_no_meals_from_here(patient: Patient, low):
    facts = patient.having({"egfr_ml_min_1_73m2": low, "height_cm": 172.0, "weight_kg": 75.0}).facts
    found = meals_part(ungated(facts), (75.0, 90.0), facts)
    assert found is None or (found.days == [] and found.withheld)


@pytest.mark.parametrize(
    "illness", ["dialysis", "kidney_transplant", "dysphagia", "eating_disorder", "parenteral_nutrition"]
)
def test_an_illness_whose_diet_is_somebody_elses_gets_a_reason_and_no_meals(illness):
    facts = Facts({"age_years": 70.0, "weight_kg": 70.0, "protein_g_per_kg_day": 0.7}, {("condition", illness): ACTIVE})
    found = meals_part(ungated(facts), (70.0, 84.0), facts)
    assert found is not None
    assert found.days == []
    assert found.withheld


def test_with_refeeding_danger_nobody_is_told_to_eat_more():
    values = {"age_years": 80.0, "weight_kg": 50.0, "height_cm": 170.0, "bmi_kg_m2": 17.3, "must_score": 3.0}
    facts = Facts(values, {("condition", "cancer"): ACTIVE})
    found = meals_part(ungated(facts), (50.0, 75.0), facts)
    assert found is not None
    assert found.days == []
    assert any("potassium" in reason for reason in found.withheld)


def test_energy_is_the_plans_own_then_what_is_eaten_then_a_guide():
    facts = Facts({"age_years": 70.0, "energy_kcal_day": 2000.0})
    cited = next(iter(programmes().values())).citation
    assert energy_aim(facts, 70, (32, 38), cited).kcal == pytest.approx(35 * 70)
    assert energy_aim(facts, 70, None, None).kcal == 2000
    little = replace(facts, values={"age_years": 70.0, "energy_kcal_day": 900.0})
    assert energy_aim(little, 70, None, None).kcal == pytest.approx(30 * 70)  # too little is not an aim
    slimming = replace(facts, values={"age_years": 70.0, "intended_weight_loss": True})
    assert energy_aim(slimming, 80, None, None).kcal == pytest.approx(25 * 80)


def test_the_sums_are_those_of_the_foods():
    facts = Facts({"age_years": 70.0, "weight_kg": 70.0, "protein_g_per_kg_day": 0.7, "diet": "omnivore"})
    found = meals_part(ungated(facts), (70.0, 84.0), facts)
    assert found is not None
    assert found.protein_g == 77
    for day in found.days:
        portions = [one for meal in day.meals for one in meal.portions]
        assert sum(one.protein_g for one in portions) == pytest.approx(day.protein_g)
        assert sum(one.energy_kcal for one in portions) == pytest.approx(day.energy_kcal)
        assert day.meets_protein or day.remarks
        assert all(one.grams > 0 for one in portions)


# ---- programme


@pytest.mark.slow
@settings(max_examples=80)
@given(
    patient=patients(),
    chair=st.sampled_from([None, 9.0, 15.0, 15.5, 61.0]),
    has=st.sampled_from([None, "none", "bands", "dumbbells", "gym"]),
)
def test_a_programme_only_where_training_may_begin_and_no_exercise_against_a_known_reason(patient: Patient, chair, has):
    values = {**({"chair_stand_5x_s": chair} if chair else {}), **({"training_equipment": has} if has else {})}
    facts = patient.having(values).facts
    composed = ungated(facts)
    fitted = fit(composed, facts)
    training = next((step for step in composed.steps if step.treatment.id == TRAINING), None)
    assert (fitted is not None) == (training is not None and training.status in MAY_BEGIN)
    for placed in fitted.placed if fitted else ():
        assert not any(evaluate(caution.rule, facts).answer for caution in placed.exercise.cautions)
    for week in range(fitted.begin_week, 13) if fitted else ():
        names = [placed.exercise.id for placed in fitted.session(week)]
        assert len(names) == len(set(names))
        assert len(fitted.days(week)) == fitted.phase(week).sessions


@pytest.mark.slow
@settings(max_examples=60)
@given(patient=patients())
def test_no_programme_and_no_meals_when_the_plan_is_withheld(patient: Patient):
    flags = raised(patient.facts)
    composed = compose(patient.facts, flags, weigh(patient.facts))
    assume(composed.withheld_by)
    assert programme_part(composed, patient.facts) is None
    assert meals_part(composed, (60.0, 70.0), patient.facts) is None


LEVELS = {
    "slow to rise": ({"chair_stand_5x_s": 15.1, "training_equipment": "gym"}, "chair_start"),
    "rises well, a gym": ({"chair_stand_5x_s": 15.0, "training_equipment": "gym"}, "gym"),
    "rises well, no gym": ({"chair_stand_5x_s": 15.0}, "home_bands"),
    "slow to walk": ({"chair_stand_5x_s": 11.0, "gait_speed_m_s": 0.8}, "chair_start"),
    "frail": ({"frail_scale_score": 3.0}, "chair_start"),
    "old, nothing known": ({}, "chair_start"),
    "young, nothing known": ({"age_years": 40.0}, "home_bands"),
}


@pytest.mark.parametrize("who", LEVELS)
def test_the_level(who):
    values, level = LEVELS[who]
    facts = Facts({"age_years": 75.0, "resistance_sessions_per_week": 0.0, **values})
    fitted = fit(ungated(facts), facts)
    assert fitted is not None
    assert fitted.programme.id == level


def test_a_new_hip_bends_no_further_than_a_high_seat():
    facts = Facts(
        {"age_years": 60.0, "resistance_sessions_per_week": 0.0},
        {("condition", "hip_replacement"): replace(ACTIVE, days_ago=50.0)},
    )
    fitted = fit(ungated(facts), facts)
    assert fitted is not None
    names = {placed.exercise.id for placed in fitted.placed}
    assert "chair_rise_high" in names
    assert not names & {"chair_rise", "squat_weight", "leg_press", "step_up"}


def test_without_a_band_no_exercise_needs_one():
    for age in (40.0, 80.0):
        facts = Facts({"age_years": age, "resistance_sessions_per_week": 0.0, "training_equipment": "none"})
        fitted = fit(ungated(facts), facts)
        assert fitted is not None
        assert {placed.exercise.equipment for placed in fitted.placed} <= {"none", "chair"}


def test_every_programme_can_be_reached_and_every_exercise_is_used_somewhere():
    assert {row["programme"] for row in folder("programmes")["programmes/levels.yaml"]["choose"]} == set(programmes())
    used = set()
    for one in programmes().values():
        used |= {*one.session, *(name for swaps in one.swaps.values() for name in swaps.values())}
        used |= set(one.later[1].values()) if one.later else set()
    used |= {name for one in exercises().values() for name in one.instead}
    assert used == set(exercises())


# ---- now, next, later


@pytest.mark.slow
@settings(max_examples=80)
@given(patient=patients())
def test_few_steps_at_once_and_no_gate_is_touched(patient: Patient):
    steps = ungated(patient.facts).steps
    bare = staged([replace(step, when="later") for step in steps])
    assert [(s.treatment.id, s.status) for s in bare] == [(s.treatment.id, s.status) for s in steps]
    begun = [s for s in bare if s.when == "now" and s.status in MAY_BEGIN and not s.already]
    assert len(begun) <= 3
    assert len({s.treatment.group for s in begun}) == len(begun)
    assert sum(s.when == "now" and s.status == "refer" and not s.already for s in bare) <= 3
    assert all(s.when == "later" for s in bare if s.status == "not_now")


def test_what_gains_more_comes_first_among_what_the_model_knows():
    values = {"age_years": 75.0, "protein_g_per_kg_day": 0.7, "bmi_kg_m2": 20.0, "food_intake_percent": 70.0}
    facts = Facts(values, {("condition", "cancer"): ACTIVE})
    steps = ungated(facts).steps
    food = [
        s.treatment.id for s in steps if s.status in MAY_BEGIN and s.treatment.group == "nutrition" and not s.already
    ]
    first, second = food[:2]
    assert next(s for s in steps if s.treatment.id == first).when == "now"
    turned = {s.treatment.id: s.when for s in staged(steps, {first: 0.0, second: 1.0})}
    assert turned[second] == "now"
    assert turned[first] != "now"


def test_a_powder_waits_unless_it_treats_a_cause_first_of_all():
    facts = Facts({"age_years": 75.0, "resistance_sessions_per_week": 0.0, "vitamin_d_25oh_ng_ml": 9.0})
    when = {s.treatment.id: s.when for s in ungated(facts).steps}
    assert when["vitamin_d"] == "now"
    assert when["creatine"] != "now"


def test_a_vegan_is_not_asked_about_milk():
    asked = wishes(person("vegan")).unknown
    assert "soya" in asked
    assert not {"milk", "milk sugar", "egg", "fish", "red meat and seafood"} & set(asked)
