"""The posterior draws that ship with the package."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from myoscope.model.table import Array
from myoscope.sources import folder, table


@cache
def posterior() -> dict[str, Array]:
    """Every parameter as an array of draws, row by row of one joint sample."""
    rows = table("model/posterior.csv")
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def report() -> dict[str, Any]:
    """How the draws came about, and how well they do: knowledge/model/report.yaml."""
    found: dict[str, Any] = folder("model")["model/report.yaml"]
    return found
