"""What a list entry stands for, and what is said of one that stands for nothing."""

from __future__ import annotations

import time

import pytest
from click.testing import CliRunner

from myoscope.assess import assess
from myoscope.cli import main
from myoscope.record import InputError, Problem, parse_record
from myoscope.record.listed import nearest_ids, nearest_names, unread


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("condition", "hypertnsion", "hypertension"),
        ("symptom", "tired muscles and fatigue", "fatigue"),
        ("medicine", "atorvastatn 40 mg", "statins"),
        ("medicine", "prednisolon-like", "glucocorticoids_systemic"),
    ],
)
def test_the_nearest_ids_are_named(kind: str, text: str, wanted: str) -> None:
    assert wanted in nearest_ids(kind, text)


@pytest.mark.parametrize(
    ("text", "wanted"), [("predisone", "prednisone"), ("statn", "statins"), ("blood thinners", "anticoagulants")]
)
def test_a_misspelt_medicine_gets_the_name_to_write(text: str, wanted: str) -> None:
    assert nearest_names("medicine", text)[0] == wanted
    assert parse_record({"medicines": [wanted]}).listings[0].terms
    told = unread(parse_record({"medicines": [text]}).listings)
    assert told is not None
    assert f"near: {wanted}" in told


@pytest.mark.parametrize("kind", ["condition", "medicine", "symptom"])
def test_nothing_is_near_a_word_that_resembles_nothing(kind: str) -> None:
    assert nearest_ids(kind, "banana") == []
    assert nearest_ids(kind, "   ") == []


def test_the_warning_names_every_unknown_entry_and_says_where_to_look() -> None:
    body = {"sex": "male", "age_years": 70, "symptoms": ["banana"], "medicines": ["foozumab 5 mg"]}
    remarks = assess(parse_record(body)).person.remarks
    told = next(one for one in remarks if "Not in our vocabulary" in one)
    for words in (
        "banana (symptom)",
        "foozumab 5 mg (medicine",
        "knowledge list symptoms --word",
        "knowledge list medicines --word",
    ):
        assert words in told
    assert "Nearest ids: myoscope" not in told


def test_known_entries_are_not_warned_of() -> None:
    assert unread(parse_record({"medicines": ["metformin"], "conditions": ["copd"]}).listings) is None


def test_what_the_warning_says_to_type_works() -> None:
    for kind in ("conditions", "medicines", "symptoms"):
        done = CliRunner().invoke(main, ["knowledge", "list", kind, "--word", "pain"])
        assert done.exit_code == 0
    none = CliRunner().invoke(main, ["knowledge", "list", "conditions", "--word", "zzzqq"])
    assert (none.exit_code, none.stdout) == (0, "")
    assert "zzzqq" in none.stderr


@pytest.mark.parametrize("key", ["conditions", "medicines", "symptoms", "absent"])
def test_a_list_of_thousands_is_refused_at_once(key: str) -> None:
    begun = time.process_time()
    with pytest.raises(InputError, match="50,000 entries"):
        parse_record({key: [f"unknown thing {number}" for number in range(50_000)]})
    assert time.process_time() - begun < 1


def test_thousands_of_unknown_keys_are_refused_at_once() -> None:
    with pytest.raises(InputError) as caught:
        parse_record({f"unknown_{number}": 1 for number in range(50_000)})
    assert len(caught.value.problems) == 101


@pytest.mark.parametrize(
    ("what", "attempt", "said"),
    [
        ("unknown key; did you mean 'x'?", "See y", "w: unknown key; did you mean 'x'? See y"),
        ("is wrong", "Did you mean x?", "w: is wrong. Did you mean x?"),
        ("is wrong", None, "w: is wrong"),
        ("did you mean 'x'?", None, "w: did you mean 'x'?"),
    ],
)
def test_a_message_has_one_stop_at_a_time(what: str, attempt: str | None, said: str) -> None:
    problem = Problem("w", what, attempt)
    assert str(problem) == said
    assert problem.sentences == said.removeprefix("w: ") + (
        "" if said.endswith("?") else "" if said.endswith(".") else "."
    )
    assert "?." not in f"{problem} {problem.sentences}"
