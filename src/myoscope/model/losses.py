"""What the causes of one person have taken by today: the past lived again with some of them left out.

The loss of a set of causes is today's muscle without any of them less today's muscle with the set. It is reckoned for
people like this one on average, in the measured kilograms: with all causes present the muscle is what was measured.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from myoscope.model.arms import Arm
from myoscope.model.attribution import sharing
from myoscope.model.body import body
from myoscope.model.constants import constants
from myoscope.model.deficit import policy
from myoscope.model.equations import REGIONS, Values, live, pace, seen
from myoscope.model.exposure import Exposure, exposure
from myoscope.model.person import Lived, Person
from myoscope.model.table import Array, tabulate

BODY = frozenset({"days", "age", "female", "weight", "lean", "fat"})  # no exposures: whose they are
A_DAY = 1.0


def exposure_names() -> frozenset[str]:
    """Every exposure of the equations."""
    nobody = Arm("nobody", {"age_mean_years": constants()["ages"]["middle_years"], "duration_days": A_DAY}, {})
    return frozenset(exposure(nobody, body(nobody), A_DAY)) - BODY


def acts_by(of: Person, one: Lived) -> frozenset[str]:
    """The exposures of the equations through which something of present life acts; weight only where it is lost."""
    with_it, without = of.period([one], A_DAY), of.period([], A_DAY)
    moved = {name for name in exposure_names() if with_it[name] != without[name]}
    return frozenset(moved - ({"weight_change"} if with_it["weight_change"] > 0 else set()))


@dataclass(frozen=True)
class Shares:
    """Draws of what each cause has taken [kg of limb lean mass], causes by draws, in the order they were given."""

    causes: tuple[Lived, ...]
    lost_kg: Array

    @property
    def together_kg(self) -> Array:
        """Draws of what all causes have taken together."""
        total: Array = self.lost_kg.sum(axis=0)
        return total


def shares(of: Person, names: Sequence[str], p: Values, alm_kg: float) -> Shares:
    """Share the loss among those present exposures of a person that count as causes.

    Args:
        of: the person.
        names: ids of exposures that count as causes; the others are there in every set.
        p: parameters, one draw after the other.
        alm_kg: appendicular lean mass today.

    """
    causes = tuple(one for one in of.present if one.id in names and one.lasted > 0)
    if not causes:
        return Shares((), np.zeros((0, 1)))
    fixed = policy()["shares"]
    plan = sharing(len(causes), fixed["exact_up_to"], fixed["orders"], fixed["seed"])
    draws = _thinned(p, min(fixed["draws"], max(1, fixed["cells"] // len(plan.sets))))
    always = [one for one in of.present if one.id not in names]
    found, exposures = [], _Days(of)
    for days in _lengths(causes):
        lasting = [_counted(one, days) for one in causes]
        today = _today(exposures, draws, always, lasting, plan.sets)
        found.append(plan.shares(alm_kg * (today[0] - today) / today[-1]))
    lost = np.concatenate(found, axis=1)
    return Shares(causes, lost * _study_to_study(causes, draws, len(found)))


def beyond_studies(one: Lived) -> bool:
    """Whether it has lasted, or may have lasted, longer than any study of it."""
    longest = max(_unknown_lengths()) if one.lasted_days is None else one.lasted_days
    return one.studied_days is not None and longest > one.studied_days


def _counted(one: Lived, unknown_days: float) -> Lived:
    """As long as it counts: what takes muscle at a rate without end counts only as long as it was studied."""
    days = unknown_days if one.lasted_days is None else one.lasted_days
    ends = one.studied_days if one.lasting_illness and one.studied_days is not None else days
    return replace(one, lasted_days=min(days, ends))


def _unknown_lengths() -> Sequence[float]:
    days: Mapping[str, float] = policy()["shares"]["unknown_length_days"]
    return list(days.values())


def _lengths(causes: Sequence[Lived]) -> Sequence[float]:
    """How long a cause of unknown length may have lasted [days]; one length where all are known."""
    return _unknown_lengths() if any(one.lasted_days is None for one in causes) else [0.0]


def _thinned(p: Values, most: int) -> Values:
    """At most so many draws, evenly taken."""
    count = len(next(iter(p.values())))
    chosen = np.unique(np.linspace(0, count - 1, min(most, count)).astype(int))
    return {name: np.asarray(values)[chosen] for name, values in p.items()}


def _study_to_study(causes: Sequence[Lived], draws: Values, times: int) -> Array:
    """How much stronger or weaker each cause works here than in the studies: a factor, never below zero."""
    random = np.random.default_rng(policy()["shares"]["seed"])
    zero = np.zeros_like(draws["study_times"])
    spread = np.array([np.hypot(draws["study_times"], draws.get("study_idle", zero) * one.disuse) for one in causes])
    spread = np.tile(spread, (1, times))
    factors: Array = np.maximum(1 + spread * random.standard_normal(spread.shape), 0.0)
    return factors


class _Days:
    """Exposures of one person while certain things act. Worked out for a day and scaled: sets share most of them."""

    def __init__(self, of: Person) -> None:
        self.of = of
        self.known: dict[frozenset[str], Exposure] = {}

    def period(self, acting: Sequence[Lived], days: float) -> Exposure:
        """The same as `Person.period`, only faster: but for its length and the weight lost a day is like another."""
        ids = frozenset(one.id for one in acting)
        if ids not in self.known:
            self.known[ids] = self.of.period(acting, A_DAY)
        day = self.known[ids]
        return {**day, "days": days, "weight_change": day["weight_change"] * days / A_DAY}


def _today(days: _Days, p: Values, always: Sequence[Lived], causes: Sequence[Lived], sets: Array) -> Array:
    """Limb lean mass today for each set, habitual life at the beginning = 1; sets by draws."""
    starts = sorted({one.lasted for one in (*always, *causes) if one.lasted > 0}, reverse=True)
    columns: list[Exposure] = []
    lived = np.zeros((len(starts), len(sets)), dtype=int)
    for step, (start, end) in enumerate(itertools.pairwise([*starts, 0.0])):
        steady = [one for one in always if one.lasted >= start]
        begun = [one.lasted >= start for one in causes]
        rows, which = np.unique(sets & begun, axis=0, return_inverse=True)
        lived[step] = len(columns) + which.reshape(-1)
        for row in rows:
            kept = [one for one, there in zip(causes, row, strict=True) if there]
            columns.append(days.period([*steady, *kept], start - end))
    return _live_through(p, columns, lived, tabulate([days.of.as_arm([], A_DAY)]).outcome)


def _live_through(p: Values, columns: Sequence[Exposure], lived: Array, outcome: Values) -> Array:
    draws = {name: np.asarray(values)[:, None] for name, values in p.items()}
    periods = {name: np.array([one[name] for one in columns]) for name in columns[0]}
    paces = pace(draws, periods, np)
    state: dict[str, Any] = {**dict.fromkeys((*REGIONS, "aged"), 1.0), "water": 0.0, "energy": 0.0}
    for step in lived:
        state = live(state, {name: values[..., step] for name, values in paces.items()})
    today: Array = np.asarray(seen(draws, state, outcome)).T
    return today
