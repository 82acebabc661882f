"""Laws that hold whatever the parameters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from study_arms import TRAINING, arm

from myoscope.model.body import body
from myoscope.model.constants import structure
from myoscope.model.equations import REGIONS, live, pace
from myoscope.model.exposure import exposure, phases
from myoscope.model.posterior import posterior
from myoscope.model.table import tabulate

draw = st.integers(0, 999)


def parameters(number):
    return {name: values[number] for name, values in posterior().items()}


def column():
    return {name: values[:, None] for name, values in posterior().items()}


@given(draw=draw, age=st.floats(20, 85), days=st.floats(7, 2000), sex=st.floats(0, 1))
@settings(deadline=None, max_examples=40)
def test_without_exposure_there_is_only_ageing(draw, age, days, sex):
    still = arm(age_mean_years=age, duration_days=days, female_frac=sex, outcome="smm")
    p = parameters(draw)
    rate = p["age_rate"] * np.exp(p["age_slope"] * (age + days / 730.5 - 75) / 10 + p["age_female"] * sex)
    aged = 1 - np.exp(-rate * days / 365.25)
    expected = -100 * aged * (0.5 + 0.39 + 0.11 * 0.53)
    assert tabulate([still]).percent(p)[0] == pytest.approx(expected, rel=1e-6, abs=1e-9)


@given(draw=draw, sets=st.floats(0.5, 15), more=st.floats(0.5, 10), age=st.floats(20, 85))
@settings(deadline=None, max_examples=40)
def test_more_training_never_gives_less(draw, sets, more, age):
    few, many = (
        arm(
            row_id=str(n),
            **{**TRAINING, "rt_sets_per_muscle_per_week": n},
            age_mean_years=age,
            outcome="quad_csa",
            method="mri",
        )
        for n in (sets, sets + more)
    )
    less, full = tabulate([few, many]).percent(parameters(draw))
    assert full >= less


@given(draw=draw, dose=st.floats(10, 300), more=st.floats(5, 300))
@settings(deadline=None, max_examples=40)
def test_more_androgen_never_gives_less(draw, dose, more):
    arms = [
        arm(row_id=str(mg), androgen="testosterone_enanthate", androgen_dose=mg, androgen_dose_unit="mg_per_week")
        for mg in (dose, dose + more)
    ]
    less, full = tabulate(arms).percent(parameters(draw))
    assert full >= less


@given(draw=draw, days=st.integers(5, 120), bed=st.booleans(), icu=st.booleans(), sets=st.floats(0, 15))
@settings(deadline=None, max_examples=20)
def test_the_closed_form_is_what_small_steps_give(draw, days, bed, icu, sets):
    one = arm(
        duration_days=days,
        rt_sets_per_muscle_per_week=sets,
        mobility="icu" if icu else "bed_rest" if bed else "habitual",
    )
    p, x = parameters(draw), exposure(one, body(one), float(days))
    to = pace(p, x, np)
    start = {**dict.fromkeys((*REGIONS, "aged"), 1.0), "water": 0.0, "energy": 0.0}
    end = live(start, to)
    broken = -np.log(to["left"]) / (p["turnover"] * days)
    steps = 20000
    m, w = 1.0, 0.0
    for _ in range(steps):
        m += p["turnover"] * broken * (to["thigh"] - m) * days / steps
        w += p["water_rate"] * (to["water"] - w) * days / steps
    assert end["thigh"] == pytest.approx(m, abs=2e-3)
    assert end["water"] == pytest.approx(w, abs=2e-3)


def test_two_halves_make_the_whole():
    p = parameters(7)
    whole, half = (arm(**TRAINING, duration_days=days) for days in (84, 42))
    start = {**dict.fromkeys((*REGIONS, "aged"), 1.0), "water": 0.0, "energy": 0.0}
    once = live(start, pace(p, exposure(whole, body(whole), 84.0), np))
    to = pace(p, exposure(half, body(half), 42.0), np)
    twice = live(live(start, to), to)
    for name in (*REGIONS, "water"):
        assert twice[name] == pytest.approx(once[name], rel=1e-9)


def test_a_contrast_turned_round_changes_its_sign():
    with_it = {
        "estimand": "contrast",
        **TRAINING,
        "reference_exposure": '{"rt_sessions_per_week": 0, "rt_sets_per_muscle_per_week": 0}',
    }
    turned = {
        "estimand": "contrast",
        "reference_exposure": '{"rt_sessions_per_week": 3, "rt_sets_per_muscle_per_week": 9}',
    }
    there, back = (
        tabulate([arm(row_id="a", **with_it), arm(row_id="b", **turned, rt_intensity="moderate")]).percent(column()).T
    )
    assert there == pytest.approx(-back)


def test_an_arm_is_answered_the_same_in_any_company():
    mine, other = arm(row_id="a", **TRAINING), arm(row_id="b", recovery_from="bed_rest", recovery_prior_days=30)
    alone = tabulate([mine]).percent(column())[:, 0]
    assert tabulate([other, mine]).percent(column())[:, 1] == pytest.approx(alone)


def test_every_arm_lives_three_periods():
    for past in (
        "",
        "bed_rest",
        "limb_immobilised",
        "training_stopped",
        "androgen_stopped",
        "energy_deficit",
        "illness",
    ):
        one = arm(recovery_from=past, recovery_prior_days=30)
        assert len(phases(one, body(one))) == 3


def test_the_draws_hold_every_parameter():
    assert {one["id"] for one in structure()} <= posterior().keys()
