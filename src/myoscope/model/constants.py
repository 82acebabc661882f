"""The fixed numbers, priors and published anchors of the muscle model, from the knowledge base."""

from __future__ import annotations

from functools import cache
from typing import Any

from myoscope.sources import folder


@cache
def constants() -> dict[str, Any]:
    """knowledge/model/constants.yaml, each cited value as its bare number."""
    return {name: _bare(body) for name, body in folder("model")["model/constants.yaml"].items()}


def _bare(body: Any) -> Any:
    if isinstance(body, dict):
        return body["value"] if "value" in body else {name: _bare(inner) for name, inner in body.items()}
    return body


def structure() -> list[dict[str, Any]]:
    """Every parameter of the equations with its meaning, unit, prior and source."""
    found: list[dict[str, Any]] = folder("model")["model/priors.yaml"]["parameters"]
    return found


def spreads() -> list[dict[str, Any]]:
    """The same for the spread of what studies report."""
    found: list[dict[str, Any]] = folder("model")["model/priors.yaml"]["spread"]
    return found


def published() -> list[dict[str, Any]]:
    """Pooled effects used as data beside the arms."""
    found: list[dict[str, Any]] = folder("model")["model/anchors.yaml"]["anchors"]
    return found
