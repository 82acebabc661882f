"""Questionnaires scored as published; a gap leaves a score open; the check finds a damaged question."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from myoscope.assess.interview import Interview, answer, urgent_now
from myoscope.assess.questions import activity, protein_g, questions, total_points
from myoscope.causes import weigh
from myoscope.check.interview import check_questions
from myoscope.definitions import classify, definitions
from myoscope.record import current, parse_record
from myoscope.rules import Facts

TODAY = dt.date(2026, 11, 23)


def ask(name: str, reply: dict[str, list[str]], body: dict[str, Any] | None = None) -> dict[str, Any]:
    return dict(answer(Interview(body or {}), questions()[name], reply, today=TODAY).body)


def points(name: str, *worths: int) -> int | None:
    items = questions()[name].items
    return total_points(questions()[name], {item.id: [str(worth)] for item, worth in zip(items, worths, strict=False)})


# -- source tests: scoring as published -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "items", "least", "largest"),
    [
        ("sarc_f", 5, 0, 10),  # Malmstrom 2013: five items of 0 to 2 points
        ("snaq", 4, 4, 20),  # Wilson 2005: four items of 1 to 5
        ("scoff", 5, 0, 5),  # Morgan 1999: one point for every yes
        ("mood", 2, 0, 6),  # PHQ-2: two items of 0 to 3
        ("alcohol", 3, 0, 12),  # AUDIT-C: three items of 0 to 4
        ("frail", 5, 0, 5),  # Morley 2012: five items of one point
    ],
)
def test_source_items_and_range_of_a_questionnaire(name: str, items: int, least: int, largest: int) -> None:
    page = questions()[name]
    assert len(page.items) == items
    assert points(name, *[min(worth for worth, _ in item.answers) for item in page.items]) == least
    assert points(name, *[max(worth for worth, _ in item.answers) for item in page.items]) == largest


def test_source_sarc_f_table_5() -> None:
    # PMC9020246, Table 5: some difficulty 1, a lot 2; falls 1-3 are 1, 4 or more are 2
    assert points("sarc_f", 1, 0, 1, 1, 1) == 4  # the least that is a positive screen
    words = [[words for _, words in item.answers] for item in questions()["sarc_f"].items]
    assert words[4] == ["none", "one to three", "four or more"]
    found = classify(definitions()["sarc_f"], Facts({"age_years": 75.0, "sex": "female", "sarc_f_score": 4.0}))
    assert found.stage == "positive"


@pytest.mark.parametrize(
    ("answers", "score", "at_risk"),
    [((3, 4, 4, 3), 14, True), ((3, 4, 4, 4), 15, False), ((1, 1, 1, 1), 4, True)],
)
def test_source_snaq_14_or_less_is_a_risk(answers: tuple[int, ...], score: int, at_risk: bool) -> None:
    assert points("snaq", *answers) == score
    weighed = {one.cause.id: one for one in weigh(Facts({"age_years": 80.0, "snaq_appetite_score": float(score)}))}
    clues = [found.trace for found in weighed["frailty_anorexia_of_ageing"].speaks_for]
    looked_at = [
        leaf.value
        for trace in clues
        for leaf in trace.leaves()
        if getattr(leaf.rule, "variable", "") == "snaq_appetite_score"
    ]
    assert bool(looked_at) is at_risk  # Wilson 2005, abstract


def test_source_scoff_two_yes_raise_the_flag_and_one_does_not() -> None:
    for yes, up in ((2, True), (1, False)):
        worths = [1] * yes + [0] * (5 - yes)
        body = ask("scoff", {item.id: [str(w)] for item, w in zip(questions()["scoff"].items, worths, strict=True)})
        flags = {flag.id for flag in urgent_now(Interview(body), today=TODAY)}
        assert ("rf_ed" in flags) is up


def test_source_audit_c_points_of_the_answers() -> None:
    # never 0 ... four times a week or more 4; 1 or 2 drinks 0 ... 10 or more 4; never 0 ... daily 4
    assert points("alcohol", 4, 4, 3) == 11
    assert points("alcohol", 0, 0, 0) == 0


def test_source_ipaq_met_minutes() -> None:
    # 3.3 x 30 min x 5 d + 4.0 x 30 x 5 + 8.0 x 30 x 5 = 495 + 600 + 1200 MET-minutes
    week = activity(questions()["activity"], week_of((5, 30), (5, 30), (5, 30)))
    assert week is not None
    assert (week.met_min, week.minutes) == pytest.approx((2295, 450))


def week_of(vigorous: tuple[Any, Any], moderate: tuple[Any, Any], walking: tuple[Any, Any]) -> dict[str, list[str]]:
    kinds = {"vigorous": vigorous, "moderate": moderate, "walking": walking}
    return {
        f"{kind}_{part}": [str(value)]
        for kind, pair in kinds.items()
        for part, value in zip(("days", "min"), pair, strict=True)
    }


NONE = (0, 0)


@pytest.mark.parametrize(
    ("vigorous", "moderate", "walking", "level"),
    [
        (NONE, NONE, NONE, "low"),
        ((3, 20), NONE, NONE, "moderate"),  # 3 days of 20 minutes
        ((3, 19), NONE, NONE, "low"),
        ((2, 30), NONE, NONE, "low"),  # 480 MET-minutes on two days
        (NONE, (5, 30), NONE, "moderate"),  # 5 days of 30 minutes
        (NONE, (5, 29), NONE, "low"),  # 580 MET-minutes
        (NONE, NONE, (5, 30), "moderate"),  # walking counts as well
        (NONE, NONE, (5, 29), "low"),
        (NONE, (2, 30), (3, 30), "moderate"),  # together on five days
        (NONE, (1, 100), (4, 16), "moderate"),  # 400 + 211.2 = 611.2 MET-minutes on five days
        (NONE, (1, 95), (4, 16), "low"),  # 380 + 211.2 = 591.2
        ((3, 62.5), NONE, NONE, "high"),  # 8 x 62.5 x 3 = 1500
        ((3, 62), NONE, NONE, "moderate"),  # 1488
        (NONE, (7, 108), NONE, "high"),  # 4 x 108 x 7 = 3024
        (NONE, (7, 107), NONE, "moderate"),  # 2996
        (NONE, (7, 240), NONE, "high"),  # cut at 180: 4 x 180 x 7 = 5040
        ((5, 9), (5, 9), (5, 9), "low"),  # under ten minutes at a time counts as none
        ((5, 10), (5, 10), (5, 10), "moderate"),  # 400 + 200 + 165 = 765 MET-minutes, ten minutes count
        ((5, 10), NONE, NONE, "low"),  # 400 MET-minutes
    ],
)
def test_source_ipaq_categories(vigorous: Any, moderate: Any, walking: Any, level: str) -> None:
    week = activity(questions()["activity"], week_of(vigorous, moderate, walking))
    assert week is not None
    assert week.level == level


def test_source_ipaq_cleaning() -> None:
    page = questions()["activity"]
    cut = activity(page, week_of(NONE, (2, 500), NONE))
    assert cut is not None
    assert cut.met_min == pytest.approx(4.0 * 180 * 2)
    assert activity(page, week_of((1, 400), (1, 400), (1, 161))) is None  # 961 minutes a day are not believed
    assert activity(page, week_of((1, 400), (1, 400), (1, 160))) is not None
    assert activity(page, {"vigorous_days": ["3"], "vigorous_min": ["20"]}) is None  # missing days: no result
    assert activity(page, week_of((8, 20), NONE, NONE)) is None  # a week has seven days
    assert activity(page, week_of((2.5, 20), NONE, NONE)) is None


def test_source_portions_of_protein() -> None:
    # National Kidney Foundation: 21-24 g in a deck of cards of meat, 7 g in an egg, 8 g in a glass of milk
    assert protein_g(questions()["protein"], {"meat": ["1"], "egg": ["2"], "dairy": ["1"]}) == pytest.approx(
        22.5 + 14 + 8
    )
    body = ask("protein", {"meat": ["2"], "dairy": ["2"]}, {"weight_kg": 61})
    assert body["protein_g_per_kg_day"] == pytest.approx(1.0)  # 61 g / 61 kg
    assert protein_g(questions()["protein"], {}) is None  # an empty page is not zero


def test_must_is_worked_out_from_what_is_asked() -> None:
    body = ask("you", {"age_years": ["80"], "sex": ["female"], "height_cm": ["160"], "weight_kg": ["45"]})  # BMI 17.6
    facts = current(parse_record(body, today=TODAY), today=TODAY).facts
    assert classify(definitions()["must"], facts).stage == "high_risk"


def test_a_questionnaire_with_a_gap_says_nothing() -> None:
    assert points("sarc_f", 2, 2, 2, 2) is None
    assert "sarc_f_score" not in ask("sarc_f", {"strength": ["2"], "walking": ["2"]})
    assert ask("sarc_f", {"sarc_f_score": ["7"]}) == {"sarc_f_score": 7}


def test_points_that_no_answer_has_are_not_taken() -> None:
    assert points("sarc_f", 3, 0, 0, 0, 0) is None


def test_the_questions_hang_together() -> None:
    assert [str(finding) for finding in check_questions()] == []


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("sarc_f", {"items": questions()["sarc_f"].items[:4]}, "come to 0 to 8, the score has 0 to 10"),
        ("calf", {"fields": ("calf_cm",)}, "unknown variable 'calf_cm'"),
        ("calf", {"within": "review"}, "no line of 'review' opens it"),
        ("focal", {"items": ()}, "no question of the interview asks for 'wasting_one_hand'"),
        ("calf", {"after": ("weight",)}, "unknown question 'weight'"),
        ("danger_now", {"items": questions()["danger_now"].items * 2}, "16 lines; at most 8"),
    ],
)
def test_the_check_finds_a_fault(
    monkeypatch: pytest.MonkeyPatch, name: str, change: dict[str, Any], words: str
) -> None:
    damaged = {**questions(), name: dataclasses.replace(questions()[name], **change)}
    monkeypatch.setattr("myoscope.check.interview.questions", lambda: damaged)
    assert any(words in str(finding) for finding in check_questions())
