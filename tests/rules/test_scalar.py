"""One person: three-valued logic by truth table, tests that could not be done, unknown sex and device, exact cut-offs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.rules import UNABLE, Facts, Rule, deciding, evaluate, missing
from myoscope.rules.scalar import TOLERANCE, edge

Make = Callable[..., Rule]
YES, NO, UNKNOWN = True, False, None
ANSWERS = (YES, NO, UNKNOWN)
# Three variables that cannot be impossible and depend on nothing: each can be made yes, no or unknown at will.
PARTS = {
    "a": {"variable": "crp_mg_l", "operator": ">", "cutoff": 10, "unit": "mg/L"},
    "b": {"variable": "albumin_g_dl", "operator": "<", "cutoff": 3.5, "unit": "g/dL"},
    "c": {"variable": "intended_weight_loss", "is": True},
}
VALUES: dict[str, dict[bool | None, dict[str, Any]]] = {
    "a": {YES: {"crp_mg_l": 11.0}, NO: {"crp_mg_l": 9.0}, UNKNOWN: {}},
    "b": {YES: {"albumin_g_dl": 3.0}, NO: {"albumin_g_dl": 4.0}, UNKNOWN: {}},
    "c": {YES: {"intended_weight_loss": True}, NO: {"intended_weight_loss": False}, UNKNOWN: {}},
}


def person(**values: Any) -> Facts:
    return Facts(values)


def with_answers(*answers: bool | None) -> Facts:
    """A person whose parts a, b, c have these answers."""
    values: dict[str, Any] = {}
    for name, answer in zip(PARTS, answers, strict=False):
        values |= VALUES[name][answer]
    return Facts(values)


# Kleene's strong three-valued logic (Kleene 1952, Introduction to Metamathematics, section 64), written out.
KLEENE_AND = {
    (YES, YES): YES, (YES, NO): NO, (YES, UNKNOWN): UNKNOWN,
    (NO, YES): NO, (NO, NO): NO, (NO, UNKNOWN): NO,
    (UNKNOWN, YES): UNKNOWN, (UNKNOWN, NO): NO, (UNKNOWN, UNKNOWN): UNKNOWN,
}  # fmt: skip
KLEENE_OR = {
    (YES, YES): YES, (YES, NO): YES, (YES, UNKNOWN): YES,
    (NO, YES): YES, (NO, NO): NO, (NO, UNKNOWN): UNKNOWN,
    (UNKNOWN, YES): YES, (UNKNOWN, NO): UNKNOWN, (UNKNOWN, UNKNOWN): UNKNOWN,
}  # fmt: skip


@pytest.mark.parametrize(("answers", "expected"), list(KLEENE_AND.items()))
def test_all_is_kleene_s_and(make: Make, answers: tuple[bool | None, bool | None], expected: bool | None) -> None:
    assert evaluate(make({**PARTS, "wanted": {"all": ["a", "b"]}}), with_answers(*answers)).answer is expected


@pytest.mark.parametrize(("answers", "expected"), list(KLEENE_OR.items()))
def test_any_is_kleene_s_or(make: Make, answers: tuple[bool | None, bool | None], expected: bool | None) -> None:
    assert evaluate(make({**PARTS, "wanted": {"any": ["a", "b"]}}), with_answers(*answers)).answer is expected


@pytest.mark.parametrize(("answer", "expected"), [(YES, NO), (NO, YES), (UNKNOWN, UNKNOWN)])
def test_not(make: Make, answer: bool | None, expected: bool | None) -> None:
    assert evaluate(make({**PARTS, "wanted": {"not": "a"}}), with_answers(answer)).answer is expected


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("answers", list(itertools.product(ANSWERS, repeat=3)))
def test_at_least_is_settled_exactly_when_the_unknown_cannot_matter(
    make: Make, n: int, answers: tuple[bool | None, ...]
) -> None:
    """By brute force: fill every unknown with yes and with no; an answer stands when all fillings agree."""
    fillings = itertools.product(*[[a] if a is not None else [YES, NO] for a in answers])
    outcomes = {sum(filling) >= n for filling in fillings}
    expected = outcomes.pop() if len(outcomes) == 1 else None
    rule = make({**PARTS, "wanted": {"at_least": n, "of": ["a", "b", "c"]}})
    assert evaluate(rule, with_answers(*answers)).answer is expected


@pytest.mark.parametrize("answers", list(itertools.product(ANSWERS, repeat=2)))
def test_de_morgan(make: Make, answers: tuple[bool | None, bool | None]) -> None:
    left = make({**PARTS, "wanted": {"not": {"all": ["a", "b"]}}})
    right = make({**PARTS, "wanted": {"any": [{"not": "a"}, {"not": "b"}]}})
    assert evaluate(left, with_answers(*answers)).answer is evaluate(right, with_answers(*answers)).answer


# -- tests that could not be done ------------------------------------------------------------------------------------


def grip(unable: Any) -> dict[str, Any]:
    cutoff = [{"when": {"sex": "male"}, "value": 27}, {"when": {"sex": "female"}, "value": 16}]
    return {"variable": "grip_strength_kg", "operator": "<", "cutoff": cutoff, "unit": "kg", "unable": unable}


CHAIR = {"variable": "chair_stand_5x_s", "operator": ">", "cutoff": 15, "unit": "s", "unable": True}


@pytest.mark.parametrize(("unable", "expected"), [(True, YES), (False, NO), ("unknown", UNKNOWN)])
def test_unable_counts_as_the_file_says(make: Make, unable: Any, expected: bool | None) -> None:
    trace = evaluate(make({"wanted": grip(unable)}), person(sex="male", grip_strength_kg=UNABLE))
    assert trace.answer is expected
    assert next(trace.leaves()).state == "unable"
    assert missing(trace) == []  # there is nothing left to measure


@pytest.mark.parametrize(
    ("chair", "expected"),
    [
        ({"chair_stand_5x_s": 15.1}, YES),
        ({"chair_stand_5x_s": 15.0}, NO),
        ({"chair_stand_5x_s": UNABLE}, YES),
        ({}, UNKNOWN),
    ],
)
def test_unable_may_lead_to_another_rule(make: Make, chair: dict[str, Any], expected: bool | None) -> None:
    rule = make({"wanted": grip("slow"), "slow": CHAIR})
    trace = evaluate(rule, person(sex="male", grip_strength_kg=UNABLE, **chair))
    assert trace.answer is expected
    if expected is UNKNOWN:
        assert missing(trace) == ["chair_stand_5x_s"]


def test_unable_is_not_missing_and_missing_is_not_unable(make: Make) -> None:
    rule = make({"wanted": grip(True)})
    assert evaluate(rule, person(sex="male")).answer is UNKNOWN
    assert missing(evaluate(rule, person(sex="male"))) == ["grip_strength_kg"]
    assert evaluate(rule, person(sex="male", grip_strength_kg=UNABLE)).answer is YES


def test_unable_needs_no_sex_when_it_counts_the_same_for_both(make: Make) -> None:
    assert evaluate(make({"wanted": grip(True)}), person(grip_strength_kg=UNABLE)).answer is YES


# -- unknown sex, device, ancestry, age ------------------------------------------------------------------------------


@pytest.mark.parametrize(("kg", "expected"), [(15.9, YES), (16.0, UNKNOWN), (26.9, UNKNOWN), (27.0, NO)])
def test_unknown_sex_an_answer_that_is_the_same_for_both_stands(make: Make, kg: float, expected: bool | None) -> None:
    """Below 16 kg is low for women and men, from 27 kg for neither; between the two it depends."""
    trace = evaluate(make({"wanted": grip(True)}), person(grip_strength_kg=kg))
    assert trace.answer is expected
    assert missing(trace) == (["sex"] if expected is UNKNOWN else [])


@pytest.mark.parametrize(("index", "expected"), [(5.3, YES), (5.5, UNKNOWN), (5.7, NO)])
def test_unknown_device(make: Make, index: float, expected: bool | None) -> None:
    """A woman by AWGS 2019: 5.4 for DXA, 5.7 for bioimpedance."""
    rule = {
        "variable": "alm_height2_kg_m2", "operator": "<", "unit": "kg/m2",
        "cutoff": [
            {"when": {"alm_method": ["dxa", "dxa_hologic", "dxa_lunar", "anthropometric"]}, "value": 5.4},
            {"when": {"alm_method": "bia"}, "value": 5.7},
        ],
    }  # fmt: skip
    trace = evaluate(make({"wanted": rule}), person(sex="female", alm_height2_kg_m2=index))
    assert trace.answer is expected
    assert missing(trace) == (["alm_method"] if expected is UNKNOWN else [])


def test_unknown_ancestry_and_a_group_without_a_cut_off(make: Make) -> None:
    """Nobody knows the line for the others, so nobody with unknown ancestry has an answer."""
    rule = {
        "variable": "bmi_kg_m2",
        "operator": "<",
        "unit": "kg/m2",
        "cutoff": [{"when": {"ancestry": "asian"}, "value": 18.5}],
    }
    tree = make({"wanted": rule})
    assert evaluate(tree, person(bmi_kg_m2=15.0, ancestry="asian")).answer is YES
    assert evaluate(tree, person(bmi_kg_m2=15.0)).answer is UNKNOWN
    other = evaluate(tree, person(bmi_kg_m2=15.0, ancestry="european"))
    assert (other.answer, next(other.leaves()).state) == (UNKNOWN, "no_cutoff")


BY_AGE = {
    "variable": "bmi_kg_m2", "operator": "<", "unit": "kg/m2",
    "cutoff": [{"when": {"age_years": {"below": 70}}, "value": 20}, {"when": {"age_years": {"from": 70}}, "value": 22}],
}  # fmt: skip


@pytest.mark.parametrize(("bmi", "expected"), [(19.9, YES), (20.0, UNKNOWN), (21.9, UNKNOWN), (22.0, NO)])
def test_unknown_age(make: Make, bmi: float, expected: bool | None) -> None:
    assert evaluate(make({"wanted": BY_AGE}), person(bmi_kg_m2=bmi)).answer is expected


@pytest.mark.parametrize(("age", "expected"), [(69.999, NO), (70.0, YES), (70.001, YES)])
def test_the_age_band_begins_on_the_birthday(make: Make, age: float, expected: bool | None) -> None:
    assert evaluate(make({"wanted": BY_AGE}), person(bmi_kg_m2=21.0, age_years=age)).answer is expected


def test_an_answer_stands_when_every_world_agrees_though_no_part_does(make: Make) -> None:
    """A woman is weak by her line, a man slow by his: whoever it is, one of the two holds."""
    rules = {
        "weak_woman": {"all": [{"variable": "sex", "is": "female"}, "a"]},
        "slow_man": {"all": [{"variable": "sex", "is": "male"}, "b"]},
        **PARTS,
        "wanted": {"any": ["weak_woman", "slow_man"]},
    }
    assert evaluate(make(rules), with_answers(YES, YES)).answer is YES
    assert evaluate(make(rules), with_answers(YES, NO)).answer is UNKNOWN
    assert evaluate(make(rules), with_answers(NO, NO)).answer is NO


def test_unknown_sex_is_the_same_unknown_everywhere(make: Make) -> None:
    """'female or male' is yes; 'female and male' is no: the two halves share one world."""
    female, male = ({"variable": "sex", "is": value} for value in ("female", "male"))
    assert evaluate(make({"wanted": {"any": [female, male]}}), person()).answer is YES
    assert evaluate(make({"wanted": {"all": [female, male]}}), person()).answer is NO


def test_unknown_age_in_a_comparison_and_in_a_band_is_one_age(make: Make) -> None:
    old = {"variable": "age_years", "operator": ">=", "cutoff": 65, "unit": "a"}
    young = {"variable": "age_years", "operator": "<", "cutoff": 65, "unit": "a"}
    assert evaluate(make({"wanted": {"any": [old, young]}}), person()).answer is YES
    assert evaluate(make({"wanted": {"all": [old, young]}}), person()).answer is NO
    above = {"variable": "age_years", "operator": ">", "cutoff": 65, "unit": "a"}
    at_most = {"variable": "age_years", "operator": "<=", "cutoff": 65, "unit": "a"}
    assert evaluate(make({"wanted": {"all": [old, at_most]}}), person()).answer is UNKNOWN  # exactly 65 would be yes
    assert evaluate(make({"wanted": {"all": [above, young]}}), person()).answer is NO


# -- on the cut-off --------------------------------------------------------------------------------------------------

INDEX = {"variable": "alm_height2_kg_m2", "unit": "kg/m2", "cutoff": 7.0}


@given(millimetres=st.integers(1400, 2000), cutoff=st.sampled_from([5.4, 5.5, 5.7, 7.0, 7.26]))
def test_exactly_on_the_cut_off_for_every_height(make: Make, millimetres: int, cutoff: float) -> None:
    """ALM = cut-off * h², computed in floats, divided by h² again: never low for '<', always low for '<='."""
    metres = (millimetres / 10) / 100
    facts = person(alm_height2_kg_m2=(cutoff * metres**2) / metres**2)
    answers = {
        op: evaluate(make({"wanted": {**INDEX, "cutoff": cutoff, "operator": op}}), facts).answer
        for op in ("<", "<=", ">", ">=")
    }
    assert answers == {"<": NO, "<=": YES, ">": NO, ">=": YES}


def test_there_are_heights_at_which_plain_arithmetic_fails() -> None:
    """The tolerance is needed: at 160 cm a limb mass of 17.92 kg is 7 kg/m² on paper and less in floats."""
    assert 17.92 / 1.6**2 < 7.0


@pytest.mark.parametrize("cutoff", [0.789, 0.8, 1.0, 7.0, 27.0, 360.0, 10_000.0])
def test_a_difference_that_can_be_measured_is_never_within_the_tolerance(cutoff: float) -> None:
    step = max(1.0, cutoff) * 1e-6
    assert cutoff - step < edge("<", cutoff) < cutoff < edge("<=", cutoff) < cutoff + step
    assert edge(">", cutoff) == edge("<=", cutoff)
    assert edge(">=", cutoff) == edge("<", cutoff)
    assert pytest.approx(1e-9) == TOLERANCE


@pytest.mark.parametrize("value", [math.nan, "high", True, None])
def test_what_is_no_number_is_unknown(make: Make, value: Any) -> None:
    """NaN > 15 must not be true, and yes is not 1."""
    for op in ("<", "<=", ">", ">="):
        rule = make({"wanted": {**INDEX, "operator": op}})
        assert evaluate(rule, Facts({"alm_height2_kg_m2": value})).answer is UNKNOWN


@pytest.mark.parametrize(("value", "expected"), [(math.inf, NO), (-math.inf, YES)])
def test_infinity_compares_as_it_should(make: Make, value: float, expected: bool | None) -> None:
    assert evaluate(make({"wanted": {**INDEX, "operator": "<"}}), person(alm_height2_kg_m2=value)).answer is expected


# -- values nobody read ----------------------------------------------------------------------------------------------


def test_a_recalled_value_never_decides_unless_asked(make: Make) -> None:
    rule = make({"wanted": {**INDEX, "operator": "<", "read": "recalled"}})
    facts = person(alm_height2_kg_m2=5.0)
    trace = evaluate(rule, facts)
    assert trace.answer is UNKNOWN
    assert next(trace.leaves()).state == "unverified"
    assert missing(trace) == []  # no measurement would help
    assert evaluate(rule, facts, recalled_decides=True).answer is YES


def test_a_recalled_value_for_men_does_not_hinder_women(make: Make) -> None:
    cutoff = [{"when": {"sex": "male"}, "value": 7.0, "read": "recalled"}, {"when": {"sex": "female"}, "value": 5.5}]
    rule = make({"wanted": {**INDEX, "cutoff": cutoff, "operator": "<"}})
    assert evaluate(rule, person(sex="female", alm_height2_kg_m2=5.0)).answer is YES
    assert evaluate(rule, person(sex="male", alm_height2_kg_m2=5.0)).answer is UNKNOWN
    assert evaluate(rule, person(alm_height2_kg_m2=5.0)).answer is UNKNOWN
    assert evaluate(rule, person(alm_height2_kg_m2=5.0), recalled_decides=True).answer is YES


# -- the trace -------------------------------------------------------------------------------------------------------


def test_deciding_names_what_settled_a_yes_a_no_and_an_unknown(make: Make) -> None:
    rule = make({**PARTS, "wanted": {"all": ["a", "b", "c"]}})

    def names(*answers: bool | None) -> list[str]:
        return [leaf.rule.variable for leaf in deciding(evaluate(rule, with_answers(*answers)))]  # type: ignore[union-attr]

    assert names(YES, YES, YES) == ["crp_mg_l", "albumin_g_dl", "intended_weight_loss"]
    assert names(YES, NO, UNKNOWN) == ["albumin_g_dl"]
    assert names(YES, UNKNOWN, UNKNOWN) == ["albumin_g_dl", "intended_weight_loss"]


def test_missing_names_only_what_could_still_settle_it(make: Make) -> None:
    rule = make({**PARTS, "wanted": {"all": [{"any": ["a", "b"]}, "c"]}})
    assert missing(evaluate(rule, with_answers(YES, UNKNOWN, UNKNOWN))) == ["intended_weight_loss"]
    assert missing(evaluate(rule, with_answers(NO, UNKNOWN, YES))) == ["albumin_g_dl"]
    assert missing(evaluate(rule, with_answers(NO, NO, UNKNOWN))) == []  # settled: no
    assert missing(evaluate(rule, with_answers())) == ["crp_mg_l", "albumin_g_dl", "intended_weight_loss"]


def test_missing_names_list_entries(make: Make) -> None:
    rule = make({"wanted": {"any": [{"has": {"condition": "cancer"}}, {"has": {"symptom": "fever"}}]}})
    assert missing(evaluate(rule, person())) == ["condition:cancer", "symptom:fever"]


def test_the_trace_holds_value_and_cut_off(make: Make) -> None:
    (leaf,) = evaluate(make({"wanted": grip(True)}), person(sex="male", grip_strength_kg=20.0)).leaves()
    assert (leaf.value, leaf.cutoff, leaf.possible, leaf.state) == (20.0, 27.0, (27.0,), "known")
    (leaf,) = evaluate(make({"wanted": grip(True)}), person(grip_strength_kg=20.0)).leaves()
    assert (leaf.cutoff, leaf.possible, leaf.state) == (None, (16.0, 27.0), "missing")
