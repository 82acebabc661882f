"""Conditions, medicines and symptoms: the ids of the vocabulary, their names and codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from myoscope.sources import KnowledgeError, folder

KINDS = {"condition": "conditions", "medicine": "medicines", "symptom": "symptoms"}


@dataclass(frozen=True, slots=True)
class Term:
    """One condition, medicine group or symptom.

    `lasts_at_most_days`: a state that began longer ago is over, whatever a list still says (pregnancy).
    `examined`: only an examiner finds it, so that a list which is complete for the person says nothing about it.
    """

    id: str
    name: str
    plain: str | None = None
    ask: str | None = None
    icd10cm: tuple[str, ...] = ()
    icd10cm_history: tuple[str, ...] = ()
    snomed: tuple[str, ...] = ()
    snomed_history: tuple[str, ...] = ()
    atc: tuple[str, ...] = ()
    hpo: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    not_names: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    lasts_at_most_days: int | None = None
    examined: bool = False
    note: str | None = None


@cache
def terms(kind: str) -> dict[str, Term]:
    """Every term of one kind ('condition', 'medicine' or 'symptom') by id."""
    path = f"vocabulary/{KINDS[kind]}.yaml"
    found: dict[str, Term] = {}
    for entry in folder("vocabulary").get(path) or []:
        if entry["id"] in found:
            raise KnowledgeError(f"{path}: {entry['id']!r} is defined twice")
        found[entry["id"]] = _term(entry, path)
    return found


def _term(entry: dict[str, Any], path: str) -> Term:
    unknown = set(entry) - set(Term.__dataclass_fields__)
    if unknown:
        raise KnowledgeError(f"{path}: {entry['id']!r} has unknown keys {sorted(unknown)}")
    values: dict[str, Any] = {key: tuple(map(str, v)) if isinstance(v, list) else v for key, v in entry.items()}
    return Term(**values)


@cache
def _by_code(system: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for term in terms("condition").values():
        for code in getattr(term, system):
            plain = code.upper().replace(".", "")
            found[plain] = [*found.get(plain, []), term.id]
    return found


_ICD10 = re.compile(r"^[A-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?$", re.IGNORECASE)


def is_icd10(text: str) -> bool:
    """Whether the text has the form of an ICD-10(-CM) code, with or without its dot."""
    return bool(_ICD10.match(text.strip()))


def match_condition(code: str, system: str) -> list[str]:
    """The condition ids a code stands for ([] when none).

    Args:
        code: the code itself, for example 'N18.30' or '44054006'.
        system: 'icd10cm' or 'icd10cm_history' (every prefix that fits, the longest first), or 'snomed' or
            'snomed_history' (the whole code).

    """
    table = _by_code(system)
    plain = code.strip().upper().replace(".", "")
    if system.startswith("snomed"):
        return table.get(plain, [])
    found = [table[plain[:length]] for length in range(len(plain), 1, -1) if plain[:length] in table]
    return list(dict.fromkeys(term for ids in found for term in ids))


@cache
def _medicine_names() -> list[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]]:
    """Id, names, names that are not meant, and ATC codes of every group, in small letters."""
    return [
        (one.id, tuple(map(str.lower, one.names)), tuple(map(str.lower, one.not_names)), one.atc)
        for one in terms("medicine").values()
    ]


def _names_one(names: tuple[str, ...], text: str, *, whole: bool) -> bool:
    """Whether a name begins at a word of the text (`whole`: and ends at one); patterns only for what may be there."""
    end = r"\b" if whole else ""
    return any(name in text and re.search(rf"\b{re.escape(name)}{end}", text) for name in names)


def match_medicines(text: str, *, atc: str | None = None) -> list[str]:
    """The medicine groups that a name (or an ATC code) belongs to, possibly several, possibly none.

    Args:
        text: free text such as 'prednisone 10 mg daily' or a product's display name.
        atc: an ATC code of any level, if one is known.

    """
    lower = text.lower().replace("_", " ")
    found = []
    for term_id, names, veto, codes in _medicine_names():
        if (
            (atc and any(atc.upper().startswith(code) for code in codes))
            or term_id.replace("_", " ") == lower.strip()
            or (_names_one(names, lower, whole=True) and not _names_one(veto, lower, whole=False))
        ):
            found.append(term_id)
    return found


@cache
def implied_by(kind: str) -> dict[str, tuple[str, ...]]:
    """For each id, every broader id that it implies (decompensated heart failure -> heart failure)."""
    direct: dict[str, set[str]] = {}
    for term in terms(kind).values():
        for narrow in term.includes:
            direct.setdefault(narrow, set()).add(term.id)
    closed: dict[str, tuple[str, ...]] = {}
    for start, broader in direct.items():
        seen: set[str] = set()
        queue = list(broader)
        while queue:
            broad = queue.pop()
            if broad not in seen:
                seen.add(broad)
                queue.extend(direct.get(broad, ()))
        closed[start] = tuple(sorted(seen))
    return closed
