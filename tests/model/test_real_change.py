"""The filter against the normal distribution it must equal, and the three answers at their boundaries."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoscope.model.real_change import (
    KNOWN_NOTHING,
    Trend,
    answer,
    follow,
    probability_of_change,
    smallest_detectable_change,
    update,
)

AGAIN = {"least_weeks": 4, "most_weeks": 52}


def by_hand(weeks, values, error, wander, prior):
    """The same posterior from one normal distribution of all unknowns, by its precisions (none for the first value)."""
    n = len(values)
    steps = np.diff(weeks)
    # unknowns: value at the first measure, trend, and what the value strays in each interval
    precision = np.diag([0.0, prior.sd**-2, *(1 / (wander**2 * steps))])
    pull = np.array([0.0, prior.mean * prior.sd**-2, *np.zeros(n - 1)])
    seen = np.array(
        [
            [1.0, week - weeks[0], *(1.0 if k < number else 0.0 for k in range(n - 1))]
            for number, week in enumerate(weeks)
        ]
    )
    left = np.linalg.inv(precision + seen.T @ seen / error**2)
    posterior = left @ (pull + seen.T @ np.asarray(values) / error**2)
    return posterior, left, seen[-1] - seen[0]


@given(
    values=st.lists(st.floats(10, 30), min_size=2, max_size=6),
    gaps=st.lists(st.floats(0.2, 60), min_size=5, max_size=5),
    error=st.floats(0.1, 3),
    wander=st.floats(0.02, 0.5),
    mean=st.floats(-0.1, 0.1),
    sd=st.floats(0.01, 0.5),
)
@settings(max_examples=60, deadline=None)
def test_the_filter_equals_the_normal_distribution_written_out(values, gaps, error, wander, mean, sd):
    weeks = [0.0, *np.cumsum(gaps)][: len(values)]
    prior = Trend(mean, sd)
    found = follow(weeks, values, error, wander, prior)
    posterior, left, contrast = by_hand(weeks, values, error, wander, prior)
    assert found.change.mean == pytest.approx(contrast @ posterior, abs=1e-6)
    assert found.change.sd == pytest.approx(math.sqrt(contrast @ left @ contrast), rel=1e-6)
    assert found.trend.mean == pytest.approx(posterior[1], abs=1e-6)
    assert found.trend.sd == pytest.approx(math.sqrt(left[1, 1]), rel=1e-6)


def test_two_measures_give_their_difference_and_twice_the_variance():
    found = follow([0, 26], [21.0, 19.5], error=0.45, wander=0.1, prior=None)
    assert found.change.mean == pytest.approx(-1.5, rel=1e-4)
    assert found.change.sd == pytest.approx(math.sqrt(2) * 0.45, rel=1e-4)
    assert found.trend.mean == pytest.approx(-1.5 / 26, rel=1e-4)


def test_nothing_known_of_a_trend_hardly_pulls():
    assert KNOWN_NOTHING >= 1e3


def test_the_smallest_detectable_change_is_the_printed_formula():
    # 1.96 x sqrt(2) x 1 kg = 2.77 kg
    assert smallest_detectable_change(1.0) == pytest.approx(2.77, abs=0.005)


@pytest.mark.parametrize(("share", "expected"), [(1.001, "real_change"), (0.999, "measure_again")])
@pytest.mark.parametrize("sign", [1, -1])
def test_just_above_and_just_below_the_smallest_detectable_change(share, expected, sign):
    limit = smallest_detectable_change(0.5)
    course = follow([0, 20], [20.0, 20.0 + sign * share * limit], 0.5, 0.05, None)
    assert answer(course, course.trend, 0.5, AGAIN)[0] == expected


def test_no_trend_means_within_error():
    course = follow([0, 20], [20.0, 20.0], 0.5, 0.05, None)
    assert answer(course, Trend(0.0, 0.1), 0.5, AGAIN) == ("within_error", None)


def test_the_weeks_to_wait_are_what_the_trend_still_lacks():
    # smallest detectable change 1.386 kg, 0.4 lost so far, 0.1 kg a week expected: 0.986 / 0.1 = 9.9 weeks
    course = follow([0, 10], [20.0, 19.6], 0.5, 0.0, None)
    assert answer(course, Trend(-0.1, 0.0), 0.5, AGAIN) == ("measure_again", 10)


@pytest.mark.parametrize(("most", "expected"), [(9.8, "within_error"), (9.9, "measure_again")])
def test_waiting_too_long_is_no_answer(most, expected):
    course = follow([0, 10], [20.0, 19.6], 0.5, 0.0, None)
    assert answer(course, Trend(-0.1, 0.0), 0.5, {"least_weeks": 1, "most_weeks": most})[0] == expected


def test_never_sooner_than_the_least_wait():
    course = follow([0, 10], [20.0, 18.7], 0.5, 0.0, None)
    assert answer(course, Trend(-0.2, 0.0), 0.5, AGAIN) == ("measure_again", 4)


def test_two_measures_of_one_day_are_no_change():
    course = follow([0, 0], [20.0, 26.0], 0.5, 0.1, None)
    assert course.change.mean == pytest.approx(0, abs=1e-9)
    assert course.level.mean == pytest.approx(23.0)
    assert answer(course, course.trend, 0.5, AGAIN) == ("within_error", None)


def test_more_measures_make_surer():
    two = follow([0, 4], [20.0, 19.0], 0.5, 0.05, None)
    four = follow([0, 0, 4, 4], [20.0, 20.0, 19.0, 19.0], 0.5, 0.05, None)
    assert four.change.sd < two.change.sd
    assert probability_of_change(four.change) > probability_of_change(two.change)


@given(change=st.floats(-5, 5), sd=st.floats(0.1, 5))
def test_a_probability_of_change_lies_between_a_half_and_one(change, sd):
    assert 0.5 <= probability_of_change(Trend(change, sd)) <= 1


@pytest.mark.parametrize(
    ("weeks", "values", "error"),
    [([], [], 1.0), ([1, 0], [1.0, 2.0], 1.0), ([0, 1], [1.0, 2.0], 0.0), ([0], [1.0, 2.0], 1.0)],
)
def test_a_series_that_cannot_be_followed_is_refused(weeks, values, error):
    with pytest.raises(ValueError, match="in order of time"):
        follow(weeks, values, error, 0.1, None)


def test_updated_courses_have_the_conditional_mean_and_spread_of_the_normal():
    random = np.random.default_rng(1)
    truth = np.array([[1.0, 0.6, 0.2], [0.6, 1.0, 0.5], [0.2, 0.5, 2.0]])
    courses = random.multivariate_normal([0.0, -1.0, -2.0], truth, size=40_000)
    found = update(courses, at=[1], observed=[0.5], error=[0.7], seed=3)
    gain = truth[:, 1] / (truth[1, 1] + 0.49)
    assert found.mean(axis=0) == pytest.approx(np.array([0.0, -1.0, -2.0]) + gain * 1.5, abs=0.03)
    left = truth - np.outer(gain, truth[1])
    assert np.cov(found.T) == pytest.approx(left, abs=0.03)


def test_a_measure_with_a_huge_error_changes_nothing():
    courses = np.random.default_rng(1).normal(size=(500, 4))
    assert update(courses, [3], [5.0], [1e6], 1) == pytest.approx(courses, abs=0.02)
