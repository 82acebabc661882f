"""First week, letter, programme and meals as the result and its faces show them."""

from __future__ import annotations

import io
import textwrap
from pathlib import Path

import pytest
import yaml
from rich.console import Console

from myoscope.assess.first_week import first_week
from myoscope.assess.letter import letter
from myoscope.assess.programme_part import made_doable, meals_part, programme_part
from myoscope.assess.result import Assessment
from myoscope.causes import raised, weigh
from myoscope.plan import compose
from myoscope.report import doable, page, terminal
from myoscope.report.letter import as_markdown, plain
from myoscope.rules import Facts
from myoscope.rules.facts import Listed

pytestmark = pytest.mark.slow

ACTIVE = Listed(active=True, ever=True)
OLD_AND_WEAK = {"age_years": 78.0, "sex": "male", "weight_kg": 70.0, "height_cm": 172.0, "bmi_kg_m2": 23.7, "chair_stand_5x_s": 17.0, "resistance_sessions_per_week": 0.0, "protein_g_per_kg_day": 0.7, "steps_per_day": 2000.0}  # fmt: skip


@pytest.fixture
def answer():
    path = Path(__file__).parents[1] / "report" / "answer.yaml"
    return Assessment.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def made(answer, values=OLD_AND_WEAK, **listed):
    """The hand-made answer with programme, meals and the rest for a person of these facts."""
    facts = Facts(values, {("condition", name): ACTIVE for name in listed})
    return made_doable(answer, compose(facts, raised(facts), weigh(facts)), facts)


def test_a_first_week_has_at_most_three_things_with_days(answer):
    week = made(answer).first_week
    assert 1 <= len(week.steps) <= 3
    assert all(step.days and step.says for step in week.steps)
    assert "{" not in " ".join(step.says for step in week.steps)


def test_training_days_of_the_first_week_are_those_of_the_programme(answer):
    found = made(answer)
    days = [day.day for day in found.programme.phases[0].days if day.kind == "training"]
    assert next(step.days for step in found.first_week.steps if step.id == "resistance_training") == days


def test_a_step_with_open_safety_questions_says_so_first(answer):
    found = made(answer)
    assert found.programme.ask_first
    assert next(step for step in found.first_week.steps if step.id == "resistance_training").check_first


def test_what_would_change_the_plan_names_warning_signs(answer):
    changes = made(answer).first_week.changes
    assert len(changes) <= 8
    assert any("warning sign" in text for text in changes)


def test_kidney_function_is_watched_only_where_it_is_weak():
    def variables(values):
        facts = Facts(values)
        return {row.variable for row in first_week(compose(facts, [], weigh(facts)), None, None, [], facts).measure}

    assert "egfr_ml_min_1_73m2" in variables({**OLD_AND_WEAK, "egfr_ml_min_1_73m2": 59.0})
    assert "egfr_ml_min_1_73m2" not in variables({**OLD_AND_WEAK, "egfr_ml_min_1_73m2": 60.0})
    assert "egfr_ml_min_1_73m2" not in variables(OLD_AND_WEAK)


def test_a_withheld_plan_gets_the_letter_and_nothing_else(answer):
    body = answer.model_copy(
        update={"plan": answer.plan.model_copy(update={"withheld": "No plan before this", "items": []})}
    )
    found = made(body)
    assert (found.programme, found.meals, found.first_week) == (None, None, None)
    assert any("No plan before this" in line for section in found.letter.sections for line in section.lines)


def test_referrals_that_need_not_wait_stay_in_the_letter_of_a_withheld_plan(answer):
    step = next(item for item in answer.plan.items if item.status == "refer" and item.group != "supplements")
    plan = answer.plan.model_copy(update={"withheld": "No plan before this", "items": [step]})
    text = as_markdown(letter(answer.model_copy(update={"plan": plan})))
    assert "No plan before this" in text
    assert plain(step.treatment) in text


def test_the_letter_says_what_speaks_against_a_cause(answer):
    cause = next(one for one in answer.causes if one.status in {"present", "probable", "possible"} and one.for_)
    doubted = cause.model_copy(
        update={"against": [cause.for_[0].model_copy(update={"text": "taken at the wrong hour"})]}
    )
    found = letter(answer.model_copy(update={"causes": [doubted]}))
    assert "Against it: taken at the wrong hour." in as_markdown(found)


def test_one_reason_for_several_referrals_stands_in_the_letter_once(answer):
    step = next(item for item in answer.plan.items if item.status == "refer" and item.group != "supplements")
    other = step.model_copy(update={"id": "another", "treatment": "Another step"})
    plan = answer.plan.model_copy(update={"items": [step, other]})
    lines = [line for section in letter(answer.model_copy(update={"plan": plan})).sections for line in section.lines]
    assert len([line for line in lines if step.treatment in line and "Another step" in line]) == 1


def test_nobody_writes_a_letter_for_the_dead(answer):
    assert letter(answer.model_copy(update={"person": answer.person.model_copy(update={"deceased": True})})) is None


def test_the_letter_is_one_page_and_begins_with_what_should_not_wait(answer):
    text = as_markdown(letter(answer))
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, 100) or [""]]
    assert len(lines) <= 90
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings[0] == "## What should not wait"
    assert all(cause.title in text for cause in answer.causes if cause.status == "present")


def test_every_urgent_sign_of_the_answer_stands_in_the_letter(answer):
    text = as_markdown(letter(answer))
    assert answer.urgent
    assert all(plain(sign.title) in text for sign in answer.urgent)


def test_nothing_entered_is_read_as_markup(answer):
    nasty = answer.person.model_copy(update={"conditions": ["<img src=x>", "# not a heading", "*loud*", "[a](b)"]})
    text = as_markdown(letter(answer.model_copy(update={"person": nasty})))
    assert "\\<img src=x\\>" in text
    assert "\\*loud\\*" in text
    assert not any(line.startswith("# not") for line in text.splitlines())


def test_both_faces_show_programme_meals_week_and_letter(answer):
    found = made(answer)
    console = Console(width=100, record=True, file=io.StringIO())
    terminal.render(found, console)
    shown, html = console.export_text(), page.render(found)
    for text in (found.programme.title, found.programme.exercises[0].title, found.meals.days[0].meals[0].title):
        assert text in shown
        assert text in html
    assert "YOUR FIRST WEEK" in shown
    assert 'id="week"' in html
    assert doable.dose_words(found.programme.phases[0]) in html


def test_an_answer_without_a_plan_to_do_shows_none(answer):
    assert 'id="week"' not in page.render(answer)


def test_reasons_to_leave_an_exercise_out_are_told_once_each(answer):
    programme = made(answer).programme
    told = doable.leave_out(programme)
    assert len({reason for reason, _ in told}) == len(told)
    assert {title for _, titles in told for title in titles} == {e.title for e in programme.exercises if e.leave_out_if}


def test_somebody_who_trains_begins_where_sets_are_doubled():
    facts = Facts({**OLD_AND_WEAK, "chair_stand_5x_s": 12.0, "resistance_sessions_per_week": 2.0})
    found = programme_part(compose(facts, [], weigh(facts)), facts)
    assert (found.begin_week, found.phases[0].weeks, found.phases[0].sets) == (3, (3, 5), 2)


def test_minerals_are_shown_unless_the_kidneys_are_known_to_be_well():
    def potassium(values, **conditions):
        facts = Facts(values, {("condition", name): state for name, state in conditions.items()})
        found = meals_part(compose(facts, [], weigh(facts)), (70.0, 84.0), facts)
        return found.days[0].potassium_mg

    none = Listed(active=False, ever=False)
    assert potassium(OLD_AND_WEAK) is not None
    assert potassium({**OLD_AND_WEAK, "egfr_ml_min_1_73m2": 80.0}, ckd=none) is None


def test_the_schema_of_the_result_knows_the_new_parts():
    keys = Assessment.model_json_schema(by_alias=True, mode="serialization")["properties"]
    assert {"programme", "meals", "first_week", "letter"} <= keys.keys()
