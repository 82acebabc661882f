"""The commands. They parse, call and print; no medicine stands here."""

from __future__ import annotations

import atexit
import datetime as dt
import gc
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from myoscope import __version__
from myoscope.cli.refused import Refused, told

if TYPE_CHECKING:
    from myoscope.assess.result_programme import Letter


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="myoscope")
def main() -> None:
    """Find out what causes a decreased muscle mass, and how it is treated."""


def _look_again() -> None:
    """The collector on again, without going through all that the answer made (which takes a twentieth of a second)."""
    gc.freeze()
    gc.unfreeze()
    gc.enable()


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON (its schema: myoscope schema result).")
@click.option(
    "--html", "html_path", type=click.Path(path_type=Path), help="Write the result as one self-contained page."
)
@click.option(
    "--letter", "letter_path", type=click.Path(path_type=Path), help="Write one page for the doctor, as Markdown."
)
@click.option(
    "--on", "on", metavar="DATE", help="Assess as of this day (year-month-day); default: the newest value's day."
)
def assess(
    file: Path,
    as_json: bool,  # noqa: FBT001  # click hands over by name
    html_path: Path | None,
    letter_path: Path | None,
    on: str | None,
) -> None:
    """Assess one person: measures, urgent signs, definitions, causes, plan.

    FILE is a record (YAML or JSON) or a FHIR R4 Bundle (JSON).
    """
    gc.disable()  # one answer and the process ends: looking for what could be freed takes a sixth of the time
    atexit.register(gc.freeze)  # nor is it worth looking once more at the very end
    click.get_current_context().call_on_close(_look_again)
    from myoscope.assess import assess as assess_record
    from myoscope.interop import read_person

    with told():
        day = day_of(on)
        _not_over(file, html_path, "--html")
        _not_over(file, letter_path, "--letter")
        result = assess_record(read_person(file), on=day)
        if html_path:
            from myoscope.report.page import render as render_page

            _write(html_path, render_page(result), "--html")
        if letter_path:
            _write_letter(letter_path, result.letter)
    if as_json:
        click.echo(result.model_dump_json(by_alias=True, indent=2))
    elif written := [str(path) for path in (html_path, letter_path) if path]:
        click.echo(f"Written: {', '.join(written)}")
    else:
        from rich.console import Console

        from myoscope.report.terminal import render as render_terminal

        render_terminal(result, Console())


def day_of(text: str | None) -> dt.date | None:
    """The day that `--on` names."""
    if text is None:
        return None
    from myoscope.record import InputError, Problem

    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError(
            "--on", [Problem(text, "is not a date", "Write year-month-day, for example 2026-03-31")]
        ) from None


def _not_over(file: Path, written: Path | None, option: str) -> None:
    """Nothing entered is ever lost: a page is not written over its own record."""
    from myoscope.record import InputError, Problem

    if written and written.exists() and file.exists() and written.samefile(file):
        raise InputError(option, [Problem(str(written), "is the record itself", "Name another file")])


def _write(path: Path, text: str, option: str) -> None:
    from myoscope.record import InputError, Problem

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(option, [Problem(str(path), f"cannot be written: {error.strerror}")]) from None


def _write_letter(path: Path, letter: Letter | None) -> None:
    from myoscope.record import InputError, Problem
    from myoscope.report.letter import as_markdown

    if letter is None:
        raise InputError(
            "--letter", [Problem(str(path), "there is no letter: the record says that this person has died")]
        )
    _write(path, as_markdown(letter), "--letter")


@main.command()
@click.argument("which", type=click.Choice(["record", "result"]), required=False)
def schema(which: str | None) -> None:
    """Print the JSON Schema of the record and of the result (or of one of them)."""
    from myoscope.assess import Assessment
    from myoscope.record import record_schema

    both = {"record": record_schema(), "result": Assessment.model_json_schema(by_alias=True, mode="serialization")}
    click.echo(json.dumps(both[which] if which else both, indent=2, ensure_ascii=False))


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on.")
def serve(host: str, port: int) -> None:
    """Open the web page: enter a record, see the same result. Nothing is stored, nothing leaves this machine."""
    try:
        import uvicorn

        from myoscope.web.app import create_app
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{error.name} is not installed; run: pip install 'myoscope[web]'") from None
    _must_be_free(host, port)
    click.echo(f"Myoscope is at http://{host}:{port}  (Ctrl-C ends it)")
    uvicorn.run(create_app(), host=host, port=port, log_level="warning")


def _must_be_free(host: str, port: int) -> None:
    """Say in one line that an address is taken or unknown, before the server says it in twenty."""
    import socket

    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise Refused(f"{host}:{port} cannot be used: {error.strerror}. Try another: --port {port + 1}") from None


from myoscope.cli.cohort import cohort  # noqa: E402  # registers itself on the group above
from myoscope.cli.forecast import forecast  # noqa: E402  # the same
from myoscope.cli.interview import interview  # noqa: E402  # the same
from myoscope.cli.knowledge import knowledge  # noqa: E402  # the same
from myoscope.cli.trials import trials  # noqa: E402  # the same

main.add_command(cohort)
main.add_command(forecast)
main.add_command(interview)
main.add_command(knowledge)
main.add_command(trials)
