"""Proportions and agreement in a sample: with a survey design if there is one, as a simple sample if there is none.

With a design (weights, strata, clusters) the variance is Taylor-linearised over the first-stage units (PSUs), taken as
drawn with replacement. Only sums per stratum and PSU are needed, so a table of any length can be streamed. A domain
(women of 70-79) is not cut out of the sample: PSUs without a member count with a sum of zero.

Intervals: Korn and Graubard's [1]_ with a design, the way the US National Center for Health Statistics (NCHS) asks
for it [2]_; Wilson's [3]_ without one. What NCHS would not print is kept and flagged.

References:
    .. [1] Korn EL, Graubard BI. Surv Methodol 1998;24:193-201. The exact binomial interval with the effective sample
       size; its adjustment by the degrees of freedom as CDC's own R package surveytable computes it.
    .. [2] Parker JD, et al. Vital Health Stat 2(175), 2017. The criteria as CDC's surveytable applies them.
    .. [3] Wilson EB. J Am Stat Assoc 1927;22:209-212.

"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Numbers = NDArray[np.float64]

WEIGHT, STRATUM, CLUSTER = "survey__weight", "survey__stratum", "survey__cluster"

# The NCHS presentation standard for proportions: Series 2, no. 175 (2017), read as CDC's surveytable applies it.
FEWEST = 30
"""People, or effective people, below which a proportion is not presented."""
NARROW, WIDE, RELATIVE = 0.05, 0.30, 1.30
"""Interval width that always passes, that never passes, and the width in between as a share of the proportion."""
FEWEST_DF = 8
"""Degrees of freedom below which a statistician should look at it."""

TOO_FEW = "fewer than 30 people, or an effective sample below 30"
TOO_WIDE = "interval too wide"
COMPLEMENT = "interval too wide for the share without it"
FEW_UNITS = "fewer than 8 degrees of freedom"
NONE_OR_ALL = "nobody or everybody"
UNRELIABLE = (TOO_FEW, TOO_WIDE)
"""Flags with which NCHS would not print the number; the others ask for a second look."""


@dataclass(frozen=True, slots=True)
class Design:
    """Which parts of a survey design the table has."""

    weight: bool = False
    stratum: bool = False
    cluster: bool = False

    @classmethod
    def of(cls, columns: Iterable[str]) -> Design:
        """The design that these columns give."""
        known = set(columns)
        return cls(WEIGHT in known, STRATUM in known, CLUSTER in known)

    @property
    def simple(self) -> bool:
        """A simple sample: every row counts once and stands for itself."""
        return not (self.weight or self.stratum or self.cluster)


@dataclass(frozen=True, slots=True)
class Proportion:
    """A share of the people of one domain, with its 95 % interval.

    Attributes:
        value: the share, 0-1; None when the domain is empty.
        n: people in the denominator (rows); `events` those of them who have it.
        weighted_n: the denominator in the population, as far as the weights say.
        effective_n: people of a simple sample that would tell as much.
        df: degrees of freedom of the design: PSUs less strata that hold the domain; None for a simple sample.
        flags: why the number should not be printed, or should be looked at.
        single_psu_strata: strata with one PSU only; their PSU was centred at the grand mean.

    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    events: int
    weighted_n: float
    effective_n: float | None = None
    df: int | None = None
    flags: tuple[str, ...] = ()
    single_psu_strata: int = 0

    @property
    def reliable(self) -> bool:
        """Whether NCHS would print it."""
        return self.value is not None and not set(self.flags) & set(UNRELIABLE)


@dataclass(frozen=True, slots=True)
class Moments:
    """What the variance needs of each stratum: sums over its PSUs of k totals, and of their products.

    Attributes:
        psus: PSUs of the stratum, whether or not they hold a member of the domain.
        reached: those of them that do.
        sums: (strata, k) the sum over PSUs of each PSU's totals.
        products: (strata, k, k) the sum over PSUs of the products of each PSU's totals.

    """

    psus: Numbers
    reached: Numbers
    sums: Numbers
    products: Numbers

    @classmethod
    def of_psus(cls, stratum: Sequence[int], totals: Numbers, reached: NDArray[np.bool_], psus: Numbers) -> Moments:
        """From one row per PSU; `psus` counts all PSUs of each stratum, those without a row too."""
        at = np.asarray(stratum, dtype=np.intp)
        strata, k = len(psus), totals.shape[1]
        sums, products, held = np.zeros((strata, k)), np.zeros((strata, k, k)), np.zeros(strata)
        np.add.at(sums, at, totals)
        np.add.at(products, at, totals[:, :, None] * totals[:, None, :])
        np.add.at(held, at, reached.astype(np.float64))
        return cls(psus, held, sums, products)

    @property
    def total(self) -> Numbers:
        """The k totals over the whole sample."""
        return np.asarray(self.sums.sum(axis=0))

    @property
    def df(self) -> int:
        """PSUs less strata, both counted where the domain has members."""
        return int(self.reached.sum() - np.count_nonzero(self.reached))

    @property
    def single(self) -> int:
        """Strata that reach the domain with their only PSU."""
        return int(np.count_nonzero((self.psus == 1) & (self.reached > 0)))

    def variance(self, gradient: Numbers) -> float:
        """The variance of a smooth function of the totals, from its gradient.

        A ratio's linearised scores sum to zero, so the grand mean at which a single PSU is centred is zero.
        """
        score = self.sums @ gradient
        square = np.einsum("hij,i,j->h", self.products, gradient, gradient)
        several = self.psus > 1
        m = np.where(several, self.psus, 2.0)
        within = np.where(several, m / (m - 1) * (square - score**2 / m), square)
        return float(max(0.0, within.sum()))


def ratio(moments: Moments, numerator: int = 0, denominator: int = 1) -> tuple[float, float]:
    """A ratio of two totals and its variance.

    Args:
        moments: sums over PSUs.
        numerator: which of the totals is above the line.
        denominator: which is below.

    """
    totals = moments.total
    value = float(totals[numerator] / totals[denominator])
    gradient = np.zeros(len(totals))
    gradient[numerator] += 1 / totals[denominator]
    gradient[denominator] -= value / totals[denominator]
    return value, moments.variance(gradient)


def wilson(events: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a simple sample."""
    z = float(special.ndtri(0.5 + level / 2))
    share = events / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return (0.0 if events == 0 else middle - half), (1.0 if events == n else middle + half)


def korn_graubard(share: float, effective_n: float, n: int, df: int, level: float = 0.95) -> tuple[float, float]:
    """The exact binomial interval for an effective sample size, which is adjusted by the degrees of freedom.

    Args:
        share: the estimated proportion.
        effective_n: share (1 - share) / variance.
        n: people in the denominator.
        df: degrees of freedom of the design.
        level: confidence.

    """
    tail = (1 - level) / 2
    if 0 < share < 1:
        factor = float(special.stdtrit(max(n - 1, 1), tail) / special.stdtrit(df, tail)) ** 2 if df > 0 else 0.0
        people = min(float(n), effective_n * factor)
    else:
        people = float(n)
    if people <= 0:
        return 0.0, 1.0
    yes = people * share
    low = 0.0 if yes <= 0 else float(special.betaincinv(yes, people - yes + 1, tail))
    high = 1.0 if yes >= people else float(special.betaincinv(yes + 1, people - yes, 1 - tail))
    return low, high


def simple_proportion(events: int, n: int) -> Proportion:
    """A share of a simple sample."""
    if n == 0:
        return Proportion(None, None, None, 0, 0, 0.0)
    low, high = wilson(events, n)
    return Proportion(
        events / n, low, high, n, events, float(n), float(n), flags=_flags(events, n, float(n), (low, high))
    )


def survey_proportion(moments: Moments, events: int, n: int) -> Proportion:
    """A share of the people a survey stands for.

    Args:
        moments: of (weight of those who have it, weight of the domain).
        events: rows that have it.
        n: rows of the domain.

    """
    if n == 0 or moments.total[1] <= 0:
        return Proportion(None, None, None, n, events, 0.0)
    weighted = float(moments.total[1])
    if events in {0, n}:
        value, effective = float(events > 0), float(n)
    else:
        value, variance = ratio(moments)
        effective = min(float(n), value * (1 - value) / variance) if variance > 0 else float(n)
    low, high = korn_graubard(value, effective, n, moments.df)
    flags = _flags(events, n, effective, (low, high), value)
    if moments.df < FEWEST_DF:
        flags = (*flags, FEW_UNITS)
    return Proportion(value, low, high, n, events, weighted, effective, moments.df, flags, moments.single)


def _flags(
    events: int, n: int, effective: float, ends: tuple[float, float], value: float | None = None
) -> tuple[str, ...]:
    """What the NCHS standard says of a proportion, in its order."""
    if effective < FEWEST or n < FEWEST:
        return (TOO_FEW,)
    if events in {0, n}:
        return (NONE_OR_ALL,)
    share, width = events / n if value is None else value, ends[1] - ends[0]
    if width <= NARROW:
        return ()
    if width >= WIDE or width > RELATIVE * share:
        return (TOO_WIDE,)
    return (COMPLEMENT,) if width > RELATIVE * (1 - share) else ()


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's kappa of two yes/no answers with its 95 % interval; None where it has no value."""

    value: float | None
    low: float | None
    high: float | None


def kappa(cells: Numbers, variance: Moments | None) -> Kappa:
    """Agreement beyond chance.

    Args:
        cells: (yes yes, yes no, no yes, no no), weighted.
        variance: moments of the four cells; None for a simple sample.

    """
    whole = float(cells.sum())
    if whole <= 0:
        return Kappa(None, None, None)
    both, first, second, neither = (float(cell) / whole for cell in cells)
    a, b = both + first, both + second
    if not a * b * (second + neither) * (first + neither):
        return Kappa(None, None, None)  # one of the two has only one answer: nothing to agree on beyond chance
    chance = a * b + (1 - a) * (1 - b)
    observed = both + neither
    value = (observed - chance) / (1 - chance)
    # d(kappa) / d(share of a cell), then the shares' dependence on the whole: the scores sum to zero over the cells
    slope_chance = np.array([a + b, b + (1 - a), a + (1 - b), 2 - a - b])
    slope = (np.array([1.0, 0.0, 0.0, 1.0]) - (1 - value) * slope_chance) / (1 - chance)
    slope = slope - float(slope @ (cells / whole))
    if variance is None:
        spread = float((cells / whole) @ slope**2) / whole
        reach = float(special.ndtri(0.975))
    else:
        spread, df = variance.variance(slope / whole), variance.df
        if df < 1:
            return Kappa(value, None, None)
        reach = float(special.stdtrit(df, 0.975))
    half = reach * math.sqrt(spread)
    return Kappa(value, max(-1.0, value - half), min(1.0, value + half))
