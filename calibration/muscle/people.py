"""Person-level training trials (CC0): how much people differ in their response, apart from the error of two scans."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import numpyro.distributions as dist

from calibration.muscle.data import ROOT
from myoscope.model.table import Array

TRIALS = ROOT.parent / "shared" / "data" / "training_trials"
SCANS = ("DXA_LBM_T1", "DXA_LBM_T2", "DXA_LBM_T3")


@dataclass(frozen=True)
class People:
    """Changes of whole-body lean mass by DXA, one row a person [percent].

    Attributes:
        once: 12 weeks (Hammarstrom 2020; the 34 people the study kept).
        twice: weeks 0 to 3 and 3 to 6 (Haun 2019). The middle scan is in both, so their covariance tells its error.

    """

    once: Array
    twice: Array


def load(folder: Path = TRIALS) -> People:
    """Both trials, people with a missing scan left out."""
    scans: dict[str, dict[str, float]] = {}
    for row in _rows(folder / "dxadata.csv"):
        if row["include"] == "incl":
            scans.setdefault(row["participant"], {})[row["time"]] = float(row["lean.whole"])
    once = [100 * (one["post"] / one["pre"] - 1) for one in scans.values() if {"pre", "post"} <= one.keys()]
    three = [[row[name] for name in SCANS] for row in _rows(folder / "hypertrophy.csv")]
    lean = np.array([[float(cell) for cell in cells] for cells in three if "NA" not in cells and "" not in cells])
    return People(np.array(once), 100 * (lean[:, 1:] / lean[:, :-1] - 1))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def likelihood(people: People, s: dict[str, Any]) -> Any:
    """Log density of both trials about their own means, given the error of two scans and the spread of responses."""
    error = s["person_whole"] ** 2 / 2  # of one scan
    mean = people.once.mean()
    once = dist.Normal(mean, jnp.sqrt(2 * error + (s["person_times"] * mean) ** 2)).log_prob(people.once).sum()
    means = people.twice.mean(axis=0)
    spread = s["person_times"] ** 2 * np.outer(means, means) + error * np.array([[2.0, -1.0], [-1.0, 2.0]])
    return once + dist.MultivariateNormal(means, spread).log_prob(people.twice).sum()
