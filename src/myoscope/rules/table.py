"""The same rule trees as expressions over columns, for any frame engine that Narwhals speaks to.

Three traps are closed here: NaN is turned into null at the door (`NaN > 15` is true on some engines), pandas frames
(which lose "unknown") are turned into Polars ones, and `when(null)` is never relied upon.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any as Anything

import narwhals.stable.v2 as nw

from myoscope.quantities import quantities
from myoscope.rules.arithmetic import Formula
from myoscope.rules.facts import Value
from myoscope.rules.parse import CASE_CATEGORIES
from myoscope.rules.scalar import edge
from myoscope.rules.tree import All, Any, AtLeast, Compare, Has, Is, Named, Not, Rule
from myoscope.rules.worlds import AGE, Ages, Category, classes, combinations, fitting

UNABLE_SUFFIX = "__unable"


def at_the_door(native: Anything) -> nw.LazyFrame[Anything] | nw.DataFrame[Anything]:
    """Any supported native frame, made safe: columns that can be null, and no NaN.

    Args:
        native: a Polars, pandas, PyArrow, DuckDB or PySpark frame (eager or lazy).

    """
    frame: Anything = nw.from_native(native)
    if frame.implementation.is_pandas():
        import polars as pl

        # not even nullable pandas columns are safe: a typed null literal becomes False there
        frame = nw.from_native(pl.from_pandas(native, nan_to_null=True))
    numbers = [name for name, kind in frame.collect_schema().items() if kind.is_float()]
    safe: nw.LazyFrame[Anything] | nw.DataFrame[Anything] = frame
    return safe.with_columns(*(no_nan(nw.col(name)).alias(name) for name in numbers)) if numbers else safe


def no_nan(column: nw.Expr) -> nw.Expr:
    """The column with NaN as null."""
    return column.fill_nan(None)


def is_one_of(column: nw.Expr, values: Sequence[str]) -> nw.Expr:
    """Membership that stays unknown for null on every engine (`is_in` answers false on some, and is slower)."""
    return functools.reduce(lambda left, right: left | right, [column == value for value in values])


class Columns:
    """The columns of one frame, as the rules see them: a variable that has no column is unknown in every row.

    Args:
        names: the frame's column names. A boolean companion `<variable>__unable` marks tests that could not be done;
            a list entry is the boolean column `<kind>__<id>`, for example `condition__cancer`.

    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)

    def number(self, variable: str) -> nw.Expr:
        """A number column, from the frame or from the quantity's formula where its own value is missing."""
        formula = quantities()[variable].formula
        own = nw.col(variable).cast(nw.Float64) if variable in self.names else None
        if formula is None or "atan_deg" in formula:  # not every engine has the arc tangent
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
        """A text column; unknown when absent, and where it holds a word that the registry does not know."""
        if variable not in self.names:
            return nw.lit(None).cast(nw.String)
        column = nw.col(variable).cast(nw.String)  # a column that is empty in every row has no type of its own
        return nw.when(is_one_of(column, quantities()[variable].values)).then(column)

    def yes_no(self, name: str) -> nw.Expr:
        """A boolean column; unknown when absent."""
        return nw.col(name).cast(nw.Boolean) if name in self.names else nw.lit(None).cast(nw.Boolean)


def expression(rule: Rule, columns: Columns, *, recalled_decides: bool = False) -> nw.Expr:
    """A rule as a boolean column expression: true, false, null for yes, no, unknown."""
    kinds = [variable for variable, found in classes(rule).items() if len(found) > 1]
    if not kinds:
        return _build(rule, columns, {}, recalled=recalled_decides)
    worlds = combinations(rule, kinds)
    yes, no = [], []
    for world in worlds:
        possible = _all_of([_possible(part, columns) for part in world])
        known: dict[str, Value] = {part.variable: part.example for part in world}
        answer = _build(rule, columns, known, recalled=recalled_decides)
        yes.append(~possible | answer.fill_null(value=False))
        no.append(~possible | (~answer).fill_null(value=False))
    return (
        nw.when(_all_of(yes))
        .then(nw.lit(value=True))
        .otherwise(nw.when(_all_of(no)).then(nw.lit(value=False)).otherwise(nw.lit(None).cast(nw.Boolean)))
    )


def _possible(part: Category | Ages, columns: Columns) -> nw.Expr:
    """Whether a row may belong to this class: it does, or its category is unknown. Never null."""
    if isinstance(part, Category):
        column = columns.category(part.variable)
        return is_one_of(column, part.values).fill_null(value=True)
    age = columns.number(AGE)
    tests = []
    if part.start:
        tests.append(age > part.start[0] if part.start[1] else age >= part.start[0])
    if part.end:
        tests.append(age <= part.end[0] if part.end[1] else age < part.end[0])
    return _all_of(tests).fill_null(value=True)


def _build(rule: Rule, columns: Columns, known: dict[str, Value], *, recalled: bool) -> nw.Expr:
    again = functools.partial(_build, columns=columns, known=known, recalled=recalled)
    match rule:
        case Named(_, part):
            return again(part)
        case All(parts):
            return _all_of([again(part) for part in parts])
        case Any(parts):
            return functools.reduce(lambda left, right: left | right, [again(part) for part in parts])
        case AtLeast(n, parts):
            return _at_least(n, [again(part) for part in parts])
        case Not(part):
            return ~again(part)
        case Has(kind, term, _, _):
            return columns.yes_no(f"{kind}__{term}")
        case Is(variable, values):
            if variable in known:
                return nw.lit(value=known[variable] in values)
            if variable in CASE_CATEGORIES:
                return is_one_of(columns.category(variable), [str(value) for value in values])
            wanted = columns.yes_no(variable)
            return wanted if True in values else ~wanted
        case Compare():
            return _compare(rule, columns, known, recalled=recalled, again=again)


def _compare(
    rule: Compare, columns: Columns, known: dict[str, Value], *, recalled: bool, again: Callable[[Rule], nw.Expr]
) -> nw.Expr:
    index = fitting(rule, known)
    unknown = nw.lit(None).cast(nw.Boolean)
    if index is None or not (recalled or rule.cutoffs[index].citation.may_decide):
        answer = unknown
    elif rule.variable in known:
        answer = nw.lit(value=_compare_number(rule.operator, known[rule.variable], rule.cutoffs[index].value))
    else:
        value = columns.number(rule.variable)
        limit = edge(rule.operator, rule.cutoffs[index].value)
        answer = {"<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit}[rule.operator]
    could_not = columns.unable(rule.variable)
    if could_not is None:
        return answer
    if rule.unable is None or isinstance(rule.unable, bool):
        instead = unknown if rule.unable is None else nw.lit(value=rule.unable)
    else:
        instead = again(rule.unable)
    return nw.when(could_not).then(instead).otherwise(answer)


def _compare_number(op: str, value: Value, cutoff: float) -> bool:
    limit = edge(op, cutoff)
    number = float(value) if isinstance(value, (int, float)) else math.nan
    return {"<": number < limit, "<=": number <= limit, ">": number > limit, ">=": number >= limit}[op]


def _all_of(tests: Sequence[nw.Expr]) -> nw.Expr:
    return functools.reduce(lambda left, right: left & right, tests)


def _at_least(n: int, answers: Sequence[nw.Expr]) -> nw.Expr:
    """Kleene's 'at least n': some n of the parts are all true."""
    groups = [_all_of(group) for group in itertools.combinations(answers, n)]
    return functools.reduce(lambda left, right: left | right, groups)
