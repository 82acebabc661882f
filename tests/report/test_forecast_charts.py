from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.report import forecast_charts as charts

SVG = "{http://www.w3.org/2000/svg}"
WEEKS = list(range(53))
KG = st.floats(1, 60)
NOW = charts.Track("As now", [20 - week / 100 for week in WEEKS])
PLAN = charts.Track(
    "The whole plan",
    [20 + week / 100 for week in WEEKS],
    ([20.0] * 53, [21.0] * 53),
    ([19.5] * 53, [22.0] * 53),
    main=True,
)
GROUND = charts.Ground(error=(18.8, 21.2), lines=[(19.0, "EWGSOP2 (2019)"), (40.0, "far away")])
ROWS = [
    charts.Row("Strength training", 0.4, (0.2, 0.6), "+0.4 kg", mark="★"),
    charts.Row(
        "A treatment whose name is much longer than a phone is wide, in fact", -0.1, (-0.2, 0.0), "−0.1 kg", hollow=True
    ),
]
FALLS = [
    charts.Fall("Such people at 25 years", 22.0, 22.0, (18.0, 27.0), "22.0 kg", end=True),
    charts.Fall("Ageing", 22.0, 20.0, (19.5, 20.5), "−2.0 kg"),
    charts.Fall("Not explained", 20.0, 19.0, (16.0, 22.0), "−1.0 kg", open=True),
    charts.Fall("You", 19.0, 19.0, (18.0, 20.0), "19.0 kg", end=True),
]
DATED = [(dt.date(2025, 1, 1), 20.0), (dt.date(2025, 7, 1), 19.0), (dt.date(2026, 1, 1), 18.0)]


def four():
    return {
        "courses": charts.courses("Courses", WEEKS, [NOW, PLAN], GROUND, said="words"),
        "intervals": charts.intervals("Effects", ROWS, said="words"),
        "waterfall": charts.waterfall("Kilograms", FALLS, said="words"),
        "repeated": charts.repeated("Again", DATED, error=0.9, band=1.2, said="words"),
    }


def drawn(svg):
    return ET.fromstring(svg)  # noqa: S314 - our own text


def texts(root):
    return [text.text for text in root.iter(f"{SVG}text")]


def by_class(root, tag, name):
    return [one for one in root.iter(f"{SVG}{tag}") if name in (one.get("class") or "").split()]


def inside(svg):
    """Whether every number is one and every mark and label lies on the picture."""
    assert "nan" not in svg
    assert "inf" not in re.sub(r"<(title|desc|text).*?</\1>", "", svg)
    root = drawn(svg)
    wide, high = (float(one) for one in root.get("viewBox").split()[2:])
    for text in root.iter(f"{SVG}text"):
        x, y, half = float(text.get("x")), float(text.get("y")), len(text.text or "") * 6.2  # mean width of a letter
        left = {"start": x, "middle": x - half / 2, "end": x - half}[text.get("text-anchor")]
        assert left >= -1, text.text
        assert left + half <= wide + 1, text.text
        assert 0 < y <= high, text.text
    for one in root.iter(f"{SVG}rect"):
        assert float(one.get("width")) >= 0
        assert float(one.get("height")) >= 0
        assert float(one.get("x")) >= 0
        assert float(one.get("x")) + float(one.get("width")) <= wide
    for one in root.iter(f"{SVG}circle"):
        assert 0 <= float(one.get("cx")) <= wide
        assert 0 <= float(one.get("cy")) <= high
    return root


@pytest.mark.parametrize("name", ["courses", "intervals", "waterfall", "repeated"])
def test_every_picture_is_fluid_named_and_without_script(name):
    svg = four()[name]
    root = inside(svg)
    assert root.get("width") is None
    assert root.get("role") == "img"
    assert root.get("aria-label").endswith("words")
    assert root.find(f"{SVG}title").text
    assert root.find(f"{SVG}desc").text == "words"
    assert "<script" not in svg


def test_now_is_dashed_and_the_plan_full_so_that_grey_paper_tells_them():
    root = drawn(four()["courses"])
    dashed = {bool(one.get("stroke-dasharray")) for one in by_class(root, "path", "now")}
    full = [one for one in by_class(root, "path", "course") if "now" not in one.get("class").split()]
    assert dashed == {True}
    assert full
    assert not any(one.get("stroke-dasharray") for one in full)


def test_a_line_off_the_picture_is_left_out_and_one_on_it_is_named():
    found = texts(drawn(four()["courses"]))
    assert "EWGSOP2 (2019)" in found
    assert "19.0" in found
    assert "far away" not in found


def test_the_error_of_measurement_lies_where_it_should():
    root = drawn(four()["courses"])
    (band,) = by_class(root, "rect", "error")
    course = by_class(root, "path", "now")[0].get("d")
    today = float(re.match(r"M[\d.]+ ([\d.]+)", course).group(1))
    top, height = float(band.get("y")), float(band.get("height"))
    assert today == pytest.approx(top + height / 2, abs=0.2)  # the band lies around today's value


def test_effects_stand_on_their_side_of_no_change():
    root = drawn(four()["intervals"])
    zero = float(by_class(root, "line", "quiet")[0].get("x1"))
    dots = [float(one.get("cx")) for one in by_class(root, "circle", "effect")]
    assert dots[0] > zero > dots[1]
    assert [one.get("stroke-dasharray") is not None for one in by_class(root, "rect", "effect")] == [False, True]


def test_what_is_not_explained_is_dashed_and_steps_hang_on_each_other():
    root = drawn(four()["waterfall"])
    assert [one.get("stroke-dasharray") is not None for one in root.iter(f"{SVG}rect")] == [False, True]
    ageing, rest = list(root.iter(f"{SVG}rect"))
    assert float(ageing.get("x")) == pytest.approx(float(rest.get("x")) + float(rest.get("width")), abs=0.2)


def test_days_lie_in_proportion_and_each_has_its_error():
    root = drawn(four()["repeated"])
    x = [float(one.get("cx")) for one in by_class(root, "circle", "dot")]
    assert (x[1] - x[0]) / (x[2] - x[0]) == pytest.approx(181 / 365, abs=0.01)
    assert len(by_class(root, "path", "interval")) == 3
    without = drawn(charts.repeated("Again", DATED, error=None, band=None, said="words"))
    assert not by_class(without, "path", "interval")
    assert not by_class(without, "rect", "error")


@given(st.lists(KG, min_size=2, max_size=9), st.floats(0, 5), st.floats(0.01, 3))
def test_no_course_leaves_its_picture(values, wide, error):
    below, above = [value - wide for value in values], [value + wide for value in values]
    track = charts.Track("What you chose", values, (below, above), (below, above), main=True)
    ground = charts.Ground(
        error=(values[0] - error, values[0] + error), lines=[(values[0], "a definition of muscle loss")]
    )
    inside(charts.courses("Courses", list(range(len(values))), [track], ground, said="words"))


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(0, 4), st.text("abc d", max_size=80)), min_size=1, max_size=6))
def test_no_effect_leaves_its_picture(effects):
    rows = [charts.Row(name, v, (v - wide, v + wide), f"{v:+.1f} kg") for v, wide, name in effects]
    inside(charts.intervals("Effects", rows, said="words"))


@given(st.lists(KG, min_size=1, max_size=5), st.none() | st.floats(0.01, 5))
def test_no_measurement_leaves_its_picture(values, error):
    dated = [(dt.date(2025, 1, 1 + place), value) for place, value in enumerate(values)]
    inside(charts.repeated("Again", dated, error=error, band=error, said="words"))


def test_labels_are_text_and_never_markup():
    row = charts.Row("<b>&", 0.1, (0.0, 0.2), "+0.1 kg")
    assert "<b>&" in texts(drawn(charts.intervals("<i>", [row], said="<u>")))
