"""What if: parts of the plan switched on and off and dosed, and the forecast of what was chosen.

What may be turned is data: `knowledge/model/what_if.yaml`. Switched as the plan says, the answer is that of the plan.
"""

# ruff: noqa: RUF012  # pydantic copies a default for each object
from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from myoscope.assess.forecast_part import WEEKS, forecast_of
from myoscope.assess.muscle import Estimated, estimated_mass
from myoscope.assess.part import Part
from myoscope.assess.parts import definition_part
from myoscope.assess.result import DefinitionResult
from myoscope.assess.result_forecast import Forecast
from myoscope.causes import raised, weigh
from myoscope.definitions import definitions
from myoscope.definitions.catalogue import GROUPS
from myoscope.plan import compose
from myoscope.record import Current, Problem, Record, current
from myoscope.rules import Facts
from myoscope.sources import folder

if TYPE_CHECKING:
    from myoscope.model.person import Person
    from myoscope.model.scenario import Change, Piece, Scenario
    from myoscope.plan import Composed, Step

CHOSEN: Literal["plan"] = "plan"
"""Id of the scenario that holds all that was chosen; it takes the place of the plan's own."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody chose.

    Attributes:
        on: ids of the treatments switched on.
        doses: (treatment, column) -> the dose, in the unit of its label; what is not here stays as the plan says.

    """

    on: frozenset[str]
    doses: Mapping[tuple[str, str], float]


class Dose(Part):
    """One dose that may be turned [the unit of its label]."""

    column: Annotated[str, Field(description="column of a study arm")]
    label: str
    value: float
    planned: Annotated[float, Field(description="what the plan says")]
    lowest: float
    highest: float
    step: float


class Switch(Part):
    """One treatment of the plan that the model reads."""

    id: str
    title: str
    says: str
    on: bool
    referred: Annotated[bool, Field(description="a professional decides on it")]
    doses: list[Dose] = []


class WhatIf(Part):
    """What may be chosen, what was, and what becomes of it.

    forecast: as now, each part chosen by itself, and all of them together (`plan`); null where a dose is refused.
    """

    switches: list[Switch] = []
    forecast: Forecast | None = None
    reason: Annotated[str | None, Field(description="why nothing may be chosen")] = None


@dataclass(frozen=True, slots=True)
class _Setting:
    """One person's plan, as the model reads it."""

    now: Current
    composed: Composed
    person: Person
    pieces: Sequence[Piece]


def switches(
    record: Record, wish: Wish | None = None, *, on: dt.date | None = None, today: dt.date | None = None
) -> WhatIf:
    """What may be chosen, without a forecast.

    Args:
        record: the person.
        wish: what was chosen; by default what the plan offers, at its own doses.
        on: the day, as for `assess`.
        today: what counts as today.

    """
    found = _setting(record, on, today, WEEKS)
    return WhatIf(reason=found) if isinstance(found, str) else WhatIf(switches=list(_switches(found, wish)))


def what_if(
    record: Record,
    wish: Wish | None = None,
    *,
    on: dt.date | None = None,
    today: dt.date | None = None,
    weeks: int = WEEKS,
) -> tuple[WhatIf, list[Problem]]:
    """The forecast of what was chosen, and what is wrong with it (then without a forecast)."""
    found = _setting(record, on, today, weeks)
    if isinstance(found, str):
        return WhatIf(reason=found), []
    turned = list(_switches(found, wish))
    problems = [problem for switch in turned for problem in _problems(switch)]
    if problems:
        return WhatIf(switches=turned), problems
    mass = estimated_mass(found.now.facts)
    answers = _answers(found.now.facts, mass)

    def choose(person: Person, _: Sequence[Step], days: float) -> tuple[list[Scenario], dict[str, str]]:
        return _chosen(person, found.pieces, turned, days)

    foretold = forecast_of(found.now.facts, mass, found.composed, answers, weeks, choose)
    return WhatIf(switches=turned, forecast=foretold), []


def _answers(facts: Facts, mass: Estimated | None) -> dict[str, DefinitionResult]:
    """The definitions' answers in the order in which they are told (`assess`)."""
    parts = [(name, definition_part(one, facts, mass)[1]) for name, one in definitions().items()]
    return dict(sorted(parts, key=lambda pair: (GROUPS.index(pair[1].group), pair[1].outside_population is True)))


def _setting(record: Record, on: dt.date | None, today: dt.date | None, weeks: int) -> _Setting | str:
    """The person and the plan's parts, or why there is nothing to choose: the reasons of the forecast itself."""
    from myoscope.model.person import person
    from myoscope.model.scenario import pieces

    if record.deceased:
        return "The record says that this person has died"
    now = current(record, on=on, today=today)
    flags = raised(now.facts)
    causes = [] if any(one.flag.silences for one in flags) else weigh(now.facts)
    composed = compose(now.facts, flags, causes)
    if composed.withheld_by:
        reasons = ", ".join(dict.fromkeys(one.flag.title.lower() for one in composed.withheld_by))
        return f"No treatment is shown before this has been looked at: {reasons}"
    mass = estimated_mass(now.facts)
    who = person(now.facts, mass.best if mass else None)
    if isinstance(who, str):
        return who
    done = {step.treatment.id for step in composed.steps if step.already}  # as now, whether switched on or off
    parts = [one for one in pieces(who, composed.steps, 7 * weeks) if one.joins and one.scenario.id not in done]
    return _Setting(now, composed, who, parts)


def _switches(found: _Setting, wish: Wish | None) -> Iterator[Switch]:
    for one in found.pieces:
        name = one.scenario.id
        doses = [_dose(row, one.scenario, wish) for row in _written() if row["treatment"] == name]
        yield Switch(
            id=name,
            title=one.scenario.title,
            says=one.scenario.says,
            on=not one.referred if wish is None else name in wish.on,
            referred=one.referred,
            doses=[dose for dose in doses if dose is not None and dose.lowest < dose.highest],
        )


def _written() -> list[dict[str, Any]]:
    return list(folder("model")["model/what_if.yaml"]["doses"])


def _dose(row: Mapping[str, Any], one: Scenario, wish: Wish | None) -> Dose | None:
    """A dose as it may be turned for this person; None where the plan sets none."""
    column, per = row["column"], row.get("per", 1)
    planned = one.change.at_least.get(column)
    if planned is None:
        return None
    cap = min(row["highest"], one.change.at_most.get(column, row["highest"] / per) * per)
    shown = planned * per
    value = wish.doses.get((one.id, column), shown) if wish else shown
    lowest, highest = min(row["lowest"], shown), max(cap, shown)
    return Dose(
        column=column, label=row["label"], value=value, planned=shown, lowest=lowest, highest=highest, step=row["step"]
    )


def _problems(switch: Switch) -> Iterator[Problem]:
    for dose in switch.doses if switch.on else ():
        if not dose.lowest <= dose.value <= dose.highest:
            yield Problem(
                f"{switch.id}.{dose.column}",
                f"{switch.title}: {dose.value:g} {dose.label} is not worked out",
                f"Choose from {dose.lowest:g} to {dose.highest:g}",
            )


def _chosen(
    person: Person, parts: Sequence[Piece], turned: Sequence[Switch], days: float
) -> tuple[list[Scenario], dict[str, str]]:
    """As now, each part that is on by itself, and all of them together."""
    from myoscope.model.scenario import as_now, together

    on = {switch.id: switch for switch in turned if switch.on}
    taken = [(one, _dosed(one.scenario, on[one.scenario.id])) for one in parts if one.scenario.id in on]
    whole = together(CHOSEN, "What you chose", "All that you chose, together", [made for _, made in taken])
    single, without = [], {}
    for one, made in taken:
        reason = one.no_number or made.refusal(person, days)
        if reason:
            without[made.id] = reason
        else:
            single.append(made)
    return [as_now(), *single, whole], without


def _dosed(one: Scenario, switch: Switch) -> Scenario:
    """The part at the doses chosen; untouched where they are those of the plan."""
    change, said = one.change, []
    for row in _written():
        dose = next((d for d in switch.doses if d.column == row["column"] and row["treatment"] == one.id), None)
        if dose is None or dose.value == dose.planned:
            continue
        change = _turned(change, row, dose)
        said.append(f"{dose.value:g} {dose.label}")
    if not said:
        return one
    return replace(one, change=change, says=f"{one.title}, {', '.join(said)}")


def _turned(change: Change, row: Mapping[str, Any], dose: Dose) -> Change:
    times = dose.value / dose.planned
    moved = {name: change.at_least[name] * times for name in row.get("along", ()) if name in change.at_least}
    return replace(change, at_least={**change.at_least, **moved, dose.column: dose.value / row.get("per", 1)})
