"""The parts of FHIR R4 [1] that are read: thin models that ignore everything else.

References:
    [1] HL7 FHIR Release 4 (4.0.1), https://hl7.org/fhir/R4

"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, Strict
from pydantic.alias_generators import to_camel

Decimal = Annotated[float, Strict(), Field(allow_inf_nan=False)]


class Element(BaseModel):
    """A part of a resource; elements that are not named here are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, alias_generator=to_camel)


class Coding(Element):
    """A code of a code system."""

    system: str | None = None
    code: str | None = None
    display: str | None = None


class CodeableConcept(Element):
    """A concept: its codes in one or more systems, and a text."""

    coding: tuple[Coding, ...] = ()
    text: str | None = None

    @property
    def shown(self) -> str:
        """The words a reader knows it by: text, else the first display, else the first code."""
        words = [self.text, *(one.display for one in self.coding), *(one.code for one in self.coding)]
        return next((word.strip() for word in words if word and word.strip()), "")


class Reference(Element):
    """A pointer to another resource."""

    reference: str | None = None
    display: str | None = None


class Period(Element):
    """A stretch of time."""

    start: str | None = None
    end: str | None = None


class Quantity(Element):
    """A number with its unit; `code` is UCUM where `system` says so."""

    value: Decimal | None = None
    comparator: str | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None


class Measured(Element):
    """What an observation and its components have in common."""

    code: CodeableConcept = CodeableConcept()
    value_quantity: Quantity | None = None
    value_integer: Annotated[int, Strict()] | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_string: str | None = None
    data_absent_reason: CodeableConcept | None = None


class Observation(Measured):
    """A measurement, a laboratory result or an answer."""

    id: str | None = None
    status: str
    effective_date_time: str | None = None
    effective_period: Period | None = None
    effective_instant: str | None = None
    issued: str | None = None
    component: tuple[Measured, ...] = ()


class Condition(Element):
    """A diagnosis or a state."""

    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    code: CodeableConcept = CodeableConcept()
    onset_date_time: str | None = None
    onset_period: Period | None = None
    abatement_date_time: str | None = None
    abatement_period: Period | None = None


class AllergyIntolerance(Element):
    """An allergy."""

    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    code: CodeableConcept = CodeableConcept()
    onset_date_time: str | None = None


class DoseAndRate(Element):
    """How much at a time."""

    dose_quantity: Quantity | None = None


class Repeat(Element):
    """How often."""

    frequency: int | None = None
    period: Decimal | None = None
    period_unit: str | None = None


class Timing(Element):
    """When."""

    repeat: Repeat | None = None


class Dosage(Element):
    """How a medicine is taken."""

    text: str | None = None
    timing: Timing | None = None
    dose_and_rate: tuple[DoseAndRate, ...] = ()


class Medication(Element):
    """A product, inside the medicine's own resource or beside it in the bundle."""

    id: str | None = None
    code: CodeableConcept = CodeableConcept()


class MedicationUse(Element):
    """A MedicationRequest or a MedicationStatement."""

    status: str
    intent: str | None = None
    do_not_perform: bool = False
    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None
    authored_on: str | None = None
    effective_date_time: str | None = None
    effective_period: Period | None = None
    date_asserted: str | None = None
    dosage_instruction: tuple[Dosage, ...] = ()
    dosage: tuple[Dosage, ...] = ()


class Extension(Element):
    """An addition to the standard, by its address."""

    url: str
    value_code: str | None = None
    value_coding: Coding | None = None
    extension: tuple[Extension, ...] = ()


class Patient(Element):
    """The person."""

    id: str | None = None
    gender: str | None = None
    birth_date: str | None = None
    deceased_boolean: bool | None = None
    deceased_date_time: str | None = None
    extension: tuple[Extension, ...] = ()
