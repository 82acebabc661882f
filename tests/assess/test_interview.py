"""The interview: danger first, nothing asked twice, and the same answer as the full record in few questions."""

from __future__ import annotations

import datetime as dt
import statistics
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from myoscope.assess.interview import Interview, answer, facts_of, most, next_question
from myoscope.assess.questions import Question, questions
from myoscope.assess.replies import open_items
from myoscope.causes import raised, weigh
from myoscope.cli.app import main
from myoscope.quantities import KINDS
from myoscope.record import current, parse_record
from myoscope.rules import UNABLE, Facts
from myoscope.sources.strict_yaml import parse_yaml

pytestmark = pytest.mark.slow

TODAY = dt.date(2026, 11, 23)
FILES = sorted((Path(__file__).parent / "vignettes").glob("*.yaml"))
KNOWN = ("present", "probable", "possible")


# -- what is asked next -----------------------------------------------------------------------------------------------


def test_danger_comes_first_and_is_said_in_one_sentence() -> None:
    following = next_question(Interview(), today=TODAY)
    assert following is not None
    assert following.question.id == "danger_now"
    assert "urgent" in following.why
    assert following.why.count(".") == 1


def test_what_the_record_holds_is_not_asked_again() -> None:
    body = {
        "sex": "female",
        "age_years": 72,
        "height_cm": 160,
        "weight_kg": 60,
        "ancestry": "european",
        "complete": ["symptoms", "conditions", "medicines"],
    }
    asked = walk(Interview(body), lambda *_: {"unknown": ["yes"]}).asked
    assert not {
        "you",
        "danger_now",
        "danger_more",
        "alarm",
        "focal",
        "illnesses",
        "medicines",
        "events",
    } & set(asked)


def test_an_unwanted_loss_is_asked_about_at_once() -> None:
    body = {"sex": "male", "age_years": 60, "height_cm": 175, "weight_kg": 80, "weight_6_months_ago_kg": 88}
    done = Interview(body, asked=("danger_now", "danger_more"))
    following = next_question(done, today=TODAY)
    assert following is not None
    assert following.question.id in {"weight_before", "illnesses"}


def test_a_page_behind_an_unticked_line_is_not_asked() -> None:
    def nothing_at_hand(page: Question, now: Facts) -> dict[str, list[str]]:
        return {"none": ["yes"]} if page.id in {"at_hand", "review", "events"} else {"unknown": ["yes"]}

    asked = set(walk(Interview(), nothing_at_hand).asked)
    assert {"at_hand", "review"} <= asked
    behind = {page.id for page in questions().values() if page.within in {"at_hand", "review"}}
    assert not asked & behind


def test_a_chair_and_a_tape_at_hand_are_used() -> None:
    def healthy(page: Question, now: Facts) -> dict[str, list[str]]:
        if page.id == "at_hand":
            return {"yes": ["chair", "tape"]}
        if page.id == "you":
            return {"age_years": ["72"], "sex": ["female"], "height_cm": ["160"], "weight_kg": ["60"]}
        return {"none": ["yes"]} if page.kind == "ticks" else {"unknown": ["yes"]}

    assert {"chair_stand", "calf"} <= set(walk(Interview(), healthy).asked)


def walk(so_far: Interview, reply: Any) -> Interview:
    while (following := next_question(so_far, today=TODAY)) is not None:
        so_far = answer(
            so_far, following.question, reply(following.question, facts_of(so_far, today=TODAY)), today=TODAY
        )
    return so_far


@settings(max_examples=4)
@given(st.randoms(use_true_random=False))
def test_law_any_answers_end_within_the_limit_and_make_a_readable_record(dice: Any) -> None:
    def at_random(page: Question, now: Facts) -> dict[str, list[str]]:
        if page.kind == "ticks":
            chosen = {item.id: dice.choice(["yes", "no", "no", "unsure"]) for item in open_items(page, now)}
            found = {word: [name for name, said in chosen.items() if said == word] for word in ("yes", "unsure")}
            return found if any(found.values()) else {"none": ["yes"]}
        if page.kind == "points":
            return {item.id: [str(dice.choice(item.answers)[0])] for item in page.items}
        return {"unknown": ["yes"]}

    done = walk(Interview(), at_random)
    assert done.count <= most()
    assert len(set(done.asked)) == len(done.asked)
    parse_record(done.body, today=TODAY)


# -- every vignette: answered truthfully, the same answer in few questions ------------------------------------------------


def said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return repr(value) if isinstance(value, float) else str(value)


class Person:
    """Somebody who answers what the full record says, and says so where it is silent."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body
        record = parse_record(body, today=TODAY)
        self.facts = current(record, today=TODAY).facts
        self.vouched = {entry.variable for entry in record.entries if entry.confirmed}
        self.written = {entry.variable for entry in record.entries}

    def value(self, name: str) -> Any:
        if name in self.written:
            return self.facts.values.get(name)
        for months in ("3", "6", "12"):  # who knows the loss in percent knows the weight before
            now, loss = (
                self.facts.values.get("weight_kg"),
                self.facts.values.get(f"weight_loss_percent_{months}_months"),
            )
            if name == f"weight_{months}_months_ago_kg" and isinstance(now, float) and isinstance(loss, float):
                return round(now / (1 - loss / 100), 4)
        return None

    def line(self, page: Question, item: Any) -> bool | None:
        if page.about:
            ever = page.id == "illnesses"  # that page asks for what once was, too
            return self.facts.has(page.about, item.id) or self.facts.has(page.about, item.id, ever=ever)
        found: list[bool | None] = []
        for behind in (questions()[name] for name in item.opens):
            if behind.about:
                found += [self.facts.has(behind.about, one.id) for one in behind.shown(self.facts.values.get("sex"))]
            elif page.unsure == "skip":
                found += [True if self.value(name) is not None else None for name in behind.fields]
        return True if True in found else None if None in found else False

    def __call__(self, page: Question, now: Facts) -> dict[str, list[str]]:
        reply: dict[str, list[str]] = {}
        for name in (*page.fields, *page.gives):
            value = self.value(name)
            if value is UNABLE:
                reply.setdefault("unable", []).append(name)
            elif value is not None:
                reply[name] = [said(value)]
                if name in self.vouched:
                    reply.setdefault("confirmed", []).append(f"{name}={said(value)}")
        if page.kind == "ticks":
            lines = {item.id: self.line(page, item) for item in open_items(page, now)}
            reply |= {"yes": [name for name, there in lines.items() if there]}
            reply |= {"unsure": [name for name, there in lines.items() if there is None]}
            rows = self.rows(page) if page.lines else []
            complete = page.lines and KINDS[str(page.about)] in (self.body.get("complete") or [])
            if rows or complete:
                reply |= {"lines": ["\n".join(rows)]} | ({"complete": ["yes"]} if complete else {})
            elif not reply["yes"] and len(reply["unsure"]) == len(lines):
                return {"unknown": ["yes"]}
            elif not reply["yes"] and not reply["unsure"]:
                reply["none"] = ["yes"]
        return reply or {"unknown": ["yes"]}

    def rows(self, page: Question) -> list[str]:
        ticked = {item.id for item in page.items}
        found = []
        for row in self.body.get(KINDS[str(page.about)]) or []:
            if isinstance(row, dict):
                past = " (past)" if row.get("resolved") or row.get("stopped") else ""
                since = f" since {row['since']}" if "since" in row else ""
                found.append(f"{row.get('name') or row.get('id') or row['code']}{since or past}")
            elif row not in ticked:
                found.append(row)
        return found


def leading(facts: Facts) -> str | None:
    if any(one.flag.silences for one in raised(facts)):
        return None
    first = weigh(facts)[0]
    return first.cause.id if first.status in KNOWN else None


@cache
def interviewed(path: Path) -> tuple[Person, Interview]:
    person = Person(parse_yaml(path.read_text(encoding="utf-8"), where=path.name)["record"])
    return person, walk(Interview(), person)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_interview_reaches_what_the_full_record_says(path: Path) -> None:
    person, done = interviewed(path)
    facts = facts_of(done, today=TODAY)
    urgent, wanted = ({one.flag.id for one in raised(known)} for known in (facts, person.facts))
    assert wanted <= urgent
    assert leading(facts) == leading(person.facts)
    assert done.count <= most()


def test_half_of_the_vignettes_need_15_questions_at_most() -> None:
    counts = [interviewed(path)[1].count for path in FILES]  # one file runs in one process, so each is asked once
    assert statistics.median(counts) <= 15
    assert max(counts) <= 25


# -- the command ------------------------------------------------------------------------------------------------------


def test_the_command_asks_writes_and_ends(tmp_path: Path) -> None:
    out = tmp_path / "record.yaml"
    typed = "3\n1? 2\nstop\n"  # chest pain; unsure of one; enough
    done = CliRunner().invoke(main, ["interview", "--out", str(out), "--no-answer"], input=typed)
    assert done.exit_code == 0, done.output
    assert "Danger signs" in done.output
    assert "Chest pain" in done.output  # said at once, not at the end
    body = parse_yaml(out.read_text(encoding="utf-8"), where="record")
    assert "chest_pain" in body["symptoms"]
    again = CliRunner().invoke(main, ["interview", str(out), "--no-answer"], input="stop\n")
    assert again.exit_code == 0
    assert "Danger signs" not in again.output.replace("More danger signs", "")


def test_the_command_asks_again_after_a_slip(tmp_path: Path) -> None:
    out = tmp_path / "record.yaml"
    body = "complete: [symptoms, conditions, medicines]\n"
    out.write_text(body, encoding="utf-8")
    done = CliRunner().invoke(
        main,
        ["interview", str(out), "--out", str(out), "--no-answer"],
        input="70\nfemale\n1.6\n160\n60\n?\nstop\n",  # only the height is asked again
    )
    assert done.exit_code == 0, done.output
    assert done.output.count("70") <= 1
    body = parse_yaml(out.read_text(encoding="utf-8"), where="record")
    assert (body["age_years"], body["height_cm"], body["weight_kg"]) == (70, 160, 60)


def record_of(tmp_path: Path, typed: str, begun: str = "") -> tuple[str, dict[str, Any]]:
    """What the command printed and wrote when this was typed and the input then ended."""
    out = tmp_path / "record.yaml"
    words = ["interview", "--out", str(out), "--no-answer"]
    if begun:
        out.write_text(begun, encoding="utf-8")
        words.insert(1, str(out))
    done = CliRunner().invoke(main, words, input=typed)
    assert done.exit_code == 0, done.output
    return done.output, parse_yaml(out.read_text(encoding="utf-8"), where="record") or {}


SEEN = "complete: [symptoms, conditions, medicines]\n"


@pytest.mark.parametrize("enter", ["\n", "  \n"])
def test_an_empty_line_denies_nothing(tmp_path: Path, enter: str) -> None:
    output, body = record_of(tmp_path, enter * 40)
    assert body == {}
    assert "An empty line is not a no" in output
    assert output.count("Danger signs") == 1  # it asks the same page again


def test_none_has_to_be_said(tmp_path: Path) -> None:
    _, body = record_of(tmp_path, "\nnone\n")
    assert set(body) == {"absent"}
    assert {"chest_pain", "facial_droop"} <= set(body["absent"])


def test_not_knowing_every_page_leaves_an_empty_record(tmp_path: Path) -> None:
    assert record_of(tmp_path, "?\n" * 400)[1] == {}


def test_the_end_of_the_input_keeps_every_answer(tmp_path: Path) -> None:
    output, body = record_of(tmp_path, "70\nfemale\n160\n", SEEN)  # in the middle of a page
    assert (body["age_years"], body["sex"], body["height_cm"]) == (70, "female", 160)
    assert "Aborted" not in output


def test_back_asks_the_page_again_and_then_the_one_before(tmp_path: Path) -> None:
    output, body = record_of(tmp_path, "3\nback\n1\n")
    assert output.count("1 of at most") == 2
    assert len(body["symptoms"]) == 1
    assert "chest_pain" in body["absent"]  # the first answer is gone
    (tmp_path / "record.yaml").unlink()
    _, body = record_of(tmp_path, "7\nback\n70\nfemale\n", SEEN)  # a page that was begun
    assert body["age_years"] == 70


def test_an_unlikely_value_is_vouched_for_at_the_terminal(tmp_path: Path) -> None:
    for said, kept in (("yes", {"value": 220.0, "confirmed": True}), ("no\n80", 80.0)):
        _, body = record_of(tmp_path, f"50\nfemale\n150\n220\n{said}\nstop\n", SEEN)
        assert body["weight_kg"] == kept


def test_another_record_is_not_written_over(tmp_path: Path) -> None:
    out = tmp_path / "record.yaml"
    out.write_text("sex: male\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["interview", "--out", str(out)], input="3\n")
    assert done.exit_code == 2
    assert "is there already" in done.output
    assert out.read_text(encoding="utf-8") == "sex: male\n"


@pytest.mark.parametrize("text", ["height_cm: 1.6\n", "just words\n"])
def test_the_command_refuses_a_record_it_cannot_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(main, ["interview", str(path)])
    assert done.exit_code == 2
    assert "wrong.yaml" in done.output
    assert "Traceback" not in done.output
