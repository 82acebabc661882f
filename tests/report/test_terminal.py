from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from myoscope.assess.result import Assessment
from myoscope.report import terminal


def printed(assessment, width=80, **more):
    out = io.StringIO()
    terminal.render(assessment, Console(file=out, width=width, **more))
    return out.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_longer_than_the_terminal(assessment, width):
    assert max(len(line) for line in printed(assessment, width).splitlines()) <= width


def test_a_wide_terminal_is_not_filled(assessment):
    assert max(len(line.rstrip()) for line in printed(assessment, 200).splitlines()) <= terminal.WIDEST


def test_piped_output_holds_no_colour_codes(assessment):
    assert "\x1b" not in printed(assessment)
    assert "\x1b" in printed(assessment, force_terminal=True, color_system="truecolor")


def test_the_order_is_urgent_answer_measures_definitions_causes_plan_sources(assessment):
    text = printed(assessment)
    headings = [
        "Man, 74 years", "URGENT", "THE ANSWER IN THREE LINES", "MEASURES", "WHAT THE DEFINITIONS SAY",
        "WHY THEY DISAGREE", "WHAT WOULD SETTLE THE OPEN QUESTIONS", "WHAT MAY BE CAUSING IT", "WHAT TO DO", "SOURCES",
        "This is not a diagnosis",
    ]  # fmt: skip
    places = [text.index(heading) for heading in headings]
    assert places == sorted(places)
    assert text.rstrip().endswith("knowledge 2026.11+abc1234567.")


def flat(text):
    return re.sub(r"\s+", " ", re.sub(r"[┃┏┓┗┛━│]", " ", text))


def test_everything_that_matters_is_there(assessment):
    text = flat(printed(assessment, 110))
    for sign in assessment.urgent:
        assert sign.title in text
    assert "See a doctor today" in text
    assert "Book within 2 weeks" in text
    for cause in assessment.causes:
        assert cause.title in text
    for item in assessment.plan.items:
        assert item.treatment in text
    for definition in assessment.definitions.values():
        assert definition.title in text
    assert "27.0 kg is not below 27 kg" in text
    assert "(secondary)" in text
    assert "unverified" in text
    assert "could not be done" in text
    assert "68 to 82 g a day" in text
    assert "see: GP or geriatrician" in text
    assert "Your grip strength of 27.0 kg is below 28 kg (AWGS 2019), but not below 27 kg" in text
    assert "By Park 2021 the muscle mass would be about 18.6 kg" in text
    assert "the list of conditions (complete it) bears on Low testosterone [known, or asked at home]" in text


def test_a_step_that_is_not_allowed_shows_no_dose(assessment):
    text = printed(assessment)
    assert "2 sessions a week" not in text
    assert "Dark urine first has to be explained." in text


def test_markup_in_the_data_stays_text(answer_body):
    answer_body["person"]["id"] = "[bold]x[/bold] [/]"
    answer_body["causes"][0]["title"] = "[red]cause[/red]"
    answer_body["measures"][0]["name"] = "[link=http://x]name[/link]"
    text = printed(Assessment.model_validate(answer_body), 110)
    assert "[bold]x[/bold] [/]" in text
    assert "[red]cause[/red]" in text


def test_an_empty_answer_says_that_nothing_is_known(empty_assessment):
    text = printed(empty_assessment)
    assert "Sex not given, age not given" in text
    assert "Not known yet" in text
    assert "URGENT" not in text


@pytest.mark.parametrize(("percentile", "at"), [(0, 0), (50, 6), (100, 11)])
def test_the_bar_marks_the_percentile(percentile, at):
    bar = terminal.percentile_bar(percentile)
    assert len(bar) == 12
    assert bar.index("●") == at
