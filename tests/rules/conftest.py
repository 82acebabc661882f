"""Rules written in a test as they stand in a knowledge file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from myoscope.rules import Rule, RuleBook

CITED = {"source": "cruz_jentoft_2019", "place": "Table 3", "read": "primary"}


def rule_of(rules: dict[str, Any], name: str = "wanted", **entry: Any) -> Rule:
    """One rule of a made file."""
    return RuleBook("made.yaml", {**CITED, "rules": rules, **entry}).rule(name)


@pytest.fixture(scope="session")
def make() -> Callable[..., Rule]:
    """Rules by name -> the tree of the one called 'wanted'."""
    return rule_of
