"""The 207 Synthea bundles end to end: no exception, valid by schema, and the counts we found (a snapshot of our own)."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path

import jsonschema_rs
import pytest

from myoscope.assess import Assessment, assess
from myoscope.interop import read_person

TODAY = dt.date(2026, 11, 23)
NOTHING = {"unknown", "not_applicable"}


@pytest.fixture(scope="module")
def answers(shared_data: Path) -> list[Assessment]:
    files = sorted((shared_data / "fhir" / "synthea").glob("*.json.gz"))
    return [assess(read_person(path, today=TODAY), today=TODAY) for path in files]


@pytest.mark.real_data
@pytest.mark.slow
def test_every_answer_is_valid_by_its_schema(answers: list[Assessment]) -> None:
    schema = jsonschema_rs.Draft202012Validator(Assessment.model_json_schema(by_alias=True, mode="serialization"))
    for answer in answers:
        schema.validate(json.loads(answer.model_dump_json(by_alias=True)))


@pytest.mark.real_data
@pytest.mark.slow
def test_what_was_found_in_the_sample(answers: list[Assessment]) -> None:
    """No grip, gait or DXA stands in these records, so no definition of sarcopenia can answer; what is on the lists is found."""
    assert len(answers) == 207
    for answer in answers:
        assert {result.stage for result in answer.definitions.values() if result.group == "sarcopenia"} <= NOTHING
    assert Counter(answer.next_measurements[0].id for answer in answers) == {
        "grip_strength_kg": 118,
        "symptoms": 42,
        "gait_speed_m_s": 26,
        "conditions": 7,
        "weight_6_months_ago_kg": 9,
        "intended_weight_loss": 3,
        "weight_kg": 1,
        "medicine:glucocorticoids_systemic": 1,
    }
    present = Counter(cause.id for answer in answers for cause in answer.causes if cause.status == "present")
    assert present == {"androgen_deprivation": 4, "stroke_spinal_injury": 1}
    assert sum(answer.person.deceased for answer in answers) == 48
    assert all(answer.plan.withheld for answer in answers if answer.person.deceased)
