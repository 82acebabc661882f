"""The bibliography, and the citation that stands behind a number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from myoscope.sources.files import KnowledgeError, folder

READ_WORDS = ("primary", "secondary", "recalled", "policy")
_WORST_FIRST = {"recalled": 0, "secondary": 1, "policy": 2, "primary": 3}


@dataclass(frozen=True, slots=True)
class Source:
    """One work: who, when, what, where, and how we read it."""

    id: str
    authors: str
    title: str
    year: int | None = None
    journal: str | None = None
    doi: str | None = None
    pmid: str | None = None
    read_at: str | None = None
    read: str = "secondary"
    licence: str | None = None
    note: str | None = None

    @property
    def short(self) -> str:
        """First author and year, as in running text: 'Cruz-Jentoft 2019'."""
        first = self.authors.split(",")[0].strip()
        words = first.split()
        name = " ".join(words[:-1]) if len(words) > 1 and words[-1].isupper() else first
        return f"{name} {self.year}" if self.year else name

    @property
    def link(self) -> str | None:
        """An address to open: the DOI first, then PubMed, then the page that was read."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        if self.pmid:
            return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"
        return self.read_at if (self.read_at or "").startswith("http") else None


@dataclass(frozen=True, slots=True)
class Citation:
    """Which source, which place in it, and whether anybody read it."""

    source: str
    place: str
    read: str

    @property
    def may_decide(self) -> bool:
        """A value that nobody read (recalled) never decides."""
        return self.read != "recalled"


@cache
def bibliography() -> dict[str, Source]:
    """Every source by id."""
    found: dict[str, Source] = {}
    fields = set(Source.__dataclass_fields__)
    for path, entries in folder("sources").items():
        for entry in entries or []:
            unknown = set(entry) - fields
            if unknown:
                raise KnowledgeError(f"{path}: source {entry.get('id')!r} has unknown keys {sorted(unknown)}")
            values = {**entry, "authors": str(entry.get("authors") or entry.get("title"))}
            if values.get("pmid") is not None:
                values["pmid"] = str(values["pmid"])
            found[entry["id"]] = Source(**values)
    return found


def citation(entry: dict[str, Any], above: Citation | None = None) -> Citation | None:
    """The citation of a knowledge entry: its own keys, else those of the entry above it."""
    source = entry.get("source", above.source if above else None)
    place = entry.get("place", above.place if above else None)
    read = entry.get("read", above.read if above else None)
    if source is None or place is None or read is None:
        return None
    return Citation(str(source), str(place), str(read))


def worst_read(reads: list[str]) -> str | None:
    """The weakest of several reading states: a chain is as strong as its weakest link."""
    return min(reads, key=lambda word: _WORST_FIRST[word]) if reads else None
