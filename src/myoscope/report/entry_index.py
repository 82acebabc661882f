"""Every entry of the knowledge base by kind and id: to list, to search, and to follow from one to the other."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from myoscope.quantities import KINDS as TERMS
from myoscope.quantities.registry import did_you_mean
from myoscope.sources.bibliography import Source, bibliography
from myoscope.sources.files import everything

KIND_TITLES = {
    "causes": "Causes",
    "treatments": "Treatments",
    "flags": "Urgent signs",
    "definitions": "Definitions and screens",
    "questions": "Questions",
    "quantities": "Measurements and answers",
    "conditions": "Illnesses and states",
    "symptoms": "Symptoms",
    "medicines": "Medicines",
    "equations": "Equations",
    "norms": "Reference tables",
    "sources": "Sources",
}
"""Kind -> its heading, in the order in which readers are told; a kind without a heading of its own comes after."""

_NOT_LINKED = frozenset({"cases", "worked", "given", "expect"})
_WORD = re.compile(r"[^\W_]+")
_BY_MEDICINE = frozenset({"causes"})
"""Kinds that the name on a box leads to, too: their files name only the group."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FILLER = frozenset(
    _WORD.findall(
        "a am an and are be been can do does for from get got have having how i if in is it its me my of or so that "
        "the there this to was we what when where which who why will with you your"
    )
)
"""Words of a question that say nothing of what is looked for."""
_SHORTEST_SLIP = 5
_SLIP = 0.8
"""A word of at least so many letters that stands nowhere is read as the known word that it is this like."""
_PLACE_OF_VALUE = re.compile(r"\{([a-z0-9_]+)\}")


@dataclass(frozen=True, slots=True)
class Ref:
    """One entry, named."""

    kind: str
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it stands in its file.

    Attributes:
        plain: a sentence or two for everybody; '' where the file has none.
        file: its file, relative to the knowledge base.

    """

    kind: str
    id: str
    title: str
    plain: str
    file: str
    body: Mapping[str, Any]

    @property
    def ref(self) -> Ref:
        """The entry's name, to point to it."""
        return Ref(self.kind, self.id, self.title)


@dataclass(frozen=True, slots=True)
class Authorship:
    """Who wrote an entry, which clinician reviewed it (None: nobody yet), and of which day it is."""

    author: str
    reviewer: str | None
    date: str


@cache
def entries() -> dict[str, dict[str, Entry]]:
    """Kind -> id -> entry, kinds in the order of `KIND_TITLES`."""
    found: dict[str, dict[str, Entry]] = {kind: {} for kind in KIND_TITLES}
    for path, body in everything().items():
        kind = _kind(path)
        for row in body if isinstance(body, list) else [body]:
            if isinstance(row, dict) and "id" in row:
                found.setdefault(kind, {})[row["id"]] = _entry(kind, path, row)
    return {kind: rows for kind, rows in found.items() if rows}


def entry(kind: str, name: str) -> Entry:
    """One entry.

    Raises:
        KeyError: text naming the nearest kind or entry.

    """
    known = entries()
    if kind not in known:
        raise KeyError(f"there is no kind called {kind!r}{did_you_mean(kind, known)}")
    if name not in known[kind]:
        raise KeyError(f"there is no entry called {name!r} among {kind}{did_you_mean(name, known[kind])}")
    return known[kind][name]


def kind_title(kind: str) -> str:
    """A kind in words."""
    return KIND_TITLES.get(kind, kind.replace("_", " ").capitalize())


def find(name: str) -> Ref | None:
    """What an id stands for where its kind is not said: a quantity first, then a list entry, then anything else."""
    known = entries()
    for kind in ("quantities", *TERMS.values(), *known):
        if name in known.get(kind, {}):
            return known[kind][name].ref
    return None


def source_of(name: str) -> Source | None:
    """A source by id."""
    return bibliography().get(name)


@cache
def mentions(kind: str, name: str) -> tuple[Ref, ...]:
    """What an entry rests on or leads to, each once, in the order of its file."""
    one = entry(kind, name)
    return tuple(ref for ref in dict.fromkeys(_mentions(one.kind, "", one.body)) if ref != one.ref)


def mentioned_by(kind: str, name: str) -> tuple[Ref, ...]:
    """Every entry that mentions this one."""
    return _backwards().get((kind, name), ())


@cache
def _backwards() -> dict[tuple[str, str], tuple[Ref, ...]]:
    found: dict[tuple[str, str], list[Ref]] = {}
    for kind, rows in entries().items():
        for one in rows.values():
            for ref in mentions(kind, one.id):
                found.setdefault((ref.kind, ref.id), []).append(one.ref)
    return {key: tuple(refs) for key, refs in found.items()}


def authorship(one: Entry) -> Authorship:
    """Who stands behind an entry: its own file, else what holds for all (`knowledge/policy/authorship.yaml`)."""
    all_of_them: dict[str, Any] = everything()["policy/authorship.yaml"]
    told = {key: one.body.get(key) or all_of_them[key] for key in ("author", "reviewer", "date")}
    nobody = told["reviewer"] is None or str(told["reviewer"]).lower().startswith("none")
    return Authorship(str(told["author"]), None if nobody else str(told["reviewer"]), str(told["date"]))


def search(words: str, kind: str | None = None) -> list[Entry]:
    """The entries that hold every word, those that hold them in the title first, and works after everything else.

    Filler words ("why am I weak") are left out, and a word that stands nowhere is read as the one it nearly is.

    Args:
        words: what somebody typed; '' gives everything in the order of the kinds and titles.
        kind: only entries of this kind.

    """
    known = entries()
    asked = [_spelt(word) for word in _WORD.findall(words.casefold()) if word not in _FILLER]
    pool = [one for name, rows in known.items() if kind in (None, "", name) for one in rows.values()]
    order = {name: place for place, name in enumerate(known)}
    ranked = [(_rank(one, asked), one) for one in pool]
    found = [(rank, one) for rank, one in ranked if rank]
    return [
        one
        for _, one in sorted(
            found, key=lambda hit: (hit[1].kind == "sources", -hit[0], order[hit[1].kind], hit[1].title.casefold())
        )
    ]


def _rank(one: Entry, asked: list[str]) -> int:
    """How well an entry answers; 0 where a word is nowhere. A word in the title counts most, then names and codes."""
    fields = _searched(one.kind, one.id)
    total = 1
    for word in asked:
        begins = rf"\b{re.escape(word)}" + ("" if len(word) > 1 else r"\b")  # vitamin d, not deficiency
        weight = max((weight for weight, text in fields if re.search(begins, text)), default=0)
        if not weight:
            return 0
        total += weight + (word == fields[0][1])
    return total


@cache
def _words() -> tuple[str, ...]:
    """Every word that a search can find, in order; names of authors and journals last."""
    works_last = sorted(entries().items(), key=lambda item: item[0] == "sources")
    texts = (text for kind, rows in works_last for name in rows for _, text in _searched(kind, name))
    return tuple(dict.fromkeys(word for text in texts for word in _WORD.findall(text)))


@lru_cache(maxsize=1024)  # of what people type there is no end
def _spelt(word: str) -> str:
    """A word as the knowledge base spells it: 'steriod' -> 'steroid'; itself where nothing is near."""
    if len(word) < _SHORTEST_SLIP or not word.isalpha() or any(known.startswith(word) for known in _words()):
        return word
    beginning_alike = [known for known in _words() if known[0] == word[0]]
    return next(iter(difflib.get_close_matches(word, beginning_alike, n=1, cutoff=_SLIP)), word)


@cache
def _searched(kind: str, name: str) -> tuple[tuple[int, str], ...]:
    """(weight, text) of an entry, the heaviest first; underscores part words."""
    one = entry(kind, name)
    keys = ("codes", "loinc", "names", "icd10cm", "atc", "hpo", "snomed", "doi", "pmid")
    names = " ".join(text for key in keys for text in _strings(one.body.get(key)))
    rest = " ".join(str(one.body.get(key, "")) for key in ("professional", "ask", "how", "note", "authors", "journal"))
    medicines = [ref.id for ref in mentions(kind, name) if ref.kind == "medicines"] if kind in _BY_MEDICINE else []
    boxes = " ".join(text for id_ in medicines for text in _strings(entry("medicines", id_).body.get("names")))
    texts = (one.title, f"{one.id.replace('_', ' ')} {names}", one.plain, rest, boxes)
    return tuple((2 * (len(texts) - place), text.casefold()) for place, text in enumerate(texts))


def _kind(path: str) -> str:
    room, _, rest = path.partition("/")
    if room == "vocabulary":
        return rest.removesuffix(".yaml")
    return room


def _entry(kind: str, path: str, row: dict[str, Any]) -> Entry:
    title = str(row.get("title") or row.get("name") or row["id"].replace("_", " "))
    plain = row.get("plain") or row.get("lay") or row.get("ask") or row.get("text") or ""
    if kind == "sources":
        plain = ", ".join(str(row[key]) for key in ("authors", "year") if key in row)
    elif not plain:
        plain = _first_sentence(str(row.get("population") or ""))
    return Entry(kind, row["id"], title[:1].upper() + title[1:], str(plain).strip(), path, row)


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].strip()


def _strings(body: Any) -> Iterator[str]:
    if isinstance(body, Mapping):
        for inner in body.values():
            yield from _strings(inner)
    elif isinstance(body, list):
        for inner in body:
            yield from _strings(inner)
    elif body is not None:
        yield str(body)


def _mentions(kind: str, key: str, body: Any) -> Iterator[Ref]:
    """Walk an entry; what a key's values are ids of follows from the key."""
    if isinstance(body, Mapping):
        if body.get("about") in TERMS:  # a page of ticks: its lines are list entries
            yield from (ref for row in body.get("items") or [] if (ref := _ref(TERMS[body["about"]], str(row["id"]))))
        for name, inner in body.items():
            if name == "has" and isinstance(inner, Mapping):
                yield from (ref for kind_, id_ in inner.items() if (ref := _ref(str(TERMS.get(kind_, kind_)), id_)))
            elif name not in _NOT_LINKED:
                yield from _mentions(kind, str(name), inner)
    elif isinstance(body, list):
        for inner in body:
            yield from _mentions(kind, key, inner)
    elif isinstance(body, str):
        yield from _named(kind, key, body)


_KIND_OF_KEY = {
    "source": "sources",
    "variable": "quantities",
    "estimates": "quantities",
    "quantity": "quantities",
    "treatments": "treatments",
    "for_causes": "causes",
}
_ANY_KIND = frozenset({"needs", "first", "inputs", "fields", "gives", "score"})
_QUESTIONS = frozenset({"after", "within", "opens"})


def _named(kind: str, key: str, text: str) -> Iterator[Ref]:
    names: list[tuple[str, str]]
    if key in _KIND_OF_KEY:
        names = [(_KIND_OF_KEY[key], text)]
    elif key == "includes" or (kind == "questions" and key in _QUESTIONS):
        names = [(kind, text)]
    elif key == "formula":
        names = [("quantities", name) for name in _NAME.findall(text)]
    elif key in _ANY_KIND:
        names = [(ref.kind, ref.id)] if (ref := find(text)) else []
    else:
        names = [("quantities", name) for name in _PLACE_OF_VALUE.findall(text)]
    yield from (found for kind_, name in names if (found := _ref(kind_, name)))


def _ref(kind: str, name: str) -> Ref | None:
    found = entries().get(kind, {}).get(name)
    return found.ref if found else None
