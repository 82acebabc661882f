from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from myoscope.report import charts

SVG = "{http://www.w3.org/2000/svg}"
CURVE = [(5.0, 24.0), (25.0, 31.0), (50.0, 36.0), (75.0, 41.0), (95.0, 49.0)]


def drawn(svg):
    return ET.fromstring(svg)  # noqa: S314 - our own text


def texts(root):
    return [text.text for text in root.iter(f"{SVG}text")]


def strip(value=27.0, **more):
    return drawn(charts.standing_strip("grip strength", charts.Reading(value, f"{value} kg"), CURVE, **more))


def line(value, operator="<", cutoff=27.0, **more):
    reading = charts.Reading(value, f"{value} kg", **more)
    return drawn(charts.number_line("grip strength", reading, charts.Limit(cutoff, operator, "too low")))


def by_class(root, tag, name):
    return [one for one in root.iter(f"{SVG}{tag}") if name in (one.get("class") or "").split()]


@pytest.mark.parametrize(
    "svg",
    [
        charts.standing_strip("grip", charts.Reading(27.0, "27 kg", (25.0, 29.0)), CURVE, cutoffs=[(27.0, "27: A")]),
        charts.number_line("grip", charts.Reading(27.0, "27 kg"), charts.Limit(27.0, "<", "too low")),
        charts.evidence_blocks("protein", [("strong", False)], [("weak", True)], span=6),
        charts.effect_line("training", 1.1, (0.9, 1.2), "kg"),
    ],
)
def test_every_picture_is_fluid_named_and_without_script(svg):
    root = drawn(svg)
    assert root.get("viewBox", "").split()[:2] == ["0", "0"]
    assert root.get("width") is None
    assert root.get("role") == "img"
    assert root.get("aria-label")
    assert root.find(f"{SVG}title").text
    assert root.find(f"{SVG}desc").text
    assert "<script" not in svg
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")


def test_the_marker_of_the_strip_stands_where_the_number_stands():
    root = strip(27.0)
    bands = by_class(root, "rect", "band")
    low_end, next_end = (float(band.get("x")) for band in bands[:2])  # 24 kg and 31 kg
    wanted = low_end + (27.0 - 24.0) / (31.0 - 24.0) * (next_end - low_end)
    marker = by_class(root, "line", "ink")[0]
    assert float(marker.get("x1")) == pytest.approx(wanted, abs=0.15)


def test_the_strip_says_the_value_the_middle_and_every_cutoff():
    found = texts(strip(27.0, cutoffs=[(27.0, "27: EWGSOP2"), (28.0, "28: AWGS"), (35.5, "35.5: SDOC")]))
    assert {"27.0 kg", "middle", "5 %", "95 %", "27: EWGSOP2", "28: AWGS", "35.5: SDOC"} <= set(found)


def test_labels_of_cutoffs_never_overlap():
    root = strip(27.0, cutoffs=[(26.0 + step / 2, f"{26 + step / 2:g}: a definition") for step in range(6)])
    boxes = [
        (float(t.get("x")), float(t.get("y")), len(t.text) * charts.LETTER / 2) for t in by_class(root, "text", "cut")
    ]
    assert len(boxes) == 6
    for at, (x, y, half) in enumerate(boxes):
        for other_x, other_y, other_half in boxes[at + 1 :]:
            assert y != other_y or abs(x - other_x) >= half + other_half


def test_no_text_leaves_the_picture():
    for root in (strip(10.0), strip(90.0), line(5.0), line(500.0)):
        for text in root.iter(f"{SVG}text"):
            half = len(text.text) * charts.LETTER / 2
            assert float(text.get("x")) - half >= 0
            assert float(text.get("x")) + half <= charts.WIDTH


def test_an_interval_is_drawn_only_where_there_is_one():
    with_one = charts.standing_strip("grip", charts.Reading(27.0, "27 kg", (25.0, 29.0)), CURVE)
    assert by_class(drawn(with_one), "path", "interval")
    assert not by_class(strip(27.0), "path", "interval")


@pytest.mark.parametrize(
    ("operator", "value", "side"), [("<", 26.0, -1), ("<", 30.0, 1), (">", 30.0, 1), (">=", 20.0, -1)]
)
def test_the_dot_lies_on_its_side_of_the_cutoff(operator, value, side):
    root = line(value, operator)
    cut = float(by_class(root, "line", "cut")[0].get("x1"))
    assert (float(by_class(root, "circle", "dot")[0].get("cx")) - cut) * side > 0


@pytest.mark.parametrize(("operator", "left"), [("<", True), ("<=", True), (">", False), (">=", False)])
def test_the_shaded_side_is_the_one_that_meets_the_rule(operator, left):
    root = line(26.0, operator)
    cut = float(by_class(root, "line", "cut")[0].get("x1"))
    shaded = by_class(root, "rect", "low")[0]
    start, width = float(shaded.get("x")), float(shaded.get("width"))
    assert start + width == pytest.approx(cut, abs=0.2) if left else start == pytest.approx(cut, abs=0.2)


def test_a_value_on_the_cutoff_is_drawn_on_it():
    root = line(27.0)
    assert by_class(root, "circle", "dot")[0].get("cx") == by_class(root, "line", "cut")[0].get("x1")


def test_an_estimate_is_hollow_and_has_its_bar():
    root = line(26.0, interval=(24.0, 29.0), estimate=True)
    assert by_class(root, "circle", "estimate")
    assert by_class(root, "path", "interval")


def test_blocks_are_as_long_as_the_evidence_is_strong():
    for_ = [("strong", False), ("weak", False)]
    root = drawn(charts.evidence_blocks("protein", for_, [("moderate", False)], span=6))
    strong, weak = (float(block.get("width")) for block in by_class(root, "rect", "for"))
    assert (strong + 3) / (weak + 3) == pytest.approx(3, rel=0.02)
    middle = charts.WIDTH / 2
    assert all(float(block.get("x")) >= middle for block in by_class(root, "rect", "for"))
    assert all(float(b.get("x")) + float(b.get("width")) <= middle for b in by_class(root, "rect", "against"))


def test_unverified_evidence_is_hollow():
    root = drawn(charts.evidence_blocks("protein", [("weak", True)], [], span=6))
    assert by_class(root, "rect", "hollow")[0].get("fill") == "none"


def test_the_span_is_that_of_the_longest_side():
    assert charts.evidence_span([([("weak", False)], [])]) == 6
    assert charts.evidence_span([([("strong", False)] * 5, []), ([], [("excludes", False)] * 4)]) == 16


def test_an_effect_is_drawn_against_no_effect():
    root = drawn(charts.effect_line("training", 1.1, (0.9, 1.2), "kg"))
    zero = float(by_class(root, "line", "quiet")[0].get("x1"))
    assert float(by_class(root, "circle", "effect")[0].get("cx")) > zero
    assert "+1.1 kg" in texts(root)


def test_names_are_escaped():
    svg = charts.number_line('<b>"x"&', charts.Reading(1.0, "<i>"), charts.Limit(2.0, "<", "too low"))
    assert "<b>" not in svg
    assert "<i>" not in svg
    drawn(svg)


def test_a_cutoff_of_zero_and_equal_values_still_make_a_picture():
    line(0.0, cutoff=0.0)
    drawn(charts.standing_strip("x", charts.Reading(0.0, "0"), [(10.0, 0.0), (90.0, 0.0)]))
