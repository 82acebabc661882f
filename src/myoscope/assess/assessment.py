"""One person, end to end: measure, urgent signs, definitions, causes, plan."""

from __future__ import annotations

import datetime as dt

from myoscope import __version__
from myoscope.assess.disagreements import disagreements
from myoscope.assess.forecast_part import WEEKS, expected_effects, forecast_part
from myoscope.assess.measures import measures
from myoscope.assess.muscle import estimated_mass
from myoscope.assess.next_steps import next_measurements
from myoscope.assess.parts import cause_part, definition_part, urgent_part
from myoscope.assess.plan_part import plan_part
from myoscope.assess.programme_part import made_doable
from myoscope.assess.result import Assessment, Person, Versions
from myoscope.assess.result_forecast import Forecast
from myoscope.assess.words import name_of
from myoscope.causes import questions_first, raised, weigh
from myoscope.definitions import definitions
from myoscope.definitions.catalogue import GROUPS
from myoscope.plan import compose
from myoscope.record import Current, Record, current
from myoscope.record.listed import unread
from myoscope.sources import knowledge_id


def assess(
    record: Record, *, on: dt.date | None = None, today: dt.date | None = None, weeks: int = WEEKS
) -> Assessment:
    """Everything Myoscope says of one person on one day.

    Args:
        record: the person.
        on: the day; by default that of the newest dated value, or today when nothing is dated.
        today: what counts as today.
        weeks: how far the forecast goes.

    Raises:
        InputError: the day lies before anything is known of the person.

    """
    now = current(record, on=on, today=today)
    mass = estimated_mass(now.facts)
    parts = [(name, definition_part(chosen, now.facts, mass)) for name, chosen in definitions().items()]
    # by what they are about, and those made for people like this one first
    parts.sort(key=lambda pair: (GROUPS.index(pair[1][1].group), pair[1][1].outside_population is True))
    answers = dict(parts)
    classified = {name: found for name, (found, _) in parts}
    flags = raised(now.facts)
    causes = [] if any(one.flag.silences for one in flags) else weigh(now.facts)
    composed = compose(now.facts, flags, causes)
    # Imported here: arrays take longer to load than a plain question takes to answer.
    from myoscope.assess.deficit_part import deficit_part
    from myoscope.assess.real_change_part import changes, expected_trends

    foretold = forecast_part(
        now.facts,
        mass,
        composed,
        {name: part for name, (_, part) in answers.items()},
        weeks=weeks,
        deceased=bool(record.deceased),
    )
    explained = deficit_part(now.facts, mass, causes)
    effects = expected_effects(foretold)
    # only a gain whose whole interval lies above nothing moves a step
    composed = composed.ordered_by({name: effect.median for name, effect in effects.items() if effect.low > 0})
    answer = Assessment(
        person=_person(record, now),
        measures=measures(now, mass),
        urgent=[urgent_part(flag, now.facts) for flag in flags],
        definitions={name: part for name, (_, part) in answers.items()},
        disagreements=disagreements(classified, now.facts),
        next_measurements=next_measurements(classified, causes, now.facts, questions_first(now.facts)),
        causes=[cause_part(one, now.facts, explained.contributions.get(one.cause.id)) for one in causes],
        plan=plan_part(composed, flags, now.facts, effects, deceased=bool(record.deceased)),
        forecast=foretold,
        deficit=explained.deficit,
        changes=changes(record, now.on, expected_trends(foretold)),
        versions=Versions(package=__version__, knowledge=knowledge_id(), model=_model(foretold)),
    )
    return made_doable(answer, composed, now.facts)


def _model(foretold: Forecast) -> str | None:
    """The draws behind a forecast; who has none does not wait for the arrays."""
    if foretold.status != "answered":
        return None
    from myoscope.model.posterior import model_id

    return model_id()


def _person(record: Record, now: Current) -> Person:
    age, sex, ancestry = (now.facts.values.get(name) for name in ("age_years", "sex", "ancestry"))
    listed: dict[str, list[str]] = {"condition": [], "medicine": [], "symptom": []}
    for one in record.listings:
        known = one.terms and one.kind != "medicine"
        title = ", ".join(name_of(f"{one.kind}:{term}") for term in one.terms) if known else one.text
        mark = "" if one.on(now.on) else " (past)"
        unknown = "" if one.terms else " (not in our vocabulary: kept, no rule reads it)"
        dose = f", {one.dose}" if one.dose else ""
        note = f" [{one.note}]" if one.note else ""
        listed[one.kind].append(f"{title}{dose}{mark}{unknown}{note}")
    remarks = list(now.remarks)
    strange = unread(record.listings)
    if strange and record.origin == "record":  # in a health record most problems have nothing to do with muscle
        remarks.append(strange)
    if record.deceased and record.origin == "record":  # the importer has said so already
        when = f" on {record.deceased}" if isinstance(record.deceased, dt.date) else ""
        remarks.insert(0, f"The record says that this person died{when}")
    return Person(
        id=record.id,
        on=now.on.isoformat(),
        age_years=float(age) if isinstance(age, (int, float)) else None,
        sex=str(sex) if sex else None,
        ancestry=str(ancestry) if ancestry else None,
        deceased=bool(record.deceased),
        conditions=_each_once(listed["condition"]),
        medicines=_each_once(listed["medicine"]),
        symptoms=_each_once(listed["symptom"]),
        remarks=remarks,
    )


def _each_once(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(texts))
