"""Codes of a concept by code system, as `knowledge/codes/fhir.yaml` names the systems."""

from __future__ import annotations

from functools import cache
from typing import Any

from myoscope.interop.fhir import CodeableConcept
from myoscope.sources import folder


@cache
def fhir_codes() -> dict[str, Any]:
    """How codes of a FHIR record are understood."""
    return dict(folder("codes")["codes/fhir.yaml"])


@cache
def _systems() -> dict[str, str]:
    return {address: name for name, addresses in fhir_codes()["systems"].items() for address in addresses}


def codes_of(concept: CodeableConcept, system: str) -> list[str]:
    """The concept's codes of one system ('loinc', 'snomed', 'icd10' or 'atc')."""
    return [one.code.strip() for one in concept.coding if one.code and _systems().get(one.system or "") == system]


def status_of(concept: CodeableConcept | None) -> str | None:
    """The one word of a status concept (clinicalStatus, verificationStatus); None when there is none."""
    return next((one.code for one in concept.coding if one.code), None) if concept else None
