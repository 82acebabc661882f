"""What the treatments say: doses that rest on something read, gates that stand, interactions with what the person takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pytest

from myoscope.assess.plan_part import plan_part
from myoscope.assess.result import PlanItem
from myoscope.causes import flags, weigh
from myoscope.plan import Composed, Step, compose, treatments
from myoscope.plan.treatments import DoseLine, GateRule, Treatment, _treatment
from myoscope.rules import Facts
from myoscope.rules.facts import Listed
from myoscope.sources import KnowledgeError

ACTIVE = Listed(active=True, ever=True)
ABSENT = Listed(active=False, ever=False)

# Every stop of the evidence file: treatment and gate. `opens` where the proof is asked for before anything is said.
STOPS = {
    "resistance_training": [
        "unstable_angina",
        "uncontrolled_arrhythmia",
        "decompensated_heart_failure",
        "severe_aortic_stenosis",
        "severe_pulmonary_hypertension",
        "blood_pressure_over_180_110",
        "inflamed_heart",
        "marfan_syndrome",
        "aortic_dissection",
        "proliferative_retinopathy",
        "high_glucose_with_ketones",
        "fever_or_acute_illness",
        "me_cfs",
        "chest_pain_or_fainting",
        "embolism_within_4_weeks",
    ],
    "aerobic_walking": ["heart_rate_over_120"],
    "bfr_training": ["clot_or_clotting_disease", "vessels_or_heart", "blood_pressure_180_110", "other_reasons_against"],
    "nmes": ["pacemaker_or_icd", "clot", "bleeding_disorder", "infection", "poor_circulation"],
    "low_protein_diet": ["metabolically_unstable", "frail_or_malnourished"],
    "protein_target": ["acute_kidney_injury", "inborn_protein_disorder"],
    "whey": ["milk_allergy"],
    "creatine": ["egfr_below_45", "single_or_transplanted_kidney"],
    "vitamin_d": ["high_calcium", "vitamin_d_above_100"],
    "omega3": ["fish_allergy"],
    "testosterone": [
        "woman",
        "fertility_wanted",
        "prostate_or_breast_cancer",
        "hematocrit_above_48",
        "hematocrit_above_54_on_treatment",
        "anabolic_steroids",
        "severe_sleep_apnoea",
        "ipss_above_19",
        "decompensated_heart_failure",
        "heart_attack_within_6_months",
        "stroke_within_6_months",
        "clot_or_thrombophilia",
    ],
    "menopausal_hormone_therapy": [
        "undiagnosed_genital_bleeding",
        "breast_cancer",
        "hormone_dependent_cancer",
        "clot_ever",
        "heart_attack_or_stroke_ever",
        "liver_disease",
        "thrombophilia",
        "oestrogen_blocked_on_purpose",
        "blood_pressure_uncontrolled",
    ],
    "growth_hormone": ["active_cancer", "proliferative_retinopathy", "critical_illness"],
    "thyroid_treatment": ["tsh_normal", "cortisol_not_replaced"],
    "micronutrients": ["too_much_calcium"],
    "post_icu_nutrition": ["acute_kidney_injury", "inborn_protein_disorder"],
    "cirrhosis_nutrition": ["acute_kidney_injury", "inborn_protein_disorder"],
    "appetite_stimulants": ["older_without_cancer"],
    "weight_loss_with_muscle": ["older_and_not_obese", "malnourished_or_at_risk"],
}
STOP_ROWS = [(treatment, gate) for treatment, gates in STOPS.items() for gate in gates]


def lines() -> Iterator[tuple[Treatment, DoseLine]]:
    return ((treatment, line) for treatment in treatments().values() for line in treatment.doses)


def gates() -> Iterator[tuple[Treatment, GateRule]]:
    return ((treatment, gate) for treatment in treatments().values() for gate in treatment.gates)


@pytest.mark.parametrize(("treatment", "gate"), STOP_ROWS)
def test_every_stop_of_the_evidence_closes_and_was_read(treatment: str, gate: str) -> None:
    found = {one.id: one for one in treatments()[treatment].gates}[gate]
    assert found.action == "stop"
    assert found.citation.read in {"primary", "secondary"}


@pytest.mark.parametrize("flag", ["rf_ck_10", "rf_electrolyte_emergency", "rf_preg", "rf_refeed"])
def test_the_stops_that_hold_for_every_treatment_are_urgent_signs(flag: str) -> None:
    assert flags()[flag].blocks == "plan" or flags()[flag].tier == "emergency"
    assert flags()[flag].citation.read in {"primary", "secondary", "policy"}


@pytest.mark.parametrize("treatment", ["testosterone", "menopausal_hormone_therapy", "growth_hormone"])
def test_a_hormone_asks_for_its_own_proof_first(treatment: str) -> None:
    assert treatments()[treatment].opens
    assert treatments()[treatment].refer_only


def test_no_gate_that_closes_and_no_amount_of_protein_rests_on_memory() -> None:
    assert not [
        (one.id, gate.id) for one, gate in gates() if gate.action in {"stop", "refer"} and not gate.citation.may_decide
    ]
    assert not [(one.id, line.text) for one, line in lines() if line.grams_per_kg and not line.citation.may_decide]


def test_a_dose_from_memory_names_no_number() -> None:
    """It may only raise a question."""
    from_memory = [line.text for _, line in lines() if not line.citation.may_decide]
    assert not [text for text in from_memory if any(sign.isdigit() for sign in text)]
    assert all("sk the prescriber" in text or "tell the doctor" in text for text in from_memory)


def test_the_words_of_a_protein_dose_hold_the_numbers_it_is_counted_with() -> None:
    amounts = [(line.text, line.grams_per_kg) for _, line in lines() if line.grams_per_kg]
    assert amounts
    for text, grams in amounts:
        assert grams is not None
        assert f"{grams[0]:.1f}" in text


@pytest.mark.parametrize("name", sorted(treatments()))
def test_a_treatment_says_how_much_how_sure_and_what_to_watch(name: str) -> None:
    treatment = treatments()[name]
    assert treatment.doses
    assert treatment.certainty in {"high", "moderate", "low", "very_low"}
    assert treatment.certainty_note
    assert treatment.guideline
    assert treatment.monitoring
    assert treatment.plain != treatment.professional


@pytest.mark.parametrize("name", ["resistance_training", "cardiac_rehab", "power_training"])
def test_an_exercise_dose_names_sets_and_repetitions(name: str) -> None:
    for line in treatments()[name].doses:
        assert "set" in line.text
        assert "%" in line.text or "load" in line.text


KIDNEYS: dict[str, Any] = {"egfr_ml_min_1_73m2": 40.0, "age_years": 50.0, "weight_kg": 70.0, "height_cm": 172.0}


def test_the_kidney_guidelines_are_shown_as_disagreeing_and_not_averaged() -> None:
    """KDIGO 2024 recommendation 3.3.1.1: 0.8 g/kg; KDOQI 2020: 0.55-0.60 g/kg. Both are told; the grams are KDIGO's."""
    facts = Facts(KIDNEYS, {("condition", "ckd"): ACTIVE, ("condition", "dialysis"): ABSENT})
    items = plan_of(facts, "ckd_nutrition", "protein_target")
    shown = str(items["ckd_nutrition"].dose)
    assert items["ckd_nutrition"].status == "refer"
    assert "0.8 g" in shown
    assert "0.55-0.60 g" in shown
    assert items["protein_target"].grams_per_day == pytest.approx((0.8 * 70, 0.8 * 70))


def test_a_frail_person_with_kidney_disease_gets_no_number_but_a_dietitian() -> None:
    """KDIGO 2024 practice point 3.3.1.5: consider higher protein and energy in frailty."""
    facts = Facts(
        {**KIDNEYS, "age_years": 78.0, "frail_scale_score": 4.0},
        {("condition", "ckd"): ACTIVE, ("condition", "dialysis"): ABSENT, ("condition", "kidney_transplant"): ABSENT},
    )
    items = plan_of(facts, "ckd_nutrition", "protein_target")
    assert items["protein_target"].status == "refer"
    assert items["protein_target"].grams_per_day is None
    assert "not less" in str(items["ckd_nutrition"].dose)


def plan_of(facts: Facts, *names: str) -> dict[str, PlanItem]:
    """The named treatments of the person's plan, without the urgent signs."""
    composed = compose(facts, [], weigh(facts))
    items = {item.id: item for item in plan_part(composed, [], facts, {}, deceased=False).items}
    return {name: items[name] for name in names}


def step(name: str, status: str = "offer") -> Step:
    return Step(treatments()[name], status, (), (), (), (), ())


def interactions(facts: Facts, *steps: Step) -> dict[str, list[str]]:
    plan = plan_part(Composed((), steps), [], facts, {}, deceased=False)
    return {item.id: [one.partner for one in item.interactions] for item in plan.items}


LEVODOPA = ("medicine", "levodopa")


def test_an_interaction_is_told_to_whom_takes_the_medicine() -> None:
    assert interactions(Facts({}, {LEVODOPA: ACTIVE}), step("protein_target")) == {"protein_target": ["levodopa"]}
    assert interactions(Facts({}, {LEVODOPA: ABSENT}), step("protein_target")) == {"protein_target": []}
    assert interactions(Facts({}), step("protein_target")) == {"protein_target": []}


def test_an_interaction_between_two_steps_is_told_when_both_are_in_the_plan() -> None:
    whey = treatments()["whey"].title
    told = interactions(Facts({}), step("protein_target"), step("whey"))
    assert whey in told["protein_target"]
    closed = interactions(Facts({}), step("protein_target"), step("whey", "not_now"))
    assert whey not in closed["protein_target"]


def test_every_interaction_says_something_and_where_from() -> None:
    every = [(one, met) for one in treatments().values() for met in one.interactions]
    assert len(every) > 30
    for one, met in every:
        assert met.says
        assert met.citation.source
        assert met.partner != one.id


@contextmanager
def only(entry: dict[str, Any]) -> Iterator[None]:
    """The knowledge base with this one treatment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module("myoscope.plan.treatments"), "folder", lambda _: {"treatments/x.yaml": entry})
        treatments.cache_clear()
        try:
            yield
        finally:
            treatments.cache_clear()


ENTRY: dict[str, Any] = {
    "id": "x",
    "group": "nutrition",
    "title": "X",
    "plain": "x",
    "professional": "x",
    "prescribe": "offer",
    "source": "myoscope_policy",
    "place": "here",
    "read": "policy",
}


def test_an_interaction_with_an_unknown_treatment_is_refused() -> None:
    unknown = r"treatments/x\.yaml: interactions: unknown treatment 'y'"
    entry = {**ENTRY, "interactions": [{"with": {"treatment": "y"}, "says": "..."}]}
    with only(entry), pytest.raises(KnowledgeError, match=unknown):
        treatments()


@pytest.mark.parametrize(
    "row",
    [
        {"with": "levodopa", "says": "..."},
        {"with": {}, "says": "..."},
        {"with": {"medicine": "levodopa"}},
        {"says": "..."},
    ],
)
def test_an_interaction_of_another_form_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(KnowledgeError, match="needs `with:`"):
        _treatment({**ENTRY, "interactions": [row]}, "treatments/x.yaml")


def test_an_interaction_with_an_unknown_medicine_is_refused_with_the_nearest() -> None:
    with pytest.raises(KnowledgeError, match="unknown medicine 'levodopaa'; did you mean 'levodopa'"):
        _treatment({**ENTRY, "interactions": [{"with": {"medicine": "levodopaa"}, "says": "..."}]}, "treatments/x.yaml")
