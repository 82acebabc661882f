"""A complete list proves what is not on it, as long as every word of it is understood."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from myoscope.record import current, parse_record

TODAY = dt.date(2026, 11, 23)


def proves(**lists: Any) -> frozenset[str]:
    """The lists that prove absence."""
    body = {"age_years": 70, "complete": ["conditions", "medicines"], **lists}
    return current(parse_record(body, today=TODAY), today=TODAY).facts.complete


@pytest.mark.parametrize(
    "word",
    ["hypertension", "High blood pressure", "I10", "asthma", "hyperlipidaemia", "high cholesterol", "E78.5", "osteoarthritis",
     "knee osteoarthritis", "reflux", "GERD", "atrial fibrillation", "gout", "hypothyroid", "hypothyroidism", "low back pain",
     "anxiety", "insomnia", "BPH", "cataract", "hay fever", "prediabetes", "migraine without aura", "type 2 diabetes mellitus"],
)  # fmt: skip
def test_a_common_diagnosis_leaves_the_list_complete(word: str) -> None:
    assert proves(conditions=[word], medicines=["amlodipine 5 mg", "paracetamol"]) == {"condition", "medicine"}


@pytest.mark.parametrize(
    "word",
    [
        "migraine",
        "pulmonary hypertension",
        "arthritis",
        "heart disease",
        "hernia",
        "skin cancer",
        "appendicitis",
        "a rare thing",
    ],
)
def test_a_word_that_may_be_anything_keeps_the_list_open(word: str) -> None:
    """Plain 'migraine' may be the one with aura, which oestrogen must not meet."""
    assert proves(conditions=[word]) == {"medicine"}


def test_a_medicine_nobody_knows_keeps_the_list_open_until_it_is_stopped() -> None:
    assert proves(medicines=["amlodipine", "blue tablet"]) == {"condition"}
    assert proves(medicines=["amlodipine", {"name": "blue tablet", "stopped": "2026-01-31"}]) == {
        "condition",
        "medicine",
    }


def test_a_name_may_be_written_with_underscores() -> None:
    record = parse_record({"age_years": 70, "conditions": ["chronic_kidney_disease"]}, today=TODAY)
    assert current(record, today=TODAY).facts.has("condition", "ckd")
