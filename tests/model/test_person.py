"""How a record becomes what the model reads: bodies, exposures, how long they last, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from people_of_the_model import OLD_MAN, facts, one

from myoscope.assess.muscle import estimated_mass
from myoscope.model.arms import NUMBERS, TEXTS
from myoscope.model.constants import constants
from myoscope.model.exposure import exposure
from myoscope.model.measurement import error_of
from myoscope.model.person import ALL_ALONG, Person, person, reading
from myoscope.model.real_change import TWO_SIDED_95
from myoscope.quantities import quantities
from myoscope.rules import RuleBook
from myoscope.sources import bibliography


def present(**given):
    found = one(**given)
    assert isinstance(found, Person), found
    return {row.id: row for row in found.present}


def test_every_name_of_the_mapping_is_known() -> None:
    book = RuleBook("model/person.yaml", reading())
    outline = one().period([], 1.0)
    known = set(bibliography())
    for name in reading()["rules"]:
        book.rule(name)
    for row in reading()["doses"]:
        assert row["variable"] in quantities()
        assert {row["column"], *row.get("also", {})} <= set(NUMBERS)
        assert set(row.get("words", {})) <= set(TEXTS)
        assert row.get("weeks", row["variable"]) in quantities()
    for row in reading()["states"]:
        assert {row["when"], row.get("unless", row["when"])} <= set(reading()["rules"])
        assert set(row["exposures"]) <= set(outline)
        assert row.get("days", "bed_rest_days") in quantities()
    for row in (*reading()["refuses"], *reading()["not_read"]):
        assert row["when"] in reading()["rules"]
    for row in reading()["measures"]:
        assert row["variable"] in quantities()
        assert row["outcome"] in constants()["outcomes"]
    for row in (*reading()["doses"], *reading()["states"]):
        assert row.get("source", "myoscope_policy") in known


def test_present_life_is_what_the_record_says_and_nothing_else() -> None:
    assert set(present()) == {"protein"}
    assert set(present(protein_g_per_kg_day=None)) == set()
    assert one(protein_g_per_kg_day=None).protein_known is False
    assert any("Protein is not known" in text for text in one(protein_g_per_kg_day=None).assumes)
    assert not any("Protein" in text for text in one().assumes)


def test_body_and_muscle_of_what_was_measured() -> None:
    found = one(lean_mass_kg=52.0, fat_mass_kg=20.0)
    assert found.body.lean == 52.0
    assert [row.variable for row in found.muscle] == ["alm_kg", "lean_mass_kg"]
    assert (found.muscle[0].value, found.muscle[0].estimated) == (21.5, False)
    # Source: gorgey_2018, Table 4: two scans of one day differ by less than 1.24 kg in 95 of 100.
    assert found.muscle[0].smallest_change == pytest.approx(1.24)
    assert error_of("alm_kg", None).at(21.5) == pytest.approx(1.24 / (TWO_SIDED_95 * 2**0.5))


def test_muscle_that_was_not_measured_is_estimated_and_has_no_smallest_change() -> None:
    found = one(alm_kg=None, alm_method=None, calf_circumference_cm=34, waist_circumference_cm=98)
    assert found.muscle[0].estimated
    assert found.muscle[0].error > error_of("alm_kg", None).at(found.muscle[0].value)
    assert found.muscle[0].smallest_change is None
    crude = one(alm_kg=None, alm_method=None)
    assert crude.muscle[0].error is None


@pytest.mark.parametrize(("steps", "few"), [(5999, True), (6000, False), (9000, False), (0, True)])
def test_few_steps_are_those_below_the_usual(steps, few) -> None:
    assert ("few_steps" in present(steps_per_day=steps)) is few


def test_the_error_of_an_estimate_is_the_larger_of_the_printed_one_and_that_found_elsewhere() -> None:
    best = estimated_mass(facts(alm_kg=None, alm_method=None, calf_circumference_cm=34, waist_circumference_cm=98)).best
    for elsewhere, larger in ((99.0, 99.0), (0.1, best.equation.standard_error)):
        found = person(facts(alm_kg=None, alm_method=None), replace(best, error_elsewhere=(elsewhere, "others")))
        assert found.muscle[0].error == larger


def test_few_steps_become_a_share_that_is_lost() -> None:
    found = one(steps_per_day=3000)
    assert found.period(found.present, 10.0)["steps_lost"] == pytest.approx(0.5)


@pytest.mark.parametrize(("percent", "counts"), [(1.9, False), (2, True), (-1.9, False), (-2, True)])
def test_a_course_of_weight_counts_beyond_scatter(percent, counts) -> None:
    found = present(weight_loss_percent_6_months=percent)
    assert bool({"weight_loss", "weight_gain"} & set(found)) is counts


def test_the_newest_course_of_weight_speaks() -> None:
    assert "weight_loss" not in present(weight_loss_percent_3_months=0, weight_loss_percent_12_months=9)
    found = present(weight_loss_percent_3_months=5, weight_loss_percent_12_months=9)["weight_loss"]
    # 5 % of 76 kg, for as many days to come.
    assert found.weight_kg_per_day * found.goes_on_days == pytest.approx(-3.8)
    assert found.goes_on_days == found.lasted_days == 91


def test_who_loses_weight_and_how() -> None:
    lost = {"weight_loss_percent_3_months": 5}
    assert present(**lost)["weight_loss"].columns == {"weight_loss_method": "unintended"}
    diet = present(**lost, intended_weight_loss=True)["weight_loss"]
    assert diet.columns == {"weight_loss_method": "diet"}
    assert diet.weight_kg_per_day * diet.goes_on_days == pytest.approx(-1.9)  # a diet slows down: half of 3.8 kg
    assert present(**lost, medicines=["semaglutide"])["weight_loss"].columns == {"weight_loss_method": "glp1"}


def test_cortisone_with_its_weeks() -> None:
    taken = {"prednisone_equivalent_mg_per_day": 10}
    assert present(**taken)["glucocorticoids"].lasted_days is None
    assert present(**taken)["glucocorticoids"].lasted == reading()["settled_days"]
    assert present(**taken, glucocorticoid_weeks=3)["glucocorticoids"].lasted_days == 21
    assert "glucocorticoids" not in present(medicines=["prednisone"])
    assert "steroids whose dose is not known" in one(medicines=["prednisone"]).not_read


def test_a_cast_comes_off_and_a_bed_does_not() -> None:
    # Six weeks after it was put on, at the earliest in a week.
    assert present(immobilised_limb_days=10)["cast"].goes_on_days == 32
    assert present(immobilised_limb_days=60)["cast"].goes_on_days == 7
    assert present(conditions=["bed_rest"], bed_rest_days=10)["in_bed"].goes_on_days == ALL_ALONG


def test_days_in_bed_are_over_unless_the_record_says_in_bed() -> None:
    assert present(bed_rest_days=10)["days_in_bed"].goes_on_days == 0
    assert set(present(bed_rest_days=10, conditions=["bed_rest"])) == {"protein", "in_bed"}
    assert "days_in_bed" not in present(bed_rest_days=0)


def test_past_periods_follow_one_another() -> None:
    found = one(prednisone_equivalent_mg_per_day=10, glucocorticoid_weeks=10, bed_rest_days=10)
    past = found.past()
    assert [(x["days"], x["prednisone"], x["bed"]) for x in past] == [(295, 0, 0), (60, 10, 0), (10, 10, 1)]
    assert one(protein_g_per_kg_day=None).past() == []


def test_testosterone_switched_off_holds_for_men() -> None:
    assert "androgen_deprivation" in present(medicines=["goserelin"])
    assert "androgen_deprivation" not in present(medicines=["goserelin"], sex="female")


def test_cancer_counts_when_treated_or_spread() -> None:
    assert "cancer" not in present(conditions=["prostate_cancer"])
    assert any("cancer" in text for text in one(conditions=["prostate_cancer"]).not_read)
    assert present(conditions=["metastatic_cancer"])["cancer"].lasting_illness
    assert not one(conditions=["metastatic_cancer"]).not_read


def test_an_overactive_thyroid_needs_its_tsh() -> None:
    assert "overactive_thyroid" in present(conditions=["hyperthyroidism"], tsh_miu_l=0.05)
    assert "overactive_thyroid" not in present(conditions=["hyperthyroidism"], tsh_miu_l=2.0)
    assert "overactive_thyroid" not in present(conditions=["hyperthyroidism"])
    assert one(conditions=["hyperthyroidism"]).not_read


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"age_years": 17.9}, "under 18"),
        ({"sex": "female", "age_years": 30, "conditions": ["pregnancy"]}, "pregnancy"),
        ({"sex": "female", "age_years": 30, "conditions": ["breast_feeding"]}, "breast-feeding"),
        ({"conditions": ["spinal_cord_injury"]}, "spinal cord"),
        ({"conditions": ["als_mnd"]}, "nerves"),
        ({"conditions": ["inclusion_body_myositis"]}, "muscle itself"),
        ({"sex": None}, "sex"),
        ({"age_years": None}, "age"),
        ({"weight_kg": None}, "weight"),
        ({"prednisone_equivalent_mg_per_day": 40}, "glucocorticoid_prednisone_mg_per_day 40 is beyond"),
        ({"protein_g_per_kg_day": 0.2}, "protein_g_per_kg_day 0.2 is beyond"),
        ({"alm_kg": None, "alm_method": None, "height_cm": None}, "limb muscle"),
    ],
)
def test_what_the_model_does_not_answer_is_refused_in_words(given, says) -> None:
    found = one(**given)
    assert isinstance(found, str)
    assert says in found


def test_at_18_the_model_answers() -> None:
    assert isinstance(one(age_years=18), Person)


def test_a_person_is_read_as_the_arm_of_such_people() -> None:
    given = {
        "resistance_sessions_per_week": 2,
        "prednisone_equivalent_mg_per_day": 5,
        "weight_loss_percent_3_months": 5,
    }
    found = one(**given)
    arm = found.as_arm(found.present, 84.0)
    assert arm.numbers["rt_sessions_per_week"] == 2
    assert arm.numbers["rt_sets_per_muscle_per_week"] == 6
    assert found.period(found.present, 84.0) == exposure(arm, found.body, 84.0)


def test_the_record_must_say_who_it_is() -> None:
    from myoscope.rules import Facts

    assert isinstance(person(Facts({}), None), str)
    assert OLD_MAN["sex"] == "male"
