"""The command: a table of arms in, predictions out."""

from __future__ import annotations

import csv

import pytest
from click.testing import CliRunner

from myoscope.cli.trials import COLUMNS, trials

HEAD = "row_id,age_mean_years,female_frac,weight_kg,height_cm,duration_days,n,rt_sessions_per_week,rt_sets_per_muscle_per_week,outcome,outcome_unit,method,condition,change"
ROW = "{id},25,0,75,178,84,20,3,9,total_lean,kg,dxa,healthy,{change}"


def run(tmp_path, text, *options):
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(trials, ["predict", str(source), str(out), *options])
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines())) if out.exists() else []
    return done, rows


def row(**columns):
    cells = {
        "row_id": "a", "age_mean_years": "25", "duration_days": "84", "outcome": "total_lean", "outcome_unit": "kg",
        "rt_sets_per_muscle_per_week": "9", "rt_sessions_per_week": "3", **columns,
    }  # fmt: skip
    return ",".join(cells) + "\n" + ",".join(str(value) for value in cells.values()) + "\n"


def test_it_answers_with_the_promised_columns(tmp_path):
    done, rows = run(tmp_path, f"{HEAD}\n{ROW.format(id='a', change='')}\n")
    assert done.exit_code == 0, done.output
    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["status"] == "predicted"
    assert float(rows[0]["lower"]) < float(rows[0]["predicted_change"]) < float(rows[0]["upper"])


def test_results_are_never_read(tmp_path):
    _, blind = run(tmp_path, f"{HEAD}\n{ROW.format(id='a', change='')}\n")
    _, told = run(tmp_path, f"{HEAD}\n{ROW.format(id='a', change='99')}\n")
    done, odd = run(tmp_path, f"{HEAD}\n{ROW.format(id='a', change='not a number')}\n")
    assert done.exit_code == 0
    assert blind == told == odd


def test_the_same_answer_twice_and_in_any_company(tmp_path):
    text = f"{HEAD}\n{ROW.format(id='a', change='')}\n"
    _, first = run(tmp_path, text)
    _, again = run(tmp_path, text + ROW.format(id="b", change="").replace(",25,", ",70,", 1) + "\n")
    assert first[0] == again[0]


def test_a_smaller_arm_and_a_higher_level_widen_the_interval(tmp_path):
    def width(rows):
        return float(rows[0]["upper"]) - float(rows[0]["lower"])

    _, many = run(tmp_path, row(n=200))
    _, few = run(tmp_path, row(n=6))
    _, sure = run(tmp_path, row(n=6), "--level", "0.99")
    assert width(many) < width(few) < width(sure)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"condition": "pregnant"}, "pregnancy"),
        ({"age_mean_years": "15"}, "under 18"),
        ({"age_mean_years": ""}, "age_mean_years is empty"),
        ({"duration_days": "9000"}, "beyond what the calibration covers"),
        ({"mobility": "spaceflight"}, "spaceflight"),
        ({"mobility": "paralysed"}, "paralysed"),
        ({"condition": "burn"}, "burn"),
        ({"other_drug": "trenbolone"}, "trenbolone"),
        ({"outcome": "liver_volume"}, "liver_volume"),
        ({"outcome_unit": "stone"}, "stone"),
        ({"outcome_unit": "cm2"}, "baseline_value"),
        ({"androgen": "testosterone_enanthate", "androgen_dose": "600", "androgen_dose_unit": "spoons"}, "spoons"),
        (
            {"androgen": "testosterone_enanthate", "androgen_dose": "3000", "androgen_dose_unit": "mg_per_week"},
            "beyond",
        ),
        ({"glucocorticoid_prednisone_mg_per_day": "60"}, "beyond"),
        ({"estimand": "contrast"}, "reference_exposure"),
        ({"weight_kg": "-3"}, "above 0"),
    ],
)
def test_what_it_does_not_know_is_refused_with_the_reason(tmp_path, columns, said):
    done, rows = run(tmp_path, row(**columns))
    assert done.exit_code == 0, done.output
    assert rows[0]["status"] == "outside_model"
    assert said in rows[0]["reason"]
    assert rows[0]["predicted_change"] == rows[0]["lower"] == rows[0]["upper"] == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column"),
        ("row_id,outcome\na,total_lean\n", "no column"),
        (row(weight_kg="heavy"), "column weight_kg"),
        (row(row_id=""), "row_id is empty"),
        (row() + row().splitlines()[1] + "\n", "twice"),
        (row().splitlines()[0] + "\n", "no rows"),
        (row(n="5").splitlines()[0] + "\n" + row(n="5").splitlines()[1] + ",7,8\n", "more cells"),
    ],
)
def test_a_messy_table_is_told_in_one_message(tmp_path, text, said):
    done, rows = run(tmp_path, text)
    assert done.exit_code == 2
    assert said in done.output
    assert not rows
    assert len(done.output.strip().splitlines()) == 1


def test_a_reference_exposure_that_is_no_json_is_told(tmp_path):
    done, _ = run(tmp_path, row(estimand="contrast", reference_exposure="nothing"))
    assert done.exit_code == 2
    assert "reference_exposure" in done.output


def test_the_table_itself_is_never_overwritten(tmp_path):
    source = tmp_path / "in.csv"
    source.write_text(row(), encoding="utf-8")
    done = CliRunner().invoke(trials, ["predict", str(source), str(source)])
    assert done.exit_code == 2
    assert source.read_text(encoding="utf-8") == row()
