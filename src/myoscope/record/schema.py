"""The JSON Schema of a record, made from the registry, so that the two cannot drift apart."""

from __future__ import annotations

from typing import Any

from myoscope.quantities import KINDS, Quantity, quantities, terms


def record_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a person's record."""
    variables = {
        name: _variable(known) for name, known in quantities().items() if known.kind in {"number", "category", "yes_no"}
    }
    date = {"type": "string", "format": "date", "description": "year-month-day; not in the future"}
    lists = {
        plural: {
            "type": ["array", "null"],
            "items": {
                "anyOf": [
                    {"type": "string"},
                    {
                        "type": "object",
                        "properties": {
                            "name": {"type": "string"},
                            "id": {"type": "string"},
                            "code": {"type": "string"},
                            "since": date,
                            "resolved": {"type": ["boolean", "string"]},
                            "stopped": {"type": ["boolean", "string"]},
                            "dose": {"type": ["string", "number"]},
                            "note": {"type": "string"},
                        },
                        "additionalProperties": False,
                    },
                ]
            },
            "description": _list_description(kind),
        }
        for kind, plural in KINDS.items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Myoscope record of one person",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "id": {
                "type": ["string", "integer"],
                "description": "any name of your own; never a real one in shared files",
            },
            "date": date | {"description": "the day of every value below that has no date of its own"},
            "birth_date": date,
            "deceased": {"anyOf": [{"type": "boolean"}, date]},
            "notes": {"type": "string", "description": "free text; no rule reads it"},
            **variables,
            **lists,
            "absent": {
                "type": "array",
                "items": {"type": "string"},
                "description": "ids of conditions, medicines or symptoms that were asked for and are not there",
            },
            "complete": {
                "type": "array",
                "items": {"enum": list(KINDS.values())},
                "description": "lists that are complete: what is not on them is absent",
            },
            "observations": {
                "type": "array",
                "description": "values of other days, one block a day",
                "items": {"type": "object", "additionalProperties": False, "properties": {"date": date, **variables}},
            },
        },
    }


def _list_description(kind: str) -> str:
    if kind == "medicine":
        return "names as on the box, or ATC codes; a dose may stand in the name"
    code = ", or ICD-10 codes" if kind == "condition" else ""
    return f"ids{code}: " + ", ".join(terms(kind))


def _variable(known: Quantity) -> dict[str, Any]:
    unit = f" [{known.shown_unit}]" if known.shown_unit else ""
    about = f"{known.name}{unit}" + (f": {known.plain}" if known.plain else "")
    plain: dict[str, Any]
    if known.kind == "yes_no":
        plain = {"type": ["boolean", "string"], "enum": [True, False, "yes", "no"]}
    elif known.kind == "category":
        plain = {"enum": list(known.values)}
    else:
        plain = {"type": "number"}
        if known.guard.low is not None:
            plain["minimum"] = known.guard.low
        if known.guard.high is not None:
            plain["maximum"] = known.guard.high
    options: list[dict[str, Any]] = [plain, {"type": "null"}]
    if known.can_be_unable:
        options.append({"const": "unable"})
    options.append(
        {
            "type": "object",
            "required": ["value"],
            "additionalProperties": False,
            "properties": {
                "value": {"anyOf": options[:]},
                "confirmed": {"type": "boolean"},
                "note": {"type": "string"},
            },
        }
    )
    return {"description": about, "x-unit": known.unit, "anyOf": options}
