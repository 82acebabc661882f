"""The posterior draws that ship with the package."""

from __future__ import annotations

import hashlib
import io
from functools import cache
from typing import Any

import numpy as np

from myoscope.model.table import Array
from myoscope.sources import folder, text


@cache
def posterior(count: int | None = None) -> dict[str, Array]:
    """Every parameter as an array of draws, row by row of one joint sample; the first `count`, or all."""
    names, _, rows = text("model/posterior.csv").partition("\n")
    drawn = np.loadtxt(io.StringIO(rows), delimiter=",", ndmin=2, max_rows=count)
    return dict(zip(names.split(","), np.ascontiguousarray(drawn.T), strict=True))


@cache
def model_id() -> str:
    """A short hash of the draws, to name exactly which model answered."""
    return hashlib.sha256(text("model/posterior.csv").encode()).hexdigest()[:10]


def report() -> dict[str, Any]:
    """How the draws came about, and how well they do: knowledge/model/report.yaml."""
    found: dict[str, Any] = folder("model")["model/report.yaml"]
    return found
