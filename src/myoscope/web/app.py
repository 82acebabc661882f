"""The web application: pages for a person, JSON for a program, one reading and one answering for both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from myoscope import __version__
from myoscope.assess import Assessment, assess
from myoscope.interop import is_fhir, parse_fhir
from myoscope.quantities import KINDS
from myoscope.record import InputError, Problem, Record, parse_record, record_schema
from myoscope.record.parse import LARGEST_FILE_BYTES, load_text
from myoscope.report import page
from myoscope.report.template import environment
from myoscope.sources import knowledge_id
from myoscope.web.answer import answer_page
from myoscope.web.described import ERRORS, body_of_record, mishap
from myoscope.web.form import (
    Entered,
    Fields,
    checklist,
    contradictions,
    field_of,
    in_form_words,
    record_body,
    sections,
    title_of,
)
from myoscope.web.interview import router as interview_pages
from myoscope.web.knowledge import add_knowledge
from myoscope.web.shield import HEADERS, Shield
from myoscope.web.what_if import router as what_if_pages

_HERE = Path(__file__).resolve().parent
_EXAMPLES = _HERE.parents[2] / "examples"
_UNREADABLE = "\N{REPLACEMENT CHARACTER}"


def create_app(*, examples: Path | None = None, largest_bytes: int = LARGEST_FILE_BYTES) -> FastAPI:
    """The application.

    Args:
        examples: a folder of records to try; by default `examples/` of the source tree, none where there is none.
        largest_bytes: requests with more are refused with 413.

    """
    app = FastAPI(title="Myoscope", version=__version__, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    site = _Site(examples or _EXAMPLES)
    app.add_middleware(Shield, largest_bytes=largest_bytes, too_large=partial(_too_large, site, largest_bytes))
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
    _pages(app, site)
    _interface(app)
    add_knowledge(app, site.show)
    app.include_router(interview_pages(site.show))
    app.include_router(what_if_pages(site.show, _fields, _record_of))
    _mishaps(app, site)
    return app


class _Site:
    """The site's templates and examples."""

    def __init__(self, examples: Path) -> None:
        self.templates = environment(_HERE / "templates")
        self.templates.globals.update(
            version=__version__, kinds=KINDS, checklist=checklist, field_of=field_of, title_of=title_of
        )
        found = sorted(examples.iterdir()) if examples.is_dir() else []
        self.examples = {
            path.stem.replace("_", " "): path for path in found if path.suffix in {".yaml", ".yml", ".json"}
        }

    def show(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        return HTMLResponse(self.templates.get_template(template).render(values), status)

    def ask(self, entered: Entered, status: int = 200) -> HTMLResponse:
        return self.show("enter.html.j2", status, entered=entered, sections=sections(), examples=list(self.examples))


def _pages(app: FastAPI, site: _Site) -> None:
    @app.get("/", include_in_schema=False)
    async def enter(example: str | None = None) -> Response:
        if example is not None and example not in site.examples:
            raise HTTPException(404, "There is no such example")
        text = site.examples[example].read_text(encoding="utf-8") if example else ""
        return site.ask(Entered({"record_text": [text]} if text else {}))

    @app.post("/", include_in_schema=False)
    async def change(request: Request) -> Response:
        """The form again, with everything that was entered."""
        return site.ask(Entered(await _fields(request)))

    @app.post("/assess", include_in_schema=False)
    async def answered(request: Request) -> Response:
        fields = await _fields(request)
        try:
            record = await run_in_threadpool(_record_of, fields)
            assessment = await run_in_threadpool(assess, record)
        except InputError as error:
            by_hand = not _text_given(fields)
            problems = tuple(in_form_words(one) if by_hand else one for one in error.problems)
            return site.ask(Entered(fields, problems), 422)
        wanted = Entered(fields).one("as")
        if wanted == "file":
            return HTMLResponse(page.render(assessment), headers=_download("html", assessment))
        if wanted == "json":
            return JSONResponse(_as_json(assessment), headers=_download("json", assessment))
        return await run_in_threadpool(answer_page, site.show, record, assessment, fields)

    @app.get("/static-report.css", include_in_schema=False)
    async def style() -> Response:
        return Response(page.stylesheet(), media_type="text/css")

    @app.get("/favicon.ico", include_in_schema=False)
    async def icon() -> Response:
        return Response((_HERE / "static" / "icon.svg").read_bytes(), media_type="image/svg+xml")


def _interface(app: FastAPI) -> None:
    @app.post(
        "/api/assess",
        summary="Answer one record (JSON, YAML) or FHIR R4 Bundle",
        response_model=Assessment,
        responses=ERRORS,
        openapi_extra=body_of_record(),
    )
    async def answer(request: Request, on: dt.date | None = None) -> Response:
        text = _decoded(await request.body(), "the request")
        return JSONResponse(_as_json(await run_in_threadpool(_answer_text, text, "the request", on)))

    @app.get("/api/schema/record", summary="JSON Schema of a record")
    async def schema_of_record() -> dict[str, Any]:
        return record_schema()

    @app.get("/api/schema/result", summary="JSON Schema of an answer")
    async def schema_of_result() -> dict[str, Any]:
        return Assessment.model_json_schema(by_alias=True, mode="serialization")

    @app.get("/healthz", summary="Whether the server is up, and what answers")
    async def health() -> dict[str, Any]:
        return {"ok": True, "package": __version__, "knowledge": knowledge_id()}


def _mishaps(app: FastAPI, site: _Site) -> None:
    """Every error in one shape for programs, as a page for people."""

    def told(request: Request, status: int, message: str, problems: list[Problem]) -> Response:
        return _told(site, request.url.path, status, message, problems)

    @app.exception_handler(InputError)
    async def wrong_input(request: Request, error: InputError) -> Response:
        return told(request, 422, "the record cannot be answered as it stands", error.problems)

    @app.exception_handler(RequestValidationError)
    async def wrong_parameter(request: Request, error: RequestValidationError) -> Response:
        problems = [Problem(".".join(str(part) for part in one["loc"]), one["msg"]) for one in error.errors()]
        return told(request, 422, "the request is not understood", problems)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        return told(request, error.status_code, str(error.detail), [])

    @app.exception_handler(Exception)
    async def fault(request: Request, _: Exception) -> Response:
        answer = told(request, 500, "Something went wrong inside Myoscope; nothing of what you sent was kept", [])
        answer.headers.update(HEADERS)  # this handler stands outside the shield
        return answer


def _told(site: _Site, path: str, status: int, message: str, problems: list[Problem]) -> Response:
    if path.startswith("/api/"):
        return JSONResponse(mishap(message, problems), status)
    return site.show("mishap.html.j2", status, message=message)


def _too_large(site: _Site, largest_bytes: int, path: str) -> Response:
    size = f"{largest_bytes / 1e6:g} MB"
    problem = Problem("request", f"is larger than {size}", "Send one person's record")
    return _told(site, path, 413, f"More than {size} is too large for one person", [problem])


async def _fields(request: Request) -> Fields:
    """The form's fields; an uploaded file becomes the text field."""
    found: dict[str, list[str]] = {}
    async with request.form(max_fields=2000, max_part_size=LARGEST_FILE_BYTES) as form:
        for name, value in form.multi_items():
            if not isinstance(value, UploadFile):
                found.setdefault(name, []).append(value)
            elif value.filename:
                body = await value.read()
                found["record_text"] = [_decoded(body, value.filename, strict=False)]
                found["record_name"] = [Path(value.filename).name]
    return found


def _text_given(fields: Mapping[str, list[str]]) -> str:
    return Entered(fields).one("record_text").strip()


def _record_of(fields: Fields) -> Record:
    """The record that the form's fields say, or the text or file in it."""
    if _text_given(fields):
        if record_body(fields):  # one of the two would be passed over in silence
            two = Problem("record_text", "the form and a text or file are both filled in", "Empty one of the two")
            raise InputError("the form", [two])
        return _read(Entered(fields).one("record_text"), Entered(fields).one("record_name") or "the text")
    if both := contradictions(fields):
        raise InputError("the form", both)
    body = record_body(fields)
    if not body:
        raise InputError("the form", [Problem("sex", "nothing was entered", "Begin with age, sex, height and weight")])
    return parse_record(body, "the form")


def _answer_text(text: str, name: str, on: dt.date | None = None) -> Assessment:
    return assess(_read(text, name), on=on)


def _read(text: str, name: str) -> Record:
    """A record (YAML, JSON) or a FHIR bundle, told apart by looking at it."""
    if not text.strip():
        raise InputError(name, [Problem("body", "is empty", "Send a record or a FHIR R4 Bundle")])
    if _UNREADABLE in text:
        unreadable = Problem("record_text", "holds bytes that are not UTF-8 text", "Save the file as UTF-8, unpacked")
        raise InputError(name, [unreadable])
    body = load_text(text, name)
    return parse_fhir(body, name) if is_fhir(body) else parse_record(body, name)


def _decoded(body: bytes, name: str, *, strict: bool = True) -> str:
    try:
        return body.decode("utf-8-sig", errors="strict" if strict else "replace").replace("\0", _UNREADABLE)
    except UnicodeDecodeError as error:
        raise InputError(name, [Problem(f"byte {error.start}", "is not UTF-8 text", "Send it as UTF-8")]) from None


def _as_json(assessment: Assessment) -> Any:
    return assessment.model_dump(mode="json", by_alias=True)


def _download(ending: str, assessment: Assessment) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="myoscope-{assessment.person.on}.{ending}"'}
