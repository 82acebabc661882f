"""What only several values together show."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from myoscope.record import InputError, parse_record

TODAY = dt.date(2026, 11, 20)


def problem(**given: Any) -> str | None:
    try:
        parse_record(given, today=TODAY)
    except InputError as error:
        return str(error)
    return None


def test_a_weight_in_pounds_shows_in_the_body_mass_index() -> None:
    """172 'kg' at 172 cm: BMI 58; 172 lb = 78 kg: BMI 26.4."""
    assert "pounds" in str(problem(sex="male", height_cm=172, weight_kg=172))
    assert problem(sex="male", height_cm=172, weight_kg=78) is None
    assert problem(sex="male", height_cm=172, weight_kg={"value": 172, "confirmed": True}) is None


def test_the_height_of_another_day_serves_too() -> None:
    rows = [{"date": "2020-01-01", "height_cm": 172}, {"date": "2026-01-01", "weight_kg": 172}]
    assert "pounds" in str(problem(sex="male", observations=rows))


@pytest.mark.parametrize(
    "part", ["alm_kg", "lean_mass_kg", "fat_free_mass_kg", "skeletal_muscle_mass_kg", "fat_mass_kg"]
)
def test_a_part_is_lighter_than_the_whole(part: str) -> None:
    assert "not less than the whole body (40 kg)" in str(problem(weight_kg=40, **{part: 40}))
    assert problem(weight_kg=41, **{part: 40}) is None or part == "alm_kg"


def test_parts_and_whole_of_different_days_are_not_compared() -> None:
    rows = [{"date": "2020-01-01", "weight_kg": 40}, {"date": "2026-01-01", "lean_mass_kg": 45}]
    assert problem(observations=rows) is None


@pytest.mark.parametrize(("bmi", "fits"), [(23.7, True), (23.0, True), (24.3, True), (22.9, False), (24.5, False)])
def test_a_given_body_mass_index_fits_weight_and_height(bmi: float, fits: bool) -> None:
    """70 / 1.72² = 23.66; three in a hundred either way is 22.95 to 24.37."""
    assert (problem(weight_kg=70, height_cm=172, bmi_kg_m2=bmi) is None) is fits


@pytest.mark.parametrize(("age", "fits"), [(70, True), (70.9, True), (69.1, True), (68, False), (72, False)])
def test_age_and_birth_date_fit(age: float, fits: bool) -> None:
    assert (problem(birth_date="1956-11-20", age_years=age) is None) is fits


def test_an_age_of_an_earlier_day_is_held_against_that_day() -> None:
    rows = [{"date": "2016-11-20", "age_years": 60}]
    assert problem(birth_date="1956-11-20", observations=rows) is None
    assert problem(birth_date="1956-11-20", observations=[{"date": "2016-11-20", "age_years": 70}]) is not None
