"""One page of `myoscope interview` at the terminal: what was typed, as a reply. Silence never counts as a no."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from myoscope.assess.questions import Item, Question
    from myoscope.record import Problem
    from myoscope.rules import Facts

    Said = dict[str, list[str]]

_NONE = {"none", "no", "0"}
_VOUCH = "confirmed: true"


class Stop(Exception):  # noqa: N818  # a wish, not an error
    """`stop` was typed, or the input has ended."""


class Back(Exception):  # noqa: N818  # the same
    """`back` was typed."""


def typed(words: str) -> str:
    """One line from the terminal, '' where only Enter was pressed.

    Raises:
        Stop: `stop` was typed, or there is nothing more to read.
        Back: `back` was typed.

    """
    try:
        text: str = click.prompt(f"  {words}", default="", show_default=False).strip()
    except click.Abort:
        click.echo()
        raise Stop from None
    if text.lower() == "stop":
        raise Stop
    if text.lower() == "back":
        raise Back
    return text


class Page:
    """Asks one page, line by line; an answer that cannot be is told, and only that line is asked again.

    Args:
        question: the page.
        facts: what the record says so far.
        wrong: what would be wrong with a reply.

    """

    def __init__(self, question: Question, facts: Facts, wrong: Callable[[Said], Sequence[Problem]]) -> None:
        self.question = question
        self.facts = facts
        self.wrong = wrong
        self.reply: Said = {}

    def ask(self) -> Said:
        """The reply; `self.reply` holds what there is of it when `Stop` or `Back` is raised."""
        if self.question.kind == "ticks":
            self._ticks()
        elif self.question.seconds_for_m:
            self._one("seconds", f"seconds for {self.question.seconds_for_m:g} m")
        elif self.question.kind == "values":
            self._fields()
        elif self.question.kind == "activity":
            for item in self.question.items:
                self._one(f"{item.id}_days", f"{item.text}: days of the last 7")
                self._one(f"{item.id}_min", "  minutes on such a day")
        else:
            for item in self.question.items:
                choices = "; ".join(f"{points} = {words}" for points, words in item.answers)
                self._one(item.id, f"{item.text}{f'  [{choices}]' if choices else ' (how many)'}")
        return self.reply or {"unknown": ["yes"]}

    def _ticks(self) -> None:
        from myoscope.assess.replies import open_items

        items = open_items(self.question, self.facts)
        if items and not self._ticked(items):
            return
        self._fields()
        for item in items:
            if item.dated and item.id in self.reply.get("yes", []):
                self._one(f"since_{item.id}", f"{item.text}: on which day (year-month-day)")
        if self.question.lines:
            self._lines()

    def _ticked(self, items: Sequence[Item]) -> bool:
        """Ask for the lines of the page; False where nothing is known of them."""
        for number, item in enumerate(items, start=1):
            click.echo(f"   {number}. {item.text}")
        click.secho(
            "  Type the numbers of those that are so (the others then count as no), `3?` where you are not sure,\n"
            "  `none` if none of them is so, `?` if you do not know",
            dim=True,
        )
        while True:
            text = typed("")
            if text == "?":
                return False
            if text.lower() in _NONE:
                self.reply = {"none": ["yes"]}
                return True
            words = text.replace(",", " ").split()
            if words and all(_picks(word, len(items)) for word in words):
                break
            silent = "" if words else "An empty line is not a no. "
            _tell(f"{silent}Type numbers from 1 to {len(items)} with spaces between, `none`, or `?`")
        for word in words:
            kind = "unsure" if word.endswith("?") else "yes"
            self.reply.setdefault(kind, []).append(items[int(word.removesuffix("?")) - 1].id)
        return True

    def _fields(self) -> None:
        from myoscope.assess.replies import open_fields
        from myoscope.quantities import quantities

        for name in open_fields(self.question, self.facts):
            known = quantities()[name]
            hint = "yes or no" if known.kind == "yes_no" else ", ".join(known.values) or known.shown_unit
            able = ", or unable" if known.can_be_unable else ""
            self._one(name, f"{known.name} ({hint}{able})")

    def _lines(self) -> None:
        click.secho(
            "  Others, one a line (`hip fracture since 2026-10-05`, `breast cancer (past)`); an empty line ends",
            dim=True,
        )
        while (text := typed("")) not in {"", "?"}:
            self._take({"lines": ["\n".join([*self.reply.get("lines", []), text])]})
        if typed("Is that all of them? (yes or no)").lower() in {"yes", "y"}:
            self._take({"complete": ["yes"]})

    def _one(self, name: str, words: str) -> None:
        """Ask for one value until it can be taken; Enter and `?` leave it unknown."""
        while (text := typed(words)) not in {"", "?"}:
            tested = self.question.fields[0] if name == "seconds" else name
            if text.lower() == "unable" and tested in self.question.fields:
                said = {"unable": [*self.reply.get("unable", []), tested]}
            else:
                said = {name: [text]}
            if self._take(said, name):
                return

    def _take(self, said: Said, name: str = "") -> bool:
        """Take an answer into the reply; where it cannot be one, say why and leave the reply as it was."""
        problems = self.wrong({**self.reply, **said})
        unlikely = [one for one in problems if one.where == name and _VOUCH in (one.attempt or "")]
        for one in problems:
            _tell(f"{one.where}: {one.what}" if one in unlikely else str(one))
        if problems and len(unlikely) == len(problems):
            if typed("Is it right as it is? (yes or no)").lower() not in {"yes", "y"}:
                return False
            vouched = [*self.reply.get("confirmed", []), f"{name}={said[name][0]}"]
            return self._take({**said, "confirmed": vouched}, name)
        if not problems:
            self.reply |= said
        return not problems


def _picks(word: str, most: int) -> bool:
    digits = word.removesuffix("?")
    return digits.isascii() and digits.isdigit() and 0 < int(digits) <= most


def _tell(text: str) -> None:
    click.secho(f"  {text}", fg="red", err=True)
