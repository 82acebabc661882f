"""The same definition read otherwise: along another of its paths, or with the muscle mass translated to its device."""

from __future__ import annotations

from myoscope.assess.muscle import MASS, Estimated, from_mass, reach_with_estimate, with_mass
from myoscope.assess.result import Converted, OtherPath
from myoscope.assess.words import cited, stage_title
from myoscope.definitions import Classification, Definition, classify, definition
from myoscope.estimates import equations, estimate
from myoscope.quantities import quantity
from myoscope.rules import Compare, Facts, Rule, evaluate
from myoscope.rules.tree import walk
from myoscope.rules.worlds import classes


def other_paths(chosen: Definition, facts: Facts, mass: Estimated | None, found: Classification) -> list[OtherPath]:
    """The definition along every path that differs from the chosen one in a single choice."""
    others = []
    for path, options in chosen.paths.items():
        used = options[chosen.choice[path]]
        for option, rule in options.items():
            if option == chosen.choice[path]:
                continue
            if _answers_alike(used, rule, facts, mass):
                stage, up_to = found.stage, found.up_to
            else:
                other = definition(chosen.id, {**chosen.choice, path: option})
                stage, up_to = reach_with_estimate(other, facts, mass)
            differs = (stage, up_to) != (found.stage, found.up_to)
            others.append(OtherPath(path=path, option=option, stage=stage, up_to=up_to, differs=differs))
    return others


def _answers_alike(one: Rule, other: Rule, facts: Facts, mass: Estimated | None) -> bool:
    """Whether two readings of a path surely give the same stage, without working the definition out again.

    A stage is made of the answers of its parts alone, so equal answers do; except where a category is unknown (then
    the whole is tried in every world) and where an estimate stands in for the muscle mass.
    """
    if any(variable not in facts.values for rule in (one, other) for variable in classes(rule)):
        return False
    if mass is not None and any(
        isinstance(node, Compare) and from_mass(node.variable) for rule in (one, other) for node in walk(rule)
    ):
        return False
    return evaluate(one, facts).answer is evaluate(other, facts).answer


def if_converted(chosen: Definition, facts: Facts) -> list[Converted]:
    """The stage that each published conversion of the muscle mass would lead to; only where the device does not fit."""
    method = facts.values.get("alm_method")
    if not chosen.devices or MASS not in facts.values or method is None or method in chosen.devices:
        return []
    found = []
    for equation in equations().values():
        if equation.converts is None or equation.converts[0] != method or equation.converts[1] not in chosen.devices:
            continue
        converted = estimate(equation, facts)
        if converted is None:
            continue
        device = equation.converts[1]
        then = classify(chosen, with_mass(facts, converted.value, device))
        found.append(
            Converted(
                equation=equation.title,
                device=device,
                value=converted.value,
                unit=quantity(MASS).shown_unit,
                stage=then.stage,
                up_to=then.up_to,
                stage_title=stage_title(then),
                cautions=[*converted.cautions, *([equation.known_bias] if equation.known_bias else [])],
                source=cited(equation.citation),
            )
        )
    return found
