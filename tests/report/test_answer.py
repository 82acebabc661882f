from __future__ import annotations

import pytest

from myoscope.assess.result import Assessment
from myoscope.report import answer, wording


def test_the_three_lines(assessment):
    lines = answer.headline(assessment)
    assert lines.muscle.startswith("2 of 4 definitions with data find something: Sarcopenia (SDOC 2020)")
    assert "1 finds nothing; 1 definition needs more to answer" in lines.muscle
    assert lines.cause == "Most likely: Too little protein (present) and Too little use of the muscles (probable)."
    assert lines.step.startswith("See a doctor today: Dark urine")


def test_unknown_is_said_as_unknown(empty_assessment):
    lines = answer.headline(empty_assessment)
    assert lines.muscle.startswith("Not known yet")
    assert lines.cause.startswith("Not known")
    assert lines.step == "Nothing follows from what was entered."


def test_the_first_step_without_anything_urgent_is_the_plan(answer_body):
    answer_body["urgent"] = []
    assert answer.headline(Assessment.model_validate(answer_body)).step == (
        "After a safety check, begin with enough protein and whey protein."
    )


def test_a_withheld_plan_says_whom_to_see(answer_body):
    answer_body["urgent"] = []
    answer_body["plan"] = {"withheld": "No plan before this has been looked at", "refer": ["GP"]}
    assert answer.headline(Assessment.model_validate(answer_body)).step.endswith("looked at. See: GP.")


def test_the_most_urgent_comes_first(assessment):
    assert [sign.tier for sign in answer.urgent_first(assessment)] == ["same_day", "two_weeks"]


def test_the_steps_keep_the_order_of_the_plan(answer_body):
    for item in answer_body["plan"]["items"]:
        item["status"] = "offer"
    body = Assessment.model_validate(answer_body)
    assert answer.plan_sections(body)["begin"] == body.plan.items


def test_a_safety_question_is_asked_once_for_all_steps(answer_body):
    items = answer_body["plan"]["items"]
    for item in items[:2]:
        item["status"] = "ask_first"
        item["gates_open"] = [
            {"id": "g", "action": "stop", "answer": "unknown", "lay": "l", "professional": "p", "asks": ["Kidney disease?"],
             "source": {"source": "s", "short": "S 2001", "place": "p", "read": "primary"}},
        ]  # fmt: skip
    questions = answer.safety_questions(Assessment.model_validate(answer_body))
    assert [question for question, _ in questions].count("Kidney disease?") == 1


def test_every_source_is_named_once_with_its_weakest_reading(assessment):
    found = {source.source: source.read for source, _ in answer.citations(assessment)}
    assert found["recalled_2001"] == "recalled"
    assert found["cruz_jentoft_2019"] == "secondary"
    assert found["bhasin_2020"] == "primary"


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("10", "10th percentile"),
        ("11", "11th percentile"),
        ("below the 5th", "below the 5th percentile"),
        ("between the 25th and the 75th", "between the 25th and the 75th percentile"),
        ("below 1 in 1000", "below 1 in 1000"),
    ],
)
def test_a_standing_in_words(assessment, shown, said):
    standing = assessment.measures[3].standing[0].model_copy(update={"shown": shown})
    assert answer.standing_words(standing) == said


@pytest.mark.parametrize(
    ("value", "said"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (23, "23rd"), (112, "112th")]
)
def test_ordinals(value, said):
    assert wording.ordinal(value) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (None, "kg", "not known"),
        ("unable", "s", "could not be done"),
        (True, None, "yes"),
        (11.0, "ng/mL", "11 ng/mL"),
        (0.123456, None, "0.123"),
    ],
)
def test_values_in_words(value, unit, said):
    assert wording.value_text(value, unit) == said


def test_a_value_is_shown_in_the_steps_of_its_instrument():
    assert wording.value_text(27.0, "kg", "grip_strength_kg") == "27.0 kg"
    assert wording.value_text(0.756, "m/s", "gait_speed_m_s") == "0.76 m/s"


def test_a_probability_is_never_certain():
    assert wording.percent(0.9999) == "more than 99 %"
    assert wording.percent(0.0) == "less than 1 %"
    assert wording.percent(0.62) == "62 %"
