"""Every number has a unit, a source, a place and a reading state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from myoscope.check.finding import Finding
from myoscope.sources import bibliography
from myoscope.sources.bibliography import READ_WORDS

MADE = ("model/report.yaml",)  # written by the calibration: results, with the data and settings behind them
CITED_FOLDERS = (
    *("quantities", "equations", "norms", "definitions", "flags", "causes", "treatments", "policy", "codes"),
    *("questions", "programmes", "foods", "model"),
)

# Keys whose numbers are no medical statements: counts of rules, ranks, editions, and the cases that test a rule.
UNCITED_KEYS = frozenset(
    {
        "at_least",
        "burden",
        "cases",
        "edition",
        "factor",
        "loinc",
        "tolerance",
        "worked",
        "year",
        "last_checked",
        "n",
    }
)
# A key that names its unit needs no other.
UNIT_IN_NAME = ("_days", "_weeks", "_years", "days", "weeks", "resolution", "grams_per_kg", "median", "low", "high")
_CITATION = ("unit", "source", "place", "read")
_RANK = {"recalled": 0, "secondary": 1, "primary": 2}


def check_numbers(files: dict[str, Any], tally: Counter[str]) -> Iterator[Finding]:
    """Walk every file of the cited folders.

    Args:
        files: path -> content.
        tally: counts the numbers by reading state.

    """
    for path, body in files.items():
        if path.split("/")[0] in CITED_FOLDERS and path not in MADE:
            yield from _walk(path, "", "", body, {}, tally)


def _walk(path: str, place: str, key: str, body: Any, above: dict[str, Any], tally: Counter[str]) -> Iterator[Finding]:
    if isinstance(body, dict):
        if {"low", "median", "high"} <= body.keys() and not body["low"] <= body["median"] <= body["high"]:
            yield Finding(path, place, f"{body['median']:g} does not lie between {body['low']:g} and {body['high']:g}")
        if {"low", "high"} <= body.keys() and None not in (body["low"], body["high"]) and body["low"] > body["high"]:
            yield Finding(path, place, f"the range runs backwards: {body['low']:g} to {body['high']:g}")
        here = above | {name: body[name] for name in _CITATION if isinstance(body.get(name), str)}
        if "source" in body and isinstance(body["source"], str):
            yield from _source(path, place, here)
        for name, inner in body.items():
            if name not in UNCITED_KEYS and name not in _CITATION:
                yield from _walk(path, f"{place}.{name}".lstrip("."), str(name), inner, here, tally)
    elif isinstance(body, list):
        for number, inner in enumerate(body):
            name = inner.get("id", number) if isinstance(inner, dict) else number
            yield from _walk(path, f"{place}[{name}]", key, inner, above, tally)
    elif isinstance(body, (int, float)) and not isinstance(body, bool):
        tally[above.get("read", "uncited")] += 1
        lacking = [name for name in _CITATION if name not in above]
        if "unit" in lacking and key.endswith(UNIT_IN_NAME):
            lacking.remove("unit")
        if lacking:
            yield Finding(path, place, f"the number {body:g} has no {', no '.join(lacking)}")


def _source(path: str, place: str, here: dict[str, Any]) -> Iterator[Finding]:
    source, read = here["source"], here.get("read")
    if source not in bibliography():
        yield Finding(path, place or "file", f"source {source!r} is not in the bibliography")
    elif read is not None and read not in READ_WORDS:
        yield Finding(path, place or "file", f"read {read!r} is not one of {', '.join(READ_WORDS)}")
    elif read in _RANK and _RANK[read] > _RANK.get(bibliography()[source].read, 2):
        yield Finding(
            path, place or "file", f"read as {read}, but the source itself was read as {bibliography()[source].read}"
        )
