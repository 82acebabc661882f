"""How common each stage of a definition is: overall, by sex and by age band, and how far unknowns leave it open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from myoscope.cohort.survey import (
    CLUSTER,
    STRATUM,
    WEIGHT,
    Design,
    Moments,
    Numbers,
    Proportion,
    simple_proportion,
    survey_proportion,
)
from myoscope.definitions import Definition
from myoscope.definitions.catalogue import NOT_APPLICABLE, UNKNOWN, files
from myoscope.quantities import quantities
from myoscope.rules.table import Columns
from myoscope.rules.tree import All, AtLeast, Named, Rule

ADULT = 18
BANDS = ((18, 40), (40, 50), (50, 60), (60, 70), (70, 80), (80, None))
"""Age bands of the tables, in years: from, below."""

ROW, HELD, SEX, BAND, PSUS = "_weight", "_placed", "_sex", "_band", "_psus"
"""Columns added to the people: the row's weight, whether the design places it, its sex and its age band."""


@dataclass(frozen=True, slots=True)
class StageShare:
    """How many have at least this stage.

    Attributes:
        lowest: those for whom it is established; who is unknown counts as not having it.
        highest: those for whom missing data leave it open as well.
        known: those who have it among the people for whom the question is settled.

    """

    stage: str
    title: str
    lowest: Proportion
    highest: Proportion
    known: Proportion


@dataclass(frozen=True, slots=True)
class Prevalence:
    """One definition in one group of people; `sex` and `band` are None where everybody is meant."""

    definition: str
    sex: str | None
    band: str | None
    n: int
    unknown: int
    unsettled: int
    not_applicable: int
    unplaced: int
    stages: tuple[StageShare, ...]


def band_name(start: int, below: int | None) -> str:
    """'40-49', '80+'."""
    return f"{start}+" if below is None else f"{start}-{below - 1}"


def band_names() -> list[str]:
    """The age bands in order."""
    return [band_name(*band) for band in BANDS]


def known_columns(people: pl.LazyFrame) -> Columns:
    """The columns as rules see them; a number with a formula that has a column is worked out in every row already."""
    names = people.collect_schema().names()
    return Columns(names, [name for name in names if name in quantities() and quantities()[name].formula])


def case_level(definition: Definition) -> int:
    """The stage (its number, the absence being 0) from which the person has the disease itself.

    The definition's file may say it (`case: confirmed`). Else it is the first stage that asks for two things at once;
    where no stage does, the first one above the absence.
    """
    ids = [stage.id for stage in definition.stages]
    said = files()[definition.id].get("case")
    if said in ids:
        return ids.index(said)
    asks_two = (at for at, stage in enumerate(definition.stages) if stage.rule and _asks_two(stage.rule))
    return next(asks_two, 1)


def _asks_two(rule: Rule) -> bool:
    match rule:
        case Named(_, part):
            return _asks_two(part)
        case All(parts):
            return len(parts) > 1
        case AtLeast(n, _):
            return n > 1
        case _:
            return False


def stage_number(definition: Definition, *, up_to: bool = False) -> pl.Expr:
    """The established (or highest possible) stage of every row: -2 not applicable, -1 unknown, 0 the absence, 1 ..."""
    words = pl.Enum([NOT_APPLICABLE, UNKNOWN, *(stage.id for stage in definition.stages)])
    column = pl.col(f"{definition.id}__up_to" if up_to else definition.id)
    return column.cast(words).to_physical().cast(pl.Int8) - 2


def prepared(people: pl.LazyFrame, design: Design) -> pl.LazyFrame:
    """The people with weight, place in the design, sex and age band."""
    columns = known_columns(people)
    frame: pl.LazyFrame = (
        nw.from_native(people)
        .with_columns(columns.category("sex").alias(SEX), columns.number("age_years").alias("_age"))
        .to_native()
    )
    weight = pl.col(WEIGHT).cast(pl.Float64) if design.weight else pl.lit(1.0)
    weight = pl.when(weight.is_finite() & (weight > 0)).then(weight).otherwise(0.0)
    placed = weight > 0
    for part in (STRATUM,) * design.stratum + (CLUSTER,) * design.cluster:
        placed = placed & pl.col(part).is_not_null()
    band: pl.Expr = pl.lit(None, dtype=pl.String)
    for start, below in BANDS:
        inside = pl.col("_age") >= start if below is None else (pl.col("_age") >= start) & (pl.col("_age") < below)
        band = pl.when(inside).then(pl.lit(band_name(start, below))).otherwise(band)
    return frame.with_columns(weight.alias(ROW), placed.alias(HELD), band.alias(BAND))


def design_keys(design: Design) -> list[str]:
    """The columns that name a first-stage unit; without clusters every row is one."""
    return [STRATUM] * design.stratum + [CLUSTER] * design.cluster


@dataclass(frozen=True, slots=True)
class Sample:
    """The sample's own frame: its strata, each with how many PSUs it has, whoever they hold."""

    design: Design
    strata: pl.DataFrame

    @classmethod
    def of(cls, people: pl.LazyFrame, design: Design) -> Sample:
        """Count the PSUs of every stratum, in one pass."""
        inside = people.filter([pl.col(part).is_not_null() for part in design_keys(design)] or [pl.lit(value=True)])
        if design.cluster:
            inside = inside.select(design_keys(design)).unique()
        count = pl.len().cast(pl.Float64).alias(PSUS)
        strata = inside.group_by(STRATUM).agg(count) if design.stratum else inside.select(count)
        return cls(design, strata.collect(engine="streaming").with_row_index("_stratum"))

    @property
    def psus(self) -> Numbers:
        """PSUs of each stratum."""
        return self.strata[PSUS].to_numpy()

    def placed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with the number of its stratum."""
        if not self.design.stratum:
            return frame.with_columns(pl.lit(0, dtype=pl.UInt32).alias("_stratum"))
        return frame.join(self.strata.select(STRATUM, "_stratum"), on=STRATUM, how="inner")

    def moments(self, frame: pl.DataFrame, totals: list[pl.Expr], squares: list[pl.Expr], reached: pl.Expr) -> Moments:
        """Moments of k totals.

        Args:
            frame: sums per PSU (or per stratum, where every row is a PSU), with `_stratum`.
            totals: the k weighted sums.
            squares: sums of squared weights, row by row of the k by k table; used where every row is a PSU.
            reached: rows of the domain.

        """
        k = len(totals)
        names = [f"_t{i}" for i in range(k)]
        chosen = frame.select(
            "_stratum", reached.alias("_reached"), *(t.alias(n) for t, n in zip(totals, names, strict=True))
        )
        values = chosen.select(names).to_numpy().astype(np.float64)
        held = chosen["_reached"].to_numpy().astype(np.float64)
        if self.design.cluster:
            return Moments.of_psus(chosen["_stratum"].to_list(), values, held > 0, self.psus)
        products = frame.select(s.alias(f"_s{i}") for i, s in enumerate(squares)).to_numpy().reshape(-1, k, k)
        at = chosen["_stratum"].to_numpy()
        strata = len(self.psus)
        sums, crossed, reach = np.zeros((strata, k)), np.zeros((strata, k, k)), np.zeros(strata)
        np.add.at(sums, at, values)
        np.add.at(crossed, at, products)
        np.add.at(reach, at, held)
        return Moments(self.psus, reach, sums, crossed)


def domains(cells: pl.DataFrame) -> Iterator[tuple[str | None, str | None]]:
    """(sex, age band) of every group that has people: all, each sex, each band, each sex and band."""
    sexes = [sex for sex in quantities()["sex"].values if sex in cells[SEX].to_list()]
    bands = [band for band in band_names() if band in cells[BAND].to_list()]
    yield None, None
    yield from ((sex, None) for sex in sexes)
    yield from ((None, band) for band in bands)
    yield from ((sex, band) for sex in sexes for band in bands)


def prevalence(people: pl.LazyFrame, definition: Definition, sample: Sample) -> list[Prevalence]:
    """One definition in every group, from one pass over the people.

    Args:
        people: the rows, as `prepared` gives them.
        definition: the definition, whose result columns the people have.
        sample: the design and its strata.

    """
    design = sample.design
    cells, levels = _cells(people, definition, design), range(1, len(definition.stages))
    found = []
    for sex, band in domains(cells):
        chosen = [pl.col(name) == value for name, value in ((SEX, sex), (BAND, band)) if value]
        inside = cells.filter(chosen) if chosen else cells
        counted = inside.select(pl.all().exclude(SEX, BAND, *design_keys(design))).sum().row(0, named=True)
        per_unit = inside if design.simple else _per_unit(inside, sample)
        stages = tuple(
            StageShare(
                definition.stages[level].id,
                definition.stages[level].title,
                _share(per_unit, counted, f"s{level}", ("all",), sample),
                _share(per_unit, counted, f"u{level}", ("all",), sample),
                _share(per_unit, counted, f"s{level}", ("all", f"u{level}", f"s{level}"), sample),
            )
            for level in levels
        )
        n, unknown, unsettled, na, out = (
            int(counted[f"n_{kind}"] or 0) for kind in ("all", "unknown", "open", "na", "unplaced")
        )
        found.append(Prevalence(definition.id, sex, band, n, unknown, unsettled, na, out, stages))
    return found


def _cells(people: pl.LazyFrame, definition: Definition, design: Design) -> pl.DataFrame:
    """Rows (n), weights (w) and squared weights (v) of every kind of answer, by sex, band and unit of the design."""
    keys = [SEX, BAND, *design_keys(design)]
    answers = [stage_number(definition).alias("sure"), stage_number(definition, up_to=True).alias("reach")]
    weight = pl.col(ROW)
    sums = [pl.len().cast(pl.Int64).alias("n"), weight.sum().alias("w"), (weight * weight).sum().alias("v")]
    alike = people.select(*keys, ROW, HELD, *answers).group_by(*keys, HELD, "sure", "reach").agg(sums)
    sure, reach, held = pl.col("sure"), pl.col("reach"), pl.col(HELD)
    asked = held & (sure != -2)
    kinds = {
        "all": asked,
        "na": held & (sure == -2),
        "unplaced": ~held,
        "unknown": asked & (sure == -1),
        "open": asked & (sure != reach),
    }
    for level in range(1, len(definition.stages)):
        kinds |= {f"s{level}": asked & (sure >= level), f"u{level}": asked & (reach >= level)}
    counts = [pl.col(one).filter(who).sum().alias(f"{one}_{name}") for name, who in kinds.items() for one in "nwv"]
    return alike.collect(engine="streaming").group_by(keys).agg(counts)


def _per_unit(cells: pl.DataFrame, sample: Sample) -> pl.DataFrame:
    """Cells of sex and band put together within each unit."""
    keys = design_keys(sample.design)
    summed = pl.all().exclude(SEX, BAND, *keys).sum()
    return sample.placed(cells.group_by(keys).agg(summed) if keys else cells.select(summed))


def _share(
    units: pl.DataFrame, counted: dict[str, int | None], part: str, whole: tuple[str, ...], sample: Sample
) -> Proportion:
    """A share: the part over the whole, which is its first term, less the second, plus the third."""
    signs = (1, -1, 1)
    n = sum(sign * int(counted[f"n_{name}"] or 0) for sign, name in zip(signs, whole, strict=False))
    events = int(counted[f"n_{part}"] or 0)
    if sample.design.simple:
        return simple_proportion(events, n)

    def term(letter: str) -> pl.Expr:
        return pl.sum_horizontal(pl.col(f"{letter}_{name}") * sign for sign, name in zip(signs, whole, strict=False))

    squares = [] if sample.design.cluster else [pl.col(f"v_{part}")] * 3 + [term("v")]
    return survey_proportion(sample.moments(units, [pl.col(f"w_{part}"), term("w")], squares, term("n")), events, n)
