from __future__ import annotations

import datetime as dt

import pytest

SNOMED, ICD10, ATC = "http://snomed.info/sct", "http://hl7.org/fhir/sid/icd-10-cm", "http://www.whocc.no/atc"


def only(record):
    assert len(record.listings) == 1
    return record.listings[0]


@pytest.mark.parametrize(
    ("system", "code", "term"), [("snomed", "44054006", "diabetes_type_2"), ("icd10", "N18.31", "ckd")]
)
def test_a_diagnosis_is_known_by_its_code(made, system, code, term):
    listing = only(made.read(made.condition(system, code, "as written", onsetDateTime="2021-05-04")))
    assert (listing.kind, listing.text, listing.since, listing.active) == (
        "condition",
        "as written",
        dt.date(2021, 5, 4),
        True,
    )
    assert term in listing.terms


@pytest.mark.parametrize("clinical", ["active", "recurrence", "relapse"])
def test_what_is_there_is_active(made, clinical):
    assert only(made.read(made.condition("snomed", "44054006", clinical=clinical))).active


@pytest.mark.parametrize("clinical", ["resolved", "inactive", "remission"])
def test_what_is_over_is_kept_but_not_active(made, clinical):
    assert not only(made.read(made.condition("snomed", "44054006", clinical=clinical))).active


def test_without_a_status_an_end_says_it_is_over(made):
    assert only(made.read(made.condition("snomed", "44054006", clinical=None))).active
    assert not only(made.read(made.condition("snomed", "44054006", clinical=None, abatementDateTime="2020"))).active


@pytest.mark.parametrize("verification", ["refuted", "entered-in-error"])
def test_what_is_not_so_is_dropped_and_counted(made, verification):
    record = made.read(made.condition("snomed", "44054006", verification=verification))
    assert not record.listings
    assert record.tally[f"Condition {verification}"] == 1


@pytest.mark.parametrize("verification", ["provisional", "differential", "unconfirmed"])
def test_a_suspicion_is_shown_and_decides_nothing(made, verification):
    record = made.read(made.condition("icd10", "C61", "Prostate cancer", verification=verification))
    assert only(record).terms == ()
    assert only(record).text == "Prostate cancer (suspected)"
    assert any("only suspected" in remark for remark in record.remarks)


def test_a_history_of_code_counts_as_once_not_now(made):
    record = made.read(made.condition("snomed", "399211009", "History of myocardial infarction"))
    states = {term: listing.active for listing in record.listings for term in listing.terms}
    assert states["myocardial_infarction"] is False
    assert states["coronary_heart_disease"] is True
    assert only(made.read(made.condition("icd10", "Z85.3"))).active is False


def test_a_diagnosis_without_meaning_here_is_kept_as_text(made):
    record = made.read(made.condition("snomed", "74400008", "Appendicitis"))
    assert (only(record).text, only(record).terms) == ("Appendicitis", ())
    assert record.tally["conditions without a meaning here"] == 1


def test_a_diagnosis_without_code_or_name_is_left_out(made):
    record = made.read(made.condition("snomed", "1") | {"code": {"coding": [{"system": SNOMED}]}})
    assert not record.listings
    assert any("neither code nor name" in remark for remark in record.remarks)


def test_the_same_line_twice_is_one_line_another_day_is_another(made):
    one = made.condition("snomed", "44054006", onsetDateTime="2012-01-01")
    assert only(made.read(one, one)).since == dt.date(2012, 1, 1)
    assert len(made.read(one, made.condition("snomed", "44054006", onsetDateTime="2013-01-01")).listings) == 2


@pytest.mark.parametrize(
    ("onset", "since"), [("2012-05", dt.date(2012, 5, 15)), ("2012", None), (None, None), ("spring", None)]
)
def test_a_year_alone_is_no_start_to_count_days_from(made, onset, since):
    assert only(made.read(made.condition("snomed", "44054006", onsetDateTime=onset))).since == since


@pytest.mark.parametrize("code", ["417532002", "300913006"])
def test_an_allergy_that_bears_on_food_is_a_condition(made, code):
    assert only(made.read(made.allergy(code))).terms == ("fish_allergy",)


def test_other_allergies_are_ignored_and_resolved_ones_not_active(made):
    assert not made.read(made.allergy("418689008")).listings
    assert not made.read(made.allergy("425525006", verification="refuted")).listings
    assert not only(made.read(made.allergy("425525006", clinical="resolved"))).active


@pytest.mark.parametrize(
    ("status", "active"), [("active", True), ("stopped", False), ("completed", False), ("on-hold", False)]
)
def test_a_medicine_is_active_only_while_it_is_taken(made, status, active):
    listing = only(made.read(made.prescription("Prednisone 5 MG Oral Tablet", status)))
    assert listing.terms == ("glucocorticoids_systemic",)
    assert listing.active == active
    assert listing.since == dt.date(2026, 1, 10)


@pytest.mark.parametrize(
    "elements",
    [
        {"status": "entered-in-error"},
        {"status": "draft"},
        {"status": "cancelled"},
        {"doNotPerform": True},
        {"intent": "proposal"},
    ],
)
def test_what_was_never_taken_is_dropped_and_counted(made, elements):
    record = made.read(made.prescription("prednisone", **elements))
    assert not record.listings
    assert record.tally["MedicationRequest never taken"] == 1


def test_an_atc_code_is_enough(made):
    coded = {"coding": [{"system": ATC, "code": "A10BJ06"}]}
    listing = only(made.read(made.prescription(None, medicationCodeableConcept=coded)))
    assert (listing.text, listing.terms) == ("A10BJ06", ("glp1_agonists",))


def test_the_display_of_a_code_is_searched_as_well(made):
    coded = {
        "coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "display": "metformin"}],
        "text": "the big pill",
    }
    assert only(made.read(made.prescription(None, medicationCodeableConcept=coded))).terms == ("metformin",)


def test_a_cream_is_no_systemic_steroid(made):
    record = made.read(made.prescription("Hydrocortisone 10 MG/ML Topical Cream"))
    assert only(record).terms == ("local_medicines",)


def test_a_medicine_without_meaning_here_is_counted(made):
    record = made.read(made.prescription("Nitrofurantoin 5 MG/ML Oral Suspension"))
    assert only(record).terms == ()
    assert record.tally["medicines without a meaning here"] == 1


MEDICATION = {"resourceType": "Medication", "id": "m", "code": {"text": "Semaglutide 1 mg"}}


@pytest.mark.parametrize("reference", ["Medication/m", "urn:uuid:m"])
def test_a_medicine_beside_the_prescription_is_found(made, reference):
    record = made.read(made.prescription(None, medicationReference={"reference": reference}), MEDICATION)
    assert only(record).terms == ("glp1_agonists",)


def test_a_medicine_inside_the_prescription_is_found(made):
    inside = made.prescription(None, medicationReference={"reference": "#m"}, contained=[MEDICATION])
    assert only(made.read(inside)).terms == ("glp1_agonists",)


def test_a_medicine_that_is_nowhere_is_known_by_its_display_or_left_out_and_said(made):
    shown = made.prescription(None, medicationReference={"reference": "Medication/gone", "display": "warfarin"})
    assert "warfarin" in only(made.read(shown)).terms
    record = made.read(made.prescription(None, medicationReference={"reference": "Medication/gone"}))
    assert not record.listings
    assert any("not in the bundle" in remark for remark in record.remarks)


def test_a_statement_is_read_like_a_prescription(made):
    statement = {
        "resourceType": "MedicationStatement", "status": "active", "subject": {"reference": "Patient/p"},
        "medicationCodeableConcept": {"text": "atorvastatin"}, "effectivePeriod": {"start": "2014-02-03"},
        "dosage": [{"text": "40 mg at night"}],
    }  # fmt: skip
    listing = only(made.read(statement))
    assert (listing.terms, listing.since, listing.dose) == (("statins",), dt.date(2014, 2, 3), "40 mg at night")
    assert not made.read(statement | {"status": "not-taken"}).listings


@pytest.mark.parametrize(
    ("dosage", "dose"),
    [
        ({"text": "7.5 mg every morning"}, "7.5 mg every morning"),
        (
            {"doseAndRate": [{"doseQuantity": {"value": 7.5, "unit": "mg"}}],
             "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}},
            "7.5 mg, 2 times in 1 d",
        ),
        ({"timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "wk"}}}, "once in 1 wk"),
        ({"doseAndRate": [{"doseQuantity": {"value": 1}}]}, None),
    ],
)  # fmt: skip
def test_the_dose_is_kept_in_words(made, dosage, dose):
    assert only(made.read(made.prescription("prednisone", dosageInstruction=[dosage]))).dose == dose


def test_a_code_outside_the_vocabulary_is_read_by_its_written_name(made):
    """SNOMED CT may not be copied into the vocabulary at large, so a name written out word for word counts too."""
    assert "copd" in only(made.read(made.condition("snomed", "13645005", "COPD"))).terms


def test_what_ended_was_there_on_an_earlier_day(made):
    ended = only(made.read(made.condition("snomed", "44054006", clinical="resolved", abatementDateTime="2020-06-01")))
    assert not ended.active
    assert ended.on(dt.date(2020, 5, 31))
    assert not ended.on(dt.date(2020, 6, 1))
