"""The same on DuckDB or Spark: the same expressions; each engine reads, streams and writes in its own way."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from myoscope.cohort import needs
from myoscope.cohort.cells import KEPT, LOST, RAW, lost, problems
from myoscope.cohort.columns import Plan
from myoscope.cohort.door import SURVEY_PREFIX, clean, with_derived
from myoscope.cohort.job import Job
from myoscope.cohort.run import Done, Progress, list_problems, ready
from myoscope.definitions.table import result_names, with_results
from myoscope.record import InputError, Problem


def run_elsewhere(job: Job, progress: Progress, parts: Path) -> Done:
    """Answer every row of the job's table on another engine.

    Args:
        job: what to read and write.
        progress: told now and then.
        parts: the run's own folder (see `workshop`), empty.

    Raises:
        InputError: the table cannot be answered, or this engine cannot read it.

    """
    progress("looking at the columns", 0, None)
    table, found = ready(job, parts)
    _must_be_named(job, found)
    rows = int(table.select(pl.len()).collect(engine="streaming").item())
    progress("answering", 0, None)
    (_duckdb if job.engine == "duckdb" else _spark)(job, found, parts)
    counts, listed = list_problems(job, found, parts)
    return Done(rows, 0, found, counts, listed, parts)


def _must_be_named(job: Job, found: Plan) -> None:
    if not found.ids:
        what = "none names a row, and this engine keeps no order"
        raise InputError(job.input.name, [Problem("columns", what, "Add --id COLUMN")])
    for many, column in found.lists.items():
        what, instead = "this engine reads no lists", f"columns {many.removesuffix('s')}__<id> with yes and no"
        attempt = f"Use --engine polars, give {instead}, or --ignore {column}"
        raise InputError(job.input.name, [Problem(f"column {column}", what, attempt)])


def _duckdb(job: Job, found: Plan, parts: Path) -> None:
    try:
        import duckdb
    except ModuleNotFoundError:
        raise _absent(job, "duckdb") from None
    connection = duckdb.connect()
    file = str(job.input)
    try:
        table = (
            connection.read_parquet(file)
            if job.input.suffix == ".parquet"
            else connection.read_csv(file, sep=job.separator)
        )
        answered = _answered(table, job, found, parts)
        partial = parts / "partial"
        outward = nw.to_native(answered.select(*_outward(job, found)))
        if job.output.suffix == ".parquet":
            outward.write_parquet(str(partial), compression="zstd")
        else:
            outward.write_csv(str(partial))
        partial.replace(job.output)
        if job.report:
            nw.to_native(answered).write_parquet(str(parts / "people.parquet"))
    except duckdb.Error as error:
        raise InputError(job.input.name, [Problem("file", f"DuckDB says: {str(error).splitlines()[0]}")]) from None


def _spark(job: Job, found: Plan, parts: Path) -> None:
    try:
        from pyspark.sql import SparkSession
    except ModuleNotFoundError:
        raise _absent(job, "pyspark") from None
    session = (
        SparkSession.builder.appName("myoscope")
        .config("spark.ui.enabled", "false")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    file = str(job.input)
    reader: Any = session.read
    table = (
        reader.parquet(file)
        if job.input.suffix == ".parquet"
        else reader.csv(file, header=True, inferSchema=True, sep=job.separator)
    )
    answered = _answered(table, job, found, parts)
    _write_spark(nw.to_native(answered.select(*_outward(job, found))), job.output, parts)
    if job.report:
        nw.to_native(answered).write.mode("overwrite").parquet(str(parts / "people"))


def _write_spark(frame: Any, target: Path, parts: Path) -> None:
    """One file, as the other engines write it."""
    folder = parts / "spark"
    writer = frame.coalesce(1).write.mode("overwrite")
    if target.suffix == ".parquet":
        writer.option("compression", "zstd").parquet(str(folder))
    else:
        writer.option("header", "true").csv(str(folder))
    (piece,) = folder.glob(f"part-*{target.suffix}")
    shutil.move(piece, target)


def _answered(native: Any, job: Job, found: Plan, parts: Path) -> Any:
    """The answered people, lazily; the cells that count as missing are listed on the way."""
    frame: Any = nw.from_native(native)
    kinds: Mapping[str, Any] = frame.collect_schema()
    wordy = [use.column for use in found.uses if use.kind == "number" and not kinds[use.column].is_numeric()]
    if wordy:
        what = f"holds text where numbers are wanted: {', '.join(wordy)}"
        raise InputError(job.input.name, [Problem("file", what, "Use --engine polars, which lists every such cell")])
    kept = [nw.col(name).alias(f"{KEPT}{name}") for name in dict.fromkeys((*found.ids, *found.keep))]
    raw = [nw.col(name).alias(f"{RAW}{name}") for name in dict.fromkeys(use.column for use in found.uses)]
    frame = frame.with_columns(*kept, *raw)
    carried = [
        *(f"{KEPT}{name}" for name in dict.fromkeys((*found.ids, *found.keep))),
        *(f"{RAW}{use.column}" for use in found.uses),
    ]
    frame = clean(frame, found, list(dict.fromkeys(carried)))
    marked = frame.with_columns(*lost(found, frame.collect_schema().names()))
    _list_lost(marked, found, parts)
    frame, columns = with_derived(frame, needs.variables(job.readings))
    survey = [f"{SURVEY_PREFIX}{role}" for role in found.survey]
    names = [name for name in carried if name.startswith(KEPT)]
    variables = (
        sorted(name for name in columns.names if not name.startswith((RAW, KEPT, LOST)) and name not in survey)
        if job.report
        else []
    )
    return with_results(frame, job.readings, columns, [*names, *survey, *variables])


def _list_lost(marked: Any, found: Plan, parts: Path) -> None:
    marks = [name for name in marked.collect_schema().names() if name.startswith(LOST)]
    bad = nw.col(marks[0])
    for name in marks[1:]:
        bad = bad | nw.col(name)
    rows = marked.filter(bad).collect("polars").to_native()
    if rows.height:
        listed = problems(rows.with_columns(pl.lit(None, dtype=pl.Int64).alias("__row")), found)
        listed.write_csv(parts / "problems-000000.csv", include_header=False)


def _outward(job: Job, found: Plan) -> list[nw.Expr]:
    kept = [nw.col(f"{KEPT}{name}").alias(name) for name in dict.fromkeys((*found.ids, *found.keep))]
    return [*kept, *(nw.col(name) for chosen in job.readings for name in result_names(chosen))]


def _absent(job: Job, package: str) -> InputError:
    return InputError(
        f"--engine {job.engine}",
        [Problem(package, "is not installed", f"pip install {package}, or use --engine polars")],
    )
