"""Where the answers of a rule climb with its categories, one expression does instead of a try for every possible world.

A grip of 15 kg is low for everybody and one of 30 kg for nobody; whoever counts as weak as a woman counts as weak as a
man. If the classes of every category can be put in such an order, the smallest and the largest answer that an unknown
category leaves open are those of the ends of the order, and Kleene's logic over "is on this rung or above" gives
exactly the same answer as trying all worlds. `ladders` finds the orders or says that there are none; `table` uses them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from myoscope.rules.facts import Value
from myoscope.rules.parse import CASE_CATEGORIES
from myoscope.rules.scalar import within
from myoscope.rules.tree import Compare, FirstKnown, Is, Not, Rule, parts, walk
from myoscope.rules.worlds import AGE, Ages, Category, classes, fitting

Class: TypeAlias = Category | Ages


World: TypeAlias = tuple[Class, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """The classes of one category, from the one with the fewest yeses to the one with the most.

    Attributes:
        rungs: the classes that have cut-offs.
        whole: whether every class has them; for the others the answer is unknown.

    """

    rungs: tuple[Class, ...]
    whole: bool


Ladders: TypeAlias = dict[str, Ladder]


@cache
def ladders(rule: Rule, *, recalled: bool = False) -> tuple[tuple[str, ...], tuple[tuple[World, Ladders], ...]]:
    """What to try one by one, and the ladders of everything else in each of these worlds.

    Args:
        rule: the tree.
        recalled: whether cut-offs that nobody read answer too.

    Returns:
        the categories that no ladder exists for, and for each combination of their classes the ladders of the others.
        Nothing to try means one world without any class.

    """
    kinds = classes(rule)
    leaves = [leaf for leaf in signed_leaves(rule, 1) if depends(leaf[0]) & set(kinds)]
    tried = [variable for variable in kinds if any(variable in _first_depends(node) for node in walk(rule))]
    while True:
        found = []
        for world in itertools.product(*(kinds[variable] for variable in tried)):
            rest = {variable: some for variable, some in kinds.items() if variable not in tried}
            known: dict[str, Value] = {part.variable: part.example for part in world}
            each = {variable: _ladder(variable, rest, leaves, known, recalled=recalled) for variable in rest}
            lost = next((variable for variable, ladder in each.items() if ladder is None), None)
            if lost is not None:
                tried.append(lost)
                break
            found.append((world, {variable: ladder for variable, ladder in each.items() if ladder is not None}))
        else:
            return tuple(tried), tuple(found)


def _first_depends(node: Rule) -> frozenset[str]:
    """The categories that decide which part of a `first_known` speaks: those that any but its last part depends on."""
    if not isinstance(node, FirstKnown):
        return frozenset()
    return frozenset().union(*(depends(leaf) for part in node.parts[:-1] for leaf in walk(part)))


def _ladder(
    variable: str,
    kinds: Mapping[str, tuple[Class, ...]],
    leaves: list[tuple[Rule, int]],
    world: Mapping[str, Value],
    *,
    recalled: bool,
) -> Ladder | None:
    levels: dict[Class, list[float | None]] = {one: [] for one in kinds[variable]}
    for leaf, sign in leaves:
        if variable not in depends(leaf):
            continue
        others = [kinds[other] for other in sorted(depends(leaf) & set(kinds) - {variable})]
        for context in itertools.product(*others):
            known = {**world, **{part.variable: part.example for part in context}}
            row = {one: level(leaf, {**known, variable: one.example}, recalled=recalled) for one in kinds[variable]}
            if all(height is None for height in row.values()):
                continue  # no cut-off for these others, whatever this category is
            for one, height in row.items():
                levels[one].append(None if height is None else sign * height)
    fitted = {one: heights for one, heights in levels.items() if None not in heights}
    if any(set(heights) != {None} for one, heights in levels.items() if one not in fitted):
        return None  # a class that has a cut-off in one comparison and none in another
    order = sorted(fitted, key=lambda one: sum(height for height in fitted[one] if height is not None))
    climbs = all(
        low <= high  # type: ignore[operator]  # none of the fitted is None
        for below, above in itertools.pairwise(order)
        for low, high in zip(fitted[below], fitted[above], strict=True)
    )
    return Ladder(tuple(order), whole=len(order) == len(levels)) if climbs and order else None


def signed_leaves(rule: Rule, sign: int) -> Iterator[tuple[Rule, int]]:
    """The comparisons at the bottom, each with 1 or -1: whether a yes there helps towards yes, or towards no."""
    if isinstance(rule, (Compare, Is)):
        yield rule, sign
    for part in parts(rule):
        yield from signed_leaves(part, -sign if isinstance(rule, Not) else sign)


def depends(leaf: Rule) -> frozenset[str]:
    """The categories (and age) that this comparison's answer depends on."""
    if isinstance(leaf, Compare):
        return frozenset(leaf.depends_on) | ({AGE} if leaf.variable == AGE else set())
    if isinstance(leaf, Is) and leaf.variable in CASE_CATEGORIES:
        return frozenset({leaf.variable})
    return frozenset()


def level(leaf: Rule, world: Mapping[str, Value], *, recalled: bool) -> float | None:
    """How easily this comparison says yes in a world: the higher the easier; None where it has no cut-off there."""
    if isinstance(leaf, Is):
        return float(world[leaf.variable] in leaf.values)
    if not isinstance(leaf, Compare):
        raise TypeError(leaf)
    index = fitting(leaf, world)
    if index is None or not (recalled or leaf.cutoffs[index].citation.may_decide):
        return None
    cutoff = leaf.cutoffs[index].value
    if leaf.variable == AGE:
        age = world[AGE]
        return float(isinstance(age, (int, float)) and within(leaf.operator, age, cutoff))
    return cutoff if leaf.operator in {"<", "<="} else -cutoff
