"""Bad input gets one clear message that says what, where and what to try, exit 2, and never a traceback."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from myoscope.cli import main

GOOD = "sex: male\nage_years: 72\nheight_cm: 172\nweight_kg: 70\n"
TOMORROW = (dt.date.today() + dt.timedelta(days=2)).isoformat()

# name -> (text of the record, words that the message must hold)
CASES: dict[str, tuple[str, list[str]]] = {
    "a mapping for an id": ("id: {a: 1}\nsex: male", ["id", "no name"]),
    "yes for an id": ("id: true\nsex: male", ["id", "no name"]),
    "a mapping for notes": ("notes: {a: 1}\nsex: male", ["notes", "no text"]),
    "a mapping for the note of a value": ("weight_kg: {value: 70, note: {a: 1}}", ["weight_kg.note", "no text"]),
    "a list for a dose": ("medicines: [{name: metformin, dose: [1, 2]}]", ["medicines[1].dose", "no text"]),
    "a list too long": (f"conditions: [{', '.join(['gout'] * 1001)}]", ["conditions", "1,001 entries", "1,000"]),
    "absences too long": (f"absent: [{', '.join(['cancer'] * 1001)}]", ["absent", "1,001 entries"]),
    "height in metres": ("sex: male\nage_years: 72\nheight_cm: 1.72", ["height_cm", "1.72 m would be 172 cm"]),
    "height in inches": ("sex: male\nage_years: 72\nheight_cm: 68", ["height_cm", "172.7 cm", "inches"]),
    "height in millimetres": ("sex: male\nheight_cm: 1720", ["height_cm", "outside"]),
    "weight in pounds": ("sex: male\nage_years: 72\nheight_cm: 172\nweight_kg: 172", ["weight_kg", "pounds", "confirmed"]),
    "weight in pounds, a slim woman": ("sex: female\nheight_cm: 162\nweight_kg: 125", ["weight_kg", "pounds", "confirmed"]),
    "weight in grams": ("weight_kg: 70000", ["weight_kg", "outside"]),
    "weight in stones, far too low": ("weight_kg: 11", ["weight_kg", "outside"]),
    "grip in newtons": ("sex: male\nage_years: 72\ngrip_strength_kg: 275", ["grip_strength_kg", "28.04 kg", "N"]),
    "testosterone in nmol/L": ("sex: male\nage_years: 60\ntestosterone_ng_dl: 15", ["testosterone_ng_dl", "nmol/L", "432"]),
    "testosterone in nmol/L, sex given last": ("testosterone_ng_dl: 12\nsex: male", ["testosterone_ng_dl", "nmol/L"]),
    "creatinine in umol/L": ("creatinine_mg_dl: 80", ["creatinine_mg_dl", "µmol/L"]),
    "albumin in g/L": ("albumin_g_dl: 38", ["albumin_g_dl", "3.8"]),
    "haemoglobin in g/L": ("hemoglobin_g_dl: 131", ["hemoglobin_g_dl", "13.1"]),
    "gait speed in km/h": ("gait_speed_m_s: 4.3", ["gait_speed_m_s", "1.194"]),
    "calf in millimetres": ("calf_circumference_cm: 345", ["calf_circumference_cm", "34.5"]),
    "limb lean mass in grams": ("alm_kg: 21500", ["alm_kg", "21.5"]),
    "sex with a blank": ("sex: 'M '\nage_years: 70", ["sex", "'M '", "male"]),
    "sex as a digit": ("sex: 1", ["sex", "female, male"]),
    "sex misspelt": ("sex: femal", ["sex", "female"]),
    "negative weight": ("weight_kg: -70", ["weight_kg", "negative"]),
    "negative age": ("age_years: -3", ["age_years", "negative"]),
    "impossible age": ("age_years: 203", ["age_years", "outside"]),
    "impossible percentage": ("body_fat_percent: 130", ["body_fat_percent", "outside"]),
    "impossible score": ("sarc_f_score: 11", ["sarc_f_score", "outside 0 to 10"]),
    "not a number": ("weight_kg: heavy", ["weight_kg", "'heavy' is not a number"]),
    "a number in quotes": ("weight_kg: '70'", ["weight_kg", "without quotation marks: 70"]),
    "a decimal comma": ("weight_kg: '70,5'", ["weight_kg", "70.5"]),
    "not-a-number": ("weight_kg: .nan", ["weight_kg", "nan"]),
    "infinity": ("weight_kg: .inf", ["weight_kg", "inf"]),
    "a list for a number": ("weight_kg: [70, 71]", ["weight_kg", "not a number"]),
    "yes for a number": ("weight_kg: yes", ["weight_kg", "not a number"]),
    "a number for yes or no": ("intended_weight_loss: 3", ["intended_weight_loss", "yes or no"]),
    "unable for a weight": ("weight_kg: unable", ["weight_kg", "unable"]),
    "unknown key": (GOOD + "grip_strenght_kg: 30", ["grip_strenght_kg", "did you mean 'grip_strength_kg'"]),
    "unknown key without unit": (GOOD + "weight: 70", ["weight", "did you mean 'weight_kg'"]),
    "unknown key in an observation": (GOOD + "observations:\n- {date: 2024-01-01, gripp: 3}", ["observations[1].gripp"]),
    "two values for one date": (
        "sex: male\nage_years: 70\nobservations:\n- {date: 2024-01-01, weight_kg: 70}\n- {date: 2024-01-01, weight_kg: 71}",
        ["observations[2].weight_kg", "two values", "70", "71"],
    ),
    "one key twice": ("weight_kg: 70\nweight_kg: 71", ["line 2", "weight_kg", "twice"]),
    "future date": (f"date: {TOMORROW}\nweight_kg: 70", ["date", "future"]),
    "future observation": (f"observations:\n- {{date: {TOMORROW}, weight_kg: 70}}", ["observations[1].date", "future"]),
    "no such day": ("date: 2024-02-30\nweight_kg: 70", ["date", "2024-02-30", "not a date"]),
    "date the other way round": ("date: 31/12/2024\nweight_kg: 70", ["date", "year-month-day"]),
    "birth date in 1850": ("birth_date: 1850-01-01", ["birth_date", "1900"]),
    "age against birth date": ("date: 2024-01-01\nbirth_date: 1950-01-01\nage_years: 40", ["age_years", "birth date"]),
    "limbs heavier than the body": ("weight_kg: 35\nalm_kg: 36", ["alm_kg", "whole body"]),
    "unknown condition": ("conditions: [hart_failure]", ["conditions[1]", "did you mean 'heart_failure'"]),
    "symptom misspelt": ("symptoms: [fasciculatons]", ["symptoms[1]", "did you mean 'fasciculations'"]),
    "conditions no list": ("conditions: cancer", ["conditions", "list"]),
    "present and absent": ("conditions: [cancer]\nabsent: [cancer]", ["absent", "cancer"]),
    "unknown absent": ("absent: [cancerr]", ["absent[1]", "did you mean 'cancer'"]),
    "complete wrong": ("complete: [everything]", ["complete", "conditions, medicines, symptoms"]),
    "empty file": ("", ["empty"]),
    "blank file": ("  \n \n", ["empty"]),
    "a list": ("- 1\n- 2", ["a list"]),
    "plain text": ("dear doctor, my legs are thin", ["plain text"]),
    "invalid JSON": ('{"sex": "male", "age_years": 70,,}', ["invalid JSON", "line 1"]),
    "JSON with a key twice": ('{"weight_kg": 70, "weight_kg": 71}', ["weight_kg", "twice"]),
    "JSON with NaN": ('{"weight_kg": NaN}', ["NaN"]),
    "invalid YAML": ("sex: male\n  age: [1", ["invalid YAML", "line"]),
    "YAML that runs code": ("sex: !!python/object/apply:os.system ['echo pwned']", ["invalid YAML", "tag"]),
    "YAML that builds objects": ("weight_kg: !!python/name:os.system", ["invalid YAML", "tag"]),
    "YAML that blows up": ("a: &a [1,1]\nb: &b [*a,*a]\nc: [*b,*b]", ["anchors"]),
    "deep nesting": ("[" * 50_000, ["nested"]),
    "zero bytes": ("sex: male\n\0\0", ["zero bytes"]),
    "value written out wrongly": ("weight_kg: {val: 70}", ["weight_kg", "{value: 12.3}"]),
    "FHIR of release 5": (json.dumps({"resourceType": "Bundle", "type": "collection", "meta": {"profile": []}, "entry": [
        {"resource": {"resourceType": "Patient", "id": "1", "gender": "male", "birthDate": "1950-01-01"}},
        {"resource": {"resourceType": "MedicationRequest", "status": "active", "intent": "order",
                      "subject": {"reference": "Patient/1"},
                      "medication": {"concept": {"text": "prednisone"}}}}]}), ["R4"]),
    "FHIR Patient alone": ('{"resourceType": "Patient", "gender": "male"}', ["Bundle"]),
    "FHIR bundle without patient": ('{"resourceType": "Bundle", "type": "collection", "entry": []}', ["atient"]),
}  # fmt: skip


def run(path: Path, *more: str) -> Result:
    return CliRunner().invoke(main, ["assess", str(path), *more])


def assert_refused(result: Result, words: list[str]) -> None:
    assert result.exit_code == 2, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.stderr
    assert len(result.stderr) < 1500
    lower = result.stderr.lower()
    for word in words:
        assert word.lower() in lower, f"{word!r} is not in {result.stderr!r}"


@pytest.mark.parametrize("name", CASES)
def test_bad_record_gets_one_clear_message(name: str, tmp_path: Path) -> None:
    text, words = CASES[name]
    path = tmp_path / "record.yaml"
    path.write_bytes(text.encode())
    assert_refused(run(path), words)
    assert path.read_bytes() == text.encode()  # nothing that was entered is lost or changed


def test_there_are_at_least_forty_cases() -> None:
    assert len(CASES) >= 40


def test_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "record.yaml"
    path.write_bytes("notes: Müller".encode("latin-1"))
    assert_refused(run(path), ["UTF-8", "byte 8"])


def test_a_directory(tmp_path: Path) -> None:
    assert_refused(run(tmp_path), ["folder"])


def test_no_such_file(tmp_path: Path) -> None:
    assert_refused(run(tmp_path / "nothing.yaml"), ["no such file"])


def test_a_50_mb_file(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes(b"notes: " + b"x" * 50_000_000)
    assert_refused(run(path), ["50 MB", "too large"])


def test_a_bad_day(tmp_path: Path) -> None:
    path = tmp_path / "record.yaml"
    path.write_text(GOOD)
    assert_refused(run(path, "--on", "yesterday"), ["--on", "yesterday", "year-month-day"])


def test_a_day_before_anything_is_known(tmp_path: Path) -> None:
    path = tmp_path / "record.yaml"
    path.write_text("date: 2024-01-01\n" + GOOD)
    assert_refused(run(path, "--on", "2020-01-01"), ["--on", "2020-01-01"])


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "record.yaml"
    path.write_text("sex: M\nheight_cm: 1.7\nweight: 3\n")
    assert_refused(run(path), ["3 problems", "sex", "height_cm", "weight"])


def test_an_unwritable_page(tmp_path: Path) -> None:
    path = tmp_path / "record.yaml"
    path.write_text(GOOD)
    assert_refused(run(path, "--html", str(tmp_path)), ["cannot be written"])


@pytest.mark.parametrize(
    "text",
    [
        "sex: male\nage_years: 60\ntestosterone_ng_dl: {value: 15, confirmed: true}",
        "sex: male\nheight_cm: 172\nweight_kg: {value: 172, confirmed: true}",
        "sex: female\ntestosterone_ng_dl: 30",  # usual for a woman
        "weight_kg:\nsex: male",  # an empty value is a missing value
        GOOD + "grip_strength_kg: unable",
        '{sex: male, "age_years": 70}',  # YAML in one line
        GOOD + "medicines: [something nobody knows]",  # kept, shown, not read by a rule
        GOOD + "symptoms: [breathlessness, tireder]\nconditions: [hypertension]",  # other words are kept and shown
        GOOD + "conditions: [Z99.9]",  # an ICD-10 code outside the vocabulary is kept
    ],
)
def test_what_is_right_is_answered(text: str, tmp_path: Path) -> None:
    path = tmp_path / "record.yaml"
    path.write_text(text)
    result = run(path, "--json")
    assert result.exit_code == 0, result.stderr
