"""Small hand-made FHIR resources: only what a test is about, the rest filled in so that they are valid R4."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from myoscope.interop import read_fhir

TODAY = dt.date(2026, 3, 31)
LOINC, SNOMED, ICD10 = "http://loinc.org", "http://snomed.info/sct", "http://hl7.org/fhir/sid/icd-10-cm"
ATC, UCUM = "http://www.whocc.no/atc", "http://unitsofmeasure.org"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
SUBJECT = {"reference": "Patient/p"}


def concept(system, code, text=None):
    return {"coding": [{"system": system, "code": code}], **({"text": text} if text else {})}


def quantity(value, unit, **more):
    return {"value": value, **({"unit": unit, "system": UCUM, "code": unit} if unit else {}), **more}


class Made:
    """Resources by kind; keyword arguments replace or add elements, None takes one away."""

    concept = staticmethod(concept)
    quantity = staticmethod(quantity)
    today = TODAY

    @staticmethod
    def _resource(**elements):
        return {key: value for key, value in elements.items() if value is not None}

    def patient(self, **more):
        return self._resource(
            **{"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1950-06-15", **more}
        )

    def us_core(self, name, code, display="shown"):
        if name == "birthsex":
            return {"url": US_CORE + name, "valueCode": code}
        coding = {"system": "urn:oid:2.16.840.1.113883.6.238", "code": code, "display": display}
        parts = [{"url": "ombCategory", "valueCoding": coding}, {"url": "text", "valueString": display}]
        return {"url": US_CORE + name, "extension": parts}

    def observation(self, loinc, value=None, unit=None, when="2026-03-01", **more):
        elements = {
            "resourceType": "Observation",
            "status": "final",
            "code": concept(LOINC, loinc, "a test"),
            "subject": SUBJECT,
        }
        elements |= {"effectiveDateTime": when}
        if value is not None:
            elements["valueQuantity"] = quantity(value, unit)
        return self._resource(**(elements | more))

    def condition(self, system, code, text="a diagnosis", clinical="active", verification="confirmed", **more):
        status = {"clinicalStatus": concept(f"{TERMINOLOGY}/condition-clinical", clinical)} if clinical else {}
        status["verificationStatus"] = concept(f"{TERMINOLOGY}/condition-ver-status", verification)
        code = concept({"snomed": SNOMED, "icd10": ICD10}.get(system, system), code, text)
        return self._resource(**({"resourceType": "Condition", **status, "code": code, "subject": SUBJECT} | more))

    def prescription(self, text, status="active", **more):
        elements = {"resourceType": "MedicationRequest", "status": status, "intent": "order", "subject": SUBJECT}
        elements |= {"medicationCodeableConcept": {"text": text}} if text else {}
        return self._resource(**(elements | {"authoredOn": "2026-01-10"} | more))

    def allergy(self, code, text="an allergy", clinical="active", verification="confirmed"):
        return {
            "resourceType": "AllergyIntolerance",
            "clinicalStatus": concept(f"{TERMINOLOGY}/allergyintolerance-clinical", clinical),
            "verificationStatus": concept(f"{TERMINOLOGY}/allergyintolerance-verification", verification),
            "code": concept(SNOMED, code, text),
            "patient": SUBJECT,
        }

    def bundle(self, *resources, patient=None, kind="collection", **more):
        everything = [self.patient() if patient is None else patient, *resources]
        return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": one} for one in everything], **more}

    def read(self, *resources, patient=None, **more):
        return read_fhir(json.dumps(self.bundle(*resources, patient=patient, **more)), "made.json", today=TODAY)

    def value(self, *resources, patient=None):
        """The only value of the bundle beside sex and ancestry, or None."""
        found = [e for e in self.read(*resources, patient=patient).entries if e.variable not in {"sex", "ancestry"}]
        assert len(found) <= 1
        return found[0] if found else None


@pytest.fixture
def made():
    return Made()
