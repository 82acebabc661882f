"""What an answer makes of the record, which goes in and comes out as somebody would write it."""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from myoscope.assess.questions import (
    Item,
    Question,
    Reply,
    activity,
    given,
    inputs,
    number,
    protein_g,
    questions,
    total_points,
    unusable,
)
from myoscope.quantities import KINDS, quantities
from myoscope.quantities.terms import implied_by
from myoscope.record import InputError, Problem, parse_record
from myoscope.rules import Facts

ORIGIN = "the interview"
SAY_SO = "Tick what is so; or say that none is, or that you do not know"
_SINCE = re.compile(r"^(?P<name>.+?)[,;]?\s+since\s+(?P<day>\d{4}-\d\d-\d\d)$", re.IGNORECASE)
_PAST = re.compile(r"^(?P<name>.+?)[,;]?\s+\(?(?:past|healed|resolved|stopped)\)?$", re.IGNORECASE)


def known(key: str, facts: Facts) -> bool:
    """Whether a variable has a value, or a list entry ('symptom:fever') is known to be there or not."""
    kind, _, term = key.rpartition(":")
    return facts.has(kind, term) is not None if kind else key in facts.values


def open_items(question: Question, facts: Facts) -> tuple[Item, ...]:
    """The lines of a page that are asked: for this sex, and not answered by the record already."""
    shown = question.shown(facts.values.get("sex"))
    return tuple(item for item in shown if not (question.about and known(f"{question.about}:{item.id}", facts)))


def open_fields(question: Question, facts: Facts) -> tuple[str, ...]:
    """The values of a page that are asked for: those that the record does not hold yet."""
    return tuple(name for name in question.fields if not known(name, facts))


def is_unknown(reply: Reply) -> bool:
    """Whether the person said 'I don't know' to the whole page."""
    return bool(given(reply, "unknown"))


def counts(question: Question, reply: Reply) -> int:
    """How many questions the answer counts as: every item of a questionnaire that was gone through, else one."""
    through = not is_unknown(reply) and any(given(reply, name) for name in inputs(question))
    return question.size if through else 1


def _ticks_said(reply: Reply) -> bool:
    """Whether anything was said of a page's lines. Where nothing was, nothing is denied: silence is not a no."""
    return any(given(reply, name) for name in ("none", "yes", "unsure", "lines", "complete"))


def filled(
    question: Question, reply: Reply, body: Mapping[str, Any], facts: Facts, *, today: dt.date | None = None
) -> dict[str, Any]:
    """The record with the answer in it.

    Args:
        question: the page that was answered.
        reply: the answer.
        body: the record so far.
        facts: what the record so far says of the person.
        today: the day of the answer.

    Raises:
        InputError: what is wrong with the answer.

    """
    new: dict[str, Any] = copy.deepcopy(dict(body))
    if is_unknown(reply):
        return new
    day = today or dt.date.today()
    if question.kind == "ticks":
        _tick(question, reply, new, facts)
    elif wrong := [
        Problem(name, f"{given(reply, name)!r} is no answer to this", attempt)
        for name in inputs(question)
        if given(reply, name) and (attempt := unusable(question, name, given(reply, name)))
    ]:
        raise InputError(ORIGIN, wrong)
    for name, value in _values(question, reply, facts).items():
        _put(new, name, value, day)
    parse_record(new, ORIGIN, today=day)
    return new


def opened_by(question: Question, reply: Reply) -> tuple[frozenset[str], frozenset[str]]:
    """The questions that the ticked lines open, and those that the others rule out."""
    every = {name for item in question.items for name in item.opens}
    if is_unknown(reply) or not _ticks_said(reply):
        return frozenset(), frozenset(every)
    yes, unsure = (set(reply.get(key) or ()) for key in ("yes", "unsure"))
    opened = {name for item in question.items if item.id in yes for name in item.opens}
    if question.unsure == "ask":
        every -= {name for item in question.items if item.id in unsure for name in item.opens}
    return frozenset(opened), frozenset(every - opened)


def _tick(question: Question, reply: Reply, body: dict[str, Any], facts: Facts) -> None:
    yes, unsure = (set(reply.get(key) or ()) for key in ("yes", "unsure"))
    shown = open_items(question, facts)
    if not _ticks_said(reply):
        if shown and not any(given(reply, name) for name in question.fields):
            silent = Problem(question.id, "nothing was answered, and that is not a no", SAY_SO)
            raise InputError(ORIGIN, [silent])
        return
    if given(reply, "none") and yes | unsure:
        raise InputError(ORIGIN, [Problem(question.id, "lines are ticked, and none is said to be so", SAY_SO)])
    if strangers := (yes | unsure) - {item.id for item in shown}:
        raise InputError(ORIGIN, [Problem(question.id, f"has no line {min(strangers)!r}", "Tick a line of the page")])
    no = [item for item in shown if item.id not in yes | unsure]
    if question.about is None:
        still = {name for item in shown if item.id in yes | unsure for name in item.opens}
        behind = [questions()[name] for item in no for name in item.opens if name not in still]
        for page in behind:
            if page.kind == "ticks" and page.about:
                _absent(body, [item.id for item in open_items(page, facts)])
        return
    plural = KINDS[question.about]
    lines = [_row(line) for text in reply.get("lines") or () for line in text.splitlines() if line.strip()]
    ticked = [item.id for item in shown if item.id in yes and not _named(item.id, lines, question.about)]
    days = {name: given(reply, f"since_{name}") for name in ticked}
    rows = [{"name": name, "since": days[name]} if days[name] else name for name in ticked] + lines
    if rows:
        body[plural] = [*(body.get(plural) or []), *rows]
    there = _terms(body.get(plural) or [], question.about)
    body["absent"] = [one for one in body.get("absent") or [] if one not in there]
    _absent(body, [item.id for item in no if item.id not in there])
    if given(reply, "complete"):
        body["complete"] = sorted({*(body.get("complete") or []), plural})
    if plural not in body and plural in (body.get("complete") or []):
        body[plural] = []


def _absent(body: dict[str, Any], names: list[str]) -> None:
    merged = list(dict.fromkeys([*(body.get("absent") or []), *names]))
    body["absent"] = merged
    if not merged:
        del body["absent"]


def _named(term: str, rows: list[Any], kind: str) -> bool:
    """Whether a written line says the same as a ticked one, perhaps with more: a date, a dose."""
    return any(term in _terms([row], kind) for row in rows)


def _terms(rows: list[Any], kind: str) -> set[str]:
    """Every vocabulary id that rows of a list stand for, the broader ones with them; what is past is left out."""
    record = parse_record({KINDS[kind]: rows}, ORIGIN)
    own = {term for one in record.listings if one.active for term in one.terms}
    return own | {broad for term in own for broad in implied_by(kind).get(term, ())}


def _row(line: str) -> Any:
    """A written line: a name, perhaps 'since 2026-03-31' or '(past)'."""
    text = line.strip()
    if found := _SINCE.match(text):
        return {"name": found["name"], "since": found["day"]}
    if found := _PAST.match(text):
        return {"name": found["name"], "resolved": True}
    return text


def _values(question: Question, reply: Reply, facts: Facts) -> dict[str, Any]:
    """Variable -> what the answer gives for it, as a record is written."""
    found: dict[str, Any] = {}
    for name in (*question.fields, *question.gives):
        text = given(reply, name)
        if name in (reply.get("unable") or ()) and not text:
            found[name] = "unable"
        elif text:
            value = number(text) if quantities()[name].kind == "number" else text
            vouched = f"{name}={text}" in (reply.get("confirmed") or ())
            found[name] = {"value": value, "confirmed": True} if vouched else value
    if question.seconds_for_m and given(reply, "seconds") and question.fields[0] not in found:
        seconds = number(given(reply, "seconds"))
        if isinstance(seconds, str) or seconds <= 0:
            raise InputError(
                ORIGIN, [Problem("seconds", "is not a time in seconds", "Write the seconds, for example 5.2")]
            )
        found[question.fields[0]] = round(question.seconds_for_m / seconds, 3)
    if not found or not set(question.gives) & found.keys():
        found.update(_scored(question, reply, facts))
    return found


def _scored(question: Question, reply: Reply, facts: Facts) -> dict[str, Any]:
    """What a questionnaire comes to; nothing while an item is missing."""
    if question.kind == "points" and (points := total_points(question, reply)) is not None:
        return {question.gives[0]: points}
    if question.kind == "activity" and (week := activity(question, reply)) is not None:
        return dict(zip(question.gives, (round(week.met_min, 1), week.level, week.minutes), strict=True))
    weight = facts.values.get("weight_kg")
    if question.kind == "portions" and isinstance(weight, float) and (grams := protein_g(question, reply)) is not None:
        return {question.gives[0]: round(grams / weight, 2)}
    return {}


def _put(body: dict[str, Any], name: str, value: Any, day: dt.date) -> None:
    """A value of today; in a record of another day it gets a date of its own, and an older value stays where it is."""
    if name not in body and body.get("date") in {None, day.isoformat()}:
        body[name] = value
        return
    blocks = body.setdefault("observations", [])
    block = next((one for one in blocks if one.get("date") == day.isoformat()), None)
    if block is None:
        block = {"date": day.isoformat()}
        blocks.append(block)
    block[name] = value
