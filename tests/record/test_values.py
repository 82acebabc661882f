"""One value as typed: ranges, other units, hints. Nothing is converted silently."""

from __future__ import annotations

from typing import Any

import pytest

from myoscope.quantities import quantities, quantity
from myoscope.record import Problem
from myoscope.record.values import range_problem, read_value

NUMBERS = [name for name, known in quantities().items() if known.kind == "number"]


def read(name: str, raw: Any, *, sex: str | None = None, confirmed: bool = False) -> Any:
    return read_value(quantity(name), raw, name, sex=sex, confirmed=confirmed)


@pytest.mark.parametrize("name", NUMBERS)
def test_the_ends_of_the_guard_range_are_allowed_and_beyond_them_nothing_is(name: str) -> None:
    known = quantity(name)
    low, high = known.guard.low, known.guard.high
    assert low is not None
    assert high is not None
    step = (high - low) * 1e-9 + 1e-9
    for inside in (low, high):
        assert read(name, inside, confirmed=True) == inside
    for outside in (low - step, high + step):
        assert isinstance(read(name, outside, confirmed=True), Problem)


@pytest.mark.parametrize("name", NUMBERS)
def test_a_usual_value_is_never_questioned(name: str) -> None:
    known = quantity(name)
    for sex in ("female", "male", None):
        usual = known.usual(sex)
        low = usual.low if usual.low is not None else known.guard.low
        high = usual.high if usual.high is not None else known.guard.high
        assert low is not None
        assert high is not None
        for value in (low, (low + high) / 2, high):
            assert range_problem(known, value, name, sex=sex, confirmed=False) is None


@pytest.mark.parametrize(
    ("name", "raw", "sex", "words"),
    [
        ("height_cm", 1.72, "male", "1.72 m would be 172 cm"),
        ("height_cm", 68, "male", "68 inches would be 172.7 cm"),
        ("creatinine_mg_dl", 80, None, "80 µmol/L would be 0.905 mg/dL"),
        ("testosterone_ng_dl", 15, "male", "15 nmol/L would be 432.6 ng/dL"),
        ("vitamin_d_25oh_ng_ml", 900, None, "Another unit?" if 900 * 0.40064 < 120 else "unusual"),
        ("gait_speed_m_s", 4.3, None, "4.3 km/h would be 1.194 m/s"),
        ("hemoglobin_g_dl", 131, None, "131 g/L would be 13.1 g/dL"),
    ],
)
def test_another_unit_is_named_with_the_value_it_would_be(name: str, raw: float, sex: str | None, words: str) -> None:
    found = read(name, raw, sex=sex)
    if name == "vitamin_d_25oh_ng_ml":  # 900 nmol/L would be 361 ng/mL, unusual as well: nothing to suggest
        assert found == 900.0
        return
    assert isinstance(found, Problem)
    assert words in str(found)


def test_a_confirmed_value_passes_unless_it_is_impossible() -> None:
    assert read("testosterone_ng_dl", 15, sex="male", confirmed=True) == 15.0
    assert isinstance(read("height_cm", 1.72, confirmed=True), Problem)


def test_what_is_usual_for_a_woman_is_not_questioned_for_her() -> None:
    assert read("testosterone_ng_dl", 30, sex="female") == 30.0
    assert isinstance(read("testosterone_ng_dl", 30, sex="male"), Problem)
    assert read("testosterone_ng_dl", 30, sex=None) == 30.0


@pytest.mark.parametrize(
    ("raw", "hint"),
    [
        ("70", "70"),
        ("70.5", "70.5"),
        (" 70 ", "70"),
        ("70,5", "70.5"),
        ("-3", "-3"),
        ("070", "marks: 70"),
        ("-007.5", "-7.5"),
        ("0.5", "marks: 0.5"),
        ("0", "marks: 0"),
    ],
)
def test_a_number_in_quotation_marks_is_refused_with_the_way_to_write_it(raw: str, hint: str) -> None:
    found = read("weight_kg", raw)
    assert isinstance(found, Problem)
    assert str(found).endswith(hint)


def test_a_long_text_is_shortened_in_the_message() -> None:
    found = read("weight_kg", "x" * 1000)
    assert len(str(found)) < 200


@pytest.mark.parametrize(
    ("raw", "hint"), [("M", "male"), ("woman", "female"), ("femal", "female"), ("w", "female"), ("x", "female, male")]
)
def test_sex_has_hints(raw: str, hint: str) -> None:
    assert hint in str(read("sex", raw))
