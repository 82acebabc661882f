"""What an answer makes of the record: exactly what was said, and nothing where nothing was said."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from myoscope.assess.interview import Interview, answer, urgent_now
from myoscope.assess.questions import questions
from myoscope.record import InputError, current, parse_record

TODAY = dt.date(2026, 11, 23)


def ask(name: str, reply: dict[str, list[str]], body: dict[str, Any] | None = None) -> dict[str, Any]:
    return dict(answer(Interview(body or {}), questions()[name], reply, today=TODAY).body)


def test_ticked_is_there_unsure_is_unknown_and_the_rest_is_not() -> None:
    body = ask("danger_now", {"yes": ["chest_pain"], "unsure": ["facial_droop"]})
    facts = current(parse_record(body, today=TODAY), today=TODAY).facts
    assert facts.has("symptom", "chest_pain") is True
    assert facts.has("symptom", "facial_droop") is None
    assert facts.has("symptom", "breathless_at_rest") is False
    assert facts.has("symptom", "fever") is None


def test_i_do_not_know_leaves_the_record_as_it_is() -> None:
    for name in questions():
        assert ask(name, {"unknown": ["yes"]}, {"sex": "female"}) == {"sex": "female"}


@pytest.mark.parametrize("name", [name for name, page in questions().items() if page.kind == "ticks"])
def test_a_page_of_which_nothing_was_said_denies_nothing(name: str) -> None:
    page = questions()[name]
    for silent in ({}, {"yes": []}, {"yes": [], "unsure": [], "lines": [" "]}):
        with pytest.raises(InputError, match="not a no"):
            ask(name, silent)
    if page.about:
        assert ask(name, {"none": ["yes"]})["absent"]


def test_none_beside_a_tick_is_asked_about() -> None:
    with pytest.raises(InputError, match="none is said to be so"):
        ask("danger_now", {"none": ["yes"], "yes": ["chest_pain"]})


def test_a_value_alone_leaves_the_lines_of_its_page_open() -> None:
    done = answer(Interview(), questions()["eating"], {"food_intake_percent": ["40"]}, today=TODAY)
    assert dict(done.body) == {"food_intake_percent": 40.0}


@pytest.mark.parametrize(
    ("page", "name", "text"),
    [("activity", "walking_days", "8"), ("activity", "walking_days", "2.5"), ("activity", "walking_min", "often"),
     ("protein", "", "-1"), ("sarc_f", "", "7")],
)  # fmt: skip
def test_an_answer_that_cannot_be_one_is_told(page: str, name: str, text: str) -> None:
    with pytest.raises(InputError, match="Write"):
        ask(page, {name or questions()[page].items[0].id: [text]}, {"weight_kg": 60})


def test_an_unticked_area_answers_its_signs_and_an_unsure_one_does_not() -> None:
    body = ask("review", {"yes": ["pain"], "unsure": ["eating"]})
    facts = current(parse_record(body, today=TODAY), today=TODAY).facts
    assert facts.has("symptom", "diarrhoea") is False
    assert facts.has("symptom", "muscle_pain") is None
    assert facts.has("symptom", "poor_appetite") is None


def test_written_lines_dates_and_the_past() -> None:
    reply = {"yes": ["ckd"], "lines": ["hip fracture since 2026-10-05\nbreast cancer (past)"], "complete": ["yes"]}
    body = ask("illnesses", reply)
    facts = current(parse_record(body, today=TODAY), today=TODAY).facts
    assert facts.has("condition", "hip_fracture", within_days=60) is True
    assert facts.has("condition", "breast_cancer") is False
    assert facts.has("condition", "breast_cancer", ever=True) is True
    assert facts.has("condition", "ckd") is True
    assert facts.has("condition", "copd") is False
    assert body["complete"] == ["conditions"]


def test_the_day_of_an_operation_counts() -> None:
    for day, recent in (("2026-11-01", True), ("2026-08-01", False)):
        body = ask("events", {"yes": ["surgery_recent"], "since_surgery_recent": [day]})
        assert body["conditions"] == [{"name": "surgery_recent", "since": day}]
        assert ("rf_acute" in {flag.id for flag in urgent_now(Interview(body), today=TODAY)}) is recent
    with pytest.raises(InputError, match="not a date"):
        ask("events", {"yes": ["surgery_recent"], "since_surgery_recent": ["last autumn"]})


def test_a_written_illness_wins_over_the_unticked_line_it_implies() -> None:
    body = ask("illnesses", {"lines": ["liver cirrhosis"]})
    facts = current(parse_record(body, today=TODAY), today=TODAY).facts
    assert facts.has("condition", "liver_disease") is True


def test_a_medicine_written_with_its_dose_is_kept_once() -> None:
    body = ask("medicines", {"yes": ["statins"], "lines": ["atorvastatin 40 mg"]})
    assert body["medicines"] == ["atorvastatin 40 mg"]


def test_the_four_metre_walk_is_given_in_seconds() -> None:
    assert ask("walk_4m", {"seconds": ["5"]}) == {"gait_speed_m_s": 0.8}
    assert ask("walk_4m", {"seconds": ["5,2"]})["gait_speed_m_s"] == pytest.approx(4 / 5.2, abs=0.001)
    assert ask("walk_4m", {"unable": ["gait_speed_m_s"]}) == {"gait_speed_m_s": "unable"}
    for wrong in ("0", "-3", "soon"):
        with pytest.raises(InputError):
            ask("walk_4m", {"seconds": [wrong]})


def test_a_value_that_cannot_be_is_refused_and_an_unlikely_one_can_be_vouched_for() -> None:
    with pytest.raises(InputError, match="height"):
        ask("you", {"height_cm": ["1.7"]})
    with pytest.raises(InputError, match="not a number"):
        ask("you", {"weight_kg": ["seventy"]})
    unlikely = {"weight_kg": ["220"], "height_cm": ["150"]}
    with pytest.raises(InputError, match="pounds"):
        ask("you", unlikely)
    body = ask("you", {**unlikely, "confirmed": ["weight_kg=220"]})
    assert body["weight_kg"] == {"value": 220.0, "confirmed": True}


def test_an_answer_of_today_stands_beside_a_dated_record() -> None:
    body = ask("calf", {"calf_circumference_cm": ["33"]}, {"date": "2024-01-01", "calf_circumference_cm": 36})
    assert body["calf_circumference_cm"] == 36
    assert body["observations"] == [{"date": "2026-11-23", "calf_circumference_cm": 33.0}]


def test_the_record_that_went_in_is_not_changed() -> None:
    before: dict[str, Any] = {"symptoms": ["fatigue"]}
    ask("danger_now", {"yes": ["chest_pain"]}, before)
    assert before == {"symptoms": ["fatigue"]}


def test_a_line_that_is_not_on_the_page_is_refused() -> None:
    with pytest.raises(InputError, match="no line"):
        ask("danger_now", {"yes": ["obesity"]})
