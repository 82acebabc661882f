from __future__ import annotations

import datetime as dt

import pytest


def found(record, variable):
    return next((entry.value for entry in record.entries if entry.variable == variable), None)


@pytest.mark.parametrize("gender", ["female", "male"])
def test_gender_gives_the_sex(made, gender):
    record = made.read(patient=made.patient(gender=gender))
    assert found(record, "sex") == gender
    assert record.entries[0].date is None
    assert not record.remarks


@pytest.mark.parametrize("gender", ["other", "unknown", "femal", None])
def test_another_gender_leaves_the_sex_open_and_says_so(made, gender):
    record = made.read(patient=made.patient(gender=gender))
    assert found(record, "sex") is None
    assert any("sex is left open" in remark for remark in record.remarks)


def test_sex_at_birth_goes_before_gender_and_a_difference_is_said(made):
    born_male = [made.us_core("birthsex", "M")]
    assert found(made.read(patient=made.patient(gender="other", extension=born_male)), "sex") == "male"
    record = made.read(patient=made.patient(gender="female", extension=born_male))
    assert found(record, "sex") == "male"
    assert any("sex at birth male" in remark for remark in record.remarks)


def test_unknown_sex_at_birth_falls_back_on_gender(made):
    assert found(made.read(patient=made.patient(extension=[made.us_core("birthsex", "UNK")])), "sex") == "female"


@pytest.mark.parametrize(
    ("race", "ancestry"),
    [("2028-9", "asian"), ("2054-5", "african"), ("2106-3", "european"), ("2131-1", "other"), ("1002-5", "other")],
)
def test_race_gives_the_ancestry_and_is_said(made, race, ancestry):
    record = made.read(patient=made.patient(extension=[made.us_core("race", race, "Shown")]))
    assert found(record, "ancestry") == ancestry
    assert record.entries[1].note == "from the record's race field: Shown"
    assert any("race field (Shown)" in remark for remark in record.remarks)


def test_hispanic_goes_before_race(made):
    both = [made.us_core("race", "2106-3"), made.us_core("ethnicity", "2135-2", "Hispanic or Latino")]
    assert found(made.read(patient=made.patient(extension=both)), "ancestry") == "hispanic"
    neither = [made.us_core("race", "2106-3"), made.us_core("ethnicity", "2186-5")]
    assert found(made.read(patient=made.patient(extension=neither)), "ancestry") == "european"


def test_several_races_leave_the_ancestry_open(made):
    race = made.us_core("race", "2106-3", "White")
    race["extension"].insert(0, made.us_core("race", "2028-9", "Asian")["extension"][0])
    record = made.read(patient=made.patient(extension=[race]))
    assert found(record, "ancestry") is None
    assert any("several races (Asian, White)" in remark for remark in record.remarks)


def test_no_race_gives_no_ancestry(made):
    assert found(made.read(), "ancestry") is None


def test_the_birth_date_is_kept_and_gives_no_remark(made):
    record = made.read()
    assert record.birth_date == dt.date(1950, 6, 15)
    assert not record.remarks


@pytest.mark.parametrize(
    ("given", "born", "said"),
    [("1950", dt.date(1950, 7, 1), "half a year"), ("1950-03", dt.date(1950, 3, 15), "two weeks")],
)
def test_a_partial_birth_date_is_used_from_its_middle_and_said(made, given, born, said):
    record = made.read(patient=made.patient(birthDate=given))
    assert record.birth_date == born
    assert any(said in remark for remark in record.remarks)


@pytest.mark.parametrize("given", ["2031-01-01", "1850-01-01", "1950-02-30", "15.6.1950"])
def test_an_impossible_birth_date_is_not_used(made, given):
    record = made.read(patient=made.patient(birthDate=given))
    assert record.birth_date is None
    assert any(given in remark and "cannot be right" in remark for remark in record.remarks)


def test_no_birth_date_is_said(made):
    assert any("no date of birth" in remark for remark in made.read(patient=made.patient(birthDate=None)).remarks)


@pytest.mark.parametrize(
    ("elements", "deceased"),
    [
        ({}, False),
        ({"deceasedBoolean": False}, False),
        ({"deceasedBoolean": True}, True),
        ({"deceasedDateTime": "2025-12-24T10:00:00Z"}, dt.date(2025, 12, 24)),
        ({"deceasedDateTime": "2025"}, True),
    ],
)
def test_death_is_kept_and_said(made, elements, deceased):
    record = made.read(patient=made.patient(**elements))
    assert record.deceased == deceased
    assert any("has died" in remark for remark in record.remarks) == bool(deceased)


def test_a_child_is_read_like_anybody(made):
    record = made.read(made.observation("29463-7", 32, "kg"), patient=made.patient(birthDate="2016-01-01"))
    assert record.birth_date.year == 2016
    assert found(record, "weight_kg") == 32
