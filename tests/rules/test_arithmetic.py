"""Formulas are arithmetic and nothing else."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.quantities import quantities
from myoscope.rules import UNABLE, Formula


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')", "open('x')", "weight_kg.real", "weight_kg[0]", "weight_kg < 3", "weight_kg == 3",
        "weight_kg if height_cm else 3", "lambda: 3", "[weight_kg]", "(weight_kg, 3)", "{3}", "'text'", "True", "None",
        "weight_kg and height_cm", "not weight_kg", "+weight_kg", "~weight_kg", "weight_kg // 2", "weight_kg % 2",
        "weight_kg @ 2", "3j", "f'{weight_kg}'", "(x := 3)", "max(weight_kg, 3)", "abs(weight_kg)",
        "atan_deg(1, 2)", "atan_deg(x=1)", "atan_deg(*[1])", "atan_deg()", "1 / 0 + __import__('os')", "__builtins__.eval",
    ],
)  # fmt: skip
def test_anything_but_arithmetic_is_refused_when_the_formula_is_read(text: str) -> None:
    with pytest.raises(ValueError, match="only names, numbers"):
        Formula(text)


@pytest.mark.parametrize("text", ["", "weight_kg +", "(weight_kg", "weight kg", "import os", "x = 3"])
def test_broken_formulas_are_refused_and_named(text: str) -> None:
    with pytest.raises(ValueError, match="^formula "):
        Formula(text)


@pytest.mark.parametrize("name", ["__import__", "__builtins__", "os"])
def test_a_dangerous_name_is_only_an_unknown_value(name: str) -> None:
    assert Formula(f"{name} * 2").value({}) is None
    assert Formula(f"{name} * 2").value({name: 3.0}) == 6.0


def test_the_body_mass_index() -> None:
    """70 kg at 172 cm: 1.72² = 2.9584; 70 / 2.9584 = 23.661."""
    bmi = Formula("weight_kg / (height_cm / 100) ** 2")
    assert bmi.names == {"weight_kg", "height_cm"}
    assert bmi.value({"weight_kg": 70.0, "height_cm": 172.0}) == pytest.approx(70 / 2.9584)


def test_the_phase_angle_is_in_degrees() -> None:
    """atan(50 / 500) = 5.7106°; atan(1) = 45°."""
    angle = Formula("atan_deg(bia_reactance_ohm / bia_resistance_ohm)")
    assert angle.names == {"bia_reactance_ohm", "bia_resistance_ohm"}
    assert angle.value({"bia_reactance_ohm": 50.0, "bia_resistance_ohm": 500.0}) == pytest.approx(5.7106, abs=1e-4)
    assert angle.value({"bia_reactance_ohm": 300.0, "bia_resistance_ohm": 300.0}) == pytest.approx(45.0)


@pytest.mark.parametrize(
    "text", ["1 / weight_kg", "weight_kg ** -1", "1 / (weight_kg - weight_kg)", "0 * 1 / weight_kg"]
)
def test_division_by_zero_has_no_result(text: str) -> None:
    assert Formula(text).value({"weight_kg": 0.0}) is None


def test_a_difference_in_the_denominator_is_a_formula_like_any_other() -> None:
    """Reading it must not try it out with equal values."""
    assert Formula("1 / (weight_kg - height_cm)").value({"weight_kg": 3.0, "height_cm": 1.0}) == 0.5
    assert Formula("1 / (weight_kg - 1)").value({"weight_kg": 3.0}) == 0.5


@pytest.mark.parametrize(
    ("text", "value"),
    [("weight_kg ** 0.5", -4.0), ("atan_deg(weight_kg ** 0.5)", -4.0), ("weight_kg ** 9999", 10.0), ("10 ** 400 * weight_kg", 1.0), ("weight_kg * 2", 1e308), ("weight_kg", math.inf), ("weight_kg", math.nan)],
)  # fmt: skip
def test_what_is_no_finite_real_number_is_no_value(text: str, value: float) -> None:
    assert Formula(text).value({"weight_kg": value}) is None


@pytest.mark.parametrize("value", [None, "70", True, UNABLE])
def test_a_missing_input_gives_no_value(value: object) -> None:
    assert Formula("weight_kg * 2").value({"weight_kg": value}) is None
    assert Formula("weight_kg * 2").value({}) is None


def test_precedence_and_signs() -> None:
    assert Formula("-2 ** 2").value({}) == -4.0
    assert Formula("2 * 3 + 4").value({}) == 10.0
    assert Formula("2 ** 3 ** 2").value({}) == 512.0
    assert Formula("10 - 4 - 3").value({}) == 3.0


def test_every_written_constant_is_known() -> None:
    assert sorted(Formula("0.5 * weight_kg - 3 + 2 ** 0.5").constants) == [0.5, 0.5, 2.0, 3.0]


@pytest.mark.parametrize("name", [name for name, known in quantities().items() if known.formula])
def test_the_registry_s_formulas_name_quantities_and_run_in_no_circle(name: str) -> None:
    def inputs(of: str, path: tuple[str, ...]) -> None:
        formula = quantities()[of].formula
        assert of not in path, f"{of} is made from itself: {path}"
        for one in Formula(formula).names if formula else ():
            inputs(one, (*path, of))

    inputs(name, ())


@given(a=st.floats(0.1, 1e6), b=st.floats(0.1, 1e6))
def test_it_is_python_s_own_arithmetic(a: float, b: float) -> None:
    assert Formula("a / b ** 2 - a * (b + 1)").value({"a": a, "b": b}) == a / b**2 - a * (b + 1)
