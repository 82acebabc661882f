"""An account of what an importer met: nothing is left out without being counted and, where it matters, said."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Account:
    """Counts by kind of thing, and sentences for the reader.

    Every resource is counted once, as 'read', 'ignored' (it has no meaning here) or 'left out' (it has one, but must
    not be used); the values of a resource are counted apart.
    """

    tally: Counter[str] = field(default_factory=Counter)
    _said: list[str] = field(default_factory=list)
    _groups: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def resource(self, fate: str, kind: str, number: int = 1) -> None:
        """Count a resource: fate is 'read', 'ignored' or 'left out'."""
        self.tally[f"{fate} {kind}"] += number

    def count(self, what: str) -> None:
        """Count anything else, without a remark."""
        self.tally[what] += 1

    def say(self, sentence: str) -> None:
        """A remark of its own."""
        if sentence not in self._said:
            self._said.append(sentence)

    def left_out(self, subject: str, why: str, example: str = "") -> None:
        """Something that was left out for a reason; the same reason is told once, with how often and one example."""
        self._groups.setdefault((subject, why), []).append(example)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the reader should know, in plain sentences."""
        grouped = []
        for (subject, why), examples in self._groups.items():
            many = f"left out {len(examples)} times" if len(examples) > 1 else "left out"
            example = next((text for text in examples if text), "")
            shown = f" ({'for example ' if len(examples) > 1 else ''}{example})" if example else ""
            grouped.append(f"{subject}: {many} {why}{shown}")
        return (*self._said, *grouped)
