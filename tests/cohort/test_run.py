"""`myoscope cohort` from file to file: what comes in messy goes out answered, and nothing of it is lost."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result

from cohort.tables import people
from myoscope.cli import main

pytestmark = pytest.mark.slow

SOME = ["--definitions", "ewgsop2_2019,fnih_2014"]
MESSY = """id,sex,age_years,height_cm,weight_kg,grip_strength_kg,chair_stand_5x_s,alm_kg,alm_method,condition__cancer
a,male,70,170,70,26.9,unable,20.20,dxa_hologic,yes
b,male,70,170,70,27.0,12.0,NA,,no
c,female,70,160,60,15.9,,14.0,dxa,
d,F,70,160,60,40,,,,no
e,male,seventy,170,70,twenty,,,,no
f,male,70,17,35,20,,40,dxa,maybe
g,male,12,140,35,15,,,,no
h,male,70,170,70,"  26,9",,,,no
i,male,unable,170,70,20,,,,no
"""


def cohort(*options: Any) -> Result:
    return CliRunner().invoke(main, ["cohort", *map(str, options)])


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    path = tmp_path / "messy.csv"
    path.write_text(MESSY, encoding="utf-8")
    return path


def test_a_messy_table_is_answered_row_by_row(messy: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    done = cohort(messy, out, "--definitions", "ewgsop2_2019,fnih_2014")
    assert done.exit_code == 0, done.output
    rows = {row["id"]: row for row in pl.read_csv(out).to_dicts()}
    assert list(rows) == list("abcdefghi")
    assert rows["a"]["ewgsop2_2019"] == "confirmed"  # 26.9 < 27 kg; 20.20 / 1.70² = 6.99 < 7.0
    assert rows["b"]["ewgsop2_2019"] == "none"  # 27.0 is not < 27 kg
    assert rows["c"]["ewgsop2_2019"] == "confirmed"  # 15.9 < 16; 14 / 1.6² = 5.469 < 5.5
    assert rows["d"]["ewgsop2_2019"] == "none"  # F is no known word, but 40 kg is strong for everybody
    assert rows["e"]["ewgsop2_2019"] == "unknown"
    assert (rows["f"]["ewgsop2_2019"], rows["f"]["ewgsop2_2019__low_mass"]) == ("probable", None)
    assert rows["g"]["ewgsop2_2019"] == "not_applicable"
    assert rows["h"]["ewgsop2_2019"] == "unknown"
    assert rows["i"]["ewgsop2_2019"] == "unknown"  # an age that nobody knows: grown up?
    listed = {
        (row["id"], row["variable"]): row["code"] for row in pl.read_csv(tmp_path / "out.problems.csv").to_dicts()
    }
    assert listed == {
        ("d", "sex"): "unknown_word", ("e", "age_years"): "not_a_number", ("e", "grip_strength_kg"): "not_a_number",
        ("f", "height_cm"): "outside_guard", ("f", "alm_kg"): "part_above_whole", ("h", "grip_strength_kg"): "not_a_number",
        ("i", "age_years"): "cannot_be_unable",
    }  # fmt: skip
    assert not (tmp_path / "out.csv.parts").exists()


def test_every_cell_of_a_list_that_is_no_yes_or_no_is_named(messy: Path, tmp_path: Path) -> None:
    cohort(messy, tmp_path / "out.parquet", "--definitions", "cachexia_fearon_2011")
    listed = pl.read_csv(tmp_path / "out.problems.csv").filter(pl.col("code") == "not_yes_no")
    assert listed.select("row", "id", "column", "cell").rows() == [(6, "f", "condition__cancer", "maybe")]


def test_columns_are_carried_over_as_they_were(messy: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    cohort(messy, out, *SOME, "--keep", "grip_strength_kg,sex")
    assert pl.read_csv(out, infer_schema=False)["grip_strength_kg"].to_list()[4:8:3] == ["twenty", "  26,9"]
    cohort(messy, out, *SOME, "--id", "sex")
    assert pl.read_csv(out).columns[:2] == ["sex", "ewgsop2_2019"]


@pytest.mark.parametrize(
    ("column", "factor", "unit"),
    [
        ("height_cm", 0.01, "m"),
        ("height_cm", 1 / 2.54, "[in_i]"),
        ("weight_kg", 1 / 0.45359237, "[lb_av]"),
        ("alm_kg", 1000, "g"),
        ("gait_speed_m_s", 3.6, "km/h"),
        ("grip_strength_kg", 9.80665, "N"),
    ],
)
def test_a_column_in_another_unit_stops_the_run_and_the_fix_that_is_named_works(
    column: str, factor: float, unit: str, tmp_path: Path
) -> None:
    frame = people(4000).filter(pl.col("age_years") >= 18)
    right, wrong = tmp_path / "right.parquet", tmp_path / "wrong.parquet"
    frame.write_parquet(right)
    frame.with_columns(pl.col(column) * factor).write_parquet(wrong)
    assert cohort(right, tmp_path / "a.parquet", *SOME).exit_code == 0
    refused = cohort(wrong, tmp_path / "b.parquet", *SOME)
    assert refused.exit_code == 2, refused.output
    assert f"column {column}" in refused.output
    assert not list(tmp_path.glob("b.*"))
    fix = f"--unit {column}={unit}"
    if column in {"height_cm", "weight_kg", "alm_kg"}:
        assert fix in refused.output
    assert cohort(wrong, tmp_path / "b.parquet", *SOME, *fix.split()).exit_code == 0
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_vouching_for_an_odd_column_lets_it_pass(tmp_path: Path) -> None:
    frame = people(500).with_columns(weight_kg=pl.lit(190.0))
    frame.write_parquet(tmp_path / "in.parquet")
    assert cohort(tmp_path / "in.parquet", tmp_path / "o.parquet", *SOME).exit_code == 2
    assert cohort(tmp_path / "in.parquet", tmp_path / "o.parquet", *SOME, "--vouch", "weight_kg").exit_code == 0


def test_look_alike_columns_are_proposed_and_used_only_when_asked(tmp_path: Path) -> None:
    frame = people(50).rename({"grip_strength_kg": "grip_max_kg", "height_cm": "BMXHT"})
    frame.write_parquet(tmp_path / "in.parquet")
    plain = cohort(tmp_path / "in.parquet", tmp_path / "o.parquet", *SOME)
    assert plain.exit_code == 0
    assert "--map grip_strength_kg=grip_max_kg" in plain.output
    assert pl.read_parquet(tmp_path / "o.parquet")["ewgsop2_2019__low_strength"].null_count() == 50
    people(50).write_parquet(tmp_path / "named.parquet")
    cohort(tmp_path / "named.parquet", tmp_path / "want.parquet", *SOME)
    for options in (["--accept-mapping"], ["--map", "grip_strength_kg=grip_max_kg", "--map", "height_cm=BMXHT"]):
        assert cohort(tmp_path / "in.parquet", tmp_path / "o.parquet", *SOME, *options).exit_code == 0
        assert (tmp_path / "o.parquet").read_bytes() == (tmp_path / "want.parquet").read_bytes()


def test_codes_are_said_not_guessed(tmp_path: Path) -> None:
    frame = people(200)
    coded = frame.with_columns(sex=pl.col("sex").replace_strict({"male": 1, "female": 2}, return_dtype=pl.Int8))
    frame.write_parquet(tmp_path / "words.parquet")
    coded.write_parquet(tmp_path / "codes.parquet")
    refused = cohort(tmp_path / "codes.parquet", tmp_path / "o.parquet", *SOME)
    assert refused.exit_code == 2
    assert "--value sex:1=" in refused.output
    said = ["--value", "sex:1=male", "--value", "sex:2=female"]
    assert cohort(tmp_path / "codes.parquet", tmp_path / "o.parquet", *SOME, *said).exit_code == 0
    cohort(tmp_path / "words.parquet", tmp_path / "want.parquet", *SOME)
    assert (tmp_path / "o.parquet").read_bytes() == (tmp_path / "want.parquet").read_bytes()


def test_a_value_that_every_row_has_can_be_set(tmp_path: Path) -> None:
    frame = people(200)
    frame.drop("alm_method").write_parquet(tmp_path / "in.parquet")
    frame.with_columns(alm_method=pl.lit("bia")).write_parquet(tmp_path / "full.parquet")
    cohort(tmp_path / "full.parquet", tmp_path / "want.parquet", *SOME)
    assert cohort(tmp_path / "in.parquet", tmp_path / "o.parquet", *SOME, "--set", "alm_method=bia").exit_code == 0
    assert (tmp_path / "o.parquet").read_bytes() == (tmp_path / "want.parquet").read_bytes()


def test_csv_parquet_and_sas_transport_give_the_same_answers(tmp_path: Path) -> None:
    import pyreadstat

    frame = people(300)
    frame.write_parquet(tmp_path / "in.parquet")
    frame.write_csv(tmp_path / "in.csv")
    short = {name: name[:8].upper() for name in frame.columns}
    pyreadstat.write_xport(frame.rename(short), str(tmp_path / "in.xpt"), file_format_version=8)
    maps = [part for name, column in short.items() if name != "id" for part in ("--map", f"{name}={column}")]
    cohort(tmp_path / "in.parquet", tmp_path / "a.csv", *SOME)
    assert cohort(tmp_path / "in.csv", tmp_path / "b.csv", *SOME).exit_code == 0
    done = cohort(tmp_path / "in.xpt", tmp_path / "c.csv", *SOME, *maps)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "a.csv").read_text() == (tmp_path / "b.csv").read_text()
    a, c = pl.read_csv(tmp_path / "a.csv"), pl.read_csv(tmp_path / "c.csv")
    assert a.drop("id").equals(c.drop("ID"))


@pytest.mark.parametrize("engine", ["duckdb", pytest.param("spark", marks=[pytest.mark.spark, pytest.mark.slow])])
def test_other_engines_write_the_identical_table(engine: str, tmp_path: Path) -> None:
    people(3000).write_parquet(tmp_path / "in.parquet")
    cohort(tmp_path / "in.parquet", tmp_path / "a.parquet", "--keep", "sex")
    command = [
        sys.executable,
        "-m",
        "myoscope",
        "cohort",
        "in.parquet",
        "b.parquet",
        "--engine",
        engine,
        "--keep",
        "sex",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    a, b = (pl.read_parquet(tmp_path / name).sort("id") for name in ("a.parquet", "b.parquet"))
    assert a.schema == b.schema
    assert a.equals(b)


def test_a_piece_more_or_less_changes_no_answer(tmp_path: Path) -> None:
    people(1000).write_parquet(tmp_path / "in.parquet")
    cohort(tmp_path / "in.parquet", tmp_path / "a.parquet", *SOME)
    cohort(tmp_path / "in.parquet", tmp_path / "b.parquet", *SOME, "--batch-rows", "7")
    assert pl.read_parquet(tmp_path / "a.parquet").equals(pl.read_parquet(tmp_path / "b.parquet"))


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_a_run_killed_ten_times_at_random_ends_with_the_same_bytes(ending: str, tmp_path: Path) -> None:
    rows = people(60_000).with_columns(
        grip_strength_kg=pl.when(pl.col("id") % 997 == 0).then(500.0).otherwise(pl.col("grip_strength_kg"))
    )
    rows.write_parquet(tmp_path / "in.parquet")
    options = ["--definitions", "ewgsop2_2019,awgs_2019,glim_2019,fried_2001", "--batch-rows", "500"]
    whole = subprocess.run(
        [sys.executable, "-m", "myoscope", "cohort", "in.parquet", f"whole.{ending}", *options],
        cwd=tmp_path,
        check=False,
        capture_output=True,
    )
    assert whole.returncode == 0, whole.stderr
    command = [sys.executable, "-m", "myoscope", "cohort", "in.parquet", f"killed.{ending}", *options]
    dice = random.Random(20261123)  # noqa: S311  # no secret depends on it
    parts, ended, seen = tmp_path / f"killed.{ending}.parts", 0, set()
    for _ in range(10):
        running = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        had = len(list(parts.glob("part-*.arrow"))) if parts.exists() else 0
        wanted = had + dice.randint(0, 11)
        while running.poll() is None and (not parts.exists() or len(list(parts.glob("part-*.arrow"))) < wanted):
            time.sleep(0.005)
        time.sleep(dice.random() * 0.05)
        ended += running.poll() is not None
        running.send_signal(signal.SIGKILL)
        running.wait()
        seen.add(len(list(parts.glob("part-*.arrow"))) if parts.exists() else -1)
    assert ended < 10
    assert len(seen) > 3, "the kills must fall on different places"
    last = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert last.returncode == 0, last.stderr
    for name in (f"{{}}.{ending}", "{}.problems.csv"):
        assert (tmp_path / name.format("killed")).read_bytes() == (tmp_path / name.format("whole")).read_bytes()
    assert not parts.exists()


def test_pieces_of_another_run_are_not_taken_for_ones_own(tmp_path: Path) -> None:
    people(100).write_parquet(tmp_path / "in.parquet")
    parts = tmp_path / "o.parquet.parts"
    parts.mkdir()
    (parts / "run.json").write_text('{"fingerprint": "another"}')
    refused = cohort(tmp_path / "in.parquet", tmp_path / "o.parquet", *SOME)
    assert refused.exit_code == 2
    assert "--restart" in refused.output
    assert cohort(tmp_path / "in.parquet", tmp_path / "o.parquet", *SOME, "--restart").exit_code == 0


@pytest.mark.real_data
def test_nhanes_runs_in_one_command(shared_data: Path, tmp_path: Path) -> None:
    core = shared_data / "nhanes/nhanes_core.parquet"
    done = cohort(core, tmp_path / "o.parquet")
    assert done.exit_code == 0, done.output
    out, ages = pl.read_parquet(tmp_path / "o.parquet"), pl.read_parquet(core, columns=["seqn", "age_years"])
    assert out.height == ages.height == 103_074
    assert out["seqn"].equals(ages["seqn"])
    children = out.filter(ages["age_years"] < 18)
    for name in ("ewgsop2_2019", "glim_2019", "sarc_f"):
        assert set(children[name].unique()) == {"not_applicable"}
    below_50 = out.filter(ages["age_years"] < 50)
    assert set(below_50["awgs_2025"].unique()) == {"not_applicable"}
    assert "--map grip_strength_kg=grip_max_kg" in done.output
