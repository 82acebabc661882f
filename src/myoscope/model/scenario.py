"""Ways in which life may go on: as now, with each treatment of the plan, with the whole plan.

What a treatment changes is data: `knowledge/model/scenarios.yaml`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

from myoscope.model.constants import constants
from myoscope.model.exposure import Exposure
from myoscope.model.person import ALL_ALONG, Lived, Person
from myoscope.model.refusals import refusal
from myoscope.plan import Step
from myoscope.rules import Named
from myoscope.sources import folder

Kind = Literal["as_now", "treatment", "if_your_doctor", "plan", "plan_and_referred"]
MAY_BEGIN = ("offer", "ask_first")
AS_NOW = "as_now"
PROTEIN = "protein_g_per_kg_day"


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes different today.

    Attributes:
        at_least: columns of an arm, raised to this.
        at_most: columns of an arm, lowered to this; goes before `at_least`, the careful side.
        put: columns of an arm, as they stand.
        ends: ids of what ends.
        begins: what begins.

    """

    at_least: Mapping[str, float] = field(default_factory=dict)
    at_most: Mapping[str, float] = field(default_factory=dict)
    put: Mapping[str, float | str] = field(default_factory=dict)
    ends: frozenset[str] = frozenset()
    begins: tuple[Lived, ...] = ()

    def together(self, other: Change) -> Change:
        """Both changes; in any order the same (they put different columns)."""
        low = {
            n: max(self.at_least.get(n, 0.0), other.at_least.get(n, 0.0)) for n in {**self.at_least, **other.at_least}
        }
        high = {
            n: min(self.at_most.get(n, ALL_ALONG), other.at_most.get(n, ALL_ALONG))
            for n in {**self.at_most, **other.at_most}
        }
        begins = {one.id: one for one in (*self.begins, *other.begins)}
        ordered = tuple(begins[name] for name in sorted(begins))
        return Change(low, high, {**self.put, **other.put}, self.ends | other.ends, ordered)

    def columns(self, doses: Mapping[str, float | str]) -> dict[str, float | str]:
        """The doses of an arm after the change."""
        found = dict(doses) | dict(self.put)
        for name, value in self.at_least.items():
            found[name] = max(value, float(found.get(name, value)))
        for name, value in self.at_most.items():
            found[name] = min(value, float(found.get(name, value)))
        return found


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time of constant exposures, from `start` to `end` [days from today]; weight changes evenly over it."""

    start: float
    end: float
    exposures: Exposure
    weight_kg_per_day: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way in which life goes on.

    effect: the scenario whose effect this is, itself or the one it repeats.
    """

    id: str
    title: str
    kind: Kind
    says: str
    change: Change = field(default_factory=Change)
    treatments: tuple[str, ...] = ()
    studied_days: float = ALL_ALONG
    effect: str | None = None

    def lived(self, person: Person) -> tuple[Lived, ...]:
        """What acts from today on."""
        stays = (replace(one, goes_on_days=0.0) if one.id in self.change.ends else one for one in person.present)
        return (*stays, *self.change.begins)

    def stretches(self, person: Person, days: float) -> list[Stretch]:
        """The coming time as stretches of constant exposures."""
        lived = self.lived(person)
        turns = sorted({0.0, days, *(one.goes_on_days for one in lived if 0 < one.goes_on_days < days)})
        return [self._stretch(person, lived, start, end) for start, end in itertools.pairwise(turns)]

    def _stretch(self, person: Person, lived: Sequence[Lived], start: float, end: float) -> Stretch:
        acting = [one for one in lived if one.goes_on_days > start]
        columns = self.change.columns(_doses(acting))
        x = person.period(acting, end - start, columns)
        x["age"] += start / 365.25
        if any(one.disuse and one.goes_on_days <= start for one in lived):
            x["regaining"] = 1.0
        return Stretch(start, end, x, sum(one.weight_kg_per_day for one in acting))

    def refusal(self, person: Person, days: float) -> str:
        """Why the model does not answer this; '' when it does."""
        lived = self.lived(person)
        for one in self.stretches(person, days):
            acting = [a for a in lived if a.goes_on_days > one.start]
            reason = refusal(person.as_arm(acting, one.end - one.start, self.change.columns(_doses(acting))))
            if reason:
                return reason
        return ""

    def extrapolated(self, person: Person, days: float) -> tuple[str, ...]:
        """Where it goes on for longer than anybody was studied."""
        found = []
        if days > self.studied_days:
            found.append(f"{self.title}: studied for at most {self.studied_days:g} days")
        for one in self.lived(person):
            known = one.lasted_days is not None or one.lasting_illness  # an illness takes its share every day anew
            length = (one.lasted_days or 0.0 if known else one.lasted) + min(one.goes_on_days, days)
            if one.studied_days is None or length <= one.studied_days or not (known or self._touches(one)):
                continue  # what has settled and stays is no forecast of its own
            said = f"here for {length:.0f} days in all" if known else "how long here is not known"
            found.append(f"{one.text}: studied for at most {one.studied_days:g} days, {said}")
        return tuple(found)

    def _touches(self, one: Lived) -> bool:
        """Whether the change acts on this, by itself or because training makes good what disuse took."""
        columns = {*self.change.at_least, *self.change.at_most, *self.change.put}
        trains = one.disuse and "rt_sessions_per_week" in columns
        return trains or one.id in self.change.ends or bool(columns & set(one.columns))


def _doses(acting: Sequence[Lived]) -> dict[str, float | str]:
    doses: dict[str, float | str] = {}
    for one in acting:
        doses |= one.columns
    return doses


@cache
def _written() -> dict[str, Any]:
    return dict(folder("model")["model/scenarios.yaml"])


def as_now() -> Scenario:
    """Life goes on as it is."""
    return Scenario(AS_NOW, "As now", "as_now", "Life goes on as it is now")


@dataclass(frozen=True, slots=True)
class Piece:
    """One way in which a step of the plan changes life.

    Attributes:
        scenario: that change by itself.
        referred: whether a professional decides on it.
        no_number: why it has no number by itself; '' where it has one.
        joins: whether it is part of the whole plan.

    """

    scenario: Scenario
    referred: bool
    no_number: str
    joins: bool


def pieces(person: Person, steps: Sequence[Step], days: float) -> list[Piece]:
    """What the plan is put together from, in its order; steps that may not begin are left out."""
    by_id = {step.treatment.id: step for step in steps}
    found = []
    for step in steps:
        for row in _rows(step) if step.status != "not_now" else ():
            made = _scenario(row, step, by_id, person)
            lacking = _lacking(row, by_id, person)
            reason = "" if step.already else lacking or made.refusal(person, days)
            # with the rest of the plan beside it, a treatment may act that does nothing alone
            joins = "treatment" in row and (not reason or (reason == lacking and "lacking" in row))
            found.append(Piece(made, step.status not in MAY_BEGIN, reason, joins))
    return found


def _rows(step: Step) -> list[dict[str, Any]]:
    name = step.treatment.id
    return [row for row in _written()["scenarios"] if name in (row.get("treatment"), row.get("with"))]


def scenarios(person: Person, steps: Sequence[Step], days: float) -> tuple[list[Scenario], dict[str, str]]:
    """What may be compared for this person, and why the rest of the plan has no number.

    Args:
        person: the person.
        steps: the steps of the plan.
        days: how far the forecast goes.

    Returns:
        `as_now`, the single changes, then the plan as a whole (and with what a professional has to decide);
        treatment id -> reason.

    """
    found = pieces(person, steps, days)
    single = [one.scenario for one in found if not one.no_number]
    without = {step.treatment.id: "Not now: see what stops it" for step in steps if step.status == "not_now"}
    without |= {one.scenario.id: one.no_number for one in found if one.no_number}
    without |= {s.treatment.id: _written()["none"] for s in steps if s.status != "not_now" and not _rows(s)}
    offered = [one.scenario for one in found if one.joins and not one.referred]
    referred = [one.scenario for one in found if one.joins and one.referred]
    whole = [
        together("plan", "The whole plan", "All that the plan offers, together", offered),
        together(
            "plan_and_referred",
            "The plan and what it refers for",
            "The plan, and what it refers you for, if the professional agrees",
            [*offered, *referred],
        ),
    ]
    whole = [one for one, parts in zip(whole, (offered, referred), strict=True) if parts]
    return [as_now(), *single, *(one for one in whole if not one.refusal(person, days))], without


def together(kind: Kind, title: str, says: str, parts: Sequence[Scenario]) -> Scenario:
    """Several changes at once, as one."""
    whole = Change()
    for one in parts:
        whole = whole.together(one.change)
    names = tuple(name for one in parts for name in one.treatments)
    return Scenario(kind, title, kind, says, whole, names, min((one.studied_days for one in parts), default=ALL_ALONG))


def _lacking(row: Mapping[str, Any], steps: Mapping[str, Step], person: Person) -> str:
    """What the record lacks for a number; '' where nothing does."""
    present = {one.id for one in person.present}
    if any(need not in present for need in row.get("needs", ())):
        return str(row.get("lacking", "The record holds nothing that it would change"))
    if row.get("needs_variable") == PROTEIN and not person.protein_known:
        return "How much protein you eat is not known"
    if "protein_of" in row and _protein(row, steps) is None:
        return "There is no protein target in figures, or it is met"
    return ""


def _scenario(row: Mapping[str, Any], step: Step, steps: Mapping[str, Step], person: Person) -> Scenario:
    """One row for this person."""
    name, title = row.get("id", step.treatment.id), row.get("title", step.treatment.title)
    treatments = (step.treatment.id,)
    if step.already:
        return Scenario(name, title, "treatment", "You already do this", treatments=treatments, effect=name)
    change = _change(row, step, steps, person)
    doses = {PROTEIN: constants()["protein"]["usual_g_per_kg"], **change.columns(_doses(person.present))}
    says = str(row["says"]).format_map(doses)
    kind: Kind = "treatment" if step.status in MAY_BEGIN else "if_your_doctor"
    studied, effect = row.get("studied_days", ALL_ALONG), row.get("same_effect_as", name)
    return Scenario(name, title, kind, says, change, treatments, studied, effect=effect)


def _change(row: Mapping[str, Any], step: Step, steps: Mapping[str, Step], person: Person) -> Change:
    chosen = step.doses[0].rule if step.doses else None
    name = chosen.name if isinstance(chosen, Named) else None
    dose = next(one for one in row["doses"] if one.get("dose") in (name, None))
    now = _doses(person.present)
    low, high = dict(dose.get("at_least", {})), dict(dose.get("at_most", {}))
    low |= {column: value for column, value in dose.get("raises", {}).items() if column in now}
    high |= {column: share * float(now[column]) for column, share in dose.get("times", {}).items() if column in now}
    if grams := _protein(row, steps):
        low[PROTEIN], high[PROTEIN] = grams
    if "adds_protein_g" in dose:
        eaten = float(now.get(PROTEIN, constants()["protein"]["usual_g_per_kg"]))
        low[PROTEIN] = eaten + dose["adds_protein_g"] / person.body.weight
    begins = tuple(_begins(row, dose, step, person))
    return Change(low, high, dict(dose.get("put", {})), frozenset(row.get("ends", ())), begins)


def _begins(row: Mapping[str, Any], dose: Mapping[str, Any], step: Step, person: Person) -> Iterator[Lived]:
    name = step.treatment.id
    if "exposures" in dose:
        yield Lived(name, str(row["says"]), {}, dose["exposures"], lasted_days=0.0)
    if "loses" in dose:
        loss = dose["loses"]
        per_day = -person.body.weight * loss["percent"] / 100 / loss["days"]
        way = {"weight_loss_method": "diet"}
        yield Lived(name, str(row["says"]), way, {}, per_day, lasted_days=0.0, goes_on_days=loss["days"])


def _protein(row: Mapping[str, Any], steps: Mapping[str, Step]) -> tuple[float, float] | None:
    """The person's protein target [g/kg/d], low and high end."""
    step = steps.get(row.get("protein_of", ""))
    return step.doses[0].grams_per_kg if step and step.doses and not step.already else None
