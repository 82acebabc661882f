from __future__ import annotations

from html import escape
from html.parser import HTMLParser

import pytest

from myoscope.assess.result import Assessment
from myoscope.report import page

VOID = {"meta", "br", "input", "link", "img", "hr"}


class Reader(HTMLParser):
    """Keeps what the tests ask for, and refuses a page whose tags don't close."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.headings, self.ids, self.loaded, self.texts = [], [], [], [], [], []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        if tag in {"h1", "h2", "h3", "h4", "h5"}:
            self.headings.append(int(tag[1]))
        if "id" in found:
            self.ids.append(found["id"])
        for name in ("src", "srcset", "data", "poster", "action"):
            if name in found:
                self.loaded.append(found[name])
        if tag == "link":
            self.loaded.append(found.get("href"))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


@pytest.fixture
def read(assessment):
    return Reader(page.render(assessment))


def test_the_page_loads_nothing_and_runs_nothing(read, assessment):
    assert read.loaded == []
    assert not any(tag in {"script", "iframe", "img", "link", "object", "embed"} for tag, _ in read.tags)
    assert not any(name.startswith("on") for _, found in read.tags for name in found)
    html = page.render(assessment)
    assert "@import" not in html
    assert "url(" not in html


def test_headings_go_down_one_by_one(read):
    assert read.headings[0] == 1
    assert read.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(read.headings, read.headings[1:], strict=False))


def test_the_page_can_be_used_without_seeing_it(read):
    assert next(found for tag, found in read.tags if tag == "html")["lang"] == "en"
    assert len(read.ids) == len(set(read.ids))
    tables = [tag for tag, _ in read.tags if tag == "table"]
    assert len(tables) == len([tag for tag, _ in read.tags if tag == "caption"]) == 2
    pictures = [found for tag, found in read.tags if tag == "svg"]
    assert pictures
    assert all(found["role"] == "img" and found["aria-label"] for found in pictures)
    anchors = {found["href"][1:] for tag, found in read.tags if tag == "a" and found.get("href", "").startswith("#")}
    assert anchors <= set(read.ids)


def test_everything_is_on_the_page(read, assessment):
    for sign in assessment.urgent:
        assert sign.title in read.text
        assert sign.lay in read.text
    for cause in assessment.causes:
        assert cause.title in read.text
    for item in assessment.plan.items:
        assert item.treatment in read.text
    for definition in assessment.definitions.values():
        assert definition.title in read.text
    for measure in assessment.measures:
        assert measure.name in read.text
    for words in (
        "27.0 kg is not below 27 kg",
        "See a doctor today",
        "62 % below",
        "GP or geriatrician",
        "Your grip strength of 27.0 kg is below 28 kg (AWGS 2019)",
        "By Park 2021 the muscle mass would be about 18.6 kg",
        "Settles AWGS 2019; helps with FNIH 2014. Effort: needs a scan.",
        "cancer; heart failure; stroke",
        "not a diagnosis",
        "2026.11+abc1234567",
    ):
        assert words in read.text


def test_urgent_signs_stand_before_the_answer_and_the_plan(assessment):
    html = page.render(assessment)
    assert (
        html.index("Dark urine with muscle pain") < html.index("The answer in three lines") < html.index("What to do")
    )


def test_marks_of_reading_are_visible(read):
    marks = {found["class"] for tag, found in read.tags if tag == "span" and "mark" in found.get("class", "").split()}
    assert {"mark secondary", "mark recalled"} <= marks


def test_a_step_that_is_not_allowed_hides_its_dose_from_lay_readers(assessment):
    html = page.render(assessment)
    card = html[html.index("<h4>Strength training</h4>") :]
    assert "How much:" not in card
    assert "Once it is allowed:" in card


@pytest.mark.parametrize(
    "hostile", ['<script>alert("1")</script>', '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "' onload='x"]
)
def test_hostile_strings_are_text(answer_body, hostile):
    answer_body["person"]["id"] = hostile
    answer_body["person"]["remarks"] = [hostile]
    answer_body["person"]["medicines"] = [hostile]
    answer_body["causes"][0]["title"] = hostile
    answer_body["causes"][0]["for"][0]["text"] = hostile
    answer_body["measures"][2]["name"] = hostile
    answer_body["plan"]["items"][0]["treatment"] = hostile
    answer_body["definitions"]["sdoc_2020"]["deciding"][0]["text"] = hostile
    html = page.render(Assessment.model_validate(answer_body))
    read = Reader(html)
    assert "<script" not in html
    assert not any(tag == "img" for tag, _ in read.tags)
    assert not any(name.startswith("on") for _, found in read.tags for name in found)
    if escape(hostile) != hostile:
        assert hostile not in html
    assert " ".join(hostile.split()) in read.text


def test_a_link_that_is_no_web_address_is_not_followed(answer_body):
    answer_body["urgent"][0]["source"]["link"] = "javascript:alert(1)"
    html = page.render(Assessment.model_validate(answer_body))
    assert "javascript:" not in html
    assert page.safe_link("https://doi.org/10.1/x") == "https://doi.org/10.1/x"


def test_an_empty_answer_is_a_page_too(empty_assessment):
    read = Reader(page.render(empty_assessment))
    assert "Not known yet" in read.text
    assert "First: what should not wait" not in read.text


def test_a_withheld_plan_says_why_and_whom_to_see(answer_body):
    answer_body["plan"] = {"withheld": "No plan before this has been looked at", "refer": ["GP"]}
    text = Reader(page.render(Assessment.model_validate(answer_body))).text
    assert "No plan before this has been looked at" in text
    assert "See: GP" in text.replace(" :", ":")


@pytest.mark.parametrize(
    ("percentile", "shown", "said"),
    [
        (10.4, "10", "About 10 of 100"),
        (0.2, "below the 1st", "Fewer than 1 of 100"),
        (99.8, "above the 99th", "More than 99 of 100"),
        (None, "below the 5th", "You are below the 5th percentile of"),
        (None, "between the 25th and the 75th", "You are between the 25th and the 75th percentile of"),
    ],
)
def test_the_sentence_under_a_strip(assessment, percentile, shown, said):
    measure = assessment.measures[2]
    standing = measure.standing[0].model_copy(update={"percentile": percentile, "shown": shown})
    sentence = page.standing_sentence(measure, standing, "men of your age")
    assert sentence.startswith(f"{said} men of your age")
    assert sentence.endswith("Higher is better.")


def test_the_printed_page_and_the_site_share_one_content(assessment):
    assert page.content(assessment) in page.render(assessment)
