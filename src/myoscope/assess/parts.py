"""From what the rooms below found to the parts of the result."""

from __future__ import annotations

import itertools
from functools import cache

from myoscope.assess.muscle import Chance, Estimated, classify_with_estimate, component_chances
from myoscope.assess.readings import if_converted, other_paths
from myoscope.assess.result import Cause, Comparison, DefinitionResult, Evidence, Interval, Likelihood, Urgent
from myoscope.assess.words import cited, comparison, comparisons, device_name, fill_in, stage_title
from myoscope.causes import Found, Raised, Weighed
from myoscope.definitions import Classification, Definition
from myoscope.definitions.catalogue import NOT_APPLICABLE
from myoscope.rules import Compare, Facts, Named, Rule, RuleBook, Trace, deciding, evaluate
from myoscope.rules.tree import walk
from myoscope.sources import folder
from myoscope.sources.bibliography import worst_read


def urgent_part(one: Raised, facts: Facts) -> Urgent:
    """An urgent sign, with what raised it."""
    flag = one.flag
    return Urgent(
        id=flag.id,
        title=flag.title,
        tier=flag.tier,
        see=flag.see,
        lay=fill_in(flag.lay, facts),
        professional=fill_in(flag.professional, facts),
        why=flag.why,
        blocks=flag.blocks,
        because=[c.text for c in _deciding(one.trace, {})],
        source=cited(flag.citation),
    )


def definition_part(
    chosen: Definition, facts: Facts, mass: Estimated | None
) -> tuple[Classification, DefinitionResult]:
    """One definition's answer, its deciding comparisons, and the same along its other paths."""
    found, chances = classify_with_estimate(chosen, facts, mass)
    stage = next((s for s in chosen.stages if s.id == found.stage), None)
    reads = [
        c.citation.read
        for rule in chosen.components.values()
        for node in walk(rule)
        if isinstance(node, Compare)
        for c in node.cutoffs
    ]
    return found, DefinitionResult(
        title=chosen.title,
        group=chosen.group,
        plain=chosen.plain,
        stage=found.stage,
        up_to=found.up_to,
        stage_title=stage_title(found),
        meaning=stage.meaning if stage else None,
        see=stage.see if stage else None,
        components={name: trace.answer for name, trace in found.components.items()},
        probabilities=component_chances(found, mass, chances) if mass and chances else {},
        path=dict(chosen.choice),
        other_paths=other_paths(chosen, facts, mass, found),
        deciding=_deciding_stage(found, chances),
        so_far=_once(
            [
                row
                for trace in found.components.values()
                if trace.answer is not None and found.stage != NOT_APPLICABLE
                for row in _deciding(trace, chances)
            ]
        ),
        comparisons=comparisons(list(found.components.values()), chances=chances),
        missing=list(found.missing),
        outside_population=found.outside_population,
        cautions=_cautions(chosen, facts, mass, chances),
        if_converted=if_converted(chosen, facts),
        notes=list(found.notes),
        read=worst_read(reads),
        source=cited(chosen.citation),
    )


def _deciding_stage(found: Classification, chances: dict[str, Chance]) -> list[Comparison]:
    """What established the stage, and what kept the next one from being established."""
    if found.stage == NOT_APPLICABLE:
        return []
    rows: list[Comparison] = []
    stages = list(found.stages.items())
    for (_, trace), following in itertools.zip_longest(stages, stages[1:]):
        if trace.answer is True and (following is None or following[1].answer is not True):
            rows.extend(_deciding(trace, chances))
        if trace.answer is not True:
            rows.extend(_deciding(trace, chances))
            break
    return _once(rows)


def _once(rows: list[Comparison]) -> list[Comparison]:
    return list({(row.rule, row.variable): row for row in rows}.values())


def _deciding(trace: Trace, chances: dict[str, Chance]) -> list[Comparison]:
    named = {id(leaf): name for name, leaf in _leaf_names(trace, "")}
    return [comparison(named.get(id(leaf), ""), leaf, chances) for leaf in deciding(trace)]


def _leaf_names(trace: Trace, name: str) -> list[tuple[str, Trace]]:
    if isinstance(trace.rule, Named):
        name = trace.rule.name
    if not trace.parts:
        return [(name, trace)]
    return [pair for part in trace.parts for pair in _leaf_names(part, name)]


def _cautions(chosen: Definition, facts: Facts, mass: Estimated | None, chances: dict[str, Chance]) -> list[str]:
    rows = []
    method = facts.values.get("alm_method")
    if chosen.devices and "alm_kg" in facts.values:
        if method is None:
            rows.append(
                "How muscle mass was measured is not known: DXA makes and BIA devices differ by a kilogram or more"
            )
        elif method not in chosen.devices:
            rows.append(f"Its muscle-mass line was not made for this method ({device_name(str(method))})")
    if chosen.devices and ("alm_kg" in facts.values or chances):
        rows.extend(text for rule, text in _mass_cautions() if evaluate(rule, facts).answer)
    if mass and chances:
        kind = "bioimpedance" if mass.best.equation.method == "bia" else "body measurements"
        rows.append(f"Muscle mass was estimated from {kind} ({mass.best.equation.title}), not measured")
    return rows


@cache
def _mass_cautions() -> list[tuple[Rule, str]]:
    """When a muscle mass must not be trusted as it stands (`knowledge/policy/mass_cautions.yaml`)."""
    path = "policy/mass_cautions.yaml"
    entry = folder("policy")[path]
    book = RuleBook(path, entry)
    return [(book.rule(row["when"]), str(row["says"])) for row in entry["cautions"]]


def cause_part(one: Weighed, facts: Facts, contribution_kg: Interval | None = None) -> Cause:
    """One cause with the evidence found in this record, and what the model says it has taken."""
    cause = one.cause
    sources = [cited(citation) for citation in cause.citations]
    return Cause(
        id=cause.id,
        group=cause.group,
        title=cause.title,
        plain=cause.plain,
        professional=cause.professional,
        status=one.status,
        for_=[_evidence(f, facts) for f in one.speaks_for]
        + [_evidence(f, facts, unverified=True) for f in one.unverified],
        against=[_evidence(f, facts) for f in one.speaks_against],
        missing=list(one.missing),
        contribution_kg=contribution_kg,
        next=cause.next,
        confirm=cause.confirm,
        effect=cause.effect,
        reversible=cause.reversible,
        treatments=list(cause.treatments),
        sources=sources,
    )


def _evidence(found: Found, facts: Facts, *, unverified: bool = False) -> Evidence:
    first = next((leaf.rule for leaf in deciding(found.trace) if isinstance(leaf.rule, Compare)), None)
    ratio = found.clue.likelihood
    return Evidence(
        text=fill_in(found.clue.says, facts),
        strength=found.clue.strength,
        unverified=unverified,
        likelihood_ratio=Likelihood(
            value=ratio.value, low=ratio.low, high=ratio.high, among=ratio.among, source=cited(ratio.citation)
        )
        if ratio
        else None,
        source=cited(first.citation) if first else None,
    )
