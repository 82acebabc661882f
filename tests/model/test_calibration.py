"""The shipped calibration: its criteria, its sources, its page."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from myoscope.model.constants import spreads, structure
from myoscope.model.criteria import verdicts
from myoscope.model.posterior import posterior, report
from myoscope.sources import bibliography, folder

ROOT = Path(__file__).resolve().parents[2]
ARMS = ROOT.parent / "shared" / "trials" / "arms.csv"
RANK = {"recalled": 0, "secondary": 1, "primary": 2, "policy": 3}
# Criteria that the shipped calibration misses, each explained in docs/muscle_model.md. The list may only shrink.
MISSED = frozenset(f"90 % interval holds 85-95 %: domain {name}" for name in ("ageing", "control", "energy_deficit"))


def test_the_criteria_are_met_but_for_those_named():
    missed = {one.asked for one in verdicts(report()) if not one.met}
    assert missed == MISSED, [one for one in verdicts(report()) if not one.met]


def test_convergence_is_never_excused():
    assert all(one.met for one in verdicts(report())[:3])


def test_the_draws_are_those_of_the_report():
    assert {len(values) for values in posterior().values()} == {report()["settings"]["shipped_draws"]}
    assert set(posterior()) == {one["id"] for one in (*structure(), *spreads())}


def cited(body, where=""):
    """Every place of the model's knowledge that names a source."""
    if isinstance(body, dict):
        if "source" in body:
            yield where, body
        for name, inner in body.items():
            yield from cited(inner, f"{where}.{name}")
    elif isinstance(body, list):
        for number, inner in enumerate(body):
            yield from cited(inner, f"{where}[{inner.get('id', number) if isinstance(inner, dict) else number}]")


CITED = [
    one
    for name in ("priors", "constants", "anchors", "criteria")
    for one in cited(folder("model")[f"model/{name}.yaml"], name)
]


@pytest.mark.parametrize(("where", "one"), CITED, ids=[where for where, _ in CITED])
def test_every_source_is_known_and_read_no_better_than_it_was(where, one):
    known = {name: work.read for name, work in bibliography().items()}
    assert one["source"] in known
    assert one["place"]
    assert one["read"] == "policy" or RANK[one["read"]] <= RANK[known[one["source"]]]


@pytest.mark.parametrize("one", [*structure(), *spreads()], ids=lambda one: one["id"])
def test_every_prior_has_meaning_and_unit(one):
    assert one["meaning"]
    assert one["unit"]
    assert one["prior"] in {"lognormal", "normal"}


def test_the_page_is_of_this_calibration():
    page = (ROOT / "docs" / "muscle_model.md").read_text(encoding="utf-8")
    assert report()["data"]["sha256"][:16] in page
    for one in (*structure(), *spreads()):
        assert f"`{one['id']}`" in page


@pytest.mark.real_data
@pytest.mark.skipif(not ARMS.is_file(), reason="needs ../shared/trials")
def test_the_calibration_is_of_the_arms_that_stand_there():
    assert hashlib.sha256(ARMS.read_bytes()).hexdigest() == report()["data"]["sha256"]
