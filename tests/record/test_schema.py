"""The JSON Schema of a record and the reader must agree."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator, meta

from myoscope.quantities import KINDS, quantities
from myoscope.record import InputError, parse_record, record_schema
from myoscope.record.parse import load_text

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.yaml"))
VALIDATOR = Draft202012Validator(record_schema())


def accepts(body: Any) -> bool:
    return bool(VALIDATOR.is_valid(body))


def reads(body: Any) -> bool:
    try:
        parse_record(body, today=dt.date(2026, 11, 20))
    except InputError:
        return False
    return True


def test_it_is_a_json_schema() -> None:
    meta.validate(record_schema())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_fits(path: Path) -> None:
    body = load_text(path.read_text("utf-8"), path.name)
    assert [error.message for error in VALIDATOR.iter_errors(body)] == []
    assert reads(body)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 5


def test_it_names_every_variable_and_list() -> None:
    properties = set(record_schema()["properties"])
    kinds = {"number", "category", "yes_no"}
    assert {name for name, known in quantities().items() if known.kind in kinds} <= properties
    assert set(KINDS.values()) <= properties


@pytest.mark.parametrize(
    "body",
    [
        {"gripp": 3}, {"weight": 70}, {"observations": [{"date": "2026-01-01", "gripp": 3}]},
        {"observations": [{"conditions": ["cancer"]}]}, {"conditions": [{"name": "cancer", "sinse": "2020-01-01"}]},
        {"weight_kg": {"value": 70, "confirm": True}}, {"weight_kg": {"confirmed": True}}, {"weight_kg": "70"},
        {"weight_kg": "unable"}, {"sex": "M"}, {"weight_kg": -70}, {"height_cm": 1.7}, {"age_years": 203},
        {"sarc_f_score": 11}, {"complete": ["everything"]}, {"intended_weight_loss": 3}, {"alm_method": "DXA"},
    ],
    ids=str,
)  # fmt: skip
def test_schema_and_reader_both_refuse(body: Any) -> None:
    assert not accepts(body)
    assert not reads(body)


@pytest.mark.parametrize(
    "body",
    [
        {}, {"id": 7}, {"weight_kg": None}, {"weight_kg": {"value": 70, "confirmed": True, "note": "x"}},
        {"grip_strength_kg": "unable"}, {"grip_strength_kg": {"value": "unable"}}, {"intended_weight_loss": "yes"},
        {"intended_weight_loss": False}, {"birth_date": "1950-01-01", "deceased": "2026-01-01"}, {"deceased": True},
        {"conditions": ["cancer", {"name": "copd", "since": "2020-01-01", "resolved": "2021-01-01"}]},
        {"medicines": [{"name": "prednisone", "dose": 5, "stopped": True}]}, {"absent": ["cancer"], "complete": ["symptoms"]},
        {"observations": [{"weight_kg": 70}]}, {"notes": "free text"}, {"sex": {"value": "female"}},
    ],
    ids=str,
)  # fmt: skip
def test_schema_and_reader_both_accept(body: Any) -> None:
    assert accepts(body)
    assert reads(body)
