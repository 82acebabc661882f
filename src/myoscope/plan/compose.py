"""Make the plan of one person: gates first, then what treats the causes found, in order of likelihood and burden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from myoscope.causes import Raised, Weighed
from myoscope.plan.gates import GateAnswer, gate_answers, opens
from myoscope.plan.treatments import GROUPS, DoseLine, Treatment, treatments
from myoscope.rules import Facts, evaluate

ACTIVE = ("present", "probable", "possible")
_TRAINING_GROUPS = ("exercise",)
_FEEDING_GROUPS = ("nutrition", "supplements")
_ORDER = {"offer": 0, "ask_first": 0, "refer": 0, "not_now": 2}


@dataclass(frozen=True, slots=True)
class Step:
    """One treatment for this person: whether it may begin, its dose, its gates, and the causes it answers."""

    treatment: Treatment
    status: str
    doses: tuple[DoseLine, ...]
    failed: tuple[GateAnswer, ...]
    unanswered: tuple[GateAnswer, ...]
    passed: tuple[GateAnswer, ...]
    for_causes: tuple[Weighed, ...]
    held_by: tuple[Raised, ...] = ()
    already: bool = False


@dataclass(frozen=True, slots=True)
class Composed:
    """The plan: steps, or the flags that withhold it."""

    withheld_by: tuple[Raised, ...]
    steps: tuple[Step, ...]


def compose(facts: Facts, flags: Sequence[Raised], causes: Sequence[Weighed]) -> Composed:
    """The plan of one person.

    Args:
        facts: what is known of the person.
        flags: the urgent signs that are up.
        causes: every cause, weighed, likeliest first.

    """
    blocking = tuple(one for one in flags if one.flag.blocks == "plan" or one.flag.tier == "emergency")
    if blocking:
        return Composed(blocking, ())
    active = {cause.cause.id: cause for cause in causes if cause.status in ACTIVE}
    rank = {name: number for number, name in enumerate(active)}
    steps = [
        step for treatment in treatments().values() if (step := _step(treatment, facts, flags, active)) is not None
    ]
    return Composed((), tuple(sorted(steps, key=lambda step: _order(step, rank))))


def _order(step: Step, rank: Mapping[str, int]) -> tuple[int, bool, int, int, int, str]:
    """What stands first in the list of the likeliest cause, then the lighter burden; what may not begin comes last."""
    places = [rank[cause.cause.id] + _place(step.treatment.id, cause) for cause in step.for_causes]
    return (
        _ORDER[step.status] + step.already,  # what is done already comes after what is new
        step.treatment.group == "supplements",  # powders come after what treats the cause
        min(places, default=99),
        GROUPS.index(step.treatment.group),
        step.treatment.burden,
        step.treatment.id,
    )


def _place(treatment: str, cause: Weighed) -> int:
    """Where the treatment stands in the cause's own list, its first line first."""
    listed = cause.cause.treatments
    return listed.index(treatment) if treatment in listed else len(listed)


def _step(treatment: Treatment, facts: Facts, flags: Sequence[Raised], active: Mapping[str, Weighed]) -> Step | None:
    answers = tuple(
        active[name] for name in active if name in treatment.for_causes or treatment.id in active[name].cause.treatments
    )
    if not answers and "any" not in treatment.for_causes:
        return None
    if treatment.opens and opens(treatment, facts) is not True:
        return None
    gates = gate_answers(treatment, facts)
    failed = tuple(gate for gate in gates if gate.trace.answer)
    unanswered = tuple(
        one for one in gates if one.trace.answer is None and one.gate.ask and one.gate.action in {"stop", "refer"}
    )
    passed = tuple(one for one in gates if one.trace.answer is False)
    held = tuple(one for one in flags if _holds_back(one, treatment))
    doses = _doses(treatment, facts)
    if treatment.every_dose and not doses:
        return None
    actions = {gate.gate.action for gate in failed}
    if "stop" in actions or held:
        status = "not_now"
    elif "refer" in actions or treatment.refer_only:
        status = "refer"
    else:
        status = "ask_first" if unanswered else "offer"
    already = treatment.already is not None and evaluate(treatment.already, facts).answer is True
    return Step(treatment, status, doses, failed, unanswered, passed, answers, held, already)


def _holds_back(one: Raised, treatment: Treatment) -> bool:
    return (one.flag.blocks == "training" and treatment.group in _TRAINING_GROUPS) or (
        one.flag.blocks == "feeding" and treatment.group in _FEEDING_GROUPS
    )


def _doses(treatment: Treatment, facts: Facts) -> tuple[DoseLine, ...]:
    """The first line that fits; every line that fits where the treatment is a list of things to raise."""
    fitting = [line for line in treatment.doses if line.rule is None or evaluate(line.rule, facts).answer]
    return tuple(fitting if treatment.every_dose else fitting[:1])
