"""Rules in plain English, form by form; the numbers here are made up."""

from __future__ import annotations

from typing import Any

import pytest

from myoscope.report.entry_lines import Line
from myoscope.report.entry_rules import Saying, people, years
from myoscope.rules import RuleBook
from myoscope.rules.tree import Band, When

CITED = {"source": "cruz_jentoft_2019", "place": "Table 3", "read": "secondary"}


def said(rules: dict[str, Any], name: str = "it") -> Line:
    return Saying(rules).rule(RuleBook("test.yaml", {**CITED, "rules": rules}).rule(name))


def tree(line: Line) -> Any:
    return [line.text, *(tree(one) for one in line.below)] if line.below else line.text


GRIP = {"variable": "grip_strength_kg", "operator": "<", "cutoff": 20, "unit": "kg", "unable": True}
AGE = {"variable": "age_years", "operator": ">=", "cutoff": 65, "unit": "a"}


@pytest.mark.parametrize(
    ("operator", "words"), [("<", "below"), ("<=", "at or below"), (">", "above"), (">=", "at or above")]
)
def test_a_comparison_says_its_side_of_the_line(operator: str, words: str) -> None:
    assert said({"it": {**AGE, "operator": operator}}).text == f"age {words} 65 years"


def test_cut_offs_say_for_whom_they_hold_and_equal_ones_stand_together() -> None:
    cutoff = [
        {"when": {"sex": "male", "age_years": {"below": 70}}, "value": 20},
        {"when": {"sex": "male", "age_years": {"from": 70}}, "value": 18.5},
        {"when": {"sex": "female"}, "value": 18.5},
    ]
    line = said({"it": {**GRIP, "cutoff": cutoff}})
    assert line.text == "grip strength below 20 kg (men, under 70 years), 18.5 kg (men, 70 years and over; women)"


@pytest.mark.parametrize(
    ("unable", "words"),
    [
        (True, "If it was tried and could not be done: counts as yes"),
        (False, "If it was tried and could not be done: counts as no"),
        ("unknown", "If it was tried and could not be done: settles nothing"),
        ("old", "If it was tried and could not be done: age at or above 65 years"),
    ],
)
def test_a_test_that_could_not_be_done_is_told(unable: Any, words: str) -> None:
    assert said({"it": {**GRIP, "unable": unable}, "old": AGE}).below[0].text == words


def test_the_forms_of_a_rule() -> None:
    rules = {
        "old": AGE,
        "wanted": {"variable": "intended_weight_loss", "is": False},
        "ill": {"any": [{"has": {"condition": "cancer"}, "ever": True}, {"has": {"medicine": "insulin"}, "within_days": 21}]},
        "it": {"all": ["old", {"not": "wanted"}, {"at_least": 2, "of": ["ill", "old", "wanted"]}, {"not": "ill"}, {"first_known": ["old", "wanted"]}]},
    }  # fmt: skip
    assert tree(said(rules)) == [
        "it: all of these:",
        "age at or above 65 years",
        "not so: intended weight loss: no",
        [
            "at least 2 of these 3:",
            [
                "ill: any of these:",
                "cancer, now or ever",
                "takes insulin, begun within the last 21 days",
            ],
            "age at or above 65 years",
            "intended weight loss: no",
        ],
        "not so: ill (as above)",
        ["the first of these that is known:", "age at or above 65 years", "intended weight loss: no"],
    ]


def test_notes_and_conflicts_stand_below_and_only_once() -> None:
    rules = {
        "old": {**AGE, "note": "a note", "conflict": "another paper says 60"},
        "it": {"all": ["old", {"not": "old"}]},
    }
    first, second = said(rules).below
    assert [(one.label, one.text) for one in first.below] == [
        ("Note", "a note"),
        ("Sources disagree", "another paper says 60"),
    ]
    assert second.below == ()


def test_every_cut_off_s_own_source_is_named_once() -> None:
    other = {"source": "chen_2020", "place": "abstract", "read": "primary"}
    rows = [{"when": {"sex": "male"}, "value": 20}, {"when": {"sex": "female"}, "value": 18, **other}]
    assert [one.source for one in said({"it": {**GRIP, "cutoff": rows}}).cited] == ["cruz_jentoft_2019", "chen_2020"]


@pytest.mark.parametrize(
    ("band", "words"),
    [
        (Band(), "all ages"),
        (Band(50), "50 years and over"),
        (Band(None, 50), "under 50 years"),
        (Band(50, 65), "50 to under 65 years"),
    ],
)
def test_an_age_band_says_which_end_belongs_to_it(band: Band, words: str) -> None:
    assert years(band) == words


def test_everybody_needs_no_words() -> None:
    assert people(When()) == ""
    assert people(When((("alm_method", frozenset({"bia"})), ("sex", frozenset({"female"}))))) == "women, bioimpedance"


def test_a_name_that_stands_in_bold_is_not_said_again() -> None:
    line = Saying().rule(
        RuleBook("test.yaml", {**CITED, "rules": {"very_old": {"all": [AGE, AGE | {"cutoff": 90}]}}}).rule("very_old"),
        label="Very old",
    )
    assert (line.label, line.text) == ("Very old", "all of these:")


def test_an_answer_is_said_as_it_was_asked() -> None:
    assert said({"it": {"variable": "sex", "is": "male"}}).text == "sex: male"
    assert said({"it": {"variable": "alm_method", "is": ["dxa_lunar", "bia"]}}).text.endswith(
        ": DXA (Lunar) or bioimpedance"
    )
