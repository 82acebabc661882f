"""For programs: a frame of people in, the same frame engine's table of answers out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from myoscope.cohort import needs
from myoscope.cohort.columns import Wishes, plan
from myoscope.cohort.door import clean, with_derived
from myoscope.cohort.job import choices
from myoscope.definitions import definition
from myoscope.definitions.table import with_results
from myoscope.rules.table import at_the_door


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
        InputError: a definition, column or unit that does not exist; no usable column.

    """
    wanted = definitions if isinstance(definitions, str) else ",".join(definitions)
    readings = [definition(name, choice) for name, choice in choices(wanted, paths or {}, "definitions").items()]
    frame: Any = at_the_door(people)
    names = frame.collect_schema().names()
    found = plan("the table", names, needs.variables(readings), wishes or Wishes())
    kept = {f"__keep__{name}": name for name in dict.fromkeys((*found.ids, *found.keep))}
    frame = frame.with_columns(*(nw.col(name).alias(hidden) for hidden, name in kept.items()))
    frame = clean(frame, found, list(kept))
    frame, columns = with_derived(frame, needs.variables(readings))
    frame = with_results(frame, readings, columns, list(kept))
    return nw.to_native(frame.rename(kept))
