"""How smooth the curves are: chosen by cross-validation over primary sampling units, not by eye."""

from __future__ import annotations

import numpy as np

from calibration.norms.lms import Array, Curve, Fitter, People

FOLDS = 10
SEED = 20261123
# log10 of the penalty on M, S and L, from supple to a straight line (M, S) or a constant (L). L is never supple: few
# people decide it, and the likelihood of the LMS method runs away where L S is large.
LADDERS = ((2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0), (3.0, 3.5, 4.0, 4.5, 5.0, 6.0), (3.0, 4.0, 5.0, 6.0))
SMOOTH_FIRST = (4.0, 5.0, 6.0)
CAUTIOUS = (0.5, 1.0, 1.0)  # standard errors of held-out log-likelihood given away for a smoother M, S and L
Rungs = tuple[float, float, float]


def penalties(rungs: Rungs) -> tuple[float, float, float]:
    """The penalties of M, S and L on these rungs of the ladders."""
    return 10.0 ** rungs[0], 10.0 ** rungs[1], 10.0 ** rungs[2]


def folds(people: People) -> Array:
    """A fold number for each person: whole sampling units, every cycle spread over all folds."""
    generator = np.random.default_rng(SEED)
    fold_of: dict[object, int] = {}
    for cycle in np.unique(people.cycle):
        clusters = np.unique(people.cluster[people.cycle == cycle])
        for place, cluster in enumerate(generator.permutation(clusters)):
            fold_of[cluster] = place % FOLDS
    return np.array([fold_of[cluster] for cluster in people.cluster])


def choose(fitter: Fitter) -> Rungs:
    """The rungs for M, S and L.

    One after the other, twice round: the smoothest curve whose held-out log-likelihood lies within one standard error
    (over folds, paired) of the best one's.
    """
    fold = folds(fitter.people)
    seen: dict[Rungs, Array] = {}
    warm: list[Curve | None] = [None] * FOLDS

    def score(rungs: Rungs) -> Array:
        if rungs not in seen:
            found = []
            for number in range(FOLDS):
                curve = fitter.fit(penalties(rungs), fold != number, warm[number])
                warm[number] = curve
                found.append(fitter.held_out(curve, fold == number).sum() / fitter.people.weight.sum())
            seen[rungs] = np.array(found)
        return seen[rungs]

    now: Rungs = SMOOTH_FIRST
    for _ in range(3):
        before = now
        for part in range(3):
            options = [_moved(now, part, rung) for rung in LADDERS[part]]
            best = max(options, key=lambda option: float(score(option).sum()))
            for option in reversed(options):
                lost = score(best) - score(option)
                error = float(np.std(lost, ddof=1)) * FOLDS**0.5
                if lost.sum() <= CAUTIOUS[part] * error:
                    now = option
                    break
        if now == before:
            break
    return now


def _moved(rungs: Rungs, part: int, rung: float) -> Rungs:
    changed = list(rungs)
    changed[part] = rung
    return changed[0], changed[1], changed[2]
