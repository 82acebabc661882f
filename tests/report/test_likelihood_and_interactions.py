"""How telling a finding is, and what a step does together with other things: said alike in the terminal and on the page."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from rich.console import Console

from myoscope.assess.result import Assessment, Evidence, Likelihood
from myoscope.report import terminal
from myoscope.report.page import render as page
from myoscope.report.wording import evidence_note, likelihood

COOK = {"source": "cook_2010", "short": "Cook 2010", "place": "abstract", "read": "primary"}
RATIO: dict[str, Any] = {"value": 30.9, "low": 5.5, "high": 181.8, "among": "people", "source": COOK}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {},
            "seen about 31 times as often with it as without: likelihood ratio 30.9 (5.5 to 181.8) among people, Cook 2010",
        ),
        (
            {"value": 0.016, "low": 0.007, "high": 0.035},
            "seen about 62 times as often without it as with it: likelihood ratio 0.016 (0.007 to 0.035) among people, Cook 2010",
        ),
        (
            {"low": None, "high": None, "source": COOK | {"read": "secondary"}},
            "seen about 31 times as often with it as without: likelihood ratio 30.9 among people, Cook 2010, secondary",
        ),
    ],
)
def test_a_ratio_in_words(change: dict[str, Any], said: str) -> None:
    assert likelihood(Likelihood.model_validate(RATIO | change)) == said


def test_no_word_of_a_chance_where_no_ratio_was_published() -> None:
    assert evidence_note(Evidence(text="x", strength="weak")) == "weak"


@pytest.fixture
def told(answer_body: dict[str, Any]) -> tuple[str, str]:
    """The terminal's text and the page's, each on one line, of an answer with a ratio and an interaction."""
    answer_body["causes"][0]["for"][0]["likelihood_ratio"] = RATIO
    item = answer_body["plan"]["items"][0]
    item["interactions"] = [{"partner": "Warfarin", "says": "Keep vitamin K even.", "source": COOK}]
    assessment = Assessment.model_validate(answer_body)
    out = io.StringIO()
    terminal.render(assessment, Console(file=out, width=100))
    html = re.sub(r"<[^>]+>", "", page(assessment))
    return " ".join(out.getvalue().split()), " ".join(html.split())


def test_the_ratio_stands_behind_its_evidence(told: tuple[str, str]) -> None:
    text, html = told
    words = "establishes; seen about 31 times as often with it as without: likelihood ratio 30.9 (5.5 to 181.8)"
    assert f"Eats 0.6 g of protein per kg a day [{words}" in text
    assert f"Eats 0.6 g of protein per kg a day ({words}" in html


def test_what_a_step_does_together_with_a_medicine(told: tuple[str, str]) -> None:
    text, html = told
    assert "with Warfarin: Keep vitamin K even. [Cook 2010, abstract]" in text
    assert "Together with Warfarin: Keep vitamin K even. Cook 2010" in html


def test_a_step_that_is_not_allowed_says_nothing_of_them(answer_body: dict[str, Any]) -> None:
    closed = next(item for item in answer_body["plan"]["items"] if item["status"] == "not_now")
    closed["interactions"] = [{"partner": "Warfarin", "says": "Keep vitamin K even.", "source": COOK}]
    assessment = Assessment.model_validate(answer_body)
    assert "Warfarin" not in page(assessment)
