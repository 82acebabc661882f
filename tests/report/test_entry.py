"""The pages of the knowledge base: nothing of a file is left out, every line of a rule says its number and its source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from myoscope.assess.result import Assessment
from myoscope.assess.words import cited
from myoscope.report import page as answer_page
from myoscope.report.entry import page
from myoscope.report.entry_index import entries
from myoscope.report.entry_lines import EntryPage, Section
from myoscope.report.entry_text import text
from myoscope.report.entry_values import number, row
from myoscope.rules import Compare, Rule, RuleBook
from myoscope.rules.tree import walk

pytestmark = pytest.mark.slow

WITH_RULES = [kind for kind, rows in entries().items() if any("rules" in one.body for one in rows.values())]
EVERY = [(kind, name) for kind, rows in entries().items() for name in rows]


def words(body: Any) -> str:
    """As the page sets them: one blank between words, '…' for a person's own value."""
    return " ".join(re.sub(r"\{[a-z0-9_]+\}", "…", str(body)).split())


def whole(found: EntryPage) -> str:
    return " ".join([found.ref.text, found.plain, *(f"{line.label} {words(line.text)}" for line in found.walk())])


def sentences(body: Any) -> Iterator[str]:
    """Every text of a file that is a sentence for somebody; cases, citations and formulas of rules are told otherwise."""
    if isinstance(body, dict):
        for key, inner in body.items():
            if key not in {"cases", "worked", "rules", "place", "source", "unit", "columns", "file"}:
                yield from sentences(inner)
    elif isinstance(body, list):
        for inner in body:
            yield from sentences(inner)
    elif isinstance(body, str) and body.count(" ") >= 3:
        yield body


def rules_of(kind: str, name: str) -> Iterator[Rule]:
    """Every rule of the file, also one that nothing uses: a reader who looks for it finds it on the page."""
    one = entries()[kind][name]
    book = RuleBook(one.file, one.body)
    yield from (book.rule(rule) for rule in one.body.get("rules") or {})
    if kind == "treatments":
        yield from (book.read(row["rule"], "gate") for row in one.body.get("gates") or [])
    for path, options in (one.body.get("paths") or {}).items():
        yield from (book.read(rule, path) for option, rule in options.items() if option != "default")


def test_there_are_entries_of_every_kind_the_issue_names() -> None:
    assert {"causes", "treatments", "flags", "definitions"} <= set(WITH_RULES)
    assert {
        "causes",
        "treatments",
        "definitions",
        "equations",
        "quantities",
        "flags",
        "norms",
        "sources",
    } <= entries().keys()
    assert len(EVERY) > 1000


def test_every_entry_has_a_page_with_a_title_and_something_on_it() -> None:
    for kind, name in EVERY:
        found = page(kind, name)
        assert found.ref.text.strip(), (kind, name)
        assert found.plain or found.sections, (kind, name)
        ids = [section.id for section in found.sections]
        assert len(ids) == len(set(ids)), (kind, name)
        assert all(line.label or line.text or line.cited or line.below for line in found.walk()), (kind, name)


def test_no_sentence_of_a_file_is_left_out() -> None:
    gone = []
    for kind, name in EVERY:
        said = whole(page(kind, name)).casefold()
        gone += [
            (kind, name, one) for one in sentences(entries()[kind][name].body) if words(one).casefold() not in said
        ]
    assert gone == []


@pytest.mark.parametrize("kind", WITH_RULES)
def test_every_cut_off_stands_on_its_page_with_its_unit_and_its_source(kind: str) -> None:
    for name in entries()[kind]:
        lines = list(page(kind, name).walk())
        compared = [node for rule in rules_of(kind, name) for node in walk(rule) if isinstance(node, Compare)]
        for node in compared:
            for cutoff in node.cutoffs:
                shown = rf"(?<![\d.]){re.escape(number(cutoff.value, node.unit))}(?!\w)"
                found = [line for line in lines if re.search(shown, line.text) and cited(cutoff.citation) in line.cited]
                assert found, (name, node.variable, cutoff.value)


def test_a_definition_reads_as_its_paper_prints_it() -> None:
    """Cruz-Jentoft 2019, Table 3: grip < 27 kg men, < 16 kg women; chair stand > 15 s; ALM/height² < 7.0 and < 5.5."""
    lines = {line.text: line for line in reversed(list(page("definitions", "ewgsop2_2019").walk()))}  # the first counts
    grip = lines["grip strength below 27 kg (men), 16 kg (women)"]
    assert [(one.short, one.place, one.read) for one in grip.cited] == [("Cruz-Jentoft 2019", "Table 3", "secondary")]
    assert "If it was tried and could not be done: five-times chair stand above 15 s" in [b.text for b in grip.below]
    assert "appendicular lean mass index below 7 kg/m² (men), 5.5 kg/m² (women)" in lines


def test_a_cause_comes_in_plain_words_first_and_the_professional_text_after() -> None:
    found = page("causes", "low_protein_intake")
    assert found.plain.startswith("Muscle is built from protein")
    order = [section.id for section in found.sections]
    assert order.index("recognised") < order.index("helps") < order.index("detail") < order.index("sources")
    detail = next(section for section in found.sections if section.id == "detail")
    assert detail.lines[0].text.startswith("The recommended allowance")


def test_a_person_s_own_value_is_left_open() -> None:
    assert "{" not in whole(page("causes", "low_protein_intake"))
    assert "Eats … g of protein per kg a day" in whole(page("causes", "low_protein_intake"))


def test_what_nobody_read_is_marked() -> None:
    body = {"value": 5, "unit": "kg", "source": "chen_2014", "place": "somewhere", "read": "recalled"}
    section = Section("made-up", "Made up", (row(body),))
    found = replace(page("causes", "low_protein_intake"), sections=(section,))
    assert "- 5 kg [Chen 2014, somewhere (unverified)]" in text(found)


def test_sources_of_a_number_are_named_where_it_stands_and_listed_with_an_address() -> None:
    found = page("equations", "lee_2000_m1")
    sources = next(section for section in found.sections if section.id == "sources")
    assert sources.lines[0].cited[0].short == "Lee 2000"
    assert sources.lines[1].address == "https://doi.org/10.1093/ajcn/72.3.796"


def test_the_cases_and_the_table_stand_aside() -> None:
    aside = {section.id for section in page("causes", "low_protein_intake").sections if section.aside}
    assert aside == {"cases"}
    norm = next(section for section in page("norms", "grip_dodds_2014").sections if section.id == "table")
    assert len(norm.table) == 31  # 30 rows of the CSV under a heading
    assert norm.table[0][0] == "Sex"


def test_an_unknown_entry_is_refused_with_the_nearest() -> None:
    with pytest.raises(KeyError, match="did you mean 'ewgsop2_2019'"):
        page("definitions", "ewgsop2")
    with pytest.raises(KeyError, match="did you mean 'causes'"):
        page("cause", "low_protein_intake")


def test_the_text_has_the_same_lines_and_keeps_its_width() -> None:
    found = page("definitions", "ewgsop2_2019")
    narrow, wide = text(found, width=60), text(found, width=10_000, aside=True)
    assert max(len(line) for line in narrow.splitlines() if "://" not in line) <= 60
    flat = " ".join(wide.split())
    for line in found.walk():
        bare = (
            line.text
            if not any(not isinstance(piece, str) and piece.kind == "sources" for piece in line.pieces)
            else ""
        )
        assert words(bare) in flat
    assert "EXAMPLES THAT TEST" not in narrow
    assert "EXAMPLES THAT TEST" in wide
    assert "Not yet reviewed by a clinician. File: definitions/ewgsop2_2019.yaml" in " ".join(narrow.split())


def test_an_answer_leads_to_the_pages_only_where_they_are_served(assessment: Assessment) -> None:
    alone = answer_page.content(assessment)
    served = answer_page.content(assessment, link=lambda kind, name: f"/{kind}!{name}")
    assert "!" not in "".join(re.findall(r'href="([^"]+)"', alone))
    for address in (
        "/flags!rf_wl5",
        "/causes!low_protein_intake",
        "/definitions!ewgsop2_2019",
        "/treatments!protein_target",
    ):
        assert f'href="{address}"' in served
