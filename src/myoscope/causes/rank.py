"""Weigh every cause: ordered classes of evidence, no invented probabilities.

| status   | when |
| -------- | ---- |
| excluded | something excludes it |
| present  | something establishes it |
| probable | strong evidence (or two moderate pieces) for it, and nothing strong against |
| possible | any other evidence for it, unless it is weak and something strong is against it |
| unlikely | weak evidence for it against strong; or nothing for it, and strong evidence against, or any against with |
|          | every stronger sign looked for, or every sign looked for and none there |
| unknown  | nothing known either way |

A published likelihood ratio never changes a status: of two causes that weigh the same it says which comes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from myoscope.causes.likelihood import LikelihoodRatio, likelihood_ratio
from myoscope.rules import Compare, Facts, Rule, RuleBook, Trace, evaluate, missing
from myoscope.rules.tree import walk
from myoscope.sources import Citation, KnowledgeError, citation, folder

GROUPS = ("disuse", "ageing", "nutrition", "illness", "hormonal", "medicines", "neuromuscular", "other")
STRENGTHS = ("establishes", "strong", "moderate", "weak", "excludes")
STATUSES = ("present", "probable", "possible", "unknown", "unlikely", "excluded")
_WEIGHT = {"establishes": 8, "strong": 4, "moderate": 2, "weak": 1, "excludes": 16}


@dataclass(frozen=True, slots=True)
class Clue:
    """One piece of evidence: a rule, how much it weighs, and what it says (with {variable} for values).

    Attributes:
        likelihood: how often it is found with the disease, against without, where somebody published that.
        recalled: its rule holds a number that nobody read.

    """

    name: str
    rule: Rule
    strength: str
    says: str
    likelihood: LikelihoodRatio | None = None
    recalled: bool = False

    @property
    def order(self) -> tuple[int, float]:
        """The stronger first; of equal words the greater likelihood ratio, unless nobody read it."""
        ratio = self.likelihood
        return -_WEIGHT[self.strength], -ratio.times if ratio and ratio.citation.may_decide else -1


@dataclass(frozen=True, slots=True)
class CauseFile:
    """One cause of the knowledge base.

    `exposures` names what the muscle model knows of it (exposures of its equations, or `ageing`); without one the model
    has no kilograms for the cause. `stands_for` names the single diseases that a general cause is the gate to.
    """

    id: str
    group: str
    title: str
    plain: str
    professional: str
    speaks_for: tuple[Clue, ...]
    speaks_against: tuple[Clue, ...]
    needs: tuple[str, ...]
    treatments: tuple[str, ...]
    citations: tuple[Citation, ...]
    next: str | None = None
    confirm: str | None = None
    effect: str | None = None
    reversible: str | None = None
    exposures: tuple[str, ...] = ()
    stands_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A clue that is there."""

    clue: Clue
    trace: Trace


@dataclass(frozen=True, slots=True)
class Weighed:
    """A cause with its status, the evidence found for and against it, and what is not known.

    `missing` names variables, and list entries with their kind ('condition:cancer'); cheapest first where the file
    says so.
    `unverified` holds clues that rest on a number nobody read: shown, never counted.
    """

    cause: CauseFile
    status: str
    speaks_for: tuple[Found, ...]
    speaks_against: tuple[Found, ...]
    unverified: tuple[Found, ...]
    missing: tuple[str, ...]

    @property
    def weight(self) -> int:
        """Order among causes of the same status: evidence for, less evidence against."""
        return sum(_WEIGHT[f.clue.strength] for f in self.speaks_for) - sum(
            _WEIGHT[f.clue.strength] for f in self.speaks_against
        )

    @property
    def greatest_ratio(self) -> float:
        """The greatest likelihood ratio among what speaks for it; 1 where none was published. Never a product."""
        return max((-found.clue.order[1] for found in self.speaks_for), default=1)


@cache
def causes() -> dict[str, CauseFile]:
    """Every cause by id."""
    return {entry["id"]: _cause(entry, path) for path, entry in folder("causes").items()}


def weigh(facts: Facts) -> list[Weighed]:
    """Every cause for this person, the likeliest first.

    Ageing never leads while another cause is as likely: it is what is left when the others were asked for.
    A general cause comes after the likeliest of those it stands for at the same status: the name says more.
    """
    weighed = {cause.id: _weigh(cause, facts) for cause in causes().values()}

    def likeliest_meant(one: Weighed) -> int | None:
        meant = (weighed[name] for name in one.cause.stands_for)
        return max((other.weight for other in meant if other.status == one.status), default=None)

    return sorted(weighed.values(), key=lambda one: _order(one, likeliest_meant(one)))


def _order(one: Weighed, meant: int | None = None) -> tuple[int, bool, int, bool, float, str]:
    weight = one.weight if meant is None else min(one.weight, meant)
    ageing, general = one.cause.group == "ageing", meant is not None
    return STATUSES.index(one.status), ageing, -weight, general, -one.greatest_ratio, one.cause.id


def _weigh(cause: CauseFile, facts: Facts) -> Weighed:
    for_traces = [Found(clue, evaluate(clue.rule, facts)) for clue in cause.speaks_for]
    against_traces = [Found(clue, evaluate(clue.rule, facts)) for clue in cause.speaks_against]
    yes = tuple(sorted((found for found in for_traces if found.trace.answer), key=lambda found: found.clue.order))
    no = tuple(sorted((found for found in against_traces if found.trace.answer), key=lambda found: found.clue.order))
    unverified = tuple(
        Found(found.clue, trace)
        for found in for_traces
        if found.clue.recalled
        and found.trace.answer is None
        and (trace := evaluate(found.clue.rule, facts, recalled_decides=True)).answer
    )
    unknown: dict[str, None] = {}
    for found in (*for_traces, *against_traces):
        unknown.update(dict.fromkeys(missing(found.trace)))
    by_id = {name.rpartition(":")[2]: name for name in unknown}
    ordered = [by_id[need] for need in cause.needs if need in by_id]
    return Weighed(cause, _status(yes, no, for_traces), yes, no, unverified, tuple(ordered or by_id.values()))


def _status(yes: tuple[Found, ...], no: tuple[Found, ...], looked_for: list[Found]) -> str:
    strengths = [found.clue.strength for found in yes]
    against = [found.clue.strength for found in no]
    if "excludes" in against:
        return "excluded"
    if "establishes" in strengths:
        return "present"
    if ("strong" in strengths or strengths.count("moderate") >= 2) and "strong" not in against:
        return "probable"
    if set(strengths) == {"weak"} and "strong" in against:
        return "unlikely"
    if strengths:
        return "possible"
    open_strong = any(f.trace.answer is None and f.clue.strength in {"establishes", "strong"} for f in looked_for)
    if against and ("strong" in against or not open_strong):
        return "unlikely"
    if looked_for and all(f.trace.answer is False for f in looked_for):
        return "unlikely"
    return "unknown"


def _cause(entry: dict[str, Any], path: str) -> CauseFile:
    book = RuleBook(path, entry)
    if entry["group"] not in GROUPS:
        raise KnowledgeError(f"{path}: group {entry['group']!r} is not one of {', '.join(GROUPS)}")
    cited = [c for c in (citation(entry), citation(entry.get("effect") or {})) if c]
    effect = entry.get("effect") or {}
    return CauseFile(
        id=entry["id"],
        group=entry["group"],
        title=entry["title"],
        plain=entry["plain"],
        professional=entry["professional"],
        speaks_for=tuple(_clue(row, book, path) for row in entry.get("for") or []),
        speaks_against=tuple(_clue(row, book, path) for row in entry.get("against") or []),
        needs=tuple(entry.get("needs") or ()),
        treatments=tuple(entry.get("treatments") or ()),
        citations=tuple(dict.fromkeys(cited)),
        next=entry.get("next"),
        confirm=entry.get("confirm"),
        effect=effect.get("text"),
        reversible=entry.get("reversible"),
        exposures=tuple(entry.get("exposures") or ()),
        stands_for=tuple(entry.get("stands_for") or ()),
    )


def _clue(row: dict[str, Any], book: RuleBook, path: str) -> Clue:
    if row["strength"] not in STRENGTHS:
        raise KnowledgeError(f"{path}: strength {row['strength']!r} is not one of {', '.join(STRENGTHS)}")
    name = str(row["rule"])
    rule = book.read(row["rule"], name)
    recalled = any(
        not cutoff.citation.may_decide for node in walk(rule) if isinstance(node, Compare) for cutoff in node.cutoffs
    )
    ratio = likelihood_ratio(row.get("lr"), f"{path}: {name}")
    return Clue(name, rule, row["strength"], row["says"], ratio, recalled)
