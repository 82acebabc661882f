"""What a page of the knowledge base is made of: lines with links, citations and lines below them; no layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from myoscope.assess.result import Cited
from myoscope.assess.words import cited
from myoscope.report.entry_index import Authorship, Ref
from myoscope.sources import Citation

Piece: TypeAlias = str | Ref
"""A stretch of text, or the name of another entry."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said.

    Attributes:
        pieces: its text, in order, as it is to be read.
        label: what stands before it in bold.
        cited: where it comes from.
        below: what belongs to it.
        address: a page outside where it can be read.

    """

    pieces: tuple[Piece, ...]
    label: str = ""
    cited: tuple[Cited, ...] = ()
    below: tuple[Line, ...] = ()
    address: str | None = None

    @property
    def text(self) -> str:
        """The text alone."""
        return "".join(piece if isinstance(piece, str) else piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its lines, or with a table whose first row names the columns.

    Attributes:
        aside: for those who want the detail; a page shows it folded.

    """

    id: str
    title: str
    lines: tuple[Line, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    aside: bool = False


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One entry as people read it: plain words first, then how it is recognised, then the detail."""

    ref: Ref
    kind_title: str
    plain: str
    sections: tuple[Section, ...]
    by: Authorship
    file: str
    address: str | None = None

    def walk(self) -> Iterator[Line]:
        """Every line of the page, the lines below others too."""
        waiting = [line for section in reversed(self.sections) for line in reversed(section.lines)]
        while waiting:
            line = waiting.pop()
            yield line
            waiting.extend(reversed(line.below))


def say(*pieces: Piece, label: str = "", by: Citation | None = None, below: tuple[Line, ...] = ()) -> Line:
    """A line, with at most one citation."""
    return Line(pieces, label, (cited(by),) if by else (), below)
