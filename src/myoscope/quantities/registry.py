"""Every variable Myoscope knows: unit, name, codes, guard and usual range, direction, measurement error."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from myoscope.sources import Citation, KnowledgeError, citation, folder


@dataclass(frozen=True, slots=True)
class Range:
    """A closed interval in the quantity's own unit; an open end is None."""

    low: float | None = None
    high: float | None = None

    def holds(self, value: float) -> bool:
        """Whether the value lies inside, ends included."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A unit that people type by mistake: value in that unit * factor = value in the quantity's unit."""

    unit: str
    factor: float
    example: str | None = None


@dataclass(frozen=True, slots=True)
class MeasurementError:
    """How far two measurements of an unchanged person lie apart."""

    statistic: str
    value: float
    unit: str
    population: str
    citation: Citation
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """One variable. `unit` is a UCUM code; ranges are in that unit."""

    id: str
    name: str
    kind: str
    plain: str | None = None
    how: str | None = None
    unit: str | None = None
    values: tuple[str, ...] = ()
    loinc: tuple[tuple[str, str], ...] = ()
    guard: Range = Range()
    usual_by_sex: dict[str | None, Range] = field(default_factory=dict)
    better: str = "neither"
    can_be_unable: bool = False
    resolution: float | None = None
    stale_after_days: int | None = None
    lookalikes: tuple[Lookalike, ...] = ()
    errors: tuple[MeasurementError, ...] = ()
    formula: str | None = None
    belongs_to: str | None = None

    def usual(self, sex: str | None) -> Range:
        """The usual range for this sex; without a known sex the widest of both."""
        if sex in self.usual_by_sex:
            return self.usual_by_sex[sex]
        if None in self.usual_by_sex:
            return self.usual_by_sex[None]
        ranges = list(self.usual_by_sex.values())
        lows = [r.low for r in ranges if r.low is not None]
        highs = [r.high for r in ranges if r.high is not None]
        return Range(min(lows) if lows else None, max(highs) if highs else None)

    @property
    def shown_unit(self) -> str:
        """The unit as people write it."""
        return shown_unit(self.unit or "")


_SHOWN_UNITS = {
    "1": "",
    "%": "%",
    "a": "years",
    "kg/m2": "kg/m²",
    "m2": "m²",
    "cm2": "cm²",
    "m/s": "m/s",
    "[in_i]": "inches",
    "[lb_av]": "pounds",
    "[lbf_av]": "pounds",
    "[stone_av]": "stone",
    "[mi_i]/h": "miles per hour",
    "[ft_i]": "feet",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²",
    "mm[Hg]": "mmHg",
    "Cel": "°C",
    "10*9/L": "×10⁹/L",
    "m[IU]/L": "mIU/L",
    "deg": "°",
    "Ohm": "Ω",
    "cm2/m2": "cm²/m²",
    "{score}": "points",
    "g/kg/d": "g/kg a day",
    "kcal/d": "kcal a day",
    "/wk": "a week",
    "min/wk": "min a week",
    "/d": "a day",
    "d": "days",
    "wk": "weeks",
    "[HU]": "HU",
    "/min": "per min",
    "ug/dL": "µg/dL",
    "umol/L": "µmol/L",
    "[hnsf'U]": "HU",
    "[IU]/L": "IU/L",
    "N.m": "N·m",
    "kgf": "kg",
    "mo": "months",
}


def shown_unit(code: str) -> str:
    """A UCUM code as people write it: 'kg/m2' -> 'kg/m²', '[lb_av]' -> 'pounds'."""
    return _SHOWN_UNITS.get(code, code.replace("{", "").replace("}", ""))


@cache
def quantities() -> dict[str, Quantity]:
    """The whole registry by id, in the order of the files."""
    found: dict[str, Quantity] = {}
    for path, entries in folder("quantities").items():
        for entry in entries or []:
            if entry["id"] in found:
                raise KnowledgeError(f"{path}: quantity {entry['id']!r} is defined twice")
            found[entry["id"]] = _quantity(entry, path)
    return found


def quantity(name: str) -> Quantity:
    """One quantity. An unknown name is refused with the nearest known one.

    Raises:
        KeyError: text naming the nearest known variable.

    """
    known = quantities()
    if name not in known:
        raise KeyError(f"unknown variable {name!r}{did_you_mean(name, known)}")
    return known[name]


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The known name most like this one, or None when none is near; of those that begin with it the shortest."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    cleaned = name.strip().lower().replace(" ", "_").replace("-", "_")
    if cleaned in by_lower:
        return by_lower[cleaned]
    starts = sorted((one for one in by_lower if cleaned and one.startswith(cleaned)), key=len)
    close = starts[:1] or difflib.get_close_matches(cleaned, by_lower, n=1, cutoff=cutoff)
    return by_lower[close[0]] if close else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of an error message: '; did you mean ...?' or nothing."""
    near = nearest(name, known)
    return f"; did you mean {near!r}?" if near else ""


def _quantity(entry: dict[str, Any], path: str) -> Quantity:
    allowed = _ALLOWED
    unknown = set(entry) - allowed
    if unknown:
        raise KnowledgeError(f"{path}: quantity {entry['id']!r} has unknown keys {sorted(unknown)}")
    above = citation(entry)
    usual = entry.get("usual") or []
    usual = usual if isinstance(usual, list) else [usual]
    errors = []
    for row in entry.get("error") or []:
        cited = citation(row, above)
        if cited is None:
            raise KnowledgeError(f"{path}: {entry['id']}: a measurement error without source, place or read")
        errors.append(
            MeasurementError(
                row["statistic"],
                float(row["value"]),
                row.get("unit", entry.get("unit", "1")),
                row.get("population", ""),
                cited,
                row.get("note"),
            )
        )
    return Quantity(
        id=entry["id"],
        name=entry["name"],
        kind=entry.get("kind", "number"),
        plain=entry.get("plain"),
        how=entry.get("how"),
        unit=entry.get("unit"),
        values=tuple(entry.get("values") or ()),
        loinc=tuple((str(row["code"]), row["match"]) for row in entry.get("loinc") or []),
        guard=_range(entry.get("guard")),
        usual_by_sex={row.get("sex"): _range(row) for row in usual},
        better=entry.get("better", "neither"),
        can_be_unable=bool(entry.get("can_be_unable", False)),
        resolution=entry.get("resolution"),
        stale_after_days=entry.get("stale_after_days"),
        lookalikes=tuple(
            Lookalike(row["unit"], float(row["factor"]), row.get("example"))
            for row in entry.get("lookalikes") or []
            if "factor" in row
        ),
        errors=tuple(errors),
        formula=entry.get("formula"),
        belongs_to=entry.get("belongs_to"),
    )


_ALLOWED = {
    "id",
    "name",
    "kind",
    "plain",
    "how",
    "unit",
    "values",
    "loinc",
    "guard",
    "usual",
    "better",
    "can_be_unable",
    "resolution",
    "stale_after_days",
    "lookalikes",
    "error",
    "formula",
    "belongs_to",
    "source",
    "place",
    "read",
    "note",
}


def _range(entry: dict[str, Any] | None) -> Range:
    if not entry:
        return Range()
    low, high = entry.get("low"), entry.get("high")
    return Range(None if low is None else float(low), None if high is None else float(high))
