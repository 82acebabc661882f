"""The vocabulary: codes and names lead to ids, and to nothing else."""

from __future__ import annotations

import re

import pytest

from myoscope.quantities import KINDS, match_condition, match_medicines, terms
from myoscope.quantities.terms import implied_by, is_icd10

CODES = [
    (term.id, system, code)
    for term in terms("condition").values()
    for system in ("icd10cm", "icd10cm_history")
    for code in getattr(term, system)
]


@pytest.mark.parametrize(("term", "system", "code"), CODES)
def test_every_icd10_code_of_the_vocabulary_finds_its_condition(term: str, system: str, code: str) -> None:
    assert is_icd10(code)
    for written in (code, code.lower(), code.replace(".", ""), f" {code} "):
        assert term in match_condition(written, system)


def test_a_longer_code_belongs_to_its_prefix() -> None:
    """N18.30 is chronic kidney disease stage 3; the vocabulary names N18 (or N18.3)."""
    assert "ckd" in match_condition("N18.30", "icd10cm")
    assert "ckd" in match_condition("N1830", "icd10cm")


def test_a_shorter_code_than_the_vocabulary_s_says_nothing_of_it() -> None:
    for term, system, code in CODES:
        plain = code.replace(".", "")
        if len(plain) > 3:
            others = {other for other, _, short in CODES if plain[:3].startswith(short.replace(".", ""))}
            assert term not in match_condition(plain[:3], system) or term in others


@pytest.mark.parametrize("code", ["Z99.9", "XXX", "", "N", "N1"])
def test_a_code_outside_the_vocabulary_is_no_condition(code: str) -> None:
    assert match_condition(code, "icd10cm") == []


@pytest.mark.parametrize("code", ["I50.9", "i509", "N18.30", "E11", "C61", "U09.9", "S72.001A", "M62.84"])
def test_the_form_of_an_icd10_code(code: str) -> None:
    assert is_icd10(code)


@pytest.mark.parametrize("text", ["cancer", "E1", "11E", "E11.12345", "N18.", "type 2", "E11 ; E12"])
def test_what_is_no_icd10_code(text: str) -> None:
    assert not is_icd10(text)


@pytest.mark.parametrize("kind", KINDS)
def test_ids_are_plain_and_includes_are_known_and_lead_nowhere_in_a_circle(kind: str) -> None:
    known = terms(kind)
    for term in known.values():
        assert re.fullmatch(r"[a-z0-9_]+", term.id)
        assert set(term.includes) <= set(known)
    for narrow, broad in implied_by(kind).items():
        assert narrow not in broad, f"{narrow} implies itself"


def test_a_narrow_condition_implies_the_broad_one() -> None:
    assert "heart_failure" in implied_by("condition")["decompensated_heart_failure"]
    assert "cancer" in implied_by("condition")["metastatic_cancer"]


def test_implication_goes_through_several_steps() -> None:
    closed = implied_by("condition")
    for broad in closed.values():
        for one in broad:
            assert set(closed.get(one, ())) <= set(broad)


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("prednisone 10 mg daily", "glucocorticoids_systemic"),
        ("Semaglutide 1 mg weekly", "glp1_agonists"),
        ("ATORVASTATIN 20 mg", "statins"),
    ],
)
def test_a_medicine_s_name_finds_its_group(text: str, group: str) -> None:
    assert group in match_medicines(text)


def test_a_medicine_is_found_by_its_atc_code_of_any_level() -> None:
    assert "statins" in match_medicines("C10AA05", atc="C10AA05")
    assert "statins" in match_medicines("x", atc="c10aa")


@pytest.mark.parametrize("text", ["", "something nobody knows", "prednisonelike"])
def test_an_unknown_medicine_is_in_no_group(text: str) -> None:
    assert match_medicines(text) == []


@pytest.mark.parametrize("term", list(terms("medicine")))
def test_every_name_of_a_group_finds_the_group(term: str) -> None:
    for name in terms("medicine")[term].names:
        assert term in match_medicines(f"{name} 5 mg"), name
