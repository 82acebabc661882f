"""Open a FHIR Bundle: whether it is R4, whether it is about one person, and what is in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from myoscope.interop.account import Account
from myoscope.record import InputError, Problem

# Kinds of bundle in which every entry stands for itself; a history holds several versions of one thing.
KINDS = ("collection", "transaction", "batch", "searchset", "document", "message")
READ_TYPES = (
    "Patient",
    "Observation",
    "Condition",
    "MedicationRequest",
    "MedicationStatement",
    "AllergyIntolerance",
    "Medication",
)

_EXPECTED = "Give a FHIR R4 Bundle with one Patient, such as the answer to Patient/$everything"
_EXPORT = "Export the record as FHIR R4 (4.0.1)"

# Elements that only one release has.
_MARKS: dict[tuple[str, str], str] = {
    ("Bundle", "issues"): "R5",
    ("MedicationRequest", "medication"): "R5",
    ("MedicationStatement", "medication"): "R5",
    ("Observation", "triggeredBy"): "R5",
    ("Observation", "bodyStructure"): "R5",
    ("Condition", "participant"): "R5",
    ("AllergyIntolerance", "participant"): "R5",
    ("Encounter", "actualPeriod"): "R5",
    ("Observation", "comment"): "STU3",
    ("Observation", "context"): "STU3",
    ("Condition", "context"): "STU3",
    ("Condition", "assertedDate"): "STU3",
    ("AllergyIntolerance", "assertedDate"): "STU3",
    ("MedicationRequest", "context"): "STU3",
    ("Patient", "animal"): "STU3 or DSTU2",
    ("Observation", "comments"): "DSTU2",
    ("Condition", "patient"): "DSTU2",
    ("Condition", "dateRecorded"): "DSTU2",
    ("AllergyIntolerance", "substance"): "DSTU2",
    ("MedicationStatement", "patient"): "DSTU2",
    ("Patient", "careProvider"): "DSTU2",
}
_TYPES_OF_OTHERS = {
    "MedicationOrder": "DSTU2",
    "DiagnosticOrder": "DSTU2",
    "EncounterHistory": "R5",
    "ImagingManifest": "STU3",
}
_VERSIONS = {"1.0": "DSTU2", "3.0": "STU3", "5.0": "R5", "6.0": "R6"}
_WORDS = {"DSTU2": "DSTU2", "STU3": "STU3", "R5": "R5"}


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a bundle about its one person.

    Attributes:
        patient: the Patient resource.
        resources: type -> resources of the types that are read, in the order of the file.
        index: every address by which an entry can be referred to -> the resource.

    """

    patient: dict[str, Any]
    resources: dict[str, list[dict[str, Any]]]
    index: dict[str, dict[str, Any]]


def is_fhir(body: Any) -> bool:
    """Whether parsed JSON is a FHIR resource of any release."""
    return isinstance(body, Mapping) and isinstance(body.get("resourceType"), str)


def open_bundle(body: Any, name: str, account: Account) -> Contents:
    """The contents of a bundle of R4 about one person.

    Raises:
        InputError: not a Bundle, another release, no Patient, several Patients.

    """
    entries = _entries(body, name)
    _refuse_other_release(body, [resource for _, resource in entries], name)
    if any(isinstance(link, Mapping) and link.get("relation") == "next" for link in _listed(body.get("link"))):
        account.say("The bundle is one page of several; what stands on the other pages is not known here")
    index: dict[str, dict[str, Any]] = {}
    resources: dict[str, dict[str, dict[str, Any]]] = {}
    for number, (url, resource) in enumerate(entries):
        kind = resource["resourceType"]
        if kind not in READ_TYPES:
            account.resource("ignored", kind)
            continue
        names = list(_addresses(url, resource))
        one = names[0] if names else f"#{number}"
        if one in resources.setdefault(kind, {}):
            account.resource("left out", kind)
            account.count("given twice")
        resources[kind][one] = resource  # a later copy of the same resource replaces the earlier one
        index.update(dict.fromkeys(names, resource))
    patients = list(resources.get("Patient", {}).values())
    patient = _only(patients, name)
    account.resource("read", "Patient")
    if medications := resources.get("Medication"):
        account.resource("read", "Medication", len(medications))
    own_names = {address for address, resource in index.items() if resource is patient}
    own = {
        kind: list(_about(own_names, found.values(), name, account))
        for kind, found in resources.items()
        if kind not in {"Patient", "Medication"}
    }
    return Contents(patient, own, index)


def last_part(reference: str) -> str:
    """The end of a reference: 'Patient/7', 'urn:uuid:7' and 'https://x/Patient/7/_history/2' all give '7'."""
    return reference.partition("/_history/")[0].rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _entries(body: Any, name: str) -> list[tuple[str | None, dict[str, Any]]]:
    if not is_fhir(body):
        raise InputError(name, [Problem("resourceType", "is missing: this is not FHIR", _EXPECTED)])
    kind = body["resourceType"]
    if kind != "Bundle":
        raise InputError(name, [Problem("resourceType", f"is {kind!r}: one resource alone is not a record", _EXPECTED)])
    sort = body.get("type")
    if sort is not None and sort not in KINDS:
        raise InputError(
            name, [Problem("type", f"a bundle of type {sort!r} is not read", f"Give one of {', '.join(KINDS)}")]
        )
    rows = [entry for entry in _listed(body.get("entry")) if isinstance(entry, Mapping)]
    found = [
        (url if isinstance(url := row.get("fullUrl"), str) else None, dict(row["resource"]))
        for row in rows
        if is_fhir(row.get("resource"))
    ]
    if not found:
        raise InputError(name, [Problem("entry", "the bundle holds no resources", _EXPECTED)])
    return found


def _refuse_other_release(body: Mapping[str, Any], resources: list[dict[str, Any]], name: str) -> None:
    for resource in (body, *resources):
        mark = _release_mark(resource)
        if mark:
            release, why = mark
            raise InputError(name, [Problem("FHIR release", f"this is {release}, not R4: {why}", _EXPORT)])


def _release_mark(resource: Mapping[str, Any]) -> tuple[str, str] | None:
    """(release, what shows it) of a resource that is not R4; None when nothing speaks against R4."""
    kind = resource["resourceType"]
    meta = resource["meta"] if isinstance(resource.get("meta"), Mapping) else {}
    for holder in (resource, meta):
        version = holder.get("fhirVersion")
        if isinstance(version, str) and (release := _VERSIONS.get(version[:3])):
            return release, f"{kind} says fhirVersion {version}"
    for profile in _listed(meta.get("profile")):
        release = _release_of_profile(profile) if isinstance(profile, str) else None
        if release:
            return release, f"{kind} names the profile {profile}"
    if release := _TYPES_OF_OTHERS.get(kind):
        return release, f"it holds a {kind}"
    if kind == "Condition" and isinstance(resource.get("clinicalStatus"), str):
        return "STU3 or DSTU2", "Condition.clinicalStatus is a bare word"
    for element in resource:
        if release := _MARKS.get((kind, element)):
            return release, f"{kind} has the element {element!r}"
    return None


def _release_of_profile(profile: str) -> str | None:
    address, _, version = profile.partition("|")
    path = address.upper().split("/")
    for word, release in _WORDS.items():
        if word in path:
            return release
    core = address.partition("://")[2]
    if core.startswith("hl7.org/fhir/StructureDefinition/"):  # the standard's own profiles carry the standard's version
        return _VERSIONS.get(version[:3])
    if core.startswith("hl7.org/fhir/"):
        return _VERSIONS.get(core.split("/")[2])
    return None


def _addresses(url: str | None, resource: Mapping[str, Any]) -> Iterator[str]:
    own = resource.get("id")
    if isinstance(own, str):
        yield f"{resource['resourceType']}/{own}"
    if url:
        yield url


def _only(patients: list[dict[str, Any]], name: str) -> dict[str, Any]:
    if not patients:
        raise InputError(
            name, [Problem("entry", "the bundle holds no Patient, so nobody's sex or age is known", _EXPECTED)]
        )
    if len(patients) > 1:
        what = f"the bundle holds {len(patients)} Patients; Myoscope answers for one person at a time"
        raise InputError(
            name, [Problem("entry", what, "Give one bundle for each person, or a table to `myoscope cohort`")]
        )
    return patients[0]


def _about(names: set[str], found: Iterable[dict[str, Any]], name: str, account: Account) -> Iterator[dict[str, Any]]:
    """The resources that are about the patient; those about somebody else (a newborn, a relative) are left out."""
    ends = {last_part(address) for address in names}
    for resource in found:
        subject = resource.get("subject", resource.get("patient"))
        reference = subject.get("reference") if isinstance(subject, Mapping) else None
        if not isinstance(reference, str) or reference in names or last_part(reference) in ends:
            yield resource
        elif not names:
            what = (
                "the Patient has neither id nor fullUrl, so nothing that refers to a patient can be told to be theirs"
            )
            raise InputError(name, [Problem("Patient", what, "Give the Patient the id that the other resources use")])
        else:
            account.resource("left out", resource["resourceType"])
            account.left_out(resource["resourceType"], "because it is about somebody else than the patient")
