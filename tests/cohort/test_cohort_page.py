"""The report's files: a page that stands alone, tables of every figure, methods, references, configuration."""

from __future__ import annotations

import csv
import html.parser
import io
import re
import shutil
import xml.etree.ElementTree as ET

import polars as pl
import pytest

from cohort_answers import answered
from myoscope.cohort.figures import Flow, figures
from myoscope.definitions import definition
from myoscope.report import cohort_charts as charts
from myoscope.report.cohort_methods import bibtex, comparisons, methods, sources
from myoscope.report.cohort_page import render, share_words, write_report
from myoscope.report.cohort_tables import tables
from myoscope.sources import Source

NAMES = ("ewgsop2_2019", "awgs_2019", "fnih_2014", "sarc_f")
CONFIG = "input: people.csv  # <b>as given</b>\n"


def table(rows=300):
    """People of every age, the older the weaker; every seventh mass and every fifth walk is missing."""
    at = pl.int_range(rows, eager=True)
    age = 20 + at * 65 // rows
    return pl.DataFrame({"row": at}).with_columns(
        sex=pl.when(at % 2 == 0).then(pl.lit("male")).otherwise(pl.lit("female")),
        age_years=age.cast(pl.Float64),
        height_cm=160.0 + at % 20,
        weight_kg=60.0 + at % 30,
        alm_method=pl.lit("dxa"),
        alm_kg=pl.when(at % 7 == 0).then(None).otherwise(24 - age * 0.1 + at % 5),
        grip_strength_kg=(46 - age * 0.35 + at % 9).round(0),
        gait_speed_m_s=pl.when(at % 5 == 0).then(None).otherwise(1.5 - age * 0.008 + (at % 4) * 0.1),
        survey__weight=1.0 + at % 3,
        survey__stratum=at % 4,
        survey__cluster=at % 12 // 4,
    )


@pytest.fixture(scope="module")
def found():
    chosen = [definition(name) for name in NAMES]
    flow = Flow.of([("Rows in the table", 300, "")], {"outside_guard": (2, 3, "A value no person has: <script>")})
    return figures(answered(table(), chosen), chosen, flow=flow)


@pytest.fixture(scope="module")
def page(found):
    return render(found, title="Town & <i>country</i>", config_text=CONFIG)


class Outline(html.parser.HTMLParser):
    """What is open, what asks for something outside, and which ids there are."""

    VOID = frozenset({"meta", "link", "br", "hr", "img", "input"})

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.ids, self.outside = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        values = dict(attrs)
        self.ids += [values["id"]] if "id" in values else []
        self.outside += [
            value for name, value in attrs if name in {"src", "srcset"} or (tag == "link" and name == "href")
        ]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):  # noqa: ARG002  # the parser's own signature
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_asks_for_nothing(page):
    outline = Outline()
    outline.feed(page)
    assert outline.open == []
    assert outline.outside == []
    assert "script" not in outline.tags
    assert len(outline.ids) == len(set(outline.ids))
    for target in re.findall(r'href="#([\w-]+)"', page):
        assert target in outline.ids


def test_what_others_wrote_is_text(page):
    assert "Town &amp; &lt;i&gt;country" in page
    assert "&lt;b&gt;as given" in page
    assert "&lt;script&gt;" in page


def test_every_picture_is_a_drawing_with_words(page):
    pictures = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(pictures) > 8
    for picture in pictures:
        root = ET.fromstring(picture)  # noqa: S314  # our own
        assert root.get("role") == "img"
        assert len(root.get("aria-label")) > 30
        assert "nan" not in picture.lower().replace("nance", "")


def test_each_section_is_there(page):
    for heading in (
        "In short", "What became of the rows", "How many have it", "Where definitions agree, and why not",
        "What if a cut-off moved", "Which missing measurement would settle most", "Methods", "Sources", "Run it again",
    ):  # fmt: skip
        assert f">{heading}</h2>" in page
    assert "What decided each disagreement" in page
    assert "kg (men)" in page
    assert "lacks SARC-F score" in page


def test_all_files_are_written(found, tmp_path):
    written = write_report(found, tmp_path / "new" / "report", title="Town", config_text=CONFIG)
    folder = tmp_path / "new" / "report"
    assert {path.relative_to(folder).as_posix() for path in written} == {
        "index.html", "methods.txt", "references.bib", "config.yaml",
        *(f"figures/{name}.csv" for name in (
            "flow", "problems", "answers", "prevalence", "agreement", "disagreements", "overlap", "moved_cutoffs",
            "paths", "open_answers", "needed",
        )),
    }  # fmt: skip
    assert (folder / "config.yaml").read_text(encoding="utf-8") == CONFIG


def test_every_figure_is_a_table(found):
    for one in tables(found):
        rows = list(csv.reader(io.StringIO(one.csv())))
        assert tuple(rows[0]) == one.head
        assert len(rows) == len(one.rows) + 1 > 1, one.name
        assert {len(row) for row in rows} == {len(one.head)}
    prevalence = next(one for one in tables(found) if one.name == "prevalence")
    shares = [row[prevalence.head.index("share")] for row in prevalence.rows]
    assert all(share is None or 0 <= share <= 1 for share in shares)


def test_the_methods_say_all_that_is_needed_to_judge_the_numbers(found):
    text = methods(found)
    for words in (
        "grip strength < 27 kg (men), < 16 kg (women)", "usual gait speed <= 0.8 m/s", "strength by grip",
        "Counted as a case from the stage 'Sarcopenia'", "weights, strata and clusters", "12 first-stage units in 4 strata",
        "Korn-Graubard", "never taken as normal", found.knowledge, "Myoscope", "Cruz-Jentoft 2019", "300", "outside_guard",
    ):  # fmt: skip
        assert words in text, words


def test_methods_of_a_simple_sample_name_the_other_interval(found):
    chosen = [definition("ewgsop2_2019")]
    plain = figures(answered(table(40).drop("survey__weight", "survey__stratum", "survey__cluster"), chosen), chosen)
    assert "Wilson 1927" in methods(plain)
    assert "Taylor" not in methods(plain)
    assert {"wilson_1927"} <= {source.id for source in sources(plain)}


def test_a_cut_off_from_memory_is_said_to_be(found):
    assert all("from memory" not in text for text in comparisons(definition("ewgsop2_2019")))


def test_the_references_are_bibtex(found):
    text = bibtex(sources(found))
    entries = re.findall(r"^@(article|misc)\{([\w-]+),$", text, re.MULTILINE)
    assert {"cruz_jentoft_2019", "chen_2020", "studenski_2014", "parker_2017", "korn_graubard_1998", "cohen_1960"} <= {
        name for _, name in entries
    }
    assert text.count("{") == text.count("}")


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        (
            Source("a_2020", "Chen LK, van Loon LJC, et al.", "Fish & chips", 2020, "J Am 2020;21:300-307", doi="10.1/x"),
            ["@article{a_2020,", "  author = {Chen, L. K. and van Loon, L. J. C. and others},", "  title = {{Fish \\& chips}},",
             "  journal = {J Am},", "  volume = {21},", "  pages = {300--307},", "  doi = {10.1/x}"],
        ),
        (
            Source("b", "World Health Organization", "A page", read_at="https://who.int/x"),
            ["@misc{b,", "  author = {{World Health Organization}},", "  url = {https://who.int/x}"],
        ),
        (Source("c", "Cruz-Jentoft AJ, Bahat G, et al.; Writing Group", "T"), ["  author = {Cruz-Jentoft, A. J. and Bahat, G. and others},"]),
    ],
)  # fmt: skip
def test_a_work_as_bibtex(source, lines):
    text = bibtex([source])
    assert [line for line in lines if line not in text] == []


def test_a_share_that_should_not_be_quoted_has_an_asterisk(found):
    groups = found.prevalence["ewgsop2_2019"]
    shares = [stage.known for group in groups for stage in group.stages if stage.known.value is not None]
    assert {share_words(one).endswith("*") for one in shares} == {True, False}
    assert all(share_words(one).endswith("*") != one.reliable for one in shares)


@pytest.mark.parametrize(
    ("share", "words"),
    [(None, "–"), (0.0, "0 %"), (1.0, "100 %"), (0.00061, "0.06 %"), (0.0186, "1.9 %"), (0.5, "50.0 %")],
)
def test_shares_in_words(share, words):
    assert charts.percent(share) == words


@pytest.mark.parametrize(("value", "top"), [(0.201, 0.24), (0.04, 0.04), (0.0, 0.01), (1.0, 1.0), (0.9, 1.0)])
def test_the_axis_ends_just_above(value, top):
    assert charts.nice(value) == pytest.approx(top)


def test_a_table_that_answers_nothing_has_a_page():
    chosen = [definition("sarc_f")]
    nothing = figures(answered(table(5), chosen), chosen)
    assert "nothing that lets a definition answer" in render(nothing, title="t", config_text="")


@pytest.mark.browser
@pytest.mark.slow
def test_the_page_in_a_browser(page, tmp_path):
    """Narrow and wide, light and dark: nothing runs over the edge, and every fold opens."""
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no Chromium: apt-get install chromium")
    file = tmp_path / "index.html"
    file.write_text(page, encoding="utf-8")
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for width, scheme in ((1280, "light"), (360, "dark")):
            tab = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
            asked = []
            tab.on("request", lambda request, asked=asked: asked.append(request.url))
            tab.goto(file.as_uri())
            assert asked == [file.as_uri()]
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
            for fold in tab.locator("details").all():
                fold.evaluate("fold => fold.open = true")
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
            assert tab.locator("svg[role=img]").count() > 8
        browser.close()
