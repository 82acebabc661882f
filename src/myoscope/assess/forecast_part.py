"""The forecast as the result shows it: courses in kilograms, differences, chances of crossing a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from myoscope.assess.muscle import Estimated, from_mass
from myoscope.assess.result import DefinitionResult, Interval
from myoscope.assess.result_forecast import (
    Course,
    ExpectedEffect,
    Forecast,
    ForecastStart,
    LineChance,
    PresentExposure,
    ScenarioForecast,
    WithoutNumber,
)
from myoscope.definitions.catalogue import NOT_APPLICABLE
from myoscope.plan import Composed, Step
from myoscope.plan.treatments import treatments
from myoscope.quantities import quantities
from myoscope.rules import Facts, Formula

if TYPE_CHECKING:
    from myoscope.model.forecast import Outlook
    from myoscope.model.person import Muscle, Person
    from myoscope.model.scenario import Scenario

    Choose = Callable[[Person, Sequence[Step], float], tuple[list[Scenario], dict[str, str]]]
    """Person, steps of the plan, days -> what is compared, `as_now` first; and what has no number, and why."""

WEEKS = 52
MASS = "alm_kg"
DIGITS = 3  # grams


def forecast_part(
    facts: Facts,
    mass: Estimated | None,
    composed: Composed,
    answers: Mapping[str, DefinitionResult],
    *,
    weeks: int = WEEKS,
    deceased: bool = False,
) -> Forecast:
    """The forecast of one person, or why there is none.

    Args:
        facts: what is known of the person.
        mass: the estimate of limb muscle where it was not measured.
        composed: the plan; where it is withheld, no treatment is shown.
        answers: the definitions' answers, for their lines.
        weeks: how far.
        deceased: the person has died.

    """
    if deceased:
        return Forecast(status="none", reason="The record says that this person has died")
    return forecast_of(facts, mass, composed, answers, weeks)


def forecast_of(
    facts: Facts,
    mass: Estimated | None,
    composed: Composed,
    answers: Mapping[str, DefinitionResult],
    weeks: int,
    choose: Choose | None = None,
) -> Forecast:
    """The forecast of somebody alive; `choose`: what is compared, by default each treatment and the whole plan."""
    # Arrays take longer to load than a plain question takes to answer: only who gets a forecast waits for them.
    from myoscope.model.forecast import SEED, outlook
    from myoscope.model.person import person, reading
    from myoscope.model.scenario import scenarios

    who = person(facts, mass.best if mass else None)
    if isinstance(who, str):
        return Forecast(status="outside_model", reason=who)
    days = 7 * weeks
    chosen, without = (choose or scenarios)(who, composed.steps, days)
    refused = next((reason for one in chosen if (reason := one.refusal(who, days))), "")
    if refused:
        return Forecast(status="outside_model", reason=refused)
    found = outlook(who, chosen, weeks)
    lines = _lines(answers)
    shown = [_scenario(found, place, facts, lines) for place in range(len(chosen))]
    return Forecast(
        status="answered",
        weeks=list(range(weeks + 1)),
        start=[_start(one) for one in who.muscle],
        present=[_present(one, who) for one in range(len(who.present))],
        scenarios=shown,
        without_number=_without(without, composed.steps),
        most_worth=_most_worth(shown),
        treatments_withheld=_withheld(composed),
        assumes=list(who.assumes),
        not_counted=list(who.not_read),
        extrapolated=list(dict.fromkeys(text for one in shown for text in one.extrapolated)),
        bands=str(reading()["bands"]).strip(),
        draws=len(found.drawn.z["person"]),
        seed=SEED,
    )


def expected_effects(forecast: Forecast) -> dict[str, ExpectedEffect]:
    """Treatment id -> what it alone brings this person."""
    found: dict[str, ExpectedEffect] = {}
    for one in forecast.scenarios:
        if one.kind not in {"treatment", "if_your_doctor"} or one.difference_kg is None or one.id != one.treatments[0]:
            continue
        found[one.id] = ExpectedEffect(
            **one.difference_kg.model_dump(),
            weeks=forecast.weeks[-1],
            water_kg=one.difference_water_kg or 0,
            extrapolated=bool(one.extrapolated),
        )
    return found


def _withheld(composed: Composed) -> str | None:
    if not composed.withheld_by:
        return None
    reasons = ", ".join(dict.fromkeys(one.flag.title.lower() for one in composed.withheld_by))
    return f"No treatment is shown before this has been looked at: {reasons}"


def _start(one: Muscle) -> ForecastStart:
    known = quantities()[one.variable]
    return ForecastStart(
        variable=one.variable,
        name=known.name,
        value=one.value,
        unit=known.shown_unit,
        origin="estimate" if one.estimated else "measured",
        method=one.method,
        error=one.error,
        smallest_change=one.smallest_change,
    )


def _present(place: int, who: Person) -> PresentExposure:
    one = who.present[place]
    goes_on = None if one.goes_on_days == float("inf") else one.goes_on_days
    return PresentExposure(id=one.id, text=one.text, lasted_days=one.lasted_days, goes_on_days=goes_on)


def _scenario(found: Outlook, place: int, facts: Facts, lines: Sequence[LineChance]) -> ScenarioForecast:
    one, muscle = found.scenarios[place], found.person.muscle[0]
    mean, people = found.at_the_end(place)
    less, less_people = found.less_as_now(place)
    water, water_less = found.water_at_the_end(place)
    now = one.kind == "as_now"
    return ScenarioForecast(
        id=one.id,
        title=one.title,
        kind=one.kind,
        says=one.says,
        treatments=list(one.treatments),
        courses=[_course(found, place, which) for which in found.person.muscle],
        change_kg=_interval(people),
        mean_change_kg=_interval(mean),
        change_percent=round(100 * mean[1] / muscle.value, DIGITS),
        water_kg=round(water, DIGITS),
        difference_kg=None if now else _interval(less),
        difference_people_kg=None if now else _interval(less_people),
        difference_water_kg=None if now else round(water_less, DIGITS),
        effect=one.effect,
        exceeds_error_week=found.exceeds_error_week(place),
        lines=_chances(found, place, facts, lines),
        extrapolated=list(one.extrapolated(found.person, float(found.days[-1]))),
    )


def _interval(low_middle_high: Sequence[float]) -> Interval:
    low, median, high = (round(value, DIGITS) for value in low_middle_high)
    return Interval(median=median, low=low, high=high)


def _course(found: Outlook, place: int, muscle: Muscle) -> Course:
    known = quantities()[muscle.variable]
    rows = {
        name: [round(value, DIGITS) for value in values]
        for name, values in found.course(place, muscle.variable).items()
    }
    return Course(variable=muscle.variable, name=known.name, unit=known.shown_unit, **rows)


def _lines(answers: Mapping[str, DefinitionResult]) -> list[LineChance]:
    """Every line below which a definition calls limb muscle low, for this person."""
    found: dict[tuple[str, str, float], LineChance] = {}
    for name, answer in answers.items():
        for row in answer.comparisons if answer.stage != NOT_APPLICABLE else ():
            if row.cutoff is None or not str(row.operator).startswith("<") or row.variable not in quantities():
                continue
            if from_mass(row.variable):
                found.setdefault(
                    (name, row.variable, row.cutoff),
                    LineChance(
                        definition=name,
                        title=answer.title,
                        variable=row.variable,
                        operator=str(row.operator),
                        cutoff=row.cutoff,
                        unit=row.unit or "",
                        now=0,
                        end=0,
                    ),
                )
    return list(found.values())


def _chances(found: Outlook, place: int, facts: Facts, lines: Sequence[LineChance]) -> list[LineChance]:
    """The lines with their chances; a line's kilograms may move with weight (muscle by body mass index)."""
    per_kg = [_per_kg(facts, found.person.body.weight + found.weight_change(place, day)) for day in (0, -1)]
    rows = []
    for row in lines:
        chances = [
            found.probability_below(place, row.cutoff / index[row.variable], day) if index.get(row.variable) else None
            for day, index in zip((0, -1), per_kg, strict=True)
        ]
        if chances[0] is not None and chances[1] is not None:
            now, end = (round(chance, DIGITS) for chance in chances if chance is not None)
            kg = round(row.cutoff / per_kg[0][row.variable], DIGITS)
            rows.append(row.model_copy(update={"now": now, "end": end, "kg": kg}))
    return rows


def _per_kg(facts: Facts, weight: float) -> dict[str, float]:
    """What one kilogram of limb muscle is in each index made from it, at this body weight [kg]."""
    values = {**facts.values, "weight_kg": weight, MASS: 1}
    found: dict[str, float] = {MASS: 1}
    for name, formula in _formulas().items():  # body mass index first: others are made from it
        if (index := formula.value(values)) is not None:
            values[name] = found[name] = index
    return found


@cache
def _formulas() -> dict[str, Formula]:
    names = ["bmi_kg_m2", *(name for name in quantities() if name != MASS and from_mass(name))]
    return {name: Formula(quantities()[name].formula or "") for name in names}


def _without(reasons: Mapping[str, str], steps: Sequence[Step]) -> list[WithoutNumber]:
    titles = {step.treatment.id: step.treatment.title for step in steps}
    return [
        WithoutNumber(id=name, title=titles.get(name, name.replace("_", " ")), reason=reason)
        for name, reason in reasons.items()
        if name in titles or name not in treatments()
    ]


def _most_worth(shown: Sequence[ScenarioForecast]) -> list[str]:
    """The two single changes of one's own that bring most muscle, water not counted."""
    gains = {
        one.id: one.difference_kg.median - (one.difference_water_kg or 0)
        for one in shown
        if one.kind == "treatment" and one.difference_kg is not None
    }
    again = {one.id for one in shown if one.effect != one.id and one.effect in gains}
    return sorted((name for name, gain in gains.items() if gain > 0 and name not in again), key=lambda n: -gains[n])[:2]
