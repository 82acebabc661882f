from __future__ import annotations

import json

import pytest

from myoscope.interop import is_fhir, read_fhir
from myoscope.record import InputError


def refused(source):
    with pytest.raises(InputError) as caught:
        read_fhir(source if isinstance(source, (str, bytes)) else json.dumps(source), "made.json")
    assert len(caught.value.problems) == 1
    assert "made.json" in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("kind", ["collection", "transaction", "batch", "searchset", "document", "message"])
def test_bundles_whose_entries_stand_for_themselves_are_read(made, kind):
    assert made.read(made.observation("29463-7", 61, "kg"), kind=kind).origin == "fhir"


@pytest.mark.parametrize("kind", ["history", "transaction-response", "batch-response"])
def test_histories_and_responses_are_refused(made, kind):
    assert f"type {kind!r}" in refused(made.bundle(kind=kind))


def test_a_resource_alone_is_refused_and_told_what_is_expected(made):
    message = refused(made.patient())
    assert "'Patient'" in message
    assert "Bundle" in message


@pytest.mark.parametrize("source", ["", "   \n", b"", b"\xef\xbb\xbf  "])
def test_empty_text_is_refused(source):
    assert "is empty" in refused(source)


def test_broken_json_names_line_and_column(made):
    text = json.dumps(made.bundle(), indent=1)
    assert "line 3, column" in refused(text.replace('"type"', "type", 1))
    assert "invalid JSON" in refused(text[:-40])


def test_not_a_number_is_refused():
    assert "NaN" in refused('{"resourceType": "Bundle", "entry": [NaN]}')


def test_nesting_without_end_is_refused():
    assert "nested too deeply" in refused('{"resourceType":' + "[" * 200_000)


def test_one_resource_a_line_is_refused_by_name(made):
    lines = "\n".join(json.dumps(one) for one in (made.patient(), made.observation("29463-7", 61, "kg")))
    assert "NDJSON" in refused(lines)


@pytest.mark.parametrize("body", [{"sex": "female"}, [1, 2], 3, None])
def test_json_that_is_not_fhir_is_refused(body):
    assert not is_fhir(body)
    assert "not FHIR" in refused(body)


@pytest.mark.parametrize("entry", [None, [], [{}], [{"response": {"status": "200"}}], "x", [3]])
def test_a_bundle_without_resources_is_refused(entry):
    assert "holds no resources" in refused({"resourceType": "Bundle", "type": "collection", "entry": entry})


def test_no_patient_is_refused(made):
    bundle = made.bundle(made.observation("29463-7", 61, "kg"))
    del bundle["entry"][0]
    assert "no Patient" in refused(bundle)


def test_two_patients_are_refused_by_number_not_by_name(made):
    one = made.patient(name=[{"family": "Secretname"}])
    other = made.patient(id="q", name=[{"family": "Othername"}])
    message = refused(made.bundle(other, patient=one))
    assert "2 Patients" in message
    assert "name" not in message.split("Patients")[0]
    assert "Secretname" not in message
    assert "Othername" not in message


def test_the_same_patient_twice_is_one_patient_and_the_later_copy_counts(made):
    record = made.read(made.patient(birthDate="1951-01-01"))
    assert record.birth_date.year == 1951
    assert record.tally["given twice"] == 1


@pytest.mark.parametrize(
    ("release", "change"),
    [
        ("R5", {"resourceType": "MedicationRequest", "status": "active", "medication": {"concept": {"text": "x"}}}),
        ("R5", {"resourceType": "Observation", "triggeredBy": []}),
        ("R5", {"resourceType": "EncounterHistory"}),
        ("R5", {"resourceType": "Basic", "meta": {"profile": ["http://hl7.org/fhir/5.0/StructureDefinition/Basic"]}}),
        ("R5", {"resourceType": "Basic", "meta": {"profile": ["http://hl7.org/fhir/StructureDefinition/Basic|5.0.0"]}}),
        ("R5", {"resourceType": "CapabilityStatement", "fhirVersion": "5.0.0"}),
        ("STU3", {"resourceType": "Observation", "comment": "as before"}),
        ("STU3", {"resourceType": "Basic", "meta": {"fhirVersion": "3.0.2"}}),
        (
            "STU3",
            {"resourceType": "Basic", "meta": {"profile": ["https://fhir.example.org/STU3/StructureDefinition/Basic"]}},
        ),
        ("STU3 or DSTU2", {"resourceType": "Condition", "clinicalStatus": "active"}),
        ("DSTU2", {"resourceType": "MedicationOrder"}),
        ("DSTU2", {"resourceType": "Condition", "patient": {"reference": "Patient/p"}}),
    ],
)
def test_other_releases_are_recognised_and_the_mark_is_named(made, release, change):
    message = refused(made.bundle(change))
    assert f"this is {release}, not R4" in message
    assert change["resourceType"] in message


def test_a_guide_with_version_5_built_on_r4_is_r4(made):
    profile = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient|5.0.1"
    assert made.read(patient=made.patient(meta={"profile": [profile]})).id == "p"
    assert (
        made.read(patient=made.patient(meta={"profile": ["http://hl7.org/fhir/StructureDefinition/Patient|4.0.1"]})).id
        == "p"
    )


@pytest.mark.parametrize(
    "reference", ["Patient/p", "urn:uuid:p", "https://fhir.example.org/r4/Patient/p", "Patient/p/_history/3"]
)
def test_the_patient_may_be_referred_to_in_any_way(made, reference):
    assert made.value(made.observation("29463-7", 61, "kg", subject={"reference": reference})).value == 61


def test_what_is_about_somebody_else_is_left_out_and_said(made):
    record = made.read(
        made.observation("29463-7", 3.4, "kg", subject={"reference": "Patient/newborn"}),
        made.condition("icd10", "C50.9", subject={"reference": "RelatedPerson/sister"}),
        made.observation("29463-7", 61, "kg"),
    )
    assert [e.value for e in record.entries if e.variable == "weight_kg"] == [61]
    assert not record.listings
    assert sum("somebody else" in remark for remark in record.remarks) == 2
    assert record.tally["left out Observation"] == record.tally["left out Condition"] == 1


def test_a_patient_that_nothing_can_refer_to_is_refused(made):
    bundle = made.bundle(made.observation("29463-7", 61, "kg"), patient=made.patient(id=None))
    assert "neither id nor fullUrl" in refused(bundle)
    bundle["entry"][0]["fullUrl"] = "urn:uuid:p"
    assert read_fhir(json.dumps(bundle), "made.json", today=made.today).newest_date is not None


def test_a_search_page_with_more_to_come_is_remarked(made):
    record = made.read(kind="searchset", link=[{"relation": "next", "url": "https://fhir.example.org?page=2"}])
    assert any("one page of several" in remark for remark in record.remarks)


def test_every_resource_is_counted_once(made):
    record = made.read(
        made.observation("29463-7", 61, "kg"),
        made.observation("29463-7", 610, "kg"),
        made.observation("8480-6", 120, "mm[Hg]", status="cancelled"),
        made.observation("99999-9", 1, "mg"),
        made.condition("snomed", "44054006"),
        made.condition("snomed", "44054006", verification="refuted"),
        made.prescription("metformin"),
        made.allergy("418689008"),
        {"resourceType": "Encounter", "status": "finished"},
    )
    fates = {key: n for key, n in record.tally.items() if key.startswith(("read ", "ignored ", "left out "))}
    assert fates == {
        "read Patient": 1,
        "read Observation": 1,
        "left out Observation": 2,
        "ignored Observation": 1,
        "read Condition": 1,
        "left out Condition": 1,
        "read MedicationRequest": 1,
        "ignored AllergyIntolerance": 1,
        "ignored Encounter": 1,
    }


def test_a_resource_that_is_not_valid_is_left_out_and_said(made):
    record = made.read(
        made.observation("29463-7", valueQuantity={"value": "61", "unit": "kg"}),
        {"resourceType": "Observation", "subject": {"reference": "Patient/p"}},
        made.observation("8302-2", 160, "cm"),
    )
    assert [e.variable for e in record.entries] == ["sex", "height_cm"]
    assert record.tally["left out Observation"] == 2
    assert any("not valid FHIR R4" in remark and "valueQuantity.value" in remark for remark in record.remarks)


def test_a_patient_that_is_not_valid_is_refused(made):
    assert "not valid FHIR R4" in refused(made.bundle(patient=made.patient(birthDate=1950)))


def test_hand_made_resources_are_valid_r4(made):
    fhirkit = pytest.importorskip("fhirkit")
    bundle = made.bundle(
        made.observation("29463-7", 61, "kg"),
        made.condition("snomed", "44054006"),
        made.prescription("metformin"),
        made.allergy("417532002"),
        patient=made.patient(extension=[made.us_core("race", "2028-9"), made.us_core("birthsex", "F")]),
    )
    assert [str(issue) for issue in fhirkit.validate(bundle)] == []
