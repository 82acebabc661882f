"""The line that SCWD leaves to a young reference group is our own reckoning: the file must hold what the data give."""

from __future__ import annotations

from pathlib import Path

import pytest

from myoscope.sources import folder

pytestmark = pytest.mark.real_data


def test_the_lines_in_the_file_are_those_of_the_data(shared_data: Path) -> None:
    from calibration.young_reference import young_adults

    rule = folder("definitions")["definitions/scwd_2011.yaml"]["rules"]["low_for_us_20_30"]
    written = {(row["when"]["sex"], row["when"]["ancestry"]): row for row in rule["cutoff"]}
    found = list(young_adults(shared_data / "nhanes/dxa_2011_2018_without_2013_2014.parquet"))
    assert len(found) == len(written)
    for one in found:
        row = written[one.sex, one.ancestry]
        assert row["value"] == one.line
        assert f"n {one.people}, mean {one.mean:.3f}, SD {one.spread:.3f}" in row["note"]
