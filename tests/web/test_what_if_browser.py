"""What-if at a real browser: at once with script, by a button without."""

from __future__ import annotations

import pytest

from chromium import MARKS, fits

pytestmark = MARKS

RECORD = """
sex: female
age_years: 80
height_cm: 158
weight_kg: 55
protein_g_per_kg_day: 0.6
resistance_sessions_per_week: 0
observations:
  - {date: 2025-10-01, alm_kg: 14.8, alm_method: dxa_hologic}
  - {date: 2026-11-01, alm_kg: 12.5, alm_method: dxa_hologic}
"""


def answer(page):
    page.goto("/")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    page.locator("[name=record_text]").fill(RECORD)
    page.locator("button.main").first.click()
    page.get_by_role("heading", name="What if?").wait_for()


def turn(page, act):
    with page.expect_response("**/what-if") as answered:
        act()
    assert answered.value.status == 200
    page.locator(".htmx-request").wait_for(state="detached")
    return page.locator("#what-if-answer")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_picture_moves_at_once_and_nothing_scrolls_sideways(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    answer(page)
    shown = turn(page, lambda: page.locator("[name=what_if_on][value=creatine]").uncheck())
    before = shown.locator("svg").first.inner_html()
    assert "With what you chose" in shown.inner_text()
    sessions = page.locator("[name='what_if_dose.resistance_training.rt_sessions_per_week']")
    sessions.fill("4")
    turn(page, lambda: sessions.press("Tab"))
    assert shown.locator("svg").first.inner_html() != before
    sessions.fill("40")
    turn(page, lambda: sessions.press("Tab"))
    assert "Choose from 1 to 4" in shown.inner_text()
    assert sessions.input_value() == "40"
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    assert fits(page)
    assert page.complaints == []


@pytest.mark.parametrize("width", [360, 1280])
def test_pictures_and_their_labels_are_there(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    answer(page)
    for name in ("What becomes of your limb muscle", "Where the kilograms went", "What each step brings"):
        assert page.locator(f"svg[aria-label^='{name}']").first.is_visible()
    assert page.get_by_role("heading", name="real change").is_visible()
    outside = page.evaluate(
        """() => [...document.querySelectorAll('svg.chart')].flatMap((svg) => {
            const box = svg.getBoundingClientRect()
            if (!box.width) return []
            return [...svg.querySelectorAll('text')]
                .filter((one) => { const at = one.getBoundingClientRect(); return at.left < box.left - 1 || at.right > box.right + 1 })
                .map((one) => one.textContent)
        })"""
    )
    assert outside == []
    assert page.complaints == []


def test_without_script_a_button_does_it(browser, address):
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    for name, value in (
        ("age_years", "80"),
        ("height_cm", "158"),
        ("weight_kg", "55"),
        ("protein_g_per_kg_day", "0.6"),
    ):
        page.locator(f"#f-{name}").fill(value)
    page.locator("#f-sex").select_option("female")
    page.locator("button.main").click()
    page.locator("[name=what_if_on][value=protein_target]").uncheck()
    page.get_by_role("button", name="Show what becomes of it").click()
    assert page.locator("h1").inner_text() == "What if?"
    assert page.locator("#what-if-answer svg").first.is_visible()
    assert not page.locator("[name=what_if_on][value=protein_target]").is_checked()
    page.get_by_role("button", name="Change an answer").click()
    assert page.locator("#f-weight_kg").input_value() == "55"
    context.close()
