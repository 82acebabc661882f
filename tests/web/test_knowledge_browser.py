"""A reader at a real browser, on a phone and without script."""

from __future__ import annotations

import pytest

from chromium import MARKS, fits
from myoscope.report.entry import page as entry_page
from myoscope.report.entry_index import entries
from myoscope.web.knowledge import url

PHONE = {"width": 360, "height": 740}

pytestmark = MARKS


@pytest.fixture
def phone(browser, address):
    """A phone that runs no script; what it asks others for and what it complains of is kept."""
    context = browser.new_context(base_url=address, viewport=PHONE, java_script_enabled=False)
    opened = context.new_page()
    asked, complaints = [], []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield opened
    assert all(one.startswith(address) for one in asked), "the page asked somebody else for something"
    assert complaints == []
    context.close()


def longest(kind):
    """The page of a kind with the most lines."""
    return max(entries()[kind], key=lambda name: sum(1 for _ in entry_page(kind, name).walk()))


@pytest.mark.parametrize("kind", list(entries()))
def test_no_page_scrolls_sideways_on_a_phone(browser, address, kind):
    context = browser.new_context(base_url=address, viewport=PHONE)
    page = context.new_page()
    for place in (f"/knowledge?kind={kind}", url(kind, longest(kind))):
        page.goto(place)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        assert fits(page), place
    context.close()


@pytest.mark.parametrize("place", ["/knowledge", "/knowledge?q=protein", "/model"])
def test_neither_do_the_index_and_the_model(browser, address, place):
    context = browser.new_context(base_url=address, viewport=PHONE)
    page = context.new_page()
    page.goto(place)
    assert fits(page)
    context.close()


def test_a_reader_searches_opens_and_follows_a_link_without_script(phone):
    phone.goto("/")
    phone.get_by_role("link", name="Knowledge base").click()
    phone.get_by_label("Search for").fill("protein")
    phone.get_by_label("among").select_option("causes")
    phone.get_by_role("button", name="Search").click()
    assert phone.get_by_label("Search for").input_value() == "protein"
    phone.get_by_role("link", name="Too little protein").click()
    assert phone.get_by_role("heading", level=1).inner_text() == "Too little protein"
    phone.locator("section[aria-labelledby=helps]").get_by_role("link", name="Strength training").click()
    assert phone.get_by_role("heading", level=1).inner_text() == "Strength training"
    assert phone.get_by_text("Not yet reviewed by a clinician.").is_visible()


def test_links_are_large_enough_to_touch(phone):
    phone.goto("/knowledge")
    for link in phone.locator(".kinds a").all():
        assert link.bounding_box()["height"] >= 40


def test_the_picture_of_the_model_is_shown(browser, address):
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("/model")
    for picture in page.locator(".document img").all():
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("one => one.complete && one.naturalWidth > 0")
        assert picture.get_attribute("alt")
    context.close()
