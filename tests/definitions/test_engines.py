"""One rule, one truth: the one-person path and every frame engine give the same answer on random people with gaps."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from typing import Any

import narwhals.stable.v2 as nw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoscope.definitions import classify, definition, definitions
from myoscope.definitions.table import result_columns
from myoscope.rules import UNABLE
from myoscope.rules.table import Columns, at_the_door
from people import ABLE, CATEGORIES, NUMBERS, complete, random_rows, row_strategy

SEED = 20261123
ROWS = 10_000


def as_columns(rows: list[dict[str, Any]], *, nan: bool = False) -> dict[str, list[Any]]:
    """Rows as columns, with a boolean companion for tests that could not be done; gaps as None or as NaN."""
    gap = math.nan if nan else None
    columns: dict[str, list[Any]] = {"row": list(range(len(rows)))}
    for name in CATEGORIES:
        columns[name] = [row[name] for row in rows]
    for name in NUMBERS:
        columns[name] = [gap if row[name] is None or row[name] is UNABLE else row[name] for row in rows]
    for name in ABLE:
        columns[f"{name}__unable"] = [row[name] is UNABLE for row in rows]
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

    frame = pyarrow(columns)
    return db.connect().from_arrow(frame)


def pyspark(columns: dict[str, list[Any]]) -> Any:
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2").config("spark.log.level", "ERROR").getOrCreate()
    )  # fmt: skip
    return session.createDataFrame(pandas_nullable(columns))


ENGINES: list[Any] = [polars_eager, polars_lazy, pandas_default, pandas_nullable, pyarrow, duckdb]
SPARK = pytest.param(
    pyspark,
    marks=[
        pytest.mark.spark,
        pytest.mark.slow,
        pytest.mark.skipif(shutil.which("java") is None, reason="no Java runtime"),
        pytest.mark.filterwarnings("ignore"),  # Spark's own start-up
    ],
)


def classified(native: Any) -> list[dict[str, Any]]:
    """The result columns of every definition, as rows in the order given."""
    frame: Any = at_the_door(native)
    seen = Columns(frame.collect_schema().names())
    results = {name: e for chosen in definitions().values() for name, e in result_columns(chosen, seen).items()}
    frame = frame.select(nw.col("row"), *(expression.alias(name) for name, expression in results.items()))
    frame = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    return sorted(frame.rows(named=True), key=lambda row: row["row"])


def one_by_one(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same by the one-person path."""
    found = []
    for number, row in enumerate(rows):
        facts = complete(row)
        result: dict[str, Any] = {"row": number}
        for name, chosen in definitions().items():
            answer = classify(chosen, facts)
            result |= {f"{name}__{part}": trace.answer for part, trace in answer.components.items()}
            result |= {name: answer.stage, f"{name}__up_to": answer.up_to}
            result[f"{name}__outside_population"] = answer.outside_population
        found.append(result)
    return found


@pytest.fixture(scope="module")
def people() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    rows = random_rows(ROWS, SEED)
    return rows, one_by_one(rows)


@pytest.mark.slow
@pytest.mark.parametrize("engine", [*ENGINES, SPARK], ids=lambda engine: engine.__name__)
@pytest.mark.parametrize("nan", [False, True], ids=["null", "nan"])
def test_every_engine_agrees_with_the_one_person_path(
    engine: Callable[[dict[str, list[Any]]], Any], nan: bool, people: tuple[list[dict[str, Any]], list[dict[str, Any]]]
) -> None:
    rows, expected = people
    if engine is pyspark and nan:
        pytest.skip("convert_dtypes has turned NaN into null before Spark sees it")
    got = classified(engine(as_columns(rows, nan=nan)))
    assert len(got) == ROWS
    wrong = [
        (number, name, want[name], have[name])
        for number, (want, have) in enumerate(zip(expected, got, strict=True))
        for name in want
        if _plain(have[name]) != want[name]
    ]
    assert not wrong, f"{len(wrong)} cells differ, first: {wrong[0]}, seed {SEED}, row {rows[wrong[0][0]]}"


def _plain(value: Any) -> Any:
    return None if value is not None and not isinstance(value, str) and value != value else value  # noqa: PLR0124  # NaN


@pytest.mark.slow
def test_the_random_people_reach_every_stage_and_gap(people: tuple[list[dict[str, Any]], list[dict[str, Any]]]) -> None:
    """The comparison above is worth something only if every stage occurs, settled and open."""
    for name, chosen in definitions().items():
        stages = {row[name] for row in people[1]}
        assert stages == {stage.id for stage in chosen.stages} | {"unknown", "not_applicable"}, name
        assert any(row[name] != row[f"{name}__up_to"] for row in people[1]), name


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.__name__)
@settings(max_examples=4)
@given(full=st.lists(row_strategy(gap=False), min_size=30, max_size=30), data=st.data())
def test_more_information_never_changes_a_definite_answer_on_any_engine(
    engine: Callable[[dict[str, list[Any]]], Any], full: list[dict[str, Any]], data: st.DataObject
) -> None:
    """The law itself, beside the agreement above (which holds Spark to it too: one Spark run takes as long as all of these)."""
    less, more = [], []
    for row in full:
        some = data.draw(st.sets(st.sampled_from(sorted(row))))
        further = some | data.draw(st.sets(st.sampled_from(sorted(row))))
        less.append({key: value if key in some else None for key, value in row.items()})
        more.append({key: value if key in further else None for key, value in row.items()})
    for before, after in zip(classified(engine(as_columns(less))), classified(engine(as_columns(more))), strict=True):
        for name, chosen in definitions().items():
            for component in chosen.components:
                answer = _plain(before[f"{name}__{component}"])
                assert answer is None or after[f"{name}__{component}"] == answer
            order = [stage.id for stage in chosen.stages]
            stage, later, reach = before[name], after[name], before[f"{name}__up_to"]
            if stage in order:
                assert later in order
                assert order.index(stage) <= order.index(later) <= order.index(reach)
            elif stage == "not_applicable":
                assert later == stage


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.__name__)
def test_a_missing_column_is_unknown_in_every_row(engine: Callable[[dict[str, list[Any]]], Any]) -> None:
    got = classified(engine({"row": [0], "sex": ["male"], "age_years": [70.0], "grip_strength_kg": [26.9]}))
    assert got[0]["ewgsop2_2019"] == "probable"
    assert got[0]["ewgsop2_2019__up_to"] == "severe"
    assert got[0]["sdoc_2020"] == "unknown"


def test_a_chosen_path_is_followed() -> None:
    chair = definition("ewgsop2_2019", {"strength": "chair_stand"})
    slow = complete({"sex": "male", "age_years": 70.0, "chair_stand_5x_s": 15.1})
    assert classify(chair, slow).stage == "probable"
    assert classify(definition("ewgsop2_2019"), slow).stage == "unknown"
