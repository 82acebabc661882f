"""An entry of the knowledge base as plain text, for a terminal: the same lines as the page."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from myoscope.report.entry_lines import EntryPage, Line, Section
from myoscope.report.wording import cited

_STEP = "  "


def text(page: EntryPage, *, width: int = 100, aside: bool = False) -> str:
    """The whole page.

    Args:
        page: what to say.
        width: columns.
        aside: also the examples and tables, which a web page folds.

    """
    reviewed = f"Reviewed by {page.by.reviewer}." if page.by.reviewer else "Not yet reviewed by a clinician."
    blocks = [
        "\n".join(_wrapped(page.plain, "", width)),
        *(
            "\n".join([section.title.upper(), *_section(section, width)])
            for section in page.sections
            if aside or not section.aside
        ),
        "\n".join(_wrapped(f"By {page.by.author}, {page.by.date}. {reviewed} File: {page.file}", "", width)),
    ]
    return "\n\n".join(block for block in blocks if block)


def _section(section: Section, width: int) -> Iterator[str]:
    for line in section.lines:
        yield from _line(line, _STEP, width)
    yield from (_STEP + _STEP.join(f"{cell:12}" for cell in row).rstrip() for row in section.table)


def _line(line: Line, indent: str, width: int) -> Iterator[str]:
    label = f"{line.label}: " if line.label else ""
    sources = "".join(f" [{cited(one)}]" for one in line.cited)
    address = f" {line.address}" if line.address and line.address != line.text else ""
    words = " ".join(f"{label}{_spoken(line)}{sources}{address}".split())
    yield from _wrapped(words, indent, width) if words else ()
    for inner in line.below:
        yield from _line(inner, indent + _STEP, width)


def _spoken(line: Line) -> str:
    """The text; a work also with its id, to be shown by it."""
    return "".join(
        piece if isinstance(piece, str) else f"{piece.text} ({piece.id})" if piece.kind == "sources" else piece.text
        for piece in line.pieces
    )


def _wrapped(words: str, indent: str, width: int) -> list[str]:
    return textwrap.wrap(
        words, width, initial_indent=f"{indent}- " if indent else "", subsequent_indent=f"{indent}  " if indent else "",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
