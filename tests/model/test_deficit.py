"""What is missing against people of the same sex, age and height."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.model.deficit import curve, gap, interval, normal_interval, unexplained
from myoscope.sources.files import ROOT

pytestmark = pytest.mark.slow


def row(sex, age):
    with (ROOT / "norms/nhanes_almi_2003.csv").open(encoding="utf-8") as handle:
        return next(one for one in csv.DictReader(handle) if one["sex"] == sex and one["age_years"] == str(age))


def person(**changes):
    return gap(**{"alm_kg": 18.0, "error_kg": 0.45, "sex": "male", "age_years": 75.4, "height_cm": 175.0, **changes})


def test_the_numbers_of_a_man_of_75_follow_from_the_rows_of_the_curve():
    # M of 75 and of 25, times 1.75 m squared
    now, young = float(row("male", 75)["M"]) * 3.0625, float(row("male", 25)["M"]) * 3.0625
    found = person()
    assert found.now.median == pytest.approx(now)
    assert found.below_expected == pytest.approx(now - 18.0)
    assert found.ageing == pytest.approx(young - now)
    assert found.now.spread == pytest.approx(now * float(row("male", 75)["S"]))


@given(
    sex=st.sampled_from(["female", "male"]),
    age=st.floats(18, 99),
    height=st.floats(140, 210),
    mass=st.floats(8, 40),
)
def test_ageing_and_what_lies_below_the_expected_make_up_the_gap_to_the_young(sex, age, height, mass):
    found = person(sex=sex, age_years=age, height_cm=height, alm_kg=mass)
    assert found.below_young == pytest.approx(found.young.median - mass)
    assert found.ageing + found.below_expected == pytest.approx(found.below_young)


@pytest.mark.parametrize("age", [18, 24.9, 25])
def test_until_the_young_age_nothing_is_put_down_to_ageing(age):
    assert person(age_years=age).ageing == 0


def test_a_child_has_no_expected_mass():
    assert person(age_years=17.9) is None
    assert person(age_years=18.0) is not None


def test_a_taller_person_is_expected_to_have_more():
    assert person(height_cm=190).now.median == pytest.approx(person(height_cm=175).now.median * (190 / 175) ** 2)


def test_people_of_middle_age_may_have_more_than_the_young_and_it_is_said_as_it_is():
    assert person(sex="female", age_years=42).ageing < 0


def test_one_curve_serves_every_age():
    # between two curves lie a scanner and ten years
    assert curve().ages.low == 18
    assert curve().ages.high is None

    found = person()
    rest = unexplained(found, None, seed=1)
    expected = np.hypot(found.now.spread, found.error)
    assert np.median(rest) == pytest.approx(found.below_expected, abs=0.15)
    assert rest.std() == pytest.approx(expected, rel=0.1)


@given(share=st.floats(0, 5))
def test_what_is_explained_is_taken_off_the_rest(share):
    found = person()
    without, less = (unexplained(found, one, seed=1) for one in (None, np.array([share])))
    assert without - less == pytest.approx(np.full(len(without), share))


def test_a_surer_share_leaves_a_narrower_rest():
    found = person()
    random = np.random.default_rng(2)
    narrow, broad = (unexplained(found, 1 + width * random.standard_normal(400), seed=1) for width in (0.1, 3))
    assert narrow.std() < broad.std()


def test_the_interval_of_a_normal_distribution_holds_nine_in_ten():
    # 1.645 standard deviations either way
    middle, low, high = normal_interval(2.0, 1.0)
    assert (middle, low, high) == pytest.approx((2.0, 0.355, 3.645), abs=0.001)
    draws = 2 + np.random.default_rng(1).standard_normal(100_000)
    assert interval(draws) == pytest.approx((middle, low, high), abs=0.03)
