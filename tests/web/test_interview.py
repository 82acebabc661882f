"""The interview's pages: one question each, without a script, and nothing that was said is lost."""

from __future__ import annotations

import json
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest

from myoscope.assess.interview import Next
from myoscope.assess.questions import questions
from myoscope.web import interview as pages

pytestmark = pytest.mark.slow

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Page(HTMLParser):
    """What a browser without scripts would send back, and the names it offers."""

    def __init__(self, html):
        super().__init__()
        self.sent, self.names, self.buttons, self.labels, self.ids = [], set(), [], set(), set()
        self._area = None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        name = found.get("name")
        if found.get("id"):
            self.ids.add(found["id"])
        if tag == "label" and found.get("for"):
            self.labels.add(found["for"])
        if tag in {"input", "textarea"} and name:
            self.names.add(name)
        if tag == "button":
            self.buttons.append(found.get("value"))
        if tag == "input" and name:
            if found.get("type") in {"checkbox", "radio"}:
                if "checked" in found:
                    self.sent.append((name, found["value"]))
            elif found.get("value"):
                self.sent.append((name, found["value"]))
        self._area = name if tag == "textarea" else None

    def handle_endtag(self, tag):
        self._area = None if tag == "textarea" else self._area

    def handle_data(self, data):
        if self._area and data.strip():
            self.sent.append((self._area, data.removeprefix("\n")))

    def value(self, name):
        return next((value for key, value in self.sent if key == name), None)


def press(client, page, wish, **more):
    """Fill in, then press a button."""
    body = [(name, value) for name, value in page.sent if name not in more]
    body += [(name, one) for name, values in more.items() for one in (values if isinstance(values, list) else [values])]
    return client.post("/interview", content=urlencode([*body, ("do", wish)]), headers=FORM)


def to(client, wanted, page=None):
    """Answer 'I don't know' until a question comes."""
    page = page or Page(client.get("/interview").text)
    for _ in range(25):
        if page.value("at") == wanted:
            return page
        page = Page(press(client, page, "unknown").text)
    raise AssertionError(f"{wanted} was not asked")


def test_the_first_page_asks_one_question_and_can_be_sent(client):
    got = client.get("/interview")
    page = Page(got.text)
    assert got.status_code == 200
    assert page.value("at") == "danger_now"
    assert page.buttons[:3] == ["next", "none", "unknown"]  # the enter key presses the first
    assert "back" not in page.buttons
    assert "<script" not in got.text.partition("<main")[2]
    assert "1 of at most 25" in got.text


def test_back_brings_the_last_answer_again(client):
    first = Page(client.get("/interview").text)
    second = Page(press(client, first, "next", yes="chest_pain", unsure="facial_droop").text)
    assert second.value("at") == "danger_more"
    again = Page(press(client, second, "back", yes="choking").text)
    assert again.value("at") == "danger_now"
    assert ("yes", "chest_pain") in again.sent
    assert ("unsure", "facial_droop") in again.sent
    forward = Page(press(client, again, "next").text)
    assert forward.value("at") == "danger_more"
    assert ("yes", "choking") in forward.sent  # what was ticked before going back is still there


def test_the_enter_key_on_a_page_without_ticks_denies_nothing(client):
    first = Page(client.get("/interview").text)
    told = press(client, first, "next")
    again = Page(told.text)
    assert told.status_code == 422
    assert "not a no" in told.text
    assert again.value("at") == "danger_now"
    assert again.value("said") == "[]"
    assert "none" not in again.names  # only a button says it
    smuggled = press(client, first, "next", none="yes")
    assert smuggled.status_code == 422


def test_an_emergency_is_told_at_once(client):
    got = press(client, Page(client.get("/interview").text), "next", yes="facial_droop")
    assert "Sudden weakness" in got.text
    assert 'role="alert"' in got.text
    assert "end" in Page(got.text).buttons


def test_a_wrong_value_is_told_and_kept(client):
    page = to(client, "you")
    got = press(client, page, "next", height_cm="1.6", weight_kg="60", sex="female", age_years="70")
    wrong = Page(got.text)
    assert got.status_code == 422
    assert wrong.value("at") == "you"
    assert ("height_cm", "1.6") in wrong.sent
    assert ("sex", "female") in wrong.sent
    assert "confirmed: true" not in unescape(got.text)
    right = Page(press(client, wrong, "next", height_cm="160").text)
    assert right.value("at") != "you"


def test_an_unlikely_value_can_be_vouched_for(client):
    page = to(client, "you")
    told = press(client, page, "next", age_years="50", sex="female", height_cm="150", weight_kg="220")
    assert told.status_code == 422
    assert "pounds" in told.text
    assert "confirmed" in Page(told.text).names
    taken = press(client, Page(told.text), "next", confirmed="weight_kg=220")
    assert taken.status_code == 200
    assert Page(taken.text).value("at") != "you"


def test_the_end_is_the_answer_with_the_record_carried(client):
    page = Page(press(client, Page(client.get("/interview").text), "none").text)
    page = to(client, "you", page)
    page = Page(press(client, page, "next", age_years="74", sex="male", height_cm="172", weight_kg="68").text)
    got = press(client, page, "end")
    assert got.status_code == 200
    carried = Page(got.text).value("record_text")
    body = json.loads(carried)
    assert body["age_years"] == 74
    assert "chest_pain" in body["absent"]


def test_an_interview_in_which_nothing_is_known_ends_by_itself(client):
    page, turns = Page(client.get("/interview").text), 0
    while page.value("at") and turns < 30:
        page, turns = Page(press(client, page, "unknown").text), turns + 1
    assert turns <= 25
    assert page.value("at") is None


@pytest.mark.parametrize(
    "said",
    ["{", '{"a": 1}', '[["no_such_question", {}]]', "[[1]]", '[["you", {"height_cm": ["1.6"]}]]', "null", "[" * 5000],
)
def test_what_is_not_of_our_making_is_refused_in_a_sentence(client, said):
    got = client.post("/interview", content=urlencode({"said": said, "at": "you", "do": "next"}), headers=FORM)
    assert got.status_code == 422
    assert "Traceback" not in got.text


def test_a_record_can_be_gone_on_from(client):
    got = client.post(
        "/interview", content=urlencode({"record_text": "complete: [symptoms, conditions, medicines]"}), headers=FORM
    )
    page = Page(got.text)
    assert page.value("at") == "you"
    assert json.loads(page.value("start")) == {"complete": ["symptoms", "conditions", "medicines"]}


@pytest.mark.parametrize("name", sorted(questions()))
def test_every_question_makes_a_page_whose_fields_are_labelled(client, monkeypatch, name):
    monkeypatch.setattr(pages, "next_question", lambda *_, **__: Next(questions()[name], "Because.", 1.0))
    got = client.get("/interview")
    page = Page(got.text)
    assert got.status_code == 200
    assert {one for one in page.ids if one.startswith("f-")} <= page.labels
    asked = {*questions()[name].fields} - ({"gait_speed_m_s"} if questions()[name].seconds_for_m else set())
    assert asked <= page.names


def test_the_home_tests_are_taught_step_by_step(client):
    text = client.get("/interview/home-tests").text
    for words in ("Five chair stands", "Finger ring", "Four-metre walk", "Calf", "Grip", "<ol>"):
        assert words in text
