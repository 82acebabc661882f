"""The forecast, the kilograms and the real change in words and pictures, for people as they come."""

from __future__ import annotations

import datetime as dt
from functools import cache

import pytest

from myoscope.assess import assess
from myoscope.assess.part import Interval
from myoscope.record import parse_record
from myoscope.report import deficit_figures, forecast_figures, page

TODAY = dt.date(2026, 11, 23)
WOMAN = {
    "sex": "female",
    "age_years": 80,
    "height_cm": 158,
    "weight_kg": 55,
    "alm_kg": 12.5,
    "alm_method": "dxa_hologic",
    "protein_g_per_kg_day": 0.6,
    "resistance_sessions_per_week": 0,
}


@cache
def answered(**given):
    told = {name: value for name, value in {**WOMAN, **dict(given)}.items() if value is not None}
    return assess(parse_record(told, "a test", today=TODAY), today=TODAY)


def listed(**given):
    return assess(parse_record({**WOMAN, **given}, "a test", today=TODAY), today=TODAY)


def test_plain_words_come_first_and_say_what_the_answer_says():
    found = answered()
    told = forecast_figures.told(found.forecast)
    now = found.forecast.scenarios[0]
    plan = next(one for one in found.forecast.scenarios if one.kind == "plan")
    assert f"changes by {forecast_figures.signed(now.change_kg.median)} kg in 52 weeks" in told.lead[1]
    assert f"{forecast_figures.signed(plan.difference_kg.median)} kg against going on as now" in told.lead[2]
    assert told.main.svg.count("<desc>") == 1
    assert told.effects is not None
    assert len(told.single) == len(forecast_figures.changing(found.forecast))


def test_the_two_changes_worth_most_are_named_and_marked():
    found = answered()
    told = forecast_figures.told(found.forecast)
    titles = [one.title for one in found.forecast.scenarios if one.id in found.forecast.most_worth]
    assert len(titles) == 2
    assert all(title in told.worth and f"{title} ★" in told.effects.svg for title in titles)


def test_a_change_that_rounds_to_nothing_is_not_called_worth_most():
    found = answered().forecast
    small = [
        one.model_copy(update={"difference_kg": Interval(median=0.01, low=0.0, high=0.02)})
        if one.difference_kg
        else one
        for one in found.scenarios
    ]
    assert forecast_figures.told(found.model_copy(update={"scenarios": small})).worth == ""


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"age_years": 16}, "under 18"),
        ({"weight_kg": 20}, "weight_kg"),
        ({"weight_kg": None, "alm_kg": None}, "not known: body weight"),
    ],
)
def test_who_is_outside_the_model_reads_why_and_sees_no_empty_picture(given, words):
    found = answered(**given)
    told = forecast_figures.told(found.forecast)
    assert told.main is None
    assert told.refused.startswith("The muscle model has no answer for you")
    assert words in told.refused.lower() + told.refused
    html = page.render(found)
    assert told.refused.split(":")[0] in html
    assert "What becomes of your limb muscle" not in html


def test_where_treatments_are_withheld_the_page_says_so_and_shows_life_as_now_only():
    found = listed(weight_6_months_ago_kg=64, intended_weight_loss="no")
    told = forecast_figures.told(found.forecast)
    assert told.withheld
    assert told.effects is None
    assert told.single == ()
    assert "As now" in told.main.svg


def test_an_estimate_has_no_error_band_and_says_that_it_is_one():
    told = forecast_figures.told(answered(alm_kg=None, alm_method=None).forecast)
    assert 'class="error"' not in told.main.svg
    assert "estimate" in told.lead[-1]
    assert 'class="error"' in forecast_figures.told(answered().forecast).main.svg


def test_lines_stand_at_their_kilograms():
    """5.5 kg/m² at 158 cm is 5.5 x 1.58² = 13.73 kg."""
    row = next(row for row in answered().forecast.scenarios[0].lines if row.definition == "ewgsop2_2019")
    assert row.kg == pytest.approx(13.73, abs=0.005)


def test_signs_are_typeset_and_nothing_is_never_minus_nothing():
    assert [forecast_figures.signed(value) for value in (0.26, -0.04, 0.04, -1.0)] == ["+0.3", "0.0", "0.0", "−1.0"]


def test_the_error_on_studies_not_seen_stands_on_the_page():
    told = forecast_figures.told(answered().forecast)
    assert any("it had not seen it was off by" in text for text in told.tested)
    assert told.tested[0].split(". ")[0] in page.render(answered())


def test_a_record_that_says_nothing_has_none_of_the_three(empty_assessment):
    assert forecast_figures.told(empty_assessment.forecast) is None
    assert deficit_figures.explained(empty_assessment.deficit) is None
    assert deficit_figures.repeated(empty_assessment.changes) == []


def test_the_kilograms_begin_at_youth_and_end_at_the_person():
    found = answered()
    told = deficit_figures.explained(found.deficit)
    svg = told.figure.svg
    assert f"Such people at {found.deficit.young_years:g} years" in svg
    for share in found.deficit.shares:
        assert share.text[1:] in svg
    assert svg.index("Such people") < svg.index(">Ageing<") < svg.index(">Not explained<") < svg.index(">You<")
    assert told.text in page.render(found)


def test_without_limb_muscle_the_kilograms_say_why():
    told = deficit_figures.explained(answered(weight_kg=None, alm_kg=None, alm_method=None).deficit)
    assert told.figure is None
    assert told.refused.endswith(".")


def test_repeated_measures_carry_their_verdict_in_words():
    days = {"2025-10-01": 14.8, "2026-11-01": 12.5}
    told = [{"date": day, "alm_kg": value, "alm_method": "dxa_hologic"} for day, value in days.items()]
    record = {name: value for name, value in WOMAN.items() if not name.startswith("alm")}
    found = assess(parse_record({**record, "observations": told}, "a test", today=TODAY), today=TODAY)
    (one,) = [row for row in deficit_figures.repeated(found.changes) if "lean" in row.name]
    assert one.verdict == deficit_figures.VERDICTS[one.answer] == "Real change"
    assert one.figure.svg.count('class="interval"') == 2
    html = page.render(found)
    assert "Did it really change?" in html
    assert one.figure.sentence in html


def test_where_losing_weight_costs_muscle_the_page_says_why_the_whole_brings_less_than_its_best_part():
    heavy = {
        "height_cm": 160,
        "weight_kg": 98,
        "body_fat_percent": 47,
        "alm_kg": 16.5,
        "age_years": 68,
        "grip_strength_kg": 15,
    }
    known = {"protein_g_per_kg_day": 0.8, "complete": ["conditions", "medicines", "symptoms"]}
    assert "takes some muscle along" in " ".join(forecast_figures.told(listed(**heavy, **known).forecast).lead)
    assert "takes some muscle along" not in " ".join(forecast_figures.told(answered().forecast).lead)
