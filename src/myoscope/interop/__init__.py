"""Records of other systems: FHIR R4 in."""

from myoscope.interop.bundle import is_fhir
from myoscope.interop.read import parse_fhir, read_fhir, read_person

__all__ = ["is_fhir", "parse_fhir", "read_fhir", "read_person"]
