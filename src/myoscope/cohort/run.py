"""Run a job over a file of any size: read a piece, answer it, keep it, go on. What is kept is not done again.

Every finished piece lies in `OUT.parts/` until the result is whole. A run that was killed finds its pieces there,
writes them into the result first and goes on behind them: the result has the same bytes as if nothing had happened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl

from myoscope.cohort import needs
from myoscope.cohort.cells import HEAD, KEPT, LOST, RAW, ROW, carried, lost, problems, typed
from myoscope.cohort.columns import Plan, plan
from myoscope.cohort.door import SURVEY_PREFIX, clean, with_derived
from myoscope.cohort.job import Job, fingerprint
from myoscope.cohort.output import Output, write_csv
from myoscope.cohort.suspicion import suspect
from myoscope.cohort.tables import open_table, told
from myoscope.cohort.workshop import note, noted, problem_file
from myoscope.definitions import Definition
from myoscope.definitions.table import result_names, with_results
from myoscope.record import InputError, Problem

BATCHES_AHEAD = 4
_COUNTED = 5_000_000
"""Rows up to which repeated ids are counted: the count needs memory for all of them."""
_EXACT = 2**53
"""From here on not every whole number can stand in a column of SAS."""
Progress = Callable[[str, int, int | None], None]
"""Called with what is going on, the rows done and the rows there are (None when not known)."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a run did.

    Attributes:
        rows: rows read, and answered.
        resumed: rows that a run before this one had finished.
        problems: code -> (rows, cells) of cells that count as missing or are odd.
        problem_file: where they are listed; None when there is none.
        parts: folder with the answered people, for a report.
        repeated: rows that share what names them with a row before; None when that was not counted.

    """

    rows: int
    resumed: int
    plan: Plan
    problems: dict[str, tuple[int, int]]
    problem_file: Path | None
    parts: Path
    repeated: int | None = None


def ready(job: Job, scratch: Path) -> tuple[pl.LazyFrame, Plan]:
    """The table, and which column holds what; stops where a column looks wrong.

    Raises:
        InputError: with what to type.

    """
    table = open_table(job.input, separator=job.separator, scratch=scratch)
    names = told(job.input, table.collect_schema).names()
    found = plan(job.input.name, names, needs.variables(job.readings), job.wishes)
    clash(job.input.name, found, job.readings)
    table = table.select(found.read)
    if job.input.suffix.lower() == ".xpt":
        table = told(job.input, lambda: _whole_numbers(table, found))
    told(job.input, lambda: suspect(job.input.name, table, found))
    return table, found


def clash(source: str, found: Plan, readings: Sequence[Definition]) -> None:
    """Refuse to carry over a column that has the name of a result.

    Raises:
        InputError: with the names.

    """
    results = {name for chosen in readings for name in result_names(chosen)}
    twice = [name for name in dict.fromkeys((*found.ids, *found.keep)) if name in results]
    if twice:
        raise InputError(
            source,
            [Problem(f"column {name}", "has the name of a result", "Rename it, or do not carry it") for name in twice],
        )


def _whole_numbers(table: pl.LazyFrame, found: Plan) -> pl.LazyFrame:
    """SAS keeps every number with decimals; a carried column without any is written without."""
    schema = table.collect_schema()
    carried = [name for name in dict.fromkeys((*found.ids, *found.keep)) if schema[name].is_float()]
    if not carried:
        return table
    column = pl.col(carried).fill_nan(None)
    fits = (column == column.floor()) & (column.abs() < _EXACT)
    whole = table.select(fits.all()).collect(engine="streaming").row(0, named=True)
    return table.with_columns(pl.col(name).fill_nan(None).cast(pl.Int64) for name, yes in whole.items() if yes)


def run(job: Job, progress: Progress, parts: Path) -> Done:
    """Answer every row of the job's table.

    Args:
        job: what to read and write.
        progress: told now and then.
        parts: the run's own folder (see `workshop`), perhaps with the pieces of an interrupted run.

    Raises:
        InputError: the table cannot be answered, or an interrupted run with other settings lies there.

    """
    progress("looking at the columns", 0, None)
    table, found = ready(job, parts)
    total = _row_count(table, job)
    _same_run(job, found, parts)
    finished = _finished(parts)
    results = [name for chosen in job.readings for name in result_names(chosen)]
    names = [f"{KEPT}{name}" for name in dict.fromkeys((*found.ids, *found.keep))] or [ROW]
    outward = {name: name.removeprefix(KEPT).replace(ROW, "row") for name in names} | {name: name for name in results}
    rows = 0
    with Output(job.output, parts) as output:
        for piece in map(pl.read_ipc, finished):
            output.write(piece.select(pl.col(name).alias(told_as) for name, told_as in outward.items()))
            rows += piece.height
            progress("taking up the run where it stopped", rows, total)
        resumed = rows
        for number, batch in enumerate(_every_batch(job, table, found, resumed, total), start=len(finished)):
            piece = _keep(batch, number, found, job, parts, results)
            output.write(piece.select(pl.col(name).alias(told_as) for name, told_as in outward.items()))
            rows += piece.height
            progress("answering", rows, total)
    counts, listed = list_problems(job, found, parts)
    return Done(rows, resumed, found, counts, listed, parts, _repeated(found, parts, rows))


def _repeated(found: Plan, parts: Path, rows: int) -> int | None:
    if not found.ids or rows > _COUNTED:
        return None
    names = pl.struct(f"{KEPT}{name}" for name in found.ids) if len(found.ids) > 1 else pl.col(f"{KEPT}{found.ids[0]}")
    different = people(parts).select(names.n_unique()).collect(engine="streaming").item()
    return rows - int(different)


def _row_count(table: pl.LazyFrame, job: Job) -> int:
    rows = int(told(job.input, lambda: table.select(pl.len()).collect(engine="streaming")).item())
    if not rows:
        raise InputError(job.input.name, [Problem("file", "holds no row")])
    return rows


def _every_batch(job: Job, table: pl.LazyFrame, found: Plan, start: int, total: int) -> Iterator[pl.DataFrame]:
    """All pieces, in stretches: an engine that runs ahead of the writer would hold the rest of the file in memory."""
    stretch = BATCHES_AHEAD * job.batch_rows
    for begin in range(start, total, stretch):
        yield from _batches(_answered(job, table.head(begin + stretch), found, begin), job)


def _answered(job: Job, table: pl.LazyFrame, found: Plan, start: int) -> pl.LazyFrame:
    """The whole way of a row as one query: typed, cleaned, filled in, answered."""
    cells = typed(table, found, start)
    kept = carried(found)
    frame = clean(nw.from_native(cells.frame), cells.plan, kept)
    frame = frame.with_columns(*lost(found, frame.collect_schema().names()))
    frame, columns = with_derived(frame, needs.variables(job.readings))
    marks = [name for name in columns.names if name.startswith(LOST)]
    survey = [f"{SURVEY_PREFIX}{role}" for role in found.survey]
    variables = sorted(columns.names - {*kept, *marks, *survey}) if job.report else []
    answered: pl.LazyFrame = with_results(
        frame, job.readings, columns, [*kept, *marks, *survey, *variables]
    ).to_native()
    return answered


def _batches(answered: pl.LazyFrame, job: Job) -> Iterator[pl.DataFrame]:
    """Pieces of exactly the wanted size: a run that is taken up must cut the rows where it cut them before."""
    waiting: list[pl.DataFrame] = []
    for some in _streamed(answered, job):
        waiting.append(some)
        while (rows := sum(piece.height for piece in waiting)) >= job.batch_rows:
            together = pl.concat(waiting) if len(waiting) > 1 else waiting[0]
            yield together.head(job.batch_rows)
            waiting = [together.slice(job.batch_rows)] if rows > job.batch_rows else []
    if waiting:
        yield pl.concat(waiting)


def _streamed(answered: pl.LazyFrame, job: Job) -> Iterator[pl.DataFrame]:
    try:
        yield from answered.collect_batches(chunk_size=job.batch_rows, maintain_order=True, engine="streaming")
    except pl.exceptions.PolarsError as error:
        first = str(error).splitlines()[0]
        raise InputError(
            job.input.name,
            [Problem("file", f"cannot be read to its end: {first}", "Every row needs as many cells as line 1")],
        ) from None


def _keep(batch: pl.DataFrame, number: int, found: Plan, job: Job, parts: Path, results: list[str]) -> pl.DataFrame:
    """One finished piece on disk. It counts from the moment it has its name."""
    listed = problems(batch, found)
    if listed.height:
        with (parts / f"problems-{number:06}.csv").open("wb") as handle:
            write_csv(listed, handle, header=False)
    wanted = [name for name in batch.columns if name == ROW or name.startswith(KEPT) or name in results]
    if job.report:
        wanted = [name for name in batch.columns if not name.startswith((RAW, LOST))]
    piece = batch.select(wanted)
    file = parts / f"part-{number:06}.arrow"
    hidden = file.with_suffix(".tmp")
    piece.write_ipc(hidden, compression="uncompressed")
    hidden.replace(file)
    return piece


def _finished(parts: Path) -> list[Path]:
    """The pieces of an interrupted run, up to the first that is missing."""
    found: list[Path] = []
    while (file := parts / f"part-{len(found):06}.arrow").exists():
        found.append(file)
    for left in parts.glob("problems-*.csv"):
        if int(left.stem.rpartition("-")[2]) >= len(found):
            left.unlink()  # of a piece that was not finished
    return found


def people(parts: Path) -> pl.LazyFrame:
    """The answered people of a finished run, with the variables they were answered by."""
    pieces = sorted(parts.glob("part-*.arrow"))
    if pieces:
        return pl.scan_ipc(pieces)
    return pl.scan_parquet([*parts.glob("people.parquet"), *sorted((parts / "people").glob("*.parquet"))])


def _same_run(job: Job, found: Plan, parts: Path) -> None:
    this, before = fingerprint(job, found), noted(parts)
    if before is None:
        note(parts, this)
    elif before != this:
        what = "holds the pieces of a run with another input, other settings or another version"
        raise InputError(str(parts), [Problem("folder", what, "Finish that run, or add --restart to forget it")])


def list_problems(job: Job, found: Plan, parts: Path) -> tuple[dict[str, tuple[int, int]], Path | None]:
    """All problems in one file beside the result, and how many rows and cells have each."""
    target = problem_file(job.output)
    pieces = sorted(parts.glob("problems-*.csv"))
    rows: Counter[str] = Counter()
    cells: Counter[str] = Counter()
    if not pieces:
        target.unlink(missing_ok=True)
        return {}, None
    with target.open("wb") as whole:
        whole.write(",".join([HEAD[0], *found.ids, *HEAD[1:]]).encode() + b"\n")
        for piece in pieces:
            whole.write(piece.read_bytes())
            listed = pl.read_csv(piece, has_header=False, infer_schema=False)
            row, code = listed.columns[0], listed.columns[-1]
            for name, count, of_rows in (
                listed.group_by(code).agg(pl.len(), pl.col(row).n_unique().alias("rows")).rows()
            ):
                cells[name] += count
                rows[name] += of_rows
    return {code: (rows[code], count) for code, count in sorted(cells.items())}, target
