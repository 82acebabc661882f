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
    """One urgent sign: its rule, how soon, whom to see, what it forbids meanwhile."""

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


@dataclass(frozen=True, slots=True)
class Raised:
    """A flag that is up (answer yes) or may be (unknown), with the trace."""

    flag: Flag
    trace: Trace


@cache
def flags() -> dict[str, Flag]:
    """Every urgent sign by id, the most urgent first."""
    found = [_flag(entry, path) for path, entry in folder("flags").items()]
    return {flag.id: flag for flag in sorted(found, key=lambda flag: (TIERS.index(flag.tier), flag.id))}


def raised(facts: Facts) -> list[Raised]:
    """The urgent signs that are there, the most urgent first."""
    traces = ((flag, evaluate(flag.rule, facts)) for flag in flags().values())
    return [Raised(flag, trace) for flag, trace in traces if trace.answer]


def _flag(entry: dict[str, Any], path: str) -> Flag:
    cited = citation(entry)
    if cited is None:
        raise KnowledgeError(f"{path}: needs source, place and read")
    if entry["tier"] not in TIERS or entry["blocks"] not in BLOCKS:
        raise KnowledgeError(f"{path}: tier must be one of {TIERS} and blocks one of {BLOCKS}")
    return Flag(
        id=entry["id"],
        title=entry["title"],
        tier=entry["tier"],
        blocks=entry["blocks"],
        lay=entry["lay"],
        professional=entry["professional"],
        see=entry["see"],
        why=entry["why"],
        rule=RuleBook(path, entry).rule("present"),
        citation=cited,
    )
