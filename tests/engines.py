"""The same rows as a frame of every engine, and one definition after the other on each of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from myoscope.cohort.door import with_derived
from myoscope.cohort.needs import variables
from myoscope.definitions import Definition, classify
from myoscope.definitions.table import with_results
from myoscope.quantities import quantities
from myoscope.rules import UNABLE
from myoscope.rules.table import UNABLE_SUFFIX, at_the_door
from people import ABLE, Row, complete


def as_columns(rows: Sequence[Row], names: Iterable[str], *, nan: bool = False) -> dict[str, list[Any]]:
    """Rows as columns, with a boolean companion for tests that could not be done; gaps as None, or as NaN in numbers."""
    columns: dict[str, list[Any]] = {"row": list(range(len(rows)))}
    for name in names:
        number = name in quantities() and quantities()[name].kind == "number"
        gap = math.nan if nan and number else None
        columns[name] = [gap if row[name] is None or row[name] is UNABLE else row[name] for row in rows]
        if name in ABLE:
            columns[f"{name}{UNABLE_SUFFIX}"] = [row[name] is UNABLE for row in rows]
    return columns


def polars_eager(columns: dict[str, list[Any]]) -> Any:
    import polars as pl

    return pl.DataFrame(columns, strict=False)


def polars_lazy(columns: dict[str, list[Any]]) -> Any:
    return polars_eager(columns).lazy()


def pandas_default(columns: dict[str, list[Any]]) -> Any:
    """Default columns: the kind that loses 'unknown' when nobody looks."""
    import pandas as pd

    return pd.DataFrame(columns)


def pandas_nullable(columns: dict[str, list[Any]]) -> Any:
    return pandas_default(columns).convert_dtypes()


def pyarrow(columns: dict[str, list[Any]]) -> Any:
    import pyarrow as pa

    return pa.table(columns)


def duckdb(columns: dict[str, list[Any]]) -> Any:
    import duckdb as db

    return db.connect().from_arrow(pyarrow(columns))


def pyspark(columns: dict[str, list[Any]]) -> Any:
    """Interpreted, not compiled: compiling a plan takes far longer than a few thousand rows."""
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.log.level", "ERROR")
        .config("spark.sql.codegen.wholeStage", "false").config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .config("spark.python.sql.dataFrameDebugging.enabled", "false").getOrCreate()
    )  # fmt: skip
    return session.createDataFrame(pyarrow(columns))


ENGINES: list[Any] = [polars_eager, polars_lazy, pandas_default, pandas_nullable, pyarrow, duckdb]


def classified(native: Any, readings: Sequence[Definition]) -> dict[str, list[Any]]:
    """The result columns of these readings (no two of one definition), in the order of the rows."""
    frame: Any = at_the_door(native)
    frame, columns = with_derived(frame, variables(readings))
    frame = with_results(frame, readings, columns, ["row"])
    frame = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    found = frame.sort("row").to_dict(as_series=False)
    return {name: [_plain(value) for value in values] for name, values in found.items() if name != "row"}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool)):
        return value
    return None if value != value else bool(value)  # noqa: PLR0124  # NaN


def one_by_one(rows: Sequence[Row], readings: Sequence[Definition]) -> dict[str, list[Any]]:
    """The same by the one-person path."""
    found: dict[str, list[Any]] = {}

    def add(name: str, value: Any) -> None:
        found.setdefault(name, []).append(value)

    for facts in map(complete, rows):
        for chosen in readings:
            answer = classify(chosen, facts)
            add(chosen.id, answer.stage)
            add(f"{chosen.id}__up_to", answer.up_to)
            add(f"{chosen.id}__outside_population", answer.outside_population)
            for part, trace in answer.components.items():
                add(f"{chosen.id}__{part}", trace.answer)
    return found
