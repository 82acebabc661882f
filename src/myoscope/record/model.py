"""What a record holds. Every value keeps its date and how it was written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from myoscope.rules import Value


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of one variable, in the variable's own unit.

    Attributes:
        variable: registry id.
        value: number, category, yes/no or UNABLE.
        date: the day it was measured; None when the record does not say (then: the day of assessment).
        confirmed: the user vouches for an unlikely value, or the unit came with it (FHIR).
        note: anything the user wrote beside it, or what the importer did (a unit conversion).

    """

    variable: str
    value: Value
    date: dt.date | None = None
    confirmed: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """One condition, medicine or symptom.

    Attributes:
        kind: 'condition', 'medicine' or 'symptom'.
        text: as the user or the health record wrote it.
        terms: the vocabulary ids it stands for; empty when none is known (it is kept all the same).
        since: the day it began or was given.
        active: present now; False for resolved, stopped or 'history of'.
        dose: as written.
        until: the day it ended, where that is known; before that day it was present.
        note: anything the user wrote beside it; no rule reads it.

    """

    kind: str
    text: str
    terms: tuple[str, ...] = ()
    since: dt.date | None = None
    active: bool = True
    dose: str | None = None
    until: dt.date | None = None
    note: str | None = None

    def on(self, day: dt.date) -> bool:
        """Whether it was present on this day."""
        return self.active or (self.until is not None and day < self.until)


@dataclass(frozen=True, slots=True)
class Record:
    """One person: who, everything measured, everything listed.

    Attributes:
        entries: every value, in the order given.
        absent: (kind, id) pairs known to be absent.
        complete: kinds whose list is complete.
        origin: 'record' or 'fhir'.
        remarks: what the reader should know of how this was read (unit conversions, things left aside).
        tally: what an importer met: kind of thing -> number.

    """

    id: str | None = None
    birth_date: dt.date | None = None
    deceased: dt.date | bool = False
    entries: tuple[Entry, ...] = ()
    listings: tuple[Listing, ...] = ()
    absent: frozenset[tuple[str, str]] = frozenset()
    complete: frozenset[str] = frozenset()
    origin: str = "record"
    remarks: tuple[str, ...] = ()
    tally: dict[str, int] = field(default_factory=dict)

    @property
    def newest_date(self) -> dt.date | None:
        """The day of the newest value, or None when nothing is dated."""
        dates = [entry.date for entry in self.entries if entry.date]
        return max(dates) if dates else None
