"""The same rule trees as expressions over columns, for any frame engine that Narwhals speaks to.

Four traps are closed here: NaN is turned into null at the door (`NaN > 15` is true on some engines), and so are words
that the registry does not know; pandas frames (which lose "unknown") are turned into Polars ones, and `when(null)` is
never relied upon.
"""

from __future__ import annotations

import functools
import itertools
import math
import operator
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any as Anything

import narwhals.stable.v2 as nw

from myoscope.quantities import quantities
from myoscope.rules.arithmetic import Formula
from myoscope.rules.facts import Value
from myoscope.rules.ladder import Class, Ladder, ladders
from myoscope.rules.parse import CASE_CATEGORIES
from myoscope.rules.scalar import edge, within
from myoscope.rules.shelf import Shelf
from myoscope.rules.tree import All, Any, AtLeast, Compare, FirstKnown, Has, Is, Named, Not, Rule
from myoscope.rules.worlds import Ages, Category, classes, fitting

UNABLE_SUFFIX = "__unable"
_TESTS: dict[str, Callable[[nw.Expr, float], nw.Expr]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def at_the_door(native: Anything) -> nw.LazyFrame[Anything] | nw.DataFrame[Anything]:
    """Any supported native frame, made safe: columns that can be null, no NaN, no category that nobody knows.

    Args:
        native: a Polars, pandas, PyArrow, DuckDB or PySpark frame (eager or lazy).

    """
    frame: Anything = nw.from_native(native)
    if frame.implementation.is_pandas():
        import polars as pl

        # not even nullable pandas columns are safe: a typed null literal becomes False there
        frame = nw.from_native(pl.from_pandas(native, nan_to_null=True))
    cleaned = []
    for name, kind in frame.collect_schema().items():
        if kind.is_float():
            cleaned.append(no_nan(nw.col(name)).alias(name))
        elif name in CASE_CATEGORIES:
            cleaned.append(known_word(name).alias(name))
    safe: nw.LazyFrame[Anything] | nw.DataFrame[Anything] = frame
    return safe.with_columns(*cleaned) if cleaned else safe


def no_nan(column: nw.Expr) -> nw.Expr:
    """The column with NaN as null."""
    return column.fill_nan(None)


def known_word(variable: str) -> nw.Expr:
    """A category's column, with null for words that the registry does not know."""
    column = nw.col(variable).cast(nw.String)  # a column that is empty in every row has no type of its own
    return nw.when(is_one_of(column, quantities()[variable].values)).then(column)


def is_one_of(column: nw.Expr, values: Sequence[str]) -> nw.Expr:
    """Membership that stays unknown for null on every engine (`is_in` answers false on some, and is slower)."""
    return functools.reduce(lambda left, right: left | right, [column == value for value in values])


class Columns:
    """The columns of one frame, as the rules see them: a variable that has no column is unknown in every row.

    Args:
        names: the frame's column names. A boolean companion `<variable>__unable` marks tests that could not be done;
            a list entry is the boolean column `<kind>__<id>`, for example `condition__cancer`.
        complete: variables whose formula has been worked out already where their own value was missing.
        shelf: where answers that are needed more than once are put; the frame must be laid out with it before use.

    """

    def __init__(self, names: Iterable[str], complete: Iterable[str] = (), shelf: Shelf | None = None) -> None:
        self.names = frozenset(names)
        self.complete = frozenset(complete)
        self.shelf = shelf

    def once(self, key: Hashable, make: Callable[[], nw.Expr]) -> nw.Expr:
        """An expression that is needed more than once."""
        return make() if self.shelf is None else self.shelf.put(key, make)

    def can_derive(self, variable: str) -> bool:
        """Whether the frame holds every input of the variable's formula."""
        formula = quantities()[variable].formula
        return formula is not None and "atan_deg" not in formula and Formula(formula).names <= self.names

    def number(self, variable: str) -> nw.Expr:
        """A number column, from the frame or from the quantity's formula where its own value is missing."""
        formula = quantities()[variable].formula
        own = nw.col(variable).cast(nw.Float64) if variable in self.names else None
        # not every engine has the arc tangent
        if formula is None or variable in self.complete or "atan_deg" in formula:
            return own if own is not None else nw.lit(None).cast(nw.Float64)
        derived = Formula(formula).build(self.number, lambda ratio: ratio)
        # x / 0 is infinite on some engines and an error or null on others: never a value
        derived = nw.when(derived.is_finite()).then(derived)
        return derived if own is None else nw.coalesce(own, derived)

    def unable(self, variable: str) -> nw.Expr | None:
        """Whether the test could not be done; None when the frame does not say."""
        name = f"{variable}{UNABLE_SUFFIX}"
        return nw.col(name).cast(nw.Boolean).fill_null(value=False) if name in self.names else None

    def category(self, variable: str) -> nw.Expr:
        """A text column, cleaned at the door; unknown when absent."""
        return nw.col(variable) if variable in self.names else nw.lit(None).cast(nw.String)

    def yes_no(self, name: str) -> nw.Expr:
        """A boolean column; unknown when absent."""
        return nw.col(name).cast(nw.Boolean) if name in self.names else nw.lit(None).cast(nw.Boolean)


def expression(rule: Rule, columns: Columns, *, recalled_decides: bool = False) -> nw.Expr:
    """A rule as a boolean column expression: true, false, null for yes, no, unknown."""
    return columns.once((rule, recalled_decides), lambda: _expression(rule, columns, recalled_decides=recalled_decides))


def _expression(rule: Rule, columns: Columns, *, recalled_decides: bool) -> nw.Expr:
    tried, worlds = ladders(rule, recalled=recalled_decides)
    if not tried:
        return _build(rule, columns, {}, worlds[0][1], recalled=recalled_decides)
    yes, no = [], []
    for world, climbing in worlds:
        elsewhere = columns.once(("elsewhere", world), functools.partial(_elsewhere, world, columns))
        known: dict[str, Value] = {part.variable: part.example for part in world}
        answer = _build(rule, columns, known, climbing, recalled=recalled_decides)
        yes.append(elsewhere | answer.fill_null(value=False))
        no.append(elsewhere | ~answer.fill_null(value=True))
    return (
        nw.when(_all_of(yes))
        .then(nw.lit(value=True))
        .otherwise(nw.when(_all_of(no)).then(nw.lit(value=False)).otherwise(nw.lit(None).cast(nw.Boolean)))
    )


def _elsewhere(world: tuple[Class, ...], columns: Columns) -> nw.Expr:
    """Whether a row cannot be in this world. Never null."""
    return ~_all_of([columns.once(("possible", part), functools.partial(_possible, part, columns)) for part in world])


def _possible(part: Category | Ages, columns: Columns) -> nw.Expr:
    """Whether a row may belong to this class: it does, or its category is unknown. Never null."""
    return _belongs([part], columns).fill_null(value=True)


def _belongs(some: Sequence[Category | Ages], columns: Columns) -> nw.Expr:
    """Whether a row belongs to one of these classes of one category; null when its category is unknown."""
    return columns.once(("belongs", *some), lambda: _in_class(some, columns))


def _in_class(some: Sequence[Category | Ages], columns: Columns) -> nw.Expr:
    variable = some[0].variable
    if isinstance(some[0], Category):
        words = [word for part in some if isinstance(part, Category) for word in part.values]
        return is_one_of(columns.category(variable), words)
    age = columns.number(variable)
    spans: list[tuple[tuple[float, bool] | None, tuple[float, bool] | None]] = []
    for part in sorted((part for part in some if isinstance(part, Ages)), key=lambda ages: ages.start or (-1, False)):
        if spans and spans[-1][1] == part.start:
            spans[-1] = (spans[-1][0], part.end)  # neighbours are one span
        else:
            spans.append((part.start, part.end))
    return functools.reduce(operator.or_, [_all_of([*_between(age, start, end)]) for start, end in spans])


def _between(age: nw.Expr, start: tuple[float, bool] | None, end: tuple[float, bool] | None) -> Iterator[nw.Expr]:
    if start:
        yield age > start[0] if start[1] else age >= start[0]
    if end:
        yield age <= end[0] if end[1] else age < end[0]
    if not start and not end:
        yield age >= -math.inf


def _build(
    rule: Rule, columns: Columns, known: dict[str, Value], climbing: Mapping[str, Ladder], *, recalled: bool
) -> nw.Expr:
    """The expression of a rule in one world (`known`), or, along ladders, in all of them."""
    if not isinstance(rule, (Named, Compare)):
        return _combine(rule, columns, known, climbing, recalled=recalled)
    concerned = classes(rule)
    here = {variable: value for variable, value in known.items() if variable in concerned}
    along = {variable: ladder for variable, ladder in climbing.items() if variable in concerned}
    key = (rule, frozenset(here.items()), frozenset(along.items()), recalled)
    return columns.once(key, lambda: _combine(rule, columns, here, along, recalled=recalled))


def _combine(
    rule: Rule, columns: Columns, known: dict[str, Value], climbing: Mapping[str, Ladder], *, recalled: bool
) -> nw.Expr:
    again = functools.partial(_build, columns=columns, known=known, climbing=climbing, recalled=recalled)
    match rule:
        case Named(_, part):
            return again(part)
        case All(parts):
            return _all_of([again(part) for part in parts])
        case Any(parts):
            return functools.reduce(operator.or_, [again(part) for part in parts])
        case AtLeast(n, parts):
            return _at_least(n, [again(part) for part in parts])
        case FirstKnown(parts):
            return nw.coalesce(*(again(part) for part in parts))
        case Not(part):
            return ~again(part)
        case Has(kind, term, _, _):
            return columns.yes_no(f"{kind}__{term}")
        case Is():
            return _is(rule, columns, known)
        case Compare():
            answer = _compare(rule, columns, known, climbing, recalled=recalled)
            return _unless_unable(rule, answer, columns, again)


def _is(rule: Is, columns: Columns, known: dict[str, Value]) -> nw.Expr:
    if rule.variable in known:
        return nw.lit(value=known[rule.variable] in rule.values)
    if rule.variable not in CASE_CATEGORIES:
        yes = columns.yes_no(rule.variable)
        answers = [yes if value is True else ~yes for value in rule.values]
        return functools.reduce(operator.or_, answers)
    if rule.values.issuperset(quantities()[rule.variable].values):
        return nw.lit(value=True)  # whoever it is, it is one of them
    return is_one_of(columns.category(rule.variable), [str(value) for value in rule.values])


def _compare(
    rule: Compare, columns: Columns, known: dict[str, Value], climbing: Mapping[str, Ladder], *, recalled: bool
) -> nw.Expr:
    unknown = nw.lit(None).cast(nw.Boolean)
    if rule.variable in known:
        index = fitting(rule, known)
        if index is None:
            return unknown
        age = known[rule.variable]
        # ages stand in the files as 40 as well as 40.5
        return nw.lit(value=isinstance(age, (int, float)) and within(rule.operator, age, rule.cutoffs[index].value))
    value = columns.number(rule.variable)

    def test(cutoff: float) -> nw.Expr:
        limit = edge(rule.operator, cutoff)
        return columns.once((rule.variable, rule.operator, limit), lambda: _TESTS[rule.operator](value, limit))

    ways = {variable: climbing[variable] for variable in rule.depends_on if variable in climbing}
    found: dict[tuple[Class, ...], float] = {}
    for world in itertools.product(*(ladder.rungs for ladder in ways.values())):
        index = fitting(rule, known | {part.variable: part.example for part in world})
        if index is not None and (recalled or rule.cutoffs[index].citation.may_decide):
            found[world] = rule.cutoffs[index].value
    if not found:
        return unknown
    easiest_last = sorted(set(found.values()), reverse=rule.operator in {">", ">="})
    answer = test(easiest_last[0])
    for position, cutoff in enumerate(easiest_last[1:], start=1):
        as_easy = {world for world, value in found.items() if easiest_last.index(value) >= position}
        answer = answer | (test(cutoff) & _reached(as_easy, [ladder.rungs for ladder in ways.values()], columns))
    for ladder in ways.values():
        if not ladder.whole:
            answer = nw.when(_belongs(ladder.rungs, columns)).then(answer)
    return answer


def _reached(worlds: set[tuple[Class, ...]], axes: Sequence[tuple[Class, ...]], columns: Columns) -> nw.Expr:
    """Whether a row stands in one of these worlds: the upper part of every axis, or the lower (then it is turned)."""
    upward = [axis if _climbs(worlds, place, axis) else axis[::-1] for place, axis in enumerate(axes)]
    heights = {tuple(axis.index(part) for axis, part in zip(upward, world, strict=True)) for world in worlds}
    lowest = [one for one in heights if not any(all(map(operator.le, other, one)) for other in heights - {one})]
    return functools.reduce(operator.or_, [
        _all_of([_at_or_above(axis, rank, columns) for axis, rank in zip(upward, one, strict=True) if rank])
        for one in sorted(lowest)
    ])  # fmt: skip


def _climbs(worlds: set[tuple[Class, ...]], place: int, axis: tuple[Class, ...]) -> bool:
    """Whether from every one of these worlds the next rung of this axis is one of them too."""
    following = dict(itertools.pairwise(axis))
    return all(
        (*world[:place], following[world[place]], *world[place + 1 :]) in worlds
        for world in worlds
        if world[place] in following
    )


def _at_or_above(axis: tuple[Class, ...], rank: int, columns: Columns) -> nw.Expr:
    above, below = axis[rank:], axis[:rank]
    return ~_belongs(below, columns) if _words(below) < _words(above) else _belongs(above, columns)


def _words(some: tuple[Class, ...]) -> int:
    return sum(len(part.values) if isinstance(part, Category) else 1 for part in some)


def _unless_unable(rule: Compare, answer: nw.Expr, columns: Columns, again: Callable[[Rule], nw.Expr]) -> nw.Expr:
    could_not = columns.unable(rule.variable)
    if could_not is None:
        return answer
    if rule.unable is None or isinstance(rule.unable, bool):
        instead = nw.lit(rule.unable).cast(nw.Boolean)
    else:
        instead = again(rule.unable)
    return nw.when(could_not).then(instead).otherwise(answer)


def _all_of(tests: Sequence[nw.Expr]) -> nw.Expr:
    return functools.reduce(operator.and_, tests)


def _at_least(n: int, answers: Sequence[nw.Expr]) -> nw.Expr:
    """Kleene's 'at least n': enough parts are yes, or too few can still be."""
    sure = _count(answers, unknown=False)
    possible = _count(answers, unknown=True)
    return (
        nw.when(sure >= n)
        .then(nw.lit(value=True))
        .otherwise(nw.when(possible < n).then(nw.lit(value=False)).otherwise(nw.lit(None).cast(nw.Boolean)))
    )


def _count(answers: Sequence[nw.Expr], *, unknown: bool) -> nw.Expr:
    return functools.reduce(operator.add, [answer.fill_null(value=unknown).cast(nw.Int16) for answer in answers])
