"""Causes in kilograms on whole records: what is counted, what is not, and what is said of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoscope.assess import assess
from myoscope.assess.deficit_part import deficit_part
from myoscope.assess.muscle import estimated_mass
from myoscope.assess.parts import cause_part
from myoscope.assess.result import Cause, Deficit
from myoscope.causes import causes, weigh
from myoscope.check.links import check_links
from myoscope.model.losses import _Days, _today, exposure_names, shares
from myoscope.model.person import person
from myoscope.model.posterior import posterior
from myoscope.record import current, parse_record
from myoscope.sources.files import everything

pytestmark = pytest.mark.slow

TODAY = dt.date(2026, 11, 23)
WOMAN = {
    "sex": "female",
    "age_years": 70,
    "height_cm": 162,
    "weight_kg": 62,
    "alm_kg": 14.0,
    "alm_method": "dxa_hologic",
}
SEVERAL = {
    "bed_rest_days": 10,
    "prednisone_equivalent_mg_per_day": 10,
    "glucocorticoid_weeks": 52,
    "protein_g_per_kg_day": 0.6,
}


def record(**given):
    return parse_record({**WOMAN, **given}, today=TODAY)


@dataclass(frozen=True)
class Answer:
    deficit: Deficit
    causes: list[Cause]


def answered(given):
    """Causes and their kilograms, without the rest of an assessment."""
    facts = current(given, today=TODAY).facts
    weighed = weigh(facts)
    found = deficit_part(facts, estimated_mass(facts), weighed)
    return Answer(found.deficit, [cause_part(one, facts, found.contributions.get(one.cause.id)) for one in weighed])


def answer(**given):
    return answered(record(**given))


def cause(found, name):
    return next(one for one in found.causes if one.id == name)


def shared(names, **given):
    someone = person(current(record(**given), today=TODAY).facts, None)
    return shares(someone, names, posterior(), 14.0)


def test_ten_days_in_bed_at_seventy():
    found = answer(bed_rest_days=10)
    lost = cause(found, "bed_rest_immobility").contribution_kg
    # English 2010 and Di Girolamo 2021: older volunteers lost some 4 to 8 % of leg lean mass in 10 to 14 days
    assert 0.3 < lost.median < 1.3
    assert lost.low > 0
    assert [share.exposure for share in found.deficit.shares] == ["days_in_bed"]
    assert found.deficit.assumes == ["The days in bed are taken to have ended just now and to lie one after the other"]


def test_a_year_of_prednisone_takes_more_than_a_month():
    long, short = (
        cause(answer(prednisone_equivalent_mg_per_day=10, glucocorticoid_weeks=weeks), "cushing_glucocorticoid_excess")
        for weeks in (52, 4)
    )
    assert 0 < short.contribution_kg.median < long.contribution_kg.median


def test_prednisone_of_unknown_length_is_less_sure_and_said_to_be():
    known = answer(prednisone_equivalent_mg_per_day=10, glucocorticoid_weeks=260).deficit
    unknown = answer(prednisone_equivalent_mg_per_day=10).deficit
    share = unknown.shares[0].lost_kg
    assert share.low / share.median < known.shares[0].lost_kg.low / known.shares[0].lost_kg.median
    assert unknown.shares[0].lasted_days is None
    assert any("How long is not known" in text for text in unknown.assumes)


def test_nothing_in_the_record_leaves_everything_unexplained():
    found = answer()
    assert found.deficit.shares == []
    assert found.deficit.explained_kg is None
    given_kg = [one.id for one in found.causes if one.contribution_kg]
    assert given_kg == ["ageing_sarcopenia"]  # the age is in the record
    assert found.deficit.unexplained_kg.median == pytest.approx(found.deficit.below_expected_kg.median, abs=0.2)


def test_a_young_person_with_an_empty_record_has_no_contribution_at_all():
    found = answer(age_years=24)
    assert not any(one.contribution_kg for one in found.causes)
    assert found.deficit.below_young_kg == found.deficit.below_expected_kg


@given(chosen=st.sets(st.sampled_from(sorted(SEVERAL))), age=st.integers(19, 90), mass=st.floats(9, 25))
@settings(max_examples=15, deadline=None)
def test_no_cause_has_kilograms_without_its_exposure(chosen, age, mass):
    given = {name: SEVERAL[name] for name in chosen if name != "glucocorticoid_weeks"}
    found = answer(age_years=age, alm_kg=mass, **given)
    by_exposure = {
        "bed_rest_immobility": "bed_rest_days",
        "cushing_glucocorticoid_excess": "prednisone_equivalent_mg_per_day",
        "low_protein_intake": "protein_g_per_kg_day",
    }
    for one in found.causes:
        if one.contribution_kg and one.id != "ageing_sarcopenia":
            assert by_exposure[one.id] in given


def without_scatter():
    """Parameters by which every cause works as it does in the middle of the studies."""
    some = {name: values[::5] for name, values in posterior().items()}
    return {**some, **{name: 0 * some[name] for name in ("study_times", "study_idle")}}


def test_the_shares_add_up_to_the_whole_loss_draw_by_draw():
    someone = person(current(record(**SEVERAL), today=TODAY).facts, None)
    p, names = without_scatter(), ["days_in_bed", "glucocorticoids"]
    found = shares(someone, names, p, 14.0)
    always = [one for one in someone.present if one.id not in names]
    nothing, everything_ = _today(_Days(someone), p, always, found.causes, np.array([[False, False], [True, True]]))
    assert found.together_kg == pytest.approx(14.0 * (nothing - everything_) / everything_)


def test_a_day_scaled_up_is_the_period():
    given = {**SEVERAL, "weight_loss_percent_6_months": 9.0, "conditions": ["copd"], "resistance_sessions_per_week": 2}
    someone = person(current(record(**given), today=TODAY).facts, None)
    assert len(someone.present) >= 6
    assert _Days(someone).period(someone.present, 137.0) == pytest.approx(someone.period(someone.present, 137.0))


def test_causes_together_take_about_what_each_takes_alone():
    names = ["days_in_bed", "glucocorticoids", "protein"]
    alone = sum(shared([name], **SEVERAL).together_kg.mean() for name in names)
    assert 0.85 * alone < shared(names, **SEVERAL).together_kg.mean() < 1.15 * alone


def test_studies_that_scatter_make_a_share_less_sure_and_never_a_gift():
    someone = person(current(record(**SEVERAL), today=TODAY).facts, None)
    sure, scattered = (shares(someone, ["days_in_bed"], p, 14.0).lost_kg for p in (without_scatter(), posterior()))
    assert scattered.std() > 1.1 * sure.std()
    wild = {**posterior(), "study_times": 2 + 0 * posterior()["study_times"]}
    assert shares(someone, ["days_in_bed"], wild, 14.0).lost_kg.min() == 0


@pytest.mark.parametrize("status", ["excluded", "unlikely"])
def test_a_cause_that_is_ruled_out_gets_no_kilograms_though_its_exposure_is_there(status):
    facts = current(record(bed_rest_days=10), today=TODAY).facts
    weighed = [replace(one, status=status) if "bed" in one.cause.exposures else one for one in weigh(facts)]
    found = deficit_part(facts, None, weighed)
    assert found.deficit.shares == []
    assert found.deficit.explained_kg is None


def test_the_order_of_the_names_changes_no_share():
    names = ["days_in_bed", "glucocorticoids", "protein"]
    one, other = shared(names, **SEVERAL), shared(names[::-1], **SEVERAL)
    assert [c.id for c in one.causes] == [c.id for c in other.causes]
    assert one.lost_kg == pytest.approx(other.lost_kg)


def test_an_illness_that_takes_at_a_rate_counts_only_as_long_as_it_was_studied():
    ill = {"id": "cancer_active_treatment"}
    short, long, unknown = (
        answer(conditions=[{**ill, **since}]).deficit
        for since in ({"since": "2026-07-20"}, {"since": "2021-07-20"}, {})
    )
    assert short.shares[0].lost_kg.median < long.shares[0].lost_kg.median < 1.2 * short.shares[0].lost_kg.median
    assert unknown.shares[0].lost_kg.high <= 1.05 * long.shares[0].lost_kg.high
    assert [one.shares[0].beyond_studies for one in (short, long, unknown)] == [False, True, True]
    assert any("only as long as it was studied" in text for text in long.assumes)


def test_few_steps_go_on_beyond_the_two_weeks_that_were_studied_and_it_is_said():
    found = answer(steps_per_day=1500).deficit
    assert found.shares[0].beyond_studies
    assert any("Longer than any study" in text for text in found.assumes)


def test_enough_protein_is_no_cause():
    found = answer(protein_g_per_kg_day=1.5)
    assert cause(found, "low_protein_intake").contribution_kg is None


def test_training_is_part_of_life_and_no_cause():
    found = answer(resistance_sessions_per_week=3, bed_rest_days=10)
    assert [share.exposure for share in found.deficit.shares] == ["days_in_bed"]


def test_an_exposure_that_two_causes_name_counts_for_the_likelier():
    found = answer(conditions=["ckd", "rheumatoid_arthritis"], egfr_ml_min_1_73m2=25)
    owners = [share.cause for share in found.deficit.shares if share.exposure == "other_illness"]
    named = [one.id for one in found.causes if "other_illness" in causes()[one.id].exposures]
    assert owners == [next(name for name in named if cause(found, name).status in {"present", "probable", "possible"})]
    assert sum(cause(found, name).contribution_kg is not None for name in named) == 1


def test_lost_weight_counts_for_the_way_it_was_lost():
    lost = {"weight_loss_percent_6_months": 9.0}
    ways = {
        "intentional_weight_loss": {"intended_weight_loss": True, "absent": ["glp1_agonists", "bariatric_surgery"]},
        "undernutrition_energy": {"intended_weight_loss": False},
        "glp1_weight_loss": {"medicines": ["semaglutide"], "intended_weight_loss": True},
    }
    for name, way in ways.items():
        found = answer(**lost, **way)
        assert cause(found, name).contribution_kg.median > 0
        assert [share.exposure for share in found.deficit.shares] == ["weight_loss"]


def test_gained_weight_takes_no_muscle():
    assert answer(weight_loss_percent_6_months=-8.0).deficit.shares == []


def test_a_likely_cause_that_the_model_cannot_weigh_is_named_and_has_no_number():
    found = answer(conditions=["critical_illness_recent"])
    assert "post_icu_surgery_fracture" in found.deficit.without_number
    assert cause(found, "post_icu_surgery_fracture").contribution_kg is None


def test_whom_the_model_refuses_keeps_the_gap_and_gets_no_share():
    found = answer(conditions=["spinal_cord_injury"], bed_rest_days=10)
    assert found.deficit.status == "answered"
    assert "spinal cord injury" in found.deficit.reason
    assert found.deficit.shares == []
    assert cause(found, "bed_rest_immobility").contribution_kg is None


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"age_years": 17}, "18 years"),
        ({"age_years": 30, "conditions": ["pregnancy"]}, "pregnancy"),
        ({"height_cm": None}, "height"),
        ({"alm_kg": None, "alm_method": None, "weight_kg": None}, "neither measured nor"),
        ({"alm_method": "anthropometric"}, "is not known"),
    ],
)
def test_no_answer_says_why(given, says):
    kept = {name: value for name, value in {**WOMAN, **given}.items() if value is not None}
    found = answered(parse_record(kept, today=TODAY)).deficit
    assert found.status == "no_answer"
    assert says in found.reason
    assert found.unexplained_kg is None


def test_an_estimate_is_wider_than_a_measurement():
    kept = {name: value for name, value in WOMAN.items() if not name.startswith("alm")}
    kept |= {"bia_resistance_ohm": 560, "bia_reactance_ohm": 50}
    guessed = answered(parse_record(kept, today=TODAY)).deficit
    measured = answer().deficit
    assert guessed.origin == "estimate"
    assert any("estimated" in text for text in guessed.cautions)
    assert guessed.measured_kg.high - guessed.measured_kg.low > measured.measured_kg.high - measured.measured_kg.low


def test_another_device_than_the_curves_is_named():
    assert any("Lunar" in text for text in answer(alm_method="dxa_lunar").deficit.cautions)
    assert not any("Lunar" in text for text in answer().deficit.cautions)


@pytest.mark.parametrize(("mass", "within"), [(15.0, True), (6.0, False), (30.0, False)])
def test_whether_the_rest_is_more_than_people_differ_by(mass, within):
    found = answer(alm_kg=mass).deficit
    assert found.within_spread is within
    assert ("no more than people differ by anyway" in found.text) is within


def test_every_exposure_that_a_cause_names_is_known():
    named = {name for one in causes().values() for name in one.exposures}
    assert named <= exposure_names() | {"ageing"}
    assert {"ageing", "weight_change", "bed", "prednisone"} <= named


def test_an_exposure_that_nobody_knows_is_a_finding():
    path = "causes/copd.yaml"
    files = {**everything(), path: {**everything()[path], "exposures": ["lung", "smoke"]}}
    found = [one for one in check_links(files) if one.file == path]
    assert [(one.place, one.what) for one in found] == [("exposures", "unknown id 'smoke'")]


def test_the_assessment_carries_the_gap_the_kilograms_and_the_changes():
    two = [{"date": "2026-01-05", "grip_strength_kg": 30}, {"date": "2026-07-05", "grip_strength_kg": 20}]
    found = assess(record(bed_rest_days=10, observations=two), today=TODAY)
    assert cause(found, "bed_rest_immobility").contribution_kg == found.deficit.shares[0].lost_kg
    assert [one.answer for one in found.changes] == ["real_change"]
