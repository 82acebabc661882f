"""Conditions, allergies and medicines: what the person has, had, takes and took."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from myoscope.interop.account import Account
from myoscope.interop.bundle import last_part
from myoscope.interop.codes import codes_of, status_of
from myoscope.interop.dates import since
from myoscope.interop.fhir import AllergyIntolerance, CodeableConcept, Condition, Dosage, Medication, MedicationUse
from myoscope.quantities import match_condition, match_medicines, terms
from myoscope.record import Listing

_KIND_OF_CONCEPT = " (disorder)"
_OVER = ("resolved", "inactive", "remission")
_NOT_SO = ("refuted", "entered-in-error")
_SUSPECTED = ("unconfirmed", "provisional", "differential")
_NEVER_TAKEN = ("entered-in-error", "draft", "cancelled", "intended", "not-taken")
_ONLY_THOUGHT_OF = ("proposal", "option")


def condition_listings(condition: Condition, account: Account) -> tuple[str, list[Listing]]:
    """The listings of one condition, with its fate ('read' or 'left out').

    A code that says 'had it once' gives a listing of its own that is not active.
    """
    verification = status_of(condition.verification_status)
    if verification in _NOT_SO:
        account.count(f"Condition {verification}")
        return "left out", []
    text = condition.code.shown
    if not text:
        account.left_out("Condition", "because it has neither code nor name")
        return "left out", []
    began = since(condition.onset_date_time, condition.onset_period.start if condition.onset_period else None)
    if verification in _SUSPECTED:
        account.say(f"{text} is only suspected in the record: it is shown, and decides nothing")
        return "read", [Listing("condition", f"{text} (suspected)", since=began)]
    now = terms_of(condition.code, "")
    once = tuple(term for term in terms_of(condition.code, "_history") if term not in now)
    if not now and not once:
        account.count("conditions without a meaning here")
    ended = condition.abatement_period.end if condition.abatement_period else None
    active = _is_active(condition)
    until = None if active else since(condition.abatement_date_time, ended)
    listings = [Listing("condition", text, now, began, active, until=until)] if now or not once else []
    if once:
        listings.append(Listing("condition", text, once, began, active=False))
    return "read", listings


def allergy_listings(allergy: AllergyIntolerance, account: Account) -> tuple[str, list[Listing]]:
    """The listing of an allergy that is a condition of the vocabulary (milk, fish); no other bears on a plan."""
    if status_of(allergy.verification_status) in _NOT_SO:
        account.count(f"AllergyIntolerance {status_of(allergy.verification_status)}")
        return "left out", []
    found = terms_of(allergy.code, "")
    if not found:
        return "ignored", []
    active = status_of(allergy.clinical_status) not in _OVER
    return "read", [Listing("condition", allergy.code.shown, found, since(allergy.onset_date_time), active)]


def medicine_listings(
    use: MedicationUse, contained: list[Any], index: Mapping[str, Any], account: Account, kind: str
) -> tuple[str, list[Listing]]:
    """The listing of a prescription or of a medicine taken, with its fate ('read' or 'left out').

    Args:
        use: the MedicationRequest or MedicationStatement.
        contained: the resources inside it.
        index: addresses of the bundle's resources.
        account: what is left out is told here.
        kind: the resource type, for the account.

    """
    if use.status in _NEVER_TAKEN or use.intent in _ONLY_THOUGHT_OF or use.do_not_perform:
        account.count(f"{kind} never taken")
        return "left out", []
    concept = _product(use, contained, index)
    if concept is None or not concept.shown:
        account.left_out(kind, "because the medicine it refers to is not in the bundle or not named there")
        return "left out", []
    words = " / ".join(dict.fromkeys(word for word in (concept.text, *(one.display for one in concept.coding)) if word))
    groups = dict.fromkeys(match_medicines(words or concept.shown))
    for code in codes_of(concept, "atc"):
        groups.update(dict.fromkeys(match_medicines(words or concept.shown, atc=code)))
    if not groups:
        account.count("medicines without a meaning here")
    period = use.effective_period
    began = since(use.effective_date_time, period.start if period else None, use.authored_on, use.date_asserted)
    dose = next((text for one in (*use.dosage_instruction, *use.dosage) if (text := dose_text(one))), None)
    active = use.status == "active"
    until = None if active or not period else since(period.end)
    return "read", [Listing("medicine", concept.shown, tuple(groups), began, active, dose, until)]


def terms_of(concept: CodeableConcept, which: str) -> tuple[str, ...]:
    """The condition ids that a concept's codes stand for; `which` is '' for now or '_history' for 'had it once'."""
    found: dict[str, None] = {}
    for code in codes_of(concept, "snomed"):
        found.update(dict.fromkeys(match_condition(code, f"snomed{which}")))
    for code in codes_of(concept, "icd10"):
        found.update(dict.fromkeys(match_condition(code, f"icd10cm{which}")))
    if not found and not which:
        found.update(dict.fromkeys(_by_name(concept)))
    return tuple(found)


def _by_name(concept: CodeableConcept) -> list[str]:
    """The conditions whose name is written out word for word, for codes that the vocabulary does not hold."""
    shown = {name.lower().removesuffix(_KIND_OF_CONCEPT).strip() for name in _names(concept)}
    return [term.id for term in terms("condition").values() if shown & {term.name.lower(), *map(str.lower, term.names)}]


def _names(concept: CodeableConcept) -> list[str]:
    return [name for name in (concept.text, *(one.display for one in concept.coding)) if name]


def dose_text(dosage: Dosage) -> str | None:
    """The dose in words: as written, else '10 mg, 1 time in 1 d'; None when nothing of use is given."""
    if dosage.text and dosage.text.strip():
        return dosage.text.strip()
    amount = next((one.dose_quantity for one in dosage.dose_and_rate if one.dose_quantity), None)
    unit = (amount.unit or amount.code) if amount else None
    parts = [f"{amount.value:g} {unit}"] if amount and amount.value is not None and unit else []
    repeat = dosage.timing.repeat if dosage.timing else None
    if repeat and repeat.frequency and repeat.period and repeat.period_unit:
        times = "once" if repeat.frequency == 1 else f"{repeat.frequency} times"
        parts.append(f"{times} in {repeat.period:g} {repeat.period_unit}")
    return ", ".join(parts) or None


def _is_active(condition: Condition) -> bool:
    clinical = status_of(condition.clinical_status)
    if clinical is None:  # not given: an end that is given says it is over
        return not (condition.abatement_date_time or condition.abatement_period)
    return clinical not in _OVER


def _product(use: MedicationUse, contained: list[Any], index: Mapping[str, Any]) -> CodeableConcept | None:
    if use.medication_codeable_concept:
        return use.medication_codeable_concept
    pointer = use.medication_reference
    if pointer is None:
        return None
    target = pointer.reference or ""
    inside = [one for one in contained if isinstance(one, Mapping) and f"#{one.get('id')}" == target]
    found = inside[0] if inside else index.get(target) or index.get(f"Medication/{last_part(target)}")
    if found is not None and found.get("resourceType") == "Medication":
        try:
            code = Medication.model_validate(found).code
        except ValidationError:
            code = CodeableConcept()
        if code.shown:
            return code
    return CodeableConcept(text=pointer.display) if pointer.display else None
