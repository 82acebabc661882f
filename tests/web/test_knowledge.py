"""The pages of the knowledge base as a browser gets them: every one reachable, sound, accessible; the same as JSON."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from starlette.responses import HTMLResponse

from myoscope.report.entry_index import entries, entry
from myoscope.web.knowledge import LONGEST_QUERY, add_knowledge, url

ADDRESSES = [url(kind, name) for kind, rows in entries().items() for name in rows]
VOID = {"meta", "link", "input", "img", "br", "hr", "path", "line", "rect", "circle"}


class Page(HTMLParser):
    """A page's links, headings, ids and labels; complains of tags that do not close."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.fields: list[str] = []
        self.named_by: list[str] = []
        self.faults: list[str] = []
        self.lang: str | None = None
        self._open: list[str] = []
        self.feed(html)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self._open]

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag not in VOID:
            self._open.append(tag)
        if tag == "html":
            self.lang = found.get("lang")
        if tag == "a":
            self.links.append(found.get("href", ""))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "label":
            self.labelled.add(found.get("for", ""))
        if tag in {"input", "select", "textarea"} and found.get("type") != "hidden":
            self.fields.append(found.get("id", ""))
        if "id" in found:
            self.ids.append(found["id"])
        if "aria-labelledby" in found:
            self.named_by.append(found["aria-labelledby"])
        if len(found) != len(attrs):
            self.faults.append(f"<{tag}> names an attribute twice")

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def problems(self) -> list[str]:
        found = list(self.faults)
        if self.lang != "en":
            found.append("no language")
        if self.headings.count(1) != 1 or self.headings[:1] != [1]:
            found.append(f"headings {self.headings}")
        found += [f"h{a} before h{b}" for a, b in zip(self.headings, self.headings[1:], strict=False) if b > a + 1]
        found += [f"id {one} twice" for one in set(self.ids) if self.ids.count(one) > 1]
        found += [f"no label for {one!r}" for one in self.fields if one not in self.labelled]
        found += [f"{one} names nothing" for one in self.named_by if one not in self.ids]
        return found


@cache
def _text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def inside(links: list[str]) -> set[str]:
    return {urlsplit(one).path for one in links if one.startswith("/") and not one.startswith(("/knowledge?", "/api/"))}


@pytest.mark.slow
def test_every_page_is_reachable_sound_and_without_a_broken_link(client):
    known = {*ADDRESSES, "/", "/interview", "/knowledge", "/model"}
    for address in ADDRESSES:
        answer = client.get(address)
        assert answer.status_code == 200, address
        page = Page(answer.text)
        assert page.problems() == [], address
        assert inside(page.links) <= known, (address, inside(page.links) - known)
        assert " style=" not in answer.text
        assert "{{" not in answer.text
        assert "&amp;lt;" not in answer.text, address  # escaped twice
        outside = [one for one in page.links if not one.startswith(("/", "#"))]
        assert all(one.startswith(("https://", "http://")) for one in outside), address


def test_every_page_can_be_reached_by_links_from_the_first(client):
    """The index names every kind, and the list of a kind names every entry of it."""
    index = Page(client.get("/knowledge").text)
    kinds = [one for one in index.links if one.startswith("/knowledge?kind=")]
    assert {one.partition("=")[2] for one in kinds} == set(entries())
    reached = {one for kind in kinds for one in Page(client.get(kind).text).links}
    assert set(ADDRESSES) <= reached
    assert "/knowledge" in Page(client.get("/").text).links


@pytest.mark.parametrize(
    "query", ["", "?q=protein", "?kind=flags", "?q=zzzz", "?q=vitamin&kind=treatments", "?q=&kind="]
)
def test_the_index_is_sound_and_works_without_script(client, query):
    answer = client.get(f"/knowledge{query}")
    assert answer.status_code == 200
    assert Page(answer.text).problems() == []
    assert '<form class="search" method="get" action="/knowledge"' in answer.text
    assert "onclick" not in answer.text


def test_a_search_finds_what_is_meant_first(client):
    links = [one for one in Page(client.get("/knowledge?q=whey").text).links if one.startswith("/knowledge/")]
    assert links[0] == "/knowledge/treatments/whey"


def test_a_word_that_is_nowhere_gets_a_hint(client):
    assert "/knowledge/treatments/creatine" in Page(client.get("/knowledge?q=kreatine").text).links
    assert "Nothing holds this word" in client.get("/knowledge?q=qqqqqq").text


def test_what_is_searched_for_is_shown_as_text(client):
    page = client.get("/knowledge", params={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert Page(page).problems() == []


def test_a_long_search_is_cut_and_an_unknown_kind_is_not_there(client):
    assert client.get("/knowledge", params={"q": "x" * 5000}).text.count("x" * (LONGEST_QUERY + 1)) == 0
    assert client.get("/knowledge?kind=nothing").status_code == 404


def test_a_page_tells_who_wrote_it_who_reviewed_it_and_how_to_correct_it(client):
    said = _text(client.get("/knowledge/causes/low_protein_intake").text)
    assert "Written by Myoscope." in said
    assert "Not yet reviewed by a clinician." in said
    assert "2026-11-23" in said
    assert "src/myoscope/knowledge/causes/low_protein_intake.yaml" in said
    assert "myoscope knowledge check" in said


def test_a_number_stands_with_its_unit_its_source_and_how_that_was_read(client):
    page = client.get("/knowledge/definitions/ewgsop2_2019").text
    assert "below 27 kg (men), 16 kg (women) Cruz-Jentoft 2019 , Table 3 secondary" in _text(page)
    assert '<a href="/sources/cruz_jentoft_2019">' in page
    assert 'class="mark secondary" title="read on a page that restates the source"' in page


def test_a_source_has_an_address_outside_and_names_who_uses_it(client):
    page = client.get("/sources/bauer_2013").text
    assert 'href="https://doi.org/10.1016/j.jamda.2013.05.021" rel="noreferrer"' in page
    assert page.count('rel="noreferrer"') == 2  # the work, and the page where it was read
    assert "/knowledge/causes/low_protein_intake" in Page(page).links
    moved = client.get("/knowledge/sources/bauer_2013")
    assert (moved.status_code, moved.headers["location"]) == (308, "/sources/bauer_2013")


@pytest.mark.parametrize(
    "address",
    [
        "/knowledge/causes/nothing",
        "/knowledge/nothing/x",
        "/sources/nothing",
        "/knowledge/sources/nothing",
        "/knowledge/causes/..%2f..%2fx",
    ],
)
def test_a_page_that_is_not_there_says_so(client, address):
    answer = client.get(address)
    assert answer.status_code == 404
    assert Page(answer.text).problems() == []


@pytest.mark.parametrize(
    "path", ["/api/knowledge/causes/nothing", "/api/knowledge/nothing/x", "/api/knowledge?kind=nothing"]
)
def test_the_interface_has_one_shape_of_error(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert set(answer.json()) == {"ok", "error", "problems"}


def test_a_search_that_is_too_long_is_refused_by_the_interface(client):
    answer = client.get("/api/knowledge", params={"q": "x" * (LONGEST_QUERY + 1)})
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["where"] == "query.q"
    assert client.get("/api/knowledge", params={"q": "x" * LONGEST_QUERY}).json() == {"entries": []}


def test_an_entry_as_json_holds_the_file_the_words_and_the_links(client):
    found = client.get("/api/knowledge/causes/low_protein_intake").json()
    assert found["entry"] == entry("causes", "low_protein_intake").body
    assert found["url"] == "/knowledge/causes/low_protein_intake"
    assert (found["author"], found["reviewer"], found["date"]) == ("Myoscope", None, "2026-11-23")
    assert "below 0.8 g/kg a day" in found["text"]
    assert {"kind": "treatments", "id": "whey", "title": "Whey protein", "url": "/knowledge/treatments/whey"} in found[
        "leads_to"
    ]
    assert all(client.get(one["url"]).status_code == 200 for one in found["leads_to"])


def test_the_interface_searches_as_the_page_does(client):
    found = client.get("/api/knowledge?q=whey").json()["entries"]
    assert found[0] == {
        "kind": "treatments",
        "id": "whey",
        "title": "Whey protein",
        "plain": entry("treatments", "whey").plain,
        "url": "/knowledge/treatments/whey",
    }
    assert {one["kind"] for one in client.get("/api/knowledge?kind=flags").json()["entries"]} == {"flags"}


def test_an_answer_leads_to_the_knowledge_base_and_a_saved_file_does_not(client, record):
    sent = {name: str(value) for name, value in record.items()}  # an urgent sign holds the plan back
    well = {name: value for name, value in sent.items() if name != "weight_6_months_ago_kg"}
    links = set()
    for fields in (sent, well):
        answer = client.post("/assess", data=fields)
        assert answer.status_code == 200
        links |= inside(Page(answer.text).links)
    for kind in ("causes", "treatments", "flags", "definitions"):
        assert any(one.startswith(f"/knowledge/{kind}/") for one in links), kind
    assert any(one.startswith("/sources/") for one in links)
    assert links <= {*ADDRESSES, "/", "/interview", "/knowledge", "/model"}
    assert inside(Page(client.post("/assess", data=well | {"as": "file"}).text).links) == set()


def test_the_page_of_the_model_is_its_document(client):
    page = client.get("/model")
    assert page.status_code == 200
    assert Page(page.text).problems() == []
    assert "For a doctor." in page.text
    assert inside(Page(page.text).links) <= {*ADDRESSES, "/", "/interview", "/knowledge"}
    for picture in re.findall(r'<img src="([^"]+)"', page.text):
        assert client.get(picture).headers["content-type"] == "image/svg+xml"
    assert client.get("/model/images/nothing.svg").status_code == 404
    assert "/model" in Page(client.get("/knowledge").text).links


def test_without_the_documents_the_page_of_the_model_says_where_it_is(client, tmp_path):
    """An installed package has no docs folder."""
    app, shown = FastAPI(), []
    add_knowledge(app, lambda _, **values: shown.append(values) or HTMLResponse(""), docs=tmp_path)
    bare = type(client)(app)
    answer = bare.get("/model")
    assert answer.status_code == 404
    assert "docs/muscle_model.md" in answer.text
    bare.get("/knowledge")
    assert shown[0]["has_model"] is False
