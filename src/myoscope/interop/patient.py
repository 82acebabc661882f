"""The Patient resource: sex, date of birth, death, ancestry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from myoscope.interop.account import Account
from myoscope.interop.codes import fhir_codes
from myoscope.interop.dates import EARLIEST_YEAR, moment
from myoscope.interop.fhir import Extension, Patient
from myoscope.record import Entry

_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"


@dataclass(frozen=True, slots=True)
class Who:
    """The person, as far as the Patient resource says.

    Attributes:
        born: date of birth; the middle of the month or year where no more is given.
        earliest_birth: the first day on which the person may have been born.

    """

    entries: tuple[Entry, ...]
    born: dt.date | None
    earliest_birth: dt.date | None
    deceased: dt.date | bool


def who(patient: Patient, account: Account, today: dt.date) -> Who:
    """Sex, ancestry, birth and death of the patient; what can't be used is told in the account."""
    sex, ancestry = _sex(patient, account), _ancestry(patient, account)
    entries = [
        Entry(variable, value, None, confirmed=True, note=note)
        for variable, value, note in (("sex", *sex), ("ancestry", *ancestry))
        if value
    ]
    born, earliest = _birth(patient.birth_date, account, today)
    died = moment(patient.deceased_date_time)
    deceased = (
        died.day if died and died.given == "day" else bool(patient.deceased_boolean or patient.deceased_date_time)
    )
    if deceased:
        account.say("The record says that this person has died")
    return Who(tuple(entries), born, earliest, deceased)


def _sex(patient: Patient, account: Account) -> tuple[str | None, str | None]:
    gender = patient.gender if patient.gender in {"female", "male"} else None
    at_birth = next((ext.value_code for ext in patient.extension if ext.url == f"{_CORE}birthsex"), None)
    sex = fhir_codes()["birth_sex"].get(at_birth or "")
    if sex and gender and sex != gender:
        account.say(
            f"The record gives the gender {gender} and the sex at birth {sex}; cut-offs follow the sex at birth"
        )
    if sex or gender:
        return sex or gender, "sex at birth" if sex else "administrative gender"
    given = f"is {patient.gender!r}" if patient.gender else "is missing"
    account.say(f"The gender {given} and no sex at birth is given: sex is left open, though most cut-offs need it")
    return None, None


def _ancestry(patient: Patient, account: Account) -> tuple[str | None, str | None]:
    """Hispanic or Latino goes before race; several races leave it open."""
    for field in ("ethnicity", "race"):
        table = fhir_codes()[field]
        shown = {code: display for code, display in _omb(patient.extension, field) if code in table}
        meant = {table[code] for code in shown}
        if len(meant) > 1:
            account.say(f"The record names several races ({', '.join(shown.values())}): ancestry is left open")
            return None, None
        if meant:
            ancestry = meant.pop()
            words = ", ".join(shown.values())
            account.say(f"Ancestry {ancestry} is taken from the record's {field} field ({words})")
            return ancestry, f"from the record's {field} field: {words}"
    return None, None


def _omb(extensions: tuple[Extension, ...], field: str) -> Iterator[tuple[str, str]]:
    for outer in extensions:
        if outer.url == f"{_CORE}{field}":
            for inner in outer.extension:
                if inner.url == "ombCategory" and inner.value_coding and inner.value_coding.code:
                    yield inner.value_coding.code, inner.value_coding.display or inner.value_coding.code


def _birth(text: str | None, account: Account, today: dt.date) -> tuple[dt.date | None, dt.date | None]:
    if not text:
        account.say("The record gives no date of birth: the age is not known")
        return None, None
    found = moment(text)
    if found is None or found.day.year < EARLIEST_YEAR or found.day > today:
        account.say(f"The date of birth {text!r} cannot be right: the age is not known")
        return None, None
    if found.given == "year":
        account.say(
            f"Only the year of birth is given ({text}): ages are counted from its middle and may be half a year off"
        )
        return found.day, found.day.replace(month=1, day=1)
    if found.given == "month":
        account.say(
            f"Only the month of birth is given ({text}): ages are counted from the 15th and may be two weeks off"
        )
        return found.day, found.day.replace(day=1)
    return found.day, found.day
