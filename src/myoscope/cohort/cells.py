"""From the cells of a file to typed columns, and the list of cells that could not be used."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial

import narwhals.stable.v2 as nw
import polars as pl

from myoscope.cohort import lists
from myoscope.cohort.columns import Plan, Use
from myoscope.quantities import Quantity, quantities
from myoscope.quantities.registry import Range
from myoscope.rules.table import UNABLE_SUFFIX

ROW = "__row"
RAW, KEPT, LOST, LISTED = "__raw__", "__keep__", "__lost__", "__listed__"
ODD = f"{LOST}odd__"
HEAD = ("row", "column", "variable", "cell", "code")

CODES = {
    "not_a_number": "a number is wanted here; the cell counts as missing",
    "outside_guard": "impossible in this unit; the cell counts as missing",
    "unknown_word": "not a word of this category; the cell counts as missing",
    "not_yes_no": "neither yes nor no; the cell counts as missing",
    "cannot_be_unable": "this is no test that one can be unable to do; the cell counts as missing",
    "part_above_whole": "not less than the whole body's weight; the part counts as missing",
    "unknown_entry": "an entry of this list is no known id, name or code; the others count",
    "outside_usual": "unusual in this unit; kept as it is",
}
"""Every code of the problem file, with what it means."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A table with typed columns and the plan that fits it.

    Attributes:
        frame: row number, kept columns (`__keep__x`), the cells as they were (`__raw__x`), and typed columns.
        plan: the plan, with a companion column for every test that a cell calls `unable`.

    """

    frame: pl.LazyFrame
    plan: Plan


def typed(table: pl.LazyFrame, plan: Plan, start: int = 0) -> Typed:
    """Text that should be numbers as numbers, `unable` as a companion column, and the cells themselves beside them.

    Args:
        table: the file's rows.
        plan: which column holds what.
        start: rows to leave out at the beginning; the others keep their numbers.

    """
    schema = table.collect_schema()
    uses = list(plan.uses)
    said = {use.variable for use in uses}
    made: list[pl.Expr] = []
    for use in plan.uses:
        if use.kind == "number" and schema[use.column] == pl.String:
            word = pl.col(use.column).str.strip_chars()
            made.append(word.cast(pl.Float64, strict=False).alias(f"{RAW}number__{use.variable}"))
            uses[uses.index(use)] = Use(use.variable, f"{RAW}number__{use.variable}", use.slope, use.shift, use.words)
            companion = f"{use.variable}{UNABLE_SUFFIX}"
            if quantities()[use.variable].can_be_unable and companion not in said:
                made.append((word.str.to_lowercase() == "unable").fill_null(value=False).alias(companion))
                uses.append(Use(companion, companion))
    carried = [
        *(pl.col(name).alias(f"{KEPT}{name}") for name in dict.fromkeys((*plan.ids, *plan.keep))),
        *(_as_it_was(column, schema[column]).alias(f"{RAW}{column}") for column in _read(plan)),
    ]
    # sliced before it is numbered: a reader that skips rows then has nothing to count
    frame = table.slice(start).with_row_index(ROW, offset=start + 1).with_columns(*carried, *made)
    for many, column in plan.lists.items():
        named = lists.entries(lists.kind_of(many), column, schema[column])
        frame = frame.with_columns(named.alias(f"{LISTED}{many}"))
        known = pl.col(f"{LISTED}{many}").list
        entries = [use for use in plan.uses if use.in_list and use.column == column]
        frame = frame.with_columns(
            known.contains(lists.UNKNOWN).alias(f"{LOST}{many}"),
            *(
                _there(known.contains(use.variable.partition("__")[2])).alias(f"{LISTED}{use.variable}")
                for use in entries
            ),
        )
        for entry in entries:
            uses[uses.index(entry)] = Use(entry.variable, f"{LISTED}{entry.variable}")
    return Typed(frame, replace(plan, uses=tuple(uses)))


def _there(named: pl.Expr) -> pl.Expr:
    """True where a list names it; a list that does not name it leaves it open."""
    return pl.when(named).then(pl.lit(value=True))


def _as_it_was(column: str, dtype: pl.DataType) -> pl.Expr:
    return lists.text(column, dtype) if isinstance(dtype, pl.List) else pl.col(column)


def _read(plan: Plan) -> list[str]:
    """The columns that are read, once each."""
    return list(dict.fromkeys(use.column for use in plan.uses))


def carried(plan: Plan) -> list[str]:
    """The columns of a typed table that must survive the cleaning."""
    kept = [f"{KEPT}{name}" for name in dict.fromkeys((*plan.ids, *plan.keep))]
    return [ROW, *kept, *(f"{RAW}{column}" for column in _read(plan)), *(f"{LOST}{many}" for many in plan.lists)]


def adult_years() -> float:
    """The age from which people are adults here."""
    return quantities()["age_years"].usual(None).low or 0.0


def lost(plan: Plan, companions: Collection[str]) -> list[nw.Expr]:
    """For each variable, whether its cell is filled in and yet counts as missing (`__lost__x`), or is odd.

    A column `__lost__odd__x` marks values outside the variable's usual range; they are kept.

    Args:
        plan: the plan of the file's own columns.
        companions: the columns of the cleaned frame, `<variable>__unable` among them.

    """
    names = {use.variable for use in plan.uses}
    marks = []

    def mark(name: str, found: nw.Expr) -> None:
        if "age_years" in names:  # the ranges are those of adults, and no definition answers a child
            found = found & ~(nw.col("age_years") < adult_years()).fill_null(value=False)
        marks.append(found.alias(name))

    for use in plan.uses:
        if use.in_list:
            continue
        gone = ~nw.col(f"{RAW}{use.column}").is_null() & nw.col(use.variable).is_null()
        companion = f"{use.variable}{UNABLE_SUFFIX}"
        if companion in companions:
            gone = gone & ~nw.col(companion).fill_null(value=False)
        mark(f"{LOST}{use.variable}", gone)
        if use.kind == "number" and use.variable not in plan.vouched:
            odd = unusual(nw.col(use.variable), quantities()[use.variable], sex="sex" in companions)
            if odd is not None:
                mark(f"{ODD}{use.variable}", odd)
    return marks


def unusual(value: nw.Expr, known: Quantity, *, sex: bool) -> nw.Expr | None:
    """Whether a value lies outside the usual range, of its sex where there is a column `sex`. Null counts as usual."""
    found = _outside(value, known.usual(None))
    if found is not None and sex:
        for one in known.usual_by_sex:
            narrower = _outside(value, known.usual(one))
            if one is not None and narrower is not None:
                found = found | ((nw.col("sex") == one) & narrower)
    return None if found is None else found.fill_null(value=False)


def _outside(value: nw.Expr, usual: Range) -> nw.Expr | None:
    below = None if usual.low is None else value < usual.low
    above = None if usual.high is None else value > usual.high
    if below is None or above is None:
        return above if below is None else below
    return below | above


def problems(batch: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """The cells of a batch that count as missing although something stands in them, and those that are odd.

    Returns:
        one row a cell: row, the id columns, column, variable, cell, code.

    """
    marks = [
        *((f"{LOST}{use.variable}", use.column, use.variable, _code(use)) for use in plan.uses if not use.in_list),
        *((f"{LOST}{many}", column, many, _fixed("unknown_entry")) for many, column in plan.lists.items()),
        *((f"{ODD}{use.variable}", use.column, use.variable, _fixed("outside_usual")) for use in plan.uses),
    ]
    ids = [pl.col(f"{KEPT}{name}").cast(pl.String) for name in plan.ids]
    found = []
    for mark, column, variable, code in marks:
        if mark in batch.columns and batch.get_column(mark).any():
            cell = pl.col(f"{RAW}{column}").cast(pl.String)
            rows = batch.filter(mark).select(
                pl.col(ROW).alias("row"), *ids, column=pl.lit(column), variable=pl.lit(variable), cell=cell,
                code=code(cell),
            )  # fmt: skip
            found.append(rows)
    return pl.concat(found).sort("row", maintain_order=True) if found else pl.DataFrame()


def _fixed(code: str) -> Callable[[pl.Expr], pl.Expr]:
    return lambda _: pl.lit(code)


def _code(use: Use) -> Callable[[pl.Expr], pl.Expr]:
    if use.kind != "number":
        return _fixed("unknown_word" if use.kind == "category" else "not_yes_no")
    return partial(_code_of_number, use)


def _code_of_number(use: Use, cell: pl.Expr) -> pl.Expr:
    number = cell.str.strip_chars().cast(pl.Float64, strict=False)
    guard = quantities()[use.variable].guard
    value = number * use.slope + use.shift
    inside = value.is_between(
        -float("inf") if guard.low is None else guard.low, float("inf") if guard.high is None else guard.high
    )
    return (
        pl.when(cell.str.strip_chars().str.to_lowercase() == "unable").then(pl.lit("cannot_be_unable"))
        .when(number.is_null() | number.is_nan()).then(pl.lit("not_a_number"))
        .when(inside).then(pl.lit("part_above_whole"))
        .otherwise(pl.lit("outside_guard"))
    )  # fmt: skip
