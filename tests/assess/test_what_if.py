"""The laws of what-if: nothing on is life as now, everything as planned is the plan, refusals are those of the forecast."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoscope.assess import assess
from myoscope.assess.what_if import Wish, switches, what_if
from myoscope.record import parse_record
from myoscope.sources import folder

pytestmark = pytest.mark.slow

TODAY = dt.date(2026, 11, 23)
WOMAN = {
    "sex": "female",
    "age_years": 80,
    "height_cm": 158,
    "weight_kg": 55,
    "alm_kg": 12.5,
    "alm_method": "dxa_hologic",
    "protein_g_per_kg_day": 0.6,
    "resistance_sessions_per_week": 0,
    "steps_per_day": 2500,
}


def record(**given):
    told = {name: value for name, value in {**WOMAN, **given}.items() if value is not None}
    return parse_record(told, "a test", today=TODAY)


def chosen(found=None, wish=None, **more):
    what, problems = what_if(found or record(), wish, today=TODAY, **more)
    assert problems == []
    return what


def whole(what):
    return next(one for one in what.forecast.scenarios if one.id == "plan")


def on(*names, **doses):
    return Wish(frozenset(names), {tuple(name.split("__")): value for name, value in doses.items()})


def everything(what):
    return Wish(frozenset(one.id for one in what.switches), {})


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"age_years": 70, "sex": "male", "alm_kg": 22.0, "weight_kg": 78, "height_cm": 176},
        {"alm_kg": None, "alm_method": None},
        {"protein_g_per_kg_day": None},
        {"weight_kg": 95},
        {"resistance_sessions_per_week": 3},
    ],
)
def test_as_the_plan_says_is_the_plan_and_all_on_is_the_plan_with_what_is_referred(given):
    found = record(**given)
    foretold = {one.kind: one for one in assess(found, today=TODAY).forecast.scenarios}
    as_planned = chosen(found)
    assert whole(as_planned).courses == foretold["plan"].courses
    assert whole(as_planned).lines == foretold["plan"].lines
    if "plan_and_referred" in foretold:
        assert whole(chosen(found, everything(as_planned))).courses == foretold["plan_and_referred"].courses


@pytest.mark.parametrize("given", [{}, {"weight_kg": 95}, {"alm_kg": None, "alm_method": None}])
def test_nothing_on_is_life_as_now(given):
    what = chosen(record(**given), on())
    assert [one.id for one in what.forecast.scenarios] == ["as_now", "plan"]
    assert whole(what).courses == what.forecast.scenarios[0].courses
    assert whole(what).difference_kg.low == whole(what).difference_kg.high == 0
    assert what.forecast.most_worth == []


def test_one_part_alone_is_that_treatment_of_the_forecast():
    found = record()
    alone = next(o for o in assess(found, today=TODAY).forecast.scenarios if o.id == "resistance_training")
    assert whole(chosen(found, on("resistance_training"))).courses == alone.courses


def test_a_dose_as_planned_changes_nothing_and_another_one_does():
    planned = chosen(wish=on("resistance_training"))
    (dose,) = next(one for one in planned.switches if one.id == "resistance_training").doses
    same = chosen(wish=on("resistance_training", resistance_training__rt_sessions_per_week=dose.planned))
    more = chosen(wish=on("resistance_training", resistance_training__rt_sessions_per_week=dose.planned + 1))
    assert whole(same).courses == whole(planned).courses
    assert whole(more).difference_kg.median > whole(planned).difference_kg.median
    alone = next(one for one in more.forecast.scenarios if one.id == "resistance_training")
    assert alone.says == f"Strength training, {dose.planned + 1:g} strength sessions a week"


@settings(max_examples=12, deadline=None)
@given(st.floats(0.8, 1.2), st.floats(0.8, 1.2))
def test_more_protein_below_the_need_never_costs_muscle(one_dose, other):
    less, more = sorted([one_dose, other])
    gains = [
        whole(chosen(wish=on("protein_target", protein_target__protein_g_per_kg_day=dose))).difference_kg.median
        for dose in (less, more)
    ]
    assert gains[0] <= gains[1] + 1e-3


def test_protein_goes_no_higher_than_the_persons_own_target():
    (dose,) = next(one for one in chosen().switches if one.id == "protein_target").doses
    assert (dose.planned, dose.highest) == (1.0, 1.2)  # from 65 years: 1.0-1.2 g/kg (treatments/protein_target.yaml)
    weak = switches(record(conditions=["ckd"]), today=TODAY)
    assert all(one.doses == [] for one in weak.switches if one.id == "protein_target")  # 0.8 and no other number


@pytest.mark.parametrize("sessions", [0, 0.99, 4.01, 1e9, float("nan")])
def test_a_dose_beyond_its_ends_is_refused_with_the_ends(sessions):
    what, problems = what_if(
        record(), on("resistance_training", resistance_training__rt_sessions_per_week=sessions), today=TODAY
    )
    assert what.forecast is None
    assert what.switches
    assert [one.where for one in problems] == ["resistance_training.rt_sessions_per_week"]
    assert problems[0].attempt == "Choose from 1 to 4"


@pytest.mark.parametrize("sessions", [1, 4])
def test_the_ends_themselves_are_answered(sessions):
    what = chosen(wish=on("resistance_training", resistance_training__rt_sessions_per_week=sessions))
    assert what.forecast.status == "answered"


def test_a_dose_of_what_is_switched_off_is_not_read():
    assert chosen(wish=on("protein_target", resistance_training__rt_sessions_per_week=99)).forecast is not None


def test_an_unknown_part_is_left_aside():
    assert whole(chosen(wish=on("moon_dust"))).difference_kg.median == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"age_years": 16}, "18"),
        ({"conditions": ["pregnancy"]}, "regnan"),
        ({"weight_6_months_ago_kg": 64, "intended_weight_loss": "no"}, "No treatment is shown"),
        ({"deceased": True}, "died"),
    ],
)
def test_the_refusals_are_those_of_the_forecast(given, words):
    what, problems = what_if(record(**given), None, today=TODAY)
    assert problems == []
    assert what.switches == []
    assert what.forecast is None
    assert words in what.reason


def test_what_waits_for_another_part_acts_with_it():
    trained = whole(chosen(wish=on("resistance_training")))
    with_creatine = chosen(wish=on("resistance_training", "creatine"))
    assert whole(with_creatine).difference_kg.median > trained.difference_kg.median
    assert [one.id for one in with_creatine.forecast.without_number] == ["creatine"]


def test_every_dose_that_may_be_turned_belongs_to_a_scenario_that_sets_it():
    scenarios = {
        row["treatment"]: row for row in folder("model")["model/scenarios.yaml"]["scenarios"] if "treatment" in row
    }
    limits = folder("model")["model/constants.yaml"]["limits"]
    for row in folder("model")["model/what_if.yaml"]["doses"]:
        known = scenarios[row["treatment"]]
        doses = known["doses"]
        sets = "protein_of" in known or any(
            row["column"] in {**dose.get("at_least", {}), **dose.get("raises", {})} for dose in doses
        )
        assert sets, row
        low, high = limits[row["column"]]
        assert low <= row["lowest"] / row.get("per", 1) < row["highest"] / row.get("per", 1) <= high
