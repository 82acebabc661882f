"""Dates and times of FHIR, which may be as short as a year."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

_FHIR = re.compile(r"^(\d{4})(?:-(\d\d)(?:-(\d\d)(T.+)?)?)?$")
EARLIEST_YEAR = 1900


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as it was given.

    Attributes:
        day: the calendar day where it was written down; the middle of the month or year where no day is given.
        given: 'day', 'month' or 'year'.
        order: for sorting moments of one day, in seconds.

    """

    day: dt.date
    given: str
    order: float


def moment(text: str | None) -> Moment | None:
    """The moment, or None when there is none or it is no date of R4."""
    parts = _FHIR.match(text.strip()) if text else None
    if parts is None:
        return None
    year, month, day, time = parts.groups()
    try:
        if day:
            found = dt.date(int(year), int(month), int(day))
            return Moment(found, "day", _seconds(parts[0], found) if time else _seconds(None, found))
        middle = dt.date(int(year), int(month), 15) if month else dt.date(int(year), 7, 1)
    except ValueError:
        return None
    return Moment(middle, "month" if month else "year", _seconds(None, middle))


def since(*texts: str | None) -> dt.date | None:
    """The first of the dates that says at least the month; a year alone is too coarse to count days from."""
    for text in texts:
        found = moment(text)
        if found and found.given != "year":
            return found.day
    return None


def _seconds(text: str | None, day: dt.date) -> float:
    when = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    if text:
        try:
            when = dt.datetime.fromisoformat(text)
        except ValueError:
            return when.timestamp()
    return (when if when.tzinfo else when.replace(tzinfo=dt.UTC)).timestamp()
