"""The interview: what to ask next, and what an answer makes of the record.

Pure functions over an `Interview`: the record so far as somebody would write it, and what was asked. The next question
is the one that could change most (`worth.py`) for what it costs; when none could change enough, the interview ends.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from myoscope.assess.questions import Item, Question, Reply, questions
from myoscope.assess.replies import ORIGIN, counts, filled, opened_by
from myoscope.assess.worth import Brings, brings, policy, view, worth
from myoscope.causes import Flag, raised
from myoscope.record import current, parse_record
from myoscope.rules import Facts


@dataclass(frozen=True, slots=True)
class Interview:
    """Where an interview stands.

    Attributes:
        body: the record so far, as somebody would write it.
        asked: the questions asked, in order.
        opened: questions that a ticked line leads to.
        closed: questions that an unticked line rules out.
        count: how many questions were asked; every item of a questionnaire that was answered is one.

    """

    body: Mapping[str, Any] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    opened: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Next:
    """The question to ask now, and why in one sentence."""

    question: Question
    why: str
    worth: float


def most() -> int:
    """How many questions an interview may ask."""
    return int(policy()["most"])


def next_question(interview: Interview, *, today: dt.date | None = None) -> Next | None:
    """The question that could change most for what it costs, or None: nothing is worth asking, or enough was asked.

    Args:
        interview: the record so far and what was asked.
        today: what counts as today.

    Raises:
        InputError: the record cannot be read.

    """
    facts = facts_of(interview, today=today)
    about, best = view(facts), None
    for question in questions().values():
        if not _may_be_asked(question, interview, facts):
            continue
        found = brings(question, about)
        value = worth(question, found, opened=_was_opened(question, interview, facts))
        if best is None or value > best.worth:
            best = Next(question, _why(found), value)
    return best if best and best.worth >= policy()["stop_below"] else None


def answer(interview: Interview, question: Question, reply: Reply, *, today: dt.date | None = None) -> Interview:
    """The interview with this question answered.

    Args:
        interview: where it stood.
        question: the page that was answered.
        reply: the answer; `unknown` for "I don't know".
        today: the day of the answer.

    Raises:
        InputError: what is wrong with the answer. Nothing of it was taken.

    """
    facts = facts_of(interview, today=today)
    body = filled(question, reply, interview.body, facts, today=today)
    opened, closed = opened_by(question, reply)
    return Interview(
        body,
        (*interview.asked, question.id),
        interview.opened | opened,
        (interview.closed | closed) - opened - interview.opened,
        interview.count + counts(question, reply),
    )


def facts_of(interview: Interview, *, today: dt.date | None = None) -> Facts:
    """What the answers so far say of the person."""
    return current(parse_record(interview.body, ORIGIN, today=today), today=today).facts


def urgent_now(interview: Interview, *, today: dt.date | None = None) -> list[Flag]:
    """The urgent signs that the answers so far have raised, the most urgent first."""
    return [one.flag for one in raised(facts_of(interview, today=today))]


def _may_be_asked(question: Question, interview: Interview, facts: Facts) -> bool:
    if question.id in interview.asked or (question.sex and facts.values.get("sex") != question.sex):
        return False
    shut = question.within and (question.within not in interview.asked or question.id in interview.closed)
    if shut and not _was_opened(question, interview, facts):
        return False
    if question.needs and not any(_more_than_none(facts.values.get(name)) for name in question.needs):
        return False
    if any(one not in interview.asked for one in question.after):
        return False
    return interview.count + question.size <= most()


def _more_than_none(value: object) -> bool:
    return isinstance(value, float) and value > 0


def _was_opened(question: Question, interview: Interview, facts: Facts) -> bool:
    """Whether a line that leads to this page was ticked, or is so by what the record says already."""
    if question.id in interview.opened:
        return True
    doors = questions()[question.within] if question.within else None
    if doors is None:
        return False
    return any(question.id in item.opens and _is_so(doors, item, question, facts) for item in doors.items)


def _is_so(doors: Question, item: Item, question: Question, facts: Facts) -> bool:
    """Whether the record says yes to a line: to its own term, or to a sign of the page (or pages) behind it."""
    if doors.about:
        return facts.has(doors.about, item.id) is True
    behind = [question] if question.about else [questions()[name] for name in item.opens]
    return any(facts.has(page.about, one.id) for page in behind if page.about for one in page.items)


def _why(found: Brings) -> str:
    """One sentence: what the answer could change most."""

    def best(titles: Mapping[str, float]) -> str:
        return " and ".join(f"\u201c{title}\u201d" for title in sorted(titles, key=lambda one: -titles[one])[:2])

    if found.flags:
        return f"The answer could show, or rule out, something urgent: {best(found.flags)}."
    if sum(found.causes.values()) >= sum(found.stages.values()):
        return f"The answer helps to tell the causes apart, above all {best(found.causes)}."
    return f"The answer helps to say where you stand by {best(found.stages)}."
