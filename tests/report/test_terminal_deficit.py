"""Causes in kilograms and real change, as a terminal shows them."""

from __future__ import annotations

import datetime as dt
import io
from types import SimpleNamespace

import pytest
from rich.console import Console

from myoscope.assess.deficit_part import deficit_part
from myoscope.assess.muscle import estimated_mass
from myoscope.assess.real_change_part import changes
from myoscope.causes import weigh
from myoscope.record import current, parse_record
from myoscope.report import terminal_deficit

TODAY = dt.date(2026, 11, 23)
WOMAN = {
    "sex": "female",
    "age_years": 70,
    "height_cm": 162,
    "weight_kg": 62,
    "alm_kg": 14.0,
    "alm_method": "dxa_hologic",
}


def printed(width=100, **given):
    record = parse_record({**WOMAN, **given}, today=TODAY)
    facts = current(record, today=TODAY).facts
    found = SimpleNamespace(
        deficit=deficit_part(facts, estimated_mass(facts), weigh(facts)).deficit, changes=changes(record, TODAY)
    )
    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None)
    for part in (*terminal_deficit.deficit(found), *terminal_deficit.changes(found)):
        console.print(part, highlight=False)
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_the_gap_is_told_part_by_part(width):
    text = " ".join(printed(width, bed_rest_days=10).split())
    for piece in ("Limb muscle is 14.0 kg", "ageing", "10 days of the last three months in bed", "not explained"):
        assert piece in text


def test_why_there_is_no_share_is_said():
    assert "spinal cord injury" in printed(conditions=["spinal_cord_injury"])


def test_nothing_is_shown_where_nothing_can_be_said():
    assert printed(age_years=17) == ""


def test_a_change_is_told_with_its_interval_and_what_people_notice():
    two = [{"date": "2026-01-05", "grip_strength_kg": 30}, {"date": "2026-07-05", "grip_strength_kg": 20}]
    text = " ".join(printed(observations=two).split())
    assert "Real change: down by 10" in text
    assert "95 % interval" in text
    assert "people notice" in text
