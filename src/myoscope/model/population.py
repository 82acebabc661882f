"""Many people at once: what becomes of their muscle, as summaries at chosen weeks.

Arrays in, arrays out; the equations are those of one person. People are taken in blocks that stay in the processor's
cache, in single precision (changes are good to a thousandth of a percent), on as many threads as asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from myoscope.model.constants import constants
from myoscope.model.equations import REGIONS, energy_seen, live, pace, seen
from myoscope.model.exposure import ILLNESSES, NO_TIME
from myoscope.model.forecast import NINETY, WEEK, Draws, come_in, composition, draws, drift_apart, quantiles, rest
from myoscope.model.person import reading
from myoscope.model.table import IDLE, Array

_NONE = np.zeros((1, 1), dtype=np.float32)
WHO = ("age", "female", "weight", "lean", "fat")
BLOCK = 30_000  # numbers in one array of a block: 120 kilobytes, which stay in cache and are not mapped anew


@dataclass(frozen=True, slots=True)
class Summary:
    """Change of the outcome [percent of today's value], person by chosen week, over draws and people alike."""

    weeks: tuple[int, ...]
    mean: Array
    low: Array
    median: Array
    high: Array


def population(
    people: Mapping[str, Array],
    weeks: Sequence[int],
    *,
    past: Mapping[str, Array] | None = None,
    outcome: str = "alm",
    count: int = 100,
    threads: int = 2,
) -> Summary:
    """The coming weeks of many people.

    Args:
        people: exposures of the equations from today on, one value a person: `age` [years], `female` [0-1], `weight`,
            `lean`, `fat` [kg] are needed; an exposure that is not given is not there. `weight_kg_per_day` is a steady
            change of weight [kg/d].
        weeks: at which to look.
        past: exposures before today, with their `days`; none: muscle is in balance today.
        outcome: what is looked at (an outcome of constants.yaml).
        count: draws a person.
        threads: how many.

    Raises:
        KeyError: a needed column is missing, or one is no exposure of the equations.
        ValueError: somebody or some week lies outside what is modelled, or a cell is no number.

    """
    names = set(_neutral()) | {"weight_kg_per_day"}
    strangers = (set(people) | set(past or {})) - names
    if strangers or not set(WHO) <= set(people):
        raise KeyError(f"unknown: {sorted(strangers)}; missing: {sorted(set(WHO) - set(people))}")
    _guard(people, past or {}, weeks)
    size = len(people["age"])
    block = max(1, BLOCK // (count * len(weeks)))
    drawn = draws(count)
    found = np.empty((4, size, len(weeks)), dtype=np.float32)

    def work(first: int) -> None:
        rows = slice(first, min(first + block, size))
        found[:, rows] = _block(drawn, _cut(people, rows), _cut(past, rows) if past else None, weeks, outcome)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(0, size, block)))
    return Summary(tuple(weeks), *found)


def _guard(people: Mapping[str, Array], past: Mapping[str, Array], weeks: Sequence[int]) -> None:
    """The limits of trial arms, for everybody at once; the message names the first who is outside."""
    limits = constants()["limits"]
    longest = limits["duration_days"][1] / WEEK
    if not weeks or not 0 <= min(weeks) <= max(weeks) <= longest:
        raise ValueError(f"weeks {list(weeks)}: give one or more from 0 to {longest:.0f}")
    within = {"age": limits["age_mean_years"], "weight": limits["weight_kg"], "female": (0, 1)}
    within |= {"lean": (1, limits["weight_kg"][1]), "fat": (0, limits["weight_kg"][1])}
    for name, values in (*people.items(), *past.items()):
        numbers = np.asarray(values, dtype=float)
        low, high = within.get(name, (-np.inf, np.inf))
        wrong = np.flatnonzero(~(np.isfinite(numbers) & (numbers >= low) & (numbers <= high)))
        if len(wrong):
            raise ValueError(f"{name} of person {wrong[0]} is {numbers[wrong[0]]:g}; modelled is {low:g} to {high:g}")


def _cut(people: Mapping[str, Array], rows: slice) -> dict[str, Array]:
    return {name: np.asarray(values[rows], dtype=np.float32)[:, None] for name, values in people.items()}


def _neutral() -> dict[str, float]:
    """Every exposure of the equations, absent."""
    from myoscope.model.arms import Arm
    from myoscope.model.body import Body
    from myoscope.model.exposure import exposure

    nobody = Arm("nobody", {"age_mean_years": 0.0, "weight_kg": 1.0, "protein_g_per_kg_day": 0.0}, {})
    x = exposure(nobody, Body(1.0, 1.0, 1.0, 1.0), 0.0)
    return {**dict.fromkeys(x, 0.0), "days": NO_TIME}


def _block(
    drawn: Draws,
    people: dict[str, Array],
    past: dict[str, Array] | None,
    weeks: Sequence[int],
    outcome: str,
) -> Array:
    """Mean, 5 %, median and 95 % [percent]; summary by person by week. Inside: week by person by draw."""
    p, z, o = drawn.p, drawn.z, composition(outcome)
    start = {name: np.float32(value) for name, value in rest().items()}
    if past:
        calm = {**_neutral(), **people, **past, **dict.fromkeys(set(ILLNESSES.values()), np.float32(0.0))}
        start = {**live(start, pace(p, calm, np)), "energy": np.float32(0.0), "aged": np.float32(1.0)}
    days = (np.asarray(weeks, dtype=np.float32) * np.float32(WEEK))[:, None, None]
    x = {**_neutral(), **people, "days": np.maximum(days, np.float32(NO_TIME))}
    if "weight_kg_per_day" in people:
        x |= {"weighed": np.float32(1.0), "weight_change": people["weight_kg_per_day"] * days}
    to = pace(p, x, np)
    gone = to["ill"]
    state = live(start, {**to, "ill": np.float32(1.0)})
    state |= {region: state[region] * gone for region in REGIONS}
    before = seen(p, start, o)
    weight = to["energy"] * energy_seen(p, o) / before
    turned = seen(p, state, o) / before - 1 - weight
    times = p["study_times"] + _changed(people, past or {}) * (
        np.hypot(p["study_times"], p["study_idle"]) - p["study_times"]
    )
    change = np.maximum(1 + times * z["study"], 0) * turned
    change += np.maximum(1 + p["study_weight"] * z["weight"], 0) * weight
    change += come_in(days) * _ill(people) * (p["study_ill"] / 100 * z["ill"])
    change *= 1 + p.get("person_times", np.float32(0.0)) * z["answer"]
    change += drift_apart(p, days) * z["person"]
    low, median, high = quantiles(change, NINETY)
    return np.asarray(100 * np.stack([change.mean(axis=-1), low, median, high])).swapaxes(1, 2)


def _changed(people: Mapping[str, Array], past: Mapping[str, Array]) -> Array:
    """1 for those whose loading changes today or has changed lately: there studies scatter more."""
    found: Any = False
    for name in IDLE:
        now, before = people.get(name, _NONE), past.get(name, _NONE)
        found = found | (now != before) | ((before != 0) & (past.get("days", _NONE) < reading()["settled_days"]))
    return np.asarray(found, dtype=np.float32)


def _ill(people: Mapping[str, Array]) -> Array:
    """1 for those whom a lasting illness touches."""
    found: Any = False
    for name in set(ILLNESSES.values()):
        found = found | (people.get(name, _NONE) > 0)
    return np.asarray(found, dtype=np.float32)
