"""The first week of a plan: what to begin tomorrow, what to measure when, what would change the plan."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from myoscope.assess.result import NextMeasurement
from myoscope.assess.result_programme import FirstWeek, Meals, Measuring, Programme, WeekStep
from myoscope.assess.words import fill_in
from myoscope.plan import Composed, Step
from myoscope.plan.programme import MAY_BEGIN
from myoscope.quantities import quantities
from myoscope.rules import Facts, RuleBook, evaluate
from myoscope.sources import folder

_PATH = "policy/follow_up.yaml"


def first_week(
    composed: Composed,
    programme: Programme | None,
    meals: Meals | None,
    wanted: Sequence[NextMeasurement],
    facts: Facts,
) -> FirstWeek | None:
    """What a person can begin tomorrow; None where there is no plan.

    Args:
        composed: the plan, its steps with their time.
        programme: the exercise programme, for the days of the week.
        meals: the days of meals, where there are any.
        wanted: what would be worth measuring next, the best first.
        facts: what is known of the person.

    """
    if composed.withheld_by or not composed.steps:
        return None
    now = [step for step in composed.steps if step.when == "now"]
    own = [step for step in now if step.status in MAY_BEGIN and not step.already]
    visits = [step for step in now if step.status == "refer"]
    booking = [_booking(visits)] if visits else []
    most = _policy()["most"]
    own = own[: most["steps"] - len(booking)]
    return FirstWeek(
        steps=[*(_begin(step, programme, meals, facts) for step in own), *booking],
        measure=_measure(composed, facts)[: most["measures"]],
        changes=_changes(own, wanted),
    )


@cache
def _policy() -> dict[str, Any]:
    return dict(folder("policy")[_PATH])


def _begin(step: Step, programme: Programme | None, meals: Meals | None, facts: Facts) -> WeekStep:
    row = _policy()["begin"].get(step.treatment.id, _policy()["otherwise"])
    says = row["says"] if meals and meals.days else row.get("without_meals", row["says"])
    days = list(row["days"]) if isinstance(row["days"], list) else _training_days(programme)
    dose = fill_in(step.doses[0].text, facts) if step.doses else step.treatment.plain
    return WeekStep(
        id=step.treatment.id,
        title=step.treatment.title,
        days=days,
        says=says.replace("{dose}", dose),
        check_first=_policy()["before"]["says"] if step.status == "ask_first" else None,
    )


def _training_days(programme: Programme | None) -> list[str]:
    days = programme.phases[0].days if programme else []
    return [one.day for one in days if one.kind == "training"] or ["this week"]


def _booking(visits: Sequence[Step]) -> WeekStep:
    row = _policy()["referral"]
    titles = "; ".join(step.treatment.title for step in visits)
    return WeekStep(id="appointments", title=f"Appointments: {titles}", days=list(row["days"]), says=row["says"])


def _measure(composed: Composed, facts: Facts) -> list[Measuring]:
    there = {step.treatment.id for step in composed.steps if step.status != "not_now"} | {"any"}
    book = RuleBook(_PATH, _policy())
    found = []
    for row in _policy()["measure"]:
        fits = "when" not in row or evaluate(book.rule(row["when"]), facts).answer
        if fits and there & set(row["for"]):
            known = quantities()[row["variable"]]
            found.append(
                Measuring(variable=known.id, name=known.name, how=known.how, weeks=row["weeks"], why=row["why"])
            )
    return found


def _changes(own: Sequence[Step], wanted: Sequence[NextMeasurement]) -> list[str]:
    """What would make this another plan: open safety questions, signs to stop at, answers still missing, no gain."""
    asked = [step.treatment.title for step in own if step.unanswered]
    found = [f"A safety question is answered with yes ({'; '.join(asked)}): that step waits."] if asked else []
    for one in sorted(wanted, key=lambda next_one: next_one.rank)[:2]:
        if one.settles:
            name = one.name[:1].upper() + one.name[1:]
            found.append(f"{name} becomes known: it may settle {', '.join(one.settles[:2])}.")
    found += [text for step in own for text in step.treatment.stop_rules]
    always = _policy()["always_changes"]
    return [*list(dict.fromkeys(found))[: _policy()["most"]["changes"] - len(always)], *always]
