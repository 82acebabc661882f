from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from myoscope.assess import assess
from myoscope.assess.muscle import classify_with_estimate, estimated_mass
from myoscope.assess.readings import other_paths
from myoscope.definitions import classify, definition, definitions, reach
from myoscope.record import current, parse_record, read_record
from myoscope.rules import Facts

pytestmark = pytest.mark.slow

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.yaml"))
TODAY = dt.date(2026, 11, 23)
LUNAR = {"sex": "female", "age_years": 66, "ancestry": "asian", "height_cm": 155, "weight_kg": 52, "alm_kg": 11.75,
         "alm_method": "dxa_lunar", "gait_speed_m_s": 0.9}  # fmt: skip


def facts_of(path: Path, without: str | None = None) -> Facts:
    facts = current(read_record(path), today=TODAY).facts
    return Facts({k: v for k, v in facts.values.items() if k != without}, facts.listed, facts.complete)


@pytest.mark.parametrize("without", [None, "sex", "age_years", "ancestry", "alm_method"])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_other_path_is_as_if_it_had_been_worked_out_in_full(path: Path, without: str | None) -> None:
    facts = facts_of(path, without)
    mass = estimated_mass(facts)
    for chosen in definitions().values():
        found, _ = classify_with_estimate(chosen, facts, mass)
        told = {(one.path, one.option): (one.stage, one.up_to) for one in other_paths(chosen, facts, mass, found)}
        assert len(told) == sum(len(options) - 1 for options in chosen.paths.values())
        for (name, option), reached in told.items():
            full, _ = classify_with_estimate(definition(chosen.id, {**chosen.choice, name: option}), facts, mass)
            assert reached == (full.stage, full.up_to), (chosen.id, name, option)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_reach_alone_is_that_of_the_whole_answer(path: Path) -> None:
    for facts in (facts_of(path), facts_of(path, "age_years")):
        for chosen in definitions().values():
            found = classify(chosen, facts)
            assert reach(chosen, facts) == (found.stage, found.up_to)


def test_a_conversion_is_shown_and_never_used() -> None:
    answer = assess(parse_record(LUNAR, "lunar", today=TODAY), today=TODAY)
    scwd = answer.definitions["scwd_2011"]
    assert (scwd.stage, scwd.up_to) == ("none", "none")
    (one,) = scwd.if_converted
    # Park 2021, women: 1.066 × 11.75 = 12.5255; - 2.064 = 10.4615; / 1.55² (2.4025) = 4.354 kg/m², at or below 4.628
    assert one.value == pytest.approx(1.066 * 11.75 - 2.064, abs=0.001)
    assert (one.device, one.stage) == ("dxa_hologic", "sarcopenia")
    assert any("DXA (Lunar)" in text for text in scwd.cautions)


def test_no_conversion_where_the_device_fits_or_is_not_known() -> None:
    fits = assess(parse_record(LUNAR, "lunar", today=TODAY), today=TODAY).definitions["ewgsop2_2019"]
    assert fits.if_converted == []
    unknown = {key: value for key, value in LUNAR.items() if key != "alm_method"}
    answer = assess(parse_record(unknown, "unknown", today=TODAY), today=TODAY).definitions["scwd_2011"]
    assert answer.if_converted == []
    assert any("not known" in text for text in answer.cautions)
