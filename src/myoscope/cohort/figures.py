"""Every figure of a cohort report: plain numbers in plain records, worked out by streaming over the people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from myoscope import __version__
from myoscope.cohort.agreement import Agreement, agreement
from myoscope.cohort.patterns import Patterns
from myoscope.cohort.prevalence import ADULT, HELD, Prevalence, Sample, case_level, prepared, prevalence
from myoscope.cohort.survey import Design
from myoscope.cohort.unknowns import Needed, Open, needed, unknowns
from myoscope.cohort.what_if import Moved, Reading, what_if
from myoscope.definitions import Definition
from myoscope.sources import knowledge_id

EXPLAINED = 120_000
"""Rows, at most, in which reasons and moved cut-offs are looked at: every so-manieth row of a larger table."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the flow of rows: what it is, how many rows are left, and why others are not."""

    name: str
    rows: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of problem in the table: the rows and cells it was found in, and what it means."""

    code: str
    rows: int
    cells: int
    text: str


@dataclass(frozen=True, slots=True)
class Flow:
    """What the engine says of the rows before any definition is asked."""

    steps: tuple[Step, ...] = ()
    problems: tuple[Problem, ...] = ()

    @classmethod
    def of(
        cls,
        steps: Iterable[tuple[str, int, str]] = (),
        problems: Mapping[str, tuple[int, int, str]] | None = None,
    ) -> Flow:
        """From (step, rows, reason) and code -> (rows, cells, text)."""
        found = (Problem(code, *counts) for code, counts in (problems or {}).items())
        return cls(tuple(Step(*step) for step in steps), tuple(found))


@dataclass(frozen=True, slots=True)
class Ends:
    """Where the rows end under one definition."""

    definition: str
    not_applicable: int
    settled: int
    partly: int
    unknown: int

    @property
    def applicable(self) -> int:
        """Rows for whom the definition has cut-offs, as far as is known."""
        return self.settled + self.partly + self.unknown


@dataclass(frozen=True, slots=True)
class CohortFigures:
    """All figures of one run.

    Attributes:
        definitions: the definitions as they were read, in the order of the report.
        cases: definition -> the stage that is the disease itself.
        prevalence: definition -> its groups, everybody first.
        unplaced: rows that the survey design leaves out: no positive weight, no stratum or no cluster.
        single_psu_strata: strata of the whole sample with one PSU.
        each: reasons, moved cut-offs and what is missing were looked at in every so-manieth row, and counted so often.

    """

    definitions: tuple[Definition, ...]
    cases: Mapping[str, str]
    design: Design
    rows: int
    unplaced: int
    psus: int
    strata: int
    single_psu_strata: int
    prevalence: Mapping[str, tuple[Prevalence, ...]]
    agreement: tuple[Agreement, ...]
    moved: Mapping[str, tuple[Moved, ...]]
    readings: Mapping[str, tuple[Reading, ...]]
    open: tuple[Open, ...]
    needed: tuple[Needed, ...]
    flow: Flow
    ends: tuple[Ends, ...]
    each: int = 1
    package: str = __version__
    knowledge: str = field(default_factory=knowledge_id)


def figures(
    people: pl.LazyFrame,
    definitions: Sequence[Definition],
    *,
    flow: Flow | None = None,
    design: Design | None = None,
) -> CohortFigures:
    """Work out every figure.

    Args:
        people: one row a person: columns named by registry ids, with `<variable>__unable` and `<kind>__<id>` where the
            table has them, the result columns of the definitions, and `survey__weight`, `survey__stratum`,
            `survey__cluster` where there is a survey design.
        definitions: the definitions whose result columns the people have, with the paths that were chosen.
        flow: what happened to the rows before.
        design: the survey design; by default, what the columns say.

    """
    chosen = tuple(definitions)
    design = Design.of(people.collect_schema().names()) if design is None else design
    rows = prepared(people, design)
    sample = Sample.of(rows, design)
    shares = {d.id: tuple(prevalence(rows, d, sample)) for d in chosen}
    counted = _count(rows)
    each = max(1, -(-counted["rows"] // EXPLAINED))
    some = rows.filter(HELD) if each == 1 else rows.filter(HELD).gather_every(each)
    by_group: dict[str, list[Definition]] = {}
    for one in chosen:
        by_group.setdefault(one.group, []).append(one)
    compared: list[Agreement] = []
    opens: dict[str, Open] = {}
    for alike in by_group.values():
        patterns = Patterns.of(some, alike, each)
        opens |= {d.id: unknowns(patterns, d) for d in alike}
        if len(alike) > 1:
            compared.append(agreement(rows, alike, sample, patterns))
    moves = {d.id: what_if(some, d, each) for d in chosen}
    return CohortFigures(
        definitions=chosen,
        cases={d.id: d.stages[case_level(d)].id for d in chosen},
        design=design,
        rows=counted["rows"],
        unplaced=counted["unplaced"],
        psus=int(sample.psus.sum()),
        strata=len(sample.psus),
        single_psu_strata=int((sample.psus == 1).sum()) if not design.simple else 0,
        prevalence=shares,
        agreement=tuple(compared),
        moved={name: tuple(moved) for name, (moved, _) in moves.items()},
        readings={name: tuple(readings) for name, (_, readings) in moves.items()},
        open=tuple(opens[d.id] for d in chosen),
        needed=needed([opens[d.id] for d in chosen]),
        flow=_flow(flow or Flow(), counted, design),
        ends=tuple(_ends(shares[d.id][0]) for d in chosen),
        each=each,
    )


def _count(rows: pl.LazyFrame) -> dict[str, int]:
    age = pl.col("_age")
    sums = [
        pl.len().alias("rows"),
        (~pl.col(HELD)).sum().alias("unplaced"),
        (pl.col(HELD) & (age >= ADULT).fill_null(value=False)).sum().alias("adults"),
        (pl.col(HELD) & age.is_null()).sum().alias("no_age"),
    ]
    counted = rows.select(sums).collect(engine="streaming").row(0, named=True)
    return {name: int(value) for name, value in counted.items()}


def _flow(flow: Flow, counted: dict[str, int], design: Design) -> Flow:
    """The engine's steps, then those that the figures take themselves."""
    steps = list(flow.steps) or [Step("Rows in the table", counted["rows"])]
    left = counted["rows"] - counted["unplaced"]
    if not design.simple:
        out = f"{counted['unplaced']:,} without a positive weight, a stratum or a cluster"
        steps.append(Step("In the survey design", left, out if counted["unplaced"] else ""))
    young = left - counted["adults"] - counted["no_age"]
    why = [f"{young:,} under {ADULT}"] * (young > 0) + [f"{counted['no_age']:,} without an age"] * (
        counted["no_age"] > 0
    )
    steps.append(Step(f"Adults ({ADULT} and over)", counted["adults"], ", ".join(why)))
    return Flow(tuple(steps), flow.problems)


def _ends(everybody: Prevalence) -> Ends:
    partly = everybody.unsettled - everybody.unknown
    settled = everybody.n - everybody.unsettled
    return Ends(everybody.definition, everybody.not_applicable, settled, partly, everybody.unknown)
