from __future__ import annotations

import pytest

from myoscope.record import current, parse_record


@pytest.mark.parametrize(
    ("medicines", "dose"),
    [
        (["prednisolone 15 mg daily"], 15.0),
        (["Prednisone 7.5 mg a day"], 7.5),
        ([{"name": "prednisolone", "dose": "5 mg once a day"}], 5.0),
        (["prednisolone 5 mg daily", "prednisone 2.5 mg/day"], 7.5),
        (["prednisolone 5 mg tablets"], None),  # how many a day?
        (["prednisolone 5 mg tablet once daily"], 5.0),
        (["prednisolone 5 mg tablet 10 mg daily"], 10.0),
        (["prednisolone 5 mg twice daily"], None),
        (["prednisolone 5 mg three times a day"], None),
        (["prednisolone 7,5 mg daily"], None),  # not 5
        (["prednisolone 10-15 mg daily"], None),
        (["prednisolone 2 x 5 mg daily"], None),
        (["prednisolone 5 mg tablets 4 daily"], None),
        (["prednisolone 5 mg daily in the morning and 2.5 mg daily at night"], None),
        (["prednisolone 5 mg daily", "prednisone"], None),  # part of a sum would look like the whole
        (["methylprednisolone 16 mg daily"], None),  # another milligram
        (["dexamethasone 4 mg daily"], None),
        (["prednisolone 5 mg daily", "dexamethasone 4 mg daily"], None),
        (["prednisolone 5 mg daily", "omeprazole 20 mg daily"], 5.0),
        ([{"name": "prednisolone 10 mg daily", "stopped": True}], None),
        ([], None),
    ],
)
def test_a_daily_dose_is_read_only_where_nothing_has_to_be_converted(medicines, dose):
    facts = current(parse_record({"medicines": medicines})).facts
    assert facts.values.get("prednisone_equivalent_mg_per_day") == dose


def test_what_the_record_says_itself_goes_first():
    record = parse_record({"medicines": ["prednisolone 15 mg daily"], "prednisone_equivalent_mg_per_day": 10})
    assert current(record).facts.values["prednisone_equivalent_mg_per_day"] == 10
