"""Every figure of a cohort report as a table: one list of columns for the CSV files and for the page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from myoscope.cohort.figures import CohortFigures
from myoscope.cohort.survey import Kappa, Proportion

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Table:
    """A figure's numbers: shares are 0-1 and unrounded."""

    name: str
    head: tuple[str, ...]
    rows: list[tuple[Cell, ...]]

    def csv(self) -> str:
        """The table as CSV text."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.head)
        writer.writerows([["" if cell is None else cell for cell in row] for row in self.rows])
        return out.getvalue()


def tables(figures: CohortFigures) -> list[Table]:
    """Every figure, each as a table."""
    return [
        _flow(figures),
        _problems(figures),
        _ends(figures),
        _prevalence(figures),
        _agreement(figures),
        _disagreements(figures),
        _overlap(figures),
        _moved(figures),
        _paths(figures),
        _open(figures),
        _needed(figures),
    ]


def _flow(figures: CohortFigures) -> Table:
    return Table("flow", ("step", "rows", "reason"), [(s.name, s.rows, s.reason) for s in figures.flow.steps])


def _problems(figures: CohortFigures) -> Table:
    rows: list[tuple[Cell, ...]] = [(p.code, p.rows, p.cells, p.text) for p in figures.flow.problems]
    return Table("problems", ("code", "rows", "cells", "meaning"), rows)


def _ends(figures: CohortFigures) -> Table:
    head = ("definition", "settled", "partly_open", "unknown", "not_applicable")
    rows: list[tuple[Cell, ...]] = [
        (e.definition, e.settled, e.partly, e.unknown, e.not_applicable) for e in figures.ends
    ]
    return Table("answers", head, rows)


_SHARE = ("share", "low", "high", "n", "events", "weighted_n", "effective_n", "df", "reliable", "flags")


def _share(one: Proportion) -> Iterable[Cell]:
    flags = "; ".join(one.flags)
    numbers = (one.value, one.low, one.high, one.n, one.events, one.weighted_n, one.effective_n, one.df)
    return (*numbers, one.reliable, flags)


def _prevalence(figures: CohortFigures) -> Table:
    head = ("definition", "stage", "sex", "age_band", "counted", *_SHARE, "rows_unknown", "rows_not_applicable")
    rows: list[tuple[Cell, ...]] = []
    for groups in figures.prevalence.values():
        for group in groups:
            for stage in group.stages:
                for counted, one in (
                    ("among_settled", stage.known),
                    ("lowest_possible", stage.lowest),
                    ("highest_possible", stage.highest),
                ):
                    who = (group.sex or "all", group.band or "all")
                    ends = (group.unknown, group.not_applicable)
                    rows.append((group.definition, stage.stage, *who, counted, *_share(one), *ends))
    return Table("prevalence", head, rows)


def _kappa(one: Kappa) -> Sequence[Cell]:
    return one.value, one.low, one.high


def _agreement(figures: CohortFigures) -> Table:
    head = (
        "group", "level", "first", "first_from_stage", "second", "second_from_stage", "n", "both", "first_only",
        "second_only", "neither", "open", "outside", "positive_agreement", "kappa", "kappa_low", "kappa_high",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for one in figures.agreement:
        for p in one.pairs:
            stages = one.cases[p.level]
            counts = (p.n, p.both, p.first_only, p.second_only, p.neither, p.open, p.outside, p.positive_agreement)
            two = (p.first, stages[p.first], p.second, stages[p.second])
            rows.append((one.group, p.level, *two, *counts, *_kappa(p.kappa)))
    return Table("agreement", head, rows)


def _disagreements(figures: CohortFigures) -> Table:
    head = ("level", "yes_by", "no_by", "rows", "kind", "what_decided")
    rows: list[tuple[Cell, ...]] = [
        (pair.level, side.yes, side.no, count, why.kind, why.text)
        for one in figures.agreement
        for pair in one.pairs
        for side in pair.disagreements
        for why, count in side.reasons
    ]
    return Table("disagreements", head, rows)


def _overlap(figures: CohortFigures) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (one.group, level, " ".join(c.definitions) or "none", c.rows, c.sure)
        for one in figures.agreement
        for level, combinations in one.combinations.items()
        for c in combinations
    ]
    return Table("overlap", ("group", "level", "exactly_these_definitions", "rows", "rows_others_sure_no"), rows)


def _moved(figures: CohortFigures) -> Table:
    head = (
        "definition", "stage", "variable", "whom", "unit", "printed_operator", "printed_cutoff", "rows_on_the_cutoff",
        "operator", "cutoff", "lowest_possible", "highest_possible", "rows", "rows_up_to",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for moves in figures.moved.values():
        for m in moves:
            what = (m.definition, m.stage, m.variable, m.whom, m.unit, m.operator, m.cutoff, m.on_edge)
            rows += [
                (*what, p.operator, p.cutoff, p.lowest, p.highest, p.rows, p.rows_up_to)
                for p in (*m.points, m.other_operator)
            ]
    return Table("moved_cutoffs", head, rows)


def _paths(figures: CohortFigures) -> Table:
    head = (
        "definition",
        "path",
        "reading",
        "used",
        "stage",
        "lowest_possible",
        "highest_possible",
        "rows",
        "rows_up_to",
    )
    rows: list[tuple[Cell, ...]] = [
        (r.definition, r.path, r.option, r.default, r.stage, r.lowest, r.highest, r.rows, r.rows_up_to)
        for found in figures.readings.values()
        for r in found
    ]
    return Table("paths", head, rows)


def _open(figures: CohortFigures) -> Table:
    head = (
        "definition",
        "open_rows",
        "beyond_one_measurement",
        "nothing_missing",
        "missing",
        "rows",
        "surely",
        "possibly",
    )
    rows: list[tuple[Cell, ...]] = []
    for one in figures.open:
        whole = (one.definition, one.rows, one.beyond, one.without_cure)
        rows += [(*whole, " ".join(m.needs), m.rows, m.surely, m.possibly) for m in one.missing] or [
            (*whole, *[None] * 4)
        ]
    return Table("open_answers", head, rows)


def _needed(figures: CohortFigures) -> Table:
    head = ("missing", "answers", "surely", "possibly", "definitions")
    rows: list[tuple[Cell, ...]] = [
        (" ".join(n.needs), n.answers, n.surely, n.possibly, " ".join(n.definitions)) for n in figures.needed
    ]
    return Table("needed", head, rows)
