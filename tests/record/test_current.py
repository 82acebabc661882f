"""What holds on one day: newest values, ages and birthdays, histories, lists."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.record import Current, InputError, Record, current, parse_record
from myoscope.record.current import policy
from myoscope.rules import UNABLE
from myoscope.rules.facts import Listed

TODAY = dt.date(2026, 11, 20)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def now(body: dict[str, Any], on: str | None = None) -> Current:
    return current(parse_record(body, today=TODAY), on=day(on) if on else None, today=TODAY)


def values(body: dict[str, Any], on: str | None = None) -> dict[str, Any]:
    return dict(now(body, on).facts.values)


def before(days: int) -> str:
    return (TODAY - dt.timedelta(days=days)).isoformat()


# -- the newest value ----------------------------------------------------------------------------------------------------


def test_the_newest_value_wins_in_whatever_order_they_stand_and_the_others_are_kept() -> None:
    rows = [
        {"date": "2026-03-01", "weight_kg": 61},
        {"date": "2026-09-01", "weight_kg": 60},
        {"date": "2025-12-01", "weight_kg": 62},
    ]
    found = now({"observations": rows}).dated["weight_kg"]
    assert (found.value, found.date) == (60.0, day("2026-09-01"))
    assert [entry.value for entry in found.earlier] == [61.0, 62.0]


def test_by_default_the_day_is_that_of_the_newest_value_and_today_when_nothing_is_dated() -> None:
    assert now({"observations": [{"date": "2026-09-01", "weight_kg": 60}]}).on == day("2026-09-01")
    assert now({"weight_kg": 60}).on == TODAY
    assert now({}).on == TODAY


def test_a_value_without_a_date_beside_dated_ones_is_of_today() -> None:
    """'I weigh 60 kg; half a year ago it was 70' must not read as two weights of one day."""
    found = now({"weight_kg": 60, "observations": [{"date": before(184), "weight_kg": 70}]})
    assert found.on == TODAY
    assert found.facts.values["weight_kg"] == 60.0
    assert found.facts.values["weight_loss_percent_6_months"] == pytest.approx(100 * 10 / 70)


def test_a_day_in_the_past_sees_nothing_of_what_came_later() -> None:
    body = {
        "sex": "male",
        "observations": [{"date": "2024-01-10", "weight_kg": 70}, {"date": "2026-01-10", "weight_kg": 60}],
        "conditions": [{"name": "cancer", "since": "2025-05-01"}, {"name": "copd", "since": "2023-05-01"}],
    }
    found = now(body, "2024-06-01")
    assert found.facts.values["weight_kg"] == 70.0
    assert any("1 value dated after 2024-06-01 left aside" in remark for remark in found.remarks)
    assert ("condition", "copd") in found.facts.listed
    assert ("condition", "cancer") not in found.facts.listed


def test_a_day_before_anything_is_known_is_refused() -> None:
    body = {"observations": [{"date": "2024-01-10", "weight_kg": 70}]}
    with pytest.raises(InputError, match="--on: every value is dated after 2020-01-01"):
        now(body, "2020-01-01")


def test_a_day_before_the_birth_is_refused() -> None:
    with pytest.raises(InputError, match="--on: 1980-01-01 lies before the birth date 1990-05-01"):
        now({"birth_date": "1990-05-01", "weight_kg": 70}, "1980-01-01")
    with pytest.raises(InputError, match="date: 1985-01-01 lies before the birth date"):
        now({"birth_date": "1990-05-01", "date": "1985-01-01", "weight_kg": 70})


def test_a_day_in_the_future_is_refused() -> None:
    with pytest.raises(InputError, match=r"--on: 2062-01-01 lies in the future \(today is 2026-11-20\)"):
        now({"weight_kg": 70}, "2062-01-01")


def test_an_old_record_is_answered_with_a_warning_unless_the_day_was_asked_for() -> None:
    limit = policy()["old_record_days"]["value"]
    old, young = ({"date": before(days), "weight_kg": 60} for days in (limit + 1, limit))
    assert any("not today" in remark for remark in now(old).remarks)
    assert not now(young).remarks
    assert not now(old, before(limit + 1)).remarks


# -- staleness -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "stale"), [(0, False), (365, False), (366, True)])
def test_a_weight_older_than_its_limit_is_shown_but_no_rule_sees_it(days: int, stale: bool) -> None:
    body = {"sex": "male", "observations": [{"date": before(days), "weight_kg": 60}]}
    found = now(body, TODAY.isoformat())
    assert found.dated["weight_kg"].stale is stale
    assert ("weight_kg" in found.facts.values) is not stale


def test_what_is_derived_from_a_stale_value_is_stale() -> None:
    body = {"height_cm": 170, "observations": [{"date": before(366), "weight_kg": 60}]}
    found = now(body, TODAY.isoformat())
    assert found.dated["bmi_kg_m2"].stale
    assert "bmi_kg_m2" not in found.facts.values


@pytest.mark.parametrize("days", [30, 300, 4000])
def test_an_old_derived_value_gives_way_to_newer_measurements(days: int) -> None:
    """A BMI of 30 written down earlier; today 60 kg at 170 cm: 60 / 2.89 = 20.76."""
    body = {
        "observations": [
            {"date": before(days), "bmi_kg_m2": 30},
            {"date": before(0), "weight_kg": 60, "height_cm": 170},
        ]
    }
    found = now(body)
    assert found.facts.values["bmi_kg_m2"] == pytest.approx(60 / 2.89)
    assert [entry.value for entry in found.dated["bmi_kg_m2"].earlier] == [30.0]


def test_a_value_given_on_the_day_goes_before_one_that_could_be_made() -> None:
    body = {"date": before(0), "bmi_kg_m2": 21, "weight_kg": 60, "height_cm": 170}
    found = now(body)
    assert (found.facts.values["bmi_kg_m2"], found.dated["bmi_kg_m2"].origin) == (21.0, "measured")


def test_a_chain_of_derived_values() -> None:
    """Limb mass for BMI needs BMI first: 20 / (65 / 1.72²) = 20 / 21.971 = 0.9103."""
    found = values({"height_cm": 172, "weight_kg": 65, "alm_kg": 20})
    assert found["alm_bmi_m2"] == pytest.approx(20 / (65 / 1.72**2))
    assert found["alm_height2_kg_m2"] == pytest.approx(20 / 1.72**2)


def test_the_newest_limb_mass_makes_the_index_even_if_an_older_index_was_given() -> None:
    body = {
        "height_cm": 170,
        "observations": [{"date": "2024-01-01", "alm_height2_kg_m2": 8}, {"date": "2026-01-01", "alm_kg": 18}],
    }
    assert values(body)["alm_height2_kg_m2"] == pytest.approx(18 / 2.89)


def test_nothing_is_made_from_a_test_that_could_not_be_done() -> None:
    found = now({"sex": "male", "grip_strength_kg": "unable"})
    assert found.facts.values["grip_strength_kg"] is UNABLE


# -- the method of a scan ------------------------------------------------------------------------------------------------


def test_the_method_belongs_to_the_scan_of_its_day() -> None:
    older = {"date": "2020-01-01", "alm_kg": 20, "alm_method": "bia"}
    newer = {"date": "2026-01-01", "alm_kg": 18, "alm_method": "dxa"}
    assert values({"observations": [older, newer]})["alm_method"] == "dxa"
    found = values({"observations": [older, {"date": "2026-01-01", "alm_kg": 18}]})
    assert found["alm_kg"] == 18.0
    assert "alm_method" not in found


def test_a_method_without_a_scan_does_not_hide_that_of_the_newest_scan() -> None:
    rows = [{"date": "2025-01-01", "alm_kg": 20, "alm_method": "bia"}, {"date": "2026-01-01", "alm_method": "dxa"}]
    found = values({"observations": rows})
    assert (found["alm_kg"], found["alm_method"]) == (20.0, "bia")


# -- age -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("birth", "on", "years"),
    [
        ("1956-11-20", "2026-11-20", 70), ("1956-11-21", "2026-11-20", 69), ("1956-11-19", "2026-11-20", 70),
        ("2008-11-20", "2026-11-20", 18), ("2008-11-21", "2026-11-20", 17),
        # born on 29 February: the birthday of other years is 1 March (the day after 28 February)
        ("2000-02-29", "2018-02-28", 17), ("2000-02-29", "2018-03-01", 18), ("2000-02-29", "2024-02-28", 23),
        ("2000-02-29", "2024-02-29", 24), ("2000-02-29", "2001-02-28", 0), ("2000-02-29", "2001-03-01", 1),
        ("2000-03-01", "2024-02-29", 23), ("1999-12-31", "2024-12-31", 25), ("2024-01-01", "2024-01-01", 0),
    ],
)  # fmt: skip
def test_completed_years(birth: str, on: str, years: int) -> None:
    age = values({"birth_date": birth}, on)["age_years"]
    assert years <= age < years + 1


def test_born_on_29_february_a_year_is_whole_on_1_march_of_a_common_year() -> None:
    ages = [values({"birth_date": "2000-02-29"}, on)["age_years"] for on in ("2001-03-01", "2004-02-29", "2018-03-01")]
    assert ages == [1, 4, 18]


@given(birth=st.dates(dt.date(1900, 1, 1), dt.date(2026, 11, 19)), days=st.integers(0, 45000))
def test_age_grows_every_day_and_is_whole_exactly_on_birthdays(birth: dt.date, days: int) -> None:
    on = birth + dt.timedelta(days=days)
    if on >= TODAY:
        return
    record = Record(birth_date=birth)
    ages = [current(record, on=one, today=TODAY).facts.values["age_years"] for one in (on, on + dt.timedelta(days=1))]
    assert isinstance(ages[0], float)
    assert isinstance(ages[1], float)
    assert 0 <= ages[0] < ages[1]
    had = (on.month, on.day) >= (birth.month, birth.day)
    assert int(ages[0]) == on.year - birth.year - (0 if had else 1)
    if (on.month, on.day) == (birth.month, birth.day):
        assert ages[0] == on.year - birth.year


def test_a_stored_age_grows_with_the_time_since() -> None:
    body = {"observations": [{"date": "2016-11-20", "age_years": 60}, {"date": "2026-11-20", "weight_kg": 60}]}
    assert values(body)["age_years"] == pytest.approx(70, abs=0.01)
    assert values({"age_years": 60})["age_years"] == 60.0


def test_the_birth_date_goes_before_a_stored_age() -> None:
    body = {"birth_date": "1956-11-20", "date": "2026-11-20", "age_years": 70}
    assert values(body)["age_years"] == 70.0


# -- the weight some months ago ------------------------------------------------------------------------------------------

WINDOWS = [
    (variable, limit["low"], limit["high"]) for variable, limit in policy()["past_weight_days"].items() if isinstance(limit, dict)
]  # fmt: skip


@pytest.mark.parametrize(("variable", "low", "high"), WINDOWS)
def test_a_dated_weight_counts_as_the_weight_of_some_months_ago_within_its_window(
    variable: str, low: int, high: int
) -> None:
    def found(days: int) -> bool:
        rows = [{"date": before(0), "weight_kg": 60}, {"date": before(days), "weight_kg": 70}]
        return values({"observations": rows}).get(variable) == 70.0

    assert [found(low - 1), found(low), found(high), found(high + 1)] == [False, True, True, False]


def test_the_weight_nearest_to_the_middle_of_the_window_is_taken() -> None:
    rows = [{"date": before(days), "weight_kg": kg} for days, kg in ((0, 60), (152, 68), (182, 70), (213, 72))]
    found = now({"observations": rows})
    assert found.facts.values["weight_6_months_ago_kg"] == 70.0
    assert found.dated["weight_6_months_ago_kg"].origin == "history"
    assert found.facts.values["weight_loss_percent_6_months"] == pytest.approx(100 * 10 / 70)


def test_a_given_past_weight_goes_before_the_dated_ones_until_it_is_stale() -> None:
    rows: list[dict[str, Any]] = [
        {"date": before(0), "weight_kg": 60, "weight_6_months_ago_kg": 71},
        {"date": before(182), "weight_kg": 70},
    ]
    assert values({"observations": rows})["weight_6_months_ago_kg"] == 71.0
    rows = [
        {"date": before(900), "weight_6_months_ago_kg": 90},
        {"date": before(182), "weight_kg": 70},
        {"date": before(0), "weight_kg": 60},
    ]
    assert values({"observations": rows})["weight_6_months_ago_kg"] == 70.0


def test_an_old_newest_weight_says_nothing_of_a_change_until_today() -> None:
    """The newest weight is half a year old itself: what came before it is no loss 'in the last six months'."""
    rows = [{"date": before(200), "weight_kg": 60}, {"date": before(190), "weight_kg": 70}]
    assert "weight_6_months_ago_kg" not in values({"observations": rows}, TODAY.isoformat())


# -- the value before ----------------------------------------------------------------------------------------------------


def test_testosterone_of_another_day() -> None:
    first, second = {"date": before(40), "testosterone_ng_dl": 240}, {"date": before(10), "testosterone_ng_dl": 250}
    found = values({"sex": "male", "observations": [first, second]})
    assert (found["testosterone_ng_dl"], found["testosterone_previous_ng_dl"]) == (250.0, 240.0)
    assert "testosterone_previous_ng_dl" not in values({"sex": "male", "observations": [second]})


def test_a_testosterone_of_long_ago_is_no_second_proof() -> None:
    rows = [{"date": before(800), "testosterone_ng_dl": 240}, {"date": before(10), "testosterone_ng_dl": 250}]
    found = now({"sex": "male", "observations": rows})
    assert found.dated["testosterone_previous_ng_dl"].stale
    assert "testosterone_previous_ng_dl" not in found.facts.values


# -- lists ---------------------------------------------------------------------------------------------------------------


def listed(body: dict[str, Any], kind: str, term: str, on: str | None = None) -> Listed | None:
    return now(body, on).facts.listed.get((kind, term))


def test_a_narrow_condition_brings_the_broad_one() -> None:
    found = listed(
        {"conditions": [{"name": "decompensated_heart_failure", "since": before(10)}]}, "condition", "heart_failure"
    )
    assert found == Listed(active=True, ever=True, days_ago=10)


def test_icd10_codes_with_and_without_dot_and_with_longer_codes() -> None:
    for code in ("I50.9", "I509", "i50.9", "ICD-10:I50.9"):
        assert listed({"conditions": [code]}, "condition", "heart_failure") is not None, code


def test_a_past_condition_is_past_and_an_active_one_beside_it_goes_first() -> None:
    past: dict[str, Any] = {"name": "cancer", "resolved": True}
    assert listed({"conditions": [past]}, "condition", "cancer") == Listed(active=False, ever=True)
    assert listed({"conditions": [past, "cancer"]}, "condition", "cancer") == Listed(active=True, ever=True)


def test_the_nearest_start_counts() -> None:
    rows = [
        {"name": "myocardial_infarction", "since": before(1000)},
        {"name": "myocardial_infarction", "since": before(10)},
    ]
    found = listed({"conditions": rows}, "condition", "myocardial_infarction")
    assert found is not None
    assert found.days_ago == 10


def test_a_second_entry_without_a_start_may_be_the_later_one() -> None:
    """An infarction three years ago and one without a date: whether one lies within 21 days is unknown, not no."""
    rows: list[Any] = [{"name": "myocardial_infarction", "since": before(1000)}, "myocardial_infarction"]
    for order in (rows, rows[::-1]):
        facts = now({"conditions": order}).facts
        assert facts.has("condition", "myocardial_infarction", within_days=21) is None
        assert facts.has("condition", "myocardial_infarction", within_days=1000) is True
    assert now({"conditions": rows[:1]}).facts.has("condition", "myocardial_infarction", within_days=21) is False


def test_absent_complete_and_never_asked() -> None:
    body = {"absent": ["cancer"], "complete": ["symptoms"]}
    facts = now(body).facts
    assert facts.has("condition", "cancer") is False
    assert facts.has("condition", "copd") is None
    assert facts.has("symptom", "fever") is False


def test_a_complete_list_of_symptoms_does_not_examine() -> None:
    found = now({"complete": ["symptoms"]}).facts
    for sign in ("brisk_reflexes", "absent_reflexes", "babinski_sign", "peek_sign", "spider_naevi"):
        assert found.has("symptom", sign) is None
    assert found.has("symptom", "fasciculations") is False
    assert now({"complete": ["symptoms"], "absent": ["brisk_reflexes"]}).facts.has("symptom", "brisk_reflexes") is False


def test_a_medicine_nobody_knows_opens_a_list_that_was_said_to_be_complete() -> None:
    assert now({"medicines": ["atorvastatin"], "complete": ["medicines"]}).facts.has("medicine", "opioids") is False
    assert (
        now({"medicines": ["something nobody knows"], "complete": ["medicines"]}).facts.has("medicine", "opioids")
        is None
    )


def test_a_pregnancy_of_years_ago_is_over() -> None:
    assert (
        now({"sex": "female", "conditions": [{"name": "pregnancy", "since": before(100)}]}).facts.has(
            "condition", "pregnancy"
        )
        is True
    )
    assert (
        now({"sex": "female", "conditions": [{"name": "pregnancy", "since": before(700)}]}).facts.has(
            "condition", "pregnancy"
        )
        is False
    )


def test_what_ended_later_was_still_there_before():
    body = {
        "date": "2024-01-01",
        "weight_kg": 60,
        "conditions": [{"name": "cancer", "resolved": "2025-06-01"}],
        "medicines": [{"name": "prednisolone 15 mg daily", "since": "2023-01-01", "stopped": "2025-06-01"}],
    }
    record = parse_record(body)
    before = current(record, on=dt.date(2025, 5, 31)).facts
    after = current(record, on=dt.date(2025, 6, 1)).facts
    assert (before.has("condition", "cancer"), after.has("condition", "cancer")) == (True, False)
    assert before.values["prednisone_equivalent_mg_per_day"] == 15.0
    assert "prednisone_equivalent_mg_per_day" not in after.values


def test_a_method_without_a_date_is_said_of_a_dated_scan():
    record = parse_record({"alm_method": "dxa", "observations": [{"date": "2026-01-01", "alm_kg": 15}]})
    assert current(record).facts.values["alm_method"] == "dxa"
    other = {"observations": [{"date": "2026-01-01", "alm_kg": 15}, {"date": "2025-01-01", "alm_method": "bia"}]}
    assert "alm_method" not in current(parse_record(other)).facts.values
