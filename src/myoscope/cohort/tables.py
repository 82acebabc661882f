"""Files of people: CSV, Parquet and SAS transport, opened as one lazy table each."""

from __future__ import annotations

import csv
import mmap
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from myoscope.record import InputError, Problem

if TYPE_CHECKING:
    import polars as pl

Result = TypeVar("Result")
READABLE = (".csv", ".parquet", ".xpt")
WRITABLE = (".csv", ".parquet")
# How statistics programs write an empty cell of a text file.
EMPTY = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", ".")
XPT_ROWS = 100_000
SHOWN = 5
_NAMED_SEPARATORS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";"}


def separator_of(text: str) -> str:
    """The one sign that is meant: itself, or the words tab, comma and semicolon.

    Raises:
        InputError: no sign, several, or one that cannot stand between cells.

    """
    sign = _NAMED_SEPARATORS.get(text.strip().lower(), text)
    if len(sign) != 1 or not sign.isascii() or sign.isalnum() or sign in '"\r\n.':
        what = "cannot stand between cells" if sign else "is empty"
        raise InputError(f"--separator {text!r}", [Problem("separator", what, "Give one sign: ',', ';', tab or '|'")])
    return sign


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
    if path.is_dir():
        raise InputError(str(path), [Problem("file", "is a folder", "Give the path of a file")])
    if kind not in READABLE:
        raise InputError(
            path.name, [Problem("file", f"{kind or 'no ending'!r} is not read", f"Give one of {', '.join(READABLE)}")]
        )
    if not path.is_file():
        raise InputError(str(path), [Problem("file", "does not exist", "Check the path")])
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
        header = first.decode("utf-8-sig").strip("\r\n")
    except UnicodeDecodeError:
        raise InputError(path.name, [Problem("line 1", "is not UTF-8 text", "Save the file as UTF-8")]) from None
    names = [name.strip() for name in next(csv.reader([header], delimiter=separator), [])]
    if len(names) == 1:
        other = next((one for one in (";", "\t", ",", "|") if one in header), None)
        if other:
            shown = "tab" if other == "\t" else repr(other)
            what = f"has no {separator!r} but {shown} between its names"
            raise InputError(path.name, [Problem("line 1", what, f"Add --separator {shown}")])
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            path.name, [Problem("line 1", f"names {', '.join(twice)} twice", "Give every column its own name")]
        )
    _even(path, separator, len(names))
    return pl.scan_csv(path, separator=separator, infer_schema=False, null_values=list(EMPTY))


def _even(path: Path, separator: str, width: int) -> None:
    """Refuse rows with more or fewer cells than line 1: their values would stand under other names.

    The whole file is looked at once; memory does not grow with it.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow

    found: list[Any] = []

    def note(row: Any) -> str:
        found.append(row)
        return "skip" if len(found) <= SHOWN else "error"

    try:
        # only the number of cells is wanted, so one column is read, as it is; line 1 counts as a row
        pieces = arrow.open_csv(
            path,
            arrow.ReadOptions(autogenerate_column_names=True, use_threads=False, block_size=1 << 22),
            arrow.ParseOptions(delimiter=separator, newlines_in_values=_quotes(path), invalid_row_handler=note),
            arrow.ConvertOptions(include_columns=["f0"], column_types={"f0": pa.binary()}),
        )
        for _ in pieces:
            pass
    except pa.ArrowInvalid as error:
        if not found:
            first = str(error).splitlines()[0]
            raise InputError(path.name, [Problem("file", f"cannot be read: {first}", "Is it whole?")]) from None
    if found:
        rows = [f"row {row.number - 1} has {row.actual_columns} ({_short(row.text)})" for row in found[:SHOWN]]
        more = ", and more" if len(found) > SHOWN else ""
        attempt = (
            f"Is {separator!r} the separator? A cell that holds it (a decimal comma) is quoted. Is the file whole?"
        )
        raise InputError(
            path.name, [Problem("file", f"line 1 names {width} columns, but {'; '.join(rows)}{more}", attempt)]
        )


def _quotes(path: Path) -> bool:
    """Whether a quotation mark stands anywhere: only then can a cell hold a line break."""
    with path.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(b'"') >= 0


def _short(text: str) -> str:
    return repr(text) if len(text) <= 60 else repr(text[:57] + "...")


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
    return pl.scan_ipc([scratch / f"sas-{done:05}.arrow" for done in range(number)])


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
