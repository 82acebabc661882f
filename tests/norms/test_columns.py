"""One table, one truth: a person's z and the column of z are the same on every frame engine, with gaps and odd values."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import narwhals.stable.v2 as nw
import pytest

from myoscope.norms import norms, position
from myoscope.norms.columns import z_column
from myoscope.rules.table import Columns, at_the_door

pytestmark = pytest.mark.slow

SEED = 20261123
ROWS = 400
WITH_Z = [name for name, norm in norms().items() if norm.kind != "percentiles"]


def rows_of(name: str) -> list[dict[str, Any]]:
    """Random people around the table's median and far from it, with gaps, birthdays and ages beyond both ends."""
    chance = random.Random(f"{SEED} {name}")  # noqa: S311  # no secret
    norm = norms()[name]
    found: list[dict[str, Any]] = []
    for number in range(ROWS):
        sex = chance.choice(["female", "male"])
        age = chance.choice([chance.uniform(10, 105), float(chance.randint(17, 100)), 59.999, 60.0])
        inside = min(max(age, norm.ages.low or 18), norm.ages.high or 105)
        here = position(norm, 1.0, sex=sex, age_years=inside, height_cm=170)
        assert here is not None
        assert here.median is not None
        value = here.median * chance.choice([chance.uniform(0.3, 2.2), 1.0, chance.uniform(0.9, 1.1)])
        found.append({
            "row": number,
            "sex": chance.choices([sex, None, "other"], [20, 1, 1])[0],
            "age_years": chance.choices([age, None], [20, 1])[0],
            "height_cm": chance.choices([chance.uniform(140, 205), None], [20, 1])[0],
            norm.quantity: chance.choices([value, None, 0.0, -1.0], [40, 1, 1, 1])[0],
        })  # fmt: skip
    return found


def one_by_one(name: str, rows: list[dict[str, Any]]) -> list[float | None]:
    norm = norms()[name]
    found = []
    for row in rows:
        value, sex, age = row[norm.quantity], row["sex"], row["age_years"]
        place = None
        if None not in (value, age) and sex in {"female", "male"} and (value > 0 or norm.kind == "mean_cv"):
            place = position(norm, value, sex=sex, age_years=age, height_cm=row["height_cm"])
        found.append(place.z if place and value > 0 else None)
    return found


def polars_eager(columns: dict[str, list[Any]]) -> Any:
    import polars as pl

    return pl.DataFrame(columns, strict=False)


def polars_lazy(columns: dict[str, list[Any]]) -> Any:
    return polars_eager(columns).lazy()


def pandas(columns: dict[str, list[Any]]) -> Any:
    import pandas as pd

    return pd.DataFrame(columns)


def pyarrow(columns: dict[str, list[Any]]) -> Any:
    import pyarrow as pa

    return pa.table(columns)


def duckdb(columns: dict[str, list[Any]]) -> Any:
    import duckdb as db

    return db.connect().from_arrow(pyarrow(columns))


@pytest.mark.parametrize("engine", [polars_eager, polars_lazy, pandas, pyarrow, duckdb], ids=lambda one: one.__name__)
@pytest.mark.parametrize("name", WITH_Z)
def test_the_column_says_what_the_person_is_told(name: str, engine: Callable[[dict[str, list[Any]]], Any]) -> None:
    rows = rows_of(name)
    frame: Any = at_the_door(engine({key: [row[key] for row in rows] for key in rows[0]}))
    columns = Columns(frame.collect_schema().names())
    frame = frame.select(nw.col("row"), z_column(norms()[name], columns).alias("z"))
    frame = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    answers = sorted(frame.rows(named=True), key=lambda row: row["row"])
    wanted = one_by_one(name, rows)
    assert sum(one is not None for one in wanted) > 40
    for row, answer, one in zip(rows, answers, wanted, strict=True):
        if one is None:
            assert answer["z"] is None, row
        else:
            assert answer["z"] is not None, row
            assert math.isclose(answer["z"], one, rel_tol=1e-9, abs_tol=1e-8), row


def test_a_table_of_centiles_has_no_z() -> None:
    with pytest.raises(ValueError, match="gives no z"):
        z_column(norms()["grip_dodds_2014"], Columns(["sex", "age_years", "grip_strength_kg"]))


def test_without_its_columns_every_z_is_unknown() -> None:
    frame: Any = at_the_door(polars_eager({"sex": ["male"], "age_years": [40.0]}))
    z = frame.select(z_column(norms()["nhanes_alm_height"], Columns(frame.columns)).alias("z"))
    assert z["z"].to_list() == [None]
