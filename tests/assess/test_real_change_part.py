"""Dated values of one record: which belong together, and what is said of their change."""

from __future__ import annotations

import datetime as dt

import pytest

from myoscope.assess.part import Interval
from myoscope.assess.real_change_part import changes, expected_trends, series_of
from myoscope.assess.result_forecast import Course, Forecast, ScenarioForecast
from myoscope.model.measurement import error_of
from myoscope.model.real_change import Trend, smallest_detectable_change
from myoscope.quantities import quantity
from myoscope.record import parse_record

TODAY = dt.date(2026, 11, 23)


def record(*observations, **given):
    return parse_record({"sex": "female", "age_years": 74, "observations": list(observations), **given}, today=TODAY)


def only(*observations, expected=None, **given):
    found = changes(record(*observations, **given), TODAY, expected)
    assert len(found) == 1
    return found[0]


def grip(first, last, **more):
    return only(
        {"date": "2026-01-05", "grip_strength_kg": first}, {"date": "2026-07-06", "grip_strength_kg": last, **more}
    )


@pytest.mark.parametrize(("lost", "answer"), [(7.05, "measure_again"), (7.15, "real_change")])
def test_grip_just_inside_and_just_beyond_its_printed_change(lost, answer):
    # Beauchamp 2021: 7.1 kg between two tests of people of 50 and over is chance
    found = grip(30, 30 - lost)
    assert found.answer == answer
    assert found.smallest_change == pytest.approx(7.1)
    assert found.direction == "worse"
    assert found.error_source.source == "beauchamp_2021"


def test_a_difference_that_people_notice_is_told_apart_from_a_real_one():
    found = grip(30, 24.5)
    assert found.answer != "real_change"
    assert [(one.value, one.reached) for one in found.important] == [(5.0, True), (6.5, False)]


def test_nothing_moved_is_within_error():
    found = grip(25, 25)
    assert (found.answer, found.direction, found.again_weeks) == ("within_error", None, None)
    assert found.probability == pytest.approx(0.5)


def test_half_of_what_can_be_seen_in_half_a_year_needs_half_a_year_more():
    found = grip(30, 30 - 3.55)
    assert found.answer == "measure_again"
    assert found.again_weeks == pytest.approx(26, abs=1)


def test_what_the_model_expects_says_when_to_measure_and_makes_nothing_real():
    pair = ({"date": "2026-01-05", "alm_kg": 18.0}, {"date": "2026-07-06", "alm_kg": 17.5})
    plain = only(*pair, alm_method="dxa_hologic")
    falling = only(*pair, alm_method="dxa_hologic", expected={"alm_kg": Trend(-0.2, 0.01)})
    assert falling.answer == plain.answer == "measure_again"
    assert falling.again_weeks < plain.again_weeks
    assert falling.change == plain.change


def scans(*methods):
    return [
        {"date": f"2026-0{month}-05", "alm_kg": 18.0 - month / 10, **({"alm_method": method} if method else {})}
        for month, method in enumerate(methods, start=1)
    ]


def test_another_device_starts_a_new_series():
    found = series_of(record(*scans("dxa_lunar", "dxa_lunar", "dxa_hologic", "dxa_hologic")), "alm_kg", TODAY)
    assert [(one.method, len(one.points)) for one in found] == [("dxa_lunar", 2), ("dxa_hologic", 2)]
    assert any("device changed" in text for text in found[1].cautions)


def test_one_value_by_a_new_device_is_not_compared_with_the_old():
    found = changes(record(*scans("dxa_lunar", "dxa_lunar", "bia")), TODAY)
    assert [one.answer for one in found][1] == "unknown"
    assert "one day only" in found[1].text


def test_a_note_may_name_the_device():
    first = {"date": "2026-01-05", "grip_strength_kg": {"value": 30, "note": "device: Jamar"}}
    second = {"date": "2026-07-05", "grip_strength_kg": {"value": 20, "note": "Device: Smedley"}}
    found = changes(record(first, second), TODAY)
    assert [one.answer for one in found] == ["unknown", "unknown"]
    plain = {"date": "2026-07-05", "grip_strength_kg": {"value": 20, "note": "tired: slept badly"}}
    assert only({"date": "2026-01-05", "grip_strength_kg": 30}, plain).answer == "real_change"


def test_a_device_that_is_not_told_is_never_taken_for_the_same_in_silence():
    found = only(*scans("dxa_lunar", None))
    assert any("not told" in text for text in found.cautions)


def test_a_value_without_a_date_is_left_out_and_said():
    found = only(
        {"date": "2026-01-05", "grip_strength_kg": 30},
        {"date": "2026-07-05", "grip_strength_kg": 29},
        grip_strength_kg=10,
    )
    assert len(found.values) == 2
    assert any("without a date" in text for text in found.cautions)


def test_later_values_are_left_aside():
    pair = record({"date": "2026-01-05", "grip_strength_kg": 30}, {"date": "2026-07-05", "grip_strength_kg": 20})
    assert changes(pair, dt.date(2026, 3, 1)) == []


def test_a_test_that_could_not_be_done_is_no_value():
    pair = ({"date": "2026-01-05", "chair_stand_5x_s": 15}, {"date": "2026-07-05", "chair_stand_5x_s": "unable"})
    assert changes(record(*pair), TODAY) == []


def test_mass_worked_out_from_the_body_has_no_error_to_follow_it_by():
    found = only(*scans("anthropometric", "anthropometric"))
    assert (found.answer, found.change, found.probability) == ("unknown", None, None)
    assert "not known" in found.text


def test_limb_muscle_by_bioimpedance_takes_the_error_of_skeletal_muscle_by_bioimpedance():
    error = error_of("alm_kg", "bia")
    assert error.citation.source == "sipers_bia"
    # 3.5 % of 20 kg
    assert error.at(20.0) == pytest.approx(0.7)
    # Gorgey 2018: 1.24 kg is what two DXA scans of one day differ by
    assert smallest_detectable_change(error_of("alm_kg", "dxa_lunar").at(20.0)) == pytest.approx(1.24)


def test_every_followed_measure_is_a_quantity_with_a_known_error_or_says_that_there_is_none():
    from myoscope.assess.real_change_part import policy

    without = {name for name in policy()["followed"] if error_of(name, None) is None}
    assert all(quantity(name) for name in policy()["followed"])
    assert without == set()


def forecast_of(weeks, median, low, high):
    course = Course(
        variable="alm_kg",
        name="limb muscle",
        unit="kg",
        median=median,
        low_50=low,
        high_50=high,
        low_90=low,
        high_90=high,
        mean_low_90=low,
        mean_high_90=high,
    )
    level = Interval(median=0, low=0, high=0)
    as_now = ScenarioForecast(
        id="as_now",
        title="as now",
        kind="as_now",
        says="",
        courses=[course],
        change_kg=level,
        mean_change_kg=level,
        change_percent=0,
        water_kg=0,
    )
    return Forecast(status="answered", weeks=weeks, scenarios=[as_now])


def test_the_trend_to_be_expected_is_that_of_the_forecast_over_half_a_year():
    found = expected_trends(forecast_of([0, 13, 26, 52], [18, 17.6, 17.2, 17], [18, 17, 16.4, 16], [18, 18, 18, 18]))
    # 0.8 kg in 26 weeks; 90 % between 16.4 and 18.0 is 1.645 standard deviations either way
    assert found["alm_kg"].mean == pytest.approx(-0.8 / 26)
    assert found["alm_kg"].sd == pytest.approx(0.8 / 1.645 / 26, rel=1e-3)


def test_without_a_forecast_nothing_is_expected():
    assert expected_trends(None) == {}
    assert expected_trends(Forecast(status="outside_model", reason="pregnancy")) == {}
