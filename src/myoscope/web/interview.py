"""The interview in the browser: one question a page, nothing stored; what was said travels in the page itself."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from myoscope.assess import assess
from myoscope.assess.interview import Interview, answer, facts_of, most, next_question, urgent_now
from myoscope.assess.questions import questions
from myoscope.assess.replies import ORIGIN, open_fields, open_items
from myoscope.quantities import quantities
from myoscope.record import InputError, Problem, parse_record
from myoscope.record.parse import load_text
from myoscope.web.answer import answer_page
from myoscope.web.form import Field, in_form_words

Fields = dict[str, list[str]]
_CONTROLS = {"start", "said", "later", "at", "do", "record_text", "none"}
_LONGEST_CHARACTERS = 400_000
_SHOWN_AT_ONCE = ("emergency", "same_day")


@dataclass(slots=True)
class _Talk:
    """An interview as it travels in the page.

    Attributes:
        start: the record it began with.
        said: every question answered so far, in order, with its answer.
        later: answers that were given before somebody went back, to be offered again.

    """

    start: Mapping[str, Any] = field(default_factory=dict)
    said: list[tuple[str, Fields]] = field(default_factory=list)
    later: dict[str, Fields] = field(default_factory=dict)

    def now(self, today: dt.date) -> Interview:
        """Where the interview stands: every answer taken again, in order."""
        so_far = Interview(self.start)
        for name, reply in self.said:
            so_far = answer(so_far, questions()[name], reply, today=today)
        return so_far


def router(show: Callable[..., Response]) -> APIRouter:
    """The pages of the interview.

    Args:
        show: renders a template: (name, status, **values).

    """
    pages = APIRouter(include_in_schema=False)

    @pages.get("/interview")
    async def begin() -> Response:
        return await run_in_threadpool(_ask, show, _Talk())

    @pages.post("/interview")
    async def go_on(request: Request) -> Response:
        async with request.form(max_fields=500) as form:
            fields: Fields = {}
            for name, value in form.multi_items():
                if isinstance(value, str):
                    fields.setdefault(name, []).append(value)
        return await run_in_threadpool(_turn, show, fields)

    @pages.get("/interview/home-tests")
    async def home_tests() -> Response:
        return show(
            "home_tests.html.j2", tests=[one for one in questions().values() if one.within == "at_hand" and one.steps]
        )

    return pages


def _turn(show: Callable[..., Response], fields: Fields) -> Response:
    talk, today = _read(fields), dt.date.today()
    wish, at = _one(fields, "do"), _one(fields, "at")
    reply = {name: values for name, values in fields.items() if name not in _CONTROLS and any(map(str.strip, values))}
    if wish == "back":
        talk.later |= {at: reply} if at in questions() and reply else {}
        if talk.said:
            name, before = talk.said.pop()
            talk.later[name] = before
        return _ask(show, talk)
    if wish == "end":
        return _finish(show, talk.now(today), today)
    if at in questions() and wish in {"next", "none", "unknown"}:
        given = {"unknown": ["yes"]} if wish == "unknown" else reply | ({"none": ["yes"]} if wish == "none" else {})
        try:
            answer(talk.now(today), questions()[at], given, today=today)
        except InputError as error:
            talk.later[at] = reply
            return _ask(show, talk, error.problems)
        talk.later.pop(at, None)
        talk.said.append((at, given))
    return _ask(show, talk)


def _ask(show: Callable[..., Response], talk: _Talk, problems: list[Problem] | None = None) -> Response:
    today = dt.date.today()
    so_far = talk.now(today)
    following = next_question(so_far, today=today)
    if following is None:
        return _finish(show, so_far, today)
    told = [in_form_words(problem) for problem in problems or []]
    facts = facts_of(so_far, today=today)
    question = following.question
    return show(
        "interview.html.j2",
        422 if told else 200,
        question=question,
        why=following.why,
        items=open_items(question, facts) if question.kind == "ticks" else question.items,
        fields=[Field(quantities()[name]) for name in open_fields(question, facts)],
        before=talk.later.get(question.id, {}),
        problems=told,
        may_confirm=[one.where for one in problems or [] if "confirmed: true" in (one.attempt or "")],
        urgent=[flag for flag in urgent_now(so_far, today=today) if flag.tier in _SHOWN_AT_ONCE],
        count=so_far.count,
        most=most(),
        can_go_back=bool(talk.said),
        state={"start": json.dumps(talk.start), "said": json.dumps(talk.said), "later": json.dumps(talk.later)},
    )


def _finish(show: Callable[..., Response], so_far: Interview, today: dt.date) -> Response:
    if not so_far.body:
        return show("interview_end.html.j2")
    record = parse_record(so_far.body, ORIGIN, today=today)
    text = json.dumps(so_far.body, indent=1, ensure_ascii=False)
    return answer_page(show, record, assess(record, today=today), {"record_text": [text]})


def _one(fields: Fields, name: str) -> str:
    return (fields.get(name) or [""])[0]


def _read(fields: Fields) -> _Talk:
    """The interview so far out of the page's hidden fields; what is not of our making is refused."""
    texts = {name: _one(fields, name) for name in ("start", "said", "later")}
    if sum(map(len, texts.values())) > _LONGEST_CHARACTERS:
        raise InputError(ORIGIN, [Problem("said", "is too long for an interview", "Begin again")])
    try:
        start, said, later = (json.loads(texts[name] or empty) for name, empty in
                              (("start", "{}"), ("said", "[]"), ("later", "{}")))  # fmt: skip
        talk = _Talk(dict(start), [(_known(name), _reply(reply)) for name, reply in said],
                     {_known(name): _reply(reply) for name, reply in dict(later).items()})  # fmt: skip
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise InputError(ORIGIN, [Problem("said", "is not understood", "Begin again")]) from None
    if text := _one(fields, "record_text").strip():
        body = load_text(text, "the text")
        parse_record(body, "the text")
        talk.start = body
    return talk


def _known(name: Any) -> str:
    if name not in questions():
        raise ValueError(name)
    return str(name)


def _reply(raw: Any) -> Fields:
    return {
        str(name): [str(value) for value in values] for name, values in dict(raw).items() if isinstance(values, list)
    }
