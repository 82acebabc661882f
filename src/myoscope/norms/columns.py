"""The same z-scores as expressions over columns, for any frame engine that Narwhals speaks to.

Imported only where there is a table. No power of a negative number is ever taken (some engines stop there), and no
`when` rests on null.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import narwhals.stable.v2 as nw

from myoscope.norms.tables import NO_POWER, Norm, lms_at, lms_value
from myoscope.rules.table import Columns

Row = dict[str, str]
SEXES = ("female", "male")
_ONE = float(1)  # a number whose logarithm any engine can take


def z_column(norm: Norm, columns: Columns) -> nw.Expr:
    """The z-score of the table's quantity in each row; null where the table has no place or an input is missing.

    Args:
        norm: a table of kind 'lms' or 'mean_cv'; centile tables give no z.
        columns: the frame's columns as the rules see them: the quantity, sex, age_years, and height_cm where needed.

    """
    if norm.kind == "percentiles":
        raise ValueError(f"{norm.id} is a table of centiles: it gives no z")
    value, age = columns.number(norm.quantity), columns.number("age_years")
    inputs = [value, age]
    height = None
    if norm.needs_height:
        height = columns.number("height_cm")
        inputs.append(height)
    inside = _known(inputs) & (value > 0).fill_null(value=False) & (age >= (norm.ages.low or 0)).fill_null(value=False)
    if norm.stops and norm.ages.high is not None:
        inside = inside & (age < norm.ages.high + 1).fill_null(value=False)
    elif norm.ages.high is not None:  # the old get the last row
        age = nw.when((age > norm.ages.high).fill_null(value=False)).then(nw.lit(float(norm.ages.high))).otherwise(age)
    sex = columns.category("sex")
    nothing = nw.lit(None).cast(nw.Float64)
    for name in SEXES:
        rows = [row for row in norm.rows if row[norm.columns["sex"]] == name]
        here = inside & (sex == name).fill_null(value=False)
        # an engine may work out both branches: outside, the logarithm is taken of one
        safe = nw.when(here).then(value).otherwise(nw.lit(_ONE))
        z = _lms(norm, rows, safe, age, height) if norm.kind == "lms" else _mean(norm, rows, safe, age)
        nothing = nw.when(here).then(z).otherwise(nothing)
    return nothing


def _known(inputs: Sequence[nw.Expr]) -> nw.Expr:
    known = ~inputs[0].is_null()
    for one in inputs[1:]:
        known = known & ~one.is_null()
    return known


def _lms(norm: Norm, rows: list[Row], value: nw.Expr, age: nw.Expr, height: nw.Expr | None) -> nw.Expr:
    if "age" in norm.columns:
        return _between_rows(norm, rows, value, age)
    if height is not None:  # the value as it would be at the reference height
        power, at = float(rows[0][norm.columns["height_power"]]), float(rows[0][norm.columns["reference_height_cm"]])
        tall = nw.when((height > 0).fill_null(value=False)).then(height).otherwise(nw.lit(at))
        value = value / ((tall / at).log() * power).exp()
    return _by_rows(norm, rows, value, age)


def _between_rows(norm: Norm, rows: list[Row], value: nw.Expr, age: nw.Expr) -> nw.Expr:
    """L, M and S on straight lines between the rows."""
    ages = [float(row[norm.columns["age"]]) for row in rows]
    lms = [lms_at(norm, rows, at) for at in ages]
    power, median, spread = (_lines(ages, [one[part] for one in lms], age) for part in range(3))
    logged = (value / median).log()
    straight = (power.abs() < NO_POWER).fill_null(value=False)
    some = nw.when(straight).then(nw.lit(_ONE)).otherwise(power)
    return nw.when(straight).then(logged / spread).otherwise(((some * logged).exp() - 1) / (some * spread))


def _by_rows(norm: Norm, rows: list[Row], value: nw.Expr, age: nw.Expr) -> nw.Expr:
    """One row from birthday to birthday. Each number of the table stands once: an engine that speaks SQL repeats it."""
    ages = [float(row[norm.columns["age_completed"]]) for row in rows]
    lms = [lms_at(norm, rows, at) for at in ages]

    def along(number: Callable[[float, float, float], float]) -> nw.Expr:
        return _choose(ages, [nw.lit(number(*one)) for one in lms], age)

    z = along(lambda power, m, s: 1 / (power * s * m**power)) * (value.log() * along(lambda power, _, __: power)).exp()
    z = z - along(lambda power, _, s: 1 / (power * s))
    for end in (3, -3) if norm.even_tails else ():
        limits, steps = [_reach(end, *one) for one in lms], [_step(end, *one) for one in lms]
        limit = _choose(ages, [nw.lit(one) for one in limits], age)
        slope = _choose(ages, [nw.lit(1 / step) for step in steps], age)
        start = _choose(ages, [nw.lit(end - one / step) for one, step in zip(limits, steps, strict=True)], age)
        beyond = (value > limit) if end > 0 else (value < limit)
        z = nw.when(beyond.fill_null(value=False)).then(start + value * slope).otherwise(z)
    return z


def _reach(z: int, l: float, m: float, s: float) -> float:  # noqa: E741
    """The value at this z; where the curve never gets there, one that nobody has."""
    if 1 + l * s * z > 0:
        return lms_value(z, l, m, s)
    return 0 if z < 0 else sys.float_info.max


def _step(end: int, l: float, m: float, s: float) -> float:  # noqa: E741
    """The width of the last step before the end; one where the curve never gets there."""
    return abs(lms_value(end, l, m, s) - lms_value(end - end // 3, l, m, s)) if 1 + l * s * end > 0 else 1


def _mean(norm: Norm, rows: list[Row], value: nw.Expr, age: nw.Expr) -> nw.Expr:
    by = norm.columns
    starts = [float(row[by["age_from"]]) for row in rows]
    mean = _choose(starts, [nw.lit(float(row[by["mean"]])) for row in rows], age)
    ranges = sorted(norm.spread, key=lambda one: one[0].low or 0)
    spread = _choose([ages.low or 0 for ages, _ in ranges], [nw.lit(cv) for _, cv in ranges], age)
    return (value - mean) / (mean * spread)


def _lines(ages: list[float], values: list[float], age: nw.Expr) -> nw.Expr:
    """A number on straight lines between the rows, and level after the last."""
    leaves = []
    for index, (at, value) in enumerate(zip(ages, values, strict=True)):
        if index + 1 == len(ages):
            leaves.append(nw.lit(value))
        else:
            slope = (values[index + 1] - value) / (ages[index + 1] - at)
            leaves.append(value + (age - at) * slope)
    return _choose(ages, leaves, age)


def _choose(starts: Sequence[float], leaves: Sequence[nw.Expr], age: nw.Expr) -> nw.Expr:
    """The leaf whose span holds the age, by halving: a chain of a hundred branches is too deep for some engines."""
    if len(leaves) == 1:
        return leaves[0]
    middle = len(leaves) // 2
    younger = _choose(starts[:middle], leaves[:middle], age)
    older = _choose(starts[middle:], leaves[middle:], age)
    return nw.when((age >= starts[middle]).fill_null(value=False)).then(older).otherwise(younger)
