"""What must come out of a forecast: laws, physiology, and the same numbers as for study arms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from people_of_the_model import one, steps

from myoscope.model.forecast import Draws, Z, draws, drift_apart, outlook, quantiles
from myoscope.model.person import Lived, reading
from myoscope.model.posterior import posterior
from myoscope.model.scenario import Change, Scenario, _written, as_now, scenarios
from myoscope.model.table import tabulate
from myoscope.plan.treatments import treatments
from myoscope.rules import Named
from myoscope.sources import bibliography

TRAINING = Scenario(
    "t", "t", "treatment", "t", Change({"rt_sessions_per_week": 2.0, "rt_sets_per_muscle_per_week": 6.0}), effect="t"
)
PEOPLE = st.fixed_dictionaries(
    {
        "sex": st.sampled_from(["male", "female"]),
        "age_years": st.floats(18, 94),
        "weight_kg": st.floats(50, 90),
        "height_cm": st.floats(160, 190),
        "alm_kg": st.floats(12, 32),
        "protein_g_per_kg_day": st.sampled_from([None, 0.5, 0.8, 1.2, 1.8]),
        "resistance_sessions_per_week": st.sampled_from([None, 0, 1, 3]),
        "steps_per_day": st.sampled_from([None, 1000, 5000, 9000]),
        "bed_rest_days": st.sampled_from([None, 0, 10]),
        "immobilised_limb_days": st.sampled_from([None, 5]),
        "prednisone_equivalent_mg_per_day": st.sampled_from([None, 7.5]),
        "glucocorticoid_weeks": st.sampled_from([None, 2, 200]),
        "weight_loss_percent_3_months": st.sampled_from([None, 0, 4]),
        "conditions": st.sampled_from([[], ["heart_failure"], ["metastatic_cancer"], ["diabetes_type_2"]]),
    }
)


def percent(scenario=None, week=52, weeks=52, **given):
    """Median change of the mean [percent]."""
    found = outlook(one(**given), [scenario or as_now()], weeks)
    return 100 * float(np.median(found.mean["alm_kg"][0, week]))


# ---- physiology


@pytest.mark.parametrize("sex", ["male", "female"])
def test_at_75_a_year_costs_about_a_percent(sex) -> None:
    assert -1.3 < percent(sex=sex) < -0.4


def test_what_has_settled_goes_on_quietly_and_what_is_fresh_goes_on_falling() -> None:
    taken = {"prednisone_equivalent_mg_per_day": 10}
    fresh, settled = (percent(**taken, glucocorticoid_weeks=weeks) for weeks in (0.1, 200))
    assert settled == pytest.approx(percent(), abs=0.1)
    assert fresh < settled - 1


def test_after_days_in_bed_muscle_comes_back() -> None:
    assert percent(bed_rest_days=14, week=12) > percent(week=12) + 0.5


def test_what_disuse_took_is_regained_faster() -> None:
    cast = as_now().stretches(one(immobilised_limb_days=10), 364.0)
    assert [(row.start, row.end) for row in cast] == [(0.0, 32.0), (32.0, 364.0)]
    assert [(row.exposures["cast"], row.exposures["regaining"]) for row in cast] == [(0.5, 0.0), (0.0, 1.0)]
    assert as_now().stretches(one(bed_rest_days=10), 7.0)[0].exposures["regaining"] == 1.0
    assert as_now().stretches(one(), 7.0)[0].exposures["regaining"] == 0.0


def test_in_bed_it_goes_on_falling() -> None:
    assert percent(conditions=["bed_rest"], bed_rest_days=3, week=4, weeks=4) < -2


def test_training_helps_and_helps_the_young_more() -> None:
    gains = [percent(TRAINING, age_years=age) - percent(age_years=age) for age in (30, 75)]
    assert gains[0] > gains[1] > 0.5


def test_training_is_gained_early() -> None:
    by_week = [percent(TRAINING, week=week) - percent(week=week) for week in (0, 12, 26, 52)]
    assert by_week == sorted(by_week)
    assert by_week[0] == 0
    assert by_week[1] > 0.5 * by_week[3]


def test_cancer_takes_for_as_long_as_it_was_studied_and_no_longer() -> None:
    start, half, whole = (percent(conditions=["metastatic_cancer"], week=week) for week in (8, 26, 52))
    assert half < start - 2
    assert half < percent(week=26) - 2
    assert whole == pytest.approx(half + percent(week=52) - percent(week=26), abs=0.3)


def test_bed_rest_of_unknown_length_is_no_settled_year() -> None:
    """Who has lain for an unknown time loses more, and gets back no more than a month of bed can have taken."""
    assert percent(conditions=["bed_rest"]) < percent() - 2


def test_a_broken_hip_takes_for_a_year() -> None:
    assert percent(conditions=["hip_fracture"]) < percent() - 2
    long_ago = {"name": "hip_fracture", "since": "2020-01-01"}
    assert percent(conditions=[long_ago]) == percent()


def test_losing_weight_takes_lean_mass_too() -> None:
    assert percent(weight_loss_percent_3_months=8) < percent() - 1


# ---- laws


@settings(max_examples=25)
@given(PEOPLE)
def test_bands_hold_one_another_and_training_never_lowers_the_median(given) -> None:
    who = one(**given)
    if isinstance(who, str):
        return
    found = outlook(who, [as_now(), TRAINING], 26)
    for place in (0, 1):
        course = {name: np.array(values) for name, values in found.course(place, "alm_kg").items()}
        assert all(np.isfinite(values).all() for values in course.values())
        names = ("low_90", "low_50", "high_50", "high_90")
        assert all((np.diff([course[name] for name in names], axis=0) >= 0).flatten())
        assert (course["mean_low_90"] <= course["median"]).all()
        assert (course["median"] <= course["mean_high_90"]).all()
        assert [values[0] for values in course.values()] == pytest.approx([who.muscle[0].value] * len(course))
    gain = np.median(found.mean["alm_kg"][1] - found.mean["alm_kg"][0], axis=-1)
    assert (gain > -1e-5).all()


def test_the_order_of_scenarios_does_not_matter() -> None:
    who = one()
    there, back = outlook(who, [as_now(), TRAINING], 20), outlook(who, [TRAINING, as_now()], 20)
    assert np.array_equal(there.people["alm_kg"], back.people["alm_kg"][::-1])


def test_a_change_that_changes_nothing_is_life_as_now() -> None:
    who = one(resistance_sessions_per_week=3)
    found = outlook(who, [as_now(), TRAINING, Scenario("plan", "", "plan", "")], 52)
    assert np.array_equal(found.mean["alm_kg"][0], found.mean["alm_kg"][1])
    assert np.array_equal(found.people["alm_kg"][0], found.people["alm_kg"][2])
    assert found.less_as_now(1) == ([0, 0, 0], [0, 0, 0])


def test_the_same_question_has_the_same_answer() -> None:
    draws.cache_clear()
    first = outlook(one(), [as_now()], 8).people["alm_kg"]
    draws.cache_clear()
    assert np.array_equal(first, outlook(one(), [as_now()], 8).people["alm_kg"])


@pytest.mark.parametrize("illness", [[], ["metastatic_cancer"]])
def test_cutting_time_into_stretches_changes_nothing(illness) -> None:
    who = one(bed_rest_days=10, conditions=illness)
    cut = replace(who, present=(*who.present, Lived("nothing", "nothing", lasted_days=0.0, goes_on_days=100.0)))
    assert len(as_now().stretches(cut, 364.0)) == len(as_now().stretches(who, 364.0)) + 1
    whole, pieces = (outlook(person, [as_now()], 52).mean["alm_kg"] for person in (who, cut))
    # Age is taken in the middle of a stretch, so a cut moves the rate of ageing by a hair.
    assert np.abs(whole - pieces).max() < 2e-4


def average_study(count=None):
    """The shipped draws, in a study as the average one and people without differences."""
    drawn = draws(count)
    return Draws(drawn.p, {name: np.zeros_like(drawn.z[name]) for name in Z})


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"resistance_sessions_per_week": 3},
        {"prednisone_equivalent_mg_per_day": 7.5, "glucocorticoid_weeks": 0},
        {"weight_loss_percent_6_months": 6, "protein_g_per_kg_day": None},
    ],
)
def test_a_person_without_a_past_is_answered_as_an_arm_of_such_people(given) -> None:
    who = one(**given)
    new = replace(who, present=tuple(replace(row, lasted_days=0.0) for row in who.present))
    found = outlook(new, [as_now()], 26, average_study()).mean["alm_kg"][0, -1]
    arm = who.as_arm(who.present, 182.0)
    column = {name: values[:, None] for name, values in posterior(reading()["draws"]).items()}
    asked = tabulate([replace(arm, words={**arm.words, "outcome": "alm", "outcome_unit": "pct", "method": "dxa"})])
    assert 100 * found == pytest.approx(asked.percent(column)[:, 0], abs=2e-3)


def test_people_differ_more_with_time_and_not_today() -> None:
    spread = drift_apart(draws().p, np.arange(0, 365, 7.0)[:, None])
    assert (spread[0] == 0).all()
    assert (np.diff(spread, axis=0) > 0).all()


def test_quantiles_are_those_of_numpy() -> None:
    values = np.random.default_rng(3).normal(size=(2, 3, 101))
    assert quantiles(values, (0.05, 0.5, 0.91)) == pytest.approx(np.quantile(values, (0.05, 0.5, 0.91), axis=-1))


def test_chances_below_a_line() -> None:
    found = outlook(one(), [as_now()], 52)
    value = found.person.muscle[0].value
    chances = [found.probability_below(0, value + away, day) for day in (0, -1) for away in (-9, -0.3, 0, 0.3, 9)]
    assert chances[:5] == sorted(chances[:5])
    assert chances[0] == 0
    assert chances[4] == 1
    assert chances[2] == pytest.approx(0.5)
    assert all(later >= now for now, later in zip(chances[:3], chances[5:8], strict=True))
    unknown = outlook(one(alm_kg=None, alm_method=None), [as_now()], 4)
    assert unknown.probability_below(0, 15.0) is None


def test_the_week_at_which_a_scan_can_tell() -> None:
    bed = outlook(one(conditions=["bed_rest"], bed_rest_days=0, alm_kg=24.0), [as_now()], 30)
    week = bed.exceeds_error_week(0)
    line = bed.person.muscle[0].smallest_change
    change = np.abs(24.0 * np.median(bed.mean["alm_kg"][0], axis=-1))
    assert change[week] > line >= change[week - 1]
    assert outlook(one(), [as_now()], 8).exceeds_error_week(0) is None


# ---- scenarios


def test_every_scenario_names_what_there_is() -> None:
    for row in _written()["scenarios"]:
        treatment = treatments()[row.get("treatment", row.get("with"))]
        lines = {line.rule.name for line in treatment.doses if isinstance(line.rule, Named)}
        asked = [dose["dose"] for dose in row["doses"] if "dose" in dose]
        assert set(asked) <= lines, row
        assert "dose" not in row["doses"][-1]
        assert row.get("same_effect_as", treatment.id) in treatments()
        assert {dose.get("source", "myoscope_policy") for dose in row["doses"]} <= set(bibliography())


def found_for(days=364.0, **given):
    who = one(**given)
    chosen, without = scenarios(who, steps(**given), days)
    return {row.id: row for row in chosen}, without


def test_the_plan_of_an_old_man() -> None:
    chosen, without = found_for(protein_g_per_kg_day=0.6)
    assert next(iter(chosen)) == "as_now"
    assert {"resistance_training", "protein_target", "plan"} <= set(chosen)
    assert chosen["plan"].change.at_least["rt_sets_per_muscle_per_week"] == 6
    assert chosen["plan"].change.at_least["protein_g_per_kg_day"] >= 1.0
    assert "creatine" in without
    assert "creatine_g_per_day" in chosen["plan"].change.at_least


def test_what_is_done_already_changes_nothing() -> None:
    chosen, _ = found_for(resistance_sessions_per_week=3)
    assert chosen["resistance_training"].change == Change()


def test_cortisone_is_only_ever_changed_by_the_doctor() -> None:
    taken = {"prednisone_equivalent_mg_per_day": 10, "glucocorticoid_weeks": 60, "medicines": ["prednisone"]}
    chosen, _ = found_for(**taken)
    assert chosen["steroid_sparing"].kind == chosen["steroid_stopped"].kind == "if_your_doctor"
    gain = {name: percent(chosen[name], **taken) - percent(**taken) for name in ("steroid_sparing", "steroid_stopped")}
    assert 0 < gain["steroid_sparing"] < gain["steroid_stopped"]
    assert not set(chosen["plan"].change.at_most) & {"glucocorticoid_prednisone_mg_per_day"}


def test_protein_that_is_not_known_gets_no_number() -> None:
    _, without = found_for(protein_g_per_kg_day=None)
    assert "not known" in without["protein_target"]


def test_what_goes_further_than_studies_is_marked() -> None:
    cancer = one(conditions=["metastatic_cancer"])
    assert as_now().extrapolated(cancer, 130.0) == ()
    assert as_now().extrapolated(cancer, 364.0) == ()  # it is not foretold beyond its studies
    idle = one(steps_per_day=2000)
    assert as_now().extrapolated(idle, 364.0) == ()  # what has settled and stays is no forecast of its own
    assert "14 days" in TRAINING.extrapolated(idle, 364.0)[0]
    assert "studied for at most 30" in replace(TRAINING, studied_days=30.0).extrapolated(one(), 31.0)[0]
    assert replace(TRAINING, studied_days=30.0).extrapolated(one(), 30.0) == ()


CHANGES = st.builds(
    Change,
    at_least=st.dictionaries(st.sampled_from(["a", "b"]), st.floats(0, 9), max_size=2),
    at_most=st.dictionaries(st.sampled_from(["a", "b"]), st.floats(0, 9), max_size=2),
    ends=st.frozensets(st.sampled_from(["x", "y"])),
)


@given(CHANGES, CHANGES, CHANGES, st.dictionaries(st.sampled_from(["a", "b", "c"]), st.floats(0, 9)))
def test_changes_come_together_in_any_order(one_change, other, third, doses) -> None:
    together = one_change.together(other).together(third)
    assert together == third.together(one_change).together(other)
    assert together.columns(together.columns(doses)) == together.columns(doses)
    assert one_change.together(one_change) == one_change
