"""People for the tests of person and forecast, written as a record would hold them."""

from __future__ import annotations

import datetime as dt

from myoscope.assess.muscle import estimated_mass
from myoscope.causes import raised, weigh
from myoscope.model.person import person
from myoscope.plan import compose
from myoscope.record import current, parse_record

TODAY = dt.date(2026, 11, 23)
OLD_MAN = {
    "sex": "male",
    "age_years": 75,
    "height_cm": 174,
    "weight_kg": 76,
    "alm_kg": 21.5,
    "alm_method": "dxa_hologic",
    "protein_g_per_kg_day": 1.2,
    "resistance_sessions_per_week": 0,
}


def facts(**given):
    told = {name: value for name, value in {**OLD_MAN, **given}.items() if value is not None}
    return current(parse_record(told, "a test", today=TODAY), today=TODAY).facts


def one(**given):
    """The person, or why not."""
    found = facts(**given)
    mass = estimated_mass(found)
    return person(found, mass.best if mass else None)


def steps(**given):
    found = facts(**given)
    return compose(found, raised(found), weigh(found)).steps
