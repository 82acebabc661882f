"""What a check reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of the knowledge base: file, place in it, and what is wrong."""

    file: str
    place: str
    what: str

    def __str__(self) -> str:
        """One line."""
        return f"{self.file}: {self.place}: {self.what}"
