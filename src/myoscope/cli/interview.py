"""`myoscope interview`: questions in the terminal, one after the other, then the answer."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from myoscope.cli.refused import told

if TYPE_CHECKING:
    from myoscope.assess.interview import Interview, Next


@click.command()
@click.argument("record", required=False, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Write the record (YAML) after every answer.")
@click.option("--no-answer", is_flag=True, help="End without the assessment.")
def interview(record: Path | None, out: Path | None, no_answer: bool) -> None:  # noqa: FBT001  # click hands over by name
    """Ask what matters most next, at most 25 questions, then assess.

    RECORD is a record to go on from (YAML or JSON); what it holds is not asked again. Answer `?` when you do not know;
    an empty line never counts as a no. `back` asks the page again, or the one before; `stop` ends early and answers
    with what there is, and so does the end of the input.
    """
    from myoscope.assess.interview import most, next_question

    today = dt.date.today()
    with told():
        _may_be_written(out, record)
        so_far = _begin(record, today)
        _write(out, so_far)
        before: list[Interview] = []
        shown: set[str] = set()
        while (following := next_question(so_far, today=today)) is not None:
            _announce(following, so_far.count, most())
            after, wish = _turn(so_far, following, today)
            if wish == "on":
                before.append(so_far)
            so_far = before.pop() if wish == "back" and before else after
            _write(out, so_far)
            _warn(so_far, today, shown)
            if wish == "stop":
                break
        _end(so_far, today, told=not no_answer, kept=out is not None)


def _turn(so_far: Interview, following: Next, today: dt.date) -> tuple[Interview, str]:
    """Ask one page: the interview with what was answered, and whether to go `on`, `back`, ask `again` or `stop`."""
    from myoscope.assess.interview import answer, facts_of
    from myoscope.cli.interview_page import Back, Page, Stop
    from myoscope.record import InputError, Problem

    def wrong(reply: dict[str, list[str]]) -> list[Problem]:
        try:
            answer(so_far, following.question, reply, today=today)
        except InputError as error:
            return error.problems
        return []

    page = Page(following.question, facts_of(so_far, today=today), wrong)
    try:
        return answer(so_far, following.question, page.ask(), today=today), "on"
    except Back:
        return so_far, "again" if page.reply else "back"
    except Stop:
        return answer(so_far, following.question, page.reply, today=today) if page.reply else so_far, "stop"


def _warn(so_far: Interview, today: dt.date, shown: set[str]) -> None:
    """Say an emergency at once, and once."""
    from myoscope.assess.interview import urgent_now

    for flag in urgent_now(so_far, today=today):
        if flag.id not in shown and flag.tier in {"emergency", "same_day"}:
            click.secho(f"\n! {flag.title}: {flag.lay}", fg="red", bold=True)
        shown.add(flag.id)


def _may_be_written(out: Path | None, record: Path | None) -> None:
    """Another record is not written over: only the one that the interview goes on from."""
    from myoscope.record import InputError, Problem

    if out is None or not out.is_file() or not out.stat().st_size:
        return
    if record is None or not record.exists() or not out.samefile(record):
        attempt = f"To go on from it: myoscope interview {out} --out {out}. Or name another file"
        raise InputError("--out", [Problem(str(out), "is there already", attempt)])


def _begin(record: Path | None, today: dt.date) -> Interview:
    from myoscope.assess.interview import Interview
    from myoscope.record import parse_record
    from myoscope.record.parse import load_text, read_text

    if record is None:
        return Interview()
    body = load_text(read_text(record), record.name)
    parse_record(body, record.name, today=today)
    return Interview(body)


def _announce(following: Next, count: int, most: int) -> None:
    question = following.question
    click.secho(f"\n{count + 1} of at most {most}   {question.title}", fg="cyan")
    click.secho(question.ask, bold=True)
    click.secho(following.why, dim=True)
    for number, step in enumerate(question.steps, start=1):
        click.echo(f"   {number}. {step}")


def _write(out: Path | None, so_far: Interview) -> None:
    """The record so far, so that nothing is lost."""
    if out is None:
        return
    import yaml

    from myoscope.record import InputError, Problem

    try:
        out.write_text(yaml.safe_dump(_plain(so_far.body), sort_keys=False, allow_unicode=True), encoding="utf-8")
    except OSError as error:
        raise InputError("--out", [Problem(str(out), f"cannot be written: {error.strerror}")]) from None


def _plain(body: Any) -> Any:
    """Plain dicts and lists, as YAML wants them."""
    if isinstance(body, dict):
        return {key: _plain(value) for key, value in body.items()}
    return [_plain(value) for value in body] if isinstance(body, list) else body


def _end(so_far: Interview, today: dt.date, *, told: bool, kept: bool) -> None:
    click.echo(f"\n{so_far.count} questions asked.")
    if not so_far.body:
        return
    if not kept:
        click.echo("The answers are not kept; `--out FILE` writes them as a record, to go on from.")
    if not told:
        return
    from rich.console import Console

    from myoscope.assess import assess
    from myoscope.record import parse_record
    from myoscope.report.terminal import render

    render(assess(parse_record(so_far.body, "the interview", today=today), today=today), Console())
