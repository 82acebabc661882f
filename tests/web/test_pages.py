from __future__ import annotations

from html import unescape
from html.parser import HTMLParser

import pytest

from myoscope.quantities import quantities, terms
from myoscope.web.form import record_body, sections

pytestmark = pytest.mark.slow


class Form(HTMLParser):
    """What a browser would send back, and the texts of the page."""

    def __init__(self, html):
        super().__init__()
        self.sent, self.names, self.texts, self._select, self._area = {}, set(), [], None, None
        self.feed(html)
        self.text = " ".join(" ".join(self.texts).split())

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        name = found.get("name")
        if tag in {"input", "select", "textarea"} and name:
            self.names.add(name)
        if tag == "input" and found.get("type") == "checkbox":
            if "checked" in found:
                self.sent.setdefault(name, []).append(found["value"])
        elif tag == "input" and name and found.get("value"):
            self.sent.setdefault(name, []).append(found["value"])
        self._select = name if tag == "select" else self._select
        if tag == "option" and "selected" in found:
            self.sent.setdefault(self._select, []).append(found["value"])
        self._area = name if tag == "textarea" else None

    def handle_endtag(self, tag):
        self._area = None if tag == "textarea" else self._area

    def handle_data(self, data):
        if self._area and data.strip():
            self.sent.setdefault(self._area, []).append(data.removeprefix("\n"))
        self.texts.append(data)


def fields(record):
    return {name: str(value) for name, value in record.items()}


def test_the_form_asks_for_every_quantity_of_the_registry_once():
    asked = [name for section in sections() for name in section.variables]
    assert len(asked) == len(set(asked))
    assert set(asked) == {q.id for q in quantities().values() if q.kind in {"number", "category", "yes_no"}}


def test_the_form_has_every_field_and_every_term(client):
    page = client.get("/")
    assert page.status_code == 200
    form = Form(page.text)
    assert {q.id for q in quantities().values() if q.kind in {"number", "category", "yes_no"}} <= form.names
    for kind in ("condition", "symptom", "medicine"):
        assert all(f'value="{term}"' in page.text for term in terms(kind))
    assert "how hard you can squeeze" in form.text


def test_the_form_works_without_script(client):
    page = client.get("/").text
    assert 'action="/assess"' in page
    assert "onclick" not in page
    assert page.count("<script") == 1
    assert "<script src=" in page


def test_a_filled_form_gives_the_answer(client, record):
    page = client.post("/assess", data=fields(record))
    assert page.status_code == 200
    assert "The answer in three lines" in page.text
    assert "27.0 kg is not below 27 kg" in unescape(page.text)


def test_the_answer_carries_what_was_entered_back_to_the_form(client, record):
    sent = fields(record) | {
        "symptoms": ["fatigue"],
        "unable": ["tug_s"],
        "medicines_text": "prednisone 10 mg\naspirin",
    }
    carried = Form(client.post("/assess", data=sent).text).sent
    again = Form(client.post("/", data=carried).text).sent
    assert again["grip_strength_kg"] == ["27.0"]
    assert again["sex"] == ["male"]
    assert again["symptoms"] == ["fatigue"]
    assert again["unable"] == ["tug_s"]
    assert [line.strip() for line in again["medicines_text"][0].splitlines()] == ["prednisone 10 mg", "aspirin"]


def test_a_problem_stands_beside_the_form_and_nothing_entered_is_lost(client, record):
    sent = fields(record) | {"height_cm": "5.7", "conditions": ["ckd", "<b>nothing</b>"], "complete": ["symptoms"]}
    page = client.post("/assess", data=sent)
    assert page.status_code == 422
    form = Form(page.text)
    assert "5.7 feet would be 173.7 cm" in form.text
    assert form.sent["height_cm"] == ["5.7"]
    assert form.sent["grip_strength_kg"] == ["27.0"]
    assert form.sent["conditions"] == ["ckd"]
    assert form.sent["complete"] == ["symptoms"]
    assert 'href="#f-height_cm"' in page.text
    assert "<b>nothing" not in page.text


def test_an_unlikely_value_can_be_vouched_for(client, record):
    sent = fields(record) | {"weight_kg": "190", "height_cm": "150", "weight_6_months_ago_kg": ""}
    page = client.post("/assess", data=sent)
    assert page.status_code == 422
    assert "confirmed: true" not in page.text
    assert "tick the box below the field" in page.text
    assert 'name="confirmed" value="weight_kg=190"' in page.text
    ticked = sent | {"confirmed": ["weight_kg=190"]}
    assert client.post("/assess", data=ticked).status_code == 200
    assert client.post("/assess", data=ticked | {"weight_kg": "185"}).status_code == 422  # the tick was for 190


def test_an_empty_form_says_where_to_begin(client):
    page = client.post("/assess", data={})
    assert page.status_code == 422
    assert "Begin with age, sex, height and weight" in page.text


@pytest.mark.parametrize(
    ("typed", "read"),
    [("68,5", 68.5), ("68.5", 68.5), ("1,900", "1,900"), ("about 70", "about 70"), ("1e3", "1e3"), ("nan", "nan")],
)
def test_what_is_typed_as_a_number(typed, read):
    assert record_body({"weight_kg": [typed]}) == {"weight_kg": read}


def test_the_form_becomes_a_record():
    given = {
        "sex": ["female"], "unable": ["grip_strength_kg"], "confirmed": ["weight_kg=30"], "weight_kg": ["30"],
        "conditions": ["ckd"],
        "medicines": ["insulin"], "medicines_text": ["prednisone 5 mg\n\n"], "complete": ["symptoms", "nonsense"],
        "height_cm": ["  "],
    }  # fmt: skip
    assert record_body(given) == {
        "sex": "female",
        "grip_strength_kg": "unable",
        "weight_kg": {"value": 30.0, "confirmed": True},
        "conditions": ["ckd"],
        "medicines": ["insulin", "prednisone 5 mg"],
        "complete": ["symptoms"],
    }


def test_a_text_beside_a_filled_form_is_refused_and_both_are_kept(client):
    """One of the two would be passed over in silence."""
    text = "sex: female\nage_years: 80\ngrip_strength_kg: 12\n"
    page = client.post("/assess", data={"record_text": text, "sex": "male"})
    assert page.status_code == 422
    assert "both filled in" in page.text
    assert Form(page.text).sent["record_text"][0].strip() == text.strip()
    assert "Woman, 80 years" in client.post("/assess", data={"record_text": text}).text


def test_a_file_is_answered_and_named_in_problems(client):
    good = client.post("/assess", files={"record_file": ("anna.yaml", b"sex: female\nage_years: 80\n")})
    assert good.status_code == 200
    assert "Woman, 80 years" in good.text
    bad = client.post("/assess", files={"record_file": ("anna.yaml", b"sexx: female\n")})
    assert bad.status_code == 422
    assert "sexx" in Form(bad.text).sent["record_text"][0]
    assert "unknown key" in bad.text


def test_a_file_that_is_no_text_is_refused_kindly(client):
    page = client.post("/assess", files={"record_file": ("scan.png", bytes(range(256)))})
    assert page.status_code == 422


def test_a_file_in_another_encoding_is_refused_not_changed(client):
    file = "sex: female\nage_years: 80\nmedicines: [Prednisolon täglich]\n".encode("latin-1")
    page = client.post("/assess", files={"record_file": ("anna.yaml", file)})
    assert page.status_code == 422
    assert "UTF-8" in page.text


def test_a_value_and_a_tick_that_it_was_impossible_are_not_both_believed(client, record):
    page = client.post("/assess", data=fields(record) | {"unable": ["grip_strength_kg"], "grip_strength_kg": "20"})
    assert page.status_code == 422
    assert "ticked as impossible" in page.text


def test_a_fhir_bundle_is_answered(client):
    bundle = {
        "resourceType": "Bundle", "type": "collection",
        "entry": [{"resource": {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1950-02-01"}}],
    }  # fmt: skip
    answered = client.post("/api/assess", json=bundle)
    assert answered.status_code == 200
    assert answered.json()["person"]["sex"] == "female"


def test_an_example_is_loaded_into_the_form(client):
    assert "worried man" in client.get("/").text
    loaded = Form(client.get("/?example=worried man").text)
    assert "grip_strength_kg: 25" in loaded.sent["record_text"][0]
    assert client.get("/?example=../notes").status_code == 404


def test_the_answer_can_be_saved_as_one_file_and_as_json(client, record):
    file = client.post("/assess", data=fields(record) | {"as": "file"})
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.text.startswith("<!doctype html>")
    assert "<style>" in file.text
    assert client.post("/assess", data=fields(record) | {"as": "json"}).json()["person"]["sex"] == "male"


def test_hostile_text_is_shown_as_text(client, record):
    page = client.post("/assess", data=fields(record) | {"id": "<script>alert(1)</script>"})
    assert page.status_code == 200
    assert "<script>alert" not in page.text


@pytest.mark.parametrize(
    "path", ["/", "/static/site.css", "/static/filter.js", "/static-report.css", "/favicon.ico", "/nothing"]
)
def test_every_answer_keeps_the_browser_at_home(client, path):
    found = client.get(path).headers
    policy = found["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert found["x-content-type-options"] == "nosniff"
    assert found["referrer-policy"] == "no-referrer"
    assert found["cache-control"] == "no-cache"  # going back to the form must find it filled


def test_an_answer_is_kept_nowhere(client, record):
    assert client.post("/assess", data=fields(record)).headers["cache-control"] == "no-store"


def test_pages_obey_their_own_policy(client, record):
    for page in (client.get("/"), client.post("/assess", data=fields(record))):
        assert " style=" not in page.text
        assert "<style" not in page.text
        assert 'src="http' not in page.text


def test_a_page_that_is_not_there_is_a_page(client):
    page = client.get("/nothing")
    assert page.status_code == 404
    assert "Back to the form" in page.text
