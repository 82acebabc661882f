"""What a question of the interview could still change: urgent signs, the standing of causes, stages of definitions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from myoscope.assess.next_steps import base_inputs, effort
from myoscope.assess.questions import Question, questions
from myoscope.assess.replies import known
from myoscope.assess.suppose import Wanted, answers, outcomes
from myoscope.causes import Flag, flags, questions_first, raised, weigh
from myoscope.causes.rank import STATUSES
from myoscope.definitions import Classification, classify, definitions
from myoscope.definitions.catalogue import NOT_APPLICABLE
from myoscope.quantities import quantities
from myoscope.rules import Facts, Trace, evaluate, missing
from myoscope.sources import folder


@cache
def policy() -> dict[str, Any]:
    """The weights that order the questions (`knowledge/policy/interview.yaml`)."""
    return dict(folder("policy")["policy/interview.yaml"])


@dataclass(frozen=True, slots=True)
class Open:
    """A rule that is open: what it is about, what a yes is worth, its trace, and what it lacks."""

    title: str
    worth: float
    trace: Trace
    lacks: frozenset[str]


@dataclass(frozen=True, slots=True)
class OpenStage:
    """A definition whose stage is open."""

    found: Classification
    worth: float
    lacks: frozenset[str]


@dataclass(frozen=True, slots=True)
class View:
    """Everything that is open of one person, worked out once for all questions.

    Attributes:
        first: what to ask before anything else -> the urgent signs it decides.
        signs: urgent signs that may be there; `lifts`: reasons that may lift one that is up.
        clues: evidence for or against causes; `stages`: definitions.

    """

    facts: Facts
    first: Mapping[str, Sequence[Flag]]
    signs: tuple[Open, ...]
    lifts: tuple[Open, ...]
    clues: tuple[Open, ...]
    stages: tuple[OpenStage, ...]


@dataclass(slots=True)
class Brings:
    """What a question could change, by what it is about: title -> how much."""

    flags: dict[str, float] = field(default_factory=dict)
    causes: dict[str, float] = field(default_factory=dict)
    stages: dict[str, float] = field(default_factory=dict)


def view(facts: Facts) -> View:
    """Everything that is open of this person; while an emergency sign is up, everything else counts less."""
    weights = policy()
    up = {one.flag.id: one.flag for one in raised(facts)}
    emergency = any(flag.tier == "emergency" for flag in up.values())
    dim: Mapping[str, float] = weights["emergency_up"] if emergency else {}
    signs, lifts = [], []
    for flag in flags().values():
        worth = weights["flag"][flag.tier] * dim.get(flag.tier, 1)
        reason = evaluate(flag.unless, facts) if flag.unless else None
        if flag.id in up and reason and reason.answer is None:
            lifts.append(_open(flag.title, worth * weights["lifts"], reason, facts))
        elif flag.id not in up and not (reason and reason.answer):
            trace = evaluate(flag.rule, facts)
            if trace.answer is None:
                signs.append(_open(flag.title, worth, trace, facts))
    silent = any(flag.silences for flag in up.values())
    blocked = any(flag.blocks == "plan" for flag in up.values())
    rest = dim.get("causes_and_stages", weights["plan_blocked"] if blocked else 1)
    clues = () if silent else tuple(_open_clues(facts, rest))
    stages = () if silent else tuple(_open_stages(facts, rest))
    return View(facts, questions_first(facts), tuple(signs), tuple(lifts), clues, stages)


def _open(title: str, worth: float, trace: Trace, facts: Facts) -> Open:
    return Open(title, worth, trace, frozenset(key for name in missing(trace) for key in _inputs_of(name, facts)))


def _inputs_of(name: str, facts: Facts) -> list[str]:
    return base_inputs(name, facts) if name in quantities() and name not in facts.values else [name]


def _open_clues(facts: Facts, dim: float) -> list[Open]:
    """Evidence that is open, worth more where it could bring its cause level with the leading one."""
    weights, weighed, found = policy(), weigh(facts), []
    leader, leads = STATUSES.index(weighed[0].status), weighed[0].status in weights["a_leader"]
    for one in weighed:
        sides = one.cause.speaks_for
        if one.status in weights["against_only"]:
            sides += one.cause.speaks_against
        for clue in sides:
            worth = weights["cause"][clue.strength] * weights["status"][one.status] * dim
            if leads and STATUSES.index(one.status) > leader:  # one that is level already may pass the leader
                reached = STATUSES.index(weights["reaches"].get(clue.strength, one.status))
                worth *= weights["behind_the_leader" if reached > leader else "beside_the_leader"]
            if worth >= weights["too_little"] and (trace := evaluate(clue.rule, facts)).answer is None:
                found.append(_open(one.cause.title, worth, trace, facts))
    return found


def _open_stages(facts: Facts, dim: float) -> list[OpenStage]:
    group = folder("policy")["policy/effort.yaml"]["worth"]["group"]
    found = []
    for chosen in definitions().values():
        one = classify(chosen, facts)
        if one.stage != NOT_APPLICABLE and not one.settled:
            lacks = frozenset(key for name in one.missing for key in base_inputs(name, facts))
            found.append(OpenStage(one, policy()["definition"] * group[chosen.group] * dim, lacks))
    return found


def brings(question: Question, about: View) -> Brings:
    """What the answer to a question could change; nothing when everything that it asks is known."""
    weights, found = policy(), Brings()
    fills = _fills(question, about.facts)
    if fills is None:
        return found
    wanted = partial(_wanted, fills=fills, facts=about.facts)
    rare = weights["by_number"] if question.unsure == "skip" else weights["by_list"] if question.lines else 1
    for name, asked_by in about.first.items():
        if fills(name):
            found.flags.update({flag.title: float(weights["asked_first"]) for flag in asked_by})
    for one in about.signs:
        _keep(found.flags, one.title, rare * one.worth * _share(one, fills, wanted, weights["part_of_flag"]))
    for one in about.lifts:
        _keep(found.flags, one.title, one.worth * _share(one, fills, wanted, 0))
    for one in about.clues:
        _keep(found.causes, one.title, one.worth * _share(one, fills, wanted, weights["part_of_clue"]))
    for stage in about.stages:
        if any(map(fills, stage.lacks)):
            _keep(found.stages, stage.found.definition.title, stage.worth * _nearer(stage.found, wanted))
    return found


def _keep(found: dict[str, float], title: str, worth: float) -> None:
    """The most that the answer could do for one thing."""
    if worth > found.get(title, 0):
        found[title] = worth


def _fills(question: Question, facts: Facts) -> Callable[[str], bool] | None:
    """Whether a key is among those that the answer can fill; None when everything it asks is known.

    A page whose ticks only open others fills what those can fill: the signs behind its lines, or else the values.
    """
    sex = facts.values.get("sex")
    behind = [questions()[name] for item in question.shown(sex) for name in item.opens if question.about is None]
    signs = [f"{page.about}:{item.id}" for page in behind if page.about for item in page.shown(sex)]
    keys = {*question.keys(sex), *(signs or (key for page in behind for key in page.keys(sex)))}
    keys = {key for key in keys if not known(key, facts)}
    every = f"{question.about}:" if question.lines else None  # anything of the kind may be written there
    if not keys and (every is None or question.about in facts.complete):
        return None
    return lambda key: key in keys or bool(every and key.startswith(every))


def _wanted(key: str, *, fills: Callable[[str], bool], facts: Facts) -> bool:
    """Whether a leaf of the rules is answered by the page (a ratio needs all its parts)."""
    if fills(key):
        return True
    unknown = key in quantities() and key not in facts.values
    inputs = base_inputs(key, facts) if unknown else []
    return bool(inputs) and all(map(fills, inputs))


def _share(one: Open, fills: Callable[[str], bool], wanted: Wanted, part: float) -> float:
    """1 where the answer could make the rule true by itself, `part` where it is one of several parts, else 0."""
    if not any(map(fills, one.lacks)):
        return 0.0
    return 1.0 if True in answers(one.trace, wanted) else part


def _nearer(found: Classification, wanted: Wanted) -> float:
    """As in `next_steps`: a stage settled counts most, one that only comes nearer little."""
    worth, result = folder("policy")["policy/effort.yaml"]["worth"], outcomes(found, wanted)
    if result.settled:
        return float(worth["settles" if result.settled > 1 else "settles_half"])
    return float(worth["moves" if result.moves else "helps"])


def worth(question: Question, found: Brings, *, opened: bool) -> float:
    """What a question brings, for what it costs the person, and for how likely there is anything to find.

    Args:
        question: the page.
        found: what its answer could change.
        opened: whether the person ticked the line that leads to it.

    """
    weights = policy()
    findings, stages = sum((*found.flags.values(), *found.causes.values())), sum(found.stages.values())
    if question.within:
        findings *= weights["opened" if opened else "unsure"]
    if question.leads:
        findings, stages = findings * weights["leads"], stages * weights["leads"]
    if opened and question.keep:
        stages += weights["stop_below"]
    costs = 1 if opened else max((effort(name) for name in question.fields), default=1)
    prices = folder("policy")["policy/effort.yaml"]["price"]
    long = question.kind == "points" and question.size > 3  # as dear as a device
    return float((findings + stages) / prices[str(max(costs, 3 if long else min(question.size, 2)))])
