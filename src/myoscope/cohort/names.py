"""What the names of columns may mean: known synonyms, words of a study, slips of the pen. Nothing is used by itself."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from myoscope.quantities import quantities
from myoscope.quantities.registry import nearest
from myoscope.quantities.terms import KINDS, terms
from myoscope.rules.table import UNABLE_SUFFIX
from myoscope.sources import folder

_LONG, _SHORT = 9, 5
"""Letters from which a name may have two slips, and one; in a shorter one a slip makes another word."""


def cleaned(name: str) -> str:
    """A column's name without outer blanks, in small letters, with underscores for blanks and hyphens between words."""
    return re.sub(r"[\s-]+", "_", name.strip().lower())


def spellings(names: Iterable[str]) -> dict[str, str]:
    """Small letters without outer blanks, as the synonyms are written, and cleaned -> the column's name."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(cleaned(name), name)
        found.setdefault(name.strip().lower(), name)
    return found


def is_variable(name: str) -> bool:
    """Whether this is the id of a variable, of a list entry, or the companion of a test."""
    base = name.removesuffix(UNABLE_SUFFIX)
    kind, _, term = name.partition("__")
    return base in quantities() or (kind in KINDS and term in terms(kind))


def every_variable() -> list[str]:
    """All ids that a column may have."""
    return [*quantities(), *(f"{kind}__{term}" for kind in KINDS for term in terms(kind))]


def unknown_entry(name: str) -> str | None:
    """For a column such as condition__canser: what it says and the nearest that exists; None for any other column."""
    kind, apart, term = cleaned(name).partition("__")
    if not apart or kind not in KINDS or term in terms(kind):
        return None
    near = nearest(term, terms(kind))
    return f"unknown {kind} {term!r}" + (f"; did you mean '{kind}__{near}'?" if near else "")


def slip(name: str, wanted: Sequence[str]) -> str | None:
    """The variable that a column's name very probably misspells, or None.

    One slip (a letter more, less, other, or two changed about) in names from five letters, two from nine; numbers in a
    name are never slips (weight_kg_2 is another weight).
    """
    word = cleaned(name)
    for candidate in difflib.get_close_matches(word, wanted, n=3, cutoff=0.75):
        length = min(len(word), len(candidate))
        allowed = 2 if length >= _LONG else 1 if length >= _SHORT else 0
        if _numbers(word) == _numbers(candidate) and 0 < _slips(word, candidate) <= allowed:
            return candidate
    return None


def _numbers(name: str) -> list[str]:
    return re.findall(r"\d+", name)


def _slips(one: str, other: str) -> int:
    """Letters added, dropped, replaced or changed about with their neighbour that lead from one word to the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        two_before, before, row = before, row, [place]
        for there, match in enumerate(other, start=1):
            best = min(before[there] + 1, row[there - 1] + 1, before[there - 1] + (letter != match))
            if place > 1 and there > 1 and letter == other[there - 2] and match == one[place - 2]:
                best = min(best, two_before[there - 2] + 1)
            row.append(best)
    return row[-1]


@cache
def vocabulary() -> dict[str, Any]:
    """`vocabulary/columns.yaml`: names in the tables of researchers."""
    return dict(folder("vocabulary")["vocabulary/columns.yaml"])


@cache
def identity() -> frozenset[str]:
    """Names of columns that name a person or a row."""
    return frozenset(vocabulary()["identity"])


@cache
def told_apart() -> Mapping[str, str]:
    """Names that look like a variable and are none -> why."""
    found: Mapping[str, str] = vocabulary().get("never") or {}
    return found


@cache
def is_vocabulary() -> frozenset[str]:
    """Every name that the vocabulary explains, whatever it means."""
    known = vocabulary()
    synonyms = [name for names in known["quantities"].values() for name in names]
    units = [name for names in (known.get("units") or {}).values() for name in names]
    survey = [name for role in ("weight", "stratum", "cluster") for name in known.get(role) or ()]
    return frozenset((*synonyms, *units, *survey, *identity(), *told_apart()))


def is_known(name: str) -> bool:
    """Whether a column's name says what it holds: a variable, or a name of the vocabulary that can be used."""
    word = cleaned(name)
    return is_variable(word) or word in is_vocabulary() - told_apart().keys()


def word_for(variable: str, word: str) -> str | None:
    """What a word probably means in a category ('F' -> 'female'), to propose; None when nobody can tell."""
    known: Mapping[str, Sequence[str]] = (vocabulary().get("values") or {}).get(variable, {})
    return next((value for value, words in known.items() if word.strip().lower() in words), None)
