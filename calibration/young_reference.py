"""The young adults that SCWD holds muscle mass against: mean and SD of ALM/height² at 20 to 30 years, by sex and group.

NHANES whole-body DXA of 2011-2012, 2015-2016 and 2017-2018 (Hologic; valid scans; lean mass without bone mineral),
weighted with the examination weights. "Healthy" is read as a BMI from 18.5 to below 25 kg/m².
Run: python -m calibration.young_reference
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

DATA = Path(__file__).resolve().parents[2] / "shared/data/nhanes/dxa_2011_2018_without_2013_2014.parquet"
GROUPS = {"european": [3], "african": [4], "hispanic": [1, 2], "asian": [6], "other": [1, 2, 3, 4, 6, 7]}
"""Ancestry -> codes of race and ethnicity (RIDRETH3); `other` is everybody together."""


@dataclass(frozen=True, slots=True)
class Young:
    """One group. Units: kg/m²."""

    sex: str
    ancestry: str
    people: int
    mean: float
    spread: float

    @property
    def line(self) -> float:
        """Two standard deviations below the mean, each rounded to three places as the definition's file shows them."""
        return round(round(self.mean, 3) - 2 * round(self.spread, 3), 3)


def young_adults(data: Path = DATA) -> Iterator[Young]:
    """Every group of the reference."""
    healthy = pl.col("age_years").is_between(20, 30) & (pl.col("bmi") >= 18.5) & (pl.col("bmi") < 25)
    scanned = (pl.col("dxa_status_code") == 1) & pl.col("almi_kg_m2").is_not_null()
    rows = pl.read_parquet(data).filter(healthy & scanned)
    for sex in ("male", "female"):
        for ancestry, codes in GROUPS.items():
            some = rows.filter((pl.col("sex") == sex) & pl.col("race_eth3_code").cast(pl.Int32).is_in(codes))
            values, weights = (some[name].to_numpy().astype(float) for name in ("almi_kg_m2", "wt_exam_2yr"))
            mean = float(np.average(values, weights=weights))
            unbiased = len(values) / (len(values) - 1)
            spread = float(np.sqrt(np.average((values - mean) ** 2, weights=weights) * unbiased))
            yield Young(sex, ancestry, len(values), mean, spread)


if __name__ == "__main__":
    for one in young_adults():
        spread = f"mean {one.mean:.3f}  SD {one.spread:.3f}"
        print(f"{one.sex:6} {one.ancestry:8} n {one.people:3}  {spread}  line {one.line:.3f}")  # noqa: T201
