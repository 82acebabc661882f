"""One person as the muscle model sees them: body, today's muscle, and what of present life acts on it.

How a record becomes this is data: `knowledge/model/person.yaml`. What the record does not say is no exposure.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from myoscope.estimates import Estimate
from myoscope.model.arms import NUMBERS, Arm
from myoscope.model.body import Body, body
from myoscope.model.constants import constants
from myoscope.model.exposure import Exposure, exposure
from myoscope.model.measurement import error_of
from myoscope.model.real_change import smallest_detectable_change
from myoscope.model.refusals import refusal
from myoscope.quantities import quantities
from myoscope.rules import Facts, RuleBook, evaluate
from myoscope.sources import folder

ALL_ALONG = float("inf")


@dataclass(frozen=True, slots=True)
class Lived:
    """Something that acts on muscle for a stretch of life.

    Attributes:
        columns: what it sets of a study arm (doses, in the arm's units).
        exposures: what it sets of the equations.
        weight_kg_per_day: change of weight that goes with it.
        lasted_days: since when; None: not known, taken as long enough to have settled.
        goes_on_days: for how much longer; 0: it has just ended.
        disuse: muscle that it took comes back faster.
        lasting_illness: it takes muscle at a rate, without an end.
        studied_days: the longest study of it; None: as long as the model goes.

    """

    id: str
    text: str
    columns: Mapping[str, float | str] = field(default_factory=dict)
    exposures: Mapping[str, float] = field(default_factory=dict)
    weight_kg_per_day: float = 0.0
    lasted_days: float | None = None
    goes_on_days: float = ALL_ALONG
    disuse: bool = False
    lasting_illness: bool = False
    studied_days: float | None = None

    @property
    def lasted(self) -> float:
        """Days since it began, the settled length where that is not known."""
        return reading()["settled_days"] if self.lasted_days is None else self.lasted_days


@dataclass(frozen=True, slots=True)
class Muscle:
    """Today's value of one measure of muscle, in the unit of its quantity.

    Attributes:
        outcome: what the model calls it.
        error: standard error of the value.
        estimated: by an equation, not measured.

    """

    variable: str
    outcome: str
    value: float
    error: float | None
    estimated: bool
    method: str | None = None

    @property
    def smallest_change(self) -> float | None:
        """Smallest detectable change between two measurements; None for an estimate."""
        return None if self.error is None or self.estimated else smallest_detectable_change(self.error)


@dataclass(frozen=True, slots=True)
class Person:
    """Who it is (an arm of one, without exposures), today's muscle (limbs first), and present life."""

    arm: Arm
    body: Body
    muscle: tuple[Muscle, ...]
    present: tuple[Lived, ...]
    protein_known: bool
    assumes: tuple[str, ...] = ()
    not_read: tuple[str, ...] = ()

    def past(self, present: Sequence[Lived] | None = None) -> list[Exposure]:
        """Periods of constant exposure up to today, the oldest first; empty when nothing acted."""
        acting = self.present if present is None else present
        starts = sorted({one.lasted for one in acting if one.lasted > 0}, reverse=True)
        return [
            self.period([one for one in acting if one.lasted >= start], start - end)
            for start, end in itertools.pairwise([*starts, 0.0])
        ]

    def period(self, lived: Iterable[Lived], days: float, columns: Mapping[str, float | str] | None = None) -> Exposure:
        """The exposures of one period [units of constants.yaml].

        Args:
            lived: what acts in it.
            days: its length.
            columns: doses of an arm instead of those that `lived` sets.

        """
        lived = list(lived)
        arm = self.as_arm(lived, days, columns)
        x = exposure(arm, self.body, days)
        for one in lived:
            x |= {name: max(x[name], value) for name, value in one.exposures.items()}
        if x["bed"]:
            x["steps_lost"] = 0.0  # who lies in bed walks no steps: the bed says it all
        return x

    def as_arm(self, lived: Iterable[Lived], days: float, columns: Mapping[str, float | str] | None = None) -> Arm:
        """The study arm that such people would be."""
        lived = list(lived)
        doses: dict[str, float | str] = {}
        for one in lived:
            doses |= one.columns
        doses |= columns or {}
        gained = sum(one.weight_kg_per_day for one in lived) * days
        if gained:
            doses["weight_change_kg"] = gained
        numbers = {name: float(value) for name, value in doses.items() if name in NUMBERS}
        words = {name: str(value) for name, value in doses.items() if name not in NUMBERS}
        return Arm(self.arm.row_id, {**self.arm.numbers, **numbers, "duration_days": days}, {**self.arm.words, **words})


@cache
def reading() -> dict[str, Any]:
    """How a record is read: knowledge/model/person.yaml."""
    return dict(folder("model")["model/person.yaml"])


@cache
def _book() -> RuleBook:
    return RuleBook("model/person.yaml", reading())


def _holds(name: str, facts: Facts) -> bool:
    return evaluate(_book().rule(name), facts).answer is True


def _applies(row: Mapping[str, Any], facts: Facts) -> bool:
    return _holds(row["when"], facts) and not ("unless" in row and _holds(row["unless"], facts))


def person(facts: Facts, estimate: Estimate | None) -> Person | str:
    """The person, or in words why the model does not answer.

    Limb muscle is as measured, else as estimated, else the usual share of lean mass (then without an error).

    Args:
        facts: what is known of the person today.
        estimate: of appendicular lean mass, where it was not measured.

    """
    refused = next((str(row["says"]) for row in reading()["refuses"] if _holds(row["when"], facts)), None)
    if refused:
        return refused
    lacking = [quantities()[name].name for name in ("sex", "age_years", "weight_kg") if name not in facts.values]
    if lacking:
        return f"not known: {', '.join(lacking)}"
    arm, of = _who(facts)
    muscle = tuple(_muscle(facts, estimate, of))
    if not muscle or muscle[0].variable != "alm_kg":
        return "limb muscle was neither measured nor can it be estimated (height and weight are the least)"
    present = (*_doses(facts), *_states(facts), *_weight(facts, of))
    found = Person(arm, of, muscle, present, "protein_g_per_kg_day" in facts.values, *_words(facts, present))
    return refusal(found.as_arm([one for one in present if one.goes_on_days], 7.0)) or found


def _who(facts: Facts) -> tuple[Arm, Body]:
    numbers = {
        "n": 1.0,
        "female_frac": float(facts.values["sex"] == "female"),
        "age_mean_years": _number(facts, "age_years") or 0.0,
        "weight_kg": _number(facts, "weight_kg") or 0.0,
    }
    numbers |= {"height_cm": height} if (height := _number(facts, "height_cm")) else {}
    numbers |= {"baseline_lean_kg": lean} if (lean := _lean(facts)) else {}
    words = {"outcome": "alm", "outcome_unit": "kg"}
    arm = Arm("person", numbers, words)
    return arm, body(arm)


def _lean(facts: Facts) -> float | None:
    """Lean mass: measured, from fat-free mass, from fat mass, or from limb muscle by its usual share."""
    lean_of_ffm = constants()["body"]["lean_of_ffm"]
    ffm, fat, weight = (_number(facts, name) for name in ("fat_free_mass_kg", "fat_mass_kg", "weight_kg"))
    if (lean := _number(facts, "lean_mass_kg")) is not None:
        return lean
    if ffm is None and fat is not None and weight is not None:
        ffm = weight - fat
    if ffm is not None and ffm > 0:
        return float(lean_of_ffm * ffm)
    alm = _number(facts, "alm_kg")
    return None if alm is None else float(alm / constants()["outcomes"]["alm"]["share"])


def _muscle(facts: Facts, estimate: Estimate | None, of: Body) -> Iterator[Muscle]:
    for row in reading()["measures"]:
        name = row["variable"]
        value = _number(facts, name)
        if value is not None:
            method = str(facts.values.get("alm_method") or "") if name == "alm_kg" else ""
            of_device = error_of(name, method or None)
            yield Muscle(
                name,
                row["outcome"],
                value,
                of_device.at(value) if of_device else None,
                estimated=False,
                method=method or None,
            )
        elif name == "alm_kg" and estimate is not None:
            errors = [estimate.equation.standard_error, (estimate.error_elsewhere or (None,))[0]]
            error = max((one for one in errors if one is not None), default=None)
            yield Muscle(name, "alm", estimate.value, error, estimated=True, method=estimate.equation.id)
        elif name == "alm_kg" and ("height_cm" in facts.values or _lean(facts)):
            share = constants()["outcomes"]["alm"]["share"]
            yield Muscle(name, "alm", of.lean * share, None, estimated=True, method="usual share of lean mass")


def _doses(facts: Facts) -> Iterator[Lived]:
    for row in reading()["doses"]:
        value = _number(facts, row["variable"])
        if value is None or (value >= row["below"] if "below" in row else value <= 0):
            continue
        dose = min(value / row.get("per", 1), row.get("most", ALL_ALONG))
        also = {column: dose * share for column, share in row.get("also", {}).items()}
        weeks = _number(facts, row["weeks"]) if "weeks" in row else None
        yield Lived(
            row["id"],
            row["text"].format(value=value),
            {row["column"]: dose, **also, **row.get("words", {})},
            lasted_days=7 * weeks if weeks is not None else _since(facts, row),
            disuse=row.get("disuse", False),
            studied_days=row.get("studied_days"),
        )


def _states(facts: Facts) -> Iterator[Lived]:
    for row in reading()["states"]:
        if not _applies(row, facts):
            continue
        days = _number(facts, row["days"]) if "days" in row else None
        lasted = _since(facts, row) if days is None else min(days, row.get("most_days", ALL_ALONG))
        lasted = row.get("days_if_unknown") if lasted is None else lasted
        goes_on = 0.0 if row.get("over") else row.get("goes_on_days", ALL_ALONG)
        if "passes_after_days" in row:
            goes_on = max(row["passes_after_days"] - (lasted or 0.0), row["at_least_days"])
            if goes_on <= 0:
                continue  # long over, and regained as far as it goes
            # a passing state of unknown length has just begun: nothing is known to have been lost
            lasted = lasted or 0.0
        yield Lived(
            row["id"],
            row["text"] if days is None or not row.get("over") else f"{lasted:g} {row['text']}",
            {},
            row["exposures"],
            lasted_days=lasted,
            goes_on_days=goes_on,
            disuse=row.get("disuse", False),
            lasting_illness=row.get("lasting_illness", False),
            studied_days=row.get("studied_days"),
        )


def _since(facts: Facts, row: Mapping[str, Any]) -> float | None:
    """Days since what the record lists began."""
    for kind, term in row.get("since", {}).items():
        listed = facts.listed.get((kind, term))
        if listed and listed.active and not listed.undated:
            return listed.days_ago
    return None


def _weight(facts: Facts, of: Body) -> Iterator[Lived]:
    """The newest known course of weight, if it is more than scatter."""
    row = reading()["weight"]
    for window in row["windows"]:
        percent = _number(facts, window["variable"])
        if percent is None:
            continue
        if abs(percent) >= row["least_percent"]:
            unintended: dict[str, Any] = {"way": "unintended", "speed": 1.0}
            way: dict[str, Any] = next((one for one in row["ways"] if _holds(one["when"], facts)), unintended)
            yield Lived(
                "weight_loss" if percent > 0 else "weight_gain",
                row["text"].format(percent=percent, days=window["days"]),
                {"weight_loss_method": way["way"] if percent > 0 else "none"},
                weight_kg_per_day=-of.weight * way["speed"] * percent / 100 / window["days"],
                lasted_days=window["days"],
                goes_on_days=window["days"],
            )
        return


def _words(facts: Facts, present: Sequence[Lived]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    ids = {one.id for one in present}
    assumes = [row["says"] for row in reading()["usual"] if row["variable"] not in facts.values]
    assumes += [row["assumes"] for row in reading()["states"] if row["id"] in ids and "assumes" in row]
    assumes += [reading()["weight"]["assumes"]] if ids & {"weight_loss", "weight_gain"} else []
    long_since = [one.text for one in present if one.lasted_days is None]
    if long_since:
        assumes.append(f"Lasting so long that muscle has settled: {'; '.join(long_since)}")
    not_read = [
        row["says"] for row in reading()["not_read"] if _applies(row, facts) and row.get("lacks") not in facts.values
    ]
    return tuple(assumes), tuple(not_read)


def _number(facts: Facts, name: str) -> float | None:
    value = facts.values.get(name)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
