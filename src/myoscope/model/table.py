"""Arms as arrays: every exposure and every outcome a column, so that thousands are reckoned at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from myoscope.model.arms import Arm, reference
from myoscope.model.body import baseline, body
from myoscope.model.constants import constants
from myoscope.model.equations import Values, change_percent, weight_by_balance
from myoscope.model.exposure import ILLNESSES, NO_TIME, Exposure, energy, phases

Array = np.ndarray[Any, np.dtype[Any]]
TYPICAL_N = 20.0  # an arm that does not tell its size
IDLE = ("bed", "cast", "steps_lost", "hospital", "icu", "operation")
STIRRED = (
    *("sets", "aerobic", "testosterone", "oxandrolone", "castrate", "oestrogen", "growth_hormone", "bimagrumab"),
    *("anamorelin", "prednisone", "thyrotoxic", "creatine", "omega3", "hmb", "eaa", "protein_raised", "slimming"),
    *(*IDLE, *set(ILLNESSES.values())),
)
KINDS = ("whole", "part", "image")


@dataclass(frozen=True)
class Table:
    """Arms ready for the equations.

    Attributes:
        periods: exposure -> array, one column for each period that anybody lived (an empty one first).
        lived: for each of three steps of time the period of each run: the arms, then the comparators of contrasts.
        outcome: what each outcome is made of.
        compared: for each arm the row of its comparator, or its own.
        contrast: 1 where a comparator is taken off, else 0.
        scale: the outcome's unit for one percent.
        kind: index into KINDS.
        n: people of the arm (a contrast's halved: two arms of one size).
        years: length of the arm's period.
        ill: 1 where a lasting illness takes muscle.
        ratio: 1 where the lean share of a weight loss is the outcome, pooled over many people.
        quiet: 1 where nothing is done and nothing happens: only time passes.
        idle: 1 where loading is taken away: bed, cast, few steps, hospital, intensive care, after an operation.

    """

    periods: Values
    lived: tuple[Array, ...]
    outcome: Values
    compared: Array
    contrast: Array
    scale: Array
    kind: Array
    n: Array
    years: Array
    ill: Array
    idle: Array
    ratio: Array
    quiet: Array

    def parts(self, p: Values, xp: Any = np) -> tuple[Any, Any]:
        """Predicted change of each arm, and what of it goes with weight [percent of baseline]; draws broadcast."""
        whole, with_weight = change_percent(p, self.periods, self.lived, self.outcome, xp)
        return self._less_comparator(whole), self._less_comparator(with_weight)

    def percent(self, p: Values, xp: Any = np) -> Any:
        """Predicted change [percent of baseline] of each arm, for parameters that broadcast against arms."""
        return self.parts(p, xp)[0]

    def _less_comparator(self, runs: Any) -> Any:
        arms = len(self.compared)
        return runs[..., :arms] - self.contrast * runs[..., self.compared]


def tabulate(arms: Sequence[Arm]) -> Table:
    """Arrays of arms that the model answers (see refusals)."""
    pairs = [(arm, reference(arm) if arm.word("estimand") == "contrast" else None) for arm in arms]
    runs = [arm for arm, _ in pairs] + [other for _, other in pairs if other]
    periods, lived = _periods([phases(run, body(run)) for run in runs])
    has = np.array([other is not None for _, other in pairs], dtype=bool)
    compared = np.where(has, len(arms) + np.cumsum(has) - 1, np.arange(len(arms)))
    made = [_made_of(run) for run in runs]
    outcome: dict[str, Any] = {name: np.array([one[name] for one in made]) for name in made[0]}
    outcome["typical"] = constants()["typical_muscle"]
    return Table(
        periods=periods,
        lived=lived,
        outcome=outcome,
        compared=compared,
        contrast=has.astype(float),
        scale=np.array([_scale(arm) for arm in arms]),
        kind=np.array([KINDS.index(constants()["outcomes"][arm.word("outcome")]["kind"]) for arm in arms]),
        n=np.array([arm.number("n", _usual_n(arm)) / (2 if other else 1) for arm, other in pairs]),
        ill=_any(periods, lived, {*ILLNESSES.values(), "thyrotoxic"})[: len(arms)],
        idle=_any(periods, lived, IDLE)[: len(arms)],
        ratio=np.array([float(arm.word("estimand") == "lean_fraction") for arm in arms]),
        quiet=1 - _any(periods, lived, STIRRED)[: len(arms)],
        years=np.array([arm.number("duration_days") / 365.25 for arm in arms]),
    )


def _periods(runs: list[list[Exposure]]) -> tuple[Values, tuple[Array, ...]]:
    """Periods side by side, and which of them each run lived when; one empty period serves all who have no past."""
    columns: list[Exposure] = []
    lived = np.zeros((len(runs[0]), len(runs)), dtype=int)
    empty: int | None = None
    for number, run in enumerate(runs):
        for step, period in enumerate(run):
            if period["days"] <= NO_TIME and empty is not None:
                lived[step, number] = empty
                continue
            if period["days"] <= NO_TIME:
                empty = len(columns)
            lived[step, number] = len(columns)
            columns.append(period)
    return {name: np.array([one[name] for one in columns]) for name in columns[0]}, tuple(lived)


def _any(periods: Values, lived: tuple[Array, ...], names: Iterable[str]) -> Array:
    """Whether any of these exposures touched a run, in its own period or before."""
    touched = np.max([periods[name] > 0 for name in names], axis=0)
    ever: Array = np.max([touched[step] for step in lived], axis=0)
    return ever.astype(float)


def _usual_n(arm: Arm) -> float:
    """Ratios of lean to weight lost are pooled over many people."""
    return 10 * TYPICAL_N if arm.word("estimand") == "lean_fraction" else TYPICAL_N


def _made_of(arm: Arm) -> dict[str, float]:
    fixed = constants()
    made_of = fixed["outcomes"][arm.word("outcome")]
    names = ("calf", "thigh", "upper", "other", "water", "lean")
    o = {name: float(made_of[name]) for name in names}
    if arm.word("method") in fixed["imaging"]:
        o["water"] = 0.0
    o["since_before"] = float(arm.word("change_reference") == "before_the_earlier_exposure")
    o["calf_ages"] = fixed["calf_ages"]
    return o


def _scale(arm: Arm) -> float:
    of = body(arm)
    size = baseline(arm, of)
    if size is None:
        raise ValueError(f"row {arm.row_id}: the baseline of its outcome cannot be told")
    if arm.word("outcome_unit") != "kg_per_kg_lost":
        return size / 100
    x = energy(arm, of, arm.number("duration_days"))
    by_balance = float(weight_by_balance(x["energy_balance"], arm.number("duration_days"), np))
    return size / 100 / -(x["weight_change"] if x["weighed"] else by_balance)
