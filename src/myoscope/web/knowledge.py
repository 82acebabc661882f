"""The knowledge base for readers: a searchable index, a page for every entry and source, the same as JSON.

The document of the muscle model is a page here too.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Query
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from myoscope.quantities.registry import nearest
from myoscope.report import wording
from myoscope.report.entry import page
from myoscope.report.entry_index import (
    Entry,
    Ref,
    authorship,
    entries,
    entry,
    kind_title,
    mentioned_by,
    mentions,
    search,
)
from myoscope.report.entry_model import document
from myoscope.report.entry_text import text
from myoscope.report.page import safe_link
from myoscope.web.described import NOT_THERE

LONGEST_QUERY = 200
_PACKAGE = Path(__file__).resolve().parents[1]
# the model's page travels inside an installed package and stands in docs/ of the source tree
DOCS = next((path for path in (_PACKAGE / "docs", _PACKAGE.parents[1] / "docs") if path.is_dir()), _PACKAGE / "docs")
_FIRST_KINDS = ("causes", "treatments", "flags", "definitions")


def url(kind: str, name: str) -> str:
    """The address of an entry's page."""
    return f"/sources/{name}" if kind == "sources" else f"/knowledge/{kind}/{name}"


def add_knowledge(app: FastAPI, show: Callable[..., Response], *, docs: Path = DOCS) -> None:
    """Add the pages and the interface.

    Args:
        app: the application.
        show: renders a template of the site with values.
        docs: the folder with the document of the muscle model.

    """
    _entries(app, show, has_model=(docs / "muscle_model.md").is_file())
    _interface(app)
    _model(app, show, docs)


def _entries(app: FastAPI, show: Callable[..., Response], *, has_model: bool) -> None:
    told = {"url": url, "safe_link": safe_link, "marks": wording.READ_MARKS, "meanings": wording.READ_MEANINGS}

    @app.get("/knowledge", include_in_schema=False)
    async def index(q: str = "", kind: str = "") -> Response:
        known = entries()
        if kind and kind not in known:
            raise HTTPException(404, f"There is no kind called {kind[:LONGEST_QUERY]!r}")
        words = q.strip()[:LONGEST_QUERY]
        found = search(words, kind) if words or kind else []
        near = _near(words) if words and not found else None
        return show(
            "knowledge.html.j2",
            **told,
            words=words,
            kind=kind,
            found=found,
            near=near,
            titles={name: kind_title(name) for name in known},
            counts={name: len(rows) for name, rows in known.items()},
            first=_FIRST_KINDS,
            capital=wording.capitalize_first,
            has_model=has_model,
        )

    @app.get("/knowledge/sources/{name}", include_in_schema=False)
    async def source_elsewhere(name: str) -> Response:
        _known("sources", name)
        return RedirectResponse(url("sources", name), 308)

    @app.get("/knowledge/{kind}/{name}", include_in_schema=False)
    async def one(kind: str, name: str) -> Response:
        _known(kind, name)
        return show("knowledge_entry.html.j2", **told, page=page(kind, name))

    @app.get("/sources/{name}", include_in_schema=False)
    async def source(name: str) -> Response:
        return await one("sources", name)


def _interface(app: FastAPI) -> None:
    @app.get("/api/knowledge", summary="Entries of the knowledge base, searched by word and kind", responses=NOT_THERE)
    async def listed(
        q: Annotated[str, Query(max_length=LONGEST_QUERY)] = "", kind: str | None = None
    ) -> dict[str, Any]:
        if kind and kind not in entries():
            raise HTTPException(404, f"There is no kind called {kind[:LONGEST_QUERY]!r}")
        return {"entries": [_brief(found) for found in search(q, kind)]}

    @app.get(
        "/api/knowledge/{kind}/{name}",
        summary="One entry: its file's content, its text, its links",
        responses=NOT_THERE,
    )
    async def one_as_json(kind: str, name: str) -> dict[str, Any]:
        return _in_full(_known(kind, name))


def _model(app: FastAPI, show: Callable[..., Response], docs: Path) -> None:
    pictures = {path.name: path for path in (docs / "images").glob("model_*.svg")}

    @app.get("/model", include_in_schema=False)
    async def model() -> Response:
        path = docs / "muscle_model.md"
        if not path.is_file():
            raise HTTPException(
                404, "The model's page stands in docs/muscle_model.md of the source tree; it is not here"
            )
        body = document(path.read_text(encoding="utf-8"), pictures="/model/images/", works=url("sources", ""))
        return show("knowledge_model.html.j2", body=body)

    @app.get("/model/images/{name}", include_in_schema=False)
    async def picture(name: str) -> Response:
        if name not in pictures:
            raise HTTPException(404, "There is no such picture")
        return Response(pictures[name].read_bytes(), media_type="image/svg+xml")


def _known(kind: str, name: str) -> Entry:
    try:
        return entry(kind, name)
    except KeyError as error:
        raise HTTPException(404, f"The knowledge base has no such page: {error.args[0]}") from None


def _near(words: str) -> Entry | None:
    """The entry whose title is most like a word that was found nowhere."""
    titles = {one.title: one for rows in entries().values() for one in rows.values()}
    found = nearest(words, (title.lower() for title in titles), cutoff=0.7)
    return next((one for title, one in titles.items() if title.lower() == found), None)


def _brief(one: Entry) -> dict[str, Any]:
    return {"kind": one.kind, "id": one.id, "title": one.title, "plain": one.plain, "url": url(one.kind, one.id)}


def _in_full(one: Entry) -> dict[str, Any]:
    by = authorship(one)
    return {
        **_brief(one),
        "file": one.file,
        "author": by.author,
        "reviewer": by.reviewer,
        "date": by.date,
        "entry": one.body,
        "text": text(page(one.kind, one.id), aside=True),
        "leads_to": [_named(ref) for ref in mentions(one.kind, one.id)],
        "used_by": [_named(ref) for ref in mentioned_by(one.kind, one.id)],
    }


def _named(ref: Ref) -> dict[str, str]:
    return {"kind": ref.kind, "id": ref.id, "title": ref.text, "url": url(ref.kind, ref.id)}
