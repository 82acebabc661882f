"""An answer made by hand, rich enough to show everything that a result can hold."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from myoscope.assess.result import Assessment


def body():
    return yaml.safe_load((Path(__file__).parent / "answer.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def answer_body():
    """The answer as plain data, to be changed by a test."""
    return body()


@pytest.fixture
def assessment(answer_body):
    return Assessment.model_validate(answer_body)


@pytest.fixture
def empty_assessment():
    """A record that says nothing."""
    empty = {"measures": [], "urgent": [], "definitions": {}, "next_measurements": [], "causes": [], "plan": {}}
    versions = {"package": "0.1.0", "knowledge": "2026.11+abc1234567"}
    return Assessment.model_validate({"person": {"on": "2026-11-02"}, **empty, "versions": versions})
