"""`myoscope knowledge`: list, show, check."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from myoscope.cli import main
from myoscope.report.entry_index import entries

pytestmark = pytest.mark.slow


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["knowledge", *words])


KINDS = [
    "causes",
    "conditions",
    "definitions",
    "equations",
    "flags",
    "medicines",
    "norms",
    "quantities",
    "questions",
    "sources",
    "symptoms",
    "treatments",
]


def test_the_list_holds_every_kind_with_its_number() -> None:
    result = run("list")
    assert result.exit_code == 0
    for kind in KINDS:
        assert f"{kind} ({len(entries()[kind])})\n" in result.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_the_list_of_one_kind_names_every_entry(kind: str) -> None:
    lines = run("list", kind).stdout.splitlines()
    assert [line.split()[0] for line in lines[1:]] == sorted(entries()[kind])
    assert all(len(line.split()) > 1 for line in lines[1:]), "an entry without a title"


def test_an_unknown_kind_and_an_unknown_entry_are_refused_with_the_nearest() -> None:
    result = run("list", "cause")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no kind called 'cause'; did you mean 'causes'?" in result.stderr
    result = run("show", "ewgsop2")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no entry called 'ewgsop2'; did you mean 'ewgsop2_2019'?" in result.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_one_entry_of_every_kind_is_shown_with_its_file(kind: str) -> None:
    name = min(entries()[kind])
    result = run("show", name)
    assert result.exit_code == 0
    assert f"{name} — {kind} ({entries()[kind][name].file})" in result.stdout


def test_an_entry_is_shown_in_words_with_its_sources_and_without_its_cases() -> None:
    text = " ".join(run("show", "ewgsop2_2019").stdout.split())
    assert (
        "Low strength: grip strength below 27 kg (men), 16 kg (women) [Cruz-Jentoft 2019, Table 3 (secondary)]" in text
    )
    assert "Cruz-Jentoft 2019 (cruz_jentoft_2019): Sarcopenia: revised European consensus" in text
    assert "https://doi.org/" in text
    assert "Not yet reviewed by a clinician." in text
    assert "EXAMPLES" not in text
    assert "EXAMPLES" in run("show", "ewgsop2_2019", "--examples").stdout


def test_an_entry_can_be_shown_as_it_stands_in_its_file() -> None:
    text = run("show", "ewgsop2_2019", "--yaml").stdout
    assert "id: ewgsop2_2019\n" in text
    assert "cutoff:" in text


def test_an_id_of_two_kinds_is_shown_twice() -> None:
    text = run("show", "heart_failure").stdout
    assert "heart_failure — causes" in text
    assert "heart_failure — conditions" in text


def test_the_list_can_be_searched() -> None:
    lines = run("list", "--word", "prednisone").stdout.splitlines()
    assert any(line.split()[:2] == ["medicines", "glucocorticoids_systemic"] for line in lines)
    assert {line.split()[0] for line in run("list", "treatments", "--word", "protein").stdout.splitlines()} == {
        "treatments"
    }


def test_the_check_passes_and_counts() -> None:
    result = run("check")
    assert result.exit_code == 0, result.stderr
    assert "The knowledge base holds together." in result.stdout
    assert " numbers (" in result.stdout
