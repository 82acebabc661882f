from __future__ import annotations

import contextlib
import copy
import datetime as dt
import gzip
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoscope.interop import read_fhir, read_person
from myoscope.record import InputError, current
from myoscope.record.parse import LARGEST_FILE_BYTES
from myoscope.rules import UNABLE

REPOSITORY = Path(__file__).parents[2]
EXAMPLE = REPOSITORY / "examples" / "fhir_bundle.json"
SYNTHEA = REPOSITORY.parent / "shared" / "data" / "fhir" / "synthea"


def packed(content):
    return gzip.compress(content, mtime=0)


def written(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("small", [False, True])
def test_a_bundle_is_recognised_by_looking_at_it(made, tmp_path, small):
    content = json.dumps(made.bundle(made.observation("29463-7", 61, "kg"))).encode()
    path = written(tmp_path, "person", packed(content) if small else content)
    assert read_person(path, today=made.today).origin == "fhir"
    assert read_fhir(path.read_bytes(), "x", today=made.today).origin == "fhir"


@pytest.mark.parametrize(
    "content",
    [
        "sex: female\nage_years: 74\n",
        '{"sex": "female", "age_years": 74}',
        '{"sex": "female", "age_years": 74, "notes": "copied from a \\"resourceType\\""}',
        packed(b"sex: female\nage_years: 74\n"),
    ],
)
def test_a_record_is_recognised_as_well(tmp_path, content):
    record = read_person(written(tmp_path, "person.yaml", content))
    assert record.origin == "record"
    assert [e.variable for e in record.entries] == ["sex", "age_years"]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is empty"),
        (b'<Bundle xmlns="http://hl7.org/fhir"/>', "XML"),
        (b"\x1f\x8b\x08rubbish", "cannot be unpacked"),
        (packed(b'{"resourceType": "Bundle"}' * 90)[:60], "cut short"),
        (packed(b" " * (LARGEST_FILE_BYTES + 1)), "too large"),
        (packed(b"\xff\xfe"), "not UTF-8"),
        (b'{"resourceType": "Bundle", "entry": [', "invalid JSON"),
    ],
)
def test_what_cannot_be_read_gives_one_clear_message(tmp_path, content, what):
    with pytest.raises(InputError, match=what):
        read_person(written(tmp_path, "person.json", content))


def test_a_file_that_is_not_there_gives_one_clear_message(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_person(tmp_path / "gone.json")
    with pytest.raises(InputError, match="folder"):
        read_person(tmp_path)


def test_the_example_is_valid_r4():
    fhirkit = pytest.importorskip("fhirkit")
    assert [str(issue) for issue in fhirkit.validate(EXAMPLE.read_text(encoding="utf-8"))] == []


def test_the_example_reads_as_the_person_it_describes():
    record = read_person(EXAMPLE, today=dt.date(2026, 3, 1))
    now = current(record, today=dt.date(2026, 3, 1))
    values = {name: one.value for name, one in now.dated.items()}
    assert now.on == dt.date(2026, 2, 17)
    assert values["sex"] == "female"
    assert int(values["age_years"]) == 76
    assert values["height_cm"] == 160.02
    assert values["weight_loss_percent_6_months"] == pytest.approx((69.6 - 64.2) / 0.696)
    assert values["weight_loss_percent_12_months"] == pytest.approx((73.98 - 64.2) / 0.7398, abs=0.01)
    assert values["grip_strength_kg"] == pytest.approx(13.61, abs=0.01)
    assert values["chair_stand_30s_count"] is UNABLE
    assert values["hba1c_percent"] == pytest.approx(6.90896)
    assert now.facts.has("condition", "ckd")
    assert now.facts.has("medicine", "glucocorticoids_systemic")
    assert now.facts.has("medicine", "glp1_agonists")
    assert now.facts.has("medicine", "metformin") is False
    assert now.facts.has("condition", "smoking") is False
    assert now.facts.has("condition", "smoking", ever=True)
    assert not any("left out" in remark for remark in record.remarks)


def places(body, path=()):
    """Every place of a JSON tree, as the keys that lead to it."""
    yield path
    for key, inner in body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ():
        yield from places(inner, (*path, key))


WRONG = st.sampled_from(
    [None, True, -1, 1e300, "", "x", "2026-13-45", [], [None], [[]], {}, {"coding": None}, {"reference": 3}]
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_is_wrong_in_a_bundle_never_ends_in_another_error(data):
    body = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    for _ in range(data.draw(st.integers(1, 4))):
        path = data.draw(st.sampled_from([path for path in places(body) if path]))
        holder = body
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = copy.deepcopy(data.draw(WRONG))
    with contextlib.suppress(InputError):
        current(read_fhir(json.dumps(body), "wrong.json"))


def test_reading_a_bundle_loads_no_frame_engine_and_no_web():
    heavy = {"polars", "pandas", "pyarrow", "numpy", "narwhals", "fastapi", "fhirkit"}
    code = (
        "import sys; from pathlib import Path; from myoscope.interop import read_person; "
        f"read_person(Path(sys.argv[1])); print(sorted({heavy} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(EXAMPLE)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.real_data
@pytest.mark.slow
def test_all_synthea_bundles_are_read():
    if not SYNTHEA.is_dir():
        pytest.skip("../shared/data/fhir is not there")
    tally, values, terms = Counter(), Counter(), Counter()
    bundles = sorted(SYNTHEA.glob("*.json.gz"))
    for path in bundles:
        record = read_person(path)
        tally.update(record.tally)
        values.update(entry.variable for entry in record.entries)
        terms.update(term for listing in record.listings for term in listing.terms)
        seen = {key: n for key, n in record.tally.items() if key.startswith(("read ", "ignored ", "left out "))}
        with gzip.open(path) as handle:
            assert sum(seen.values()) == len(json.load(handle)["entry"])
    assert len(bundles) == 207
    assert tally["read Observation"] >= 18_773
    assert tally["left out Observation"] == 321  # glomerular filtration in mL/min, not for a standard body
    assert tally["read Condition"] == 1_674
    assert tally["conditions without a meaning here"] <= 1_127
    assert tally["read MedicationRequest"] == 1_394
    assert tally["medicines without a meaning here"] <= 506
    assert values["sex"] == values["ancestry"] == 207
    assert values["weight_kg"] == values["height_cm"] == 1_751
    assert values["egfr_ml_min_1_73m2"] == 549
    assert terms["diabetes_type_2"] >= 29
    assert terms["heart_failure"] >= 20
    assert terms["statins"] >= 450
    assert terms["fish_allergy"] == 12
