"""Whom each curve describes: the NHANES people, cycles, weights and exclusions of every curve."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl

from calibration.norms.lms import People

NHANES = Path(__file__).resolve().parents[3] / "shared" / "data" / "nhanes"
SEXES = ("female", "male")
REFERENCE_HEIGHT_CM = {"female": 160.0, "male": 175.0}  # where M is tabulated; any other would do as well
FOUR_YEARS = ("1999-2000", "2001-2002")  # NCHS: these two cycles are pooled by their four-year weight
# Where a top-coded group enters the curve: NCHS gives 85 as the weighted mean age of people of 80 and over; 88 for 85
# and over is our guess. Only the bend between the last two rows depends on it.
TOP_CODE = {80: 85.0, 85: 88.0}


@dataclass(frozen=True)
class Plan:
    """One reference curve.

    Attributes:
        cycles: the cycles pooled.
        ages: youngest and oldest completed year that is tabulated.
        fit_from: the youngest age fitted, so that the first tabulated year is not the end of the spline.
        top_code: the age that stands for "and over", or None.
        by_height: whether M carries a power of height.

    """

    id: str
    title: str
    unit: str
    table: str
    column: str
    cycles: tuple[str, ...]
    ages: tuple[int, int]
    fit_from: int
    top_code: int | None = None
    by_height: bool = False
    instrument: str = ""


RECENT = ("2011-2012", "2015-2016", "2017-2018")
OLD_DXA = "Hologic QDR-4500A, software Discovery 12.1"
NEW_DXA = "Hologic Discovery A, analysed with Apex 4.0 and the NHANES BCA option"
PLANS = (
    Plan(
        "nhanes_almi",
        "Limb lean mass for height (ALM/height²)",
        "kg/m²",
        "nhanes_core",
        "almi_kg_m2",
        RECENT,
        (18, 59),
        14,
        instrument=NEW_DXA,
    ),
    Plan("nhanes_alm", "Limb lean mass (ALM)", "kg", "nhanes_core", "alm_kg", RECENT, (18, 59), 14, instrument=NEW_DXA),
    Plan(
        "nhanes_alm_height",
        "Limb lean mass (ALM), given height",
        "kg",
        "nhanes_core",
        "alm_kg",
        RECENT,
        (18, 59),
        14,
        by_height=True,
        instrument=NEW_DXA,
    ),
    Plan(
        "nhanes_almi_2003",
        "Limb lean mass for height (ALM/height²)",
        "kg/m²",
        "dxa_bia_anthro_2003_2004",
        "almi_kg_m2",
        ("2003-2004",),
        (18, 85),
        14,
        85,
        instrument=OLD_DXA,
    ),
    Plan(
        "nhanes_alm_2003",
        "Limb lean mass (ALM)",
        "kg",
        "dxa_bia_anthro_2003_2004",
        "alm_kg",
        ("2003-2004",),
        (18, 85),
        14,
        85,
        instrument=OLD_DXA,
    ),
    Plan(
        "nhanes_grip",
        "Grip strength",
        "kg",
        "nhanes_core",
        "grip_max_kg",
        ("2011-2012",),
        (18, 80),
        14,
        80,
        instrument="digital hand dynamometer, standing, three times with each hand",
    ),
    Plan(
        "nhanes_gait",
        "Usual walking speed",
        "m/s",
        "nhanes_core",
        "gait_speed_20ft_m_s",
        FOUR_YEARS,
        (50, 85),
        50,
        85,
        instrument="20 feet (6.1 m), stopwatch",
    ),
    Plan(
        "nhanes_calf",
        "Calf circumference",
        "cm",
        "nhanes_core",
        "calf_circ_cm",
        (*FOUR_YEARS, "2003-2004", "2005-2006"),
        (18, 85),
        14,
        85,
        instrument="tape",
    ),
    Plan(
        "nhanes_phase_angle",
        "Phase angle at 50 kHz",
        "°",
        "nhanes_core",
        "bia_phase_angle_50khz_deg",
        (*FOUR_YEARS, "2003-2004"),
        (18, 49),
        14,
        instrument="HYDRA ECF/ICF 4200 (Xitron), lying, hand to foot",
    ),
)


@cache
def read(table: str) -> pl.DataFrame:
    """One table of NHANES, numbers as 64-bit."""
    return pl.read_parquet(NHANES / f"{table}.parquet").with_columns(pl.col(pl.Float32).cast(pl.Float64))


def weight(cycles: tuple[str, ...]) -> pl.Expr:
    """The examination weight of the pooled cycles as NCHS says: the two-year weight over the number of cycles.

    1999-2002 has a four-year weight of its own, which stands for two of the cycles.
    """
    if not set(FOUR_YEARS) <= set(cycles):
        return pl.col("wt_exam_2yr") / len(cycles)
    four = pl.col("wt_exam_4yr") * 2 / len(cycles)
    return pl.when(pl.col("cycle").is_in(FOUR_YEARS)).then(four).otherwise(pl.col("wt_exam_2yr") / len(cycles))


def kept(plan: Plan) -> pl.DataFrame:
    """The people of a curve, both sexes, with `weight`; the rest is dropped for the reasons named in `exclusions`."""
    frame = read(plan.table).filter(pl.col("cycle").is_in(plan.cycles), pl.col(plan.column).is_not_null())
    frame = frame.with_columns(
        (weight(plan.cycles) if len(plan.cycles) > 1 else pl.col("wt_exam_2yr")).alias("weight"),
        pl.concat_str("cycle", pl.col("stratum").cast(pl.Int64).cast(pl.String), separator=" ").alias("stratum_id"),
    ).with_columns(
        pl.concat_str("stratum_id", pl.col("psu").cast(pl.Int64).cast(pl.String), separator=" ").alias("cluster_id")
    )
    frame = frame.filter(
        pl.col("age_years") >= plan.fit_from,
        pl.col("weight") > 0,
        pl.col("pregnant_exam_code").is_null() | (pl.col("pregnant_exam_code") != 1),
        *exclusions(plan),
    )
    return frame if plan.top_code else frame.filter(pl.col("age_years") <= plan.ages[1])


def exclusions(plan: Plan) -> list[pl.Expr]:
    """What else bars a measurement: an invalid scan, a walk nobody can walk, a reading that fits no body."""
    if "dxa_status_code" in read(plan.table).columns and plan.column in {"alm_kg", "almi_kg_m2"}:
        bars = [pl.col("dxa_status_code") == 1]
    elif plan.column == "gait_speed_20ft_m_s":
        bars = [pl.col(plan.column) <= 3]  # m/s: two times of 1.0 and 1.6 s over 20 feet are faster than running
    elif plan.column == "bia_phase_angle_50khz_deg":
        bars = [pl.col("bia_status_code") == 1, pl.col("bia_fit_code") <= 2]
    else:
        bars = []
    return [*bars, pl.col("height_cm").is_not_null()] if plan.by_height else bars


def people(plan: Plan, sex: str) -> People:
    """The sample of one sex as arrays."""
    frame = kept(plan).filter(pl.col("sex") == sex)
    age = frame["age_years"].to_numpy()
    at = np.where(age == plan.top_code, TOP_CODE.get(plan.top_code or 0, 0.0), age)
    ratio = frame["height_cm"].to_numpy() / REFERENCE_HEIGHT_CM[sex] if plan.by_height else np.ones(len(age))
    return People(
        age=age,
        at=at,
        value=frame[plan.column].to_numpy(),
        log_height=np.log(ratio),
        weight=frame["weight"].to_numpy(),
        cycle=frame["cycle"].to_numpy(),
        stratum=frame["stratum_id"].to_numpy(),
        cluster=frame["cluster_id"].to_numpy(),
    )
