"""The treatments, their safety gates, and the plan made of them for one person."""

from myoscope.plan.compose import Composed, Step, answers, compose, staged
from myoscope.plan.gates import GateAnswer, gate_answers
from myoscope.plan.treatments import DoseLine, GateRule, Treatment, treatments

__all__ = [
    "Composed",
    "DoseLine",
    "GateAnswer",
    "GateRule",
    "Step",
    "Treatment",
    "answers",
    "compose",
    "gate_answers",
    "staged",
    "treatments",
]
