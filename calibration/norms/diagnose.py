"""How well curves describe people who were not used to fit them, with design-based standard errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calibration.norms.lms import Array, Curve, Fitter, People
from calibration.norms.samples import Plan
from calibration.norms.smoothing import Rungs, choose, folds, penalties

FIFTH = 1.6448536269514722  # the z-score of the 95th centile
MEAN, SPREAD, SHARE = 0.05, 0.05, 0.01  # what the curves are held to: 0 ± 0.05, 1 ± 0.05, 5 ± 1 %
TWO_SIDED = 1.96


@dataclass(frozen=True)
class Figure:
    """One statistic of a group with its standard error, what it should be and how far it may be off."""

    value: float
    error: float
    wanted: float
    margin: float

    @property
    def met(self) -> bool:
        """Whether it lies within the margin."""
        return abs(self.value - self.wanted) <= self.margin

    @property
    def within_noise(self) -> bool:
        """Whether sampling error alone could have carried it beyond the margin (95 %)."""
        return abs(self.value - self.wanted) <= self.margin + TWO_SIDED * self.error

    @property
    def verdict(self) -> str:
        """met, noise (off, but no more than sampling error allows) or off."""
        return "met" if self.met else "noise" if self.within_noise else "off"


@dataclass(frozen=True)
class Group:
    """People of one sex and decade: their number and the four figures."""

    sex: str
    decade: str
    n: int
    mean: Figure
    spread: Figure
    low: Figure
    high: Figure

    @property
    def figures(self) -> tuple[Figure, Figure, Figure, Figure]:
        """Mean and SD of z, shares below the 5th and above the 95th centile."""
        return self.mean, self.spread, self.low, self.high


def group(sex: str, decade: str, z: Array, people: People, inside: Array) -> Group:
    """The figures of the people `inside`, standard errors by Taylor linearisation over strata and sampling units."""
    share = np.where(inside, people.weight, 0.0) / people.weight[inside].sum()
    mean = float(share @ z)
    spread = float(np.sqrt(share @ (z - mean) ** 2))
    below, above = (z < -FIFTH).astype(float), (z > FIFTH).astype(float)
    low, high = float(share @ below), float(share @ above)

    def error(influence: Array) -> float:
        return standard_error(share * influence, people)

    return Group(
        sex,
        decade,
        int(inside.sum()),
        Figure(mean, error(z - mean), 0.0, MEAN),
        Figure(spread, error(((z - mean) ** 2 - spread**2) / (2 * spread)), 1.0, SPREAD),
        Figure(low, error(below - low), 0.05, SHARE),
        Figure(high, error(above - high), 0.05, SHARE),
    )


def standard_error(influence: Array, people: People) -> float:
    """Square root of the with-replacement variance of the sum, sampling units within strata."""
    clusters, where = np.unique(people.cluster, return_inverse=True)
    totals = np.bincount(where, influence, len(clusters))
    stratum_of = np.empty(len(clusters), dtype=object)
    stratum_of[where] = people.stratum
    variance = 0.0
    for stratum in np.unique(stratum_of.astype(str)):
        units = totals[stratum_of == stratum]
        if len(units) > 1:
            variance += len(units) * float(np.var(units, ddof=1))
        else:
            variance += float((units[0] - totals.mean()) ** 2)
    return variance**0.5


def decades(plan: Plan) -> list[tuple[str, int, int]]:
    """Name, first and last age of each decade of the table; the first begins at its youngest age."""
    first, last = plan.ages
    starts = sorted({max(first, start) for start in range(first // 10 * 10, last + 1, 10)})
    if len(starts) > 1 and starts[1] - starts[0] < 5:
        del starts[1]  # 18 and 19 belong to the twenties
    spans = zip(starts, [*(start - 1 for start in starts[1:]), last], strict=True)
    open_end = plan.top_code is not None
    return [(f"{low}+" if open_end and high == last else f"{low}-{high}", low, high) for low, high in spans]


def groups(plan: Plan, sex: str, people: People, z: Array, cycle: str | None = None) -> list[Group]:
    """The figures by decade; of one cycle, or of all."""
    found = []
    here = np.ones(len(z), bool) if cycle is None else people.cycle == cycle
    used, z = people.those(here), z[here]
    for name, low, high in decades(plan):
        inside = (used.age >= low) & (used.age <= high)
        found.append(group(sex, name, z, used, inside))
    return found


@dataclass(frozen=True)
class Fit:
    """One curve and its honest z-scores.

    Attributes:
        rungs: the smoothing chosen on everybody, for the curve that ships.
        held_out_rungs: the smoothing chosen without each part.
        z: of each person by curves fitted without the person's cycle (or sampling unit, where there is one cycle).
        by_cycle: whether whole cycles were left out.

    """

    plan: Plan
    sex: str
    people: People
    rungs: Rungs
    curve: Curve
    held_out_rungs: dict[str, Rungs]
    z: Array
    by_cycle: bool


def fit(plan: Plan, sex: str, people: People, known: dict[str, Rungs] | None = None) -> Fit:
    """Fit the curve, and z-scores of people left out; smoothing is chosen anew each time, without those left out.

    Args:
        plan: which curve.
        sex: 'female' or 'male'.
        people: the sample.
        known: smoothing chosen before (by part left out, '' for everybody), to save the search.

    """
    by_cycle = len(plan.cycles) > 1
    part = people.cycle if by_cycle else folds(people).astype(str)
    z = np.full(len(people.value), np.nan)
    chosen: dict[str, Rungs] = {}
    for name in np.unique(part):
        rest = Fitter(people.those(part != name), by_height=plan.by_height)
        chosen[str(name)] = known[str(name)] if known else choose(rest)
        curve = rest.fit(penalties(chosen[str(name)]))
        z[part == name] = curve.z(people.those(part == name))
    whole = Fitter(people, by_height=plan.by_height)
    rungs = known[""] if known else choose(whole)
    return Fit(plan, sex, people, rungs, whole.fit(penalties(rungs)), chosen, z, by_cycle)
