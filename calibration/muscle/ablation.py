"""What each mechanism is worth: it is taken out, everything else is fitted again, and whole studies are left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from numpyro.infer.util import initialize_model
from scipy.optimize import minimize
from scipy.stats import t as student

from calibration.muscle.data import Trials
from calibration.muscle.fit import Calibration, Fit
from calibration.muscle.held_out import FOLDS, folds
from myoscope.model.constants import spreads, structure
from myoscope.model.predict import FREEDOM, within
from myoscope.model.table import Array

NONE = 1e-6  # as good as nothing, for parameters that are above zero
# Each mechanism and the value of its parameters that takes it out.
MECHANISMS: dict[str, dict[str, float]] = {
    "water and glycogen": dict.fromkeys(
        ("water_train", "water_creatine", "water_androgen", "water_gh", "water_bed", "water_deficit"), NONE
    ),
    "age blunts training": {"train_age": NONE},
    "habit blunts training": {"train_habit": NONE},
    "more sets give more, with saturation": {"sets_half": NONE},
    "a deficit blunts training": {"train_deficit": 0.0},
    "training protects in bed rest and cast": {"train_protects": NONE},
    "protein": {"protein_train": NONE, "protein_rest": 0.0, "protein_lack": NONE, "share_protein": 0.0},
    "calf and upper body differ from the thigh": dict.fromkeys(
        ("bed_calf", "bed_upper", "train_calf", "train_thigh"), 1.0
    ),
    "the old lose more in bed, the young in a cast": {"bed_age": 0.0, "cast_age": 0.0},
    "lost muscle is regained faster": {"memory": NONE},
    "ageing": {"age_rate": NONE},
    "ageing quickens with age": {"age_slope": NONE},
    "lasting illness": dict.fromkeys(("ill_cancer", "ill_heart", "ill_lung", "ill_diabetes", "ill_other"), NONE),
    "training and rate change the lean share of weight loss": {"share_train": 0.0, "share_rate": 0.0},
    "androgens": {"androgen": NONE, "castrate": NONE, "water_androgen": NONE},
    "critical illness and operations": {"icu": NONE, "operation": NONE},
}


@dataclass(frozen=True)
class Ablation:
    """Held-out errors and log score of one fit; `worse` is the log score lost against the whole model."""

    mechanism: str
    kg: float
    pct: float
    log_score: float
    worse: float


class Quick:
    """The posterior's highest point for any subset of studies: a second each, enough to compare mechanisms."""

    def __init__(self, calibration: Calibration, fitted: Fit) -> None:
        self.trials = calibration.trials
        used = np.ones(len(self.trials.arms))
        found = initialize_model(
            jax.random.PRNGKey(calibration.settings.seed),
            calibration.model,
            model_args=(used,),
            dynamic_args=True,
        )
        drawn = fitted.flat()
        every = (*structure(), *spreads())
        # From the middle of the draws: further off there are other, lower peaks.
        middle = {one["id"]: jnp.asarray(np.median(_walked(one, drawn[one["id"]]))) for one in every}
        first, self._unravel = ravel_pytree({name: middle[name] for name in found.param_info.z})
        self._slope = jax.jit(jax.value_and_grad(lambda z, kept: found.potential_fn(kept)(self._unravel(z))))
        self.start = self.fit(used, np.asarray(first, dtype=float), {})

    def fit(self, used: Array, start: Array, fixed: dict[str, float]) -> Array:
        """Unconstrained parameters at the highest point, some of them fixed."""
        walked = {one["id"]: float(_walked(one, np.array(value))) for one, value in _values(fixed)}
        named = self._unravel(jnp.asarray(start))
        held = ravel_pytree({name: jnp.asarray(walked.get(name, np.nan)) + 0 * named[name] for name in named})[0]
        frozen = np.isfinite(np.asarray(held))
        begin = np.where(frozen, np.nan_to_num(np.asarray(held)), start)

        def slope(z: Array) -> tuple[float, Array]:
            value, gradient = self._slope(jnp.asarray(z), jnp.asarray(used))
            return float(value), np.where(frozen, 0.0, np.asarray(gradient, dtype=float))

        return np.asarray(minimize(slope, begin, jac=True, method="L-BFGS-B", options={"maxiter": 1000}).x)

    def parameters(self, walked: Array) -> dict[str, Any]:
        """The parameters themselves."""
        named = self._unravel(jnp.asarray(walked))
        every = (*structure(), *spreads())
        return {
            one["id"]: float(np.exp(named[one["id"]]) if one["prior"] == "lognormal" else named[one["id"]])
            for one in every
        }


def _walked(one: dict[str, Any], values: Array) -> Array:
    """A parameter as the sampler walks it."""
    return np.log(values) if one["prior"] == "lognormal" else values


def _values(fixed: dict[str, float]) -> list[tuple[dict[str, Any], float]]:
    return [(one, fixed[one["id"]]) for one in (*structure(), *spreads()) if one["id"] in fixed]


def ablations(calibration: Calibration, fitted: Fit, told: Callable[[str], None]) -> list[Ablation]:
    """The whole model and each mechanism taken out, the dearest first."""
    quick = Quick(calibration, fitted)
    whole = _one(quick, calibration, "nothing taken out", {}, 0.0)
    found = []
    for mechanism, fixed in MECHANISMS.items():
        found.append(_one(quick, calibration, mechanism, fixed, whole.log_score))
        told(f"without: {mechanism}")
    return [whole, *sorted(found, key=lambda one: -one.worse)]


def _one(quick: Quick, calibration: Calibration, name: str, fixed: dict[str, float], score: float) -> Ablation:
    trials, fold = calibration.trials, folds(calibration.trials, calibration.settings.seed)
    mean, scale = (np.full(len(fold), np.nan) for _ in range(2))
    start = quick.fit(np.ones(len(fold)), quick.start, fixed)
    for number in range(FOLDS):
        out = fold == number
        p = quick.parameters(quick.fit((~out).astype(float), start, fixed))
        found, spread = within(p, trials.table)
        mean[out], scale[out] = found[out], spread[out]
    return _scored(trials, fold >= 0, mean, scale, name, score)


def _scored(trials: Trials, real: Array, mean: Array, scale: Array, name: str, score: float) -> Ablation:
    rest, units = trials.percent - mean, trials.columns["outcome_unit"]
    error = np.abs(rest) * trials.table.scale
    log_score = float((student.logpdf(rest[real] / scale[real], FREEDOM) - np.log(scale[real])).sum())
    kg, pct = (round(float(error[real & (units == unit)].mean()), 3) for unit in ("kg", "pct"))
    return Ablation(name, kg, pct, round(log_score, 1), round(score - log_score, 1))
