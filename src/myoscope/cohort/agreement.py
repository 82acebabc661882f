"""Where definitions of one group agree, where they do not, and which comparison is behind each disagreement."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from myoscope.cohort.patterns import Patterns, persons
from myoscope.cohort.prevalence import (
    HELD,
    ROW,
    Sample,
    case_level,
    design_keys,
    stage_number,
)
from myoscope.cohort.reasons import Reason, decided, reason
from myoscope.cohort.survey import Kappa, Moments, kappa
from myoscope.cohort.what_if import rule_of
from myoscope.definitions import Definition
from myoscope.definitions.catalogue import NOT_APPLICABLE
from myoscope.rules import Trace, evaluate
from myoscope.rules.tree import When

YES, NO, UNKNOWN, OUTSIDE = 1, 0, 2, 3
"""A definition's answer for a row: has it, has it not, open, no cut-offs for this person."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Rows that one definition calls a case and the other does not, by what decided: the most frequent first."""

    yes: str
    no: str
    rows: int
    reasons: tuple[tuple[Reason, int], ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two definitions side by side, among the rows that both can answer.

    Attributes:
        level: 'case' (the disease itself) or 'any' (any stage above the absence).
        both, first_only, second_only, neither: rows.
        open: rows that at least one of the two leaves open; `outside`: rows for whom one has no cut-offs.
        positive_agreement: 2 both / (2 both + first only + second only), weighted.
        kappa: Cohen's, weighted where there are survey weights.

    """

    level: str
    first: str
    second: str
    both: int
    first_only: int
    second_only: int
    neither: int
    open: int
    outside: int
    positive_agreement: float | None
    kappa: Kappa
    disagreements: tuple[Disagreement, ...]

    @property
    def n(self) -> int:
        """Rows that both can answer."""
        return self.both + self.first_only + self.second_only + self.neither


@dataclass(frozen=True, slots=True)
class Combination:
    """Rows that exactly these definitions call a case.

    Attributes:
        rows: all of them; `sure` are those for whom every other definition answered no.

    """

    definitions: tuple[str, ...]
    rows: int
    sure: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """The definitions of one group compared.

    Attributes:
        cases: definition -> the stage from which a row counts, by level.
        combinations: by level, the most frequent first.

    """

    group: str
    definitions: tuple[str, ...]
    cases: dict[str, dict[str, str]]
    pairs: tuple[Pair, ...]
    combinations: dict[str, tuple[Combination, ...]]


def agreement(people: pl.LazyFrame, definitions: Sequence[Definition], sample: Sample, patterns: Patterns) -> Agreement:
    """Compare definitions of one group with each other.

    Args:
        people: the rows, as `prevalence.prepared` gives them.
        definitions: the definitions, all of one group.
        sample: the survey design.
        patterns: patterns of the people, made for these definitions.

    """
    levels = {"case": {d.id: case_level(d) for d in definitions}, "any": {d.id: 1 for d in definitions}}
    if levels["case"] == levels["any"]:
        del levels["any"]
    answers = _answers(people, definitions, levels, sample)
    pairs = [
        _pair(answers, (first, second), level, at, sample, patterns)
        for level, at in levels.items()
        for first, second in itertools.combinations(definitions, 2)
    ]
    return Agreement(
        definitions[0].group,
        tuple(d.id for d in definitions),
        {level: {d.id: d.stages[at[d.id]].id for d in definitions} for level, at in levels.items()},
        tuple(pairs),
        {level: _combinations(answers, definitions, level) for level in levels},
    )


def _answers(
    people: pl.LazyFrame, definitions: Sequence[Definition], levels: dict[str, dict[str, int]], sample: Sample
) -> pl.DataFrame:
    """The answers of all definitions, with rows and weights of every combination, in one pass."""
    columns = []
    for level, at in levels.items():
        for d in definitions:
            sure, reach = stage_number(d), stage_number(d, up_to=True)
            known = pl.when(sure >= at[d.id]).then(YES).when(reach < at[d.id]).then(NO).otherwise(UNKNOWN)
            # nobody without a known age is known to be one of the people the definition is for
            known = pl.when((sure == -1) & (reach < at[d.id]) & (reach < 1)).then(UNKNOWN).otherwise(known)
            columns.append(pl.when(sure == -2).then(OUTSIDE).otherwise(known).cast(pl.Int8).alias(f"{level}:{d.id}"))
    names = [column.meta.output_name() for column in columns]
    weight = pl.col(ROW)
    sums = [pl.len().alias("rows"), weight.sum().alias("weight"), (weight * weight).sum().alias("square")]
    grouped = people.filter(pl.col(HELD)).with_columns(columns).group_by(*names, *design_keys(sample.design)).agg(sums)
    return sample.placed(grouped.collect(engine="streaming"))


def _pair(
    answers: pl.DataFrame,
    two: tuple[Definition, Definition],
    level: str,
    at: dict[str, int],
    sample: Sample,
    patterns: Patterns,
) -> Pair:
    first, second = (pl.col(f"{level}:{d.id}") for d in two)
    cells = [(first == a) & (second == b) for a, b in ((YES, YES), (YES, NO), (NO, YES), (NO, NO))]
    outside = (first == OUTSIDE) | (second == OUTSIDE)
    counted = answers.select(
        *(pl.col("rows").filter(cell).sum().alias(f"n{i}") for i, cell in enumerate(cells)),
        *(pl.col("weight").filter(cell).sum().alias(f"w{i}") for i, cell in enumerate(cells)),
        pl.col("rows").filter(outside).sum().alias("outside"),
        pl.col("rows").filter(((first == UNKNOWN) | (second == UNKNOWN)) & ~outside).sum().alias("open"),
    ).row(0, named=True)
    rows = [int(counted[f"n{i}"]) for i in range(4)]
    weights = np.array([counted[f"w{i}"] for i in range(4)], dtype=np.float64)
    some = 2 * weights[0] + weights[1] + weights[2]
    moments = None if sample.design.simple else _moments(answers, cells, sample)
    return Pair(
        level,
        two[0].id,
        two[1].id,
        both=rows[0],
        first_only=rows[1],
        second_only=rows[2],
        neither=rows[3],
        open=int(counted["open"]),
        outside=int(counted["outside"]),
        positive_agreement=float(2 * weights[0] / some) if some > 0 else None,
        kappa=kappa(weights, moments),
        disagreements=tuple(
            _disagreement(yes, no, (at[yes.id], at[no.id]), patterns)
            for yes, no, some_rows in ((*two, rows[1]), (*two[::-1], rows[2]))
            if some_rows
        ),
    )


def _moments(answers: pl.DataFrame, cells: list[pl.Expr], sample: Sample) -> Moments:
    """Moments of the four cells of a pair."""
    per_cell = [pl.col("weight").filter(cell).sum().alias(f"w{i}") for i, cell in enumerate(cells)]
    squares = [pl.col("square").filter(cell).sum().alias(f"v{i}") for i, cell in enumerate(cells)]
    known = pl.col("rows").filter(pl.any_horizontal(cells)).sum().alias("known")
    keys = ["_stratum", *design_keys(sample.design)]
    units = answers.group_by(keys).agg(*per_cell, *squares, known)
    crossed = [pl.col(f"v{i}") if i == j else pl.lit(0.0) for i in range(4) for j in range(4)]
    return sample.moments(units, [pl.col(f"w{i}") for i in range(4)], crossed, pl.col("known"))


def _disagreement(yes: Definition, no: Definition, at: tuple[int, int], patterns: Patterns) -> Disagreement:
    """What decided for the rows that `yes` calls a case and `no` does not."""
    high = [stage.id for stage in yes.stages[at[0] :]]
    low = [stage.id for stage in no.stages[: at[1]]]
    where = pl.col(f"s:{yes.id}").is_in(high) & pl.col(f"s:{no.id}__up_to").is_in(low)
    where = where & (pl.col(f"s:{no.id}") != NOT_APPLICABLE)
    found: dict[Reason, int] = {}
    total = 0
    # only the two rules that met: the fewer comparisons, the fewer patterns
    two = [
        dataclasses.replace(one, stages=(one.stages[0], one.stages[level]), applies=When())
        for one, level in ((yes, at[0]), (no, at[1]))
    ]
    reached, refused = rule_of(yes, at[0]), rule_of(no, at[1])
    told: dict[tuple[tuple[Trace, ...], tuple[Trace, ...]], Reason] = {}
    for pattern in persons(patterns.merged(two, where, answers_only=True), two):
        total += pattern.rows
        sides = decided(evaluate(reached, pattern.facts)), decided(evaluate(refused, pattern.facts))
        if sides not in told:
            told[sides] = reason(yes, sides[0], no, sides[1])
        found[told[sides]] = found.get(told[sides], 0) + pattern.rows
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0].text))
    return Disagreement(yes.id, no.id, total, tuple(ranked))


def _combinations(answers: pl.DataFrame, definitions: Sequence[Definition], level: str) -> tuple[Combination, ...]:
    """Who is a case under which definitions together."""
    names = [f"{level}:{d.id}" for d in definitions]
    found: dict[tuple[str, ...], list[int]] = {}
    for *codes, rows in answers.group_by(names).agg(pl.col("rows").sum()).iter_rows():
        which = tuple(d.id for d, code in zip(definitions, codes, strict=True) if code == YES)
        counts = found.setdefault(which, [0, 0])
        counts[0] += rows
        counts[1] += rows * all(code in {YES, NO} for code in codes)
    ranked = sorted(found.items(), key=lambda item: (not item[0], -item[1][0], item[0]))
    return tuple(Combination(which, *counts) for which, counts in ranked)
