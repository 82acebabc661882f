"""`myoscope forecast`, and the forecast in an assessment: what is shown, what is withheld, what is refused."""

from __future__ import annotations

import json

import pytest
import yaml
from click.testing import CliRunner
from jsonschema_rs import Draft202012Validator
from people_of_the_model import OLD_MAN, TODAY

from myoscope.assess import assess
from myoscope.assess.result_forecast import Forecast
from myoscope.cli import main
from myoscope.record import parse_record

HUNGRY = {**OLD_MAN, "protein_g_per_kg_day": 0.6}


def foretold(weeks=52, **given):
    return assess(parse_record({**HUNGRY, **given}, "a test", today=TODAY), today=TODAY, weeks=weeks)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "record.yaml"
    path.write_text(yaml.safe_dump(HUNGRY), encoding="utf-8")
    return str(path)


def run(*words):
    return CliRunner().invoke(main, list(words))


def test_an_assessment_holds_its_forecast() -> None:
    answer = foretold()
    forecast = answer.forecast
    assert forecast.status == "answered"
    assert forecast.weeks == list(range(53))
    by_id = {one.id: one for one in forecast.scenarios}
    assert all(len(row.median) == 53 for one in forecast.scenarios for row in one.courses)
    for item in answer.plan.items:
        expected = item.expected_effect_kg
        if expected is not None:
            gain = by_id[item.id].difference_kg
            assert (expected.median, expected.low, expected.high, expected.weeks) == (
                gain.median,
                gain.low,
                gain.high,
                52,
            )
    assert {"protein_target", "resistance_training"} == set(forecast.most_worth)
    assert by_id["plan"].difference_kg.median > by_id["protein_target"].difference_kg.median > 0
    assert by_id["as_now"].difference_kg is None


def test_the_change_is_the_course() -> None:
    for one in foretold().forecast.scenarios:
        course = one.courses[0]
        assert course.median[-1] - course.median[0] == pytest.approx(one.change_kg.median, abs=2e-3)
        assert course.low_90[-1] - course.median[0] == pytest.approx(one.change_kg.low, abs=2e-3)
        assert one.change_kg.low < one.mean_change_kg.low <= one.mean_change_kg.median


def test_lines_stand_with_their_chances() -> None:
    lines = [row for row in foretold(alm_kg=21.2).forecast.scenarios[0].lines if row.definition == "ewgsop2_2019"]
    assert [row.variable for row in lines] == ["alm_height2_kg_m2"]  # 21.2 kg at 1.74 m is 7.00, on the line
    assert lines[0].now == pytest.approx(0.5, abs=0.05)
    assert lines[0].end > lines[0].now


def test_the_second_measure_of_the_person_has_its_course() -> None:
    forecast = foretold(lean_mass_kg=50.0).forecast
    assert [row.variable for row in forecast.start] == ["alm_kg", "lean_mass_kg"]
    assert [row.unit for row in forecast.scenarios[0].courses] == ["kg", "kg"]


def test_no_treatment_is_shown_where_the_plan_is_withheld() -> None:
    answer = foretold(weight_loss_percent_12_months=12, intended_weight_loss=False)
    assert answer.plan.withheld
    assert [one.id for one in answer.forecast.scenarios] == ["as_now"]
    assert answer.forecast.treatments_withheld
    assert answer.forecast.most_worth == []


def test_nothing_is_foretold_of_the_dead_and_the_refused() -> None:
    dead = foretold(deceased=True).forecast
    assert (dead.status, dead.scenarios) == ("none", [])
    child = foretold(age_years=15).forecast
    assert child.status == "outside_model"
    assert "under 18" in child.reason


def test_powder_for_the_same_protein_is_not_counted_twice() -> None:
    forecast = foretold().forecast
    whey = next(one for one in forecast.scenarios if one.id == "whey")
    assert whey.effect == "protein_target"
    assert "whey" not in forecast.most_worth


def test_what_only_the_doctor_may_change_is_not_among_what_is_worth_most() -> None:
    forecast = foretold(
        prednisone_equivalent_mg_per_day=15, medicines=["prednisone"], protein_g_per_kg_day=1.2
    ).forecast
    by_id = {one.id: one for one in forecast.scenarios}
    assert by_id["steroid_sparing"].kind == "if_your_doctor"
    assert by_id["steroid_sparing"].difference_kg.median > 0
    assert forecast.most_worth[0] == "resistance_training"
    assert not {"steroid_sparing", "steroid_stopped", "multicomponent_exercise"} & set(forecast.most_worth)


def test_json_fits_its_schema(file) -> None:
    done = run("forecast", file, "--json", "--weeks", "8")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    Draft202012Validator(Forecast.model_json_schema(mode="serialization")).validate(found)
    assert found["weeks"][-1] == 8


def test_words_and_bars(file) -> None:
    done = run("forecast", file, "--weeks", "26")
    assert done.exit_code == 0
    assert "26 WEEKS" in done.stdout
    assert "█" in done.stdout
    assert "Worth most" in done.stdout


def test_only_the_scenarios_asked_for(file) -> None:
    done = run("forecast", file, "--json", "--weeks", "8", "--scenario", "plan")
    assert [one["id"] for one in json.loads(done.stdout)["scenarios"]] == ["as_now", "plan"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--weeks", "0"], "--weeks"),
        (["--weeks", "629"], "628"),
        (["--scenario", "training"], "resistance_training"),
        (["--on", "yesterday"], "year-month-day"),
    ],
)
def test_bad_input_is_one_message(file, words, says) -> None:
    done = run("forecast", file, *words)
    assert done.exit_code == 2
    assert says in done.stderr
    assert "Traceback" not in done.output


def test_a_file_that_is_not_there(tmp_path) -> None:
    done = run("forecast", str(tmp_path / "none.yaml"))
    assert done.exit_code == 2
    assert "none.yaml" in done.stderr
