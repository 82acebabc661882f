"""The commands: help, exit codes, JSON that fits its schema, and no frame engine for one person."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from jsonschema_rs import Draft202012Validator, meta

from myoscope import __version__
from myoscope.cli import main

REPOSITORY = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(path for path in (REPOSITORY / "examples").iterdir() if path.suffix in {".yaml", ".json"})
EXAMPLE = REPOSITORY / "examples" / "man_76_low_muscle.yaml"


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def commands(group: click.Command, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [path]
    if isinstance(group, click.Group):
        for name, command in group.commands.items():
            found.extend(commands(command, (*path, name)))
    return found


def schema(which: str) -> Any:
    return json.loads(run("schema", which).stdout)


@pytest.mark.parametrize("path", commands(main), ids=" ".join)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_has_help(path: tuple[str, ...], option: str) -> None:
    result = run(*path, option)
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: ")
    lines = [line for line in result.stdout.splitlines() if line.strip()]
    assert len(lines) > 2
    assert result.stderr == ""


def test_the_commands_of_the_contract_are_there() -> None:
    found = {" ".join(path) for path in commands(main)}
    assert {"assess", "schema", "serve", "knowledge list", "knowledge show", "knowledge check"} <= found


def test_the_version() -> None:
    assert run("--version").stdout.strip() == f"myoscope, version {__version__}"


@pytest.mark.parametrize(
    "words",
    [
        ["asess"], ["assess"], ["assess", "--josn", str(EXAMPLE)], ["assess", "nothing.yaml"], ["schema", "person"],
        ["assess", str(EXAMPLE), "--on", "2026-02-30"], ["assess", str(EXAMPLE), "--on", ""],
        ["knowledge", "show", "sarcopenai"], ["knowledge", "list", "cause"], ["serve", "--port", "99999"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_user_s_mistake_ends_with_2_and_one_message(words: list[str]) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Error: " in result.stderr
    assert "Traceback" not in result.stderr


def test_as_a_module_it_is_the_same_program(tmp_path: Path) -> None:
    """One process of its own: no traceback, the right exit code, the message on standard error."""
    broken = tmp_path / "record.yaml"
    broken.write_text("sex: M\n")
    done = subprocess.run(
        [sys.executable, "-m", "myoscope", "assess", str(broken)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("Error: record.yaml: sex: 'M' is not one of female, male")


# -- one person never waits for a frame engine ----------------------------------------------------------------------------


def test_a_single_person_run_imports_no_frame_engine_and_no_web_server(tmp_path: Path) -> None:
    code = (
        "import sys; from myoscope.cli import main; main(sys.argv[1:], standalone_mode=False);"
        "heavy = {'pandas', 'polars', 'narwhals', 'pyarrow', 'duckdb', 'pyspark', 'fastapi', 'uvicorn', 'jax', 'numba'};"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    page = str(tmp_path / "page.html")
    for more in ([], ["--json"], ["--html", page]):
        done = subprocess.run(
            [sys.executable, "-c", code, "assess", str(EXAMPLE), *more], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stderr


# -- schemas ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["record", "result"])
def test_each_schema_is_a_json_schema(which: str) -> None:
    meta.validate(schema(which))


def test_both_schemas_at_once() -> None:
    both = json.loads(run("schema").stdout)
    assert both == {"record": schema("record"), "result": schema("result")}


@pytest.fixture(scope="module")
def result_schema() -> Draft202012Validator:
    return Draft202012Validator(schema("result"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_is_answered_in_the_form_of_the_schema(path: Path, result_schema: Draft202012Validator) -> None:
    result = run("assess", str(path), "--json")
    assert result.exit_code == 0, result.stderr
    body = json.loads(result.stdout, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    assert [f"{error.json_path}: {error.message}" for error in result_schema.iter_errors(body)] == []
    contract = {"person", "measures", "urgent", "definitions", "next_measurements", "causes", "plan", "versions"}
    assert contract <= set(body)
    assert body["versions"]["package"] == __version__


def test_the_same_record_gets_the_same_answer() -> None:
    first, second = (run("assess", str(EXAMPLE), "--json").stdout for _ in range(2))
    assert first == second


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_is_answered_in_words(path: Path) -> None:
    result = run("assess", str(path))
    assert result.exit_code == 0, result.stderr
    assert len(result.stdout.splitlines()) > 10
    assert "None" not in result.stdout.split()
    assert "nan" not in result.stdout.lower().split()


def test_a_day_in_the_past(tmp_path: Path) -> None:
    record = tmp_path / "record.yaml"
    record.write_text(
        "sex: male\nbirth_date: 1950-06-15\nobservations:\n- {date: 2020-06-14, weight_kg: 70}\n- {date: 2024-06-15, weight_kg: 60}\n"
    )
    body = json.loads(run("assess", str(record), "--json", "--on", "2020-06-14").stdout)
    assert body["person"]["on"] == "2020-06-14"
    assert int(body["person"]["age_years"]) == 69
    weights = [measure["value"] for measure in body["measures"] if measure["id"] == "weight_kg"]
    assert weights == [70.0]


def test_an_empty_record_is_answered(tmp_path: Path) -> None:
    record = tmp_path / "record.yaml"
    record.write_text("{}\n")
    body = json.loads(run("assess", str(record), "--json").stdout)
    assert body["urgent"] == []
    assert {part["stage"] for part in body["definitions"].values()} == {"unknown"}


def test_deep_nesting_ends_no_process(tmp_path: Path) -> None:
    """libyaml's own recursion used to kill the interpreter (segmentation fault); a process of its own shows it."""
    record = tmp_path / "record.yaml"
    record.write_text("a: " + "[" * 100_000)
    done = subprocess.run(
        [sys.executable, "-m", "myoscope", "assess", str(record)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "nested too deeply" in done.stderr
