"""`make bench`: cold start of one person, cost of one rule, and tables against a hand-written query."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def seconds(work: Callable[[], object], repeats: int = 5) -> float:
    """The median wall time of several runs."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def cold_start() -> None:
    """`myoscope assess` as a user starts it, beside the bare interpreter."""
    bare = seconds(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))
    print(f"python -c pass                                {bare:7.3f} s")
    big = sorted((ROOT.parent / "shared/data/fhir/synthea").glob("*.json.gz"), key=lambda path: path.stat().st_size)
    files = [ROOT / "examples/man_85_heart_failure.yaml", ROOT / "examples/fhir_bundle.json", *big[:1], *big[-1:]]
    for file in files:
        for more in ([], ["--json"]):
            command = [sys.executable, "-m", "myoscope", "assess", str(file), *more]
            taken = seconds(lambda command=command: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
            name = file.name if len(file.name) < 32 else file.name[:29] + "..."
            print(f"assess {name:32} {' '.join(more):6} {taken:7.3f} s  ({taken / bare:5.1f} x bare)")


def one_person() -> None:
    """A definition for one person who is in memory, with its trace."""
    from myoscope.definitions import classify, definitions
    from myoscope.rules import Facts

    facts = Facts({
        "sex": "male", "age_years": 76.0, "grip_strength_kg": 24.0, "gait_speed_m_s": 0.7, "alm_height2_kg_m2": 6.8,
    })  # fmt: skip
    for name, chosen in definitions().items():
        taken = seconds(lambda chosen=chosen: [classify(chosen, facts) for _ in range(1000)]) / 1000
        print(f"classify one person, {name:16}         {taken * 1e6:7.1f} us")


def tables(rows: int = 1_000_000) -> None:
    """EWGSOP2 over a generated table, beside the same definition written by hand in Polars."""
    import narwhals.stable.v2 as nw
    import numpy as np
    import polars as pl

    from myoscope.definitions import definition
    from myoscope.definitions.table import result_columns
    from myoscope.rules.table import Columns, at_the_door

    dice = np.random.default_rng(1)

    def column(low: float, high: float) -> pl.Series:
        values = dice.uniform(low, high, rows)
        values[dice.random(rows) < 0.2] = np.nan
        return pl.Series(values, nan_to_null=True)

    frame = pl.DataFrame({
        "sex": dice.choice(["male", "female"], rows), "age_years": dice.uniform(18, 95, rows),
        "height_cm": column(145, 190), "alm_kg": column(11, 30), "grip_strength_kg": column(8, 50),
        "gait_speed_m_s": column(0.4, 1.5), "sppb_score": column(0, 12), "tug_s": column(5, 40),
        "walk_400m_s": column(200, 600),
    })  # fmt: skip
    male = pl.col("sex") == "male"
    index = pl.col("alm_kg") / (pl.col("height_cm") / 100) ** 2
    weak = pl.when(male).then(pl.col("grip_strength_kg") < 27).otherwise(pl.col("grip_strength_kg") < 16)
    low = pl.when(male).then(index < 7.0).otherwise(index < 5.5)
    slow = (
        (pl.col("gait_speed_m_s") <= 0.8) | (pl.col("sppb_score") <= 8)
        | (pl.col("tug_s") >= 20) | (pl.col("walk_400m_s") >= 360)
    )  # fmt: skip
    lazy = frame.lazy()
    columns = {"weak": weak, "low": low, "slow": slow, "both": weak & low, "all": weak & low & slow}
    by_hand = seconds(lambda: lazy.select(**columns).collect())

    def ours() -> object:
        seen: nw.LazyFrame = at_the_door(lazy)
        wanted = result_columns(definition("ewgsop2_2019"), Columns(frame.columns))
        return seen.select(*(expression.alias(name) for name, expression in wanted.items())).collect()

    taken = seconds(ours)
    ratio = taken / by_hand
    print(f"EWGSOP2, {rows:,} rows: by hand {by_hand:.3f} s, from the rule file {taken:.3f} s, ratio {ratio:.1f}")


if __name__ == "__main__":
    cold_start()
    one_person()
    tables()
