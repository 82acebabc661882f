"""A treatment's gates, answered for one person."""

from __future__ import annotations

from dataclasses import dataclass

from myoscope.plan.treatments import GateRule, Treatment
from myoscope.rules import Facts, Trace, evaluate


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """One gate: yes = the reason against is there, no = passed, unknown = to be asked."""

    gate: GateRule
    trace: Trace


def gate_answers(treatment: Treatment, facts: Facts) -> list[GateAnswer]:
    """Every gate of a treatment. A number that nobody read may close a gate, so it counts here."""
    return [GateAnswer(gate, evaluate(gate.rule, facts, recalled_decides=True)) for gate in treatment.gates]


def opens(treatment: Treatment, facts: Facts) -> bool | None:
    """Whether everything is proven that the treatment needs first; a number that nobody read proves nothing."""
    answers = [evaluate(rule, facts).answer for rule in treatment.opens]
    return False if False in answers else None if None in answers else True
