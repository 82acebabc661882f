"""Fit every curve, write its table into the knowledge base, and the report. `make norms` runs this."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import click
import numpy as np

from calibration.norms.diagnose import Fit, fit
from calibration.norms.page import write
from calibration.norms.samples import NHANES, PLANS, REFERENCE_HEIGHT_CM, SEXES, TOP_CODE, Plan, people
from calibration.norms.smoothing import Rungs

ROOT = Path(__file__).resolve().parents[2]
TABLES = ROOT / "src" / "myoscope" / "knowledge" / "norms"
SMOOTHING = Path(__file__).with_name("smoothing.json")


def main() -> int:
    """Everything, some minutes. Exit 2 without the data."""
    if not NHANES.is_dir():
        click.echo(
            "make norms needs the NHANES tables in ../shared/data/nhanes beside the repository; they are not there, "
            "and nothing was changed",
            err=True,
        )
        return 2
    fits = []
    for plan in PLANS:
        both = [fit(plan, sex, people(plan, sex)) for sex in SEXES]
        table(plan, both)
        fits += both
        click.echo(f"{plan.id}: {' + '.join(str(len(one.people.value)) for one in both)} people")
    kept = {f"{one.plan.id} {one.sex}": {"": one.rungs, **one.held_out_rungs} for one in fits}
    SMOOTHING.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    write(fits, ROOT)
    return 0


def chosen() -> dict[str, dict[str, Rungs]]:
    """The smoothing of the last run, by curve and sex and part left out ('' for nobody)."""
    found: dict[str, dict[str, Rungs]] = json.loads(SMOOTHING.read_text(encoding="utf-8"))
    return found


def table(plan: Plan, both: list[Fit]) -> None:
    """L, M and S by sex and completed year of age, as the package reads them."""
    first, last = plan.ages
    years = np.arange(first, last + 1)
    at = np.where(years == plan.top_code, TOP_CODE.get(plan.top_code or 0, 0.0), years).astype(float)
    names = ["sex", "age_years", "L", "M", "S"] + (["reference_height_cm", "height_power"] if plan.by_height else [])
    with (TABLES / f"{plan.id}.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(names)
        for one in both:
            extra = [f"{REFERENCE_HEIGHT_CM[one.sex]:g}", f"{one.curve.height_power:.4f}"] if plan.by_height else []
            for year, l, m, s in zip(years, *one.curve.lms(at), strict=True):  # noqa: E741
                writer.writerow([one.sex, year, f"{l:.4f}", f"{m:.4f}", f"{s:.5f}", *extra])


if __name__ == "__main__":
    sys.exit(main())
