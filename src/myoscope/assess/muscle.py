"""Muscle mass that was not measured: estimated, and how likely it lies below a definition's line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from myoscope.definitions import Classification, Definition, classify, definition, reach
from myoscope.estimates import Estimate, estimates_of, probability_below
from myoscope.quantities import quantities
from myoscope.record.current import policy
from myoscope.rules import Compare, Facts, Formula, Named, Trace, Value
from myoscope.rules.tree import walk

MASS = "alm_kg"


@dataclass(frozen=True, slots=True)
class Estimated:
    """The estimates of one person's appendicular lean mass, best first, and the facts with the best filled in."""

    all: tuple[Estimate, ...]
    facts: Facts

    @property
    def best(self) -> Estimate:
        """The estimate that is used."""
        return self.all[0]


def estimated_mass(facts: Facts) -> Estimated | None:
    """The estimates of appendicular lean mass where it was not measured; None where it was, or nothing can be said.

    Bioimpedance comes before tape and scale: the definitions accept the one and not the other.
    """
    if MASS in facts.values:
        return None
    found = sorted(estimates_of(MASS, facts), key=lambda one: one.equation.method != "bia")
    if not found:
        return None
    return Estimated(tuple(found), with_mass(facts, found[0].value, found[0].equation.method))


def with_mass(facts: Facts, value: float, method: str) -> Facts:
    """The same person with this muscle mass, and what is derived from it."""
    filled: dict[str, Value] = {MASS: value, "alm_method": method}
    for name, known in quantities().items():
        if known.formula and from_mass(name):
            derived = Formula(known.formula).value({**facts.values, **filled})
            if derived is not None:
                filled[name] = derived
    return facts.having(filled)


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely a measurement lies below a cut-off, for an estimate.

    Attributes:
        value: the estimate, in the unit of the comparison.
        cutoff: the line it is held against.
        printed: by the equation's own standard error.
        elsewhere: by the error found in people the equation was not made on; None where nobody looked.

    """

    value: float
    cutoff: float
    printed: float
    elsewhere: float | None

    def sure(self, level: float) -> bool | None:
        """True for surely below, False for surely not below, None otherwise; both errors must agree."""
        sides = {
            True if c >= level else False if c <= 1 - level else None
            for c in (self.printed, self.elsewhere)
            if c is not None
        }
        return sides.pop() if len(sides) == 1 else None


def classify_with_estimate(
    chosen: Definition, facts: Facts, mass: Estimated | None
) -> tuple[Classification, dict[str, Chance]]:
    """One definition, using an estimated muscle mass only where it is decisive.

    Returns:
        the classification, and for each comparison that rests on the estimate ('rule:variable') its chance.

    """
    plain = classify(chosen, facts)
    if mass is None or mass.best.equation.standard_error is None or not _uses_mass(chosen.id, **chosen.choice):
        return plain, {}
    tried = classify(chosen, mass.facts)
    chances = _chances(tried, mass.best)
    if not chances:
        return plain, {}
    decisive = mass.best.equation.method in {_kind(device) for device in chosen.devices} and _agree(chosen, facts, mass)
    return (tried if decisive else plain), chances


def reach_with_estimate(chosen: Definition, facts: Facts, mass: Estimated | None) -> tuple[str, str]:
    """Stage and reach alone, as `classify_with_estimate` gives them."""
    plain = reach(chosen, facts)
    if mass is None or not _uses_mass(chosen.id, **chosen.choice) or reach(chosen, mass.facts) == plain:
        return plain
    found, _ = classify_with_estimate(chosen, facts, mass)
    return found.stage, found.up_to


@cache
def _uses_mass(name: str, **choice: str) -> bool:
    """Whether a definition, read along these paths, asks for limb muscle."""
    return any(
        isinstance(node, Compare) and from_mass(node.variable)
        for rule in definition(name, choice).components.values()
        for node in walk(rule)
    )


def _chances(tried: Classification, one: Estimate) -> dict[str, Chance]:
    return {
        f"{name}:{leaf.rule.variable}": chance
        for trace in tried.components.values()
        for name, leaf in _mass_leaves(trace, "")
        if isinstance(leaf.rule, Compare) and (chance := _chance(leaf, one)) is not None
    }


def _agree(chosen: Definition, facts: Facts, mass: Estimated) -> bool:
    """Whether every fitting equation is sure of the same side of every line."""
    level = policy()["estimate_decides"]["probability"]
    sides = {
        tuple(chance.sure(level) for chance in _chances(classify(chosen, filled), one).values())
        for one in mass.all
        if one.equation.method == mass.best.equation.method and not one.cautions
        for filled in [with_mass(facts, one.value, one.equation.method)]
    }
    return len(sides) == 1 and None not in next(iter(sides))


def component_chances(found: Classification, mass: Estimated, chances: Mapping[str, Chance]) -> dict[str, float]:
    """The probability of each component that one estimated comparison decides."""
    result: dict[str, float] = {}
    tried = classify(found.definition, mass.facts)
    for component, trace in tried.components.items():
        leaves = list(_mass_leaves(trace, ""))
        if len(leaves) == 1 and all(leaf is leaves[0][1] for leaf in trace.leaves()):
            name, leaf = leaves[0]
            if isinstance(leaf.rule, Compare) and (chance := chances.get(f"{name}:{leaf.rule.variable}")) is not None:
                result[component] = chance.printed if leaf.rule.operator.startswith("<") else 1 - chance.printed
    return result


def _kind(device: str) -> str:
    return "dxa" if device.startswith("dxa") else device


def _mass_leaves(trace: Trace, name: str) -> list[tuple[str, Trace]]:
    if isinstance(trace.rule, Named):
        name = trace.rule.name
    if isinstance(trace.rule, Compare):
        return [(name, trace)] if from_mass(trace.rule.variable) else []
    return [pair for part in trace.parts for pair in _mass_leaves(part, name)]


@cache
def from_mass(variable: str) -> bool:
    """Whether a quantity is appendicular lean mass, or is worked out from it."""
    formula = quantities()[variable].formula
    return variable == MASS or bool(formula and MASS in Formula(formula).names)


def _chance(leaf: Trace, one: Estimate) -> Chance | None:
    """How likely a measurement lies below this leaf's cut-off (its variable is proportional to the mass)."""
    error = one.equation.standard_error
    if leaf.cutoff is None or not isinstance(leaf.value, float) or error is None:
        return None
    scale = leaf.value / one.value
    wider = one.error_elsewhere and probability_below(leaf.value, one.error_elsewhere[0] * scale, leaf.cutoff)
    return Chance(leaf.value, leaf.cutoff, probability_below(leaf.value, error * scale, leaf.cutoff), wider)
