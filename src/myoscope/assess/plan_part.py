"""The plan as the result shows it: doses for this person's weight, gates answered, whom to see instead."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from myoscope.assess.result import Effect, Gate, Interaction, Plan, PlanItem
from myoscope.assess.result_forecast import ExpectedEffect
from myoscope.assess.words import cited, fill_in, questions, word
from myoscope.causes import Raised
from myoscope.plan import Composed, DoseLine, GateAnswer, Step
from myoscope.plan.treatments import PublishedEffect, Treatment, treatments
from myoscope.quantities import quantities, terms
from myoscope.rules import Facts, Formula, Has, Rule, evaluate
from myoscope.sources import folder


def plan_part(
    composed: Composed,
    flags: list[Raised],
    facts: Facts,
    expected: Mapping[str, ExpectedEffect],
    *,
    deceased: bool,
) -> Plan:
    """The plan, or why there is none and whom to see; `expected`: treatment id -> what the muscle model expects."""
    refer = list(dict.fromkeys(f"{one.flag.see}: {one.flag.title}" for one in flags))
    if deceased:
        return Plan(withheld="The record says that this person has died", refer=[], items=[])
    if composed.withheld_by:
        reasons = ", ".join(dict.fromkeys(one.flag.title.lower() for one in composed.withheld_by))
        items = [_item(step, facts, frozenset(), {}) for step in composed.referrals]
        return Plan(withheld=f"No plan before this has been looked at: {reasons}", refer=refer, items=items)
    planned = frozenset(step.treatment.id for step in composed.steps if step.status != "not_now")
    return Plan(refer=refer, items=[_item(step, facts, planned, expected) for step in composed.steps])


def _item(step: Step, facts: Facts, planned: frozenset[str], expected: Mapping[str, ExpectedEffect]) -> PlanItem:
    treatment = step.treatment
    first = step.doses[0] if step.doses else None
    held = [f"Not before this has been looked at: {one.flag.title}" for one in step.held_by]
    why = [f"{cause.cause.title} ({cause.status})" for cause in step.for_causes] or ["Helps whatever the cause"]
    if step.already:
        why.insert(0, "You already do this: keep it up")
    return PlanItem(
        id=treatment.id,
        group=treatment.group,
        treatment=treatment.title,
        plain=treatment.plain,
        status=step.status,
        when=step.when,
        dose="\n".join(fill_in(line.text, facts) for line in step.doses) or None,
        grams_per_day=_grams(first, facts),
        why=[*held, *why],
        gates_failed=[_gate(gate) for gate in step.failed],
        gates_open=[_gate(gate) for gate in step.unanswered],
        gates_passed=[one.gate.id for one in step.passed],
        monitoring=list(treatment.monitoring),
        stop_rules=list(treatment.stop_rules),
        expected_effect_kg=expected.get(treatment.id),
        other_effects=[_effect(effect) for effect in sorted(treatment.effects, key=is_mass, reverse=True)],
        certainty=treatment.certainty,
        certainty_note=treatment.certainty_note,
        guideline=treatment.guideline,
        interactions=_interactions(treatment, facts, planned),
        dose_source=cited(first.citation) if first else None,
        sources=list(
            {c.source: c for c in [cited(treatment.citation), *(cited(e.citation) for e in treatment.effects)]}.values()
        ),
    )


def _gate(answer: GateAnswer) -> Gate:
    gate = answer.gate
    return Gate(
        id=gate.id,
        action=gate.action,
        answer=word(answer.trace.answer),
        lay=gate.lay,
        professional=gate.professional,
        asks=[gate.asks] if gate.asks and answer.trace.answer is None else questions(answer.trace),
        source=cited(gate.citation),
    )


def _interactions(treatment: Treatment, facts: Facts, planned: frozenset[str]) -> list[Interaction]:
    """Those with what the person takes or has, and with the other steps of the plan that are not closed."""
    return [
        Interaction(partner=_partner(one.rule, one.partner), says=one.says, source=cited(one.citation))
        for one in treatment.interactions
        if (one.partner in planned if one.rule is None else evaluate(one.rule, facts).answer)
    ]


def _partner(rule: Rule | None, name: str) -> str:
    return terms(rule.kind)[name].name if isinstance(rule, Has) else treatments()[name].title


def is_mass(effect: PublishedEffect) -> bool:
    """Whether an effect is one on muscle mass, in its own unit (`knowledge/policy/mass_outcomes.yaml`)."""
    meant = _mass_outcomes().get(effect.outcome.partition(",")[0].strip())
    return meant is not None and effect.unit == quantities()[meant].unit


@cache
def _mass_outcomes() -> dict[str, str]:
    return dict(folder("policy")["policy/mass_outcomes.yaml"]["outcomes"])


def _effect(effect: PublishedEffect) -> Effect:
    return Effect(
        median=effect.median,
        low=effect.low,
        high=effect.high,
        weeks=effect.weeks,
        unit=effect.unit,
        outcome=effect.outcome,
        population=effect.population,
        basis="published group mean, not fitted to this person",
        source=cited(effect.citation),
    )


@cache
def _weight_rule() -> dict[str, Any]:
    return dict(folder("policy")["policy/protein_weight.yaml"])


def _grams(line: DoseLine | None, facts: Facts) -> tuple[float, float] | None:
    """Protein in grams a day for this person: actual weight, or adjusted weight at a high BMI."""
    if line is None or line.grams_per_kg is None:
        return None
    weight, bmi = facts.values.get("weight_kg"), facts.values.get("bmi_kg_m2")
    if not isinstance(weight, float):
        return None
    rule = _weight_rule()
    if isinstance(bmi, float) and bmi >= rule["adjusted_from_bmi"]["value"]:
        adjusted = Formula(rule["adjusted_weight"]["formula"]).value(facts.values)
        weight = adjusted if adjusted is not None else weight
    low, high = line.grams_per_kg
    return low * weight, high * weight
