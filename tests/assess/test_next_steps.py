from __future__ import annotations

import datetime as dt

import pytest

from myoscope.assess import assess
from myoscope.assess.next_steps import MOST, effort
from myoscope.assess.result import NextMeasurement
from myoscope.quantities import quantities
from myoscope.record import parse_record
from myoscope.sources import folder

pytestmark = pytest.mark.slow

TODAY = dt.date(2026, 11, 23)
HE = {"sex": "male", "age_years": 70, "ancestry": "european", "height_cm": 175, "weight_kg": 75}


def steps(**given: object) -> list[NextMeasurement]:
    return assess(parse_record(HE | given, "a test", today=TODAY), today=TODAY).next_measurements


def test_ranks_run_from_one_and_each_thing_stands_once() -> None:
    found = steps(grip_strength_kg=25)
    assert [one.rank for one in found] == list(range(1, len(found) + 1))
    assert len({one.id for one in found}) == len(found) <= MOST


def test_what_settles_more_comes_before_what_settles_less_at_the_same_cost() -> None:
    """Weak, mass not low: only walking speed keeps SDOC (weak and slow) and others open."""
    found = steps(grip_strength_kg=25, alm_kg=25, alm_method="dxa")
    walk = next(one for one in found if one.id == "gait_speed_m_s")
    assert "SDOC (2020)" in walk.settles
    rise = next((one for one in found if one.id == "chair_stand_5x_s"), None)
    assert rise is None or walk.rank < rise.rank


def test_what_decides_an_urgent_sign_comes_first() -> None:
    found = steps(weight_6_months_ago_kg=83)
    assert found[0].id == "intended_weight_loss"
    assert found[0].settles[0].startswith("urgent sign")


def test_a_row_of_single_questions_is_one_list() -> None:
    found = {one.id: one for one in steps(weight_loss_percent_6_months=6)}
    assert "cancer" in found["conditions"].asks
    assert len(found["conditions"].asks) >= 3
    assert not any(name.startswith("condition:") for name in found)


def test_a_complete_list_is_not_asked_for() -> None:
    found = steps(conditions=[], symptoms=[], medicines=[], complete=["conditions", "symptoms", "medicines"])
    assert not {"conditions", "symptoms", "medicines"} & {one.id for one in found}


def test_an_unknown_age_comes_before_everything_measured() -> None:
    young = {key: value for key, value in HE.items() if key != "age_years"} | {"grip_strength_kg": 25}
    found = assess(parse_record(young, "a test", today=TODAY), today=TODAY).next_measurements
    assert found[0].id == "age_years"


def test_height_and_weight_come_before_every_test() -> None:
    bare = parse_record({"sex": "male", "age_years": 58}, "a test", today=TODAY)
    found = [one.id for one in assess(bare, today=TODAY).next_measurements]
    assert set(found[:2]) == {"height_cm", "weight_kg"}
    assert "gait_speed_m_s" in found[2:]


def test_what_is_known_is_not_asked_for_again() -> None:
    given = {"grip_strength_kg": 25.0, "gait_speed_m_s": 0.7, "alm_kg": 18.0, "alm_method": "dxa"}
    assert not given.keys() & {one.id for one in steps(**given)}


def test_every_effort_is_a_known_rank_of_a_known_thing() -> None:
    policy = folder("policy")["policy/effort.yaml"]
    assert set(policy["ranks"]) == set(policy["price"]) == {"1", "2", "3", "4", "5"}
    names = set(policy["effort"]) - {"otherwise_question", "otherwise_number"}
    assert names <= quantities().keys()
    assert {str(effort(name)) for name in names} <= set(policy["ranks"])


@pytest.mark.parametrize(("name", "rank"), [("condition:cancer", 1), ("crp_mg_l", 3), ("conditions", 1)])
def test_what_has_no_effort_of_its_own(name: str, rank: int) -> None:
    assert effort(name) == rank
