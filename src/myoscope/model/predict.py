"""What an arm of that size in a new study would report: the middle and an interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from myoscope.model.arms import Arm
from myoscope.model.equations import Values
from myoscope.model.posterior import posterior
from myoscope.model.refusals import refusal
from myoscope.model.table import Array, Table, tabulate

FREEDOM = 5.0  # of the Student t that arms are met with
COPIES = 10  # new studies for each posterior draw
SEED = 71


@dataclass(frozen=True)
class Prediction:
    """One row of the answer."""

    row_id: str
    outcome_unit: str
    status: str
    reason: str
    change: float | None = None
    lower: float | None = None
    upper: float | None = None


def noise(s: Values, table: Table, mean: Any, with_weight: Any, xp: Any) -> dict[str, Any]:
    """Spread of a reported mean about the model [percent of baseline], by where it comes from.

    `person`: between people; `arm`: an arm's own, beyond sampling; `shift`, `factor` and `weight`: what all arms of a
    study share, added, in proportion to the effect, and in proportion to what goes with weight.
    """
    still = xp.where(table.kind == 0, s["person_whole"], xp.where(table.kind == 1, s["person_part"], s["person_image"]))
    imaged = xp.where(table.kind == 2, s["study_image"], 0.0)
    ratio = xp.sqrt(s["study_weight"] ** 2 + (s["study_ratio"] * table.ratio) ** 2)
    stirred = 1 - table.quiet * (1 - s["quiet_share"])
    times = xp.sqrt(s["study_times"] ** 2 + (s["study_idle"] * table.idle) ** 2)
    return {
        "person": xp.sqrt(still**2 + (s["person_times"] * mean) ** 2 + s["person_year"] ** 2 * table.years),
        "arm": stirred * xp.sqrt(s["arm_extra"] ** 2 + (s["arm_ill"] * table.ill) ** 2),
        "shift": stirred * xp.sqrt(s["study_add"] ** 2 + imaged**2 + (s["study_ill"] * table.ill) ** 2) + 0 * mean,
        "factor": times * (mean - with_weight),
        "weight": ratio * with_weight,
    }


def within(p: Values, table: Table) -> tuple[Array, Array]:
    """Predicted change of each arm and the spread of what a new study would report about it [percent]."""
    mean, with_weight = table.parts(p)
    spread = noise(p, table, mean, with_weight, np)
    others = sum(spread[name] ** 2 for name in ("arm", "shift", "factor", "weight"))
    return mean, np.sqrt(spread["person"] ** 2 / table.n + others)


def reported(p: Values, table: Table, level: float, seed: int = SEED) -> tuple[Array, Array, Array]:
    """Median, lower and upper of the reported change [percent], for draws of the parameters in one row each."""
    mean, spread = within({name: np.asarray(values)[:, None] for name, values in p.items()}, table)
    # The same numbers for every arm, so that an arm is answered alike in any company.
    errors = np.random.default_rng(seed).standard_t(FREEDOM, (COPIES, len(mean), 1))
    told = (mean + spread * errors).reshape(-1, mean.shape[1])
    lower, upper = np.quantile(told, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return np.median(mean, axis=0), lower, upper


def predict(arms: Sequence[Arm], level: float = 0.9) -> list[Prediction]:
    """An answer for every arm, in its order; those outside the model with the reason."""
    why = [refusal(arm) for arm in arms]
    inside = [arm for arm, reason in zip(arms, why, strict=True) if not reason]
    answers = iter(_answer(inside, level))
    return [
        Prediction(arm.row_id, arm.word("outcome_unit"), "outside_model", reason) if reason else next(answers)
        for arm, reason in zip(arms, why, strict=True)
    ]


def _answer(arms: Sequence[Arm], level: float) -> list[Prediction]:
    if not arms:
        return []
    found = []
    for first in range(0, len(arms), 200):  # keeps memory small, however long the table
        part = arms[first : first + 200]
        table = tabulate(part)
        middle, lower, upper = (values * table.scale for values in reported(posterior(), table, level))
        found += [
            Prediction(arm.row_id, arm.word("outcome_unit"), "predicted", "", float(m), float(a), float(b))
            for arm, m, a, b in zip(part, middle, lower, upper, strict=True)
        ]
    return found
