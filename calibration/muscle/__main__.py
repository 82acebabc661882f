"""Calibrate from scratch, leave studies out, write the draws, the report and the page. `make calibrate` runs this."""

from __future__ import annotations

import csv
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import numpy as np
import yaml

from calibration.muscle.ablation import ablations
from calibration.muscle.data import ARMS, ROOT, Trials, load
from calibration.muscle.fit import NAMES, Calibration, Fit, Settings
from calibration.muscle.held_out import HeldOut, held_out
from calibration.muscle.page import write
from calibration.muscle.report import report
from myoscope.model.criteria import verdicts
from myoscope.model.table import Array

MODEL = ROOT / "src" / "myoscope" / "knowledge" / "model"
SHIPPED = 1000
SHORT = (50, 150)  # draws thrown away and kept in each held-out fit, four chains


def main() -> int:
    """Everything, some minutes. Exit 2 without the data."""
    if not ARMS.is_file():
        click.echo(
            "make calibrate needs the study arms in ../shared/trials beside the repository; they are not there, "
            "and nothing was changed",
            err=True,
        )
        return 2
    calibrate()
    return 0


def calibrate() -> tuple[Trials, Fit, HeldOut, dict[str, Any]]:
    """Fit, leave out, ship, tell."""
    start = time.monotonic()
    trials, outside = load()
    calibration = Calibration(trials, Settings())
    fitted = calibration.fit()
    fit_minutes = (time.monotonic() - start) / 60
    click.echo(f"fitted in {fit_minutes:.1f} minutes, {calibration.steps:.0f} steps a draw")
    shipped = ship(fitted.flat(), MODEL / "posterior.csv")
    held = held_out(calibration, *SHORT, click.echo)
    run = {
        "fit_minutes": fit_minutes,
        "minutes": (time.monotonic() - start) / 60,
        "processor_minutes": time.process_time() / 60,
        "short": SHORT,
        "outside": [{"row_id": row_id, "reason": why} for row_id, why in outside],
    }
    ablated = ablations(calibration, fitted, click.echo)
    told = report(trials, fitted, held, shipped, run)
    told["ablations"] = [asdict(one) for one in ablated]
    (MODEL / "report.yaml").write_text(yaml.safe_dump(told, sort_keys=False, width=110), encoding="utf-8")
    write(trials, fitted, held, ablated, told, ROOT)
    for one in verdicts(told):
        click.echo(f"{'met   ' if one.met else 'MISSED'} {one.asked}: {one.found}")
    return trials, fitted, held, told


def ship(draws: dict[str, Array], path: Path) -> dict[str, Array]:
    """Thinned draws, rounded to what matters; the rounded ones are what the report is made with."""
    count = len(next(iter(draws.values())))
    some = np.random.default_rng(SHIPPED).permutation(count)[:SHIPPED]  # so that the first few are a fair sample too
    rows = [[f"{draws[name][i]:.5g}" for name in NAMES] for i in some]
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(NAMES)
        writer.writerows(rows)
    return {name: np.array([float(row[i]) for row in rows]) for i, name in enumerate(NAMES)}


if __name__ == "__main__":
    sys.exit(main())
