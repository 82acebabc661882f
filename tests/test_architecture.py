"""The house rules that a test can hold: no medicine in Python, no code in the knowledge base, small files."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import myoscope

REPOSITORY = Path(__file__).resolve().parents[1]
SOURCE = REPOSITORY / "src" / "myoscope"
KNOWLEDGE = SOURCE / "knowledge"
MEDICAL_ROOMS = ("definitions", "causes", "plan", "model", "assess", "norms", "estimates")
MODULES = sorted(SOURCE.rglob("*.py"))

# Numbers with a decimal point (or over three digits) that may stand in the rooms of medicine, and why.
ALLOWED = {
    ("norms/tables.py", 1e-12): "where the L of the LMS method counts as zero: arithmetic",
    ("norms/tables.py", 0.1): "the percentile below which a table's tail is told in words: 1 in 1000",
    ("norms/tables.py", 99.9): "the same at the upper end",
    ("norms/tables.py", 0.0): "the share of the way between two rows",
    ("norms/tables.py", 0.5): "the middle of two equal centiles",
    ("norms/tables.py", 1.0): "the share of the way between two rows",
    ("norms/tables.py", 50.0): "the median",
    ("assess/words.py", 1e-9): "how near two numbers must be to be shown as equal: arithmetic",
    ("assess/words.py", 1e-12): "the same",
    ("model/arms.py", 0.0): "none",
    ("model/body.py", 0.5): "half",
    ("model/body.py", 1.0): "all",
    ("model/body.py", 100): "percent",
    ("model/deficit.py", 100): "percent",
    ("model/deficit.py", 365.25): "days of a year",
    ("model/deficit.py", 3): "standard deviations up to which a curve is drawn from",
    ("model/deficit.py", 2000): "how many are drawn",
    ("model/deficit.py", 0.0): "none",
    ("model/deficit.py", 0.5): "half",
    ("model/equations.py", 1.0): "all",
    ("model/equations.py", 0.0): "none",
    ("model/equations.py", 1000): "a water term is given per 1,000 kcal",
    ("model/equations.py", 730.5): "half a period in years",
    ("model/equations.py", 365.25): "days of a year",
    ("model/equations.py", 0.5): "half",
    ("model/exposure.py", 1e-06): "no time at all, where nothing may be divided by zero",
    ("model/exposure.py", 0.0): "none",
    ("model/exposure.py", 1.0): "all",
    ("model/exposure.py", 0.5): "half",
    ("model/exposure.py", 30.44): "days of a month",
    ("model/forecast.py", 1123): "the seed",
    ("model/forecast.py", 365.25): "days of a year",
    ("model/forecast.py", 7): "days of a week",
    ("model/forecast.py", 0.05): "the end of an interval",
    ("model/forecast.py", 0.5): "half",
    ("model/forecast.py", 0.95): "the same",
    ("model/arms.py", 0.85): "how alike two names are that differ by a slip of the pen",
    ("model/forecast.py", 1.0): "all",
    ("model/forecast.py", 0.0): "none",
    ("model/forecast.py", 0.25): "the same",
    ("model/forecast.py", 0.75): "the same",
    ("model/losses.py", 1.0): "all",
    ("model/losses.py", 0.0): "none",
    ("model/person.py", 0.0): "none",
    ("model/person.py", 1.0): "all",
    ("model/person.py", 7): "days of a week",
    ("model/population.py", 30000): "numbers in a block",
    ("model/population.py", 0.0): "none",
    ("model/population.py", 1.0): "all",
    ("model/predict.py", 5): "degrees of freedom, as in the calibration",
    ("model/predict.py", 0.9): "the level asked for by default",
    ("model/predict.py", 0.0): "none",
    ("model/real_change.py", 10000): "a trend of which nothing is known",
    ("model/real_change.py", 0.975): "the same",
    ("model/real_change.py", 365.25): "days of a year",
    ("model/real_change.py", 0.95): "the same",
    ("model/real_change.py", 1.0): "all",
    ("model/real_change.py", 0.0): "none",
    ("model/real_change.py", 0.5): "half",
    ("model/refusals.py", 0.5): "half",
    ("model/refusals.py", 1.0): "all",
    ("model/scenario.py", 365.25): "days of a year",
    ("model/scenario.py", 1.0): "all",
    ("model/scenario.py", 0.0): "none",
    ("model/table.py", 20): "people of an arm that does not tell its size",
    ("model/table.py", 0.0): "none",
    ("model/table.py", 365.25): "days of a year",
    ("assess/questions.py", 0.0): "nothing eaten, no minutes",
    ("assess/worth.py", 0.0): "a question that settles nothing",
    ("assess/worth.py", 1.0): "a question that settles all",
    ("estimates/equations.py", 0.0): "an indicator that does not hold",
    ("estimates/equations.py", 1.0): "an indicator that holds",
    ("estimates/equations.py", 0.025): "the lower end of a 95 % interval",
    ("estimates/equations.py", 0.975): "the upper end of a 95 % interval",
}  # fmt: skip


def numbers(path: Path) -> list[float]:
    """Numbers with a decimal point or more than three digits."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            value = node.value
            if isinstance(value, float) or abs(value) > 999:
                found.append(float(value))
    return found


@pytest.mark.parametrize("room", MEDICAL_ROOMS)
def test_no_medical_number_stands_in_python(room: str) -> None:
    strangers = [
        (path.relative_to(SOURCE).as_posix(), value)
        for path in sorted((SOURCE / room).rglob("*.py"))
        for value in numbers(path)
        if (path.relative_to(SOURCE).as_posix(), value) not in ALLOWED
    ]
    assert strangers == [], "a threshold, dose or effect belongs in knowledge/; anything else needs a reason in ALLOWED"


def test_every_allowed_number_still_stands_there() -> None:
    gone = [(name, value) for name, value in ALLOWED if value not in numbers(SOURCE / name)]
    assert gone == []


def test_the_number_test_can_fail(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text("slow = speed < 0.8\nlimit = 1200\nfew = [1, 2, 365]\n")
    assert sorted(numbers(path)) == [0.8, 1200.0]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_every_module_is_under_400_lines_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) < 400
    if path.name != "__main__.py":
        assert ast.get_docstring(ast.parse(text))
    assert "from __future__ import annotations" in text or path.name in {"__init__.py", "__main__.py"}


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    drawers = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc"}
    assert [path for path in MODULES if path.stem in drawers or drawers & set(path.parts[len(SOURCE.parts) :])] == []


def test_the_knowledge_base_is_data_only() -> None:
    suffixes = {path.suffix for path in KNOWLEDGE.rglob("*") if path.is_file()}
    assert suffixes <= {".yaml", ".csv", ".md", ".json"}
    assert ".py" not in suffixes


def test_no_knowledge_file_smuggles_in_an_object() -> None:
    for path in KNOWLEDGE.rglob("*.yaml"):
        assert "!!" not in path.read_text("utf-8"), path


def test_every_knowledge_file_travels_with_the_package() -> None:
    """The wheel is the package folder and the page of the model; nothing in it is left out, and the installed package finds its own."""
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    wheel = settings["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["packages"] == ["src/myoscope"]
    assert all((REPOSITORY / path).is_file() for path in wheel["force-include"])  # the page of the model
    ignored = (REPOSITORY / ".gitignore").read_text("utf-8").split()  # hatch leaves out what git ignores
    assert not [
        line for line in ignored if line.strip("*/").startswith(("knowledge", "src", ".yaml", ".csv", "yaml", "csv"))
    ]
    assert Path(str(myoscope.__file__)).parent / "knowledge" == KNOWLEDGE
    assert sum(1 for _ in KNOWLEDGE.rglob("*.yaml")) > 100
    assert (SOURCE / "py.typed").is_file()


def test_nothing_ties_the_repository_to_one_machine() -> None:
    for path in [
        *MODULES,
        *KNOWLEDGE.rglob("*.*"),
        *(REPOSITORY / "docs").rglob("*.md"),
        *(REPOSITORY / "examples").iterdir(),
    ]:
        text = path.read_text("utf-8")
        assert not re.search(r"(?<![\w.])(/home/|/Users/|/root/|[A-Z]:\\)", text), path


def test_the_program_starts_without_anything_but_click() -> None:
    """`--help` must not wait for pydantic, YAML or the knowledge base."""
    code = "import sys; import myoscope.cli; sys.exit(', '.join({'pydantic', 'yaml', 'rich', 'jinja2', 'numpy'} & set(sys.modules)) or 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_imports_go_down_only() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
