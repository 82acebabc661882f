"""One person under one definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from myoscope.definitions.catalogue import NOT_APPLICABLE, UNKNOWN, Definition
from myoscope.rules import Facts, Trace, evaluate, missing
from myoscope.rules.tree import Answer, When


@dataclass(frozen=True, slots=True)
class Classification:
    """The answer of one definition.

    Attributes:
        stage: the highest stage that is established, 'unknown' or 'not_applicable'.
        up_to: the highest stage that missing data leave open; equal to `stage` when settled.
        components: component -> its trace (answer yes, no, unknown).
        stages: stage id -> the trace of its rule.
        outside_population: the person is not of the kind the definition was made for; None when that is unknown.
        missing: what would settle an open answer, variable ids and 'condition:x'.
        notes: findings outside the stages, in words.

    """

    definition: Definition
    stage: str
    up_to: str
    components: dict[str, Trace]
    stages: dict[str, Trace]
    outside_population: bool | None
    missing: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def settled(self) -> bool:
        """Whether no missing value could change the stage."""
        return self.stage == self.up_to


def holds(when: When, facts: Facts) -> Answer:
    """Whether the person belongs to a group (age band, categories): yes, no, unknown."""
    answers: list[Answer] = []
    for variable, allowed in when.allowed:
        value = facts.values.get(variable)
        answers.append(None if value is None else value in allowed)
    if when.age is not None:
        age = facts.values.get("age_years")
        answers.append(when.age.holds(float(age)) if isinstance(age, (int, float)) else None)
    return False if False in answers else None if None in answers else True


def classify(chosen: Definition, facts: Facts) -> Classification:
    """The stage of one person under one definition, with the traces behind it."""
    components = {name: evaluate(rule, facts) for name, rule in chosen.components.items()}
    stages = {stage.id: evaluate(stage.rule, facts) for stage in chosen.stages if stage.rule}
    applies = holds(chosen.applies, facts)
    notes = tuple(text for rule, text in chosen.notes if applies and evaluate(rule, facts).answer)
    if applies is False:
        stage = up_to = NOT_APPLICABLE
    else:
        stage, up_to = established(chosen, {name: trace.answer for name, trace in stages.items()})
        if applies is None:
            stage = UNKNOWN
    outside = holds(chosen.made_for, facts)
    open_values: dict[str, None] = {}
    if applies is None:
        open_values["age_years"] = None
    if stage != up_to and applies is not False:
        for trace in stages.values():
            open_values.update(dict.fromkeys(missing(trace)))
    return Classification(
        chosen, stage, up_to, components, stages, None if outside is None else not outside, tuple(open_values), notes
    )


def reach(chosen: Definition, facts: Facts) -> tuple[str, str]:
    """The stage and the highest that is still open, without the traces: what `classify` says, in less time."""
    applies = holds(chosen.applies, facts)
    if applies is False:
        return NOT_APPLICABLE, NOT_APPLICABLE
    answers = {stage.id: evaluate(stage.rule, facts).answer for stage in chosen.stages if stage.rule}
    stage, up_to = established(chosen, answers)
    return UNKNOWN if applies is None else stage, up_to


def established(chosen: Definition, answers: Mapping[str, Answer]) -> tuple[str, str]:
    """The highest stage that is sure and the highest that is still open, from the answers of the stages' rules."""
    first, *steps = chosen.stages
    sure = first.id
    reach = first.id
    for step in steps:
        answer = answers[step.id]
        if answer is True:
            sure = step.id
        if answer is not False:
            reach = step.id
    if sure == first.id and steps and answers[steps[0].id] is None:
        sure = UNKNOWN
    return sure, reach
