"""`myoscope interview`: questions in the terminal, one after the other, then the answer."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from myoscope.cli.refused import Refused

if TYPE_CHECKING:
    from myoscope.assess.interview import Interview, Next
    from myoscope.assess.questions import Question
    from myoscope.rules import Facts

STOP = "stop"


@click.command()
@click.argument("record", required=False, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Write the record (YAML) after every answer.")
@click.option("--no-answer", is_flag=True, help="End without the assessment.")
def interview(record: Path | None, out: Path | None, no_answer: bool) -> None:  # noqa: FBT001  # click hands over by name
    """Ask what matters most next, at most 25 questions, then assess.

    RECORD is a record to go on from (YAML or JSON); what it holds is not asked again. Answer `?` when you do not know,
    `stop` to end early.
    """
    from myoscope.assess.interview import answer, facts_of, most, next_question, urgent_now
    from myoscope.record import InputError

    today = dt.date.today()
    try:
        so_far = _begin(record, today)
        _write(out, so_far)
        shown: set[str] = set()
        while (following := next_question(so_far, today=today)) is not None:
            _announce(following, so_far.count, most())
            facts = facts_of(so_far, today=today)
            while True:
                reply = _reply(following.question, facts)
                if reply is None:
                    return _end(so_far, today, told=not no_answer)
                try:
                    so_far = answer(so_far, following.question, reply, today=today)
                    break
                except InputError as error:
                    click.secho("\n".join(f"  {problem}" for problem in error.problems), fg="red", err=True)
            _write(out, so_far)
            for flag in urgent_now(so_far, today=today):
                if flag.id not in shown and flag.tier in {"emergency", "same_day"}:
                    click.secho(f"\n! {flag.title}: {flag.lay}", fg="red", bold=True)
                shown.add(flag.id)
        return _end(so_far, today, told=not no_answer)
    except InputError as error:
        raise Refused(str(error)) from None


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


def _reply(question: Question, facts: Facts) -> dict[str, list[str]] | None:
    """What was typed, as a reply; None for `stop`."""
    if question.kind == "ticks":
        return _ticks(question, facts)
    asked: list[tuple[str, str]] = []
    if question.seconds_for_m:
        asked.append(("seconds", f"seconds for {question.seconds_for_m:g} m"))
    elif question.kind == "values":
        asked += _fields(question, facts)
    elif question.kind == "activity":
        for item in question.items:
            asked += [
                (f"{item.id}_days", f"{item.text}: days of the last 7"),
                (f"{item.id}_min", "  minutes on such a day"),
            ]
    else:
        for item in question.items:
            choices = "; ".join(f"{points} = {words}" for points, words in item.answers)
            asked.append((item.id, f"{item.text}{f'  [{choices}]' if choices else ' (how many)'}"))
    reply: dict[str, list[str]] = {}
    for name, words in asked:
        text = click.prompt(f"  {words}", default="?", show_default=False).strip()
        if text.lower() == STOP:
            return None
        if text.lower() == "unable":
            reply.setdefault("unable", []).append(question.fields[0] if name == "seconds" else name)
        elif text and text != "?":
            reply[name] = [text]
    return reply or {"unknown": ["yes"]}


def _fields(question: Question, facts: Facts) -> list[tuple[str, str]]:
    from myoscope.assess.replies import open_fields
    from myoscope.quantities import quantities

    asked = []
    for name in open_fields(question, facts):
        known = quantities()[name]
        hint = "yes or no" if known.kind == "yes_no" else ", ".join(known.values) or known.shown_unit
        able = ", or unable" if known.can_be_unable else ""
        asked.append((name, f"{known.name} ({hint}{able})"))
    return asked


def _ticks(question: Question, facts: Facts) -> dict[str, list[str]] | None:
    from myoscope.assess.replies import open_items

    items = open_items(question, facts)
    for number, item in enumerate(items, start=1):
        click.echo(f"   {number}. {item.text}")
    click.secho(
        "  Numbers of those that are so, `3?` where you are not sure, empty for none, `?` if you do not know", dim=True
    )
    while True:
        text = click.prompt("  ", default="", show_default=False).strip()
        if text.lower() == STOP:
            return None
        if text == "?":
            return {"unknown": ["yes"]}
        words = text.replace(",", " ").split()
        if all(word.rstrip("?").isdigit() and 0 < int(word.rstrip("?")) <= len(items) for word in words):
            break
        click.secho(f"  Write numbers from 1 to {len(items)}, with spaces between", fg="red", err=True)
    chosen = {kind: [items[int(w.rstrip("?")) - 1].id for w in words if w.endswith("?") is (kind == "unsure")]
              for kind in ("yes", "unsure")}  # fmt: skip
    reply: dict[str, list[str]] = dict(chosen)
    for name, words_of in _fields(question, facts):
        value = click.prompt(f"  {words_of}", default="?", show_default=False).strip()
        if value and value != "?":
            reply[name] = [value]
    for item in items:
        if item.dated and item.id in reply["yes"]:
            day = click.prompt(f"  {item.text}: on which day (year-month-day)", default="?", show_default=False).strip()
            reply |= {f"since_{item.id}": [day]} if day != "?" else {}
    if question.lines:
        reply |= _lines()
    return reply


def _lines() -> dict[str, list[str]]:
    click.secho(
        "  Others, one a line (`hip fracture since 2026-10-05`, `breast cancer (past)`); an empty line ends", dim=True
    )
    lines: list[str] = []
    while text := click.prompt("  ", default="", show_default=False).strip():
        lines.append(text)
    every = click.confirm("  Is that all of them?", default=False)
    return {"lines": ["\n".join(lines)], **({"complete": ["yes"]} if every else {})}


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


def _end(so_far: Interview, today: dt.date, *, told: bool) -> None:
    click.echo(f"\n{so_far.count} questions asked.")
    if not told or not so_far.body:
        return
    from rich.console import Console

    from myoscope.assess import assess
    from myoscope.record import parse_record
    from myoscope.report.terminal import render

    render(assess(parse_record(so_far.body, "the interview", today=today), today=today), Console())
