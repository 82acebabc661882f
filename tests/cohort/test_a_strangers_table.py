"""What strangers type: nothing of theirs is lost, nothing is left out in silence, nothing is read as something else."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result

from myoscope.cli import main
from myoscope.cohort.api import classify_table
from myoscope.cohort.cells import CODES
from myoscope.cohort.columns import Wishes
from myoscope.cohort.lists import UNKNOWN, meaning
from myoscope.cohort.names import slip
from myoscope.quantities import quantities
from myoscope.record import InputError

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = "id,sex,age_years,grip_strength_kg\na,male,70,26.9\nb,male,70,30\n"
ONE = ("--definitions", "ewgsop2_2019")


def run(folder: Path, text: str, *options: str, name: str = "in.csv", out: str = "out.csv") -> Result:
    (folder / name).write_text(text, encoding="utf-8")
    return CliRunner().invoke(main, ["cohort", str(folder / name), str(folder / out), *(options or ONE)])


def listed(folder: Path) -> list[tuple[Any, ...]]:
    return pl.read_csv(folder / "out.problems.csv", infer_schema=False).select("id", "variable", "code").rows()


# --- nothing of theirs is lost


def test_the_input_is_not_replaced_by_the_list_of_problems(tmp_path: Path) -> None:
    text = GOOD.replace("26.9", "strong")
    done = run(tmp_path, text, name="study.problems.csv", out="study.csv")
    assert done.exit_code == 2
    assert "is the input" in done.output
    assert (tmp_path / "study.problems.csv").read_text() == text
    assert not (tmp_path / "study.csv").exists()


def test_files_and_folders_of_others_stay(tmp_path: Path) -> None:
    (tmp_path / "out.problems.csv").write_text("my,notes\n")
    assert run(tmp_path, GOOD).exit_code == 2
    assert (tmp_path / "out.problems.csv").read_text() == "my,notes\n"
    (tmp_path / "out.problems.csv").unlink()
    (tmp_path / "out.csv.parts").mkdir()
    (tmp_path / "out.csv.parts/thesis.txt").write_text("all of it")
    for options in (ONE, (*ONE, "--restart"), (*ONE, "--engine", "duckdb")):
        assert run(tmp_path, GOOD, *options).exit_code == 2
        assert (tmp_path / "out.csv.parts/thesis.txt").read_text() == "all of it"


def test_an_own_list_of_problems_is_renewed_and_removed(tmp_path: Path) -> None:
    assert run(tmp_path, GOOD.replace("26.9", "strong")).exit_code == 0
    assert listed(tmp_path) == [("a", "grip_strength_kg", "not_a_number")]
    assert run(tmp_path, GOOD).exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"in.csv", "out.csv"}


def test_two_runs_do_not_write_one_result(tmp_path: Path) -> None:
    parts = tmp_path / "out.csv.parts"
    parts.mkdir()
    with (parts / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = run(tmp_path, GOOD)
        assert done.exit_code == 2
        assert "another run" in done.output
    assert run(tmp_path, GOOD).exit_code == 0
    assert not parts.exists()


# --- rows and cells


@pytest.mark.parametrize("row", ["2,female,70,160,60,5,28", "3,fem", '4,"fe\nmale",70'])
def test_a_row_with_other_cells_than_line_1_is_refused(row: str, tmp_path: Path) -> None:
    head = "id,sex,age_years,height_cm,weight_kg,grip_strength_kg\n1,male,70,170,70,30\n"
    done = run(tmp_path, f"{head}{row}\n")
    assert done.exit_code == 2
    assert "row 2 has" in done.output
    assert "separator" in done.output
    whole = run(tmp_path, head + '2,"female",70,160,60,"5"\n')
    assert whole.exit_code == 0, whole.output


def test_case_and_blanks_of_words_do_not_matter_and_strange_ones_are_listed(tmp_path: Path) -> None:
    words = ["female", "Female", "FEMALE ", " female", "f"]
    rows = "".join(f"{number},{word},70,15.9\n" for number, word in enumerate(words))
    assert run(tmp_path, f"id,sex,age_years,grip_strength_kg\n{rows}", *ONE, "--keep", "sex").exit_code == 0
    out = pl.read_csv(tmp_path / "out.csv")
    assert out["sex"].to_list()[2] == "FEMALE "  # carried as it was
    assert out["ewgsop2_2019"].to_list() == ["probable"] * 5  # 15.9 kg is low for both sexes
    assert listed(tmp_path) == [("4", "sex", "unknown_word")]
    said = run(tmp_path, f"id,sex,age_years,grip_strength_kg\n{rows}", *ONE, "--value", "sex:F=female")
    assert said.exit_code == 0
    assert not (tmp_path / "out.problems.csv").exists()


def test_every_word_of_a_category_is_written_small() -> None:
    """Cells are compared in small letters."""
    words = [word for one in quantities().values() if one.kind == "category" for word in one.values]
    assert words
    assert words == [word.strip().lower() for word in words]


def test_truth_values_as_0_and_1_in_a_text_file(tmp_path: Path) -> None:
    text = "id,sex,age_years,chair_stand_5x_s,chair_stand_5x_s__unable\na,male,70,,1\nb,male,70,10,0\nc,male,70,10,x\n"
    options = (*ONE, "--path", "ewgsop2_2019.strength=chair_stand")
    assert run(tmp_path, text, *options).exit_code == 0
    assert pl.read_csv(tmp_path / "out.csv")["ewgsop2_2019"].to_list() == ["probable", "none", "none"]
    assert listed(tmp_path) == [("c", "chair_stand_5x_s__unable", "not_yes_no")]
    for codes, fine in ((("0", "1"), True), (("1.0", "0.0"), True), (("1", "2"), False), (("yes", "9"), True)):
        body = "".join(f"{n},male,70,3,{code}\n" for n, code in enumerate(codes))
        head = "id,sex,age_years,weight_loss_percent_6_months,condition__cancer\n"
        done = run(tmp_path, head + body, "--definitions", "cachexia_fearon_2011")
        assert (done.exit_code == 0) is fine, done.output


def test_unusual_values_are_kept_and_listed(tmp_path: Path) -> None:
    """99 kg is outside the usual range of women (4 to 48 kg in the registry), 60 kg inside that of men (8 to 75)."""
    rows = "".join(f"{n},female,70,{99 if n < 4 else 20}\n" for n in range(40)) + "40,male,70,60\n41,Female,9,60\n"
    assert run(tmp_path, f"id,sex,age_years,grip_strength_kg\n{rows}").exit_code == 0
    assert listed(tmp_path) == [(str(n), "grip_strength_kg", "outside_usual") for n in range(4)]
    assert pl.read_csv(tmp_path / "out.csv")["ewgsop2_2019"].to_list()[:5] == ["none"] * 5
    run(tmp_path, f"id,sex,age_years,grip_strength_kg\n{rows}", *ONE, "--vouch", "grip_strength_kg")
    assert not (tmp_path / "out.problems.csv").exists()


@pytest.mark.parametrize("sex", ["male", "female"])
def test_a_column_of_pounds_whose_middle_passes_stops_the_run(sex: str, tmp_path: Path) -> None:
    middle = 70 if sex == "male" else 47
    rows = "".join(f"{n},{sex},70,{middle - 30 + n}\n" for n in range(61))
    done = run(tmp_path, f"id,sex,age_years,grip_strength_kg\n{rows}")
    assert done.exit_code == 2
    assert "--unit grip_strength_kg=[lbf_av]" in done.output
    strong = "".join(f"{n},male,30,{40 + n}\n" for n in range(35))
    assert run(tmp_path, f"id,sex,age_years,grip_strength_kg\n{strong}").exit_code == 0


def test_every_code_is_documented() -> None:
    text = (ROOT / "docs/cohort.md").read_text(encoding="utf-8")
    assert not [code for code in CODES if f"`{code}`" not in text]


# --- names of columns


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("grip_strenght_kg", "--map grip_strength_kg=grip_strenght_kg"), ("Grip_Strenth_kg", "grip_strength_kg"),
        ("condition__canser", "'condition__cancer'"), ("symptom__tired", "unknown symptom 'tired'"),
        ("weigth_kg", "weight_kg"), ("grip_strength_kg__unabel", "grip_strength_kg__unable"),
    ],
)  # fmt: skip
def test_a_misspelt_column_stops_the_run(name: str, near: str, tmp_path: Path) -> None:
    text = f"id,sex,age_years,{name}\na,male,70,20\n"
    done = run(tmp_path, text, "--definitions", "all")
    assert done.exit_code == 2
    assert f"column {name}" in done.output
    assert near in done.output
    assert run(tmp_path, text, "--ignore", name).exit_code == 0
    assert run(tmp_path, text, "--keep", name).exit_code == 0


@pytest.mark.parametrize(
    "name", ["weight_kg_2", "walk_600m_s", "weight_24_months_ago_kg", "tug", "sec", "data", "notes"]
)
def test_other_things_are_no_misspellings(name: str) -> None:
    assert slip(name, [*quantities()]) is None


def test_columns_that_say_nothing_are_told_once(tmp_path: Path) -> None:
    done = run(tmp_path, "id,sex,age_years,grip_strength_kg,shoe,smi\na,male,70,20,43,7\n")
    assert done.exit_code == 0
    assert done.output.count("shoe") == 1
    assert "smi (means" in done.output


def test_blanks_and_capitals_in_a_name_are_proposed(tmp_path: Path) -> None:
    done = run(tmp_path, "id, sex,Age_Years,grip_strength_kg\na,male,70,20\n", *ONE, "--accept-mapping")
    assert done.exit_code == 0, done.output
    assert pl.read_csv(tmp_path / "out.csv")["ewgsop2_2019"].to_list() == ["probable"]


def test_the_date_names_a_row_and_repeated_ids_are_told(tmp_path: Path) -> None:
    rows = "a,2020-01-01,male,70,20\na,2021-01-01,male,71,20\n"
    done = run(tmp_path, f"id,date,sex,age_years,grip_strength_kg\n{rows}")
    assert pl.read_csv(tmp_path / "out.csv").columns[:2] == ["id", "date"]
    assert "Rows with the same" not in done.output
    assert "Rows with the same id as a row before them: 1" in run(tmp_path, GOOD.replace("\nb", "\na")).output


# --- lists in a cell


def test_lists_of_ids_names_and_codes_are_read(tmp_path: Path) -> None:
    cells = ["cancer;stroke", "C34.1", "stroke", "", "cancer | nonsense", "Z85.3"]
    rows = "".join(f"{n},male,70,3,{cell}\n" for n, cell in enumerate(cells))
    named = ["true", "true", "", "", "true", ""]
    singles = "".join(f"{n},male,70,3,{cell}\n" for n, cell in enumerate(named))
    head = "id,sex,age_years,weight_loss_percent_6_months"
    options = ("--definitions", "cachexia_fearon_2011,glim_2019")
    done = run(tmp_path, f"{head},conditions\n{rows}", *options)
    assert done.exit_code == 0, done.output
    assert listed(tmp_path) == [("4", "conditions", "unknown_entry")]
    got = pl.read_csv(tmp_path / "out.csv")["cachexia_fearon_2011"].to_list()
    assert run(tmp_path, f"{head},condition__cancer\n{singles}", "--definitions", "cachexia_fearon_2011").exit_code == 0
    assert got == pl.read_csv(tmp_path / "out.csv")["cachexia_fearon_2011"].to_list()


def test_an_entry_means_what_it_names_and_implies() -> None:
    assert "cancer" in meaning("condition", "C34.1")
    assert meaning("condition", "Z85.3") == frozenset()  # a cancer of the past
    assert meaning("condition", "banana") == {UNKNOWN}
    assert meaning("medicine", "prednisone 10 mg") == meaning("medicine", "H02AB07") != {UNKNOWN}


def test_lists_elsewhere_are_refused_with_the_way_out(tmp_path: Path) -> None:
    text = "id,sex,age_years,conditions\na,male,70,cancer\n"
    done = run(tmp_path, text, "--definitions", "cachexia_fearon_2011", "--engine", "duckdb")
    assert done.exit_code == 2
    assert "condition__<id>" in done.output


# --- options


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        (GOOD.replace("id,", "ewgsop2_2019,"), ("--keep", "ewgsop2_2019"), "name of a result"),
        (GOOD, ("--set", "sex=male"), "--ignore sex"),
        (GOOD, ("--separator", ""), "is empty"),
        (GOOD, ("--separator", "::"), "cannot stand between cells"),
        (GOOD, ("--unit", "sex=kg"), "no unit"),
        (GOOD, ("--set", "date=2020"), "no definition reads 'date'"),
        (GOOD, ("--map", "id=sex"), "--id sex"),
        (GOOD, ("--value", "sex:a=male", "--value", "sex:A=female"), "small and capital letters"),
        (GOOD, ("--definitions", "all,foo"), "unknown definition"),
    ],
)
def test_one_message_and_nothing_stays_behind(text: str, options: tuple[str, ...], says: str, tmp_path: Path) -> None:
    done = run(tmp_path, text, *options)
    assert done.exit_code == 2, (done.output, done.exception)
    assert says in done.output
    assert "all: unknown" not in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_a_tab_is_asked_for_and_taken_by_its_name(tmp_path: Path) -> None:
    tabs = GOOD.replace(",", "\t")
    assert "--separator tab" in run(tmp_path, tabs).output
    for name in ("tab", "\\t", "\t"):
        assert run(tmp_path, tabs, *ONE, "--separator", name).exit_code == 0


def test_a_folder_as_input_is_named() -> None:
    done = CliRunner().invoke(main, ["cohort", ".", "o.csv"])
    assert done.exit_code == 2
    assert "Error: .: file: is a folder" in done.output


def test_a_configuration_stands_alone_and_runs_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "run.yaml"
    config.write_text("input: in.csv\noutput: out.csv\ndefinitions: [ewgsop2_2019]\n")
    (tmp_path / "in.csv").write_text(GOOD)
    (tmp_path / "else").mkdir()
    monkeypatch.chdir(tmp_path / "else")
    assert CliRunner().invoke(main, ["cohort", "--config", "../run.yaml"]).exit_code == 0
    assert (tmp_path / "out.csv").exists()
    done = CliRunner().invoke(main, ["cohort", "--config", "../run.yaml", "--definitions", "sdoc_2020"])
    assert done.exit_code == 2
    assert "--definitions" in done.output


def test_numbers_of_sas_are_carried_over_without_empty_decimals(tmp_path: Path) -> None:
    import pyreadstat

    frame = pl.DataFrame({"SEQN": [1.0, 2.0], "AGE": [70.0, 70.5], "GRIP": [20.0, 30.0]})
    pyreadstat.write_xport(frame, str(tmp_path / "in.xpt"), file_format_version=8)
    maps = ["--map", "age_years=AGE", "--map", "grip_strength_kg=GRIP", "--keep", "AGE"]
    done = CliRunner().invoke(main, ["cohort", str(tmp_path / "in.xpt"), str(tmp_path / "o.csv"), *ONE, *maps])
    assert done.exit_code == 0, done.output
    assert [line.split(",")[:2] for line in (tmp_path / "o.csv").read_text().splitlines()[1:]] == [
        ["1", "70.0"],
        ["2", "70.5"],
    ]


# --- from Python


@pytest.mark.parametrize(
    ("people", "wishes", "says"),
    [
        (pl.DataFrame({"height_cm": [1.7, 1.8], "sex": ["male"] * 2}), Wishes(), "--unit height_cm=m"),
        (pl.DataFrame({"sex": [1, 2], "grip_strength_kg": [20.0, 30.0]}), Wishes(), "--value sex:1="),
        (pl.DataFrame({"sex": ["male"], "grip_strength_kg": ["20"]}), Wishes(), "where numbers are wanted"),
        (pl.LazyFrame({"sex": ["male"], "grip_strength_kg": ["20"]}), Wishes(), "where numbers are wanted"),
        (pl.DataFrame({"sex": ["male"], "age_years": [70]}), Wishes(constants={"sex": "male"}), "--set sex"),
        (pl.DataFrame({"sex": ["male"], "conditions": ["cancer"]}), Wishes(), "condition__<id>"),
        (pl.DataFrame({"sex": ["male"], "grip_strenght_kg": [20]}), Wishes(), "grip_strength_kg"),
        ({"sex": ["male"]}, Wishes(), "a dict is no frame"),
    ],
)
def test_the_checks_of_the_command_hold_in_python(people: Any, wishes: Wishes, says: str) -> None:
    with pytest.raises(InputError) as told:
        classify_table(people, wishes=wishes)
    assert says in str(told.value)


def test_words_are_read_alike_from_python() -> None:
    people = pl.DataFrame({"sex": ["Female ", "F", "male"], "age_years": [70] * 3, "grip_strength_kg": [20.0] * 3})
    got = classify_table(people, ["ewgsop2_2019"], wishes=Wishes(words={"sex": {"f": "female"}}))
    assert got["ewgsop2_2019"].to_list() == ["none", "none", "probable"]  # 20 kg: below 27, not below 16
