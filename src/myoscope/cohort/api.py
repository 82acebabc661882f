"""For programs: a frame of people in, the same frame engine's table of answers out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from myoscope.cohort import needs
from myoscope.cohort.columns import Plan, Wishes, plan
from myoscope.cohort.door import clean, with_derived
from myoscope.cohort.job import choices
from myoscope.cohort.run import clash
from myoscope.cohort.suspicion import suspect
from myoscope.definitions import definition
from myoscope.definitions.table import with_results
from myoscope.record import InputError, Problem

_SOURCE = "the table"


def classify_table(
    people: Any,
    definitions: str | Sequence[str] = "all",
    *,
    paths: Mapping[str, Mapping[str, str]] | None = None,
    wishes: Wishes | None = None,
) -> Any:
    """Classify a table of people, one row each.

    Args:
        people: a Polars (eager or lazy), pandas, PyArrow, DuckDB or PySpark frame with typed columns named by
            registry ids, in the registry's units; a boolean column `<variable>__unable` marks tests that could not be
            done, and a list entry is a boolean column `<kind>__<id>` such as `condition__cancer`.
        definitions: 'all', or the ids wanted.
        paths: definition id -> {path: reading}, where not the default.
        wishes: other column names, units, codes, columns to keep.

    Returns:
        a frame of the same engine (pandas in, Polars out: pandas columns lose "unknown"), lazy where that engine is:
        the id columns, and for each definition its result columns. Values outside a guard range count as missing.

    Raises:
        InputError: no frame; a definition, column or unit that does not exist; text where numbers are wanted; no
            usable column; and, in an eager frame, a column that looks like another unit or another coding. The values
            of a lazy frame are not looked at beforehand.

    """
    wanted = definitions if isinstance(definitions, str) else ",".join(definitions)
    readings = [definition(name, choice) for name, choice in choices(wanted, paths or {}, "definitions").items()]
    frame = _frame(people)
    names = frame.collect_schema().names()
    found = plan(_SOURCE, names, needs.variables(readings), wishes or Wishes())
    clash(_SOURCE, found, readings)
    _typed(frame, found)
    if isinstance(frame, nw.DataFrame):
        suspect(_SOURCE, frame.select(*found.read).to_polars().lazy(), found)
    kept = {f"__keep__{name}": name for name in dict.fromkeys((*found.ids, *found.keep))}
    frame = frame.with_columns(*(nw.col(name).alias(hidden) for hidden, name in kept.items()))
    frame = clean(frame, found, list(kept))
    frame, columns = with_derived(frame, needs.variables(readings))
    frame = with_results(frame, readings, columns, list(kept))
    return nw.to_native(frame.rename(kept))


def _frame(people: Any) -> Any:
    """The frame as Narwhals sees it; pandas frames as Polars ones."""
    try:
        frame: Any = nw.from_native(people)
    except TypeError:
        what = f"a {type(people).__name__} is no frame"
        attempt = "Give a Polars, pandas, PyArrow, DuckDB or PySpark frame, e.g. polars.DataFrame(rows)"
        raise InputError(_SOURCE, [Problem("people", what, attempt)]) from None
    if frame.implementation.is_pandas():
        import polars as pl

        # not even nullable pandas columns are safe: a typed null literal becomes False there
        frame = nw.from_native(pl.from_pandas(people, nan_to_null=True))
    return frame


def _typed(frame: Any, found: Plan) -> None:
    """Refuse text in the columns of numbers, and lists in cells."""
    kinds = frame.collect_schema()
    problems = [
        Problem(f"column {use.column}", f"holds {kinds[use.column]} where numbers are wanted", "Cast it to numbers")
        for use in found.uses
        if use.kind == "number" and not (kinds[use.column].is_numeric() or kinds[use.column] == nw.Unknown)
    ]
    problems += [
        Problem(
            f"column {column}", "lists in a cell are not read here", f"Give columns {many[:-1]}__<id> of yes and no"
        )
        for many, column in found.lists.items()
    ]
    if problems:
        raise InputError(_SOURCE, problems)
