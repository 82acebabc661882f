"""What if, in the browser: switches and doses under the forecast; a form post, or a piece of the page by htmx.

Nothing is stored: what was entered and what was chosen travel in the page's own form.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from html import escape

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from myoscope.assess.what_if import WhatIf, Wish, switches, what_if
from myoscope.record import Problem, Record
from myoscope.report import page
from myoscope.web.form import Entered, Fields

_OURS = "what_if"
_ON = "what_if_on"
_DOSE = "what_if_dose."
_CARRIED_AT_MOST = 300_000


def carried_of(fields: Fields) -> list[tuple[str, str]]:
    """What was entered of the person, to be sent along with a page; nothing where it is too much to travel."""
    entered = {name: values for name, values in fields.items() if name != "as" and not name.startswith(_OURS)}
    carried = Entered(entered).carried()
    return carried if sum(len(value) for _, value in carried) <= _CARRIED_AT_MOST else []


def offered(show: Callable[..., Response], record: Record, fields: Fields) -> str:
    """The switches under a forecast, as they were left: HTML, '' where there is nothing to switch.

    Args:
        show: renders a template: (name, status, **values).
        record: the person.
        fields: what the browser sent.

    """
    wish, _ = _wish(fields)
    found = switches(record, wish)
    return _turn(show, found, fields, level=3) if found.switches else ""


def router(
    show: Callable[..., Response],
    fields_of: Callable[[Request], Awaitable[Fields]],
    record_of: Callable[[Fields], Record],
) -> APIRouter:
    """The page that answers a choice.

    Args:
        show: renders a template: (name, status, **values).
        fields_of: what the browser sent.
        record_of: the record that those fields say.

    """
    pages = APIRouter(include_in_schema=False)

    @pages.post("/what-if")
    async def choose(request: Request) -> Response:
        fields = await fields_of(request)
        record = await run_in_threadpool(record_of, fields)
        wish, problems = _wish(fields)
        found = WhatIf()
        if not problems:
            found, problems = await run_in_threadpool(what_if, record, wish)
        status, answer = 422 if problems else 200, _answer(found, problems)
        if request.headers.get("hx-request") == "true":
            return HTMLResponse(answer)  # a refusal is shown in its place like any answer
        if problems:
            found = await run_in_threadpool(switches, record, wish)
        turned = _turn(show, found, fields, level=1, answer=answer)
        return show("what_if.html.j2", status, title="What if? Myoscope", turn=turned, carried=carried_of(fields))

    return pages


def _turn(show: Callable[..., Response], found: WhatIf, fields: Fields, *, level: int, answer: str = "") -> str:
    typed = {name: values[0] for name, values in fields.items() if name.startswith(_DOSE)}
    return bytes(show("what_if_turn.html.j2", found=found, typed=typed, level=level, answer=answer).body).decode()


def _answer(found: WhatIf, problems: list[Problem]) -> str:
    if problems:
        said = (f"<p>{escape(one.sentences)}</p>" for one in problems)
        return f'<div class="problems" role="alert">{"".join(said)}</div>'
    if found.forecast is not None:
        return page.what_if(found.forecast)
    return f'<p class="remark">{escape(found.reason or "")}.</p>'


def _wish(fields: Fields) -> tuple[Wish | None, list[Problem]]:
    """What was chosen, None where nobody has chosen yet; and the doses that are no numbers."""
    if _OURS not in fields:
        return None, []
    doses: dict[tuple[str, str], float] = {}
    problems = []
    for name, values in fields.items():
        if not name.startswith(_DOSE) or not values[0].strip():
            continue  # an empty dose stays as the plan says
        treatment, _, column = name.removeprefix(_DOSE).partition(".")
        value = _number(values[0])
        if value is None:
            problems.append(Problem(name, f"{values[0][:40]!r} is no number", "Write a dose like 2 or 1.2"))
        else:
            doses[treatment, column] = value
    return Wish(frozenset(fields.get(_ON, ())), doses), problems


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
