"""Every card that names grams of protein says the same to a person with weak kidneys: one clause, decided one way.

KDIGO 2024: 0.8 g/kg in kidney disease G3-G5 (3.3.1.1), higher targets considered in older people who are frail or sarcopenic
(3.3.1.5).
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myoscope.assess.plan_part import plan_part
from myoscope.assess.programme_part import meals_part
from myoscope.assess.result import PlanItem
from myoscope.causes import weigh
from myoscope.plan import Composed, compose, treatments
from myoscope.rules import Facts
from myoscope.rules.facts import Listed

ACTIVE, ABSENT = Listed(active=True, ever=True), Listed(active=False, ever=False)
CARDS = ("protein_target", "ckd_nutrition", "whey")
KILOGRAMS = 70.0
BODY: dict[str, Any] = {"sex": "male", "height_cm": 172.0, "weight_kg": KILOGRAMS, "protein_g_per_kg_day": 0.7}
SURE = {("condition", "dialysis"): ABSENT, ("condition", "kidney_transplant"): ABSENT}
SIGNS = {
    "frail_scale_score": (0.0, 3.0),
    "sarc_f_score": (0.0, 4.0),
    "grip_strength_kg": (38.0, 26.0),
    "chair_stand_5x_s": (11.0, 16.0),
}


def person(*, ckd: bool = True, **values: Any) -> Facts:
    return Facts({**BODY, **values}, {**SURE, ("condition", "ckd"): ACTIVE if ckd else ABSENT})


def planned(facts: Facts) -> Composed:
    return compose(facts, [], weigh(facts))


def cards(facts: Facts) -> dict[str, PlanItem]:
    items = plan_part(planned(facts), [], facts, {}, deceased=False).items
    return {item.id: item for item in items if item.id in CARDS}


def withheld(facts: Facts) -> bool:
    found = meals_part(planned(facts), cards(facts)["protein_target"].grams_per_day, facts)
    return found is not None and bool(found.withheld) and not found.days


@pytest.mark.parametrize("sign", SIGNS)
def test_each_sign_of_frailty_or_sarcopenia_hands_the_protein_of_an_older_kidney_patient_to_a_dietitian(
    sign: str,
) -> None:
    facts = person(age_years=70.0, egfr_ml_min_1_73m2=45.0, **{sign: SIGNS[sign][1]})
    found = cards(facts)
    assert found["protein_target"].status == "refer"
    assert found["protein_target"].grams_per_day is None
    assert "No number from here" in str(found["protein_target"].dose)
    assert "No number from here" in str(found["ckd_nutrition"].dose)
    assert found["whey"].status == "refer"
    assert withheld(facts)


@given(
    age=st.sampled_from([50.0, 64.0, 65.0, 82.0]),
    filtration=st.sampled_from([None, 35.0, 45.0, 59.0, 60.0, 95.0]),
    seen=st.dictionaries(st.sampled_from(sorted(SIGNS)), st.booleans()),
)
def test_all_cards_and_the_meals_decide_the_same_way(
    age: float, filtration: float | None, seen: dict[str, bool]
) -> None:
    values: dict[str, Any] = {sign: SIGNS[sign][found] for sign, found in seen.items()}
    if filtration is not None:
        values["egfr_ml_min_1_73m2"] = filtration
    facts = person(age_years=age, **values)
    found = cards(facts)
    handed_on = age >= 65 and any(seen.values())
    assert (found["protein_target"].grams_per_day is None) == handed_on
    assert ("No number from here" in str(found["ckd_nutrition"].dose)) == handed_on
    assert handed_on == (found["whey"].status == "refer")
    assert withheld(facts) or not handed_on


def test_the_conflict_is_shown_with_what_decides_it() -> None:
    found = cards(person(age_years=70.0, egfr_ml_min_1_73m2=45.0, sarc_f_score=6.0))
    for name in ("protein_target", "ckd_nutrition"):
        assert "guidelines pull two ways" in str(found[name].dose)
        assert "What decides" in str(found[name].dose)
    gate = next(gate for gate in found["protein_target"].gates_failed if gate.id == "older_frail_with_ckd")
    assert all(word in gate.professional for word in ("KDIGO 2024", "KDOQI 2020", "What decides"))


def test_0_8_g_is_for_a_filtration_below_60_or_one_that_nobody_measured() -> None:
    """KDIGO 2024 recommendation 3.3.1.1 is for G3-G5."""
    weak = (0.8 * KILOGRAMS, 0.8 * KILOGRAMS)
    unmeasured: dict[str, Any] = {}
    for filtration in ({"egfr_ml_min_1_73m2": 59.0}, unmeasured):
        assert cards(person(age_years=50.0, **filtration))["protein_target"].grams_per_day == pytest.approx(weak)
    good: dict[str, Any] = {"egfr_ml_min_1_73m2": 60.0, "sarc_f_score": 0.0}
    younger, older = (cards(person(age_years=age, **good))["protein_target"].grams_per_day for age in (50.0, 70.0))
    assert younger == pytest.approx((0.8 * KILOGRAMS, KILOGRAMS))
    assert older == pytest.approx((KILOGRAMS, 1.2 * KILOGRAMS))


def test_one_filtration_of_57_is_no_kidney_disease_and_a_weak_grip_keeps_its_protein() -> None:
    facts = person(ckd=False, age_years=80.0, egfr_ml_min_1_73m2=57.0, grip_strength_kg=20.0)
    assert cards(facts)["protein_target"].grams_per_day == pytest.approx((KILOGRAMS, 1.2 * KILOGRAMS))


@pytest.mark.parametrize("name", ["weight_loss_with_muscle", "post_icu_nutrition", "cirrhosis_nutrition"])
def test_no_other_card_names_its_own_grams_to_weak_kidneys(name: str) -> None:
    first = treatments()[name].doses[0]
    assert first.rule is not None
    assert "g of protein per kg" not in first.text
    assert "protein 1" not in first.text
