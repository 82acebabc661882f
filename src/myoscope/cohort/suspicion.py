"""Does a column hold what its name says? Looked at before anything is answered; one that looks wrong stops the run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from myoscope.cohort.cells import RAW, adult_years, typed, unusual
from myoscope.cohort.columns import Plan, Use
from myoscope.cohort.door import NO, ONE, YES, ZERO, as_number, folded, is_text, value
from myoscope.cohort.names import word_for
from myoscope.quantities import Quantity, quantities
from myoscope.quantities.registry import shown_unit
from myoscope.record import InputError, Problem

LOOKED_AT = 200_000
"""Rows looked at, from both ends and the middle of the table: files are often sorted by centre."""
_SEX = "__sex"
_BMI = "bmi_kg_m2"
_MANY, _FEWER, _ENOUGH = 2 / 5, 1 / 5, 20
"""A column is suspect when so many of its values are unusual and, read in another unit, only this share of them still
is; with fewer values than this the middle one alone is looked at."""


def suspect(source: str, table: pl.LazyFrame, plan: Plan) -> None:
    """Stop when a column looks like another unit, another coding, or no numbers at all.

    Raises:
        InputError: what the column looks like, and the option to type.

    """
    cells = typed(_sample(table).lazy(), plan)
    sample = _with_sex(cells.frame.collect(), cells.plan)
    problems = [problem for use in cells.plan.uses for problem in _look(use, plan, sample)]
    problems += _weight_by_bmi(cells.plan, sample)
    if problems:
        raise InputError(source, problems)


def _with_sex(sample: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """The sample with everybody's sex as the plan reads it: usual ranges depend on it."""
    said: nw.Expr = nw.lit(plan.constants.get("sex")).cast(nw.String)
    frame: Any = nw.from_native(sample, eager_only=True)
    for use in plan.uses:
        if use.variable == "sex":
            frame = folded(frame, [use.column]) if is_text(frame.schema[use.column]) else frame
            said = value(use, frame.schema[use.column])
    return sample.with_columns(frame.with_columns(said.alias(_SEX)).to_native().get_column(_SEX))


def _sample(table: pl.LazyFrame) -> pl.DataFrame:
    rows = table.select(pl.len()).collect(engine="streaming").item()
    if rows <= LOOKED_AT:
        return table.collect(engine="streaming")
    each = LOOKED_AT // 4
    starts = [0, (rows - each) // 3, 2 * (rows - each) // 3, rows - each]
    return pl.concat(table.slice(start, each).collect(engine="streaming") for start in starts)


def _look(use: Use, plan: Plan, sample: pl.DataFrame) -> Iterator[Problem]:
    column = next((other.column for other in plan.uses if other.variable == use.variable), use.column)
    filled = sample.get_column(use.column).drop_nulls()
    if use.kind == "number":
        cells = sample.get_column(f"{RAW}{column}").drop_nulls() if f"{RAW}{column}" in sample.columns else filled
        if len(cells) and not len(filled) and cells.dtype == pl.String:
            yield _no_numbers(use, column, cells)
        elif use.variable not in plan.vouched:
            yield from _unit(use, column, sample)
    elif use.kind == "category" and len(filled):
        yield from _words(use, column, filled)
    elif use.kind == "yes_no" and len(filled) and not use.words:
        yield from _yes_no(use, column, filled)


def _no_numbers(use: Use, column: str, cells: pl.Series) -> Problem:
    shown = ", ".join(repr(cell) for cell in cells.unique(maintain_order=True).head(3))
    commas = bool(cells.str.contains(r"^\s*-?\d+,\d+\s*$").all())
    hint = "Write decimal points, not commas" if commas else f"Is it the column of {use.variable}?"
    return Problem(f"column {column}", f"holds no number: {shown}", hint)


def _unit(use: Use, column: str, sample: pl.DataFrame) -> Iterator[Problem]:
    """A column whose middle value is unheard of, or unusual and usual in another unit."""
    known = quantities()[use.variable]
    values = _values(sample, use)
    middle = _median(values)
    if middle is None:
        return
    usual = known.usual(None)
    meant = [look for look in known.lookalikes if usual.holds(middle * look.factor)]
    if known.guard.holds(middle) and (usual.holds(middle) or not meant):
        yield from _spread(use, column, values)
        return
    unit = known.shown_unit or "plain numbers"
    looks = "; ".join(f"as {shown_unit(look.unit)} it would be {middle * look.factor:.4g} {unit}" for look in meant)
    what = f"the middle value of {known.name} is {middle:.4g}, which is not usual in {unit}"
    fixes = [f"--unit {use.variable}={look.unit}" for look in meant] or [f"--unit {use.variable}=UNIT"]
    yield Problem(
        f"column {column}", f"{what}{': ' + looks if looks else ''}",
        f"Add {' or '.join(fixes)}; if the values are right, --vouch {use.variable}",
    )  # fmt: skip


def _spread(use: Use, column: str, values: pl.DataFrame) -> Iterator[Problem]:
    """A column of which a large part is unusual for the person's sex, and usual in another unit."""
    known = quantities()[use.variable]
    if len(values) < _ENOUGH:
        return
    share = _unusual(values, known, 1)
    if share < _MANY:
        return
    meant = [look for look in known.lookalikes if _unusual(values, known, look.factor) <= _FEWER * share]
    if meant:
        unit = known.shown_unit or "plain numbers"
        others = " or ".join(shown_unit(look.unit) for look in meant)
        fixes = " or ".join(f"--unit {use.variable}={look.unit}" for look in meant)
        what = f"{share:.0%} of the values of {known.name} are not usual in {unit}, but would be in {others}"
        yield Problem(f"column {column}", what, f"Add {fixes}; if the values are right, --vouch {use.variable}")


def _unusual(values: pl.DataFrame, known: Quantity, factor: float) -> float:
    """The share of values that are outside the usual range of the person's sex when read in another unit."""
    odd = unusual(nw.col("value") * factor, known, sex=True)
    if odd is None:
        return 0
    share = nw.from_native(values, eager_only=True).select(odd.alias("odd")).to_native().get_column("odd").mean()
    return float(share) if isinstance(share, float) else 0


def _values(sample: pl.DataFrame, use: Use) -> pl.DataFrame:
    """Value and sex of adults (of everybody, where no age is known), in the variable's unit if the plan is right."""
    in_unit = (pl.col(use.column).cast(pl.Float64) * use.slope + use.shift).fill_nan(None).alias("value")
    values = sample.select(in_unit, pl.col(_SEX).alias("sex"), *_ages(sample)).drop_nulls("value")
    if "age" in values.columns:
        adults = values.filter(pl.col("age") >= adult_years())
        values = adults if len(adults) else values
    return values


def _median(values: pl.DataFrame) -> float | None:
    """The middle one of these values; None when there is none."""
    middle = values.get_column("value").median()
    return float(middle) if isinstance(middle, (int, float)) else None


def _ages(sample: pl.DataFrame) -> list[pl.Expr]:
    name = next((name for name in (f"{RAW}number__age_years", f"{RAW}age_years") if name in sample.columns), None)
    return [pl.col(name).cast(pl.Float64, strict=False).alias("age")] if name else []


def _weight_by_bmi(plan: Plan, sample: pl.DataFrame) -> list[Problem]:
    """Pounds lie inside the usual range of kilograms; with the height they give an unusual BMI."""
    uses = {use.variable: use for use in plan.uses}
    if not {"weight_kg", "height_cm"} <= uses.keys() or "weight_kg" in plan.vouched:
        return []
    weight, height = (_median(_values(sample, uses[name])) for name in ("weight_kg", "height_cm"))
    known: Quantity = quantities()[_BMI]
    if not weight or not height or not quantities()["height_cm"].guard.holds(height):
        return []
    bmi = weight / (height / 100) ** 2
    meant = [look for look in known.lookalikes if known.usual(None).holds(bmi * look.factor)]
    if known.usual(None).holds(bmi) or not meant:
        return []
    other = shown_unit(meant[0].unit)
    what = f"the middle weight of {weight:.4g} kg at {height:.4g} cm is a BMI of {bmi:.1f}; in {other} it is ordinary"
    return [
        Problem(
            f"column {uses['weight_kg'].column}",
            what,
            f"Add --unit weight_kg={meant[0].unit}; if the values are right, --vouch weight_kg",
        )
    ]


def _words(use: Use, column: str, filled: pl.Series) -> Iterator[Problem]:
    """A column in which no cell is a word that is known or has been explained."""
    known = quantities()[use.variable].values
    number = filled.dtype.is_numeric()
    cells = {_folded(cell, filled): str(cell).strip() for cell in filled.unique(maintain_order=True).reverse()}
    explained = {_folded(cell, filled) for cell in use.words}
    if cells.keys() & explained or (not number and cells.keys() & {*known}):
        return
    shown = (list(cells) if number else list(cells.values()))[:-7:-1]
    words = [word_for(use.variable, cell) or "|".join(sorted(known)) for cell in shown]
    meant = [f"--value {use.variable}:{cell}={word}" for cell, word in zip(shown, words, strict=True)]
    yield Problem(
        f"column {column}", f"holds {', '.join(shown)}; known: {', '.join(sorted(known))}",
        f"Say what each means: {' '.join(meant)}",
    )  # fmt: skip


def _yes_no(use: Use, column: str, filled: pl.Series) -> Iterator[Problem]:
    """A column of codes other than 0 and 1, or of words among which none is yes or no."""
    if filled.dtype == pl.Boolean:
        return
    found = {_folded(cell, filled) for cell in filled.unique()}
    strange = found - {*YES, *NO, *ONE, *ZERO}
    codes = [cell for cell in strange if as_number(cell) is not None]
    if not strange or found & {*YES, *NO, *ZERO} or (strange != found and not codes):
        return
    cells = sorted(found)[:6]
    yield Problem(
        f"column {column}", f"holds {', '.join(cells)}: 0 and 1, or yes and no, are wanted",
        "Say what each means: " + " ".join(f"--value {use.variable}:{cell}=yes|no" for cell in cells),
    )  # fmt: skip


def _folded(cell: object, column: pl.Series) -> str:
    """A cell as it is compared: numbers without empty decimals, words in small letters without outer blanks."""
    word = str(cell).strip().lower()
    number = as_number(word) if column.dtype.is_numeric() else None
    return word if number is None else f"{number:g}"
