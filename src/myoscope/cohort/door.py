"""Where a table comes in: every value in its variable's unit, inside its guard range, or unknown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import narwhals.stable.v2 as nw

from myoscope.cohort.columns import Plan, Use
from myoscope.cohort.needs import derived
from myoscope.quantities import quantities
from myoscope.record.across import PARTS_OF_WEIGHT
from myoscope.rules.table import Columns, is_one_of

if TYPE_CHECKING:
    import polars as pl

Frame = Any
YES, NO = ("yes", "true"), ("no", "false")
ONE, ZERO = ("1", "1.0"), ("0", "0.0")
"""How the truth values of a typed column look in a text file."""
SURVEY_PREFIX = "survey__"
WHOLE = "weight_kg"


def clean(frame: Frame, plan: Plan, carried: Sequence[str] = ()) -> Frame:
    """The variables of a table under their own names, safe for the rules.

    Args:
        frame: a Narwhals frame with typed columns (numbers are numbers).
        plan: which column holds what.
        carried: further columns of the frame to keep as they are.

    Returns:
        a frame with `carried`, one column a variable (numbers in the variable's unit; null where missing, not a number,
        outside the guard range, an unknown word, or a part not less than the whole) and the survey's columns as
        survey__weight, survey__stratum and survey__cluster.

    """
    kinds = frame.collect_schema()
    wordy = [use.column for use in plan.uses if use.kind != "number" and is_text(kinds[use.column])]
    frame = folded(frame, list(dict.fromkeys(wordy)))
    cleaned = [value(use, kinds[use.column]).alias(use.variable) for use in plan.uses]
    survey = [nw.col(column).alias(f"{SURVEY_PREFIX}{role}") for role, column in plan.survey.items()]
    same = [nw.lit(value).alias(variable) for variable, value in plan.constants.items()]
    frame = frame.select(*(nw.col(name) for name in carried), *survey, *cleaned, *same)
    names = [use.variable for use in plan.uses]
    parts = [name for name in PARTS_OF_WEIGHT if name in names and WHOLE in names]
    return frame.with_columns(*(_not_above_whole(name).alias(name) for name in parts)) if parts else frame


def _not_above_whole(part: str) -> nw.Expr:
    """A part of the body's weight, or null where it is not less than the whole."""
    whole = nw.col(WHOLE)
    return nw.when((nw.col(part) < whole) | whole.is_null()).then(nw.col(part))


def with_derived(frame: Frame, wanted: Sequence[str]) -> tuple[Frame, Columns]:
    """The frame with the variables that follow from others filled in (BMI from weight and height), and its columns."""
    done: list[str] = []
    for name in derived(wanted):
        columns = Columns(frame.collect_schema().names(), complete=done)
        if columns.can_derive(name):
            frame = frame.with_columns(columns.number(name).alias(name))
        done.append(name)
    return frame, Columns(frame.collect_schema().names(), complete=done)


def value(use: Use, kind: Any) -> nw.Expr:
    """One cleaned column; its words are folded already."""
    column = nw.col(use.column)
    if use.kind == "number":
        return _number(use, column)
    if use.kind == "category":
        return _category(use, column, kind)
    return _yes_no(use, column, kind)


def _number(use: Use, column: nw.Expr) -> nw.Expr:
    number = column.cast(nw.Float64)
    if use.slope != 1:
        number = number * use.slope
    if use.shift:
        number = number + use.shift
    guard = quantities()[use.variable].guard
    if guard.high is None:
        number = number.fill_nan(None)  # with an upper end NaN falls outside the guard on every engine
        return number if guard.low is None else nw.when(number >= guard.low).then(number)
    inside = number <= guard.high
    return nw.when(inside if guard.low is None else (number >= guard.low) & inside).then(number)


def is_text(kind: Any) -> bool:
    """Whether a column holds words."""
    return kind in {nw.String, nw.Categorical} or isinstance(kind, nw.Enum)


def folded(frame: Frame, columns: Sequence[str]) -> Frame:
    """The frame with the words of these columns without outer blanks, in small letters."""
    if not columns or not frame.implementation.is_polars():
        return frame.with_columns(nw.col(name).cast(nw.String).str.strip_chars().str.to_lowercase() for name in columns)
    import polars as pl

    # a column of words has few different ones: a quarter of the time
    once = pl.col(columns).cast(pl.String).map_batches(_fold_once, return_dtype=pl.String, is_elementwise=True)
    return nw.from_native(frame.to_native().with_columns(once))


def _fold_once(cells: pl.Series) -> pl.Series:
    once = cells.unique().drop_nulls()
    small = once.str.strip_chars().str.to_lowercase()
    changed = once != small
    return cells.replace(once.filter(changed), small.filter(changed)) if changed.any() else cells


def _category(use: Use, column: nw.Expr, kind: Any) -> nw.Expr:
    answer: Any = nw.lit(None).cast(nw.String)
    if not kind.is_numeric():
        word = column.cast(nw.String)
        answer = nw.when(is_one_of(word, quantities()[use.variable].values)).then(word)
    for cell, meaning in use.words.items():
        answer = nw.when(_equals(column, kind, cell)).then(nw.lit(meaning)).otherwise(answer)
    return answer  # type: ignore[no-any-return]


def _yes_no(use: Use, column: nw.Expr, kind: Any) -> nw.Expr:
    if kind == nw.Boolean and not use.words:
        return column
    unknown: Any = nw.lit(None).cast(nw.Boolean)
    if use.words:
        yes = [_equals(column, kind, cell) for cell, meaning in use.words.items() if meaning in YES]
        no = [_equals(column, kind, cell) for cell, meaning in use.words.items() if meaning in NO]
    elif kind.is_numeric():
        yes, no = [column == 1], [column == 0]
    else:
        word = column.cast(nw.String)
        yes, no = [is_one_of(word, (*YES, *ONE))], [is_one_of(word, (*NO, *ZERO))]
    for tests, answer in ((no, False), (yes, True)):
        for test in tests:
            unknown = nw.when(test).then(nw.lit(answer)).otherwise(unknown)
    return unknown  # type: ignore[no-any-return]


def _equals(column: nw.Expr, kind: Any, cell: str) -> nw.Expr:
    """Whether the cell (a folded word, or a number) is this one, whatever the column's type."""
    word = cell.strip().lower()
    number = as_number(word)
    if kind.is_numeric():
        return column == number if number is not None else column.is_null() & ~column.is_null()  # never
    return is_one_of(column.cast(nw.String), [word] if number is None else [word, f"{number:g}", f"{number:.1f}"])


def as_number(word: str) -> float | None:
    """The number that a word writes, or None."""
    try:
        return float(word)
    except ValueError:
        return None
