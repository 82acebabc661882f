"""The result table as a file, written piece by piece in the order of the rows."""

from __future__ import annotations

import queue
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

WAITING = 2


class Output:
    """Writes pieces of the result in the background; the file gets its name only when it is whole."""

    def __init__(self, path: Path, parts: Path) -> None:
        self.path = path
        self.partial = parts / "partial"
        self._pieces: queue.Queue[pl.DataFrame | None] = queue.Queue(WAITING)
        self._failed: Exception | None = None
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._hand_over(None)
            self._thread.join()
            if self._failed:
                raise self._failed
            self.partial.replace(self.path)

    def write(self, piece: pl.DataFrame) -> None:
        """One more piece, after all before it."""
        self._hand_over(piece)

    def _hand_over(self, piece: pl.DataFrame | None) -> None:
        while True:
            if self._failed:
                raise self._failed
            try:
                self._pieces.put(piece, timeout=1)
            except queue.Full:
                continue
            return

    def _work(self) -> None:
        try:
            (self._parquet if self.path.suffix.lower() == ".parquet" else self._csv)()
        except Exception as error:  # noqa: BLE001  # handed over to the thread that waits for it
            self._failed = error

    def _parquet(self) -> None:
        writer: pq.ParquetWriter | None = None
        while (piece := self._pieces.get()) is not None:
            table: pa.Table = piece.to_arrow()
            if writer is None:
                words = [
                    field.name for field in table.schema if pa.types.is_dictionary(field.type) or _is_text(field.type)
                ]
                # without the Arrow schema every reader sees plain text, not this writer's dictionaries
                writer = pq.ParquetWriter(
                    self.partial, table.schema, compression="zstd", store_schema=False, use_dictionary=words
                )
            writer.write_table(table)
        if writer is not None:
            writer.close()

    def _csv(self) -> None:
        with self.partial.open("wb") as handle:
            first = True
            while (piece := self._pieces.get()) is not None:
                write_csv(piece, handle, header=first)
                first = False


def write_csv(piece: pl.DataFrame, handle: IO[bytes], *, header: bool) -> None:
    """Rows as CSV; an empty cell is unknown."""
    piece.write_csv(handle, include_header=header)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))
