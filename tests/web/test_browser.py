"""A worried person at a real browser."""

from __future__ import annotations

import pytest

from chromium import MARKS, fits

pytestmark = MARKS


def fill(page):
    page.get_by_label("Sex", exact=True).select_option("male")
    page.get_by_label("Age", exact=True).fill("74")
    page.get_by_label("Body height").fill("172")
    page.get_by_label("Body weight", exact=True).fill("68")
    page.get_by_label("Five-times chair stand").fill("17,2")
    page.get_by_label("Grip strength", exact=True).fill("27")
    page.get_by_label("Calf circumference", exact=True).fill("31.5")
    page.locator("#f-symptoms").get_by_label("Search this list").fill("appetite")
    page.locator("input[name=symptoms][value=poor_appetite]").check()
    page.get_by_label("Everything you take or inject").fill("prednisone 10 mg")


def test_a_worried_person_gets_an_answer(page):
    page.goto("/")
    fill(page)
    page.get_by_role("button", name="Show me the answer").click()
    page.get_by_role("heading", name="The answer in three lines").wait_for()
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_text("is not below 27 kg").first.is_visible()
    assert page.locator("svg[role=img]").first.is_visible()
    assert page.complaints == []
    page.get_by_role("button", name="Change an answer").first.click()
    assert page.get_by_label("Grip strength", exact=True).input_value() == "27"
    assert page.locator("input[name=symptoms][value=poor_appetite]").is_checked()
    assert page.complaints == []


def test_a_mistake_is_shown_beside_its_field(page):
    page.goto("/")
    page.get_by_label("Body height").fill("5.7")
    page.get_by_role("button", name="Show me the answer").click()
    page.get_by_role("alert").wait_for()
    assert page.get_by_role("alert").get_by_text("5.7 feet would be").is_visible()
    assert page.get_by_label("Body height").input_value() == "5.7"
    assert page.get_by_label("Body height").get_attribute("aria-invalid") == "true"


def test_the_search_field_shortens_the_list_and_keeps_what_is_ticked(page):
    page.goto("/")
    symptoms = page.locator("#f-symptoms")
    symptoms.locator("input[value=fatigue]").check()
    symptoms.get_by_label("Search this list").fill("swallow")
    assert symptoms.locator("label:has(input[value=trouble_swallowing])").is_visible()
    assert not symptoms.locator("label:has(input[value=foot_drop])").is_visible()
    assert symptoms.locator("label:has(input[value=fatigue])").is_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_scrolls_sideways(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/")
    assert fits(page)
    fill(page)
    page.get_by_role("button", name="Show me the answer").click()
    page.get_by_role("heading", name="The answer in three lines").wait_for()
    assert fits(page)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    assert fits(page)


def test_the_form_works_without_script(browser, address):
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.locator("#f-sex").select_option("female")
    page.locator("#f-age_years").fill("80")
    page.locator("button.main").click()
    assert page.locator("#answer").inner_text() == "The answer in three lines"
    context.close()
