"""What stands under a key of a knowledge file, said as lines: texts, numbers with units, ranges, tables of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from myoscope.assess.words import cited, device_name
from myoscope.quantities import quantities
from myoscope.quantities.registry import shown_unit
from myoscope.report.entry_index import Entry, Ref, entries, find
from myoscope.report.entry_lines import Line, Piece
from myoscope.report.wording import plural
from myoscope.sources import Citation, bibliography, citation

LABELS = {
    "after": "Comes after",
    "alm_method": "Way of measuring",
    "already": "Kept up where it is done already",
    "applies": "For whom it has cut-offs",
    "ask": "The question",
    "asks": "Asked first",
    "atc": "ATC",
    "author": "Author",
    "belongs_to": "Belongs to",
    "beyond": "Beyond the printed centiles",
    "blocks": "What must wait",
    "can_be_unable": "Can be impossible for a person",
    "caution": "Take care",
    "certainty": "How certain that is",
    "certainty_note": "Why",
    "confirm": "To be sure",
    "conflict": "Sources disagree",
    "converts": "Translates",
    "cv": "Spread",
    "devices": "Ways of measuring muscle it was made for",
    "doi": "DOI",
    "doubt": "Why nobody should rest a decision on it",
    "edition": "Edition",
    "effect": "What it costs",
    "errata": "Corrections",
    "error": "How far two measurements of an unchanged person lie apart",
    "error_elsewhere": "Error in people it was not made on",
    "estimates": "What it works out",
    "even_tails": "Even steps in the tails",
    "examined": "Only an examiner finds it",
    "exposures": "In the muscle model",
    "fields": "What it asks for",
    "finding_outside_stages": "Said beside the stages",
    "first": "Ask",
    "for_causes": "Against",
    "formula": "Formula",
    "gives": "What it fills in",
    "guard": "Refused outside",
    "how": "How",
    "hpo": "HPO",
    "icd10cm": "ICD-10-CM",
    "icd10cm_history": "ICD-10-CM, history",
    "inputs": "From",
    "interactions": "Together with",
    "items": "Its lines",
    "kind": "Kind",
    "known_bias": "Known to be off",
    "lasts_at_most_days": "Lasts at most (days)",
    "licence": "Licence",
    "loinc": "LOINC",
    "lookalikes": "Units typed by mistake",
    "lr": "Likelihood ratio",
    "made_for": "The people it was made for",
    "met": "Effort (MET)",
    "method": "By",
    "misuse": "Not for",
    "monitoring": "What to watch",
    "names": "Found in lists as",
    "needs": "Ask or measure",
    "next": "Next step",
    "not_names": "Not meant where it says",
    "opens": "Opens",
    "paths": "Readings",
    "pmid": "PubMed",
    "points": "Points",
    "population": "The people behind it",
    "prescribe": "Who begins it",
    "r_squared": "R²",
    "read": "How it was read",
    "read_at": "Read at",
    "requires": "Only for",
    "resolution": "Recorded in steps of",
    "reversible": "Does it come back",
    "score": "The score it gives",
    "see": "Whom to see",
    "snomed": "SNOMED CT",
    "snomed_history": "SNOMED CT, history",
    "source": "Source",
    "stale_after_days": "Counts as old after (days)",
    "standard_error": "Standard error",
    "steps": "Step by step",
    "stop_rules": "When to stop",
    "tier": "How soon",
    "unless": "Not when",
    "use": "For",
    "usual": "Usual range; a value outside has to be confirmed",
    "valid": "Ranges of the people it was made on",
    "values": "Answers",
    "weaker_because": "Why it weighs less here",
    "within": "Opened by",
    "worked": "Worked examples",
}
"""A key in words; a key that is not here is shown in plain letters."""

_CITATION = frozenset({"source", "place", "read", "unit"})
_RANGE = frozenset({"low", "high", "from", "to", "below"})
_SHORT = 60
"""Letters: longer texts of a list stand each on a line of their own."""
_MAIN = ("text", "says", "name", "title")
_UNITS = {"y": "years"}
_SEXES = {"male": "Men", "female": "Women"}


def label(key: str) -> str:
    """A key in words, the first letter large."""
    known = quantities().get(key)
    text = LABELS.get(key) or (known.name if known else key.replace("_", " "))
    return text[:1].upper() + text[1:]


def lines(key: str, body: Any, above: Citation | None = None, unit: str | None = None) -> tuple[Line, ...]:
    """Everything under one key.

    Args:
        key: the key, which tells of what kind an id is.
        body: what stands under it in the file.
        above: the citation of what the key stands in; it is not said again.
        unit: UCUM code of numbers that say none themselves.

    """
    if body is None or (isinstance(body, (list, Mapping)) and not body):
        return ()
    if isinstance(body, Mapping):
        return (row(body, above, unit),)
    if isinstance(body, list) and any(isinstance(one, Mapping) for one in body):
        return tuple(line for one in body for line in lines(key, one, above, unit))
    if isinstance(body, list) and any(len(str(one)) > _SHORT for one in body):
        return tuple(Line((_scalar(key, one, unit),)) for one in body)
    return (Line(tuple(_joined(key, body if isinstance(body, list) else [body], unit))),)


def row(body: Mapping[str, Any], above: Citation | None = None, unit: str | None = None, *, text: str = "") -> Line:
    """One mapping as a line: its text, value or range in front, everything else below it by name.

    Args:
        body: the mapping.
        above: the citation of what it stands in.
        unit: UCUM code where it says none itself.
        text: what to say in front instead.

    """
    unit = body.get("unit", unit)
    own = citation(dict(body), above)
    main = next((name for name in _MAIN if name in body), "")
    front: Piece = text or (str(body[main]).strip() if main else _amount(body, unit))
    used = {main, "sex", *_CITATION, *(_RANGE | {"value"} if not main and front else ())}
    if main and "points" in body:
        front, used = f"{front} ({plural(int(body['points']), 'point')})", used | {"points"}
    if "id" in body:
        front = front or _as_id(str(body["id"]))
        used.add("id")
    below = [
        Line(inner.pieces, label(key), inner.cited, inner.below)
        for key, value in body.items()
        if key not in used
        for inner in lines(key, value, own, unit)
    ]
    shown = own if own and own != above and {"source", "place", "read"} & body.keys() else None
    who = _SEXES.get(str(body.get("sex")), "")
    if who and not front:
        front, who = who.lower(), ""
    return Line((front,) if front else (), who, (cited(shown),) if shown else (), tuple(below))


def number(value: float, unit: str | None) -> str:
    """A number with its unit: '27 kg'."""
    spoken = _UNITS.get(unit or "", shown_unit(unit or ""))
    return f"{value:g}{'' if spoken in {'', '°'} else ' '}{spoken}"


def between(body: Mapping[str, Any], unit: str | None) -> str:
    """A range in words: '20 to 40 kg', '18 years and more', 'below 30 kg/m²'."""
    start: float | None = body.get("from", body.get("low"))
    end: float | None = body.get("to", body.get("high"))
    under: float | None = body.get("below")
    if end is not None:
        front = "up to " if start is None else "" if start == end else f"{start:g} to "
        return front + number(end, unit)
    if under is not None:
        return f"{'' if start is None else f'{start:g} to '}below {number(under, unit)}"
    return f"{number(start, unit)} and more" if start is not None else ""


def links(names: list[str], kind: str | None = None) -> tuple[Piece, ...]:
    """Ids as a row of names with links; an id that stands for nothing is shown as it is."""
    found: list[Piece] = []
    for name in names:
        ref = _of_kind(kind, name) if kind else find(name)
        found.extend([", " if found else "", ref or name.replace("_", " ")])
    return tuple(piece for piece in found if piece)


def above_all(entry: Entry) -> Citation | None:
    """The citation that holds for a whole file."""
    return citation(dict(entry.body)) if entry.kind != "sources" else None


def _of_kind(kind: str, name: str) -> Ref | None:
    found = entries().get(kind, {}).get(name)
    return found.ref if found else None


def _amount(body: Mapping[str, Any], unit: str | None) -> str:
    value = body.get("value")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        ends = [body[end] for end in ("low", "high") if isinstance(body.get(end), (int, float))]
        return number(value, unit) + (f" ({ends[0]:g} to {ends[1]:g})" if len(ends) == 2 else "")
    if _RANGE & body.keys() and all(isinstance(body.get(key), (int, float, type(None))) for key in _RANGE):
        return between(body, unit)
    return ""


def _joined(key: str, values: list[Any], unit: str | None) -> Iterator[Piece]:
    for place, value in enumerate(values):
        if place:
            yield ", "
        yield _scalar(key, value, unit)


def _scalar(key: str, value: Any, unit: str | None) -> Piece:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return number(value, None if key in {"edition", "year", "burden"} or key.endswith("_days") else unit)
    text = str(value).strip()
    if key == "source" and text in bibliography():
        return Ref("sources", text, bibliography()[text].short)
    if key in {"alm_method", "devices"}:
        return device_name(text)
    return _as_id(text) if key != "formula" else text


def _as_id(text: str) -> Piece:
    """The entry that a text is the id of, where it looks like an id at all."""
    if "_" in text and " " not in text and (ref := find(text)):
        return ref
    return text if " " in text or "_" not in text or "://" in text or "." in text else text.replace("_", " ")
