"""NHANES as the surveys' own papers read it: tables, weighted shares and means with design-based standard errors."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from myoscope.cohort.survey import Moments
from myoscope.definitions import definition
from myoscope.definitions.table import with_results
from myoscope.rules.table import Columns, at_the_door

NHANES = Path(__file__).resolve().parents[3] / "shared" / "data" / "nhanes"
EXAM, INTERVIEW = "wt_exam_2yr", "wt_interview_2yr"
Z = 1.959964

# NHANES column -> quantity id, where the names differ but the unit is the same
NAMES = {
    "bmi": "bmi_kg_m2",
    "grip_max_kg": "grip_strength_kg",
    "gait_speed_20ft_m_s": "gait_speed_m_s",
    "calf_circ_cm": "calf_circumference_cm",
}

# Klein RJ, Schoenborn CA. Statistical notes no. 20, 2001: US population of 2000 in thousands. For 20 years and over as NCHS's
# tutorial on age standardisation prints it. From 60 on: 65-74 and 75-84 as read, their halves (9,410 and 8,726; 7,415 and 4,900)
# from memory; all groups together give the 45,364 that was read.
ADULTS = {(20, 40): 77_670, (40, 60): 72_816, (60, 200): 45_364}
OLDER = {(60, 70): 20_064, (70, 80): 16_141, (80, 200): 9_159}


@dataclass(frozen=True)
class Estimate:
    """What our code finds: `error` is the design-based standard error where there is one, `people` the rows used.

    `parts` are the shares that a paper rounded one by one before it added them.
    """

    value: float
    people: int
    error: float | None = None
    parts: tuple[float, ...] = ()


@cache
def table(name: str) -> pl.DataFrame:
    """One file, with codes as whole numbers and numbers as 64 bits, and our names beside NHANES's."""
    frame = pl.read_parquet(NHANES / f"{name}.parquet").with_columns(pl.col(pl.Float32).cast(pl.Float64))
    frame = frame.with_columns(pl.col("^.*_code$").cast(pl.Int64, strict=False))
    return frame.with_columns(pl.col(theirs).alias(ours) for theirs, ours in NAMES.items() if theirs in frame.columns)


@cache
def psus(cycles: tuple[str, ...]) -> pl.DataFrame:
    """Every PSU of these cycles in which somebody was examined; strata keep their numbers over cycles."""
    everyone = table("nhanes_core").filter(pl.col("cycle").is_in(cycles) & (pl.col(EXAM) > 0))
    return everyone.select("stratum", "psu").unique().sort("stratum", "psu")


def component(frame: pl.DataFrame, name: str, part: str, choice: Mapping[str, str] | None = None) -> pl.DataFrame:
    """The frame with the answer of one component of one definition as the column `yes`."""
    kept = [name for name in frame.columns if name != "yes"]
    answers = with_results(at_the_door(frame), [definition(name, choice)], Columns(frame.columns), kept)
    native: pl.DataFrame = answers.to_native()
    return native.select(*kept, yes=pl.col(f"{name}__{part}"))


def _moments(frame: pl.DataFrame, totals: Sequence[str]) -> Moments:
    """Sums per PSU of the columns `totals`; PSUs of the survey without one of these people count with zero."""
    cycles = tuple(sorted(frame["cycle"].unique().to_list()))
    sums = frame.group_by("stratum", "psu").agg(pl.col(*totals).sum(), reached=pl.len() > 0)
    design = psus(cycles).join(sums, on=["stratum", "psu"], how="left").sort("stratum", "psu")
    design = design.with_columns(pl.col(*totals).fill_null(0.0), pl.col("reached").fill_null(value=False))
    index = design["stratum"].rank("dense").cast(pl.Int64).to_numpy() - 1
    return Moments.of_psus(
        index.tolist(),
        design.select(totals).to_numpy(),
        design["reached"].to_numpy(),
        np.bincount(index).astype(np.float64),
    )


def mean(
    frame: pl.DataFrame, of: pl.Expr, weight: str = EXAM, standard: Mapping[tuple[int, int], int] | None = None
) -> Estimate:
    """The weighted mean of an expression, over the rows where it is known; with `standard` adjusted to that age structure."""
    known = frame.with_columns(y=of.cast(pl.Float64)).filter(pl.col("y").is_not_null() & (pl.col(weight) > 0))
    bands = list(standard or {(0, 200): 1})
    age, sums, columns = pl.col("age_years"), [], []
    for number, (start, end) in enumerate(bands):
        inside = pl.when((age >= start) & (age < end)).then(pl.col(weight)).otherwise(0.0)
        sums += [(inside * pl.col("y")).alias(f"top_{number}"), inside.alias(f"base_{number}")]
        columns += [f"top_{number}", f"base_{number}"]
    moments = _moments(known.with_columns(sums), columns)
    shares = [part / sum((standard or {(0, 200): 1}).values()) for part in (standard or {(0, 200): 1}).values()]
    value, gradient = 0.0, np.zeros(len(columns))
    for number, share in enumerate(shares):
        top, base = moments.total[2 * number : 2 * number + 2]
        value += share * top / base
        gradient[2 * number : 2 * number + 2] = share / base, -share * top / base**2
    return Estimate(float(value), known.height, math.sqrt(moments.variance(gradient)))


def percent(
    frame: pl.DataFrame, yes: pl.Expr, weight: str = EXAM, standard: Mapping[tuple[int, int], int] | None = None
) -> Estimate:
    """The weighted share of people with a yes, in percent of those with a yes or a no."""
    found = mean(frame, yes, weight, standard)
    return Estimate(100 * found.value, found.people, 100 * (found.error or 0.0))


def added(*parts: Estimate) -> Estimate:
    """Shares of the same people, added; the error of the sum is not needed."""
    values = tuple(part.value for part in parts)
    return Estimate(sum(values), parts[0].people, parts=values)


def count(frame: pl.DataFrame) -> Estimate:
    """How many people there are."""
    return Estimate(float(frame.height), frame.height)


def plain_mean(frame: pl.DataFrame, of: pl.Expr) -> Estimate:
    """A mean without weights, where the paper used none."""
    values = frame.select(y=of)["y"].drop_nulls()
    return Estimate(float(values.mean()), values.len())  # type: ignore[arg-type]


def below_the_mean(frame: pl.DataFrame, column: str, deviations: int, weight: str = EXAM) -> Estimate:
    """The weighted mean less some weighted standard deviations."""
    middle = mean(frame, pl.col(column), weight)
    spread = mean(frame, (pl.col(column) - middle.value) ** 2, weight)
    return Estimate(middle.value - deviations * math.sqrt(spread.value), middle.people)
