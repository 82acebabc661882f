"""How a command says no: one message, the right exit code, and the same for every command."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from myoscope.cli import main
from myoscope.cli.refused import Refused, told
from myoscope.record import InputError, Problem
from myoscope.sources import KnowledgeError


def test_bad_input_ends_with_2() -> None:
    with pytest.raises(Refused) as caught, told():
        raise InputError("a file", [Problem("sex", "is wrong")])
    assert caught.value.exit_code == 2
    assert caught.value.message == "a file: sex: is wrong"


def test_a_damaged_knowledge_base_ends_with_1_and_says_what_to_run() -> None:
    with pytest.raises(click.ClickException) as caught, told():
        raise KnowledgeError("flags/x.yaml: no source")
    assert caught.value.exit_code == 1
    assert "myoscope knowledge check" in caught.value.message


def test_our_own_faults_are_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), told():
        raise ZeroDivisionError


@pytest.mark.parametrize("command", ["assess", "forecast", "interview", "cohort"])
def test_every_command_tells_a_missing_file_alike(command: str, tmp_path: Path) -> None:
    words = [command, str(tmp_path / "nothing.yaml")]
    words = [command, str(tmp_path / "nothing.csv"), str(tmp_path / "out.csv")] if command == "cohort" else words
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 2
    assert done.stderr.startswith("Error: ")
    assert "nothing." in done.stderr
    assert "Traceback" not in done.stderr
