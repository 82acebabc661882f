"""Random people for the laws, drawn from the definitions themselves: values around every cut-off of every reading, gaps everywhere.

A row is a dict: quantity id -> value (None is a gap, UNABLE a test that could not be done), and `condition__cancer` -> whether it is
on the person's list. Two things are kept from contradicting themselves, because the same thing would then be recorded twice:

- a derived quantity (BMI) is given, or its inputs (weight and height), never all of them;
- a total score that its own items contradict is left out. What is known of the items never says another thing than all of them, so
  a row that agrees with itself when it is full agrees with itself with any gaps.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from myoscope.cohort.needs import derived, variables
from myoscope.definitions import Definition, definition, definitions
from myoscope.quantities import KINDS, quantities
from myoscope.rules import UNABLE, Compare, Facts, FirstKnown, Formula, Has, Is, Rule, evaluate
from myoscope.rules.facts import Listed
from myoscope.rules.parse import CASE_CATEGORIES
from myoscope.rules.tree import walk

Row = dict[str, Any]
CATEGORIES = {name: list(quantities()[name].values) for name in CASE_CATEGORIES}
GAPS = (0.0, 0.05, 0.2, 0.5)


def readings() -> list[tuple[str, dict[str, str]]]:
    """Every definition along its default paths and along every single other one."""
    found: list[tuple[str, dict[str, str]]] = []
    for name, chosen in definitions().items():
        found.append((name, {}))
        others = ((path, way) for path, ways in chosen.paths.items() for way in ways if way != chosen.choice[path])
        found.extend((name, {path: way}) for path, way in others)
    return found


def rules(chosen: Definition) -> list[Rule]:
    """The components and stages of one reading."""
    return [*chosen.components.values(), *(stage.rule for stage in chosen.stages if stage.rule)]


@cache
def every_reading() -> tuple[Definition, ...]:
    return tuple(definition(name, choice) for name, choice in readings())


@cache
def asked() -> tuple[str, ...]:
    """Everything that any reading looks at, and the inputs of what is derived."""
    return tuple(variables(every_reading()))


@cache
def is_listed(name: str) -> bool:
    """Whether a column is a list entry: `condition__cancer`."""
    return name.partition("__")[0] in KINDS


def leaves(some: Iterable[Definition]) -> Iterator[Compare]:
    """Every comparison with a cut-off, once."""
    nodes = (node for chosen in some for rule in rules(chosen) for node in walk(rule))
    yield from dict.fromkeys(node for node in nodes if isinstance(node, Compare))


def edges(variable: str, some: Iterable[Definition]) -> list[float]:
    """Every number at which an answer may turn with this variable: cut-offs, and for ages the ends of every band."""
    some = list(some)
    found = {cutoff.value for leaf in leaves(some) if leaf.variable == variable for cutoff in leaf.cutoffs}
    if variable == "age_years":
        groups = [cutoff.when for leaf in leaves(some) for cutoff in leaf.cutoffs]
        groups += [when for chosen in some for when in (chosen.applies, chosen.made_for)]
        found |= {age for when in groups if when.age for age in (when.age.start, when.age.below) if age is not None}
    return sorted(found)


@cache
def values(variable: str) -> tuple[Any, ...]:
    """What a random person may have: each cut-off and a step to either side (0.1 % where no step is known), far values."""
    known = quantities().get(variable)
    if known is None or known.kind == "yes_no":
        return (True, False)
    if known.kind == "category":
        return known.values
    found: set[float] = set()
    cuts = edges(variable, every_reading())
    for cut in cuts:
        step = min(known.resolution or 1e9, 1.0) if variable != "age_years" else 0.1
        step = step if known.resolution else abs(cut) / 1000
        found |= {cut - step, cut, cut + step}
    usual = known.usual(None)
    low = usual.low if usual.low is not None else cuts[0] / 2
    high = usual.high if usual.high is not None else cuts[-1] * 2
    found |= {low, low + (high - low) / 4, (low + high) / 2, high - (high - low) / 4, high}
    found |= {cuts[0] * 0.5, cuts[-1] * 1.5} if cuts else set()
    return tuple(sorted(round(value, 6) for value in found if known.guard.holds(value)))


ABLE = [name for name in asked() if name in quantities() and quantities()[name].can_be_unable]


@cache
def sets_without_doubles() -> tuple[frozenset[str], ...]:
    """Sets of variables to give, in which nothing that is given can also be derived from the rest."""
    dice = random.Random(5)  # noqa: S311  # no secret depends on it
    formulas = {name: Formula(quantities()[name].formula or "").names for name in derived(asked())}
    concerned = [name for name in asked() if name in formulas or any(name in inner for inner in formulas.values())]
    free = frozenset(asked()) - set(concerned)

    def doubled(given: set[str]) -> bool:
        for name in given & set(formulas):
            known = given - {name}
            for other, inner in formulas.items():  # inputs come before what is made of them
                known |= {other} if inner <= known else set()
            if name in known:
                return True
        return False

    found = []
    for _ in range(100):
        given: set[str] = set()
        for name in dice.sample(concerned, len(concerned)):
            if not doubled(given | {name}):
                given.add(name)
        found.append(free | given)
    return tuple(found)


@cache
def totals() -> dict[str, list[FirstKnown]]:
    """The total scores, each with every `first_known` of the definitions that looks at it first."""
    nodes = dict.fromkeys(node for chosen in every_reading() for rule in rules(chosen) for node in walk(rule))
    found: dict[str, list[FirstKnown]] = {}
    for node in nodes:
        if isinstance(node, FirstKnown):
            (total,) = {leaf.variable for leaf in walk(node.parts[0]) if isinstance(leaf, Compare)}
            found.setdefault(total, []).append(node)
    return found


def complete(row: Row) -> Facts:
    """A row as facts: gaps left out, list entries on their lists, derived values filled in."""
    known = {name: value for name, value in row.items() if value is not None and not is_listed(name)}
    for name, formula in _formulas():
        if name not in known:
            value = formula.value(known)
            if value is not None:
                known[name] = value
    listed = {(kind, term): _listed(row[name]) for name, kind, term in _terms(tuple(row)) if row[name] is not None}
    return Facts(known, listed)


@cache
def _formulas() -> tuple[tuple[str, Formula], ...]:
    return tuple((name, Formula(quantities()[name].formula or "")) for name in derived(quantities()))


@cache
def _listed(present: bool) -> Listed:
    return Listed(active=present, ever=present)


@cache
def _terms(names: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    return tuple((name, *name.split("__", 1)) for name in names if is_listed(name))  # type: ignore[misc]


def full_row(dice: random.Random, wanted: Sequence[str] | None = None) -> Row:
    """A person of whom everything is known (of the wanted variables) that does not contradict the rest."""
    given = dice.choice(sets_without_doubles())
    ill = dice.choice((0.0, 0.02, 0.3))
    tilt = dice.choice(("higher", "lower", None))  # some people do well in nearly everything, others badly
    row: Row = {}
    for name in wanted or asked():
        if name not in given:
            row[name] = None
        elif is_listed(name):
            row[name] = dice.random() < ill
        elif name in ABLE and dice.random() < 0.06:
            row[name] = UNABLE
        else:
            row[name] = _drawn(name, tilt, dice)
    for total, nodes in totals().items():
        if row.get(total) is not None and dice.random() < 0.4:
            row[total] = None
        elif row.get(total) is not None:
            items = complete({**row, total: None})
            if any(_contradicted(node, Facts({total: row[total]}), items) for node in nodes):
                row[total] = None
    return row


def _contradicted(node: FirstKnown, total: Facts, items: Facts) -> bool:
    first, *rest = node.parts
    return any(evaluate(part, items).answer not in {None, evaluate(first, total).answer} for part in rest)


def _drawn(name: str, tilt: str | None, dice: random.Random) -> Any:
    better = quantities()[name].better
    if tilt is None or better not in {"higher", "lower"}:
        return dice.choice(values(name))
    return (max if better == tilt else min)(dice.choice(values(name)) for _ in range(3))


def with_gaps(row: Row, dice: random.Random) -> Row:
    """The same person with some things not known, lists more or less often than numbers."""
    numbers, lists = dice.choice(GAPS), dice.choice((*GAPS, 1.0))
    return {
        name: None if dice.random() < (lists if is_listed(name) else numbers) else value for name, value in row.items()
    }


@cache
def random_rows(count: int, seed: int, wanted: tuple[str, ...] | None = None) -> tuple[Row, ...]:
    """Many rows with gaps, from a seed that a failing test can name."""
    dice = random.Random(seed)  # noqa: S311  # no secret depends on it
    return tuple(with_gaps(full_row(dice, wanted), dice) for _ in range(count))


def levels(chosen: Definition) -> dict[str, list[Any]]:
    """For everything that one reading looks at: a value for every answer it can lead to, unknown, and `unable` where it may be."""
    found: dict[str, list[Any]] = {}
    for name in _looked_at(chosen):
        known = quantities().get(name)
        if known is None or known.kind != "number":
            some: list[Any] = list(values(name))
        else:
            cuts = edges(name, [chosen])
            some = [
                cuts[0] / 2,
                *((low + high) / 2 for low, high in itertools.pairwise(cuts)),
                cuts[-1] + abs(cuts[-1]) / 10 + 1,
            ]
        found[name] = [*some, None, *([UNABLE] if name in ABLE else [])]
    return found


def _looked_at(chosen: Definition) -> list[str]:
    """What the rules and groups of a reading name themselves, without the inputs of what is derived."""
    named = {name for rule in rules(chosen) for leaf in walk(rule) for name in _names(leaf)}
    for when in (chosen.applies, chosen.made_for):
        named |= {name for name, _ in when.allowed} | ({"age_years"} if when.age else set())
    return [name for name in variables([chosen]) if name in named]


def _names(leaf: Rule) -> tuple[str, ...]:
    match leaf:
        case Compare(variable=variable):
            return (variable, *leaf.depends_on)
        case Is(variable, _):
            return (variable,)
        case Has(kind, term, _, _):
            return (f"{kind}__{term}",)
        case _:
            return ()


def truth_table(chosen: Definition, most: int, seed: int) -> list[Row]:
    """Every combination of levels; where they are more than `most`, a table with every pair of levels, filled up at random."""
    some = levels(chosen)
    if math.prod(map(len, some.values())) <= most:
        return [dict(zip(some, row, strict=True)) for row in itertools.product(*some.values())]
    dice = random.Random(seed)  # noqa: S311  # no secret depends on it
    ranks = {name: range(len(options)) for name, options in some.items()}
    pairs = [
        {(one, i), (other, j)}
        for one, other in itertools.combinations(ranks, 2)
        for i in ranks[one]
        for j in ranks[other]
    ]
    rows: list[dict[str, int]] = []
    while pairs or len(rows) < most:
        row = {name: dice.choice(places) for name, places in ranks.items()} | dict(pairs[-1] if pairs else ())
        rows.append(row)
        pairs = [pair for pair in pairs if not pair <= row.items()]
    return [{name: some[name][place] for name, place in row.items()} for row in rows]


def texts(body: Any) -> Iterator[str]:
    """Every text of an answer, however deep."""
    if isinstance(body, str):
        yield body
    elif isinstance(body, dict):
        for part in body.values():
            yield from texts(part)
    elif isinstance(body, (list, tuple)):
        for part in body:
            yield from texts(part)
