from __future__ import annotations

import datetime as dt
from dataclasses import replace

from myoscope.assess import assess
from myoscope.assess.plan_part import is_mass
from myoscope.causes.rank import weigh
from myoscope.definitions import definition
from myoscope.plan.treatments import treatments
from myoscope.quantities import KINDS, quantities
from myoscope.record import current, parse_record
from myoscope.sources import folder

TODAY = dt.date(2026, 11, 23)


def test_a_note_beside_a_list_entry_is_shown() -> None:
    given = {"sex": "male", "age_years": 70, "conditions": [{"name": "stroke", "note": "left arm weak"}]}
    assert assess(parse_record(given, "a test", today=TODAY), today=TODAY).person.conditions == [
        "stroke [left arm weak]"
    ]


def test_what_a_cause_lacks_keeps_its_kind() -> None:
    given = {"sex": "female", "age_years": 83, "symptoms": ["proximal_weakness"]}
    weighed = weigh(current(parse_record(given, "a test", today=TODAY), today=TODAY).facts)
    for name in {name for one in weighed for name in one.missing}:
        kind, _, term = name.rpartition(":")
        assert kind in KINDS if kind else term in quantities(), name


def test_both_what_a_stage_means_and_whom_to_see_are_kept() -> None:
    stage = definition("awgs_2019").stages[1]
    assert stage.meaning
    assert stage.see == "GP"


def test_effects_on_muscle_mass_are_known_by_the_words_of_the_policy() -> None:
    outcomes = folder("policy")["policy/mass_outcomes.yaml"]["outcomes"]
    assert {quantities()[meant].unit for meant in outcomes.values()} == {"kg"}
    effects = [effect for treatment in treatments().values() for effect in treatment.effects]
    assert any(map(is_mass, effects))
    for effect in effects:
        assert is_mass(effect) == (effect.unit == "kg"), effect.outcome
        assert not is_mass(replace(effect, outcome="muscle soreness, training against none"))
