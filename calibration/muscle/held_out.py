"""Whole studies left out: how well the model, the mean of the kind and a random forest do on what they never saw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import RandomForestRegressor

from calibration.muscle.data import Trials
from calibration.muscle.fit import Calibration
from myoscope.model.predict import reported
from myoscope.model.table import Array

FOLDS = 10
LEVEL = 0.9


@dataclass(frozen=True)
class HeldOut:
    """For every arm what was said about it by those who had not seen its study [outcome's own unit]."""

    model: Array
    lower: Array
    upper: Array
    kind: Array
    forest: Array


def folds(trials: Trials, seed: int) -> Array:
    """A fold for each arm: studies dealt out at random, anchors kept in every training set (fold -1)."""
    studies = np.unique(trials.columns["study_key"][trials.columns["domain"] != "anchor"])
    order = np.random.default_rng(seed).permutation(studies)
    place = {study: number % FOLDS for number, study in enumerate(order)}
    anchored = trials.columns["domain"] == "anchor"
    return np.array(
        [-1 if fixed else place[study] for study, fixed in zip(trials.columns["study_key"], anchored, strict=True)]
    )


def held_out(calibration: Calibration, warmup: int, draws: int, told: Callable[[str], None]) -> HeldOut:
    """Fit ten times without a tenth of the studies, and predict that tenth."""
    trials = calibration.trials
    fold = folds(trials, calibration.settings.seed)
    found = [np.full(len(fold), np.nan) for _ in range(5)]
    for number in range(FOLDS):
        out = fold == number
        draw = calibration.without((~out).astype(float), warmup, draws, number + 1).flat()
        scale = trials.table.scale[out]
        for values, target in zip(reported(draw, trials.table, LEVEL), found, strict=False):
            target[out] = values[out] * scale
        found[3][out] = mean_of_kind(trials, ~out & (fold >= 0), out)
        found[4][out] = forest(trials, ~out & (fold >= 0), out, calibration.settings.seed)
        told(f"fold {number + 1} of {FOLDS}")
    return HeldOut(*found)


def mean_of_kind(trials: Trials, seen: Array, out: Array) -> Array:
    """The average change of arms of the same domain and unit; if there is none, of the same unit and estimand."""
    columns, change = trials.columns, trials.columns["change"]
    means = []
    for one in np.flatnonzero(out):
        unit = seen & (columns["outcome_unit"] == columns["outcome_unit"][one])
        estimand = unit & (columns["estimand"] == columns["estimand"][one])
        kind = estimand & (columns["domain"] == columns["domain"][one])
        pool = next((pool for pool in (kind, estimand, unit) if pool.any()), None)
        means.append(float(change[pool].mean()) if pool is not None else 0.0)
    return np.array(means)


def forest(trials: Trials, seen: Array, out: Array, seed: int) -> Array:
    """A random forest on the same columns, numbers as they are and words one by one."""
    features = forest_columns(trials)
    trees = RandomForestRegressor(n_estimators=300, min_samples_leaf=2, random_state=seed, n_jobs=2)
    return np.asarray(trees.fit(features[seen], trials.columns["change"][seen]).predict(features[out]))


def forest_columns(trials: Trials) -> Array:
    """The columns of the arms as numbers; an empty cell is -1."""
    numbers = sorted({name for arm in trials.arms for name in arm.numbers})
    words = sorted({(k, v) for arm in trials.arms for k, v in arm.words.items() if k not in {"row_id", "arm"}})
    domains = sorted(set(trials.columns["domain"]))
    rows = [
        [arm.numbers.get(name, -1.0) for name in numbers]
        + [float(arm.words.get(name) == word) for name, word in words]
        + [float(domain == one) for one in domains]
        for arm, domain in zip(trials.arms, trials.columns["domain"], strict=True)
    ]
    return np.array(rows)
