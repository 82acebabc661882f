"""The document of the muscle model as a page: the words, equations, figures and tables of `docs/muscle_model.md`.

The document is written by the calibration; here it is only set, so that page and document can never differ.
"""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from myoscope.report.entry_index import source_of


def document(text: str, *, pictures: str, works: str) -> str:
    """The document as HTML; nothing in it is taken as HTML.

    Args:
        text: Markdown with tables.
        pictures: address of the folder of its pictures.
        works: address of the folder of works; a table cell 'id: place' becomes a link to the work.

    """
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = [part for token in reader.parse(text) for part in _with_frame(token)]
    for token in tokens:
        if token.type == "inline" and token.children:
            token.children = [part for child in token.children for part in _with_links(child, pictures, works)]
    return str(reader.renderer.render(tokens, reader.options, {}))


def _with_frame(token: Token) -> Iterator[Token]:
    """A wide table scrolls by itself: the page does not."""
    if token.type == "table_open":
        yield Token("html_block", "", 0, content='<div class="rows" tabindex="0">')
    yield token
    if token.type == "table_close":
        yield Token("html_block", "", 0, content="</div>")


def _with_links(token: Token, pictures: str, works: str) -> Iterator[Token]:
    if token.type == "image":
        name = str(token.attrs["src"]).rpartition("/")[2]
        yield token.copy(attrs={**token.attrs, "src": f"{pictures}{name}"})
        return
    name, colon, place = token.content.partition(":")
    source = source_of(name) if token.type == "text" and colon else None
    if source is None:
        yield token
        return
    yield Token("link_open", "a", 1, attrs={"href": f"{works}{name}"})
    yield Token("text", "", 0, content=source.short)
    yield Token("link_close", "a", -1)
    yield token.copy(content=f",{place}")
