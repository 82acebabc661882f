"""The calibration arms with their results, from ../shared/trials (not shipped: most may not be copied as a block)."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from myoscope.model.arms import NUMBERS, Arm, read_arms
from myoscope.model.constants import published
from myoscope.model.refusals import refusal
from myoscope.model.table import Array, Table, tabulate

ROOT = Path(__file__).resolve().parents[2]
ARMS = ROOT.parent / "shared" / "trials" / "arms.csv"
DOUBTFUL = 2.0  # a suspect arm's error is doubled; one with many assumed columns counts half as much more
ASSUMED_MANY = 5


@dataclass(frozen=True)
class Trials:
    """Arms, what they reported, and how sure that is.

    Attributes:
        arms: as the package reads them.
        table: as arrays.
        percent: reported change [percent of baseline].
        error: its printed standard error [percent], NaN when none is printed.
        person: printed spread between people [percent], NaN when none is printed.
        doubt: factor on the error.
        study: index of the study.
        columns: further columns of the file, for grouping and the comparators.

    """

    arms: list[Arm]
    table: Table
    percent: Array
    error: Array
    person: Array
    doubt: Array
    study: Array
    columns: dict[str, Array]


def load() -> tuple[Trials, list[tuple[str, str]]]:
    """Every arm the model answers (with the published anchors as further arms), and the others with the reason."""
    everyone = read_arms(ARMS)
    with ARMS.open(encoding="utf-8", newline="") as handle:
        rows = {row["row_id"]: row for row in csv.DictReader(handle)}
    out = [(arm.row_id, why) for arm in everyone if (why := refusal(arm))]
    left = {row_id for row_id, _ in out}
    rows |= {one["id"]: _anchor(one) for one in published()}
    arms = [arm for arm in everyone if arm.row_id not in left] + [_anchor_arm(one) for one in published()]
    table = tabulate(arms)
    picked = [rows[arm.row_id] for arm in arms]
    change = np.array([float(row["change"]) for row in picked])
    error = np.array([_error(row) for row in picked]) / table.scale
    keys = sorted({row["study_key"] for row in picked})
    columns = {
        name: np.array([row[name] for row in picked])
        for name in ("row_id", "study_key", "domain", "outcome_unit", "estimand", "outcome", "method", "grade")
    }
    columns["change"] = change
    return (
        Trials(
            arms,
            table,
            change / table.scale,
            error,
            np.array([_float(row["change_sd"]) for row in picked]) / table.scale,
            np.array([_doubt(row) for row in picked]),
            np.array([keys.index(row["study_key"]) for row in picked]),
            columns,
        ),
        out,
    )


def _anchor(one: dict[str, Any]) -> dict[str, str]:
    """A published effect as a row of its own study."""
    told = {"change": one["change"], "change_ci_low": one["low"], "change_ci_high": one["high"]}
    row = {"row_id": one["id"], "study_key": one["source"], "domain": "anchor", "grade": "anchor", "suspect": "False"}
    blank = dict.fromkeys(("change_sd", "change_se", "n", "assumed"), "")
    return {**blank, **row, **{k: str(v) for k, v in (one["arm"] | told | {"estimand": "contrast"}).items()}}


def _anchor_arm(one: dict[str, Any]) -> Arm:
    columns = one["arm"] | {"row_id": one["id"], "estimand": "contrast"}
    numbers = {name: float(value) for name, value in columns.items() if name in NUMBERS}
    return Arm(one["id"], numbers, {name: str(value) for name, value in columns.items() if name not in NUMBERS})


def data_hash() -> str:
    """The file the calibration read, by content."""
    return hashlib.sha256(ARMS.read_bytes()).hexdigest()


def _float(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def _error(row: dict[str, str]) -> float:
    """Standard error of the mean change: printed, from the interval, or from the spread between people."""
    se, sd, n = _float(row["change_se"]), _float(row["change_sd"]), _float(row["n"])
    low, high, change = (_float(row[name]) for name in ("change_ci_low", "change_ci_high", "change"))
    halves = [(high - low) / 2, change - low, high - change]
    interval = next((half for half in halves if half > 0), float("nan")) / 1.96
    return next((one for one in (se, interval, sd / n**0.5 if n > 0 else float("nan")) if one > 0), float("nan"))


def _doubt(row: dict[str, str]) -> float:
    suspect = DOUBTFUL if row["suspect"] == "True" else 1.0
    assumed = len([name for name in row["assumed"].split(";") if name])
    return suspect * (1.25 if assumed >= ASSUMED_MANY else 1.0)
