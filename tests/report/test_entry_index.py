"""Finding an entry, following its links, and who stands behind it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from myoscope.report.entry_index import (
    Entry,
    authorship,
    entries,
    entry,
    find,
    mentioned_by,
    mentions,
    search,
    source_of,
)

pytestmark = pytest.mark.slow


def ids(words: str, kind: str | None = None) -> list[tuple[str, str]]:
    return [(one.kind, one.id) for one in search(words, kind)]


def test_links_lead_both_ways() -> None:
    there = {
        (one.kind, one.id, ref.kind, ref.id)
        for rows in entries().values()
        for one in rows.values()
        for ref in mentions(one.kind, one.id)
    }
    back = {
        (ref.kind, ref.id, one.kind, one.id)
        for rows in entries().values()
        for one in rows.values()
        for ref in mentioned_by(one.kind, one.id)
    }
    assert there == back
    assert len(there) > 3000


def test_every_link_leads_to_an_entry() -> None:
    for rows in entries().values():
        for one in rows.values():
            assert all(ref.id in entries()[ref.kind] for ref in mentions(one.kind, one.id)), one.id


def test_a_cause_leads_to_what_its_file_names() -> None:
    found = {(ref.kind, ref.id) for ref in mentions("causes", "low_protein_intake")}
    assert {
        ("quantities", "protein_g_per_kg_day"),  # a rule's variable
        ("symptoms", "food_insecurity"),  # a rule's `has`
        ("conditions", "ckd"),
        ("treatments", "whey"),
        ("sources", "houston_2008"),
    } <= found
    assert ("causes", "low_protein_intake") in {(r.kind, r.id) for r in mentioned_by("treatments", "whey")}


def test_what_stands_in_the_title_comes_first_and_works_come_last() -> None:
    assert set(ids("vitamin d deficiency")[:2]) == {
        ("causes", "vitamin_d_deficiency"),
        ("conditions", "vitamin_d_deficiency"),
    }
    found = ids("protein")
    titles = [entry(*one).title.casefold() for one in found]
    assert "protein" in titles[0]
    kinds = [kind for kind, _ in found]
    assert "sources" in kinds
    assert kinds.index("sources") == len([kind for kind in kinds if kind != "sources"])


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("E46", ("causes", "low_protein_intake")),  # an ICD-10 code
        ("H02AB", ("medicines", "glucocorticoids_systemic")),  # an ATC code
        ("83174-3", ("quantities", "grip_strength_kg")),  # a LOINC code
        ("prednisone", ("medicines", "glucocorticoids_systemic")),  # a name on a box
        ("GRIP strength", ("quantities", "grip_strength_kg")),
        ("grip_strength_kg", ("quantities", "grip_strength_kg")),  # the id itself
        ("10.1093", ("sources", "cruz_jentoft_2019")),
    ],
)  # fmt: skip
def test_codes_names_and_ids_are_found(words: str, wanted: tuple[str, str]) -> None:
    assert wanted in ids(words)


def test_every_word_is_asked_for() -> None:
    both = set(ids("grip sarcopenia"))
    assert both
    assert both <= set(ids("grip")) & set(ids("sarcopenia"))
    assert ids("grip zzzz") == []


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("why am i weak", "weak"),
        ("steriod", "steroid"),
        ("How do I get protein?", "protein"),
        ("sarcopeina", "sarcopenia"),
    ],
)
def test_filler_words_are_left_out_and_one_slip_is_forgiven(asked: str, meant: str) -> None:
    assert ids(asked) == ids(meant) != []


def test_a_cause_is_found_by_the_name_on_the_box() -> None:
    assert ("causes", "glp1_weight_loss") in ids("muscle loss ozempic")


def test_a_word_that_stands_somewhere_is_never_changed_and_nonsense_stays_nothing() -> None:
    assert ids("station") != ids("statin")  # a work has it in its title
    assert ids("qzxwvqq") == []


def test_one_kind_only() -> None:
    assert {kind for kind, _ in ids("protein", "treatments")} == {"treatments"}
    assert len(search("", "flags")) == len(entries()["flags"])


@given(some.text(max_size=40), some.text(max_size=10))
def test_any_text_may_be_searched_and_more_words_never_find_more(words: str, more: str) -> None:
    assert set(ids(f"{words} {more}")) <= set(ids(words))


def test_the_default_author_holds_where_a_file_names_none() -> None:
    by = authorship(entry("causes", "low_protein_intake"))
    assert (by.author, by.reviewer, by.date) == ("Myoscope", None, "2026-11-23")


@pytest.mark.parametrize(("reviewer", "shown"), [("Dr A", "Dr A"), ("none yet", None), (None, None), ("None", None)])
def test_a_file_s_own_author_and_reviewer_go_first(reviewer: str | None, shown: str | None) -> None:
    body = {"id": "x", "author": "Dr B", "reviewer": reviewer, "date": "2030-01-31"}
    by = authorship(Entry("causes", "x", "X", "", "causes/x.yaml", body))
    assert (by.author, by.reviewer, by.date) == ("Dr B", shown, "2030-01-31")


def test_an_id_without_its_kind_is_a_measurement_first() -> None:
    ref = find("grip_strength_kg")
    assert ref is not None
    assert ref.kind == "quantities"
    assert find("no_such_thing") is None


def test_a_work_that_only_the_model_cites_is_known_too() -> None:
    assert source_of("macdonald_2013") is not None
    assert "macdonald_2013" in entries()["sources"]
    assert source_of("nobody_0000") is None
