"""What a stage would become if one more thing were known, read off the trace without working a definition out again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from myoscope.definitions import Classification
from myoscope.definitions.classify import established
from myoscope.rules import All, Any, AtLeast, Compare, FirstKnown, Has, Is, Named, Not, Trace
from myoscope.rules.tree import Answer

Wanted: TypeAlias = Callable[[str], bool]
"""Whether a thing is among those supposed to be known: a variable id, or 'condition:x'."""

Reach: TypeAlias = tuple[str, str]
"""The highest stage that is sure, and the highest that is open."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """A definition's reach as it is, and with the wanted things known: all small (or no), all large (or yes)."""

    now: Reach
    small: Reach
    large: Reach

    @property
    def settled(self) -> int:
        """In how many of the two cases nothing stays open."""
        return sum(sure == reach for sure, reach in (self.small, self.large))

    @property
    def moves(self) -> bool:
        """Whether the wanted things change anything."""
        return self.small != self.now or self.large != self.now


def outcomes(found: Classification, wanted: Wanted) -> Outcomes:
    """What the wanted things would make of the stage, if small (no) and if large (yes); age limits aside."""
    reaches = [
        established(
            found.definition, {name: _answer(trace, wanted, large=large) for name, trace in found.stages.items()}
        )
        for large in (False, True)
    ]
    now = established(found.definition, {name: trace.answer for name, trace in found.stages.items()})
    return Outcomes(now, reaches[0], reaches[1])


def answers(trace: Trace, wanted: Wanted) -> tuple[Answer, Answer]:
    """What the wanted things would make of one rule: all small (or no), all large (or yes)."""
    return _answer(trace, wanted, large=False), _answer(trace, wanted, large=True)


def _answer(trace: Trace, wanted: Wanted, *, large: bool) -> Answer:
    if trace.answer is not None:
        return trace.answer  # more knowledge never changes an answer
    if not trace.parts:
        return _leaf(trace, wanted, large=large)
    answers = [_answer(part, wanted, large=large) for part in trace.parts]
    match trace.rule:
        case Named() | Compare():  # a comparison has parts where another rule stands in for a test that was impossible
            return answers[0]
        case Not():
            return None if answers[0] is None else not answers[0]
        case All():
            return _at_least(len(answers), answers)
        case Any():
            return _at_least(1, answers)
        case AtLeast(n, _):
            return _at_least(n, answers)
        case FirstKnown():
            return next((answer for answer in answers if answer is not None), None)
        case _:
            return None


def _at_least(n: int, answers: list[Answer]) -> Answer:
    """All of them and any of them are special cases: at least every one, at least one."""
    if answers.count(True) >= n:
        return True
    return False if len(answers) - answers.count(False) < n else None


def _leaf(leaf: Trace, wanted: Wanted, *, large: bool) -> Answer:
    if leaf.state != "missing":
        return None
    match leaf.rule:
        case Compare() as rule if leaf.value is None:
            if not wanted(rule.variable) or not any(cutoff.citation.may_decide for cutoff in rule.cutoffs):
                return None
            return large is not rule.operator.startswith("<")
        case Compare() as rule:  # the value is known, but not who the person is
            return large if any(map(wanted, rule.depends_on)) else None
        case Is(variable, values):
            return (large in values if values <= {True, False} else large) if wanted(variable) else None
        case Has(kind, term, _, _):
            return large if wanted(f"{kind}:{term}") else None
        case _:
            return None
