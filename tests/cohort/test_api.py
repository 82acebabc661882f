"""The same answers for a frame of any engine, and the guards of the files hold there too."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
import pytest

from cohort.tables import people
from myoscope.cohort.api import classify_table
from myoscope.cohort.columns import Wishes
from myoscope.record import InputError

pytestmark = pytest.mark.slow

SOME = ["ewgsop2_2019", "awgs_2019", "fnih_2014"]


def lazy(frame: pl.DataFrame) -> Any:
    return frame.lazy()


def pandas(frame: pl.DataFrame) -> Any:
    return frame.to_pandas()


def pyarrow(frame: pl.DataFrame) -> Any:
    return frame.to_arrow()


def duckdb(frame: pl.DataFrame) -> Any:
    import duckdb as db

    return db.connect().from_arrow(frame.to_arrow())


def rows(native: Any) -> list[dict[str, Any]]:
    frame: Any = nw.from_native(native)
    frame = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    return sorted(frame.rows(named=True), key=lambda row: row["id"])


@pytest.mark.parametrize("engine", [lazy, pandas, pyarrow, duckdb], ids=lambda engine: engine.__name__)
def test_every_engine_answers_the_same(engine: Any) -> None:
    frame = people(400)
    assert rows(classify_table(engine(frame), SOME)) == rows(classify_table(frame, SOME))


def test_a_value_outside_the_guard_range_counts_as_missing() -> None:
    frame = pl.DataFrame({
        "id": [1, 2], "sex": ["male"] * 2, "age_years": [70.0] * 2, "alm_kg": [20.0] * 2, "height_cm": [170.0, 1.70],
        "grip_strength_kg": [20.0] * 2,
    })  # fmt: skip
    got = classify_table(frame, ["ewgsop2_2019"], wishes=Wishes(vouched=("height_cm",)))
    assert got["ewgsop2_2019__low_mass"].to_list() == [True, None]  # 20 / 1.7² = 6.92 < 7.0; 1.70 cm is nobody
    assert got["ewgsop2_2019"].to_list() == ["confirmed", "probable"]


def test_wishes_and_paths_are_followed() -> None:
    frame = pl.DataFrame({"who": [1], "sex": ["male"], "griff": [20.0], "age_years": [70], "chair_stand_5x_s": [10.0]})
    wishes = Wishes(columns={"grip_strength_kg": "griff"}, ids=("who",), keep=("griff",))
    got = classify_table(frame, ["ewgsop2_2019"], wishes=wishes)
    assert got.row(0, named=True).items() >= {"who": 1, "griff": 20.0, "ewgsop2_2019": "probable"}.items()
    chair = classify_table(frame, ["ewgsop2_2019"], wishes=wishes, paths={"ewgsop2_2019": {"strength": "chair_stand"}})
    assert chair["ewgsop2_2019"].to_list() == ["none"]


def test_the_input_is_left_alone_and_mistakes_are_named() -> None:
    frame = people(10)
    before = frame.clone()
    classify_table(frame)
    assert frame.equals(before)
    with pytest.raises(InputError, match="did you mean 'ewgsop2_2019'"):
        classify_table(frame, ["ewgsop2_219"])
