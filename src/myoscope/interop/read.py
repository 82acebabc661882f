"""One person from a file: a record (YAML or JSON) or a FHIR R4 Bundle, told apart by looking at it."""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from myoscope.interop.account import Account
from myoscope.interop.bundle import Contents, is_fhir, open_bundle
from myoscope.interop.fhir import AllergyIntolerance, Condition, Element, MedicationUse, Observation, Patient
from myoscope.interop.lists import allergy_listings, condition_listings, medicine_listings
from myoscope.interop.observations import Observations
from myoscope.interop.patient import who
from myoscope.record import InputError, Listing, Problem, Record, parse_record
from myoscope.record.parse import LARGEST_FILE_BYTES, decode, load_text, read_bytes

_GZIP = b"\x1f\x8b"
_E = TypeVar("_E", bound=Element)


def read_person(path: Path, *, today: dt.date | None = None) -> Record:
    """Read one person from a record (YAML, JSON) or a FHIR R4 Bundle (JSON), packed with gzip or not.

    Raises:
        InputError: everything that is wrong with the file.

    """
    name = path.name or str(path)
    found = read_bytes(path)
    text = _decoded(found, name) if found[:2] == _GZIP else decode(found, name)
    if text.lstrip()[:1] == "<":
        raise InputError(
            name,
            [Problem("file", "is XML or HTML, which is not read", "Export FHIR as JSON, or write a record in YAML")],
        )
    if '"resourceType"' in text and text.lstrip()[:1] == "{":
        body = _json(text, name)
        if is_fhir(body):
            return parse_fhir(body, name, today=today)
    return parse_record(load_text(text, name), name, today=today)


def read_fhir(source: str | bytes, name: str, *, today: dt.date | None = None) -> Record:
    """Read one person from the text of a FHIR R4 Bundle.

    Args:
        source: JSON as text, or as bytes (UTF-8, packed with gzip or not).
        name: what to call it in messages.
        today: the day after which dates lie in the future.

    Raises:
        InputError: no JSON, no Bundle, not R4, no Patient, several Patients.

    """
    text = _decoded(source, name) if isinstance(source, bytes) else source
    if not text.strip():
        raise InputError(name, [Problem("file", "is empty", "Give a FHIR R4 Bundle as JSON")])
    return parse_fhir(_json(text, name), name, today=today)


def parse_fhir(body: Any, name: str = "the bundle", *, today: dt.date | None = None) -> Record:
    """Read one person from a FHIR R4 Bundle that has been parsed already."""
    today = today or dt.date.today()
    account = Account()
    contents = open_bundle(body, name, account)
    patient = _model(Patient, contents.patient, "Patient", account)
    if patient is None:
        raise InputError(name, [Problem("Patient", "is not valid FHIR R4", "Check the resource with a FHIR validator")])
    person = who(patient, account, today)
    observations = Observations(account, today, person.earliest_birth)
    _each(Observation, contents, "Observation", account, lambda one, _: observations.add(one))
    listings = _listings(contents, account)
    listings += observations.answers
    present = {term for one in listings for term in one.terms}
    return Record(
        id=patient.id,
        birth_date=person.born,
        deceased=person.deceased,
        entries=(*person.entries, *observations.entries),
        listings=tuple(dict.fromkeys(listings)),  # the same line twice says nothing new
        absent=frozenset(("condition", term) for term in observations.denied if term not in present),
        origin="fhir",
        remarks=account.remarks,
        tally=dict(account.tally),
    )


def _listings(contents: Contents, account: Account) -> list[Listing]:
    found: list[Listing] = []

    def keep(outcome: tuple[str, list[Listing]]) -> str:
        fate, listings = outcome
        found.extend(listings)
        return fate

    _each(Condition, contents, "Condition", account, lambda one, _: keep(condition_listings(one, account)))
    _each(
        AllergyIntolerance, contents, "AllergyIntolerance", account, lambda one, _: keep(allergy_listings(one, account))
    )
    for kind in ("MedicationRequest", "MedicationStatement"):

        def take(use: MedicationUse, raw: dict[str, Any], kind: str = kind) -> str:
            contained = raw.get("contained")
            inside = contained if isinstance(contained, list) else []
            return keep(medicine_listings(use, inside, contents.index, account, kind))

        _each(MedicationUse, contents, kind, account, take)
    return found


def _each(
    model: type[_E], contents: Contents, kind: str, account: Account, take: Callable[[_E, dict[str, Any]], str]
) -> None:
    for raw in contents.resources.get(kind, []):
        resource = _model(model, raw, kind, account)
        account.resource("left out" if resource is None else take(resource, raw), kind)


def _model(model: type[_E], raw: dict[str, Any], kind: str, account: Account) -> _E | None:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        account.left_out(kind, "because it is not valid FHIR R4", f"{place}: {first['msg']}")
        return None


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and error.lineno > 1 and is_fhir(_first_line(text)):
            raise InputError(
                name, [Problem(f"line {error.lineno}", "one resource a line (NDJSON) is not read", "Give one Bundle")]
            ) from None
        raise InputError(
            name, [Problem(f"line {error.lineno}, column {error.colno}", f"invalid JSON: {error.msg}")]
        ) from None
    except RecursionError:
        raise InputError(name, [Problem("file", "nested too deeply to be a FHIR bundle")]) from None
    except ValueError as error:
        raise InputError(name, [Problem("file", str(error))]) from None


def _first_line(text: str) -> Any:
    try:
        return json.loads(text.lstrip().split("\n", 1)[0])
    except (ValueError, RecursionError):
        return None


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is not a number that JSON knows")


def _decoded(source: bytes, name: str) -> str:
    """Text of at most LARGEST_FILE_BYTES: a small gzip file can hold a huge one."""
    if source[:2] == _GZIP:
        unpacker = zlib.decompressobj(wbits=31)
        try:
            source = unpacker.decompress(source, LARGEST_FILE_BYTES + 1)
        except zlib.error as error:
            raise InputError(name, [Problem("file", f"cannot be unpacked: {error}")]) from None
        if len(source) <= LARGEST_FILE_BYTES and not unpacker.eof:
            raise InputError(name, [Problem("file", "the packed file is cut short", "Copy or download it again")])
    if len(source) > LARGEST_FILE_BYTES:
        limit = LARGEST_FILE_BYTES // 1_000_000
        raise InputError(
            name,
            [Problem("file", f"is too large for one person (at most {limit} MB)", "Give one person's record")],
        )
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            name, [Problem(f"byte {error.start}", "the file is not UTF-8 text", "Save it as UTF-8")]
        ) from None
