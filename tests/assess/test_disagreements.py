from __future__ import annotations

import datetime as dt

import pytest

from myoscope.assess import assess
from myoscope.assess.disagreements import root
from myoscope.assess.result import Disagreement
from myoscope.assess.words import short_title
from myoscope.record import parse_record

TODAY = dt.date(2026, 11, 23)


def told(**given: object) -> dict[str, Disagreement]:
    body = {"sex": "male", "age_years": 70, "ancestry": "european"} | given
    return {one.variable: one for one in assess(parse_record(body, "a test", today=TODAY), today=TODAY).disagreements}


def sides(one: Disagreement) -> tuple[set[str], set[str]]:
    return tuple({line.definition for line in one.lines if line.low is side} for side in (True, False))  # type: ignore[return-value]


def test_a_grip_between_two_lines() -> None:
    one = told(grip_strength_kg=30)["grip_strength_kg"]
    low, fine = sides(one)
    assert "sdoc_2020" in low  # 30 < 35.5
    assert "ewgsop2_2019" in fine  # 30 is not < 27
    # the nearest lines: EWGSOP 2010 (< 30) says no, SDOC (< 35.5) yes
    assert one.between == (30.0, 35.5)
    assert one.text.startswith("grip strength of 30.0 kg is below 35.5 kg (SDOC 2020), but not below ")
    assert one.text.endswith(": between 30 and 35.5")


def test_where_all_agree_nothing_is_told() -> None:
    assert told(grip_strength_kg=50) == {}
    assert told(grip_strength_kg=10) == {}


def test_on_the_line_itself_the_operator_decides() -> None:
    """0.8 m/s is "at or below 0.8" (EWGSOP2) and not "below 0.8" (SDOC)."""
    low, fine = sides(told(gait_speed_m_s=0.8)["gait_speed_m_s"])
    assert "ewgsop2_2019" in low
    assert "sdoc_2020" in fine
    assert told(gait_speed_m_s=0.8)["gait_speed_m_s"].text.endswith("on the line of 0.8 itself")


def test_one_muscle_mass_by_different_body_sizes_is_one_disagreement() -> None:
    """19.7 / 1.73² = 6.58 is below 7.0 (EWGSOP2); 19.7 / 20.88 = 0.943 is not below 0.789 (FNIH)."""
    one = told(alm_kg=19.7, alm_method="dxa_hologic", height_cm=173, weight_kg=62.5)["alm_kg"]
    low, fine = sides(one)
    assert "ewgsop2_2019" in low
    assert "fnih_2014" in fine
    assert one.between is None


def test_a_line_for_heavy_people_says_nothing_of_a_light_one() -> None:
    """Fried: 31 kg is low only above a BMI of 28 (at most 32 kg); at 22 his line is 29 kg."""
    light = told(grip_strength_kg=31, height_cm=180, weight_kg=71)["grip_strength_kg"]
    heavy = told(grip_strength_kg=31, height_cm=180, weight_kg=100)["grip_strength_kg"]
    assert "fried_2001" in sides(light)[1]
    assert "fried_2001" in sides(heavy)[0]
    assert {line.cutoff for line in heavy.lines if line.definition == "fried_2001"} == {32.0}


def test_a_score_of_a_screen_is_no_verdict() -> None:
    assert told(calf_circumference_cm=33.5, sarc_f_score=2) == {}


def test_a_value_too_old_to_decide_is_not_told() -> None:
    old = [{"date": "2010-01-01", "grip_strength_kg": 30}, {"date": "2026-11-01", "weight_kg": 70}]
    assert told(observations=old) == {}


@pytest.mark.parametrize(
    ("variable", "measured"),
    [
        ("alm_height2_kg_m2", "alm_kg"),
        ("alm_bmi_m2", "alm_kg"),
        ("grip_strength_kg", "grip_strength_kg"),
        ("bmi_kg_m2", "bmi_kg_m2"),
        ("weight_loss_12_months_kg", "weight_12_months_ago_kg"),
    ],
)
def test_what_was_measured_behind_a_quantity(variable: str, measured: str) -> None:
    assert root(variable) == measured


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("SDOC (2020)", "SDOC 2020"),
        ("Frailty phenotype (Fried 2001)", "Fried 2001"),
        ("AWGS 2019", "AWGS 2019"),
        ("SCWD (2011), sarcopenia with limited mobility", "SCWD 2011"),
    ],
)
def test_a_title_for_a_row_of_titles(title: str, short: str) -> None:
    assert short_title(title) == short
