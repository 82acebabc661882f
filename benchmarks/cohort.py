"""Tables: against a hand-written query, a plain scan, the row-by-row code of papers; memory at ten times the rows.

Everything is measured in one run on the same machine; read the ratios, not the seconds.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

TWO = ("ewgsop2_2019", "awgs_2019")
MISSING = 0.2
SPANS = {"height_cm": (145.0, 190.0), "weight_kg": (45.0, 110.0)}
"""Together they must give ordinary bodies, or the run stops and asks for pounds."""


def generated(rows: int, path: Path) -> None:
    """People with every variable that any definition reads, a fifth of the cells empty, written in pieces."""
    import numpy as np
    import polars as pl

    from myoscope.cohort import needs
    from myoscope.definitions import definitions
    from myoscope.quantities import quantities

    wanted = [name for name in needs.variables(definitions().values()) if _given(name)]
    dice = np.random.default_rng(1)
    piece = min(rows, 1_000_000)

    def column(name: str) -> pl.Series:
        gap = dice.random(piece) < MISSING
        known = quantities().get(name)
        if known is None or known.kind == "yes_no":
            return pl.Series(dice.random(piece) < 0.3).set(pl.Series(gap), None)
        if known.kind == "category":
            words = pl.Series(known.values).gather(dice.integers(0, len(known.values), piece))
            return words.set(pl.Series(gap), None)
        low, high = _span(name)
        values = np.round(dice.uniform(low, high, piece), 2)
        values[gap] = np.nan
        return pl.Series(values, nan_to_null=True)

    frame = pl.DataFrame({name: column(name) for name in wanted})
    pieces = [
        frame.lazy().with_columns(id=pl.int_range(piece, dtype=pl.Int64) + start) for start in range(0, rows, piece)
    ]
    pl.concat(pieces).sink_parquet(path)


def _given(name: str) -> bool:
    from myoscope.quantities import quantities

    known = quantities().get(name)
    return known is None or known.formula is None


def _span(name: str) -> tuple[float, float]:
    """Twice the usual range around its middle, inside the guard range: both sides of the cut-offs occur."""
    from myoscope.quantities import quantities

    if name in SPANS:
        return SPANS[name]
    known = quantities()[name]
    usual, guard = known.usual(None), known.guard
    low = usual.low if usual.low is not None else guard.low or 0.0
    high = usual.high if usual.high is not None else guard.high or low + 100
    half = (high - low) / 2
    bottom, top = low - half, high + half
    return max(bottom, guard.low if guard.low is not None else bottom), min(
        top, guard.high if guard.high is not None else top
    )


def by_hand() -> dict[str, Any]:
    """EWGSOP2 and AWGS 2019 as somebody who knows Polars writes them, with the same twelve result columns.

    It treats unknowns well, but for unknown sex or device it gives up where the answer is the same for all.
    """
    import polars as pl

    c = pl.col
    male, female = c("sex") == "male", c("sex") == "female"
    index = c("alm_kg") / (c("height_cm") / 100) ** 2

    def by_sex(value: pl.Expr, man: float, woman: float) -> pl.Expr:
        return pl.when(male).then(value < man).when(female).then(value < woman)

    def staged(names: list[str], rules: list[pl.Expr]) -> tuple[pl.Expr, pl.Expr]:
        adult = c("age_years") >= 18
        sure = pl.when(~rules[0]).then(pl.lit(names[0])).otherwise(pl.lit("unknown"))
        reach = pl.lit(names[0])
        for name, rule in zip(names[1:], rules, strict=True):
            sure = pl.when(rule).then(pl.lit(name)).otherwise(sure)
            reach = pl.when(rule.fill_null(value=True)).then(pl.lit(name)).otherwise(reach)
        return (
            pl.when(adult).then(sure).when(~adult).then(pl.lit("not_applicable")).otherwise(pl.lit("unknown")),
            pl.when(adult.fill_null(value=True)).then(reach).otherwise(pl.lit("not_applicable")),
        )

    weak, low = by_sex(c("grip_strength_kg"), 27, 16), by_sex(index, 7.0, 5.5)
    slow = (c("gait_speed_m_s") <= 0.8) | (c("sppb_score") <= 8) | (c("tug_s") >= 20) | (c("walk_400m_s") >= 360)
    europe = staged(["none", "probable", "confirmed", "severe"], [weak, weak & low, weak & low & slow])
    weak_asia = by_sex(c("grip_strength_kg"), 28, 18)
    dxa = c("alm_method").is_not_null()
    low_asia = (
        pl.when(male)
        .then(index < 7.0)
        .when(female & (c("alm_method") == "bia"))
        .then(index < 5.7)
        .when(female & dxa)
        .then(index < 5.4)
    )
    slow_asia = (c("gait_speed_m_s") < 1.0) | (c("sppb_score") <= 9) | (c("chair_stand_5x_s") >= 12)
    either = weak_asia | slow_asia
    asia = staged(
        ["none", "possible", "sarcopenia", "severe"], [either, low_asia & either, low_asia & weak_asia & slow_asia]
    )
    return {
        "ewgsop2_2019": europe[0], "ewgsop2_2019__up_to": europe[1], "ewgsop2_2019__low_strength": weak,
        "ewgsop2_2019__low_mass": low, "ewgsop2_2019__low_performance": slow,
        "ewgsop2_2019__outside_population": c("ancestry") != "european",
        "awgs_2019": asia[0], "awgs_2019__up_to": asia[1], "awgs_2019__low_strength": weak_asia,
        "awgs_2019__low_mass": low_asia, "awgs_2019__low_performance": slow_asia,
        "awgs_2019__outside_population": ~((c("ancestry") == "asian") & (c("age_years") >= 60)),
    }  # fmt: skip


def as_papers_do(row: Any) -> tuple[str, str]:
    """Both definitions for one pandas row, as scripts beside papers have it: a missing value compares as 'no'."""
    man = row["sex"] == "male"
    index = row["alm_kg"] / (row["height_cm"] / 100) ** 2
    weak = row["grip_strength_kg"] < (27 if man else 16)
    low = index < (7.0 if man else 5.5)
    slow = row["gait_speed_m_s"] <= 0.8 or row["sppb_score"] <= 8 or row["tug_s"] >= 20 or row["walk_400m_s"] >= 360
    europe = "severe" if weak and low and slow else "confirmed" if weak and low else "probable" if weak else "none"
    weak = row["grip_strength_kg"] < (28 if man else 18)
    low = index < (7.0 if man else 5.7 if row["alm_method"] == "bia" else 5.4)
    slow = row["gait_speed_m_s"] < 1.0 or row["sppb_score"] <= 9 or row["chair_stand_5x_s"] >= 12
    asia = (
        "severe"
        if weak and low and slow
        else "sarcopenia"
        if low and (weak or slow)
        else "possible"
        if weak or slow
        else "none"
    )
    return europe, asia


def measured(work: Callable[[], object], repeats: int = 3) -> float:
    """The fastest of several runs [s]: on a shared machine the others measure the neighbours."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def peak_memory(command: list[str]) -> tuple[float, float]:
    """(seconds, peak resident memory of the process in GB)."""
    start = time.perf_counter()
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code, *command], check=True, capture_output=True, text=True)
    return time.perf_counter() - start, int(done.stdout.split()[-1]) / 1e6


def cohort(rows: int = 10_000_000, large: int = 0) -> None:
    """Print every ratio.

    Args:
        rows: rows of the generated table.
        large: rows of a second table, to see whether memory stays flat; 0 leaves it out.

    """
    import polars as pl

    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "people.parquet", Path(folder) / "out.parquet"
        generated(rows, path)
        table = pl.scan_parquet(path)
        command = [sys.executable, "-m", "myoscope", "cohort", "--quiet"]
        hand = by_hand()
        per_row = _two(table, path, out, hand, command, rows)
        _row_by_row(table.head(20_000).collect(), out, per_row)
        names = table.collect_schema().names()
        scan = measured(lambda: table.select(pl.all().null_count()).collect(engine="streaming"))
        every = measured(lambda: subprocess.run([*command, path, out], check=True), 1)
        print(
            f"all definitions, {rows:,} rows of {len(names)} columns: {every:.1f} s, "
            f"plain scan {scan:.2f} s, ratio {every / scan:.1f}"
        )
        small = peak_memory([*command, str(path), str(out)])
        print(f"peak memory, all definitions, {rows:,} rows: {small[1]:.2f} GB")
        if large:
            bigger = Path(folder) / "large.parquet"
            generated(large, bigger)
            taken, memory = peak_memory([*command, str(bigger), str(out)])
            print(
                f"peak memory, all definitions, {large:,} rows: {memory:.2f} GB ({taken:.0f} s), "
                f"ratio {memory / small[1]:.2f}"
            )


def _two(table: Any, path: Path, out: Path, hand: dict[str, Any], command: list[str], rows: int) -> float:
    """Two definitions in memory and from file to file; our time for a row in memory [s]."""
    from myoscope.cohort.api import classify_table

    columns = [
        "id", "sex", "age_years", "ancestry", "height_cm", "alm_kg", "alm_method", "grip_strength_kg", "gait_speed_m_s",
        "sppb_score", "tug_s", "walk_400m_s", "chair_stand_5x_s",
    ]  # fmt: skip
    memory = table.select(columns).collect().lazy()
    by_them = measured(lambda: memory.select("id", **hand).collect(engine="streaming"))
    by_us = measured(lambda: classify_table(memory, TWO).collect(engine="streaming"))
    _told("two definitions in memory, by hand", by_them, "ours", by_us, rows)
    script = (
        "import sys; sys.path.insert(0, sys.argv[3]); import polars as pl; from benchmarks.cohort import by_hand;"
        "pl.scan_parquet(sys.argv[1]).select('id', **by_hand()).sink_parquet(sys.argv[2])"
    )
    root = str(Path(__file__).resolve().parent.parent)
    theirs = measured(lambda: subprocess.run([sys.executable, "-c", script, path, out, root], check=True))
    ours = measured(lambda: subprocess.run([*command, path, out, "--definitions", ",".join(TWO)], check=True))
    _told("two definitions, file to file, by hand", theirs, "myoscope cohort", ours, rows)
    return by_us / rows


def _told(what: str, theirs: float, us: str, ours: float, rows: int) -> None:
    print(f"{what} {theirs:.2f} s, {us} {ours:.2f} s, {rows:,} rows: ratio {ours / theirs:.2f}")


def _row_by_row(some: Any, out: Path, per_row: float) -> None:
    """The code of papers, in both of its forms, on the first rows of the same table, all in memory."""
    import polars as pl

    frame = some.to_pandas()
    found: list[Any] = []
    applied = measured(lambda: found.append(frame.apply(as_papers_do, axis=1)), 1) / len(frame)
    part = frame.head(2_000).copy()

    def looped() -> None:
        for index, row in part.iterrows():
            part.loc[index, "stage"] = as_papers_do(row)[0]

    iterated = measured(looped, 1) / len(part)
    for name, taken in (("DataFrame.apply", applied), ("iterrows and .loc", iterated)):
        print(
            f"row by row, {name}: {taken * 1e6:.0f} us a row, ours {per_row * 1e9:.0f} ns: "
            f"{taken / per_row:.0f} times faster"
        )
    ours = pl.scan_parquet(out).head(len(frame)).collect()
    adult = some["age_years"].fill_null(0) >= 18
    pairs = zip(found[0], ours["ewgsop2_2019"], adult, strict=True)
    wrong = sum(theirs != mine for (theirs, _), mine, grown in pairs if grown)
    share = wrong / adult.sum()
    print(
        f"  there {wrong:,} of {adult.sum():,} adults ({share:.0%}) get another EWGSOP2 stage: "
        "missing values count as 'no'"
    )
