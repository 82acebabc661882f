"""Arms for the tests, written as a table would hold them."""

from __future__ import annotations

from myoscope.model.arms import NUMBERS, Arm


def arm(**columns: object) -> Arm:
    """An arm with these columns, of healthy people in their own clothes of 30 unless told."""
    usual = {
        "row_id": "a",
        "age_mean_years": 30,
        "female_frac": 0.0,
        "weight_kg": 75,
        "height_cm": 175,
        "duration_days": 84,
    }
    seen = {"outcome": "total_lean", "outcome_unit": "pct", "method": "dxa", "protein_g_per_kg_day": 1.2}
    told = {k: v for k, v in {**usual, **seen, **columns}.items() if v is not None}
    return Arm(
        str(told["row_id"]),
        {name: float(value) for name, value in told.items() if name in NUMBERS},
        {name: str(value) for name, value in told.items() if name not in NUMBERS},
    )


TRAINING = {"rt_sessions_per_week": 3, "rt_sets_per_muscle_per_week": 9, "rt_intensity": "moderate"}
