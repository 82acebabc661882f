"""What becomes of one person's muscle: every draw, week and scenario at once.

Changes are fractions of today's value. The same draws, and the same people, stand behind every scenario, so that
differences are those of the scenarios alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from typing import Any

import numpy as np

from myoscope.model.arms import Arm
from myoscope.model.equations import REGIONS, Values, energy_seen, live, pace, seen
from myoscope.model.exposure import ILLNESSES, NO_TIME, Exposure
from myoscope.model.person import Person, reading
from myoscope.model.posterior import posterior
from myoscope.model.scenario import Scenario, Stretch
from myoscope.model.table import IDLE, Array, tabulate

SEED = 1123
YEAR = 365.25
WEEK = 7.0
Z = ("study", "weight", "ill", "answer", "person", "start")
NINETY = (0.05, 0.5, 0.95)


@dataclass(frozen=True, slots=True)
class Draws:
    """Draws of the parameters, and for each of them one study, one person and one error of today's value.

    z: name -> standard normal numbers, one a draw, spread evenly (each quantile once) and shuffled.
    """

    p: Values
    z: Mapping[str, Array]


@cache
def draws(count: int | None = None) -> Draws:
    """So many of the shipped draws (repeated when there are fewer), each with its own study and person."""
    wanted = count or reading()["draws"]
    shipped = posterior(wanted)
    rows = np.arange(wanted) % len(next(iter(shipped.values())))
    # Single precision: grams are good to a thousandth, and twice as many fit into the cache.
    p = {name: np.ascontiguousarray(values[rows], dtype=np.float32) for name, values in shipped.items()}
    even = np.array([NormalDist().inv_cdf((i + 0.5) / len(rows)) for i in range(len(rows))], dtype=np.float32)
    random = np.random.default_rng(SEED)
    return Draws(p, {name: random.permutation(even) for name in Z})


@dataclass(frozen=True, slots=True)
class Outlook:
    """The answer in numbers.

    Attributes:
        scenarios: in the order asked.
        days: from today.
        mean: variable -> change of people like this one on average; scenario by day by draw.
        people: the same with the spread between people.
        water: of the change of limb muscle at the end, what is water and glycogen; scenario by draw.
        stretches: each scenario's time, in stretches of constant exposures.
        drawn: the draws behind it.

    """

    person: Person
    scenarios: tuple[Scenario, ...]
    days: Array
    mean: Mapping[str, Array]
    people: Mapping[str, Array]
    water: Array
    stretches: tuple[Sequence[Stretch], ...]
    drawn: Draws

    def probability_below(self, scenario: int, line_kg: float, day: int = -1) -> float | None:
        """How likely limb muscle truly lies below a line [kg] on a day, today's error counted in.

        None where the error of today's value is not known.
        """
        muscle = self.person.muscle[0]
        if muscle.error is None:
            return None
        today = muscle.value + muscle.error * self.drawn.z["start"]
        return float(np.mean(today * (1 + self.people[muscle.variable][scenario, day]) < line_kg))

    def at_the_end(self, scenario: int) -> tuple[list[float], list[float]]:
        """Change of limb muscle on the last day [kg]: low, median and high of the mean, and of people."""
        muscle = self.person.muscle[0]
        mean, people = (
            (muscle.value * quantiles(values[muscle.variable][scenario, -1], NINETY)).tolist()
            for values in (self.mean, self.people)
        )
        return mean, [people[0], mean[1], people[2]]

    def less_as_now(self, scenario: int) -> tuple[list[float], list[float]]:
        """Difference from the first scenario on the last day [kg]: low, median and high of the mean, and of people."""
        muscle = self.person.muscle[0]
        mean, people = (
            (muscle.value * quantiles(of[muscle.variable][scenario, -1] - of[muscle.variable][0, -1], NINETY)).tolist()
            for of in (self.mean, self.people)
        )
        return mean, [people[0], mean[1], people[2]]

    def water_at_the_end(self, scenario: int) -> tuple[float, float]:
        """What of the median change is water [kg], and what of the difference from the first scenario."""
        value = self.person.muscle[0].value
        less = self.water[scenario] - self.water[0]
        return value * quantiles(self.water[scenario], (0.5,)).item(), value * quantiles(less, (0.5,)).item()

    def course(self, scenario: int, variable: str) -> dict[str, list[float]]:
        """One measure week by week, in its unit: the median, 50 and 90 % of people, 90 % of the mean."""
        start = next(one.value for one in self.person.muscle if one.variable == variable)
        people = start * (1 + quantiles(self.people[variable][scenario], (0.05, 0.25, 0.75, 0.95)))
        mean = start * (1 + quantiles(self.mean[variable][scenario], NINETY))
        return {
            "median": mean[1].tolist(),
            "low_50": people[1].tolist(),
            "high_50": people[2].tolist(),
            "low_90": people[0].tolist(),
            "high_90": people[3].tolist(),
            "mean_low_90": mean[0].tolist(),
            "mean_high_90": mean[2].tolist(),
        }

    def exceeds_error_week(self, scenario: int) -> int | None:
        """First week at which the median change of what was measured is beyond its smallest detectable change."""
        weeks = []
        for one in self.person.muscle:
            if one.smallest_change is not None:
                change = one.value * quantiles(self.mean[one.variable][scenario], (0.5,))[0]
                beyond = np.flatnonzero(np.abs(change) > one.smallest_change)
                weeks += [int(beyond[0])] if len(beyond) else []
        return min(weeks, default=None)

    def weight_change(self, scenario: int, day: int = -1) -> float:
        """Change of body weight by that day [kg]."""
        until = float(self.days[day])
        lost = (one.weight_kg_per_day * max(min(until, one.end) - one.start, 0.0) for one in self.stretches[scenario])
        return sum(lost)


def outlook(person: Person, scenarios: Sequence[Scenario], weeks: int, drawn: Draws | None = None) -> Outlook:
    """Every scenario from today on, week by week.

    Args:
        person: the person.
        scenarios: ways in which life goes on.
        weeks: how many.
        drawn: other draws than the shipped ones.

    """
    drawn = drawn or draws()
    days = np.arange(weeks + 1, dtype=np.float32) * np.float32(WEEK)
    past = person.past()
    start = settled(drawn.p, past)
    made_of = [composition(one.outcome) for one in person.muscle]
    means: list[list[Array]] = [[] for _ in made_of]
    water: list[Array] = []
    lives = tuple(scenario.stretches(person, max(float(days[-1]), 1.0)) for scenario in scenarios)
    for stretches in lives:
        states, with_illness = _lives(drawn.p, start, stretches, days)
        times = _times(drawn, past, stretches)
        shift = _ill_shift(drawn, days) if with_illness else 0.0
        for which, o in enumerate(made_of):
            before = seen(drawn.p, start, o)
            whole = seen(drawn.p, states, o) / before - 1
            weight = states["energy"] * energy_seen(drawn.p, o) / before
            means[which].append(times[0] * (whole - weight) + times[1] * weight + shift)
        water.append(made_of[0]["water"] * (states["water"][-1] - start["water"]) / seen(drawn.p, start, made_of[0]))
    mean = {one.variable: np.stack(rows) for one, rows in zip(person.muscle, means, strict=True)}
    people = {one.variable: among_people(drawn, mean[one.variable], days) for one in person.muscle}
    return Outlook(person, tuple(scenarios), days, mean, people, np.stack(water), lives, drawn)


def composition(outcome: str) -> Values:
    """What an outcome is made of, for the equations."""
    made_of = tabulate([Arm("person", {}, {"outcome": outcome, "outcome_unit": "pct"})]).outcome
    return {name: value if isinstance(value, dict) else value.item() for name, value in made_of.items()}


def single(x: Mapping[str, float]) -> dict[str, Any]:
    """Exposures in the precision of the draws."""
    return {name: np.float32(value) for name, value in x.items()}


def rest() -> dict[str, Any]:
    """The state of a habitual, healthy life."""
    return {**dict.fromkeys((*REGIONS, "aged"), 1.0), "water": 0.0, "energy": 0.0}


def settled(p: Values, past: Sequence[Exposure]) -> dict[str, Any]:
    """The state that past life has left.

    What a lasting illness, age and lost weight have taken is in today's value already and does not come back by
    itself, so it is not reckoned again; what moves towards a new balance is.
    """
    state = rest()
    for period in past:
        calm = {**period, **dict.fromkeys(set(ILLNESSES.values()), 0.0), "weighed": 1.0, "weight_change": 0.0}
        state = {**live(state, pace(p, single(calm), np)), "aged": 1.0}
    return state


def _lives(p: Values, start: Values, stretches: Sequence[Stretch], days: Array) -> tuple[dict[str, Any], bool]:
    """The state on every day [day by draw], and whether a lasting illness takes muscle.

    Illness is kept apart from the turnover: it goes on taking its share however the time is cut into stretches.
    """
    kinds = set(ILLNESSES.values())
    state: dict[str, Any] = dict(start)
    ill: Any = 1.0
    rows: list[dict[str, Any]] = []
    touched = False
    for number, one in enumerate(stretches):
        last = number == len(stretches) - 1
        inside = (days >= one.start) & ((days < one.end) | last)
        at = (np.append(days[inside], one.end)[:, None] - one.start).astype(np.float32)
        x = {**single(one.exposures), "days": np.maximum(at, np.float32(NO_TIME))}
        if x["weighed"]:
            x["weight_change"] = np.float32(one.weight_kg_per_day) * x["days"]
        to = pace(p, x, np)
        left = np.broadcast_to(ill * to["ill"], (len(at), len(p["turnover"])))
        lived = live(state, {**to, "ill": 1.0})
        rows.append({**{name: value[:-1] for name, value in lived.items()}, "ill": left[:-1]})
        state, ill = {name: value[-1] for name, value in lived.items()}, left[-1]
        touched = touched or any(x[kind] for kind in kinds)
    states = {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
    gone = states.pop("ill")
    if touched:
        states |= {region: states[region] * gone for region in REGIONS}
    return states, touched


def _times(drawn: Draws, past: Sequence[Exposure], stretches: Sequence[Stretch]) -> tuple[Array, Array]:
    """How a change works out elsewhere than in the average study: for what turns over, and for what goes with weight.

    Studies of the same treatment differ by more than chance; somebody who starts it meets one such place, not their
    mean. So this scatter counts as not knowing. It is wider where loading changes.
    """
    p, z = drawn.p, drawn.z
    lives = [*past, *(one.exposures for one in stretches)]
    loads = {tuple(x[name] for name in IDLE) for x in lives}
    if sum(x["days"] for x in past) < reading()["settled_days"]:
        loads.add((0.0,) * len(IDLE))
    idle = p.get("study_idle", 0.0) if len(loads) > 1 else 0.0
    times = np.sqrt(p["study_times"] ** 2 + idle**2)
    weight = p.get("study_weight", p["study_times"])
    return np.maximum(1 + times * z["study"], 0.0), np.maximum(1 + weight * z["weight"], 0.0)


def _ill_shift(drawn: Draws, days: Array) -> Array:
    """How much more or less an illness takes here than on average [fraction]; it takes its time to come in."""
    return np.asarray(come_in(days)[:, None] * drawn.p["study_ill"] / 100 * drawn.z["ill"])


def come_in(days: Array) -> Array:
    """How much of what makes people and places differ has come in by then [0-1]."""
    weeks = np.float32(WEEK * reading()["settling_weeks"])
    return np.asarray(np.minimum(days / weeks, np.float32(1.0)))


def among_people(drawn: Draws, mean: Array, days: Array) -> Array:
    """The changes of people, one a draw, about the mean of such people [fraction; ... by day by draw].

    Some answer more to whatever happens to them, some less (`person_times`); beside that people drift apart.
    """
    answers = 1 + drawn.p.get("person_times", 0.0) * drawn.z["answer"]
    return np.asarray(mean * answers + drift_apart(drawn.p, days[:, None]) * drawn.z["person"])


def drift_apart(p: Values, days: Array) -> Array:
    """How far people drift apart under the same life [fraction], with the square root of time; `days` broadcast.

    What two scans and daily water add to that in trials (`person_whole`, `person_part`, `person_image`) is no change
    of muscle and is left out.
    """
    return np.asarray(p["person_year"] * np.sqrt(days / YEAR) / 100)


def quantiles(values: Array, levels: Sequence[float]) -> Array:
    """Quantiles over the draws (the last axis), the levels first; linear between order statistics."""
    ordered = np.sort(values, axis=-1)
    found = []
    for level in levels:
        place = level * (ordered.shape[-1] - 1)
        below = int(place)
        above = min(below + 1, ordered.shape[-1] - 1)
        share = place - below
        found.append(ordered[..., below] * (1 - share) + ordered[..., above] * share)
    return np.stack(found)
