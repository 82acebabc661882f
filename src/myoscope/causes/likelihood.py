"""Published likelihood ratios of clues: how many times as often a finding is seen with a disease as without it.

They are shown, and they order what the words of strength leave equal. They are never multiplied, because the signs of
one disease come together, and they never become a probability, because no probability before the test is known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from myoscope.sources import Citation, KnowledgeError, citation, folder

_KEYS = frozenset(
    {"value", "low", "high", "unit", "among", "weaker_because", "note", "conflict", "source", "place", "read"}
)


@dataclass(frozen=True, slots=True)
class LikelihoodRatio:
    """The ratio of one finding.

    Attributes:
        value: share with the finding among those who have the disease, divided by the share among the others [1].
        low, high: the ends of its 95 % interval [1]; None where the source prints none.
        among: in whom, and for what, it was found.
        weaker_because: why the clue weighs less here than the ratio by itself would say.

    """

    value: float
    low: float | None
    high: float | None
    among: str
    citation: Citation
    weaker_because: str | None = None

    @property
    def times(self) -> float:
        """How far from 1 it lies, either way: 0.1 speaks against as much as 10 speaks for."""
        return max(self.value, 1 / self.value)


@dataclass(frozen=True, slots=True)
class Band:
    """Ratios from `least` on (itself not included where `beyond`), and the word of strength they stand for."""

    least: float
    beyond: bool
    strength: str
    says: str


@cache
def bands() -> tuple[Band, ...]:
    """The usual reading of ratios, the strongest first (`knowledge/policy/likelihood.yaml`)."""
    rows = folder("policy")["policy/likelihood.yaml"]["bands"]
    found = [Band(float(one["least"]), bool(one.get("beyond", False)), one["strength"], one["says"]) for one in rows]
    return tuple(sorted(found, key=lambda one: -one.least))


def band(ratio: LikelihoodRatio) -> Band:
    """The band a ratio lies in."""
    times = round(ratio.times, 9)  # 1 / 0.2 is 5, not a hair less
    return next(one for one in bands() if (times > one.least if one.beyond else times >= one.least))


def likelihood_ratio(row: Mapping[str, Any] | None, where: str) -> LikelihoodRatio | None:
    """Read the `lr:` of a clue; None where it has none.

    Raises:
        KnowledgeError: a key that means nothing, a ratio of 0 or less, an interval that does not hold it, no source.

    """
    if row is None:
        return None
    if strangers := sorted(row.keys() - _KEYS):
        raise KnowledgeError(f"{where}: lr: unknown keys {strangers}")
    cited = citation(dict(row))
    if cited is None or "value" not in row or "among" not in row:
        raise KnowledgeError(f"{where}: lr: needs value, among, source, place and read")
    value, low, high = float(row["value"]), _number(row.get("low")), _number(row.get("high"))
    if value <= 0:
        raise KnowledgeError(f"{where}: lr: {value:g} is no ratio; it must be above 0")
    if (low is None) != (high is None) or (low is not None and high is not None and not 0 <= low <= value <= high):
        raise KnowledgeError(f"{where}: lr: {value:g} needs both ends of its interval around it, or none")
    return LikelihoodRatio(value, low, high, str(row["among"]), cited, row.get("weaker_because"))


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
