"""Whatever is wrong with a cohort's input: one message that says where, what and what to try; exit 2; no traceback, no file."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from cohort.tables import people
from myoscope.cli import main
from myoscope.cli.cohort import cohort as command

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = "sex,age_years,grip_strength_kg\nmale,70,26.9\n"

# name of the input, its content, the options after IN and OUT, what the message must say
BAD: list[tuple[str, bytes | str, list[str], str]] = [
    ("absent.csv", "", [], "does not exist"),
    ("empty.csv", b"", [], "is empty"),
    ("only_head.csv", "sex,age_years\n", [], "no row"),
    ("people.xlsx", b"PK", [], "'.xlsx' is not read"),
    ("people", GOOD, [], "no ending"),
    ("latin.csv", "sex,größe\n".encode("latin-1"), [], "not UTF-8"),
    ("semicolon.csv", GOOD.replace(",", ";"), [], "--separator ';'"),
    ("tabs.csv", GOOD.replace(",", "\t"), [], "--separator"),
    ("twice.csv", "sex,sex\nmale,male\n", [], "names sex twice"),
    ("ragged.csv", GOOD + "male,70,20,4,5,6\n", [], "row 2 has 6"),
    ("nothing.csv", "colour,shape\nred,round\n", [], "no column has the name of a variable"),
    ("alike.csv", "geschlecht,alter\nmale,70\n", [], "--map sex=geschlecht"),
    ("not_parquet.parquet", GOOD, [], "cannot be read"),
    ("not_sas.xpt", GOOD, [], "no SAS transport file"),
    ("words.csv", "sex,age_years\nmale,old\nmale,young\n", [], "holds no number: 'old', 'young'"),
    ("commas.csv", 'sex,grip_strength_kg\nmale,"26,9"\nmale,"30,1"\n', [], "decimal points, not commas"),
    ("coded.csv", "sex,grip_strength_kg\n1,26.9\n2,20\n", [], "--value sex:1="),
    ("letters.csv", "sex,grip_strength_kg\nF,26.9\nM,20\n", [], "--value sex:F=female"),
    ("metres.csv", "height_cm,alm_kg\n1.68,20\n1.70,21\n", [], "--unit height_cm=m"),
    ("months.csv", "age_years,grip_strength_kg\n840,20\n900,20\n", [], "--unit age_years=mo"),
    ("grams.csv", "alm_kg,height_cm\n20000,170\n21000,165\n", [], "--unit alm_kg=g"),
    ("onetwo.csv", "condition__cancer,weight_loss_percent_6_months\n1,3\n2,4\n", [], "--value condition__cancer:1=yes|no"),
    ("good.csv", GOOD, ["--definitions", "ewgsop3"], "did you mean 'ewgsop"),
    ("good.csv", GOOD, ["--definitions", ","], "names none"),
    ("good.csv", GOOD, ["--path", "ewgsop2_2019.strength=chair"], "known: strength = "),
    ("good.csv", GOOD, ["--path", "ewgsop2_2019.strenght=grip"], "did you mean 'strength'"),
    ("good.csv", GOOD, ["--path", "strength=grip"], "ID.PATH=READING"),
    ("good.csv", GOOD, ["--definitions", "sdoc_2020", "--path", "ewgsop2_2019.strength=grip"], "not among the definitions"),
    ("good.csv", GOOD, ["--map", "grip=grip_strength_kg"], "unknown variable 'grip'"),
    ("good.csv", GOOD, ["--map", "grip_strength_kg=griff"], "no column 'griff'"),
    ("good.csv", GOOD, ["--map", "grip_strength_kg"], "no NAME=VALUE"),
    ("good.csv", GOOD, ["--map", "sex=sex", "--map", "sex=sex"], "given twice"),
    ("good.csv", GOOD, ["--unit", "grip_strength_kg=cm"], "cannot be turned into kg"),
    ("good.csv", GOOD, ["--unit", "sex=kg"], "--unit sex"),
    ("good.csv", GOOD, ["--value", "sex=male"], "VARIABLE:CELL=WORD"),
    ("good.csv", GOOD, ["--value", "sex:1=man"], "male"),
    ("good.csv", GOOD, ["--set", "alm_method=scanner"], "not one of"),
    ("good.csv", GOOD, ["--set", "height_cm=1.7"], "outside"),
    ("good.csv", GOOD, ["--set", "condition__cancer=maybe"], "neither yes nor no"),
    ("good.csv", GOOD, ["--id", "name"], "no column 'name'"),
    ("good.csv", GOOD, ["--keep", "age"], "did you mean 'age_years'"),
    ("good.csv", GOOD, ["--weight", "w"], "no column 'w'"),
    ("good.csv", GOOD, ["--vouch", "hight_cm"], "did you mean 'height_cm'"),
    ("good.csv", GOOD, ["--engine", "duckdb"], "--id COLUMN"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "options", "says"), BAD, ids=[f"{row[0]} {' '.join(row[2])}" for row in BAD]
)
def test_one_message(name: str, content: bytes | str, options: list[str], says: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if name != "absent.csv":
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    before = set(tmp_path.iterdir())
    done = CliRunner().invoke(main, ["cohort", str(path), str(tmp_path / "out.csv"), *options])
    assert done.exit_code == 2, (done.output, done.exception)
    assert says in done.output, done.output
    assert done.output.count("Error") == 1
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("out", "says"),
    [("in.csv", "is the input itself"), ("out.xlsx", "endings"), ("no/out.csv", "does not exist"), ("", "both needed")],
)
def test_where_nothing_can_be_written(out: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(GOOD)
    done = CliRunner().invoke(main, ["cohort", str(tmp_path / "in.csv"), *([str(tmp_path / out)] if out else [])])
    assert done.exit_code == 2
    assert says in done.output
    assert (tmp_path / "in.csv").read_text() == GOOD


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"), ("- a\n", "is no configuration"), ("input: a.csv\n", "is missing"),
        ("input: a.csv\noutput: b.csv\ndefinitions: all\ncolour: red\n", "unknown key"),
        ("input: a.csv\noutput: b.csv\ndefinitions: [sdoc]\n", "did you mean 'sdoc_2020'"),
        ("input: a.csv\noutput: b.csv\ndefinitions: all\nmap: 3\n", "is no configuration"),
        ("input: [\n", "invalid"),
    ],
)  # fmt: skip
def test_a_configuration_that_cannot_be_read(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "run.yaml").write_text(text)
    done = CliRunner().invoke(main, ["cohort", "--config", str(tmp_path / "run.yaml")])
    assert done.exit_code == 2, (done.output, done.exception)
    assert says in done.output


def test_a_report_s_configuration_runs_exactly_this_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    frame = people(400).rename({"grip_strength_kg": "grip_max_kg"}).with_columns(pl.col("height_cm") / 100)
    frame.write_csv("in.csv")
    options = [
        "--definitions", "ewgsop2_2019,awgs_2019", "--path", "ewgsop2_2019.strength=chair_stand", "--accept-mapping",
        "--unit", "height_cm=m", "--keep", "sex", "--set", "weight_kg=70", "--value", "ancestry:asian=european",
    ]  # fmt: skip
    first = CliRunner().invoke(main, ["cohort", "in.csv", "a.parquet", *options, "--report", "rep"])
    assert first.exit_code == 0, first.output
    a = Path("a.parquet").read_bytes()
    page = {path: path.read_bytes() for path in Path("rep").rglob("*") if path.is_file()}
    Path("a.parquet").unlink()
    again = CliRunner().invoke(main, ["cohort", "--config", "rep/config.yaml"])
    assert again.exit_code == 0, again.output
    assert Path("a.parquet").read_bytes() == a
    assert {path: path.read_bytes() for path in Path("rep").rglob("*") if path.is_file()} == page


def test_every_option_is_documented() -> None:
    text = (ROOT / "docs/cohort.md").read_text(encoding="utf-8")
    options = [name for option in command.params for name in option.opts if name.startswith("--")]
    assert not [name for name in options if name not in text]
