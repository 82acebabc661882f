"""How much limb muscle is missing, against people of the same sex, age and height, and what is left unexplained.

References:
    [1] Cole TJ, Green PJ. Stat Med 1992;11:1305-19: the LMS method, in which the curve is written.
    [2] the curve: docs/norms_on_nhanes.md.

"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from typing import Any

import numpy as np

from myoscope.model.table import Array
from myoscope.norms import Norm, norms
from myoscope.norms.tables import lms_at, lms_value
from myoscope.sources import folder

STANDARD = NormalDist()
CENTIMETRES = 100.0
DAYS_A_YEAR = 365.25
FURTHEST = 3.0  # standard deviations: beyond these few people decide the curve
SAMPLES = 2000


@cache
def policy() -> dict[str, Any]:
    """knowledge/model/attribution.yaml."""
    return dict(folder("model")["model/attribution.yaml"])


@dataclass(frozen=True, slots=True)
class Expected:
    """Appendicular lean mass of people of one sex, age and height by the LMS method [1].

    Attributes:
        power: L.
        median: M times the height squared [kg].
        variation: S, coefficient of variation.

    """

    power: float
    median: float
    variation: float

    def at(self, z: float) -> float:
        """The mass at this many standard deviations from the median [kg]."""
        return lms_value(max(-FURTHEST, min(FURTHEST, z)), self.power, self.median, self.variation)

    @property
    def spread(self) -> float:
        """Standard deviation between people, about the median [kg]."""
        return self.median * self.variation


@dataclass(frozen=True, slots=True)
class Gap:
    """What is measured against what is expected [kg].

    Attributes:
        measured: appendicular lean mass.
        error: its standard error.
        now: people of the same age.
        young: people of the young age.
        curve_error: standard error of the curve's median [standard deviations between people].

    """

    measured: float
    error: float
    now: Expected
    young: Expected
    curve_error: float

    @property
    def below_expected(self) -> float:
        """Expected at this age less measured."""
        return self.now.median - self.measured

    @property
    def ageing(self) -> float:
        """Expected when young less expected now."""
        return self.young.median - self.now.median

    @property
    def ageing_error(self) -> float:
        """Standard error of `ageing`, from the curve."""
        return self.curve_error * float(np.hypot(self.now.spread, self.young.spread))

    @property
    def below_young(self) -> float:
        """Expected when young less measured: ageing and what is below the expected of this age."""
        return self.ageing + self.below_expected


def curve() -> Norm:
    """The reference curve of ALM/height² by sex and age [2]."""
    return norms()[policy()["expected"]["norm"]["value"]]


def gap(*, alm_kg: float, error_kg: float, sex: str, age_years: float, height_cm: float) -> Gap | None:
    """How far a person lies below people like them; None where the curve has no row for them.

    Args:
        alm_kg: measured or estimated appendicular lean mass.
        error_kg: its standard error.
        sex: 'female' or 'male'.
        age_years: age.
        height_cm: height.

    """
    fixed = policy()["expected"]
    norm, young_years = curve(), float(fixed["young_years"]["value"])
    if age_years < (norm.ages.low or 0.0):
        return None
    rows = [row for row in norm.rows if row[norm.columns["sex"]] == sex]
    if not rows:
        return None
    squared = (height_cm / CENTIMETRES) ** 2

    def expected(age: float) -> Expected:
        power, median, variation = lms_at(norm, rows, age)
        return Expected(power, median * squared, variation)

    now = expected(age_years)
    young = expected(young_years) if age_years > young_years else now
    return Gap(alm_kg, error_kg, now, young, float(fixed["curve_error_sd"]["value"]))


def unexplained(of: Gap, explained: Array | None, seed: int) -> Array:
    """What is left of the gap at this age once the causes are counted, as draws [kg].

    The draws hold the spread between people (nobody knows where this person would lie without the causes), the error
    of measurement and what is not known of the shares.

    Args:
        of: the gap.
        explained: draws of what the causes explain together [kg]; None where there is none.
        seed: of the order in which the three are put together.

    """
    random = np.random.default_rng(seed)
    steps = (np.arange(SAMPLES) + 0.5) / SAMPLES
    normal = np.array([STANDARD.inv_cdf(float(step)) for step in steps])
    usual = np.array([of.now.at(float(z)) for z in normal])
    measured = of.measured + of.error * random.permutation(normal)
    shares = np.resize(explained, SAMPLES) if explained is not None else np.zeros(SAMPLES)
    left: Array = random.permutation(usual) - measured - shares
    return left


def interval(draws: Array) -> tuple[float, float, float]:
    """Median, low and high of draws, at the level of knowledge/model/attribution.yaml."""
    tail = (1 - policy()["interval_percent"] / 100) / 2
    low, middle, high = np.quantile(draws, [tail, 0.5, 1 - tail])
    return float(middle), float(low), float(high)


def normal_interval(mean: float, sd: float) -> tuple[float, float, float]:
    """The same of a normal distribution."""
    z = STANDARD.inv_cdf((1 + policy()["interval_percent"] / 100) / 2)
    return mean, mean - z * sd, mean + z * sd
