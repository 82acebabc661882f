"""A column `conditions`, `medicines` or `symptoms`: several entries in one cell, each an id, a name or a code.

What a cell names is there. What it does not name is unknown, not absent: a cell does not say that its list is complete.
"""

from __future__ import annotations

import re
from functools import cache, partial

import polars as pl

from myoscope.quantities.terms import KINDS, implied_by, is_icd10, match_condition, match_medicines, terms

UNKNOWN = "?"
"""Stands in the list of a cell that names something unknown."""
_APART = re.compile(r"[;|]")
_ATC = re.compile(r"^[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?$")


def entries(kind: str, column: str, dtype: pl.DataType) -> pl.Expr:
    """The ids that each cell names and implies, as a list; null where the cell is empty.

    Args:
        kind: condition, medicine or symptom.
        column: text with `;` or `|` between the entries, or lists of text.
        dtype: the column's type.

    """
    read = partial(_every_cell, kind)
    return text(column, dtype).map_batches(read, return_dtype=pl.List(pl.String), is_elementwise=True)


def text(column: str, dtype: pl.DataType) -> pl.Expr:
    """The cell as one text."""
    cell = pl.col(column)
    return cell.cast(pl.List(pl.String)).list.join(";") if isinstance(dtype, pl.List) else cell.cast(pl.String)


def _every_cell(kind: str, cells: pl.Series) -> pl.Series:
    once = cells.drop_nulls().unique()
    known = pl.DataFrame(
        {"cell": once, "ids": [sorted(_one_cell(kind, cell)) for cell in once]},
        schema={"cell": pl.String, "ids": pl.List(pl.String)},
    )
    return pl.DataFrame({"cell": cells}).join(known, on="cell", how="left", maintain_order="left").get_column("ids")


def _one_cell(kind: str, cell: str) -> set[str]:
    found: set[str] = set()
    for part in _APART.split(cell):
        if part.strip():
            found |= meaning(kind, part.strip())
    return found


@cache
def meaning(kind: str, entry: str) -> frozenset[str]:
    """The ids that one entry names and implies; UNKNOWN among them where nobody knows it. A past illness names none."""
    found = _named(kind, entry)
    if found is None:
        return frozenset((UNKNOWN,))
    return frozenset((*found, *(broad for one in found for broad in implied_by(kind).get(one, ()))))


def _named(kind: str, entry: str) -> list[str] | None:
    spoken = entry.lower().replace("_", " ")
    if kind == "medicine":
        code = entry.upper().removeprefix("ATC:").strip()
        return match_medicines(entry, atc=code if _ATC.match(code) else None) or None
    known = terms(kind)
    same = [
        one.id for one in known.values()
        if spoken in {one.id.replace("_", " "), one.name.lower(), *(name.lower() for name in one.names)}
    ]  # fmt: skip
    if same:
        return same
    code = entry.removeprefix("ICD-10:").strip()
    if kind == "condition" and is_icd10(code):
        now, past = (match_condition(code, system) for system in ("icd10cm", "icd10cm_history"))
        return now if now or past else None
    return None


def kind_of(plural: str) -> str:
    """The kind of a list: conditions -> condition."""
    return next(kind for kind, many in KINDS.items() if many == plural)
