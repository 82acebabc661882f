"""Tables of people for the tests of the cohort: generated, with gaps, in the registry's units."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl


def people(rows: int, seed: int = 1) -> pl.DataFrame:
    """People with everything EWGSOP2, AWGS 2019 and SDOC read; a fifth of the cells empty."""
    dice = np.random.default_rng(seed)

    def numbers(low: float, high: float) -> pl.Series:
        values = np.round(dice.uniform(low, high, rows), 2)
        return pl.Series(np.where(dice.random(rows) < 0.2, np.nan, values), nan_to_null=True)

    def words(*some: Any) -> pl.Series:
        return pl.Series(np.array(some, dtype=object)[dice.integers(0, len(some), rows)].tolist(), dtype=pl.String)

    return pl.DataFrame({
        "id": np.arange(rows), "sex": words("male", "female", "male", "female", None),
        "age_years": np.round(dice.uniform(10, 95, rows)), "ancestry": words("asian", "european", None),
        "height_cm": numbers(145, 190), "weight_kg": numbers(45, 110), "alm_kg": numbers(11, 30),
        "alm_method": words("bia", "dxa_hologic", None), "grip_strength_kg": numbers(8, 50),
        "gait_speed_m_s": numbers(0.4, 1.5), "chair_stand_5x_s": numbers(6, 30), "sppb_score": numbers(0, 12).round(0),
    })  # fmt: skip
