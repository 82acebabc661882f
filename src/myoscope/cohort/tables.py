"""Files of people: CSV, Parquet and SAS transport, opened as one lazy table each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from myoscope.record import InputError, Problem

if TYPE_CHECKING:
    import polars as pl

Result = TypeVar("Result")
READABLE = (".csv", ".parquet", ".xpt")
WRITABLE = (".csv", ".parquet")
# How statistics programs write an empty cell of a text file.
EMPTY = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", ".")
XPT_ROWS = 100_000


def open_table(path: Path, *, separator: str = ",", scratch: Path | None = None) -> pl.LazyFrame:
    """The table in a file.

    Args:
        path: a .csv (every column as text; the rules decide what is a number), .parquet or .xpt file.
        separator: what stands between the cells of a CSV.
        scratch: folder for the copy that a SAS file needs; beside it when None.

    Raises:
        InputError: the file does not exist, is empty, or is not what its name says.

    """
    kind = path.suffix.lower()
    if kind not in READABLE:
        raise InputError(
            path.name, [Problem("file", f"{kind or 'no ending'!r} is not read", f"Give one of {', '.join(READABLE)}")]
        )
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise InputError(str(path), [Problem("file", what, "Check the path")])
    if path.stat().st_size == 0:
        raise InputError(path.name, [Problem("file", "is empty")])
    if kind == ".csv":
        return _csv(path, separator)
    return _parquet(path) if kind == ".parquet" else _xpt(path, scratch or path.parent)


def _csv(path: Path, separator: str) -> pl.LazyFrame:
    import polars as pl

    with path.open("rb") as handle:
        first = handle.readline(1 << 20)
    try:
        header = first.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise InputError(path.name, [Problem("line 1", "is not UTF-8 text", "Save the file as UTF-8")]) from None
    names = [name.strip().strip('"') for name in header.split(separator)]
    if len(names) == 1:
        other = next((one for one in (";", "\t", ",", "|") if one in header), None)
        if other:
            shown = "tab" if other == "\t" else other
            raise InputError(
                path.name,
                [
                    Problem(
                        "line 1", f"has no {separator!r} but {shown!r} between its names", f"Add --separator {shown!r}"
                    )
                ],
            )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            path.name, [Problem("line 1", f"names {', '.join(twice)} twice", "Give every column its own name")]
        )
    return pl.scan_csv(path, separator=separator, infer_schema=False, null_values=list(EMPTY))


def _parquet(path: Path) -> pl.LazyFrame:
    import polars as pl

    table = pl.scan_parquet(path)
    told(path, table.collect_schema)
    return table


def _xpt(path: Path, scratch: Path) -> pl.LazyFrame:
    """A SAS transport file, copied in pieces into a form that can be read from any row."""
    import polars as pl

    try:
        import pyreadstat
    except ModuleNotFoundError:
        raise InputError(
            path.name, [Problem("file", "needs pyreadstat to be read", "pip install 'myoscope[cohort]'")]
        ) from None
    read, number = XPT_ROWS, 0
    while read == XPT_ROWS:
        try:
            piece, _ = pyreadstat.read_xport(
                path, row_offset=XPT_ROWS * number, row_limit=XPT_ROWS, output_format="polars",
                disable_datetime_conversion=True,
            )  # fmt: skip
        except (pyreadstat.ReadstatError, ValueError, OSError) as error:
            raise InputError(path.name, [Problem("file", f"is no SAS transport file ({error})")]) from None
        piece.write_ipc(scratch / f"sas-{number:05}.arrow")
        read, number = piece.height, number + 1
    return pl.scan_ipc(sorted(scratch.glob("sas-*.arrow")))


def told(path: Path, work: Callable[[], Result]) -> Result:
    """The result of some reading, or an InputError instead of the engine's own words."""
    import polars as pl

    try:
        return work()
    except (pl.exceptions.PolarsError, OSError) as error:
        first = str(error).splitlines()[0]
        raise InputError(
            path.name, [Problem("file", f"cannot be read: {first}", "Is it whole, and what its name says?")]
        ) from None
