"""`myoscope trials`: study arms in, predicted changes out."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import click

from myoscope.cli.refused import Refused

if TYPE_CHECKING:
    from myoscope.model.predict import Prediction

COLUMNS = ("row_id", "predicted_change", "lower", "upper", "outcome_unit", "status", "reason")


@click.group()
def trials() -> None:
    """Plan a study arm: the change of muscle or lean mass that it would report."""


@trials.command()
@click.argument("arms", metavar="IN.csv", type=click.Path(path_type=Path))
@click.argument("out", metavar="OUT.csv", type=click.Path(path_type=Path))
@click.option(
    "--level",
    default=0.9,
    show_default=True,
    type=click.FloatRange(0.01, 0.999),
    help="How often the interval should hold the mean that an arm of that size reports in a new study.",
)
def predict(arms: Path, out: Path, level: float) -> None:
    """Predict the change of each arm.

    IN.csv holds one arm a row: row_id, outcome, outcome_unit, duration_days, age_mean_years, and what the people did
    and who they were. Results in the file are not read. OUT.csv gets the predicted change with its interval, or
    `outside_model` and the reason.
    """
    try:
        import numpy  # noqa: F401, ICN001  # said in one line when it is missing

        from myoscope.model.arms import ArmsError, read_arms
        from myoscope.model.predict import predict as predicted
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{error.name} is not installed; run: pip install 'myoscope[model]'") from None
    if out.exists() and arms.exists() and out.samefile(arms):
        raise Refused(f"{out} is the table of arms itself; name another file for the answer")
    try:
        found = predicted(read_arms(arms), level)
    except ArmsError as error:
        raise Refused(str(error)) from None
    _write(out, found)
    outside = sum(one.status == "outside_model" for one in found)
    click.echo(f"{len(found) - outside} arms predicted, {outside} outside the model: {out}")


def _write(out: Path, found: list[Prediction]) -> None:
    try:
        with out.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(COLUMNS)
            for one in found:
                values = ["" if value is None else f"{value:.5g}" for value in (one.change, one.lower, one.upper)]
                writer.writerow([one.row_id, *values, one.outcome_unit, one.status, one.reason])
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror}. Name a file in a folder that exists") from None
