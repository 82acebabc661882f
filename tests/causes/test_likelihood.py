"""Likelihood ratios: read with their interval, put in bands, used to order what weighs the same, and for nothing else."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.causes import Weighed, causes, weigh
from myoscope.causes.likelihood import LikelihoodRatio, band, likelihood_ratio
from myoscope.causes.rank import _cause, _order, _weigh
from myoscope.record import current, parse_record
from myoscope.rules import Facts
from myoscope.sources import Citation, KnowledgeError

TODAY = dt.date(2026, 11, 20)
READ = Citation("cook_2010", "abstract", "primary")


def ratio(value: float, read: str = "primary") -> LikelihoodRatio:
    return LikelihoodRatio(value, None, None, "people", replace(READ, read=read))


# -- what the papers print -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "clue", "printed"),
    [
        # Galm 2020, abstract: 1 mg dexamethasone test, LR+ 10.5 (7.2-15.3), LR- 0.016 (0.007-0.035)
        ("cushing_glucocorticoid_excess", "dst_high_off_steroids", (10.5, 7.2, 15.3)),
        ("cushing_glucocorticoid_excess", "dst_low_off_steroids", (0.016, 0.007, 0.035)),
        # Millar 2016, abstract: decreased libido 1.6 (1.3-1.9), erectile dysfunction 1.5 (1.3-1.8)
        ("low_testosterone_men", "man_low_desire", (1.6, 1.3, 1.9)),
        ("low_testosterone_men", "man_erectile", (1.5, 1.3, 1.8)),
    ],
)
def test_ratios_are_those_of_the_abstracts(cause: str, clue: str, printed: tuple[float, float, float]) -> None:
    one = causes()[cause]
    (found,) = [c.likelihood for c in (*one.speaks_for, *one.speaks_against) if c.name == clue]
    assert found is not None
    assert (found.value, found.low, found.high) == printed
    assert found.citation.read == "primary"


@pytest.mark.parametrize(
    ("value", "word"),
    [
        # Jaeschke 1994: above 10 large, 5 to 10 moderate, 2 to 5 small; below 1 the same of one over it
        (10.01, "strong"), (10, "moderate"), (5, "moderate"), (4.99, "weak"), (1.2, "weak"),
        (0.099, "strong"), (0.1, "moderate"), (0.2, "moderate"), (0.201, "weak"), (0.9, "weak"),
    ],
)  # fmt: skip
def test_the_bands_at_their_edges(value: float, word: str) -> None:
    assert band(ratio(value)).strength == word


# -- reading -------------------------------------------------------------------------------------------------------------

ROW = {"value": 3.1, "low": 2.0, "high": 5.1, "unit": "1", "among": "people", "source": "cook_2010", "place": "abstract",
       "read": "primary"}  # fmt: skip


def test_a_ratio_is_read_with_its_interval() -> None:
    found = likelihood_ratio(ROW, "causes/made.yaml: sign")
    assert found == LikelihoodRatio(3.1, 2.0, 5.1, "people", READ)
    assert likelihood_ratio(None, "causes/made.yaml: sign") is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value": 0}, "must be above 0"),
        ({"value": -2, "low": None, "high": None}, "must be above 0"),
        ({"value": 6}, "needs both ends of its interval around it"),
        ({"value": 1.9}, "needs both ends of its interval around it"),
        ({"high": None}, "needs both ends of its interval around it"),
        ({"among": None}, "needs value, among, source, place and read"),
        ({"source": None}, "needs value, among, source, place and read"),
        ({"vlaue": 3}, r"unknown keys \['vlaue'\]"),
    ],
)
def test_a_ratio_that_cannot_be_right_is_named(change: dict[str, Any], words: str) -> None:
    row = {key: value for key, value in (ROW | change).items() if value is not None}
    with pytest.raises(KnowledgeError, match=f"^causes/made.yaml: sign: lr: .*{words}"):
        likelihood_ratio(row, "causes/made.yaml: sign")


# -- order, and nothing else ---------------------------------------------------------------------------------------------


def made(name: str, *strengths: str, ratios: dict[int, dict[str, Any]] | None = None) -> Weighed:
    """A cause with these clues, all of them there; ratios: place of a clue -> changes to its `lr:`."""
    rows = [
        {"rule": "fever", "strength": strength, "says": "x"}
        | ({"lr": {k: v for k, v in ROW.items() if k not in {"low", "high"}} | (ratios or {})[place]}
           if place in (ratios or {}) else {})
        for place, strength in enumerate(strengths)
    ]  # fmt: skip
    entry = {
        "id": name, "group": "other", "title": "x", "plain": "x", "professional": "x", "for": rows,
        "rules": {"fever": {"has": {"symptom": "fever"}}},
        "source": "myoscope_policy", "place": "x", "read": "policy",
    }  # fmt: skip
    facts = current(parse_record({"symptoms": ["fever"]}, today=TODAY), today=TODAY).facts
    return _weigh(_cause(entry, "causes/made.yaml"), facts)


def first(*found: Weighed) -> str:
    return min(found, key=_order).cause.id


def test_of_equal_weight_the_greater_ratio_comes_first() -> None:
    assert first(made("a", "weak"), made("b", "weak", ratios={0: {}})) == "b"
    assert first(made("a", "weak", ratios={0: {"value": 2}}), made("b", "weak", ratios={0: {"value": 4}})) == "b"


def test_a_ratio_outranks_neither_weight_nor_status() -> None:
    assert first(made("a", "weak", ratios={0: {"value": 50}}), made("b", "weak", "weak")) == "b"
    assert first(made("a", "weak", "weak", ratios={0: {"value": 50}}), made("b", "strong")) == "b"


def test_ratios_are_not_multiplied() -> None:
    """Two signs of 3 are not worth one of 9: they come together."""
    two = made("a", "weak", "weak", ratios={0: {"value": 3}, 1: {"value": 3}})
    assert two.greatest_ratio == 3
    assert first(two, made("b", "weak", "weak", ratios={0: {"value": 4}})) == "b"


def test_a_ratio_nobody_read_orders_nothing() -> None:
    assert made("a", "weak", ratios={0: {"value": 50, "read": "recalled"}}).greatest_ratio == 1


def test_the_strongest_evidence_is_told_first() -> None:
    found = made("a", "weak", "weak", "strong", ratios={1: {}})
    assert [(one.clue.strength, one.clue.likelihood is not None) for one in found.speaks_for] == [
        ("strong", False),
        ("weak", True),
        ("weak", False),
    ]


def test_the_real_causes_with_a_ratio_keep_their_order_of_weight() -> None:
    facts = current(
        parse_record({"symptoms": ["peek_sign"], "ice_test_lifts_lid": True}, today=TODAY), today=TODAY
    ).facts
    found = {one.cause.id: one for one in weigh(facts)}["myasthenia_gravis"]
    assert [one.clue.name for one in found.speaks_for] == ["ice", "peek"]


@given(
    value=st.floats(0.01, 100),
    strengths=st.lists(st.sampled_from(["establishes", "strong", "moderate", "weak"]), min_size=1, max_size=3),
)
def test_a_ratio_never_changes_a_status_or_a_weight(value: float, strengths: list[str]) -> None:
    plain, told = made("a", *strengths), made("a", *strengths, ratios={0: {"value": value}})
    assert (told.status, told.weight) == (plain.status, plain.weight)


def test_nothing_known_needs_no_ratio() -> None:
    assert {one.greatest_ratio for one in weigh(Facts())} == {1.0}
