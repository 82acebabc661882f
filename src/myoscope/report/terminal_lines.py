"""The pieces of a terminal answer: headings, paragraphs, list entries. Texts are never read as markup."""

from __future__ import annotations

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text


def heading(title: str) -> RenderableType:
    """The title of a part."""
    return Padding(Text(title, style="bold underline"), (1, 0, 0, 0))


def line(*pieces: str | tuple[str, str], indent: int = 2, hanging: int = 0) -> RenderableType:
    """A paragraph; pieces are texts or (text, style). `hanging` sets the later lines further in."""
    text = Text.assemble(*pieces)
    if not hanging:
        return Padding(text, (0, 0, 0, indent))
    table = Table.grid(padding=0)
    table.add_column(width=hanging, no_wrap=True)
    table.add_column()
    first, rest = text[:hanging], text[hanging:]
    table.add_row(first, rest)
    return Padding(table, (0, 0, 0, indent))


def bullet(mark: str, *pieces: str | tuple[str, str], style: str = "", indent: int = 2) -> RenderableType:
    """A list entry whose later lines stand under its text."""
    return line((f"{mark:<{max(2, len(mark) + 1)}}", style), *pieces, indent=indent, hanging=max(2, len(mark) + 1))
