"""Values of a knowledge file as lines; and the model's document as a page."""

from __future__ import annotations

from typing import Any

import pytest

from myoscope.report.entry_model import document
from myoscope.report.entry_values import between, label, lines, row


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"low": 20, "high": 40}, "20 to 40 kg"),
        ({"low": 0.8, "high": 0.8}, "0.8 kg"),
        ({"from": 20}, "20 kg and more"),
        ({"to": 40}, "up to 40 kg"),
        ({"below": 30}, "below 30 kg"),
        ({"from": 25, "below": 30}, "25 to below 30 kg"),
        ({"from": 25, "to": 30}, "25 to 30 kg"),
        ({"low": 0, "high": 0}, "0 kg"),
        ({}, ""),
    ],
)
def test_a_range_says_which_end_belongs_to_it(body: dict[str, float], words: str) -> None:
    assert between(body, "kg") == words


def test_a_value_has_its_own_unit_and_source() -> None:
    line = row(
        {"value": 2.2, "unit": "kg/m2", "source": "lee_2000", "place": "abstract", "read": "primary", "note": "n"}
    )
    assert line.text == "2.2 kg/m²"
    assert [(one.short, one.read) for one in line.cited] == [("Lee 2000", "primary")]
    assert [(one.label, one.text) for one in line.below] == [("Note", "n")]


@pytest.mark.parametrize("body", [None, [], {}])
def test_what_is_empty_says_nothing(body: Any) -> None:
    assert lines("note", body) == ()


def test_no_and_zero_are_said() -> None:
    """Missing is never zero, and zero is not missing."""
    assert [line.text for line in lines("even_tails", False)] == ["no"]
    assert [line.text for line in lines("shift", 0, unit="kg")] == ["0 kg"]


def test_ids_become_links_and_sentences_stand_alone() -> None:
    (joined,) = lines("inputs", ["grip_strength_kg", "sex"])
    assert joined.text == "Grip strength, sex"
    long = "A sentence that is much longer than a name and therefore has a line of its own."
    assert [line.text for line in lines("steps", [long, "Short."])] == [long, "Short."]


def test_a_key_without_words_is_shown_in_plain_letters() -> None:
    assert label("something_new") == "Something new"
    assert label("icd10cm") == "ICD-10-CM"
    assert label("grip_strength_kg") == "Grip strength"


def test_the_document_is_set_and_nothing_in_it_is_html() -> None:
    text = "# Title\n\n<script>x</script> a < b\n\n| p | s |\n| --- | --- |\n| k | macdonald_2013: abstract |\n\n![fit](images/model_fit.svg)\n"
    html = document(text, pictures="/pictures/", works="/works/")
    assert "<h1>Title</h1>" in html
    assert "<script" not in html
    assert '<a href="/works/macdonald_2013">MacDonald 2013</a>, abstract' in html
    assert 'src="/pictures/model_fit.svg"' in html
    assert '<div class="rows" tabindex="0"><table>' in html
