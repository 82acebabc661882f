"""The possible worlds of a rule: few, complete, and without overlap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.quantities import quantities
from myoscope.rules import Compare, Named, Rule
from myoscope.rules.worlds import AGE, Ages, Category, classes, fitting

Make = Callable[..., Rule]


def bmi(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"variable": "bmi_kg_m2", "operator": "<", "unit": "kg/m2", "cutoff": list(rows)}


DEVICES = bmi(
    {"when": {"alm_method": ["dxa", "dxa_hologic", "dxa_lunar"]}, "value": 20},
    {"when": {"alm_method": "bia"}, "value": 21},
)
AGES = bmi(
    {"when": {"age_years": {"below": 50}}, "value": 20}, {"when": {"age_years": {"from": 50, "below": 70}}, "value": 21}
)


def test_values_that_the_rule_cannot_tell_apart_are_one_class(make: Make) -> None:
    (found,) = classes(make({"wanted": DEVICES})).values()
    sets = sorted(sorted(one.values) for one in found if isinstance(one, Category))
    assert sets == [["anthropometric"], ["bia"], ["dxa", "dxa_hologic", "dxa_lunar"]]


def test_every_value_is_in_exactly_one_class(make: Make) -> None:
    (found,) = classes(make({"wanted": DEVICES})).values()
    values = [value for one in found if isinstance(one, Category) for value in one.values]
    assert sorted(values) == sorted(quantities()["alm_method"].values)


def test_a_rule_without_categories_has_one_world(make: Make) -> None:
    rule = make({"wanted": bmi({"value": 20})})
    assert classes(rule) == {}


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">="])
def test_the_examples_of_the_age_classes_lie_on_their_own_side(make: Make, operator: str) -> None:
    old = {"variable": "age_years", "operator": operator, "cutoff": 65, "unit": "a"}
    below, above = classes(make({"wanted": old}))[AGE]
    assert isinstance(below, Ages)
    assert isinstance(above, Ages)
    if operator in {">", "<="}:
        assert below.example <= 65 < above.example
    else:
        assert below.example < 65 <= above.example


def test_a_cut_on_both_sides_of_one_age_leaves_that_age_alone(make: Make) -> None:
    at_least = {"variable": "age_years", "operator": ">=", "cutoff": 65, "unit": "a"}
    above = {"variable": "age_years", "operator": ">", "cutoff": 65, "unit": "a"}
    found = classes(make({"wanted": {"any": [at_least, above]}}))[AGE]
    assert [one.example for one in found] == [64, 65, 66]


@given(age=st.floats(0, 125))
def test_the_example_of_an_age_s_class_is_treated_as_the_age_itself(make: Make, age: float) -> None:
    rule = make({"wanted": AGES})
    assert isinstance(rule, Named)
    assert isinstance(rule.part, Compare)
    examples = {fitting(rule.part, {AGE: one.example}) for one in classes(rule)[AGE]}
    assert fitting(rule.part, {AGE: age}) in examples
    assert examples == {0, 1, None}


def test_the_first_cut_off_that_fits_is_used(make: Make) -> None:
    rule = make({"wanted": bmi({"when": {"sex": "male"}, "value": 20}, {"value": 22})})
    assert isinstance(rule, Named)
    assert isinstance(rule.part, Compare)
    assert fitting(rule.part, {"sex": "male"}) == 0
    assert fitting(rule.part, {"sex": "female"}) == 1
    assert fitting(rule.part, {}) == 1  # callers fill in every unknown category first
