"""What every part of the result is made of."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

ReadWord = Literal["primary", "secondary", "recalled", "policy"]


class Part(BaseModel):
    """A part of the result: no key that is not in the schema."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Cited(Part):
    """Where a statement stands: source id, 'First author year', place in it, whether it was read, and an address."""

    source: str
    short: str
    place: str
    read: ReadWord
    link: str | None = None


class Interval(Part):
    """A median (or mean) with the ends of its interval."""

    median: float
    low: float
    high: float
