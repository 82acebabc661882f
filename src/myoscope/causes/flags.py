"""Urgent signs: they come before any plan."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from myoscope.rules import Facts, Rule, RuleBook, Trace, evaluate
from myoscope.sources import Citation, KnowledgeError, citation, folder

TIERS = ("emergency", "same_day", "two_weeks", "next_visit")
BLOCKS = ("plan", "training", "feeding", "nothing")


@dataclass(frozen=True, slots=True)
class Flag:
    """One urgent sign: its rule, how soon, whom to see, what it forbids meanwhile.

    Attributes:
        unless: a reason that lifts the sign. Only a yes lifts it: an alarm does not wait for a question.
        silences: adult definitions and causes do not hold for this person, so none are given (a child).
        asks, asks_when: what to ask before anything else, and when (the sign is half there).

    """

    id: str
    title: str
    tier: str
    blocks: str
    lay: str
    professional: str
    see: str
    why: str
    rule: Rule
    citation: Citation
    unless: Rule | None = None
    silences: bool = False
    asks: tuple[str, ...] = ()
    asks_when: Rule | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """A flag that is up (or may be), with the trace of its rule."""

    flag: Flag
    trace: Trace


@cache
def flags() -> dict[str, Flag]:
    """Every urgent sign by id, the most urgent first."""
    found = [_flag(entry, path) for path, entry in folder("flags").items()]
    return {flag.id: flag for flag in sorted(found, key=lambda flag: (TIERS.index(flag.tier), flag.id))}


def raised(facts: Facts) -> list[Raised]:
    """The urgent signs that are there, the most urgent first."""
    traces = [(flag, evaluate(flag.rule, facts)) for flag in flags().values()]
    return [Raised(flag, trace) for flag, trace in traces if trace.answer and not _lifted(flag, facts)]


def questions_first(facts: Facts) -> dict[str, list[Flag]]:
    """What to ask before anything else -> the signs it decides."""
    found: dict[str, list[Flag]] = {}
    for flag in flags().values():
        if flag.asks and flag.asks_when and evaluate(flag.asks_when, facts).answer and not _lifted(flag, facts):
            for name in flag.asks:
                if name not in facts.values:
                    found.setdefault(name, []).append(flag)
    return found


def _lifted(flag: Flag, facts: Facts) -> bool:
    return flag.unless is not None and evaluate(flag.unless, facts).answer is True


def _flag(entry: dict[str, Any], path: str) -> Flag:
    cited = citation(entry)
    if cited is None:
        raise KnowledgeError(f"{path}: needs source, place and read")
    if entry["tier"] not in TIERS or entry["blocks"] not in BLOCKS:
        raise KnowledgeError(f"{path}: tier must be one of {TIERS} and blocks one of {BLOCKS}")
    book = RuleBook(path, entry)
    asks: dict[str, Any] = entry.get("asks") or {}
    return Flag(
        id=entry["id"],
        title=entry["title"],
        tier=entry["tier"],
        blocks=entry["blocks"],
        lay=entry["lay"],
        professional=entry["professional"],
        see=entry["see"],
        why=entry["why"],
        rule=book.rule("present"),
        citation=cited,
        unless=book.read(entry["unless"], "unless") if "unless" in entry else None,
        silences=bool(entry.get("silences", False)),
        asks=tuple(asks.get("first") or ()),
        asks_when=book.read(asks["when"], "asks") if asks else None,
    )
