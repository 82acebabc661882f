"""What is on a person's lists: present, absent, past, recent, or never asked."""

from __future__ import annotations

import pytest

from myoscope.rules import Facts
from myoscope.rules.facts import Listed

CANCER = ("condition", "cancer")


def facts(listed: Listed | None = None, *, complete: bool = False) -> Facts:
    return Facts({}, {CANCER: listed} if listed else {}, frozenset({"condition"}) if complete else frozenset())


def test_never_asked_is_unknown_and_a_complete_list_says_no() -> None:
    assert facts().has(*CANCER) is None
    assert facts(complete=True).has(*CANCER) is False
    assert facts(complete=True).has("symptom", "fever") is None  # another list


def test_present_past_and_absent() -> None:
    present, past, absent = (
        Listed(active=True, ever=True),
        Listed(active=False, ever=True),
        Listed(active=False, ever=False),
    )
    assert [facts(one).has(*CANCER) for one in (present, past, absent)] == [True, False, False]
    assert [facts(one).has(*CANCER, ever=True) for one in (present, past, absent)] == [True, True, False]


@pytest.mark.parametrize(("days", "expected"), [(0, True), (20, True), (21, True), (22, False), (None, None)])
def test_within_days_needs_a_known_start(days: float | None, expected: bool | None) -> None:
    assert facts(Listed(active=False, ever=True, days_ago=days)).has(*CANCER, within_days=21) is expected


def test_what_never_was_is_not_within_any_days() -> None:
    assert facts(Listed(active=False, ever=False)).has(*CANCER, within_days=21) is False


def test_filling_in_leaves_the_person_as_she_was() -> None:
    before = Facts({"sex": "female"}, {CANCER: Listed(active=True, ever=True)}, frozenset({"condition"}))
    after = before.having({"age_years": 70.0})
    assert before.values == {"sex": "female"}
    assert after.values == {"sex": "female", "age_years": 70.0}
    assert (after.listed, after.complete) == (before.listed, before.complete)


def test_a_complete_list_says_nothing_of_what_once_was() -> None:
    """Not on today's list is no proof that it never was: a gate on a past cancer stays open until it is asked."""
    facts = Facts(complete=frozenset({"condition"}))
    assert facts.has("condition", "breast_cancer") is False
    assert facts.has("condition", "breast_cancer", ever=True) is None


def test_a_complete_list_says_nothing_of_what_only_an_examiner_finds() -> None:
    """Nobody who writes down all complaints has thereby looked at the reflexes."""
    sign = ("symptom", "brisk_reflexes")
    told = Facts({}, {}, frozenset({"symptom"}), frozenset({sign}))
    assert told.has(*sign) is None
    assert told.has("symptom", "fever") is False
    assert told.having({"age_years": 60.0}).has(*sign) is None
    assert Facts({}, {sign: Listed(active=False, ever=False)}, told.complete, told.examined).has(*sign) is False
    assert Facts({}, {sign: Listed(active=True, ever=True)}, told.complete, told.examined).has(*sign) is True
