"""Random people for the laws: values around the cut-offs, gaps everywhere."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from myoscope.quantities import quantities
from myoscope.rules import UNABLE, Facts, Formula

CATEGORIES = {
    "sex": ["female", "male"],
    "ancestry": ["asian", "african", "european", "hispanic", "other"],
    "alm_method": ["dxa_hologic", "dxa_lunar", "dxa", "bia", "anthropometric"],
}
# Values on, just below and just above every cut-off of the definitions, and some far from all.
NUMBERS = {
    "age_years": [10.0, 17.9, 18.0, 49.9, 50.0, 59.0, 60.0, 64.9, 65.0, 80.0],
    "height_cm": [150.0, 160.0, 170.0, 180.0],
    "weight_kg": [45.0, 60.0, 80.0, 110.0],
    "alm_kg": [13.0, 13.824, 14.08, 14.59, 15.0, 16.5, 17.92, 19.9, 20.0, 20.23, 24.0],
    "grip_strength_kg": [
        12.0,
        15.9,
        16.0,
        17.9,
        18.0,
        19.9,
        20.0,
        25.9,
        26.0,
        26.9,
        27.0,
        27.9,
        28.0,
        35.4,
        35.5,
        40.0,
    ],
    "chair_stand_5x_s": [9.0, 11.9, 12.0, 15.0, 15.1, 25.0],
    "gait_speed_m_s": [0.5, 0.79, 0.8, 0.81, 0.99, 1.0, 1.3],
    "sppb_score": [6.0, 8.0, 9.0, 10.0, 12.0],
    "tug_s": [9.0, 19.9, 20.0, 30.0],
    "walk_400m_s": [300.0, 359.0, 360.0, 500.0],
    "sarc_f_score": [0.0, 3.0, 4.0, 9.0],
}
ABLE = [name for name in NUMBERS if quantities()[name].can_be_unable]


def complete(row: dict[str, Any]) -> Facts:
    """A row as facts: gaps left out, derived values filled in."""
    values = {name: value for name, value in row.items() if value is not None}
    for name, known in quantities().items():
        if known.formula and name not in values:
            derived = Formula(known.formula).value(values)
            if derived is not None:
                values[name] = derived
    return Facts(values)


def row_strategy(gap: bool = True) -> st.SearchStrategy[dict[str, Any]]:
    """Rows of categories and numbers, with gaps and tests that could not be done."""
    fields: dict[str, st.SearchStrategy[Any]] = {}
    for name, values in CATEGORIES.items():
        fields[name] = st.sampled_from([*values, None] if gap else values)
    for name, numbers in NUMBERS.items():
        options: list[Any] = [*numbers, *([UNABLE] if name in ABLE else []), *([None] * 4 if gap else [])]
        fields[name] = st.sampled_from(options)
    return st.fixed_dictionaries(fields)


def random_rows(count: int, seed: int) -> list[dict[str, Any]]:
    """Many rows at once, from a seed that a failing test can name."""
    dice = random.Random(seed)  # noqa: S311  # no secret depends on it
    rows = []
    for _ in range(count):
        row: dict[str, Any] = {
            name: dice.choice(values) if dice.random() > 0.15 else None for name, values in CATEGORIES.items()
        }
        for name, numbers in NUMBERS.items():
            chance = dice.random()
            unable = name in ABLE and chance > 0.93
            row[name] = UNABLE if unable else None if chance < 0.25 else dice.choice(numbers)
        rows.append(row)
    return rows


def texts(body: Any) -> Iterator[str]:
    """Every text of an answer, however deep."""
    if isinstance(body, str):
        yield body
    elif isinstance(body, dict):
        for part in body.values():
            yield from texts(part)
    elif isinstance(body, (list, tuple)):
        for part in body:
            yield from texts(part)
