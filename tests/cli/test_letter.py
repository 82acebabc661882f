"""`myoscope assess --letter`: one page for the doctor."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from myoscope.cli import main

EXAMPLES = Path(__file__).parents[2] / "examples"


def run(*arguments):
    return CliRunner().invoke(main, ["assess", *map(str, arguments)])


@pytest.mark.parametrize("name", ["woman_73_slow_walker.yaml", "man_85_heart_failure.yaml"])
def test_the_letter_is_written_beside_any_other_face(tmp_path, name):
    done = run(EXAMPLES / name, "--letter", tmp_path / "letter.md")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "letter.md" in done.output
    assert (tmp_path / "letter.md").read_text(encoding="utf-8").startswith("# Letter to the doctor")


def test_the_letter_is_not_written_over_the_record(tmp_path):
    record = tmp_path / "record.yaml"
    record.write_text("sex: male\nage_years: 70\n", encoding="utf-8")
    done = run(record, "--letter", record)
    assert done.exit_code == 2
    assert "--letter" in done.stderr
    assert record.read_text(encoding="utf-8").startswith("sex")


def test_a_folder_that_is_not_there_is_said(tmp_path):
    done = run(EXAMPLES / "woman_73_slow_walker.yaml", "--letter", tmp_path / "no" / "letter.md")
    assert done.exit_code == 2
    assert "--letter" in done.stderr


def test_for_somebody_who_has_died_there_is_no_letter(tmp_path):
    record = tmp_path / "record.yaml"
    record.write_text("sex: male\nage_years: 70\ndeceased: true\n", encoding="utf-8")
    done = run(record, "--letter", tmp_path / "letter.md")
    assert done.exit_code == 2
    assert "died" in done.stderr
