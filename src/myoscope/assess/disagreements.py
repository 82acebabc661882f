"""Why the definitions disagree: one value of the person on different sides of their lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from myoscope.assess.result import Disagreement, Line
from myoscope.assess.words import BELOW, listed, short_title, shown
from myoscope.definitions import Classification
from myoscope.definitions.catalogue import NOT_APPLICABLE
from myoscope.quantities import quantities
from myoscope.rules import All, Compare, Facts, Formula, Not, Trace

BODY_SIZE = frozenset({"height_cm", "weight_kg", "bmi_kg_m2"})
"""What everybody has: it says nothing of the muscle by itself."""
_MOST_NAMED = 3


def disagreements(classified: Mapping[str, Classification], facts: Facts) -> list[Disagreement]:
    """For each value that was used: the definitions on either side, where there are such on both.

    Screens are left out: a point of a score is no verdict. Where definitions divide one measurement by different
    body sizes (muscle by height squared, by BMI), that is one disagreement too.
    """
    by_root: dict[tuple[str, bool], list[Line]] = {}
    for name, found in classified.items():
        if found.definition.screen or found.stage == NOT_APPLICABLE:
            continue
        for line in _lines_of(name, found):
            by_root.setdefault((root(line.variable), line.operator.startswith("<")), []).append(line)
    told = [
        _disagreement(name, lines, facts) for (name, _), lines in by_root.items() if len({one.low for one in lines}) > 1
    ]
    return sorted(told, key=_fewer_side, reverse=True)


def _fewer_side(one: Disagreement) -> int:
    low = sum(line.low for line in one.lines)
    return min(low, len(one.lines) - low)


@cache
def root(variable: str) -> str:
    """What was measured behind a quantity: limb muscle for limb muscle by height squared."""
    formula = quantities()[variable].formula
    measured = Formula(formula).names - BODY_SIZE if formula else frozenset()
    return root(next(iter(measured))) if len(measured) == 1 else variable


def _lines_of(name: str, found: Classification) -> Iterator[Line]:
    """One line for each variable: the mildest by which the value counts, or else the mildest by which it does not."""
    best: dict[tuple[str, bool], Line] = {}
    for leaf in (leaf for trace in found.components.values() for leaf in _applicable(trace, alone=True)):
        rule = leaf.rule
        if not isinstance(rule, Compare) or leaf.cutoff is None or not isinstance(leaf.value, float):
            continue
        line = Line(
            definition=name,
            title=found.definition.title,
            variable=rule.variable,
            value=leaf.value,
            operator=rule.operator,
            cutoff=leaf.cutoff,
            low=bool(leaf.answer),
            outside_population=found.outside_population,
        )
        below = rule.operator.startswith("<")
        key = (rule.variable, below)
        if key not in best or _mildness(line, below=below) > _mildness(best[key], below=below):
            best[key] = line
    yield from best.values()


def _mildness(line: Line, *, below: bool) -> tuple[bool, float]:
    return line.low, line.cutoff if below else -line.cutoff


def _applicable(trace: Trace, *, alone: bool) -> Iterator[Trace]:
    """The answered comparisons that apply to this person, on the side that is worse.

    Where several things must hold together a part is left out if another of them does not hold: a line for heavy people
    says nothing of a light one. A quantity with no better side (weight, its loss) counts only where no other
    quantity must hold with it (`alone`).
    """
    if isinstance(trace.rule, Not):
        return
    if isinstance(trace.rule, Compare):
        if trace.answer is not None and not trace.parts and _worse_side(trace.rule, alone=alone):
            yield trace
        return
    for part in trace.parts:
        others = [other for other in trace.parts if other is not part] if isinstance(trace.rule, All) else []
        if any(other.answer is False for other in others):
            continue
        numbers = any(isinstance(leaf.rule, Compare) for other in others for leaf in other.leaves())
        if numbers and any(other.answer is None and _has_number(other) for other in others):
            continue
        yield from _applicable(part, alone=alone and not numbers)


def _has_number(trace: Trace) -> bool:
    return any(isinstance(leaf.rule, Compare) for leaf in trace.leaves())


def _worse_side(rule: Compare, *, alone: bool) -> bool:
    better = quantities()[rule.variable].better
    below = rule.operator.startswith("<")
    return below if better == "higher" else not below if better == "lower" else alone


def _disagreement(name: str, lines: list[Line], facts: Facts) -> Disagreement:
    by_variable: dict[str, list[Line]] = {}
    for line in lines:
        by_variable.setdefault(line.variable, []).append(line)
    mixed = [variable for variable, same in by_variable.items() if len({line.low for line in same}) > 1]
    if mixed:  # what agrees with most lines need not be told beside what already shows both sides
        usual = sum(line.low for line in lines) * 2 > len(lines)
        by_variable = {
            variable: same for variable, same in by_variable.items() if variable in mixed or same[0].low is not usual
        }
    text = "; ".join(_sides(same, facts) for same in by_variable.values())
    between = None
    if len(by_variable) == 1:
        between = _between(next(iter(by_variable.values())))
        low, high = (f"{end:g}" for end in between)
        text += f": between {low} and {high}" if low != high else f": on the line of {low} itself"
    known = quantities()[next(iter(by_variable)) if len(by_variable) == 1 else name]
    return Disagreement(variable=known.id, name=known.name, text=text, between=between, lines=lines)


def _between(lines: list[Line]) -> tuple[float, float]:
    """The nearest lines on either side of the value."""
    one, other = [line.cutoff for line in lines if line.low], [line.cutoff for line in lines if not line.low]
    return (max(other), min(one)) if lines[0].operator.startswith("<") else (max(one), min(other))


def _sides(lines: list[Line], facts: Facts) -> str:
    """'grip strength of 30.0 kg is below 35.5 kg (SDOC 2020), but not below 27 kg (EWGSOP2 2019)'."""
    first = lines[0]
    estimated = "" if first.variable in facts.values else " (estimated)"
    said = f"{quantities()[first.variable].name} of {shown(first.variable, first.value)}{estimated} is"
    low, fine = (_by_cutoff([line for line in lines if line.low is side]) for side in (True, False))
    not_low = f"not {listed(fine, 'or')}" if fine else ""
    return f"{said} {listed(low)}{f', but {not_low}' if fine else ''}" if low else f"{said} {not_low}"


def _by_cutoff(lines: list[Line]) -> list[str]:
    found: dict[tuple[str, float], list[str]] = {}
    for line in sorted(lines, key=lambda line: line.cutoff):
        found.setdefault((line.operator, line.cutoff), []).append(short_title(line.title))
    texts, said = [], ""
    for (operator, cutoff), titles in found.items():
        unit = quantities()[lines[0].variable].shown_unit
        word = "" if operator == said else f"{BELOW[operator]} "
        texts.append(f"{word}{f'{cutoff:g} {unit}'.strip()} ({_few(titles)})")
        said = operator
    return texts


def _few(titles: list[str]) -> str:
    more = len(titles) - _MOST_NAMED
    return listed(titles) if more <= 1 else f"{', '.join(titles[:_MOST_NAMED])} and {more} more"
