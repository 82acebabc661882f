"""What changes if one cut-off moves, if its operator is the other one, or if another path is taken."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from myoscope.cohort.patterns import Patterns, answered, people_of, seen
from myoscope.cohort.prevalence import case_level
from myoscope.cohort.reasons import for_whom
from myoscope.definitions import Definition, Stage, definition
from myoscope.quantities import quantities
from myoscope.rules.scalar import TOLERANCE
from myoscope.rules.tree import (
    All,
    Any,
    AtLeast,
    Compare,
    Cutoff,
    FirstKnown,
    Is,
    Named,
    Not,
    Rule,
    When,
    walk,
)
from myoscope.rules.worlds import AGE
from myoscope.sources import Citation

STEP = 0.05
"""How far a cut-off is moved at a time, as a share of itself; at least one step of the instrument."""

_OTHER = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}


@dataclass(frozen=True, slots=True)
class Point:
    """The prevalence with one cut-off at one value; shares are weighted, rows are not."""

    cutoff: float
    operator: str
    lowest: float | None
    highest: float | None
    rows: int
    rows_up_to: int


@dataclass(frozen=True, slots=True)
class Moved:
    """One cut-off of one definition, moved while all others stay.

    Attributes:
        stage: the stage whose prevalence is shown; the lowest that uses the cut-off, from the disease itself on.
        whom: for whom the cut-off holds, in words.
        points: from the lowest value to the highest; the printed one is among them.
        on_edge: rows whose value lies exactly on the cut-off.
        other_operator: the prevalence if those rows fell on the other side.

    """

    definition: str
    stage: str
    variable: str
    whom: str
    operator: str
    cutoff: float
    unit: str
    points: tuple[Point, ...]
    on_edge: int
    other_operator: Point

    @property
    def swing(self) -> float:
        """How far the prevalence moves between the ends."""
        shares = [point.lowest for point in self.points if point.lowest is not None]
        return max(shares) - min(shares) if shares else 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """A definition read along one path, all other choices at their default."""

    definition: str
    path: str
    option: str
    default: bool
    stage: str
    lowest: float | None
    highest: float | None
    rows: int
    rows_up_to: int


def rule_of(chosen: Definition, level: int) -> Rule:
    """The rule of a stage above the absence."""
    rule = chosen.stages[level].rule
    if rule is None:
        raise ValueError(f"{chosen.id}: stage {level} has no rule")
    return rule


def applies_rule(when: When, citation: Citation) -> Rule | None:
    """For whom a definition has cut-offs, as a rule; None when it has them for everybody."""
    tests: list[Rule] = [Is(variable, frozenset(allowed)) for variable, allowed in when.allowed]
    if when.age is not None:
        for operator, end in ((">=", when.age.start), ("<", when.age.below)):
            if end is not None:
                tests.append(Compare(AGE, operator, (Cutoff(end, When(), citation),), "a", citation))
    return All(tuple(tests)) if tests else None


def replaced(rule: Rule, old: Compare, new: Compare) -> Rule:
    """The rule with one comparison, wherever it stands, put in another's place."""
    if rule == old:
        return new
    match rule:
        case All(parts) | Any(parts) | AtLeast(_, parts) | FirstKnown(parts):
            return dataclasses.replace(rule, parts=tuple(replaced(part, old, new) for part in parts))
        case Named(_, part) | Not(part):
            return dataclasses.replace(rule, part=replaced(part, old, new))
        case Compare(unable=other) if other is not None and not isinstance(other, bool):
            return dataclasses.replace(rule, unable=replaced(other, old, new))
        case _:
            return rule


def ladder_of(cutoff: float, resolution: float | None) -> list[float]:
    """The values a cut-off is moved through: 10 % down and up in four steps, none smaller than the instrument's."""
    step = max(abs(cutoff) * STEP, resolution or 0.0)
    return [round(cutoff + step * at, 6) if at else cutoff for at in range(-2, 3)]


def what_if(people: pl.LazyFrame, chosen: Definition, each: int = 1) -> tuple[list[Moved], list[Reading]]:
    """Every cut-off of a definition moved, and every other path taken, in one pass over the people.

    Args:
        people: the rows, as `prevalence.prepared` gives them.
        chosen: the definition as it was used.
        each: for how many rows each of them stands.

    """
    moves, paths = list(_moves(chosen)), list(_paths(chosen))
    rules: dict[str, Rule] = {}
    for number, (level, leaf, at) in enumerate(moves):
        rule = rule_of(chosen, level)
        for step, value in enumerate(_values(leaf, at)):
            rules[f"{number}:{step}"] = replaced(rule, leaf, _with(leaf, at, value))
        rules[f"{number}:other"] = replaced(rule, leaf, _other_side(leaf, at))
        rules[f"{number}:edge"] = _on_edge(leaf, leaf.cutoffs[at])
    rules |= {f"{path}={option}={level}": rule for path, option, level, rule in paths}
    got = _counted(Patterns.of(people, [chosen_with(chosen, rules)], each).frame, chosen, rules)

    def point(name: str, value: float, operator: str) -> Point:
        rows, weight, rows_up, weight_up = got[name]
        return Point(value, operator, weight, weight_up, rows, rows_up)

    moved = []
    for number, (level, leaf, at) in enumerate(moves):
        cutoff = leaf.cutoffs[at]
        points = [point(f"{number}:{step}", value, leaf.operator) for step, value in enumerate(_values(leaf, at))]
        moved.append(
            Moved(
                chosen.id,
                chosen.stages[level].id,
                leaf.variable,
                for_whom(cutoff.when),
                leaf.operator,
                cutoff.value,
                quantities()[leaf.variable].shown_unit,
                tuple(points),
                got[f"{number}:edge"][0],
                point(f"{number}:other", cutoff.value, _OTHER[leaf.operator]),
            )
        )
    readings = []
    for path, option, level, _ in paths:
        rows, weight, rows_up, weight_up = got[f"{path}={option}={level}"]
        default = chosen.choice.get(path) == option
        stage = chosen.stages[level].id
        readings.append(Reading(chosen.id, path, option, default, stage, weight, weight_up, rows, rows_up))
    return moved, readings


def chosen_with(chosen: Definition, rules: dict[str, Rule]) -> Definition:
    """The definition with these rules as its stages."""
    return dataclasses.replace(
        chosen, stages=(chosen.stages[0], *(Stage(name, name, rule=rule) for name, rule in rules.items()))
    )


def _counted(
    frame: pl.DataFrame, chosen: Definition, rules: dict[str, Rule]
) -> dict[str, tuple[int, float | None, int, float | None]]:
    """Rule -> (rows, share) for whom it is yes, and (rows, share) for whom it is not no, among those it applies to."""
    look = seen([chosen_with(chosen, rules)])
    applies = applies_rule(chosen.applies, chosen.citation)
    answers = answered(people_of(frame, look), rules if applies is None else {**rules, _APPLIES: applies})
    if applies is None:
        answers = answers.with_columns(pl.lit(value=True).alias(_APPLIES))
    answers = answers.hstack(frame.select("rows", "weight"))
    held = pl.col(_APPLIES)
    sums = [pl.col("weight").filter(held.fill_null(value=True)).sum().alias("whole")]
    for name in rules:
        both = pl.col(name) & held
        for end, test in (("sure", both), ("open", both.fill_null(value=True))):
            sums += [pl.col(what).filter(test).sum().alias(f"{name}:{end}:{what}") for what in ("rows", "weight")]
    row = answers.select(sums).row(0, named=True)
    whole = float(row["whole"])
    return {
        name: (
            int(row[f"{name}:sure:rows"]),
            _over(row[f"{name}:sure:weight"], whole),
            int(row[f"{name}:open:rows"]),
            _over(row[f"{name}:open:weight"], whole),
        )
        for name in rules
    }


_APPLIES = "applies "


def _over(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


def _moves(chosen: Definition) -> Iterable[tuple[int, Compare, int]]:
    """(stage, comparison, which of its cut-offs) for everything that can move; a comparison only once."""
    case = case_level(chosen)
    levels = [*range(case, len(chosen.stages)), *range(case - 1, 0, -1)]
    done: set[Compare] = set()
    for level in levels:
        rule = chosen.stages[level].rule
        for leaf in walk(rule) if rule else ():
            if isinstance(leaf, Compare) and leaf not in done and leaf.variable != AGE:
                done.add(leaf)
                yield from ((level, leaf, at) for at, one in enumerate(leaf.cutoffs) if one.citation.may_decide)


def _paths(chosen: Definition) -> Iterable[tuple[str, str, int, Rule]]:
    """(path, option, stage, its rule) for every option of every path, the one that was used among them."""
    for path, options in chosen.paths.items():
        for option in options:
            other = definition(chosen.id, {**chosen.choice, path: option})
            for level in range(1, len(other.stages)):
                rule = other.stages[level].rule
                if rule is not None:
                    yield path, option, level, rule


def _values(leaf: Compare, at: int) -> list[float]:
    return ladder_of(leaf.cutoffs[at].value, quantities()[leaf.variable].resolution)


def _with(leaf: Compare, at: int, value: float) -> Compare:
    cutoffs = [dataclasses.replace(one, value=value) if i == at else one for i, one in enumerate(leaf.cutoffs)]
    return dataclasses.replace(leaf, cutoffs=tuple(cutoffs))


def _other_side(leaf: Compare, at: int) -> Compare:
    """The comparison with the other operator for one of its cut-offs: the cut-off moved just past the values on it."""
    cutoff = leaf.cutoffs[at].value
    slack = 3 * TOLERANCE * max(1.0, abs(cutoff))
    further = leaf.operator in {"<", ">="}  # becomes <=, or >: the line moves up
    return _with(leaf, at, cutoff + slack if further else cutoff - slack)


def _on_edge(leaf: Compare, cutoff: Cutoff) -> Rule:
    """Whether a value lies on the cut-off, for the people it holds for."""
    two = [Compare(leaf.variable, operator, (cutoff,), leaf.unit, leaf.citation) for operator in ("<=", ">=")]
    return All(tuple(two))
