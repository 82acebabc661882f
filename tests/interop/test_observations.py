from __future__ import annotations

import datetime as dt
import json

import pytest

from myoscope.interop import read_fhir
from myoscope.interop.observations import variables_by_loinc
from myoscope.quantities import quantities
from myoscope.rules import UNABLE

KG = "29463-7"


def remarked(record, *words):
    return any(all(word in remark for word in words) for remark in record.remarks)


def test_a_value_keeps_its_day_and_is_confirmed_by_its_unit(made):
    entry = made.value(made.observation(KG, 61.5, "kg", when="2026-03-01T23:30:00-05:00"))
    assert (entry.variable, entry.value, entry.date) == ("weight_kg", 61.5, dt.date(2026, 3, 1))
    assert entry.confirmed
    assert entry.note is None


@pytest.mark.parametrize("status", ["final", "amended", "corrected", "preliminary"])
def test_results_that_stand_are_read(made, status):
    assert made.value(made.observation(KG, 61, "kg", status=status)) is not None


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled", "registered", "unknown"])
def test_results_that_do_not_stand_are_dropped_and_counted(made, status):
    record = made.read(made.observation(KG, 61, "kg", status=status))
    assert record.newest_date is None
    assert record.tally[f"Observation {status}"] == 1


def test_an_unknown_code_is_ignored_without_a_remark(made):
    record = made.read(made.observation("99999-9", 61, "kg"))
    assert record.tally["ignored Observation"] == 1
    assert not record.remarks


def test_a_code_of_another_system_is_not_loinc(made):
    assert made.value(made.observation(KG, 61, "kg", code=made.concept("http://example.org", KG))) is None


def test_a_converted_value_says_so_and_is_counted(made):
    record = made.read(made.observation(KG, 165, "[lb_av]"), made.observation("8302-2", 63, "[in_i]"))
    weight, height = record.entries[1:]
    assert weight.value == pytest.approx(165 * 0.45359237)
    assert weight.note == "given as 165 [lb_av]"
    assert height.value == 160.02
    assert record.tally["values converted from another unit"] == 2


def test_mass_and_amount_are_converted_by_the_molar_mass(made):
    entry = made.value(made.observation("14682-9", 97, "umol/L"))
    assert entry.variable == "creatinine_mg_dl"
    assert entry.value == pytest.approx(97 * 113.12 / 10000)
    assert "molar mass" in entry.note


def test_a_unit_that_cannot_be_converted_is_left_out_and_said(made):
    record = made.read(made.observation("33914-3", 75, "mL/min"))
    assert record.newest_date is None
    assert remarked(record, "glomerular", "'mL/min' cannot be turned into mL/min/1.73 m²", "75 on 2026-03-01")


def test_egfr_for_a_standard_body_is_read(made):
    assert made.value(made.observation("98979-8", 52, "mL/min/{1.73_m2}")).value == 52


def test_a_missing_unit_is_not_guessed(made):
    record = made.read(made.observation(KG, 61))
    assert record.newest_date is None
    assert remarked(record, "body weight", "unit is missing")


def test_scores_and_percentages_need_no_unit(made):
    assert made.value(made.observation("55758-7", 4)).value == 4
    assert made.value(made.observation("4548-4", 6.5)).value == 6.5
    assert made.value(made.observation("55758-7", valueInteger=4)).value == 4


def test_a_unit_whose_code_and_name_disagree_is_left_out(made):
    pounds = {"value": 165, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "[lb_av]"}
    record = made.read(made.observation(KG, valueQuantity=pounds))
    assert record.newest_date is None
    assert remarked(record, "its unit is called 'kg' and coded '[lb_av]'")


def test_a_unit_without_a_code_is_read_by_its_name(made):
    assert made.value(made.observation(KG, valueQuantity={"value": 165, "unit": "lbs"})).value == pytest.approx(
        165 * 0.45359237
    )


@pytest.mark.parametrize(("value", "kept"), [(20, True), (19.99, False), (400, True), (400.01, False), (-61, False)])
def test_the_guard_range_is_closed_and_what_lies_outside_is_said(made, value, kept):
    record = made.read(made.observation(KG, value, "kg"))
    assert (record.newest_date is not None) == kept
    assert remarked(record, "body weight: left out because the value lies outside 20 to 400 kg", f"{value:g}") != kept


def test_the_same_reason_is_told_once(made):
    record = made.read(*(made.observation(KG, 500 + n, "kg", when=f"2026-01-{n + 10}") for n in range(3)))
    assert [remark for remark in record.remarks if "body weight" in remark] == [
        "body weight: left out 3 times because the value lies outside 20 to 400 kg (for example 500 on 2026-01-10)"
    ]


def test_a_limit_is_not_a_value(made):
    record = made.read(made.observation("1988-5", valueQuantity=made.quantity(5, "mg/L", comparator="<")))
    assert record.newest_date is None
    assert remarked(record, "only a limit", "< 5 mg/L")


def test_text_is_not_a_value(made):
    record = made.read(made.observation("1988-5", valueString="negative"))
    assert remarked(record, "holds no number", "negative")


def test_infinite_and_missing_numbers_are_left_out(made):
    text = json.dumps(made.bundle(made.observation(KG, 12345, "kg"))).replace("12345", "1e999")
    assert read_fhir(text, "made.json").newest_date is None
    record = made.read(made.observation(KG, valueQuantity={"unit": "kg"}))
    assert remarked(record, "holds no number")


def test_components_are_values_of_their_own(made):
    parts = [
        {"code": made.concept("http://loinc.org", "8480-6"), "valueQuantity": made.quantity(132, "mm[Hg]")},
        {"code": made.concept("http://loinc.org", "8462-4"), "valueQuantity": made.quantity(76, "mm[Hg]")},
    ]
    record = made.read(made.observation("85354-9", component=parts))
    assert {e.variable: e.value for e in record.entries[1:]} == {"systolic_mmhg": 132, "diastolic_mmhg": 76}
    assert record.tally["read Observation"] == 1


def test_one_part_left_out_does_not_lose_the_other(made):
    parts = [
        {"code": made.concept("http://loinc.org", "8480-6"), "valueQuantity": made.quantity(132, "mm[Hg]")},
        {"code": made.concept("http://loinc.org", "8462-4"), "dataAbsentReason": made.concept("x", "error")},
    ]
    assert made.value(made.observation("55284-4", component=parts)).variable == "systolic_mmhg"


NOT_PERFORMED = "http://terminology.hl7.org/CodeSystem/data-absent-reason", "not-performed"


@pytest.mark.parametrize(
    "text", ["unable", "Patient unable to stand", "Patient was unable to rise without using arms."]
)
def test_not_performed_because_the_person_could_not_is_unable(made, text):
    assert made.value(made.observation("66247-8", dataAbsentReason=made.concept(*NOT_PERFORMED, text))).value is UNABLE


@pytest.mark.parametrize(
    ("loinc", "code", "text"),
    [
        ("66247-8", "not-performed", None),
        ("66247-8", "not-performed", "Clinician unable to find a chair"),
        ("66247-8", "unknown", "unable"),
        ("66247-8", "asked-declined", "declined"),
        ("1988-5", "not-performed", "unable"),  # a blood test is no test of ability
    ],
)
def test_other_reasons_leave_the_value_missing(made, loinc, code, text):
    record = made.read(made.observation(loinc, dataAbsentReason=made.concept(NOT_PERFORMED[0], code, text)))
    assert record.newest_date is None
    assert record.tally["Observation without a value"] == 1


def test_every_day_is_kept_the_oldest_first(made):
    days = ["2026-03-01", "2024-01-01", "2025-02-02"]
    record = made.read(*(made.observation(KG, 60 + n, "kg", when=day) for n, day in enumerate(days)))
    assert [str(e.date) for e in record.entries if e.variable == "weight_kg"] == sorted(days)


def test_of_two_values_of_a_day_the_later_counts(made):
    late = made.observation(KG, 62, "kg", when="2026-03-01T17:00:00Z")
    early = made.observation(KG, 61, "kg", when="2026-03-01T08:00:00Z")
    for order in ((late, early), (early, late)):
        record = made.read(*order)
        assert [e.value for e in record.entries if e.variable == "weight_kg"] == [62]
        assert record.tally["second values of a day left out"] == 1


def test_at_the_same_time_the_later_in_the_file_counts(made):
    assert made.value(made.observation(KG, 61, "kg"), made.observation(KG, 62, "kg")).value == 62


def test_the_stronger_hand_counts(made):
    right = made.observation("83174-3", 30, "[lbf_av]", when="2026-03-01T08:00:00Z")
    left = made.observation("83173-5", 27, "[lbf_av]", when="2026-03-01T09:00:00Z")
    weak = made.observation(
        "83174-3", when="2026-03-01T10:00:00Z", dataAbsentReason=made.concept(*NOT_PERFORMED, "unable")
    )
    assert made.value(right, left, weak).value == pytest.approx(13.6077711)
    assert made.value(weak, left, right).value == pytest.approx(13.6077711)


def test_a_near_code_is_noted_and_counted(made):
    record = made.read(made.observation("20565-8", 25, "mmol/L"))
    assert record.entries[1].variable == "bicarbonate_mmol_l"
    assert "20565-8" in record.entries[1].note
    assert record.tally["values of a near code"] == 1


def test_an_exact_code_goes_before_a_near_one(made):
    code = {"coding": [{"system": "http://loinc.org", "code": c} for c in ("20565-8", "1963-8")]}
    assert made.value(made.observation("x", 25, "mmol/L", code=code)).note is None


@pytest.mark.parametrize(
    ("elements", "day"),
    [
        ({"effectiveDateTime": "2026-02-03"}, "2026-02-03"),
        ({"effectiveInstant": "2026-02-03T10:00:00Z"}, "2026-02-03"),
        ({"effectivePeriod": {"start": "2026-02-01", "end": "2026-02-03"}}, "2026-02-03"),
        ({"effectivePeriod": {"start": "2026-02-01"}}, "2026-02-01"),
        ({"issued": "2026-02-03T10:00:00.000+01:00"}, "2026-02-03"),
        ({"effectiveDateTime": "2026-02"}, "2026-02-15"),
        ({"effectiveDateTime": "2026-03"}, "2026-03-15"),
    ],
)
def test_the_day_is_found_wherever_it_stands(made, elements, day):
    entry = made.value(made.observation(KG, 61, "kg", when=None, **elements))
    assert str(entry.date) == day
    assert ("not given" in (entry.note or "")) == (len(elements.get("effectiveDateTime", "")) == 7)


@pytest.mark.parametrize(
    ("when", "why"),
    [
        (None, "no date"),
        ("2025", "only the year"),
        ("2026-04-01", "in the future"),
        ("2026-04", "in the future"),
        ("1950-06-14", "before the birth"),
        ("1899-12-31", "before the birth"),
        ("yesterday", "no date"),
        ("2026-02-30", "no date"),
    ],
)
def test_a_value_without_a_usable_day_is_left_out_and_said(made, when, why):
    record = made.read(made.observation(KG, 61, "kg", when=when))
    assert record.newest_date is None
    assert remarked(record, why)


@pytest.mark.parametrize("day", ["2026-03-31", "1950-06-15"])
def test_today_and_the_day_of_birth_are_days_of_a_life(made, day):
    assert str(made.value(made.observation(KG, 21, "kg", when=day)).date) == day


def smoking(made, code, when="2026-01-01"):
    return made.observation(
        "72166-2", when=when, valueCodeableConcept=made.concept("http://snomed.info/sct", code, "answer")
    )


def test_the_newest_answer_on_smoking_counts(made):
    now = made.read(smoking(made, "266919005", "2020-01-01"), smoking(made, "449868002"))
    assert [(one.terms, one.active) for one in now.listings] == [(("smoking",), True)]
    past = made.read(smoking(made, "8517006"), smoking(made, "449868002", "2020-01-01"))
    assert [(one.terms, one.active) for one in past.listings] == [(("smoking",), False)]


def test_never_smoked_is_absent_unless_a_diagnosis_says_otherwise(made):
    assert made.read(smoking(made, "266919005")).absent == {("condition", "smoking")}
    assert not made.read(smoking(made, "266919005"), made.condition("snomed", "449868002")).absent


def test_an_answer_without_meaning_is_counted(made):
    assert made.read(smoking(made, "266927001")).tally["answers not understood"] == 1


def test_no_code_means_two_variables_equally():
    seen = {}
    for known in quantities().values():
        for code, match in known.loinc:
            assert (code, match) not in seen, (code, known.id, seen[code, match])
            seen[code, match] = known.id
    assert variables_by_loinc()["2339-0"][1] == "near"


def test_two_values_of_one_day_are_told(made):
    """The later one counts, and the reader is told of both: nothing is lost in silence."""
    first, second = (made.observation(KG, value, "kg") for value in (60, 90))
    assert remarked(made.read(first, second), "another value of the same day is later", "60 and 90")
