"""How the interface describes itself (`/api/openapi.json`): what goes in, and the one shape of every error."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from myoscope.record import Problem, record_schema


class OneProblem(BaseModel):
    """One thing that is wrong: the place, what is wrong with it, what to try."""

    where: str
    what: str
    attempt: str | None


class Mishap(BaseModel):
    """Every error of the interface."""

    ok: Literal[False] = False
    error: str
    problems: list[OneProblem]


def mishap(error: str, problems: list[Problem]) -> dict[str, Any]:
    """The body of an error."""
    rows = [OneProblem(where=one.where, what=one.what, attempt=one.attempt) for one in problems]
    return Mishap(error=error, problems=rows).model_dump()


ERRORS: dict[int | str, dict[str, Any]] = {
    413: {"model": Mishap, "description": "More than is needed for one person"},
    422: {"model": Mishap, "description": "The record cannot be answered as it stands; every problem is named"},
    500: {"model": Mishap, "description": "A fault of Myoscope; nothing of what was sent was kept"},
}
NOT_THERE: dict[int | str, dict[str, Any]] = {
    404: {"model": Mishap, "description": "There is no such kind or entry"},
    422: {"model": Mishap, "description": "The request is not understood"},
}


def body_of_record() -> dict[str, Any]:
    """The body that is sent to be answered, as OpenAPI writes it."""
    schema = {key: value for key, value in record_schema().items() if key != "$schema"}
    bundle = {
        "title": "FHIR R4 Bundle of one person",
        "type": "object",
        "required": ["resourceType"],
        "properties": {"resourceType": {"const": "Bundle"}},
    }
    either = {"schema": {"anyOf": [schema, bundle]}}
    written = {"schema": {"type": "string", "description": "The record as YAML, with the keys of its JSON Schema"}}
    content = {"application/json": either, "application/fhir+json": {"schema": bundle}, "application/yaml": written}
    return {"requestBody": {"required": True, "content": content}}
