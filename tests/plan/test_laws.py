"""Laws of the plan and of the urgent signs, on random patients: what must hold whatever the knowledge base says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from myoscope.assess.parts import cause_part, urgent_part
from myoscope.assess.plan_part import plan_part
from myoscope.causes import raised, weigh
from myoscope.causes.flags import TIERS, flags
from myoscope.plan import Composed, Step, compose, treatments
from myoscope.rules import Facts, Has, Not, Rule, evaluate
from myoscope.rules.tree import FirstKnown, parts, walk
from patients import ACTIVE, Patient, patients, rules
from people import texts

# Each of these alone leaves no room for a plan. (bodies: 43 kg at 165 cm is a body mass index of 15.8)
pytestmark = pytest.mark.slow

NO_PLAN: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a child": ({"age_years": 16.0}, []),
    "pregnant": ({}, ["condition__pregnancy"]),
    "breast-feeding": ({}, ["condition__breast_feeding"]),
    "an eating disorder": ({}, ["condition__eating_disorder"]),
    "purging": ({}, ["symptom__self_induced_vomiting"]),
    "dying": ({}, ["condition__terminal_illness"]),
    "starved": ({"height_cm": 165.0, "weight_kg": 43.0}, []),
    "no food for eleven days": ({"days_of_little_or_no_food": 11.0}, []),
    "lost 16 % without trying": ({"weight_loss_percent_6_months": 16.0, "intended_weight_loss": False}, []),
    "potassium 2.4": ({"potassium_mmol_l": 2.4}, []),
    "potassium 6.5": ({"potassium_mmol_l": 6.5}, []),
    "calcium 7": ({"calcium_mg_dl": 7.0}, []),
    "CK sixty times the limit": ({"creatine_kinase_times_uln": 60.0}, []),
    "chest pain": ({}, ["symptom__chest_pain"]),
    "a hanging face": ({}, ["symptom__facial_droop"]),
    "weakness that grew in four weeks": ({}, ["symptom__weakness_within_4_weeks"]),
    "breathless at rest": ({}, ["symptom__breathless_at_rest"]),
    "cola-coloured urine": ({}, ["symptom__dark_urine", "symptom__muscle_pain"]),
    "a numb saddle": ({}, ["symptom__severe_back_pain", "symptom__saddle_numbness"]),
    "cannot stand after a fall": ({}, ["symptom__unable_to_bear_weight_after_fall"]),
    "fever on chemotherapy": ({}, ["medicine__chemotherapy", "symptom__fever"]),
    "diabetes with ketones": ({}, ["condition__diabetes_type_1", "condition__ketones_raised"]),
    "drooping lids on immunotherapy": (
        {},
        ["medicine__immune_checkpoint_inhibitors", "symptom__ptosis_or_double_vision"],
    ),
    "one thin hand": ({}, ["symptom__wasting_one_hand"]),
}
EXPLAIN_A_THIN_HAND = ("limb_immobilisation", "stroke", "post_polio", "spinal_cord_injury")
LADDER = ("offer", "ask_first", "refer", "not_now")
MAY_BEGIN = {"offer", "ask_first"}


def planned(facts: Facts) -> Composed:
    return compose(facts, raised(facts), weigh(facts))


def ungated(facts: Facts) -> Composed:
    """The plan without the urgent signs, so that the gates themselves are tested on everybody."""
    return compose(facts, [], weigh(facts))


def by_treatment(composed: Composed) -> dict[str, Step]:
    return {step.treatment.id: step for step in composed.steps}


@pytest.mark.parametrize("reason", NO_PLAN)
@settings(max_examples=10)
@given(patient=patients())
def test_no_step_for_whom_a_plan_would_be_dangerous(reason: str, patient: Patient) -> None:
    values, listed = NO_PLAN[reason]
    facts = patient.having(values, **dict.fromkeys(listed, ACTIVE)).facts
    known = any(facts.has("condition", name, ever=True) for name in EXPLAIN_A_THIN_HAND)
    assume(reason != "one thin hand" or not known)
    composed = planned(facts)
    assert composed.withheld_by
    assert composed.steps == ()


@given(patient=patients())
def test_an_emergency_or_a_blocking_sign_leaves_no_step(patient: Patient) -> None:
    flags = raised(patient.facts)
    composed = compose(patient.facts, flags, weigh(patient.facts))
    if any(one.flag.tier == "emergency" or one.flag.blocks == "plan" for one in flags):
        assert composed.steps == ()


@settings(max_examples=100)
@given(patient=patients())
def test_only_referrals_outlive_a_withheld_plan_and_none_an_emergency(patient: Patient) -> None:
    flags = raised(patient.facts)
    composed = compose(patient.facts, flags, weigh(patient.facts))
    assert all(step.status == "refer" and step.treatment.while_withheld for step in composed.referrals)
    assert not composed.referrals or composed.withheld_by
    if any(one.flag.tier == "emergency" or one.flag.silences for one in flags):
        assert composed.referrals == ()


def test_a_review_of_medicines_outlives_unexplained_weight_loss() -> None:
    values = {"weight_loss_percent_12_months": 8.0, "intended_weight_loss": False, "bmi_kg_m2": 19.5, "age_years": 76.0}
    listed = {("condition", "diabetes_type_2"): ACTIVE, ("medicine", "insulin"): ACTIVE, ("condition", "hypoglycaemia_needing_help"): ACTIVE}  # fmt: skip
    composed = planned(Facts(values, listed))
    assert composed.withheld_by
    assert composed.steps == ()
    assert "medication_review" in {step.treatment.id for step in composed.referrals}
    assert not {"exercise", "supplements", "hormones"} & {step.treatment.group for step in composed.referrals}


@given(patient=patients())
def test_urgent_signs_come_most_urgent_first(patient: Patient) -> None:
    ranks = [TIERS.index(one.flag.tier) for one in raised(patient.facts)]
    assert ranks == sorted(ranks)


@settings(max_examples=100)
@given(patient=patients())
def test_a_hormone_is_only_ever_a_referral_with_everything_proven(patient: Patient) -> None:
    for step in ungated(patient.facts).steps:
        if step.treatment.group == "hormones":
            assert step.treatment.opens
            assert all(evaluate(rule, patient.facts).answer for rule in step.treatment.opens)
            assert step.status in {"refer", "not_now"}


@settings(max_examples=100)
@given(patient=patients(), low=st.sampled_from([8.0, 22.0, 29.9]))
def test_no_raised_protein_with_weak_kidneys_off_dialysis(patient: Patient, low: float) -> None:
    weak = patient.having({"egfr_ml_min_1_73m2": low, "height_cm": 172.0, "weight_kg": 75.0})
    facts = weak.facts
    assume(facts.has("condition", "dialysis") is not True)
    step = by_treatment(ungated(facts)).get("protein_target")
    if step:
        assert step.status not in MAY_BEGIN
        assert all(line.grams_per_kg is None or line.grams_per_kg[1] <= 0.8 for line in step.doses)


@settings(max_examples=100)
@given(patient=patients())
def test_a_man_whose_testosterone_is_switched_off_is_never_referred_for_it(patient: Patient) -> None:
    proven = {
        "sex": "male",
        "testosterone_ng_dl": 9.0,
        "testosterone_previous_ng_dl": 12.0,
        "testosterone_morning_fasting": True,
    }
    facts = patient.having(proven, medicine__androgen_deprivation=ACTIVE, symptom__low_libido=ACTIVE).facts
    assert "testosterone" not in by_treatment(ungated(facts))


LOW_TWICE: dict[str, Any] = {
    "sex": "male",
    "testosterone_ng_dl": 150.0,
    "testosterone_previous_ng_dl": 165.0,
    "testosterone_morning_fasting": True,
}


@pytest.mark.parametrize("gap", [*LOW_TWICE, "symptom"])
def test_testosterone_needs_every_part_of_the_proof(gap: str) -> None:
    values = {name: value for name, value in LOW_TWICE.items() if name != gap}
    listed = {} if gap == "symptom" else {("symptom", "low_libido"): ACTIVE}
    proven = Facts(LOW_TWICE, {("symptom", "low_libido"): ACTIVE})
    assert by_treatment(ungated(proven))["testosterone"].status == "refer"
    assert "testosterone" not in by_treatment(ungated(Facts(values, listed)))


def contraindications(rule: Rule, *, positive: bool = True) -> Iterator[tuple[str, str]]:
    """The list entries whose presence speaks for the rule."""
    if isinstance(rule, Has):
        if positive:
            yield rule.kind, rule.id
        return
    turned = positive != isinstance(rule, Not)
    for part in parts(rule):
        yield from contraindications(part, positive=turned)


CLOSING = {
    f"{treatment.id}: {gate.id}: {kind} {name}": (treatment, gate, kind, name)
    for treatment in treatments().values()
    for gate in treatment.gates
    if gate.action in {"stop", "refer"}
    for kind, name in sorted(set(contraindications(gate.rule)))
}


@settings(max_examples=120)
@given(patient=patients(), row=st.sampled_from(sorted(CLOSING)))
def test_a_contraindication_never_opens_its_treatment(patient: Patient, row: str) -> None:
    """With the causes held fixed: it adds nothing that may begin, and moves its treatment only towards not_now."""
    treatment, _, kind, name = CLOSING[row]
    before, after = patient.facts, patient.having({}, **{f"{kind}__{name}": ACTIVE}).facts
    causes = weigh(before)
    was = by_treatment(compose(before, [], causes)).get(treatment.id)
    now = by_treatment(compose(after, [], causes)).get(treatment.id)
    if now is not None:
        assert LADDER.index(now.status) >= LADDER.index(was.status if was else "refer")


@settings(max_examples=100)
@given(patient=patients(), row=st.sampled_from(sorted(CLOSING)))
def test_a_gate_that_is_yes_closes(patient: Patient, row: str) -> None:
    treatment, gate, kind, name = CLOSING[row]
    facts = patient.having({}, **{f"{kind}__{name}": ACTIVE}).facts
    assume(evaluate(gate.rule, facts, recalled_decides=True).answer)
    step = by_treatment(ungated(facts)).get(treatment.id)
    if step:
        assert gate.id in {one.gate.id for one in step.failed}
        assert step.status in ({"not_now"} if gate.action == "stop" else {"refer", "not_now"})


@settings(max_examples=100)
@given(patient=patients(), other=patients())
def test_more_knowledge_never_opens_what_was_closed(patient: Patient, other: Patient) -> None:
    """Filling gaps changes nothing known: a closed treatment stays closed, and a referral does not become an offer."""
    less, more = by_treatment(ungated(patient.facts)), by_treatment(ungated(patient.filled_in(other).facts))
    for name, was in less.items():
        now = more.get(name)
        if now and was.status in {"refer", "not_now"}:
            assert LADDER.index(now.status) >= LADDER.index(was.status), name


@settings(max_examples=50)
@given(patient=patients(), other=patients())
def test_unknown_never_counts_as_no(patient: Patient, other: Patient) -> None:
    """An answer given with gaps stands whatever fills them, so no gap was taken for a no, a zero or a normal value.

    Only where a rule says `first_known` may what is better known overrule what stood in for it.
    """
    less, more = patient.facts, patient.filled_in(other).facts
    for rule in rules():
        answer = evaluate(rule, less).answer
        if answer is not None and not overruled(rule, less, more):
            assert evaluate(rule, more).answer is answer, rule


def overruled(rule: Rule, less: Facts, more: Facts) -> bool:
    """Whether an alternative that was unknown, and is put before the one that answered, has become known."""
    choices = [node.parts for node in walk(rule) if isinstance(node, FirstKnown)]
    return any(first_known(one, less) != first_known(one, more) for one in choices)


def first_known(alternatives: Sequence[Rule], facts: Facts) -> int | None:
    return next((place for place, part in enumerate(alternatives) if evaluate(part, facts).answer is not None), None)


@settings(max_examples=100)
@given(patient=patients(), other=patients())
def test_more_knowledge_takes_an_urgent_sign_away_only_by_the_reason_that_the_sign_names(
    patient: Patient, other: Patient
) -> None:
    full = patient.filled_in(other).facts
    gone = {one.flag.id for one in raised(patient.facts)} - {one.flag.id for one in raised(full)}
    for name in gone:
        reason = flags()[name].unless
        assert reason is not None
        assert evaluate(reason, full).answer is True, name


def test_of_nobody_nothing_is_said() -> None:
    nobody = Facts({})
    assert raised(nobody) == []
    assert {cause.status for cause in weigh(nobody)} == {"unknown"}
    assert planned(nobody).steps == ()


@settings(max_examples=50)
@given(patient=patients(most=30))
def test_every_text_is_filled_in(patient: Patient) -> None:
    """Every brace is filled in, and nothing is said about a value that nobody gave."""
    facts = patient.facts
    flags = raised(facts)
    said = [urgent_part(one, facts).model_dump() for one in flags]
    said += [cause_part(one, facts).model_dump() for one in weigh(facts)]
    said.append(plan_part(ungated(facts), flags, facts, {}, deceased=False).model_dump())
    wrong = {text for text in texts(said) if "{" in text or "an unknown" in text}
    assert not wrong
