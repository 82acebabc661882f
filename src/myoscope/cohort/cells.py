"""From the cells of a file to typed columns, and the list of cells that could not be used."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import narwhals.stable.v2 as nw
import polars as pl

from myoscope.cohort.columns import Plan, Use
from myoscope.quantities import quantities
from myoscope.rules.table import UNABLE_SUFFIX

ROW = "__row"
RAW, KEPT, LOST = "__raw__", "__keep__", "__lost__"
HEAD = ("row", "column", "variable", "cell", "code")

CODES = {
    "not_a_number": "a number is wanted here; the cell counts as missing",
    "outside_guard": "impossible in this unit; the cell counts as missing",
    "unknown_word": "not a word of this category; the cell counts as missing",
    "not_yes_no": "neither yes nor no; the cell counts as missing",
    "cannot_be_unable": "this is no test that one can be unable to do; the cell counts as missing",
    "part_above_whole": "not less than the whole body's weight; the part counts as missing",
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
        *(pl.col(column).alias(f"{RAW}{column}") for column in dict.fromkeys(use.column for use in plan.uses)),
    ]
    # sliced before it is numbered: a reader that skips rows then has nothing to count
    frame = table.slice(start).with_row_index(ROW, offset=start + 1).with_columns(*carried, *made)
    return Typed(frame, replace(plan, uses=tuple(uses)))


def carried(plan: Plan) -> list[str]:
    """The columns of a typed table that must survive the cleaning."""
    kept = [f"{KEPT}{name}" for name in dict.fromkeys((*plan.ids, *plan.keep))]
    return [ROW, *kept, *(f"{RAW}{column}" for column in dict.fromkeys(use.column for use in plan.uses))]


def adult_years() -> float:
    """The age from which people are adults here."""
    return quantities()["age_years"].usual(None).low or 0.0


def lost(plan: Plan, companions: Collection[str]) -> list[nw.Expr]:
    """For each variable, whether its cell is filled in and yet counts as missing: a column `__lost__x`.

    Args:
        plan: the plan of the file's own columns.
        companions: the columns `<variable>__unable` that the cleaned frame has.

    """
    names = {use.variable for use in plan.uses}
    marks = []
    for use in plan.uses:
        if use.variable.endswith(UNABLE_SUFFIX):
            continue
        mark = ~nw.col(f"{RAW}{use.column}").is_null() & nw.col(use.variable).is_null()
        companion = f"{use.variable}{UNABLE_SUFFIX}"
        if companion in companions:
            mark = mark & ~nw.col(companion).fill_null(value=False)
        if "age_years" in names:  # guard ranges are those of adults, and no definition answers a child
            mark = mark & ~(nw.col("age_years") < adult_years()).fill_null(value=False)
        marks.append(mark.alias(f"{LOST}{use.variable}"))
    return marks


def problems(batch: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """The cells of a batch that count as missing although something stands in them.

    Returns:
        one row a cell: row, the id columns, column, variable, cell, code.

    """
    ids = [pl.col(f"{KEPT}{name}").cast(pl.String).alias(name) for name in plan.ids]
    found = []
    for use in plan.uses:
        mark = f"{LOST}{use.variable}"
        if mark in batch.columns and batch.get_column(mark).any():
            cell = pl.col(f"{RAW}{use.column}").cast(pl.String)
            rows = batch.filter(mark).select(
                pl.col(ROW).alias("row"), *ids, column=pl.lit(use.column), variable=pl.lit(use.variable), cell=cell,
                code=_code(use, cell),
            )  # fmt: skip
            found.append(rows)
    return pl.concat(found).sort("row", maintain_order=True) if found else pl.DataFrame()


def _code(use: Use, cell: pl.Expr) -> pl.Expr:
    if use.kind == "category":
        return pl.lit("unknown_word")
    if use.kind == "yes_no":
        return pl.lit("not_yes_no")
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
