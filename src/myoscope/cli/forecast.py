"""`myoscope forecast`: what becomes of one person's muscle, as now and with each treatment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from myoscope.cli.refused import Refused, told

if TYPE_CHECKING:
    from myoscope.assess.result_forecast import Forecast


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--weeks", default=52, show_default=True, type=click.IntRange(min=1), help="How far.")
@click.option("--scenario", "wanted", multiple=True, metavar="ID", help="Only this one (may be given several times).")
@click.option("--json", "as_json", is_flag=True, help="Print the forecast as JSON (a part of: myoscope schema result).")
@click.option("--on", "on", metavar="DATE", help="As of this day (year-month-day); default: the newest value's day.")
def forecast(file: Path, weeks: int, wanted: tuple[str, ...], as_json: bool, on: str | None) -> None:  # noqa: FBT001  # click hands over by name
    """Forecast one person's muscle, as now and with each treatment of the plan.

    FILE is a record (YAML or JSON) or a FHIR R4 Bundle (JSON).
    """
    from myoscope.assess import assess
    from myoscope.cli.app import day_of
    from myoscope.interop import read_person
    from myoscope.model.constants import constants

    longest = constants()["limits"]["duration_days"][1] // 7
    if weeks > longest:
        raise Refused(f"--weeks {weeks} is beyond what the model was calibrated on; the most is {longest}")
    with told():
        found = assess(read_person(file), on=day_of(on), weeks=weeks).forecast
    if found is None:
        raise click.ClickException("there is no forecast in the answer")
    found = _only(found, wanted)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    from rich.console import Console

    from myoscope.report.terminal_forecast import render

    render(found, Console())


def _only(found: Forecast, wanted: tuple[str, ...]) -> Forecast:
    """The scenarios asked for, and `as_now` that they are held against."""
    if not wanted or found.status != "answered":
        return found
    known = {one.id for one in found.scenarios}
    without = {one.id: one.reason for one in found.without_number}
    for name in wanted:
        if name not in known:
            why = without.get(name) or found.treatments_withheld or f"Known here are {', '.join(sorted(known))}"
            raise Refused(f"--scenario {name}: no forecast. {why}")
    kept = [one for one in found.scenarios if one.kind == "as_now" or one.id in wanted]
    worth = [name for name in found.most_worth if name in wanted]
    return found.model_copy(update={"scenarios": kept, "most_worth": worth, "without_number": []})
