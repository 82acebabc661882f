"""People with their answers, as the engine hands them to the figures."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from myoscope.cohort.door import with_derived
from myoscope.cohort.needs import variables
from myoscope.definitions import Definition
from myoscope.definitions.table import with_results
from myoscope.rules.table import at_the_door


def answered(rows: pl.DataFrame, definitions: Sequence[Definition]) -> pl.LazyFrame:
    """The rows with the result columns of the definitions."""
    frame, columns = with_derived(at_the_door(rows.lazy()), variables(definitions))
    people: pl.LazyFrame = with_results(frame, definitions, columns, sorted(columns.names)).to_native()
    return people.collect().lazy()
