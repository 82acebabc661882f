"""What is wrong with somebody's input: where, what, and what to try."""

from __future__ import annotations

from dataclasses import dataclass

_ENDS = (".", "?", "!")


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: the place (key, row, line), what is wrong with it, and what to try."""

    where: str
    what: str
    attempt: str | None = None

    def __str__(self) -> str:
        """One line for a terminal."""
        return f"{self.where}: {self._said()}"

    @property
    def sentences(self) -> str:
        """What is wrong and what to try, without the place; the last sentence ends as sentences do."""
        said = self._said()
        return said if said.endswith(_ENDS) else f"{said}."

    def _said(self) -> str:
        if not self.attempt:
            return self.what
        return f"{self.what}{' ' if self.what.endswith(_ENDS) else '. '}{self.attempt}"


class InputError(ValueError):
    """Input that cannot be answered as it stands. Nothing of it was changed.

    Args:
        source: the file (or 'the record') the problems are in.
        problems: at least one.

    """

    def __init__(self, source: str, problems: list[Problem]) -> None:
        self.source = source
        self.problems = problems
        super().__init__(str(self))

    def __str__(self) -> str:
        """All problems, the file named once."""
        if len(self.problems) == 1:
            return f"{self.source}: {self.problems[0]}"
        lines = "\n".join(f"  - {problem}" for problem in self.problems)
        return f"{self.source}: {len(self.problems)} problems\n{lines}"
