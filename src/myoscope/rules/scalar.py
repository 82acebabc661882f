"""Walk a rule for one person, and keep the trace: which comparison gave which answer, with which value and cut-off."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from myoscope.rules.facts import UNABLE, Facts, Value
from myoscope.rules.tree import All, Answer, Any, AtLeast, Compare, FirstKnown, Has, Is, Named, Not, Rule, walk
from myoscope.rules.worlds import Ages, Category, classes_of, fitting

State = Literal["known", "missing", "unable", "no_cutoff", "unverified"]

TOLERANCE = 1e-9
"""Two numbers closer than this share of the cut-off are equal: 17.92 / 1.60**2 is 7, not 6.999999999999999."""

_TESTS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


# Not frozen, though nobody changes one: thousands are made for a person, and freezing takes a third of the time.
@dataclass(slots=True, unsafe_hash=True)
class Trace:
    """One rule, its answer, and how it came about.

    Attributes:
        cutoff: the cut-off that was used; None where several (or none) may apply.
        possible: every cut-off that may apply to this person, as far as is known.

    """

    rule: Rule
    answer: Answer
    parts: tuple[Trace, ...] = ()
    state: State = "known"
    value: object = None
    cutoff: float | None = None
    possible: tuple[float, ...] = ()

    def leaves(self) -> Iterator[Trace]:
        """The comparisons and list entries at the bottom."""
        if self.parts:
            for part in self.parts:
                yield from part.leaves()
        else:
            yield self


def edge(op: str, cutoff: float) -> float:
    """The cut-off moved by the tolerance, so that plain comparison treats near-equal as equal."""
    slack = TOLERANCE * max(1.0, abs(cutoff))
    return cutoff + slack if op in {"<=", ">"} else cutoff - slack


def within(op: str, value: float, cutoff: float) -> bool:
    """One comparison: value op cut-off, near-equal counting as equal."""
    return bool(_TESTS[op](value, edge(op, cutoff)))


def evaluate(rule: Rule, facts: Facts, *, recalled_decides: bool = False) -> Trace:
    """The answer of a rule for one person, with its trace.

    Args:
        rule: the tree.
        facts: what is known of the person.
        recalled_decides: let cut-offs that nobody read answer too (only for gates that close a treatment).

    """
    trace = _walk(rule, facts, recalled=recalled_decides)
    about = _about(rule)
    unknown = [variable for variable in about.classes if variable not in facts.values]
    # an answer stands in every world, unless an unknown category decides which part of a first_known speaks
    if not unknown or (trace.answer is not None and not about.first_known):
        return trace
    answer = None
    for place, world in enumerate(about.worlds(unknown)):
        here = _walk(rule, facts.having(world), recalled=recalled_decides).answer
        if here is None or (place and here is not answer):
            return replace(trace, answer=None)  # one world is enough to leave it open
        answer = here
    return replace(trace, answer=answer)


@dataclass(frozen=True, slots=True)
class _About:
    """What is asked of a rule for every person: the classes of its categories, and whether a `first_known` is in it."""

    rule: Rule
    classes: dict[str, tuple[Category | Ages, ...]]
    depends_on: tuple[str, ...]
    first_known: bool

    def worlds(self, unknown: list[str]) -> Iterator[dict[str, Value]]:
        """Every combination of classes of the unknown categories."""
        for world in itertools.product(*(self.classes[variable] for variable in unknown)):
            yield {part.variable: part.example for part in world}


_SEEN: dict[int, _About] = {}


def _about(rule: Rule) -> _About:
    """By identity: to hash a tree takes as long as to walk it."""
    found = _SEEN.get(id(rule))
    if found is None:
        first_known = any(isinstance(node, FirstKnown) for node in walk(rule))
        found = _About(rule, classes_of(rule), rule.depends_on if isinstance(rule, Compare) else (), first_known)
        _SEEN[id(rule)] = found  # it holds the rule, so that the number stays its own
    return found


def _walk(rule: Rule, facts: Facts, *, recalled: bool) -> Trace:
    match rule:  # the commonest forms first: each is tried in turn
        case Has(kind, term, ever, within):
            present = facts.has(kind, term, ever=ever, within_days=within)
            return Trace(rule, present, state="missing" if present is None else "known", value=present)
        case Named(_, part):
            inner = _walk(part, facts, recalled=recalled)
            return Trace(rule, inner.answer, (inner,))
        case All(inner_rules):
            traces = tuple(_walk(part, facts, recalled=recalled) for part in inner_rules)
            return Trace(rule, _all([t.answer for t in traces]), traces)
        case Any(inner_rules):
            traces = tuple(_walk(part, facts, recalled=recalled) for part in inner_rules)
            opposite = _all([None if t.answer is None else not t.answer for t in traces])
            return Trace(rule, None if opposite is None else not opposite, traces)
        case Compare():
            return _compare(rule, facts, recalled=recalled)
        case AtLeast(n, inner_rules):
            traces = tuple(_walk(part, facts, recalled=recalled) for part in inner_rules)
            return Trace(rule, _at_least(n, [t.answer for t in traces]), traces)
        case FirstKnown(inner_rules):
            traces = tuple(_walk(part, facts, recalled=recalled) for part in inner_rules)
            known = [t.answer for t in traces if t.answer is not None]
            return Trace(rule, known[0] if known else None, traces)
        case Not(part):
            inner = _walk(part, facts, recalled=recalled)
            return Trace(rule, None if inner.answer is None else not inner.answer, (inner,))
        case Is(variable, values):
            value = facts.values.get(variable)
            if value is None:
                return Trace(rule, None, state="missing")
            return Trace(rule, value in values, value=value)


def _all(answers: list[Answer]) -> Answer:
    if False in answers:
        return False
    return None if None in answers else True


def _at_least(n: int, answers: list[Answer]) -> Answer:
    if answers.count(True) >= n:
        return True
    return False if len(answers) - answers.count(False) < n else None


def _compare(rule: Compare, facts: Facts, *, recalled: bool) -> Trace:
    value = facts.values.get(rule.variable)
    if value is UNABLE:
        if rule.unable is None or isinstance(rule.unable, bool):
            return Trace(rule, rule.unable, state="unable", value=value)
        inner = _walk(rule.unable, facts, recalled=recalled)
        return Trace(rule, inner.answer, (inner,), "unable", value)
    about = _about(rule)
    unknown = [variable for variable in about.depends_on if variable not in facts.values]
    if unknown:
        fits = [fitting(rule, {**facts.values, **world}) for world in about.worlds(unknown)]
    else:
        fits = [fitting(rule, facts.values)]
    possible = tuple(sorted({rule.cutoffs[index].value for index in fits if index is not None}))
    cutoff = possible[0] if len(possible) == 1 and None not in fits else None
    if not isinstance(value, (int, float)) or isinstance(value, bool) or math.isnan(value):
        return Trace(rule, None, state="missing", cutoff=cutoff, possible=possible)
    answers = {_answer(rule, index, value, recalled=recalled) for index in fits}
    answer = answers.pop() if len(answers) == 1 else None
    state: State = "known"
    if answer is None:
        unread = [index for index in fits if index is not None and not rule.cutoffs[index].citation.may_decide]
        # answers were left over: to know the category would help
        state = "missing" if answers else "unverified" if unread and not recalled else "no_cutoff"
    return Trace(rule, answer, state=state, value=value, cutoff=cutoff, possible=possible)


def _answer(rule: Compare, index: int | None, value: float, *, recalled: bool) -> Answer:
    if index is None:
        return None
    cutoff = rule.cutoffs[index]
    if not recalled and not cutoff.citation.may_decide:
        return None
    return within(rule.operator, value, cutoff.value)


def deciding(trace: Trace) -> list[Trace]:
    """The comparisons that settled the answer (or, when unknown, those that keep it open)."""
    if not trace.parts:
        return [trace]
    if isinstance(trace.rule, (Named, Not)) or trace.state == "unable":
        return deciding(trace.parts[0])
    wanted = [part for part in trace.parts if part.answer is trace.answer] or list(trace.parts)
    if isinstance(trace.rule, FirstKnown) and trace.answer is not None:
        wanted = wanted[:1]
    return [leaf for part in wanted for leaf in deciding(part)]


def missing(trace: Trace) -> list[str]:
    """What would have to be known for an answer: variable ids, and 'condition:x' for list entries."""
    if trace.answer is not None:
        return []
    found: dict[str, None] = {}
    for leaf in deciding(trace):
        match leaf.rule:
            case Compare() if leaf.state == "missing":
                if leaf.value is None:
                    found[leaf.rule.variable] = None
                else:
                    found.update(dict.fromkeys(leaf.rule.depends_on))
            case Is(variable, _) if leaf.state == "missing":
                found[variable] = None
            case Has(kind, term, _, _) if leaf.state == "missing":
                found[f"{kind}:{term}"] = None
            case _:
                pass
    return list(found)
