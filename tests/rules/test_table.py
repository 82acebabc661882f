"""The same trees over columns: gaps, NaN, missing columns, division by zero, and words nobody knows."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import narwhals.stable.v2 as nw
import pytest

from myoscope.rules import UNABLE, Facts, Formula, Rule, evaluate
from myoscope.rules.table import Columns, at_the_door, expression

Make = Callable[..., Rule]
CRP = {"variable": "crp_mg_l", "operator": ">", "cutoff": 10, "unit": "mg/L"}
ALBUMIN = {"variable": "albumin_g_dl", "operator": "<", "cutoff": 3.5, "unit": "g/dL"}
BMI = {"variable": "bmi_kg_m2", "operator": "<", "cutoff": 20, "unit": "kg/m2"}
TRIED = {"variable": "intended_weight_loss", "is": True}
GRIP = {
    "variable": "grip_strength_kg", "operator": "<", "unit": "kg", "unable": "slow",
    "cutoff": [{"when": {"sex": "male"}, "value": 27}, {"when": {"sex": "female"}, "value": 16}],
}  # fmt: skip
SLOW = {"variable": "chair_stand_5x_s", "operator": ">", "cutoff": 15, "unit": "s", "unable": True}


def polars(columns: dict[str, list[Any]]) -> Any:
    import polars as pl

    return pl.DataFrame(columns, strict=False)


def pandas(columns: dict[str, list[Any]]) -> Any:
    import pandas as pd

    return pd.DataFrame(columns)


def pyarrow(columns: dict[str, list[Any]]) -> Any:
    import pyarrow as pa

    return pa.table(columns)


def duckdb(columns: dict[str, list[Any]]) -> Any:
    import duckdb as db

    return db.connect().from_arrow(pyarrow(columns))


@pytest.fixture(params=[polars, pandas, pyarrow, duckdb], ids=lambda engine: engine.__name__)
def answers(request: pytest.FixtureRequest) -> Callable[..., list[bool | None]]:
    """A rule over columns on one engine -> yes, no, unknown for every row."""

    def run(rule: Rule, columns: dict[str, list[Any]], *, recalled: bool = False) -> list[bool | None]:
        rows = len(next(iter(columns.values())))
        frame: Any = at_the_door(request.param({"row": list(range(rows)), **columns}))
        seen = Columns(frame.collect_schema().names())
        frame = frame.select(nw.col("row"), expression(rule, seen, recalled_decides=recalled).alias("answer"))
        frame = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
        found = sorted(frame.rows(named=True), key=lambda row: row["row"])
        return [
            None if row["answer"] is None or row["answer"] != row["answer"] else bool(row["answer"]) for row in found
        ]

    return run


def test_null_and_nan_are_unknown_and_the_cut_off_itself_is_not_above(make: Make, answers: Any) -> None:
    rule = make({"wanted": CRP})
    assert answers(rule, {"crp_mg_l": [10.1, 10.0, 9.9, None]}) == [True, False, False, None]
    assert answers(rule, {"crp_mg_l": [11.0, math.nan]}) == [True, None]
    assert answers(rule, {"crp_mg_l": [math.nan, math.nan]}) == [None, None]


def test_whole_numbers_are_numbers(make: Make, answers: Any) -> None:
    assert answers(make({"wanted": CRP}), {"crp_mg_l": [11, 10, 9]}) == [True, False, False]


def test_a_missing_column_is_unknown_in_every_row(make: Make, answers: Any) -> None:
    assert answers(make({"wanted": CRP}), {"albumin_g_dl": [3.0, 4.0]}) == [None, None]
    assert answers(make({"wanted": {"any": [CRP, ALBUMIN]}}), {"albumin_g_dl": [3.0, 4.0]}) == [True, None]
    assert answers(make({"wanted": TRIED}), {"albumin_g_dl": [3.0]}) == [None]


def test_a_derived_value_is_made_from_its_columns_where_its_own_is_missing(make: Make, answers: Any) -> None:
    """50 kg at 160 cm is 19.5; 60 kg is 23.4; the table's own value goes first."""
    columns = {
        "weight_kg": [50.0, 60.0, 60.0, None],
        "height_cm": [160.0, 160.0, 160.0, 160.0],
        "bmi_kg_m2": [None, None, 19.0, None],
    }
    assert answers(make({"wanted": BMI}), columns) == [True, False, True, None]


def test_division_by_zero_is_unknown(make: Make, answers: Any) -> None:
    columns = {"weight_kg": [50.0, 0.0, 50.0], "height_cm": [0.0, 0.0, 160.0]}
    assert answers(make({"wanted": BMI}), columns) == [None, None, True]
    rule = make({"wanted": {"not": BMI}})
    assert answers(rule, columns) == [None, None, False]


def test_the_phase_angle_is_read_but_never_made_in_a_table(make: Make, answers: Any) -> None:
    """Not every engine has the arc tangent: without a column of its own it is unknown, the same on all."""
    rule = make({"wanted": {"variable": "phase_angle_deg", "operator": "<", "cutoff": 5, "unit": "deg"}})
    assert answers(rule, {"bia_reactance_ohm": [30.0], "bia_resistance_ohm": [500.0]}) == [None]
    assert answers(rule, {"phase_angle_deg": [4.9, 5.0, None]}) == [True, False, None]
    assert Formula("atan_deg(bia_reactance_ohm / bia_resistance_ohm)").value(
        {"bia_reactance_ohm": 30.0, "bia_resistance_ohm": 500.0}
    ) == pytest.approx(3.434, abs=1e-3)


def test_a_test_that_could_not_be_done(make: Make, answers: Any) -> None:
    rule = make({"wanted": GRIP, "slow": SLOW})
    columns = {
        "sex": ["male"] * 5,
        "grip_strength_kg": [26.9, None, None, None, None],
        "grip_strength_kg__unable": [False, True, True, True, None],
        "chair_stand_5x_s": [None, 16.0, 15.0, None, 16.0],
        "chair_stand_5x_s__unable": [False, False, False, True, False],
    }
    assert answers(rule, columns) == [True, True, False, True, None]


def test_unknown_sex_an_answer_that_is_the_same_for_both_stands(make: Make, answers: Any) -> None:
    rule = make({"wanted": GRIP | {"unable": True}})
    columns = {"sex": [None, None, None, "male", "female"], "grip_strength_kg": [15.9, 20.0, 27.0, 20.0, 20.0]}
    assert answers(rule, columns) == [True, None, False, True, False]
    del columns["sex"]
    assert answers(rule, columns) == [True, None, False, None, None]


@pytest.mark.parametrize("word", ["M", "man", "", "Male"])
def test_a_word_that_is_no_sex_is_an_unknown_sex(make: Make, answers: Any, word: str) -> None:
    """It is no third sex for which every answer holds at once."""
    rule = make({"wanted": GRIP | {"unable": True}})
    assert answers(rule, {"sex": [word] * 3, "grip_strength_kg": [15.9, 20.0, 27.0]}) == [True, None, False]
    assert answers(make({"wanted": {"variable": "sex", "is": "male"}}), {"sex": [word, "male", "female"]}) == [
        None,
        True,
        False,
    ]


def test_unknown_age(make: Make, answers: Any) -> None:
    rows = [{"when": {"age_years": {"below": 70}}, "value": 20}, {"when": {"age_years": {"from": 70}}, "value": 22}]
    rule = make({"wanted": BMI | {"cutoff": rows}})
    columns = {"age_years": [None, math.nan, None, 69.9, 70.0], "bmi_kg_m2": [19.0, 21.0, 22.0, 21.0, 21.0]}
    assert answers(rule, columns) == [True, None, False, False, True]


def test_membership_columns(make: Make, answers: Any) -> None:
    rule = make({"wanted": {"all": [{"has": {"condition": "cancer"}}, {"not": {"has": {"symptom": "fever"}}}]}})
    columns = {"condition__cancer": [True, True, False, None], "symptom__fever": [False, None, None, True]}
    assert answers(rule, columns) == [True, None, False, False]
    assert answers(rule, {"condition__cancer": [True, False]}) == [None, False]


def test_a_recalled_value_never_decides_unless_asked(make: Make, answers: Any) -> None:
    rule = make({"wanted": CRP | {"read": "recalled"}})
    assert answers(rule, {"crp_mg_l": [11.0, 9.0]}) == [None, None]
    assert answers(rule, {"crp_mg_l": [11.0, 9.0]}, recalled=True) == [True, False]


def test_on_the_cut_off_after_a_division(make: Make, answers: Any) -> None:
    """17.92 kg at 160 cm is 7 kg/m² on paper and 6.999999999999999 in floats."""
    heights = [140 + step / 2 for step in range(121)]
    columns = {"height_cm": heights, "alm_kg": [7.0 * (h / 100) ** 2 for h in heights]}
    index = {"variable": "alm_height2_kg_m2", "unit": "kg/m2", "cutoff": 7}
    assert set(answers(make({"wanted": {**index, "operator": "<"}}), columns)) == {False}
    assert set(answers(make({"wanted": {**index, "operator": "<="}}), columns)) == {True}


PARTS = {"a": CRP, "b": ALBUMIN, "c": TRIED}
VALUES: list[tuple[str, dict[bool | None, Any]]] = [
    ("crp_mg_l", {True: 11.0, False: 9.0, None: None}),
    ("albumin_g_dl", {True: 3.0, False: 4.0, None: None}),
    ("intended_weight_loss", {True: True, False: False, None: None}),
]
EVERY = list(itertools.product([True, False, None], repeat=3))


@pytest.mark.parametrize(
    "wanted",
    [{"all": ["a", "b", "c"]}, {"any": ["a", "b", "c"]}, *({"at_least": n, "of": ["a", "b", "c"]} for n in (1, 2, 3)), {"not": {"all": ["a", "c"]}}],
    ids=str,
)  # fmt: skip
def test_every_combination_of_answers_is_what_the_one_person_path_says(
    make: Make, answers: Any, wanted: dict[str, Any]
) -> None:
    rule = make({**PARTS, "wanted": wanted})
    columns = {name: [known[row[place]] for row in EVERY] for place, (name, known) in enumerate(VALUES)}
    one_by_one = [
        evaluate(
            rule,
            Facts({name: known[row[place]] for place, (name, known) in enumerate(VALUES) if row[place] is not None}),
        ).answer
        for row in EVERY
    ]
    assert answers(rule, columns) == one_by_one


def test_unable_is_nothing_a_table_of_numbers_can_hold() -> None:
    """The word stands in a companion column; this keeps the two apart."""
    assert Columns(["grip_strength_kg"]).unable("grip_strength_kg") is None
    assert Columns(["grip_strength_kg__unable"]).unable("grip_strength_kg") is not None
    assert UNABLE.value == "unable"
