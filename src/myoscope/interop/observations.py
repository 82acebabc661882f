"""Observations: values of variables, and answers that say whether a condition is there."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from myoscope.interop.account import Account
from myoscope.interop.codes import codes_of, fhir_codes
from myoscope.interop.dates import EARLIEST_YEAR, Moment, moment
from myoscope.interop.fhir import CodeableConcept, Measured, Observation
from myoscope.interop.fhir import Quantity as FhirQuantity
from myoscope.quantities import Quantity, quantities
from myoscope.quantities.units import convert
from myoscope.record import Entry, Listing
from myoscope.rules import UNABLE, Value

USABLE = ("final", "amended", "corrected", "preliminary")
# Numbers that carry no unit by nature, so that a missing one leaves nothing open.
_NEEDS_NO_UNIT = ("{score}", "1", "%")
_COULD_NOT = re.compile(
    r"(the )?((patient|person|subject|participant)\s+)?(is |was )?unable( to [a-z ]+)?\W*", re.IGNORECASE
)


@cache
def variables_by_loinc() -> dict[str, tuple[Quantity, str]]:
    """LOINC code -> (variable, 'exact' or 'near'); an exact meaning goes before a near one."""
    found: dict[str, tuple[Quantity, str]] = {}
    for known in quantities().values():
        for code, match in known.loinc:
            if code not in found or match == "exact":
                found[code] = (known, match)
    return found


@dataclass(frozen=True, slots=True)
class _Kept:
    entry: Entry
    order: float


class Observations:
    """Collects the entries of one person, one value a day for each variable.

    Args:
        account: what is left out is told here.
        today: values of later days are refused.
        born: values of earlier days are refused.

    """

    def __init__(self, account: Account, today: dt.date, born: dt.date | None) -> None:
        self.account = account
        self.today = today
        self.born = born
        self._kept: dict[tuple[str, dt.date], _Kept] = {}
        self._answers: dict[str, tuple[float, str, Listing | None]] = {}

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every value, the oldest first."""
        return tuple(kept.entry for kept in sorted(self._kept.values(), key=lambda kept: kept.order))

    @property
    def answers(self) -> list[Listing]:
        """What the newest answer to each coded question says is or was there."""
        return [listing for _, _, listing in self._answers.values() if listing]

    @property
    def denied(self) -> list[str]:
        """The conditions that the newest answer says were never there."""
        return [condition for condition, (_, state, _) in self._answers.items() if state == "absent"]

    def add(self, observation: Observation) -> str:
        """Take in one observation. Returns its fate: 'read', 'ignored' or 'left out'."""
        parts = [(part, matched) for part in (observation, *observation.component) if (matched := _variable(part.code))]
        question = _question(observation.code)
        if not parts and question is None:
            return "ignored"
        if observation.status not in USABLE:
            self.account.count(f"Observation {observation.status}")
            return "left out"
        when = self._when(observation)
        if when is None:
            return "left out"
        if question is not None:
            return self._answer(question, observation, when)
        kept = [self._value(part, known, match, when) for part, (known, match) in parts]
        return "read" if any(kept) else "left out"

    def _when(self, observation: Observation) -> Moment | None:
        period = observation.effective_period
        texts = [observation.effective_date_time, observation.effective_instant]
        texts += [period.end, period.start] if period else []
        when = next((found for text in (*texts, observation.issued) if (found := moment(text))), None)
        subject = observation.code.shown or "Observation"
        if when is None:
            self.account.left_out(subject, "because it has no date")
        elif when.given == "year":
            self.account.left_out(subject, "because only the year of its date is given", str(when.day.year))
        elif (when.day if when.given == "day" else when.day.replace(day=1)) > self.today:
            self.account.left_out(
                subject, f"because its date lies in the future (today is {self.today})", str(when.day)
            )
        elif when.day.year < EARLIEST_YEAR or (self.born and when.day < self.born):
            self.account.left_out(subject, "because its date lies before the birth", str(when.day))
        else:
            return when
        return None

    def _value(self, part: Measured, known: Quantity, match: str, when: Moment) -> bool:
        """Keep the value of one part; False when there is none that can be used."""
        value, notes = self._read(part, known, when)
        if value is None:
            return False
        if match != "exact":
            code = codes_of(part.code, "loinc")[0]
            notes.append(f"LOINC {code} ({part.code.shown}) is close to {known.name}, not the same")
            self.account.count("values of a near code")
        if when.given == "month":
            notes.append("the day of the month is not given; counted from the 15th")
        day = min(when.day, self.today)
        self._keep(Entry(known.id, value, day, confirmed=True, note="; ".join(notes) or None), day, when.order)
        return True

    def _keep(self, entry: Entry, day: dt.date, order: float) -> None:
        key = entry.variable, day
        before = self._kept.get(key)
        if before is None:
            self._kept[key] = _Kept(entry, order)
            return
        self.account.count("second values of a day left out")
        if before.entry.value != entry.value and entry.variable not in fhir_codes()["best_of_day"]:
            both = f"{_short(before.entry.value)} and {_short(entry.value)} on {day}"
            name = quantities()[entry.variable].name
            self.account.left_out(name, "because another value of the same day is later", both)
        best = entry.variable in fhir_codes()["best_of_day"]
        later = _stronger(entry.value, before.entry.value) if best else order >= before.order
        if later:
            self._kept[key] = _Kept(entry, order)

    def _read(self, part: Measured, known: Quantity, when: Moment) -> tuple[Value | None, list[str]]:
        amount = part.value_quantity
        if amount is None and part.value_integer is not None:
            amount = FhirQuantity(value=float(part.value_integer))
        if amount is None or amount.value is None:
            return self._without_number(part, known), []
        unit = amount.code or amount.unit
        if amount.comparator:
            shown = f"{amount.comparator} {amount.value:g} {unit or ''} on {when.day}"
            self.account.left_out(known.name, "because only a limit is given, not a value", shown.replace("  ", " "))
            return None, []
        if not unit:
            if known.unit not in _NEEDS_NO_UNIT:
                self.account.left_out(known.name, "because the unit is missing", f"{amount.value:g} on {when.day}")
                return None, []
            unit = known.unit
        if amount.code and amount.unit and _disagree(amount.code, amount.unit, known):
            why = f"because its unit is called {amount.unit!r} and coded {amount.code!r}"
            self.account.left_out(known.name, why, f"{amount.value:g} on {when.day}")
            return None, []
        converted = convert(amount.value, unit, known, shown=amount.unit)
        if converted is None:
            why = f"because the unit {unit!r} cannot be turned into {known.shown_unit or 'a plain number'}"
            self.account.left_out(known.name, why, f"{amount.value:g} on {when.day}")
            return None, []
        if not known.guard.holds(converted.value):
            low, high = (f"{end:g}" if end is not None else "?" for end in (known.guard.low, known.guard.high))
            why = f"because the value lies outside {low} to {high} {known.shown_unit}".rstrip()
            self.account.left_out(known.name, why, f"{converted.value:g} on {when.day}")
            return None, []
        if converted.note:
            self.account.count("values converted from another unit")
        return converted.value, [converted.note] if converted.note else []

    def _without_number(self, part: Measured, known: Quantity) -> Value | None:
        reason = part.data_absent_reason
        if reason is None:
            self.account.left_out(known.name, "because it holds no number", part.value_string or "")
        elif known.can_be_unable and _says_unable(reason):
            return UNABLE
        else:
            self.account.count("Observation without a value")
        return None

    def _answer(self, question: dict[str, Any], observation: Observation, when: Moment) -> str:
        given = codes_of(observation.value_codeable_concept, "snomed") if observation.value_codeable_concept else []
        state = next((word for word in ("present", "past", "absent") if set(given) & set(question[word])), None)
        if state is None or observation.value_codeable_concept is None:
            self.account.count("answers not understood")
            return "left out"
        condition = question["condition"]
        if condition not in self._answers or when.order >= self._answers[condition][0]:
            text = f"{observation.value_codeable_concept.shown} ({when.day})"
            listing = None if state == "absent" else Listing("condition", text, (condition,), active=state == "present")
            self._answers[condition] = (when.order, state, listing)
        return "read"


def _disagree(code: str, called: str, known: Quantity) -> bool:
    """Whether a unit's code and its name both mean something, and not the same."""
    by_code, by_name = convert(1.0, code, known), convert(1.0, called, known)
    return by_code is not None and by_name is not None and not math.isclose(by_code.value, by_name.value, rel_tol=1e-3)


def _variable(concept: CodeableConcept) -> tuple[Quantity, str] | None:
    found = [hit for code in codes_of(concept, "loinc") if (hit := variables_by_loinc().get(code))]
    exact = [hit for hit in found if hit[1] == "exact"]
    return next(iter(exact or found), None)


def _question(concept: CodeableConcept) -> dict[str, Any] | None:
    codes = codes_of(concept, "loinc")
    return next((dict(question) for question in fhir_codes()["answers"] if question["loinc"] in codes), None)


def _says_unable(reason: CodeableConcept) -> bool:
    """Whether the reason is that the person could not do the test: the code says 'not performed', the words say why."""
    not_done = any(one.code == "not-performed" for one in reason.coding)
    words = [reason.text, *(one.display for one in reason.coding)]
    return not_done and any(word and _COULD_NOT.fullmatch(word.strip()) for word in words)


def _short(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _stronger(value: Value, before: Value) -> bool:
    """Whether a second try of the same day is the better one; a number is better than 'unable'."""
    if isinstance(value, float) and isinstance(before, float):
        return value > before
    return isinstance(value, float)
