"""The interview's questions: what they fill exists, points fit their score, no urgent sign is left out."""

from __future__ import annotations

from collections.abc import Iterator

from myoscope.assess.questions import Question, questions
from myoscope.causes import flags
from myoscope.check.finding import Finding
from myoscope.quantities import quantities
from myoscope.rules import Has
from myoscope.rules.tree import walk

MOST_TICKS = 8
"""More lines than this nobody takes in at a glance."""


def check_questions() -> Iterator[Finding]:
    """Every question by itself, the ways between them, and what no question asks."""
    known = questions()
    for question in known.values():
        path = f"questions/{question.id}.yaml"
        for name in (*question.fields, *question.gives, *question.needs):
            if name not in quantities():
                yield Finding(path, "fields", f"unknown variable {name!r}")
        if question.kind == "ticks" and len(question.items) > MOST_TICKS:
            yield Finding(path, "items", f"{len(question.items)} lines; at most {MOST_TICKS} are taken in at a glance")
        if question.kind == "points":
            yield from _points(question, path)
        for name in (*question.after, *((question.within,) if question.within else ())):
            if name not in known:
                yield Finding(path, "order", f"unknown question {name!r}")
        yield from _ways(question, path)
    asked = {item.id for question in known.values() if question.about == "symptom" for item in question.items}
    for flag in flags().values():
        signs = {node.id for node in walk(flag.rule) if isinstance(node, Has) and node.kind == "symptom"}
        for sign in sorted(signs - asked):
            yield Finding(f"flags/{flag.id}.yaml", "present", f"no question of the interview asks for {sign!r}")


def _points(question: Question, path: str) -> Iterator[Finding]:
    """The least and the most that a questionnaire can come to are the ends of its score's range."""
    if len(question.gives) != 1 or question.gives[0] not in quantities():
        yield Finding(path, "score", "needs the variable that holds its points")
        return
    guard = quantities()[question.gives[0]].guard
    worths = [[points for points, _ in item.answers] for item in question.items]
    for item, points in zip(question.items, worths, strict=True):
        if not points or len(set(points)) < len(points):
            yield Finding(path, item.id, "needs answers, each with points of its own")
            return
    ends = sum(map(min, worths)), sum(map(max, worths))
    if ends != (guard.low, guard.high):
        yield Finding(path, "items", f"come to {ends[0]} to {ends[1]}, the score has {guard.low:g} to {guard.high:g}")


def _ways(question: Question, path: str) -> Iterator[Finding]:
    """Who opens a page and where it says it is opened agree."""
    known = questions()
    for name in (one for item in question.items for one in item.opens):
        if name not in known:
            yield Finding(path, "opens", f"unknown question {name!r}")
        elif known[name].within != question.id:
            yield Finding(path, "opens", f"{name!r} does not say that it lies within {question.id!r}")
    doors = known.get(question.within or "")
    if doors and not any(question.id in item.opens for item in doors.items):
        yield Finding(path, "within", f"no line of {doors.id!r} opens it")
