"""The command: a table of arms in, predictions out."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner

from myoscope.cli.trials import COLUMNS, trials
from myoscope.model.arms import NUMBERS, TEXTS

ROOT = Path(__file__).resolve().parents[2]
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
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([cells, cells.values()])
    return text.getvalue()


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
    done, rows = run(tmp_path, row(estimand="contrast", reference_exposure="nothing"))
    assert done.exit_code == 0  # one row that cannot be read keeps nobody from the others
    assert rows[0]["status"] == "outside_model"
    assert "reference_exposure" in rows[0]["reason"]


def predicted(tmp_path, **columns):
    """The one answer; what is refused fails."""
    done, rows = run(tmp_path, row(**columns))
    assert done.exit_code == 0, done.output
    assert rows[0]["status"] == "predicted", rows[0]["reason"]
    return float(rows[0]["predicted_change"])


def test_a_comparator_may_differ_in_what_is_no_exposure(tmp_path):
    told = '{"rt_sessions_per_week": 0, "domain": "control", "notes": "usual care"}'
    assert predicted(tmp_path, estimand="contrast", reference_exposure=told, rt_sets_per_muscle_per_week=9) > 0.3


def test_without_sessions_there_are_no_sets(tmp_path):
    idle = {"rt_sessions_per_week": 0}
    assert predicted(tmp_path, **idle, rt_sets_per_muscle_per_week=9) == predicted(tmp_path, **idle)


def test_a_cast_that_is_off_gives_nothing_back_to_the_other_leg(tmp_path):
    leg = {"recovery_from": "limb_immobilised", "outcome": "leg_lean", "outcome_unit": "pct", "rt_sessions_per_week": 0}
    assert predicted(tmp_path, **leg, limb="exposed_leg") > predicted(tmp_path, **leg, limb="other_leg") + 1


@pytest.mark.parametrize("kind", ["bed_rest", "spaceflight", "surgery", "illness"])
def test_a_recovery_whose_earlier_time_is_not_told_has_the_usual_one(tmp_path, kind):
    condition = "critical_illness" if kind == "illness" else "healthy"
    assert predicted(tmp_path, recovery_from=kind, condition=condition, rt_sessions_per_week=0) > 0


def test_who_takes_a_glp1_medicine_loses_by_it_whether_or_not_the_method_is_told(tmp_path):
    drug = {
        "glp1": "Semaglutide",
        "glp1_dose_mg": 2.4,
        "weight_kg": 105,
        "duration_days": 476,
        "rt_sessions_per_week": 0,
    }
    assert predicted(tmp_path, **drug) == predicted(tmp_path, **drug, weight_loss_method="glp1") < -2


@pytest.mark.parametrize("method", ["exercise", "semistarvation", "unintended", "diet"])
def test_a_lean_share_needs_only_a_way_of_losing(tmp_path, method):
    asked = {"estimand": "lean_fraction", "outcome_unit": "kg_per_kg_lost", "rt_sessions_per_week": 0}
    assert -0.9 < predicted(tmp_path, **asked, weight_loss_method=method, weight_change_kg=-1) < 0


def test_a_year_with_cancer_is_no_year_of_wasting(tmp_path):
    year, half = (predicted(tmp_path, condition="cancer", outcome_unit="pct", duration_days=days, rt_sessions_per_week=0)
                  for days in (365, 183))  # fmt: skip
    assert half - 1 < year < half


def test_a_drug_that_a_column_carries_or_that_does_nothing_is_no_reason_to_refuse(tmp_path):
    predicted(tmp_path, other_drug="placebo")
    predicted(tmp_path, other_drug="enzalutamide", androgen_deprivation=1, female_frac=0)
    predicted(tmp_path, arm="postmenopausal, not pregnant", other_drug="None")


def test_the_document_names_every_column_and_the_example_runs(tmp_path):
    text = (ROOT / "docs" / "trials.md").read_text("utf-8")
    assert [name for name in (*NUMBERS, *TEXTS) if f"`{name}`" not in text] == []
    out = tmp_path / "out.csv"
    done = CliRunner().invoke(trials, ["predict", str(ROOT / "examples" / "arms.csv"), str(out)])
    assert done.exit_code == 0
    assert "5 arms predicted, 0 outside" in done.output


def test_a_misspelt_column_stops_the_table(tmp_path):
    done, _ = run(tmp_path, row().replace("rt_sessions_per_week", "rt_session_per_week"))
    assert done.exit_code == 2
    assert "did you mean 'rt_sessions_per_week'" in done.output


def test_the_table_itself_is_never_overwritten(tmp_path):
    source = tmp_path / "in.csv"
    source.write_text(row(), encoding="utf-8")
    done = CliRunner().invoke(trials, ["predict", str(source), str(source)])
    assert done.exit_code == 2
    assert source.read_text(encoding="utf-8") == row()
