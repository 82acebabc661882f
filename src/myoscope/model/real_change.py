"""Did it really change? An exact filter for repeated measures of one thing by one method.

The true value moves by a steady trend and wanders beside it; each measure sees it with the method's own error. All
of it is linear and Gaussian, so the Kalman filter gives the exact answer.

References:
    [1] Kalman RE. J Basic Eng 1960;82:35-45: the filter.
    [2] smallest detectable change at 95 %: 1.96 times the square root of 2 times the standard error of measurement.

"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Literal

import numpy as np

from myoscope.model.table import Array

STANDARD = NormalDist()
TWO_SIDED_95 = STANDARD.inv_cdf(0.975)
WEEKS_A_YEAR = 365.25 / 7
TWO_SIDED_90 = STANDARD.inv_cdf(0.95)
KNOWN_NOTHING = 1e4  # spread of a trend nobody knows, in errors of measurement over the whole series
Answer = Literal["real_change", "within_error", "measure_again"]


@dataclass(frozen=True, slots=True)
class Trend:
    """What is held of a trend [unit a week]: mean and standard deviation."""

    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class Course:
    """What the filter makes of one series.

    Attributes:
        level: the true value at the last measure [unit], mean and standard deviation.
        change: true value at the last measure less that at the first [unit], mean and standard deviation.
        trend: the steady part of the change [unit a week].
        weeks: from the first measure to the last.

    """

    level: Trend
    change: Trend
    trend: Trend
    weeks: float


def smallest_detectable_change(error: float) -> float:
    """The smallest difference of two measures that is more than chance at 95 % [unit of the error] [2]."""
    return TWO_SIDED_95 * math.sqrt(2) * error


def follow(weeks: Sequence[float], values: Sequence[float], error: float, wander: float, prior: Trend | None) -> Course:
    """Filter a series.

    Args:
        weeks: time of each measure since the first [weeks], in order.
        values: what was measured [unit].
        error: standard error of measurement [unit].
        wander: standard deviation by which the true value strays from its trend in a week [unit / root week].
        prior: what is held of the trend before the series; None for nothing.

    Raises:
        ValueError: no measures, measures out of order, or an error that is not above zero.

    """
    if not values or len(values) != len(weeks) or not error > 0 or list(weeks) != sorted(weeks):
        raise ValueError("a series needs measures in order of time, and an error above zero")
    span = max(weeks[-1] - weeks[0], 1.0)
    trend = prior or Trend(0.0, KNOWN_NOTHING * error / span)
    # State: true value now, trend, true value at the first measure. Nothing was known of the value before the first.
    state = np.array([values[0], trend.mean, values[0]])
    spread = np.diag([error**2, trend.sd**2, error**2])
    spread[0, 2] = spread[2, 0] = error**2
    for number in range(1, len(values)):
        step = weeks[number] - weeks[number - 1]
        state, spread = _later(state, spread, step, wander)
        state, spread = _measured(state, spread, values[number], error)
    contrast = np.array([1.0, 0.0, -1.0])
    return Course(
        level=Trend(float(state[0]), math.sqrt(spread[0, 0])),
        change=Trend(float(contrast @ state), math.sqrt(max(float(contrast @ spread @ contrast), 0.0))),
        trend=Trend(float(state[1]), math.sqrt(spread[1, 1])),
        weeks=weeks[-1] - weeks[0],
    )


def _later(state: Array, spread: Array, weeks: float, wander: float) -> tuple[Array, Array]:
    move = np.array([[1.0, weeks, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    return move @ state, move @ spread @ move.T + np.diag([wander**2 * weeks, 0.0, 0.0])


def _measured(state: Array, spread: Array, value: float, error: float) -> tuple[Array, Array]:
    gain = spread[:, 0] / (spread[0, 0] + error**2)
    kept = np.eye(3)
    kept[:, 0] -= gain
    # Joseph's form keeps the matrix symmetric and positive whatever the rounding.
    return state + gain * (value - state[0]), kept @ spread @ kept.T + error**2 * np.outer(gain, gain)


def probability_of_change(change: Trend) -> float:
    """How sure it is that the true value moved the way it seems to have moved (0.5 to 1)."""
    if change.sd == 0:
        return 1.0 if change.mean else 0.5
    return STANDARD.cdf(abs(change.mean) / change.sd)


def answer(course: Course, expected: Trend, error: float, again: dict[str, float]) -> tuple[Answer, int | None]:
    """One of the three answers, and the weeks to wait before measuring again.

    A change is real where the 95 % interval of the measured change leaves out zero. Else it is worth measuring again
    once the change to be expected since the first measure is larger than the smallest detectable one, if that comes
    soon enough.

    Args:
        course: from the measures alone: what a model expects must not make a change real.
        expected: the trend to be expected from now on [unit a week].
        error: standard error of measurement [unit].
        again: `least_weeks` and `most_weeks` of waiting.

    """
    if abs(course.change.mean) >= TWO_SIDED_95 * course.change.sd and course.weeks > 0:
        return "real_change", None
    limit = smallest_detectable_change(error)
    if expected.mean == 0 or not course.weeks:
        return "within_error", None
    toward = math.copysign(1.0, expected.mean)
    still = max(limit - toward * course.change.mean, 0.0) / abs(expected.mean)
    if still > again["most_weeks"]:
        return "within_error", None
    return "measure_again", math.ceil(max(still, again["least_weeks"]))


def update(ensemble: Array, at: Sequence[int], observed: Sequence[float], error: Sequence[float], seed: int) -> Array:
    """A forecast's possible courses, after measures of the person: the exact update where the courses are Gaussian.

    Every course moves by what it shares with the measured points (the Kalman gain of the ensemble's own covariance),
    each against measures blurred by their error, so that the spread comes out right.

    Args:
        ensemble: possible true courses, draws by times [unit].
        at: for each measure the column of its time.
        observed: what was measured [unit].
        error: standard error of each measure [unit].
        seed: of the blur.

    Returns:
        courses of the same shape.

    """
    columns = ensemble[:, list(at)]
    noise = np.diag(np.square(np.asarray(error, dtype=float)))
    centred, seen = ensemble - ensemble.mean(axis=0), columns - columns.mean(axis=0)
    together = centred.T @ seen / (len(ensemble) - 1)
    gain = np.linalg.solve((seen.T @ seen / (len(ensemble) - 1) + noise).T, together.T).T
    random: Any = np.random.default_rng(seed)
    blur = random.standard_normal(columns.shape) * np.asarray(error, dtype=float)
    blur -= blur.mean(axis=0)
    updated: Array = ensemble + (np.asarray(observed, dtype=float) + blur - columns) @ gain.T
    return updated
