"""What is read off a trace must be what working the definition out again would give."""

from __future__ import annotations

import datetime as dt
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from myoscope.assess.next_steps import _is_answered
from myoscope.assess.suppose import outcomes
from myoscope.definitions import classify, definitions
from myoscope.quantities import quantities
from myoscope.record import Current, current, parse_record

pytestmark = pytest.mark.slow

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.yaml"))
TODAY = dt.date(2026, 11, 23)
MEASURED = (
    "grip_strength_kg", "gait_speed_m_s", "chair_stand_5x_s", "sppb_score", "tug_s", "calf_circumference_cm", "sarc_f_score",
    "body_fat_percent", "l3_muscle_area_cm2", "walk_400m_s",
)  # fmt: skip


@cache
def body(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def person(path: Path, **more: object) -> Current:
    return current(parse_record(body(path) | more, path.name, today=TODAY), today=TODAY)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("name", MEASURED)
def test_a_value_at_either_end_gives_what_was_supposed(path: Path, name: str) -> None:
    facts = person(path).facts
    if name in facts.values:
        return
    known = quantities()[name].guard
    ends = [
        person(path, **{name: {"value": float(end if end is not None else fallback), "confirmed": True}}).facts
        for end, fallback in ((known.low, 0), (known.high, 1000))
    ]
    wanted = partial(_is_answered, keys=frozenset({name}), facts=facts)
    for chosen in definitions().values():
        supposed = outcomes(classify(chosen, facts), wanted)
        for told, filled in zip((supposed.small, supposed.large), ends, strict=True):
            found = classify(chosen, filled)
            assert told == (found.stage, found.up_to) or found.stage == "not_applicable", chosen.id


def test_nothing_wanted_changes_nothing() -> None:
    facts = person(EXAMPLES[0]).facts
    for chosen in definitions().values():
        found = classify(chosen, facts)
        supposed = outcomes(found, lambda _: False)
        assert supposed.small == supposed.large == supposed.now
        assert not supposed.moves
        assert supposed.settled == (2 if found.settled else 0) or found.stage == "not_applicable"


def test_the_answer_to_a_list_may_settle_a_stage() -> None:
    facts = person(EXAMPLES[0], conditions=[], absent=[], complete=[], weight_loss_percent_6_months=6).facts
    found = classify(definitions()["cachexia_fearon_2011"], facts)
    supposed = outcomes(found, lambda key: key == "condition:cancer")
    assert (supposed.small, supposed.large) == (("none", "none"), ("cachexia", "cachexia"))
