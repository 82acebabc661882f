"""YAML that says what it means, or is refused."""

from __future__ import annotations

import math
from typing import Any

import pytest

from myoscope.sources.strict_yaml import parse_yaml


def read(text: str) -> Any:
    return parse_yaml(text, where="x.yaml")


def test_a_key_given_twice_is_refused_with_its_line() -> None:
    with pytest.raises(ValueError, match=r"x\.yaml, line 3, column 1: the key 'a' stands there twice"):
        read("a: 1\nb: 2\na: 3\n")


def test_a_key_given_twice_deep_inside_is_refused_too() -> None:
    with pytest.raises(ValueError, match="line 3.*'b'"):
        read("a:\n  - b: 1\n    b: 2\n")


def test_dates_stay_text() -> None:
    assert read("a: 2026-03-31\nb: 2026-03-31T10:00:00Z") == {"a": "2026-03-31", "b": "2026-03-31T10:00:00Z"}


@pytest.mark.parametrize(
    "text", ["070", "027", "0o17", "0x1F", "0b11", "6:30", "1:30:00", "1_000", "1_000.5", "6:30.5"]
)
def test_a_number_in_an_odd_notation_is_text_and_never_another_number(text: str) -> None:
    """YAML 1.1 reads 070 as 56 (octal) and 6:30 as 390 (base 60): a patient would be 14 years younger."""
    assert read(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("70", 70),
        ("-3", -3),
        ("+3", 3),
        ("0.8", 0.8),
        ("-0.5", -0.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("1.5e3", 1500.0),
    ],
)
def test_plain_numbers_are_numbers(text: str, number: float) -> None:
    found = read(f"a: {text}")["a"]
    assert found == number
    assert type(found) is type(number)


def test_infinity_and_nan_are_read_as_such_so_that_the_record_can_refuse_them() -> None:
    assert read("a: .inf")["a"] == math.inf
    assert read("a: -.inf")["a"] == -math.inf
    assert math.isnan(read("a: .nan")["a"])


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system ['true']", "!!python/name:os.system", "!thing {}"])
def test_no_tag_makes_an_object(tag: str) -> None:
    with pytest.raises(ValueError, match=r"x\.yaml, line 1"):
        read(f"a: {tag}")


@pytest.mark.parametrize("text", ["{[1, 2]: 3}", "{{a: 1}: 3}", "? [a]\n: 1"])
def test_a_key_that_is_no_plain_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a key must be plain text"):
        read(text)


def test_broken_yaml_names_line_and_column() -> None:
    with pytest.raises(ValueError, match=r"x\.yaml, line 2, column \d+: "):
        read("a: [1, 2\nb: 3")


def test_endless_nesting_is_refused_and_does_not_crash() -> None:
    with pytest.raises(ValueError, match=r"x\.yaml"):
        read("[" * 100_000)
