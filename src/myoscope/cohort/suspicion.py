"""Does a column hold what its name says? Looked at before anything is answered; one that looks wrong stops the run."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from myoscope.cohort.cells import RAW, adult_years, typed
from myoscope.cohort.columns import Plan, Use, word_for
from myoscope.cohort.door import NO, YES
from myoscope.quantities import Quantity, quantities
from myoscope.quantities.registry import shown_unit
from myoscope.record import InputError, Problem

LOOKED_AT = 200_000
"""Rows looked at, from both ends and the middle of the table: files are often sorted by centre."""
_BMI = "bmi_kg_m2"


def suspect(source: str, table: pl.LazyFrame, plan: Plan) -> None:
    """Stop when a column looks like another unit, another coding, or no numbers at all.

    Raises:
        InputError: what the column looks like, and the option to type.

    """
    cells = typed(_sample(table).lazy(), plan)
    sample = cells.frame.collect()
    problems = [problem for use in cells.plan.uses for problem in _look(use, plan, sample)]
    problems += _weight_by_bmi(cells.plan, sample)
    if problems:
        raise InputError(source, problems)


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
    middle = _median(sample, use)
    if middle is None:
        return
    usual = known.usual(None)
    meant = [look for look in known.lookalikes if usual.holds(middle * look.factor)]
    if known.guard.holds(middle) and (usual.holds(middle) or not meant):
        return
    unit = known.shown_unit or "plain numbers"
    looks = "; ".join(f"as {shown_unit(look.unit)} it would be {middle * look.factor:.4g} {unit}" for look in meant)
    what = f"the middle value of {known.name} is {middle:.4g}, which is not usual in {unit}"
    fixes = [f"--unit {use.variable}={look.unit}" for look in meant] or [f"--unit {use.variable}=UNIT"]
    yield Problem(
        f"column {column}", f"{what}{': ' + looks if looks else ''}",
        f"Add {' or '.join(fixes)}; if the values are right, --vouch {use.variable}",
    )  # fmt: skip


def _median(sample: pl.DataFrame, use: Use) -> float | None:
    """The middle value of adults (of everybody, where no age is known), in the variable's unit if the plan is right."""
    values = sample.select(
        (pl.col(use.column).cast(pl.Float64) * use.slope + use.shift).fill_nan(None).alias("value"), *_ages(sample)
    )
    if "age" in values.columns:
        adults = values.filter(pl.col("age") >= adult_years())
        values = adults if adults.get_column("value").count() else values
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
    weight, height = _median(sample, uses["weight_kg"]), _median(sample, uses["height_cm"])
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
    known = set(quantities()[use.variable].values)
    cells = [str(cell) for cell in filled.unique(maintain_order=True).head(20)]
    if filled.dtype.is_numeric():
        cells = [f"{float(cell):g}" for cell in cells]
    meant = {cell: word_for(use.variable, cell) for cell in cells}
    if use.words or set(cells) & known:
        return
    guesses = [f"--value {use.variable}:{cell}={word or '|'.join(sorted(known))}" for cell, word in meant.items()]
    yield Problem(
        f"column {column}",
        f"holds {', '.join(cells[:6])}; known: {', '.join(sorted(known))}",
        f"Say what each means: {' '.join(guesses[:6])}",
    )


def _yes_no(use: Use, column: str, filled: pl.Series) -> Iterator[Problem]:
    if filled.dtype == pl.Boolean:
        return
    found = {f"{float(cell):g}" if filled.dtype.is_numeric() else str(cell).strip().lower() for cell in filled.unique()}
    fine = {"0", "1"} if filled.dtype.is_numeric() else {*YES, *NO}
    if found & fine == found or (found & fine and "0" in found) or (not filled.dtype.is_numeric() and found & fine):
        return
    cells = sorted(found)[:6]
    yield Problem(
        f"column {column}", f"holds {', '.join(cells)}: 0 and 1, or yes and no, are wanted",
        "Say what each means: " + " ".join(f"--value {use.variable}:{cell}=yes|no" for cell in cells),
    )  # fmt: skip
