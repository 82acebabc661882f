"""Weighted, penalised LMS curves: L, M and S as smooth functions of age (Cole and Green 1992).

log M, log S and L are cubic B-splines of age with a penalty on differences of neighbouring coefficients (P-splines,
Eilers and Marx 1996): second differences for M and S (the smoothest curve is a straight line), first differences for L
(the smoothest is a constant). M may also carry a power of height. The survey weights multiply the log-likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline

Array = NDArray[Any]
DEGREE = 3
ORDERS = (2, 2, 1)  # of the penalised differences: M, S, L
YEARS_BETWEEN_KNOTS = 4.0
ALMOST_ZERO = 1e-6
STEPS = 200
LONGEST = 0.5  # no coefficient moves further in one step
ENOUGH = 1e-9  # a gain of the log-likelihood per person that is none


@dataclass(frozen=True)
class People:
    """One sample of one sex; every field has one entry a person.

    Attributes:
        age: completed years, as released.
        at: where this age enters the curves (a top-coded group enters at its mean age).
        value: the measure, positive.
        log_height: log(height / reference height), or zeros where height plays no part.
        weight: survey weight of the pooled cycles.
        cycle: the survey cycle.
        stratum: sampling stratum, unique over cycles.
        cluster: primary sampling unit, unique over cycles.

    """

    age: Array
    at: Array
    value: Array
    log_height: Array
    weight: Array
    cycle: Array
    stratum: Array
    cluster: Array

    def those(self, keep: Array) -> People:
        """The people for whom `keep` holds."""
        return People(**{name: getattr(self, name)[keep] for name in self.__dataclass_fields__})


@dataclass(frozen=True)
class Curve:
    """Fitted curves: spline coefficients of log M, log S and L, and the power of height in M."""

    knots: Array
    m: Array
    s: Array
    l: Array  # noqa: E741  # the method's own name
    height_power: float

    def lms(self, at: Array) -> tuple[Array, Array, Array]:
        """L, M (at the reference height) and S at these ages."""
        basis = BSpline.design_matrix(at, self.knots, DEGREE).toarray()
        return basis @ self.l, np.exp(basis @ self.m), np.exp(basis @ self.s)

    def z(self, people: People) -> Array:
        """The z-score of each person."""
        l, m, s = self.lms(people.at)  # noqa: E741
        return box_cox_z(people.value, l, m * np.exp(self.height_power * people.log_height), s)


def box_cox_z(value: Array, l: Array, m: Array, s: Array) -> Array:  # noqa: E741
    """((value/M)^L - 1) / (L S), and ln(value/M) / S where L is zero."""
    log_ratio = np.log(value / m)
    safe = np.where(np.abs(l) < ALMOST_ZERO, 1.0, l)
    return np.where(np.abs(l) < ALMOST_ZERO, log_ratio / s, np.expm1(safe * log_ratio) / (safe * s))


def log_density(value: Array, l: Array, m: Array, s: Array) -> Array:  # noqa: E741
    """Log-likelihood of each person, without constants."""
    z = box_cox_z(value, l, m, s)
    return l * np.log(value / m) - np.log(s) - np.log(value) - z * z / 2


def knots_over(low: float, high: float) -> Array:
    """Equally spaced knots that reach DEGREE steps beyond both ends."""
    pieces = max(4, round((high - low) / YEARS_BETWEEN_KNOTS))
    step = (high - low) / pieces
    return low + step * np.arange(-DEGREE, pieces + DEGREE + 1)


class Fitter:
    """Fits one sample for any choice of penalties; the bases are made once.

    Args:
        people: the sample.
        by_height: whether M carries a power of height.

    """

    def __init__(self, people: People, *, by_height: bool) -> None:
        self.people = people
        self.by_height = by_height
        self.knots = knots_over(people.at.min(), people.at.max() + ALMOST_ZERO)
        self.ages, self.where = np.unique(people.at, return_inverse=True)
        self.basis = BSpline.design_matrix(self.ages, self.knots, DEGREE).toarray()
        size = self.basis.shape[1]
        blocks = np.kron(np.eye(3), np.ones((size, size)))
        self.blocks = np.pad(blocks, (0, 1)) if by_height else blocks
        if by_height:
            self.blocks[-1, -1] = 1.0
        self.differences = [np.diff(np.eye(size), n=order, axis=0) for order in ORDERS]

    def fit(
        self, penalties: tuple[float, float, float], keep: Array | None = None, start: Curve | None = None
    ) -> Curve:
        """The penalised maximum-likelihood curves by Fisher scoring with step halving.

        Args:
            penalties: of M, S and L.
            keep: the people used; all by default. Their weights are scaled to a mean of one.
            start: curves to begin from.

        """
        used = np.ones(len(self.people.value), bool) if keep is None else keep
        weight = np.where(used, self.people.weight, 0.0)
        weight *= used.sum() / weight.sum()
        beta = self._start(weight) if start is None else _vector(start, by_height=self.by_height)
        penalty = self._penalty(penalties)
        now = self._objective(beta, weight, penalty)
        for _ in range(STEPS):
            gradient, information = self._scores(beta, weight)
            slope = gradient - penalty @ beta
            # far from the optimum the expected information need not be positive definite; its blocks always are
            for matrix in (information, information * self.blocks):
                step = np.linalg.solve(matrix + penalty, slope)
                better, then = self._climb(beta, step, now, weight, penalty)
                if then > now:
                    break
            gain, beta, now = then - now, better, then
            if gain < ENOUGH * used.sum():
                break
        return self._curve(beta)

    def _climb(self, beta: Array, step: Array, now: float, weight: Array, penalty: Array) -> tuple[Array, float]:
        """The step, shortened until the penalised log-likelihood rises; no step where none makes it rise."""
        share = min(1.0, LONGEST / float(np.abs(step).max() + ALMOST_ZERO))
        while share > ALMOST_ZERO:
            then = self._objective(beta + share * step, weight, penalty)
            if then > now:
                return beta + share * step, then
            share /= 2
        return beta, now

    def held_out(self, curve: Curve, out: Array) -> Array:
        """Weighted log-likelihood of each person left out (zero for the others)."""
        people = self.people.those(out)
        l, m, s = curve.lms(people.at)  # noqa: E741
        return people.weight * log_density(people.value, l, m * np.exp(curve.height_power * people.log_height), s)

    def _start(self, weight: Array) -> Array:
        size = self.basis.shape[1]
        logs = np.log(self.people.value)
        mean = np.average(logs, weights=weight)
        spread = np.sqrt(np.average((logs - mean) ** 2, weights=weight))
        start = np.concatenate([np.full(size, mean), np.full(size, np.log(spread)), np.zeros(size)])
        return np.append(start, 2.0) if self.by_height else start

    def _penalty(self, penalties: tuple[float, float, float]) -> Array:
        size = self.basis.shape[1]
        whole = np.zeros((3 * size + self.by_height,) * 2)
        for block, (strength, matrix) in enumerate(zip(penalties, self.differences, strict=True)):
            place = slice(block * size, (block + 1) * size)
            whole[place, place] = strength * matrix.T @ matrix
        return whole + ALMOST_ZERO * np.eye(len(whole))

    def _unpack(self, beta: Array) -> tuple[Array, Array, Array]:
        size = self.basis.shape[1]
        m, s, l = (self.basis @ beta[block * size : (block + 1) * size] for block in range(3))  # noqa: E741
        power = beta[-1] if self.by_height else 0.0
        return l[self.where], np.exp(m[self.where] + power * self.people.log_height), np.exp(s[self.where])

    def _objective(self, beta: Array, weight: Array, penalty: Array) -> float:
        with np.errstate(all="ignore"):
            total = float(weight @ log_density(self.people.value, *self._unpack(beta)) - beta @ penalty @ beta / 2)
        return total if np.isfinite(total) else -np.inf

    def _scores(self, beta: Array, weight: Array) -> tuple[Array, Array]:
        """Gradient and expected information (Cole and Green 1992, appendix) in log M, log S and L."""
        l, m, s = self._unpack(beta)  # noqa: E741
        value = self.people.value
        z, log_ratio = box_cox_z(value, l, m, s), np.log(value / m)
        near = np.abs(l) < ALMOST_ZERO
        safe = np.where(near, 1.0, l)
        bent = np.where(near, s * (log_ratio / s) ** 2 / 2, (z - log_ratio / s) / safe)
        by = (z / s + l * (z * z - 1), z * z - 1, z * bent - log_ratio * (z * z - 1))
        expected = {
            (0, 0): (1 + 2 * (l * s) ** 2) / s**2,
            (0, 1): 2 * l,
            (0, 2): np.full_like(l, -0.5),
            (1, 1): np.full_like(l, 2.0),
            (1, 2): l * s**2,
            (2, 2): 7 * s**2 / 4,
        }
        size, groups = self.basis.shape[1], len(self.ages)
        gradient = np.zeros(len(beta))
        information = np.zeros((len(beta),) * 2)
        for block, part in enumerate(by):
            sums = np.bincount(self.where, weight * part, groups)
            gradient[block * size : (block + 1) * size] = self.basis.T @ sums
        for (row, column), part in expected.items():
            sums = np.bincount(self.where, weight * part, groups)
            here = self.basis.T @ (sums[:, None] * self.basis)
            rows, columns = slice(row * size, (row + 1) * size), slice(column * size, (column + 1) * size)
            information[rows, columns] = information[columns, rows] = here
        if self.by_height:
            extra = self.people.log_height
            gradient[-1] = weight @ (by[0] * extra)
            information[-1, -1] = weight @ (expected[0, 0] * extra**2)
            for block in range(3):
                sums = np.bincount(self.where, weight * expected[0, block] * extra, groups)
                place = slice(block * size, (block + 1) * size)
                information[place, -1] = information[-1, place] = self.basis.T @ sums
        return gradient, information

    def _curve(self, beta: Array) -> Curve:
        size = self.basis.shape[1]
        return Curve(
            self.knots,
            beta[:size],
            beta[size : 2 * size],
            beta[2 * size : 3 * size],
            float(beta[-1]) if self.by_height else 0.0,
        )


def _vector(curve: Curve, *, by_height: bool) -> Array:
    parts = np.concatenate([curve.m, curve.s, curve.l])
    return np.append(parts, curve.height_power) if by_height else parts
