"""The answer as a page of the application: links, the switches of the forecast, and what was entered carried along."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Response

from myoscope.assess import Assessment
from myoscope.record import Record
from myoscope.report import page
from myoscope.web.form import Fields
from myoscope.web.knowledge import DOCS
from myoscope.web.knowledge import url as entry_url
from myoscope.web.what_if import carried_of, offered

_MODEL = "/model" if (DOCS / "muscle_model.md").is_file() else ""


def answer_page(show: Callable[..., Response], record: Record, assessment: Assessment, fields: Fields) -> Response:
    """The page.

    Args:
        show: renders a template: (name, status, **values).
        record: the person.
        assessment: what was found.
        fields: what the browser sent, or would have sent for this record.

    """
    carried = carried_of(fields)
    may_turn = carried and assessment.forecast is not None and assessment.forecast.status == "answered"
    switches = offered(show, record, fields) if may_turn else ""
    content = page.content(assessment, link=entry_url, model=_MODEL, what_if=switches)
    return show("result.html.j2", title=page.title(assessment), content=content, carried=carried)
