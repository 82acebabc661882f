"""A picture with its words, as every page shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with the sentence under it (`svg` is empty where there are no numbers); `about` stands folded."""

    title: str
    sentence: str
    svg: str = ""
    note: str = ""
    about: tuple[str, ...] = ()
