"""Make the plan of one person: gates first, then what treats the causes found, in order of likelihood and burden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from myoscope.causes import CauseFile, Raised, Weighed
from myoscope.plan.gates import GateAnswer, gate_answers, opens
from myoscope.plan.treatments import GROUPS, DoseLine, Treatment, treatments
from myoscope.rules import Facts, evaluate
from myoscope.sources import folder

ACTIVE = ("present", "probable", "possible")
_TRAINING_GROUPS = ("exercise",)
_FEEDING_GROUPS = ("nutrition", "supplements")
_WAITING = {False: ("offer", "ask_first"), True: ("refer",)}
_ORDER = {"offer": 0, "ask_first": 0, "refer": 0, "not_now": 2}


@dataclass(frozen=True, slots=True)
class Step:
    """One treatment for this person: whether it may begin, its dose, its gates, and the causes it answers.

    `when`: now, next (once what is now has become a habit) or later; it never changes the status.
    """

    treatment: Treatment
    status: str
    doses: tuple[DoseLine, ...]
    failed: tuple[GateAnswer, ...]
    unanswered: tuple[GateAnswer, ...]
    passed: tuple[GateAnswer, ...]
    for_causes: tuple[Weighed, ...]
    held_by: tuple[Raised, ...] = ()
    already: bool = False
    when: str = "now"


@dataclass(frozen=True, slots=True)
class Composed:
    """The plan: steps, or the flags that withhold it and the referrals that need not wait for them."""

    withheld_by: tuple[Raised, ...]
    steps: tuple[Step, ...]
    referrals: tuple[Step, ...] = ()

    def ordered_by(self, benefit_kg: Mapping[str, float]) -> Composed:
        """The same plan, in which what gains more muscle (kg, by treatment) begins earlier."""
        return replace(self, steps=staged(self.steps, benefit_kg))


def answers(treatment: Treatment, cause: CauseFile) -> bool:
    """Whether the treatment is for the cause: it is enough that one of the two files names the other."""
    return cause.id in treatment.for_causes or treatment.id in cause.treatments


def compose(facts: Facts, flags: Sequence[Raised], causes: Sequence[Weighed]) -> Composed:
    """The plan of one person.

    Args:
        facts: what is known of the person.
        flags: the urgent signs that are up.
        causes: every cause, weighed, likeliest first.

    """
    blocking = tuple(one for one in flags if one.flag.blocks == "plan" or one.flag.tier == "emergency")
    if any(one.flag.tier == "emergency" or one.flag.silences for one in blocking):
        return Composed(blocking, ())
    active = {cause.cause.id: cause for cause in causes if cause.status in ACTIVE}
    rank = {name: number for number, name in enumerate(active)}
    steps = [
        step for treatment in treatments().values() if (step := _step(treatment, facts, flags, active)) is not None
    ]
    steps.sort(key=lambda step: _order(step, rank))
    if blocking:
        waits_not = [step for step in steps if step.treatment.while_withheld and step.status == "refer"]
        return Composed(blocking, (), staged(waits_not))
    return Composed((), staged(steps))


def staged(steps: Sequence[Step], benefit_kg: Mapping[str, float] | None = None) -> tuple[Step, ...]:
    """The same steps in their order, each with when it begins: few at once, and of each kind one after the other.

    Args:
        steps: in the plan's order (causes before symptoms, lighter burden first).
        benefit_kg: treatment -> expected gain of muscle in kg, where a model knows it; of those the larger comes first.

    """
    limits = folder("policy")["policy/at_once.yaml"]
    turn: dict[str, str] = {}
    for alone in (False, True):  # what a person begins, and what a professional does, are counted apart
        waiting = [s for s in steps if s.status in _WAITING[alone] and not s.already]
        room = limits["with_a_professional" if alone else "by_oneself"]
        waiting = _leading(_by_benefit(waiting, benefit_kg or {}), limits["leads"])
        for when in ("now", "next"):
            ready = [step for step in waiting if when != "now" or not _waits(step, limits["wait"])]
            taken = _few(ready, room, one_of_a_kind=not alone)
            turn.update(dict.fromkeys((step.treatment.id for step in taken), when))
            waiting = [step for step in waiting if step not in taken]
    return tuple(
        replace(step, when="now" if step.already and step.status != "not_now" else turn.get(step.treatment.id, "later"))
        for step in steps
    )


def _by_benefit(steps: Sequence[Step], benefit_kg: Mapping[str, float]) -> list[Step]:
    """Steps of known benefit change places among themselves, the larger first; the others stay where they are."""
    known = [step for step in steps if step.treatment.id in benefit_kg]
    larger = iter(sorted(known, key=lambda step: -benefit_kg[step.treatment.id]))
    return [next(larger) if step in known else step for step in steps]


def _leading(steps: Sequence[Step], leads: Mapping[str, str]) -> list[Step]:
    """Of some kinds one treatment comes before the others of its kind, on the place of the first of them."""
    found = list(steps)
    for kind, leader in leads.items():
        places = [place for place, step in enumerate(found) if step.treatment.group == kind]
        first = [place for place in places if found[place].treatment.id == leader]
        if first:
            found.insert(places[0], found.pop(first[0]))
    return found


def _waits(step: Step, kinds: Sequence[str]) -> bool:
    """Powders wait for what treats the cause, unless they are the first line of a cause that was found."""
    first_line = any(_place(step.treatment.id, cause) == 0 for cause in step.for_causes)
    return step.treatment.group in kinds and not first_line


def _few(steps: Sequence[Step], room: int, *, one_of_a_kind: bool) -> list[Step]:
    taken: list[Step] = []
    for step in steps:
        if len(taken) < room and not (
            one_of_a_kind and any(step.treatment.group == other.treatment.group for other in taken)
        ):
            taken.append(step)
    return taken


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
    answered = tuple(cause for cause in active.values() if answers(treatment, cause.cause))
    if not answered and "any" not in treatment.for_causes:
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
    return Step(treatment, status, doses, failed, unanswered, passed, answered, held, already)


def _holds_back(one: Raised, treatment: Treatment) -> bool:
    return (one.flag.blocks == "training" and treatment.group in _TRAINING_GROUPS) or (
        one.flag.blocks == "feeding" and treatment.group in _FEEDING_GROUPS
    )


def _doses(treatment: Treatment, facts: Facts) -> tuple[DoseLine, ...]:
    """The first line that fits; every line that fits where the treatment is a list of things to raise."""
    fitting = [line for line in treatment.doses if line.rule is None or evaluate(line.rule, facts).answer]
    return tuple(fitting if treatment.every_dose else fitting[:1])
