"""What a physiologist would check first, on the medians of the shipped draws."""

from __future__ import annotations

import numpy as np
import pytest
from study_arms import TRAINING, arm

from myoscope.model.posterior import posterior
from myoscope.model.table import tabulate

OLD = {"age_mean_years": 75, "duration_days": 365.25}
ADULT = {"age_mean_years": 40}


def change(**columns):
    """Median change [percent of baseline]."""
    column = {name: values[:, None] for name, values in posterior().items()}
    return float(np.median(tabulate([arm(**columns)]).percent(column)))


@pytest.mark.parametrize("sex", [0.0, 1.0])
def test_at_75_muscle_shrinks_by_about_a_percent_a_year(sex):
    assert -1.3 < change(**OLD, female_frac=sex, outcome="smm") < -0.5


def test_at_25_ageing_is_hardly_seen():
    assert -0.4 < change(age_mean_years=25, duration_days=365.25, outcome="smm") <= 0


@pytest.mark.parametrize("outcome", ["leg_lean", "quad_volume"])
def test_bed_rest_takes_more_from_the_old(outcome):
    bed = {"mobility": "bed_rest", "duration_days": 10, "outcome": outcome}
    assert change(age_mean_years=70, **bed) < change(age_mean_years=25, **bed) < 0


def test_dxa_loses_early_in_bed_and_calf_mri_almost_evenly():
    def share_by_day_10(outcome, method):
        bed = {"mobility": "bed_rest", "outcome": outcome, "method": method}
        return change(duration_days=10, **bed) / change(duration_days=60, **bed)

    assert share_by_day_10("total_lean", "dxa") > 1.3 * 10 / 60
    assert share_by_day_10("calf", "mri") < 1.6 * 10 / 60
    assert share_by_day_10("total_lean", "dxa") > 1.15 * share_by_day_10("calf", "mri")


def test_the_calf_loses_most_in_bed_and_the_arms_least():
    calf, thigh, upper = (
        change(mobility="bed_rest", duration_days=30, outcome=outcome, method="mri")
        for outcome in ("calf", "quad_csa", "psoas")
    )
    assert calf < thigh < upper < 0


def test_muscle_comes_back_after_bed_rest():
    back = change(recovery_from="bed_rest", recovery_prior_days=14, outcome="quad_csa", method="mri", duration_days=60)
    gone = change(mobility="bed_rest", duration_days=14, outcome="quad_csa", method="mri")
    assert -0.5 * gone < back


def test_training_in_bed_protects():
    bed = {"mobility": "bed_rest", "duration_days": 60, "outcome": "quad_csa", "method": "mri"}
    assert change(**bed, **TRAINING) > 0.6 * change(**bed)


def test_stopping_gives_the_gain_back_and_training_again_regains_it_faster():
    first = change(**TRAINING, outcome="smm", method="mri")
    stopped = change(recovery_from="training_stopped", recovery_prior_days=84, outcome="smm", method="mri")
    again = change(
        **TRAINING,
        recovery_from="training_stopped",
        recovery_prior_days=42,
        outcome="smm",
        method="mri",
        duration_days=42,
    )
    start = change(**TRAINING, outcome="smm", method="mri", duration_days=42)
    assert stopped < -0.3 * first
    assert again > 0
    # Of the way to the same level, more is gone in the same time: the second start stands higher.
    level = change(**TRAINING, outcome="smm", method="mri", duration_days=1500)
    left = level - (
        first
        + change(
            recovery_from="training_stopped", recovery_prior_days=84, duration_days=42, outcome="smm", method="mri"
        )
    )
    assert again / left > start / level


def test_training_gains_flatten_within_months():
    gains = [change(**TRAINING, duration_days=days, outcome="smm") for days in (42, 84, 168, 336)]
    assert gains == sorted(gains)
    assert gains[1] - gains[0] > gains[3] - gains[2]
    assert gains[3] < 2.5 * gains[1]


def test_the_old_gain_about_half_of_the_young():
    young, old = (change(**TRAINING, age_mean_years=age, outcome="smm") for age in (22, 75))
    assert 0.25 < old / young < 0.75


def test_more_sets_give_more_with_diminishing_return():
    three, nine, fifteen = (change(**{**TRAINING, "rt_sets_per_muscle_per_week": sets}) for sets in (3, 9, 15))
    assert 0 < three < nine < fifteen
    assert fifteen - nine < nine - three


def test_a_deficit_of_500_kcal_cancels_most_of_the_gain_and_protein_rescues_part():
    lean = {**TRAINING, "weight_kg": 80, "energy_balance_kcal_per_day": -500, "weight_loss_method": "diet"}
    gain = change(**TRAINING, weight_kg=80)
    starved, fed = (change(**lean, protein_g_per_kg_day=protein) for protein in (0.8, 1.6))
    assert starved < 0.4 * gain
    assert starved < fed < gain


def test_training_spares_lean_mass_in_weight_loss():
    slimming = {
        "weight_kg": 100,
        "condition": "obese",
        "weight_change_kg": -8,
        "weight_loss_method": "diet",
        "duration_days": 180,
    }
    assert change(**slimming, **TRAINING) > 0.6 * change(**slimming)


def test_lean_people_lose_a_larger_share_as_lean_mass():
    per_kg = {
        "outcome_unit": "kg_per_kg_lost",
        "estimand": "lean_fraction",
        "weight_loss_method": "diet",
        "duration_days": 180,
    }
    column = {name: values[:, None] for name, values in posterior().items()}
    table = tabulate(
        [arm(row_id="a", weight_kg=75, **per_kg), arm(row_id="b", weight_kg=120, condition="obese", **per_kg)]
    )
    lean, obese = np.median(table.percent(column), axis=0) * table.scale
    assert lean < obese < 0


def test_androgens_act_by_dose_and_add_to_training():
    doses = [25, 50, 125, 300, 600]
    given = {"androgen": "testosterone_enanthate", "androgen_dose_unit": "mg_per_week", "duration_days": 140}
    gains = [change(**given, androgen_dose=dose) for dose in doses]
    assert gains == sorted(gains)
    assert change(**given, **TRAINING, androgen_dose=600) > max(gains[-1], change(**TRAINING, duration_days=140))


def test_castrate_level_costs_two_to_four_percent_in_the_first_year_and_less_later():
    first = change(age_mean_years=70, duration_days=365, androgen_deprivation=1)
    later = change(age_mean_years=71, duration_days=365, androgen_deprivation=1, androgen_deprivation_months_before=12)
    assert -4.0 < first < -1.5
    assert first < later < 0


def test_water_is_not_muscle():
    quick = {**TRAINING, "duration_days": 10, "outcome": "smm"}
    assert change(**quick, method="dxa") > 1.5 * change(**quick, method="mri")
    assert change(creatine_g_per_day=5, duration_days=14, method="dxa") > 0.5
    assert change(creatine_g_per_day=5, duration_days=14, outcome="quad_csa", method="mri") < 0.2


def test_critical_illness_is_the_fastest_loss():
    week = {"duration_days": 7, "outcome": "quad_csa", "method": "ultrasound", "age_mean_years": 60}
    ill = change(mobility="icu", condition="critical_illness", **week)
    assert -18 < ill < -7
    assert ill < change(mobility="bed_rest", **week)
