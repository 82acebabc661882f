"""What is known of one person, as the rules see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, TypeAlias


class Unable(Enum):
    """The one value for a test that the person could not do. It is not missing."""

    UNABLE = "unable"


UNABLE: Final = Unable.UNABLE
Value: TypeAlias = float | str | bool | Unable


@dataclass(frozen=True, slots=True)
class Listed:
    """What is known of one condition, medicine or symptom.

    Attributes:
        active: present now (True), known to be absent (False).
        ever: present now or in the past.
        days_ago: days since it began (or was given), the latest time; None when not known.
        undated: it stands there once more without a start, which may be later.

    """

    active: bool
    ever: bool
    days_ago: float | None = None
    undated: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """One person on one day.

    Attributes:
        values: variable id -> number, category, yes/no or UNABLE; a missing variable has no entry.
        listed: (kind, id) -> what is known of a condition, medicine or symptom; no entry = not asked.
        complete: the kinds whose list is said to be complete: what is not on it is absent.
        examined: (kind, id) of what only an examiner finds: no complete list makes it absent.

    """

    values: Mapping[str, Value] = field(default_factory=dict)
    listed: Mapping[tuple[str, str], Listed] = field(default_factory=dict)
    complete: frozenset[str] = frozenset()
    examined: frozenset[tuple[str, str]] = frozenset()

    def has(self, kind: str, term: str, *, ever: bool = False, within_days: float | None = None) -> bool | None:
        """Whether the term is on the person's list: yes, no, or unknown."""
        entry = self.listed.get((kind, term))
        if entry is None:
            # a complete list says what is there now; what once was, it does not say
            return False if kind in self.complete and not ever and (kind, term) not in self.examined else None
        present = entry.ever if ever or within_days is not None else entry.active
        if not present or within_days is None:
            return present
        if entry.days_ago is not None and entry.days_ago <= within_days:
            return True
        return None if entry.days_ago is None or entry.undated else False

    def having(self, extra: Mapping[str, Value]) -> Facts:
        """The same person with some variables filled in."""
        return Facts({**self.values, **extra}, self.listed, self.complete, self.examined)
