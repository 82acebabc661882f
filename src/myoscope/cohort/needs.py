"""What a set of definitions reads: the variables a table may hold for them."""

from __future__ import annotations

from collections.abc import Iterable

from myoscope.definitions import Definition
from myoscope.quantities import quantities
from myoscope.rules import Compare, Formula, Has, Is, Rule
from myoscope.rules.tree import When, walk

ALWAYS = ("sex", "age_years")
"""Read in any case: a report is by sex and age."""


def variables(readings: Iterable[Definition]) -> list[str]:
    """Registry ids, and 'condition__x' for list entries, that may change an answer; in the registry's order."""
    found: set[str] = set(ALWAYS)
    for chosen in readings:
        for when in (chosen.applies, chosen.made_for):
            found |= _of_group(when)
        rules = [*chosen.components.values(), *(stage.rule for stage in chosen.stages if stage.rule)]
        for rule in rules:
            for node in walk(rule):
                found |= _of_node(node)
    order = {name: place for place, name in enumerate(quantities())}
    return sorted(_with_inputs(found), key=lambda name: (order.get(name, len(order)), name))


def derived(names: Iterable[str]) -> list[str]:
    """Those of the variables that have a formula, each after the ones it is worked out from."""
    found: dict[str, None] = {}

    def add(name: str) -> None:
        formula = quantities()[name].formula if name in quantities() else None
        if formula is None or name in found:
            return
        for inner in sorted(Formula(formula).names):
            add(inner)
        found[name] = None

    for name in names:
        add(name)
    return list(found)


def _of_group(when: When) -> set[str]:
    return {variable for variable, _ in when.allowed} | ({"age_years"} if when.age else set())


def _of_node(node: Rule) -> set[str]:
    match node:
        case Compare():
            return {node.variable, *node.depends_on}
        case Is(variable, _):
            return {variable}
        case Has(kind, term, _, _):
            return {f"{kind}__{term}"}
        case _:
            return set()


def _with_inputs(names: set[str]) -> set[str]:
    """The variables and everything their formulas need."""
    found = set(names)
    for name in derived(names):
        found |= Formula(quantities()[name].formula or "").names
    return found
