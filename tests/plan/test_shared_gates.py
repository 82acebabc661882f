"""Gates that several treatments share: what every kind of training must mind, and what stands over what."""

from __future__ import annotations

from typing import Any

import pytest

from myoscope.plan import treatments
from myoscope.plan.gates import gate_answers
from myoscope.plan.treatments import ACTIONS, _treatment, shared_gates
from myoscope.rules import Facts
from myoscope.rules.facts import Listed
from myoscope.sources import KnowledgeError

HARD = ("resistance_training", "power_training", "multicomponent_exercise", "free_limb_training", "bfr_training")
GENTLE = ("aerobic_walking", "tai_chi", "water_exercise", "whole_body_vibration")
CLOSES = ("stop", "refer")
ACTIVE = Listed(active=True, ever=True)
CAST_IS_ITS_REASON = {"free_limb_training"}

# A danger, and how every training has to answer it; `hard` where that is asked of great effort alone.
DANGERS: dict[str, tuple[dict[str, Any], list[tuple[str, str]], str]] = {
    "McArdle disease": ({}, [("condition", "metabolic_myopathy")], "refer"),
    "muscular dystrophy": ({}, [("condition", "muscular_dystrophy")], "refer"),
    "ALS": ({}, [("condition", "als_mnd")], "refer"),
    "Guillain-Barre": ({}, [("condition", "guillain_barre")], "refer"),
    "myasthenia": ({}, [("condition", "myasthenia_gravis")], "refer"),
    "inclusion body myositis": ({}, [("condition", "inclusion_body_myositis")], "refer"),
    "myositis": ({}, [("condition", "inflammatory_myopathy")], "refer"),
    "cord compression": ({}, [("condition", "spinal_cord_compression")], "stop"),
    "second wind and cramps": ({}, [("symptom", "second_wind"), ("symptom", "muscle_cramps")], "refer"),
    "wings and an aunt": ({}, [("symptom", "scapular_winging"), ("symptom", "family_muscle_disease")], "refer"),
    "worse after effort": ({}, [("symptom", "worse_after_effort")], "refer"),
    "ME/CFS": ({}, [("condition", "me_cfs"), ("symptom", "worse_after_effort")], "stop"),
    "CK 8 times and sore": ({"creatine_kinase_times_uln": 8.0}, [("symptom", "muscle_pain")], "refer"),
    "CK 15 times": ({"creatine_kinase_times_uln": 15.0}, [], "stop"),
    "oxygen 84 % at rest": ({"oxygen_saturation_percent": 84.0}, [], "stop"),
    "oxygen 90 % at rest": ({"oxygen_saturation_percent": 90.0}, [], "refer"),
    "haemoglobin 6.8": ({"hemoglobin_g_dl": 6.8}, [], "stop"),
    "bone metastasis": ({}, [("condition", "bone_metastasis")], "refer"),
    "170 over 115": ({"systolic_mmhg": 170.0, "diastolic_mmhg": 115.0}, [], "stop"),
    "fever": ({}, [("symptom", "fever")], "stop"),
    "ketones": ({"glucose_mg_dl": 300.0}, [("condition", "ketones_raised")], "stop"),
}
HARD_DANGERS: dict[str, tuple[dict[str, Any], list[tuple[str, str]], str]] = {
    "damaged eyes": ({}, [("condition", "proliferative_retinopathy")], "stop"),
    "varices": ({}, [("condition", "oesophageal_varices")], "refer"),
    "a hernia": ({}, [("condition", "hernia_symptomatic")], "refer"),
    "platelets 12": ({"platelets_10_9_l": 12.0}, [], "stop"),
}


def actions(treatment: str, values: dict[str, Any], listed: list[tuple[str, str]]) -> set[str]:
    facts = Facts(values, dict.fromkeys(listed, ACTIVE))
    return {found.gate.action for found in gate_answers(treatments()[treatment], facts) if found.trace.answer}


@pytest.mark.parametrize("danger", DANGERS)
@pytest.mark.parametrize("treatment", [*HARD, *GENTLE])
def test_every_training_minds_it(treatment: str, danger: str) -> None:
    values, listed, wanted = DANGERS[danger]
    assert wanted in actions(treatment, values, listed)
    assert not actions(treatment, {}, [])  # nothing known, nothing closed


@pytest.mark.parametrize("danger", HARD_DANGERS)
@pytest.mark.parametrize("treatment", HARD)
def test_hard_effort_minds_more(treatment: str, danger: str) -> None:
    values, listed, wanted = HARD_DANGERS[danger]
    assert wanted in actions(treatment, values, listed)


@pytest.mark.parametrize("broken", ["limb_immobilisation", "hip_fracture", "fracture_recent"])
@pytest.mark.parametrize("treatment", sorted({*HARD, *GENTLE} - CAST_IS_ITS_REASON))
def test_nobody_walks_or_lifts_alone_with_a_fresh_break(treatment: str, broken: str) -> None:
    """A record that lists a hip fracture has a fresh fracture (`includes`), as the record's reader fills in."""
    names = [("condition", broken)] + [("condition", "fracture_recent")] * (broken == "hip_fracture")
    assert actions(treatment, {}, names) & set(CLOSES)


def test_a_cast_does_not_close_the_training_it_is_the_reason_for() -> None:
    cast = [("condition", "limb_immobilisation"), ("condition", "fracture_recent")]
    assert not actions("free_limb_training", {}, cast) & set(CLOSES)


def test_long_covid_asks_about_effort_first() -> None:
    facts = Facts({}, {("condition", "long_covid"): ACTIVE})
    for name in (*HARD, *GENTLE):
        found = {one.gate.id: one for one in gate_answers(treatments()[name], facts)}
        asked = found["long_covid_worse_after_effort"]
        assert asked.trace.answer is None
        assert asked.gate.ask
        assert asked.gate.action in CLOSES


def test_fast_training_is_closed_whenever_strength_training_is() -> None:
    fast = {one.id: one for one in treatments()["power_training"].gates}
    for gate in treatments()["resistance_training"].gates:
        assert ACTIONS.index(fast[gate.id].action) <= ACTIONS.index(gate.action), gate.id
        assert fast[gate.id].rule == gate.rule, gate.id


def entry(**more: Any) -> dict[str, Any]:
    cited = {"source": "myoscope_policy", "place": "here", "read": "policy"}
    said = {"title": "t", "plain": "p", "professional": "p", "prescribe": "offer", "group": "exercise"}
    return {"id": "made_up", **cited, **said, "rules": {"x": {"has": {"symptom": "fever"}}}, **more}


def gate(name: str, action: str) -> dict[str, str]:
    return {"id": name, "rule": "x", "action": action, "lay": "l", "professional": "p"}


def test_a_gate_of_its_own_stands_in_the_place_of_a_shared_one() -> None:
    shared = [*shared_gates("training")]
    made = _treatment(entry(gates_shared=["training"], gates=[gate("me_cfs", "caution"), gate("new", "stop")]), "f")
    assert [one.id for one in made.gates] == [*shared, "new"]
    assert {one.id: one.action for one in made.gates}["me_cfs"] == "caution"


def test_the_second_set_stands_over_the_first() -> None:
    both = _treatment(entry(gates_shared=["training", "strength"]), "f")
    assert {one.id: one.action for one in both.gates}["proliferative_retinopathy"] == "stop"
    assert shared_gates("training")["proliferative_retinopathy"].action == "caution"


def test_a_set_that_does_not_exist_is_a_fault_of_the_file() -> None:
    with pytest.raises(KnowledgeError, match=r"gates_trainig\.yaml: no such set.*gates_training"):
        _treatment(entry(gates_shared=["trainig"]), "f")


def test_one_gate_may_not_stand_twice_in_a_file() -> None:
    with pytest.raises(KnowledgeError, match="twice"):
        _treatment(entry(gates=[gate("a", "stop"), gate("a", "caution")]), "f")
