"""What-if as a form post and as a piece of the page."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

RECORD = {
    "sex": "female",
    "age_years": "80",
    "height_cm": "158",
    "weight_kg": "55",
    "alm_kg": "12.5",
    "alm_method": "dxa_hologic",
    "protein_g_per_kg_day": "0.6",
    "resistance_sessions_per_week": "0",
}
CHOSEN = {"what_if": "1", "what_if_on": ["resistance_training", "protein_target"]}
SESSIONS = "what_if_dose.resistance_training.rt_sessions_per_week"
PIECE = {"HX-Request": "true"}


class Form(HTMLParser):
    """What a browser would send back, and the text of the page."""

    def __init__(self, html):
        super().__init__()
        self.sent, self.texts, self._select = {}, [], ""
        self.feed(html)
        self.text = " ".join(" ".join(self.texts).split())

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        unticked = found.get("type") == "checkbox" and "checked" not in found
        if tag == "input" and found.get("name") and found.get("value") and not unticked:
            self.sent.setdefault(found["name"], []).append(found["value"])
        self._select = found.get("name", "") if tag == "select" else self._select
        if tag == "option" and "selected" in found and found.get("value"):
            self.sent.setdefault(self._select, []).append(found["value"])

    def handle_data(self, data):
        self.texts.append(data)


def post(client, more, path="/what-if", **headers):
    return client.post(path, data={**RECORD, **more}, headers=headers)


def test_the_answer_offers_the_switches_as_the_plan_has_them(client):
    form = Form(post(client, {}, "/assess").text)
    assert {"resistance_training", "protein_target"} <= set(form.sent["what_if_on"])
    assert form.sent[SESSIONS] == ["2"]


def test_without_script_a_whole_page_comes_with_everything_entered(client):
    page = post(client, {**CHOSEN, SESSIONS: "3"})
    form = Form(page.text)
    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    assert {name: form.sent[name] for name in RECORD} == {name: [value] for name, value in RECORD.items()}
    assert sorted(form.sent["what_if_on"]) == ["protein_target", "resistance_training"]
    assert form.sent[SESSIONS] == ["3"]
    assert "With what you chose" in page.text
    assert "<svg" in page.text


def test_with_htmx_only_the_answer_comes(client):
    piece = post(client, {**CHOSEN, SESSIONS: "3"}, **PIECE)
    assert piece.status_code == 200
    assert "<html" not in piece.text
    assert "The two changes worth most" in piece.text
    assert "<svg" in piece.text


def test_the_way_back_keeps_what_was_chosen_and_what_was_entered(client):
    sent = Form(post(client, {**CHOSEN, SESSIONS: "3"}).text).sent
    again = Form(client.post("/assess", data=sent).text)
    assert sorted(again.sent["what_if_on"]) == ["protein_target", "resistance_training"]
    assert again.sent[SESSIONS] == ["3"]
    assert again.sent["alm_kg"] == ["12.5"]
    form = Form(client.post("/", data=sent).text)
    assert form.sent["alm_kg"] == ["12.5"]
    assert form.sent[SESSIONS] == ["3"]


def test_nothing_switched_on_is_a_choice_too(client):
    form = Form(post(client, {"what_if": "1"}).text)
    assert "what_if_on" not in form.sent
    assert "0.0 kg against going on as now" in form.text


@pytest.mark.parametrize(
    ("dose", "words"),
    [("many", "is no number"), ("9", "Choose from 1 to 4"), ("nan", "is no number"), ("1e999", "is no number")],
)
def test_a_wrong_dose_is_named_and_kept(client, dose, words):
    page = post(client, {**CHOSEN, SESSIONS: dose})
    assert page.status_code == 422
    assert words in page.text
    assert Form(page.text).sent[SESSIONS] == [dose]
    piece = post(client, {**CHOSEN, SESSIONS: dose}, **PIECE)
    assert piece.status_code == 200  # a refusal is an answer for htmx, which would not show another status
    assert words in piece.text


def test_an_empty_dose_stays_as_the_plan_says_and_a_comma_is_a_point(client):
    assert post(client, {**CHOSEN, SESSIONS: " "}, **PIECE).text == post(client, CHOSEN, **PIECE).text
    comma = "what_if_dose.protein_target.protein_g_per_kg_day"
    assert post(client, {**CHOSEN, comma: "1,1"}, **PIECE).text == post(client, {**CHOSEN, comma: "1.1"}, **PIECE).text


def test_what_is_typed_is_never_markup(client):
    page = post(client, {**CHOSEN, SESSIONS: "<script>alert(1)</script>"})
    assert "<script>alert" not in page.text


def test_who_may_not_be_forecast_reads_why(client):
    assert "under 18" in post(client, {"age_years": "16", "what_if": "1"}, **PIECE).text.lower()
    answer = post(client, {"age_years": "16"}, "/assess").text
    assert "what_if_on" not in answer
    withheld = {"weight_6_months_ago_kg": "64", "intended_weight_loss": "no"}
    assert "No treatment is shown" in post(client, {**withheld, "what_if": "1"}, **PIECE).text
    assert "what_if_on" not in post(client, withheld, "/assess").text


def test_a_record_that_cannot_be_read_is_refused_in_words(client):
    page = post(client, {"height_cm": "5.7", "what_if": "1"})
    assert page.status_code == 422
    assert "cannot be answered" in page.text


def test_the_forecast_leads_to_the_model(client):
    assert 'href="/model"' in post(client, {}, "/assess").text
