"""Urgent signs: raised when they are there, never by what is not known."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from myoscope.causes import flags, raised
from myoscope.causes.flags import BLOCKS, TIERS, _flag
from myoscope.record import current, parse_record
from myoscope.rules import Facts
from myoscope.sources import KnowledgeError

TODAY = dt.date(2026, 11, 20)


def up(**given: Any) -> list[str]:
    return [one.flag.id for one in raised(current(parse_record(given, today=TODAY), today=TODAY).facts)]


def test_nothing_known_raises_nothing() -> None:
    assert raised(Facts()) == []
    assert up(sex="male", age_years=70) == []


def test_the_most_urgent_comes_first() -> None:
    tiers = [TIERS.index(flag.tier) for flag in flags().values()]
    assert tiers == sorted(tiers)
    found = up(
        symptoms=["chest_pain", "fever", "breathless_at_rest"],
        weight_loss_percent_6_months=12,
        intended_weight_loss=False,
    )
    places = [TIERS.index(flags()[name].tier) for name in found]
    assert places == sorted(places)
    assert len(found) >= 2


@pytest.mark.parametrize("name", list(flags()))
def test_every_flag_says_what_to_do_and_whom_to_see(name: str) -> None:
    flag = flags()[name]
    assert flag.tier in TIERS
    assert flag.blocks in BLOCKS
    for text in (flag.title, flag.lay, flag.professional, flag.see, flag.why):
        assert text.strip()
    assert flag.citation.may_decide


@pytest.mark.parametrize(
    ("percent", "intended", "expected"),
    [(5.1, False, True), (5.0, False, False), (5.1, True, False), (5.1, None, False)],
)
def test_unintended_weight_loss_of_more_than_5_percent_in_six_months(
    percent: float, intended: bool | None, expected: bool
) -> None:
    """Source: the flag's own place; more than 5 %, so 5.0 is not."""
    assert ("rf_wl5" in up(weight_loss_percent_6_months=percent, intended_weight_loss=intended)) is expected


@pytest.mark.parametrize(("times", "expected"), [(9.9, False), (10.1, True)])
def test_creatine_kinase_of_ten_times_the_laboratory_s_limit_with_muscle_pain(times: float, expected: bool) -> None:
    """200 U/L * 9.9 = 1980; 200 U/L * 10.1 = 2020."""
    assert (
        "rf_ck_10" in up(creatine_kinase_u_l=200 * times, creatine_kinase_uln_u_l=200, symptoms=["muscle_pain"])
    ) is expected


@pytest.mark.parametrize(("age", "expected"), [(17, True), (17.99, True), (18, False)])
def test_a_child_is_sent_to_a_doctor_for_children(age: float, expected: bool) -> None:
    assert ("rf_child" in up(age_years=age)) is expected


@pytest.mark.parametrize("key", ["tier", "blocks"])
def test_a_flag_with_an_unknown_word_is_refused(key: str) -> None:
    entry = {
        "id": "x", "title": "x", "tier": "emergency", "blocks": "plan", "lay": "x", "professional": "x", "see": "x", "why": "x",
        "source": "myoscope_policy", "place": "x", "read": "policy", "rules": {"present": {"has": {"symptom": "fever"}}},
    }  # fmt: skip
    assert _flag(entry, "flags/x.yaml").id == "x"
    with pytest.raises(KnowledgeError, match=r"^flags/x\.yaml: tier must be one of"):
        _flag(entry | {key: "soon"}, "flags/x.yaml")


@pytest.mark.parametrize(("percent", "intended", "expected"), [(9, False, True), (9, None, False), (9, True, False)])
def test_an_injection_explains_only_a_loss_that_nobody_calls_unwanted(
    percent: float, intended: bool | None, expected: bool
) -> None:
    found = up(
        weight_loss_percent_6_months=percent, intended_weight_loss=intended, bmi_kg_m2=24, medicines=["semaglutide"]
    )
    assert ("rf_wl5" in found) is expected


@pytest.mark.parametrize(
    ("times", "symptoms", "expected"),
    [(8, ["muscle_pain"], {"rf_ck_4"}), (12, ["muscle_pain"], {"rf_ck_10"}), (15, [], {"rf_ck_4"}), (3.9, [], set())],
)
def test_a_raised_creatine_kinase_is_said_once(times: float, symptoms: list[str], expected: set[str]) -> None:
    found = up(
        creatine_kinase_u_l=200 * times,
        creatine_kinase_uln_u_l=200,
        symptoms=symptoms,
        complete=["symptoms", "medicines", "conditions"],
    )
    assert {name for name in found if name.startswith("rf_ck")} == expected
