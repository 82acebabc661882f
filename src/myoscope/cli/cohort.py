"""`myoscope cohort`: a table in, a table out. Options are parsed here and what happened is told; no medicine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from myoscope.cli.refused import told

if TYPE_CHECKING:
    from myoscope.cohort.job import Job
    from myoscope.cohort.run import Done

_SHOWN = 20


@click.command()
@click.argument("table", metavar="IN", type=click.Path(path_type=Path), required=False)
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path), required=False)
@click.option(
    "--definitions",
    "wanted",
    default="all",
    show_default=True,
    metavar="all|ID,...",
    help="Which definitions; `myoscope knowledge list definitions` names them.",
)
@click.option(
    "--path",
    "paths",
    multiple=True,
    metavar="ID.PATH=READING",
    help="Read a definition along another path, e.g. ewgsop2_2019.strength=chair_stand.",
)
@click.option("--map", "maps", multiple=True, metavar="VARIABLE=COLUMN", help="The column that holds a variable.")
@click.option("--accept-mapping", is_flag=True, help="Use every column whose name looks like a variable.")
@click.option(
    "--unit",
    "units",
    multiple=True,
    metavar="VARIABLE=UNIT",
    help="The unit of a column, where it is not the variable's own, e.g. height_cm=m.",
)
@click.option(
    "--value", "values", multiple=True, metavar="VARIABLE:CELL=WORD", help="What a code means, e.g. sex:1=male."
)
@click.option(
    "--set",
    "constants",
    multiple=True,
    metavar="VARIABLE=VALUE",
    help="A value that every row has, e.g. alm_method=dxa_hologic.",
)
@click.option(
    "--vouch", multiple=True, metavar="VARIABLE", help="The values are right although they look like another unit."
)
@click.option(
    "--id",
    "ids",
    multiple=True,
    metavar="COLUMN",
    help="Columns that name a row, carried over.  [default: those called id, seqn, ...]",
)
@click.option("--keep", multiple=True, metavar="COLUMN", help="Further columns to carry over.")
@click.option(
    "--ignore", multiple=True, metavar="COLUMN", help="Columns that are another thing than their name looks like."
)
@click.option("--weight", metavar="COLUMN", help="Survey weights, for the report.")
@click.option("--stratum", metavar="COLUMN", help="Survey strata, for the report.")
@click.option("--cluster", metavar="COLUMN", help="Survey clusters (PSU), for the report.")
@click.option("--separator", default=",", show_default=True, help="Between the cells of a CSV: a sign, or tab.")
@click.option(
    "--engine",
    type=click.Choice(["polars", "duckdb", "spark"]),
    default="polars",
    show_default=True,
    help="Who does the reckoning.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write prevalences, agreement, a methods paragraph and pictures there.",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Run exactly what this file says (a report holds one).",
)
@click.option("--batch-rows", type=click.IntRange(1), help="Rows worked on at a time.  [default: 250000]")
@click.option("--restart", is_flag=True, help="Forget the pieces of an interrupted run.")
@click.option("--quiet", is_flag=True, help="No progress, no summary.")
@click.pass_context
def cohort(context: click.Context, /, **options: Any) -> None:
    """Classify a table of people under every definition.

    IN is a .csv, .parquet or .xpt file with one row a person (or visit); OUT a .csv or .parquet file: the columns that
    name a row, and for each definition the stage, the highest stage that missing data leave open, and its components.
    No row is dropped or altered. A run that was interrupted is taken up where it stopped.
    """
    try:
        import polars  # noqa: F401, ICN001  # said in one line when it is missing
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{error.name} is not installed; run: pip install 'myoscope[cohort]'") from None
    with told():
        if options["config"]:
            _alone(context)
        _cohort(options)


def _cohort(options: Mapping[str, Any]) -> None:
    from myoscope.cohort.elsewhere import run_elsewhere
    from myoscope.cohort.run import run
    from myoscope.cohort.workshop import workshop

    job = _from_config(options) if options["config"] else _from_options(options)
    _can_be_written(job)
    polars = job.engine == "polars"
    with (
        workshop(job.input, job.output, restart=options["restart"] or not polars) as parts,
        _Bar(quiet=options["quiet"]) as bar,
    ):
        done = (run if polars else run_elsewhere)(job, bar.tell, parts)
        if job.report:
            from myoscope.cli.cohort_report import write

            bar.tell("working out the report", 0, None)
            write(job, done)
    if not options["quiet"]:
        _summary(job, done)


_BESIDE_CONFIG = {"table", "out", "report", "config", "restart", "quiet"}


def _alone(context: click.Context) -> None:
    """A configuration says everything: an option beside it would have no effect."""
    typed = click.core.ParameterSource.COMMANDLINE
    given = [
        option.opts[0]
        for option in context.command.params
        if option.name and option.name not in _BESIDE_CONFIG and context.get_parameter_source(option.name) is typed
    ]
    if given:
        raise _refusal(
            "--config", f"says everything; {', '.join(given)} beside it would have no effect", "Change it in the file"
        )


def _from_config(options: Mapping[str, Any]) -> Job:
    from dataclasses import replace

    from myoscope import __version__
    from myoscope.cohort.job import from_text
    from myoscope.record.parse import read_text
    from myoscope.sources import knowledge_id

    file: Path = options["config"]
    job, versions = from_text(read_text(file), file.name, file.resolve().parent)
    now = {"package": __version__, "knowledge": knowledge_id()}
    if versions and versions != now and not options["quiet"]:
        told = ", ".join(
            f"{key} {versions.get(key)} then, {value} now" for key, value in now.items() if versions.get(key) != value
        )
        click.echo(f"Note: written by another version ({told}); results may differ", err=True)
    given = {"input": options["table"], "output": options["out"], "report": options["report"]}
    return replace(job, **{key: value for key, value in given.items() if value})


def _from_options(options: Mapping[str, Any]) -> Job:
    from myoscope.cohort.columns import SURVEY, Wishes
    from myoscope.cohort.job import BATCH_ROWS, Job, choices
    from myoscope.cohort.tables import separator_of

    if not options["table"] or not options["out"]:
        raise _refusal("IN and OUT", "are both needed", "myoscope cohort people.csv answers.parquet")
    paths: dict[str, dict[str, str]] = {}
    for name, reading in _pairs("--path", options["paths"]).items():
        chosen, dot, path = name.partition(".")
        if not dot:
            raise _refusal(
                f"--path {name}={reading}",
                "names no path",
                "Write ID.PATH=READING, e.g. ewgsop2_2019.strength=chair_stand",
            )
        paths.setdefault(chosen, {})[path] = reading
    words: dict[str, dict[str, str]] = {}
    for name, word in _pairs("--value", options["values"]).items():
        variable, colon, cell = name.partition(":")
        if not colon:
            raise _refusal(f"--value {name}={word}", "names no cell", "Write VARIABLE:CELL=WORD, e.g. sex:1=male")
        words.setdefault(variable, {})[cell] = word
    wishes = Wishes(
        columns=_pairs("--map", options["maps"]), units=_pairs("--unit", options["units"]), words=words,
        ids=tuple(_listed(options["ids"])) or None, keep=tuple(_listed(options["keep"])),
        ignore=tuple(_listed(options["ignore"])),
        survey={role: options[role] for role in SURVEY if options[role]}, vouched=tuple(_listed(options["vouch"])),
        accept=options["accept_mapping"], constants=_pairs("--set", options["constants"]),
    )  # fmt: skip
    return Job(
        options["table"], options["out"], choices(options["wanted"], paths), wishes, options["engine"],
        separator_of(options["separator"]), options["batch_rows"] or BATCH_ROWS, options["report"],
    )  # fmt: skip


def _pairs(option: str, given: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise _refusal(f"{option} {one}", "is no NAME=VALUE")
        if name in found:
            raise _refusal(f"{option} {one}", f"{name} is given twice")
        found[name.strip()] = value.strip()
    return found


def _listed(given: Iterable[str]) -> list[str]:
    return [part.strip() for one in given for part in one.split(",") if part.strip()]


def _refusal(where: str, what: str, attempt: str | None = None) -> Exception:
    from myoscope.record import InputError, Problem

    return InputError("myoscope cohort", [Problem(where, what, attempt)])


def _can_be_written(job: Job) -> None:
    from myoscope.cohort.tables import WRITABLE

    out = job.output
    if out.suffix.lower() not in WRITABLE:
        raise _refusal(str(out), "is no result file", f"Give it one of the endings {', '.join(WRITABLE)}")
    if out.is_dir() or not out.parent.is_dir():
        raise _refusal(
            str(out),
            "cannot be written: " + ("a folder has that name" if out.is_dir() else "its folder does not exist"),
        )
    if out.exists() and job.input.exists() and out.samefile(job.input):
        raise _refusal(str(out), "is the input itself", "Name another file")
    if job.report and job.report.exists() and not job.report.is_dir():
        raise _refusal(f"--report {job.report}", "is a file, not a folder", "Name a folder")
    if job.report and job.report.resolve() == job.input.resolve().parent and job.input.suffix.lower() == ".csv":
        raise _refusal(
            f"--report {job.report}", "is the folder of the input, which it could replace", "Name another folder"
        )


def _summary(job: Job, done: Done) -> None:
    from myoscope.cohort.cells import CODES

    again = f" ({done.resumed:,} from the run before)" if done.resumed else ""
    click.echo(f"{done.rows:,} rows answered{again}: {job.output}")
    for code, (rows, cells) in done.problems.items():
        click.echo(f"  {cells:,} cells in {rows:,} rows: {code} ({CODES[code]})")
    if done.problem_file:
        click.echo(f"  listed one by one in {done.problem_file}")
    if done.plan.proposed:
        shown = " ".join(one.typed for one in done.plan.proposed[:_SHOWN])
        more = len(done.plan.proposed) - _SHOWN
        others = f" and {more} more" if more > 0 else ""
        click.echo(
            f"Not used, but they look like variables: {shown}{others}  (--accept-mapping uses those without a rival)",
            err=True,
        )
    _unread(done.plan.unread)
    if done.repeated:
        click.echo(f"Rows with the same {', '.join(done.plan.ids)} as a row before them: {done.repeated:,}", err=True)
    if job.report:
        click.echo(f"Report: {job.report / 'index.html'}")


def _unread(names: Sequence[str]) -> None:
    """Columns whose name says nothing here, and why some of them are not what they look like."""
    from myoscope.cohort.names import cleaned, told_apart

    why = {name: told_apart()[cleaned(name)] for name in names if cleaned(name) in told_apart()}
    plain = [name for name in names if name not in why]
    for what, shown in (("no variable has such a name", plain), ("", [f"{name} ({why[name]})" for name in why])):
        if shown:
            more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
            click.echo(f"Not read{', ' + what if what else ''}: {', '.join(shown[:_SHOWN])}{more}", err=True)


class _Bar:
    """A progress bar on standard error, where somebody looks."""

    def __init__(self, *, quiet: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            console=console, transient=True, disable=quiet or not console.is_terminal,
        )  # fmt: skip
        self._task = self._progress.add_task("", total=None)

    def tell(self, what: str, rows: int, total: int | None) -> None:
        """What is going on."""
        self._progress.update(self._task, description=what, completed=rows, total=total)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
