"""`make bench`: one person, the model, tables; `python -m benchmarks 100000000` adds a table of so many rows."""

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


if __name__ == "__main__":
    from benchmarks.cohort import cohort
    from benchmarks.forecast import forecast

    cold_start()
    one_person()
    forecast()
    cohort(large=int(sys.argv[1]) if len(sys.argv) > 1 else 0)
