"""How far one measurement of muscle or strength lies from the truth, by quantity and method."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from myoscope.model.deficit import policy
from myoscope.model.real_change import TWO_SIDED_95
from myoscope.quantities import Quantity, quantity
from myoscope.sources import Citation


@dataclass(frozen=True, slots=True)
class Error:
    """The standard error of one measure [unit of the quantity, or percent of the value], and where it stands."""

    value: float
    percent: bool
    citation: Citation
    population: str

    def at(self, level: float) -> float:
        """In the quantity's unit, at this value."""
        return self.value * level / 100 if self.percent else self.value


def error_of(variable: str, method: str | None) -> Error | None:
    """The standard error of one measure of this quantity by this method; None where nobody knows it."""
    fixed = policy()
    for row in fixed["error_by_method"]:
        if row["quantity"] == variable and method in row["methods"]:
            known = quantity(row["taken_from"]) if "taken_from" in row else None
            return _error(known, (row["statistic"],)) if known else None
    for row in fixed["error_of_our_own"]:
        if row["quantity"] == variable:
            own = Citation(fixed["source"], "model/attribution.yaml: " + row["note"], fixed["read"])
            return Error(float(row["standard_error"]), percent=False, citation=own, population="anybody, one scale")
    return _error(quantity(variable), ("MDC95", "SEM", "RCV95", "CV"))


def _error(known: Quantity, statistics: Iterable[str]) -> Error | None:
    per = {"MDC95": TWO_SIDED_95 * math.sqrt(2), "RCV95": TWO_SIDED_95 * math.sqrt(2), "SEM": 1, "CV": 1}
    for statistic in statistics:
        for row in known.errors:
            percent = statistic in {"RCV95", "CV"}
            if row.statistic == statistic and row.citation.may_decide and (percent or row.unit == known.unit):
                return Error(row.value / per[statistic], percent, row.citation, row.population)
    return None
