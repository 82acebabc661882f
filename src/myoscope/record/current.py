"""What holds of a person on one day: the newest value of each variable, ages, derived values, lists."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Any

from myoscope.quantities import KINDS, quantities, terms
from myoscope.quantities.terms import implied_by
from myoscope.record.doses import daily_dose
from myoscope.record.errors import InputError, Problem
from myoscope.record.model import Entry, Record
from myoscope.rules import Facts, Formula, Value
from myoscope.rules.facts import Listed
from myoscope.sources import folder


@dataclass(frozen=True, slots=True)
class Dated:
    """The newest value of one variable.

    Attributes:
        stale: too old to say anything of the day of assessment; shown, but no rule sees it.
        origin: 'measured' (given in the record), 'derived' (by formula) or 'history' (taken from earlier dates).
        earlier: older values, newest first.

    """

    variable: str
    value: Value
    date: dt.date | None
    stale: bool = False
    origin: str = "measured"
    note: str | None = None
    earlier: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Current:
    """The person on the day `on`."""

    on: dt.date
    facts: Facts
    dated: dict[str, Dated]
    remarks: tuple[str, ...] = ()


@cache
def policy() -> dict[str, Any]:
    """Our own choices about time windows and certainty (`knowledge/policy/windows.yaml`)."""
    return dict(folder("policy")["policy/windows.yaml"])


def current(record: Record, *, on: dt.date | None = None, today: dt.date | None = None) -> Current:
    """The person on one day.

    Args:
        record: the person.
        on: the day; by default the day of the newest dated value, or today when nothing is dated.
        today: what counts as today.

    Raises:
        InputError: the day lies in the future, or before anything is known of the person.

    """
    today = today or dt.date.today()
    if on and on > today:
        future = f"{on} lies in the future (today is {today})"
        raise InputError("the record", [Problem("--on", future, "Check the year")])
    day = on or _default_day(record, today)
    if record.birth_date and day < record.birth_date:
        born = f"{day} lies before the birth date {record.birth_date}"
        raise InputError("the record", [Problem("--on" if on else "date", born, "Choose a later day")])
    remarks = list(record.remarks)
    later = sum(1 for entry in record.entries if entry.date and entry.date > day)
    if later:
        remarks.append(f"{later} value{'s' if later > 1 else ''} dated after {day} left aside")
    if record.entries and later == len(record.entries):
        raise InputError("the record", [Problem("--on", f"every value is dated after {day}", "Choose a later day")])
    if on is None and (today - day).days > policy()["old_record_days"]["value"]:
        remarks.append(f"The newest value is from {day}: this describes the person on that day, not today")
    dated = _newest(record, day)
    _age(record, day, dated)
    _from_history(day, dated)
    _doses(record, day, dated)
    _derive(dated, day)
    values = {name: one.value for name, one in dated.items() if not one.stale}
    # something active that the vocabulary does not know may be anything: its list cannot prove absence
    unread = {one.kind for one in record.listings if one.on(day) and not one.terms}
    facts = Facts(values, _listed(record, day), record.complete - unread, _examined())
    return Current(day, facts, dated, tuple(remarks))


def _default_day(record: Record, today: dt.date) -> dt.date:
    """The day of the newest value; today where a value without a date stands beside dated ones of the same variable."""
    undated = {entry.variable for entry in record.entries if entry.date is None}
    if record.newest_date is None or any(entry.date and entry.variable in undated for entry in record.entries):
        return today
    return record.newest_date


def _newest(record: Record, day: dt.date) -> dict[str, Dated]:
    series: dict[str, list[Entry]] = {}
    for entry in record.entries:
        if entry.date is None or entry.date <= day:
            series.setdefault(entry.variable, []).append(entry)
    found: dict[str, Dated] = {}
    for variable, entries in series.items():
        entries.sort(key=lambda entry: entry.date or day, reverse=True)
        newest = entries[0]
        limit = quantities()[variable].stale_after_days
        age = (day - newest.date).days if newest.date else 0
        found[variable] = Dated(
            variable,
            newest.value,
            newest.date,
            limit is not None and age > limit,
            "measured",
            newest.note,
            tuple(entries[1:]),
        )
    for variable, one in list(found.items()):
        owner = found.get(quantities()[variable].belongs_to or "")
        if owner and owner.date != one.date:  # the method of one scan says nothing of another
            same_scan = [entry for entry in one.earlier if entry.date == owner.date]
            if same_scan:
                entry = same_scan[0]
                found[variable] = Dated(variable, entry.value, entry.date, one.stale or owner.stale, note=entry.note)
            elif one.date is not None:  # without a date of its own it was said of the person's scans in general
                del found[variable]
    return found


def _age(record: Record, day: dt.date, dated: dict[str, Dated]) -> None:
    if record.birth_date:
        birth = record.birth_date
        had_birthday = (day.month, day.day) >= (birth.month, birth.day)
        years = day.year - birth.year - (0 if had_birthday else 1)
        last = _birthday(birth, birth.year + years)
        dated["age_years"] = Dated(
            "age_years", years + (day - last).days / 366, None, origin="derived", note=f"born {birth}"
        )
    elif (given := dated.get("age_years")) and given.date and isinstance(given.value, float) and given.date < day:
        grown = given.value + (day - given.date).days / 365.25
        dated["age_years"] = Dated(
            "age_years", grown, None, origin="derived", note=f"{given.value:g} years on {given.date}"
        )


def _birthday(birth: dt.date, year: int) -> dt.date:
    try:
        return birth.replace(year=year)
    except ValueError:  # 29 February, in a year without one
        return dt.date(year, 3, 1)


def _from_history(day: dt.date, dated: dict[str, Dated]) -> None:
    weight = dated.get("weight_kg")
    for variable, window in policy()["past_weight_days"].items():
        if not isinstance(window, dict) or weight is None or (variable in dated and not dated[variable].stale):
            continue
        wanted = (window["low"] + window["high"]) / 2
        fitting = [e for e in weight.earlier if e.date and window["low"] <= (day - e.date).days <= window["high"]]
        if fitting and (day - (weight.date or day)).days < window["low"]:
            best = min(fitting, key=lambda e: abs((day - (e.date or day)).days - wanted))
            dated[variable] = Dated(variable, best.value, best.date, origin="history", note="from dated weights")
    for variable, original in policy()["previous_value_of"].items():
        series = dated.get(original)
        given = dated.get(variable)
        if (given is None or given.stale) and series and series.earlier and series.date != series.earlier[0].date:
            entry = series.earlier[0]
            limit = quantities()[original].stale_after_days
            old = limit is not None and entry.date is not None and (day - entry.date).days > limit
            dated[variable] = Dated(variable, entry.value, entry.date, old, "history", "the value before the newest")


def _doses(record: Record, day: dt.date, dated: dict[str, Dated]) -> None:
    taken = [one for one in record.listings if one.on(day) and not (one.since and one.since > day)]
    for variable, names in policy()["dose_from_text"].items():
        if isinstance(names, list) and variable not in dated and (read := daily_dose(taken, names)):
            dated[variable] = Dated(variable, read[0], None, origin="derived", note=f"read from: {read[1]}")


def _derive(dated: dict[str, Dated], day: dt.date) -> None:
    """Fill in what follows by formula; a given value stays while it is as new as what it would be made from."""
    pending = {name: Formula(known.formula) for name, known in quantities().items() if known.formula}

    def settle(name: str) -> None:
        formula = pending.pop(name, None)
        if formula is None:
            return
        for key in formula.names:
            settle(key)
        inputs = [dated[key] for key in formula.names if key in dated]
        value = formula.value({one.variable: one.value for one in inputs})
        if value is None:
            return
        stale = any(one.stale for one in inputs)
        newest = max((one.date for one in inputs if one.date), default=None)
        given = dated.get(name)
        if given and (given.date or day) >= (newest or day) and (stale or not given.stale):
            return
        earlier = (Entry(name, given.value, given.date, note=given.note), *given.earlier) if given else ()
        dated[name] = Dated(name, value, newest, stale, "derived", formula.text, earlier)

    for name in list(pending):
        settle(name)


@cache
def _examined() -> frozenset[tuple[str, str]]:
    return frozenset((kind, name) for kind in KINDS for name, term in terms(kind).items() if term.examined)


def _listed(record: Record, day: dt.date) -> dict[tuple[str, str], Listed]:
    found: dict[tuple[str, str], Listed] = {}
    for kind, term in record.absent:
        for one in (term, *terms(kind)[term].includes):  # no heart failure at all: none that is getting worse either
            found[kind, one] = Listed(active=False, ever=False)
    for listing in record.listings:
        if listing.since and listing.since > day:
            continue
        ago = (day - listing.since).days if listing.since else None
        for term in listing.terms:
            limit = terms(listing.kind)[term].lasts_at_most_days
            active = listing.on(day) and not (limit is not None and ago is not None and ago > limit)
            for one in (term, *implied_by(listing.kind).get(term, ())):
                before = found.get((listing.kind, one))
                starts = [ago, before.days_ago] if before and before.ever else [ago]
                known = [days for days in starts if days is not None]
                found[listing.kind, one] = Listed(
                    active=active or bool(before and before.active),
                    ever=True,
                    days_ago=min(known, default=None),
                    undated=bool(known) and (None in starts or bool(before and before.undated)),
                )
    return found
