"""Tables too long to hold: rows read a group at a time, from memory or from a Parquet file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["GROUP", "Rows", "groups", "schema_of"]

GROUP = 65_536  # rows at once; also a row group of every published file
Rows = pa.Table | pq.ParquetFile


def schema_of(rows: Rows) -> pa.Schema:
    """The Arrow schema of a table or of a Parquet file."""
    return rows.schema if isinstance(rows, pa.Table) else rows.schema_arrow


def groups(rows: Rows, size: int = GROUP, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """Consecutive tables of ``size`` rows, the last one shorter, whatever chunks or row groups ``rows`` is made of."""
    if isinstance(rows, pa.Table):
        picked = rows if columns is None else rows.select(list(columns))
        yield from (picked.slice(start, size) for start in range(0, picked.num_rows, size))
        return
    held: list[pa.Table] = []
    n = 0
    for batch in _batches(rows, size, columns):
        held.append(pa.Table.from_batches([batch]))
        n += batch.num_rows
        while n >= size:
            joined = pa.concat_tables(held)
            yield joined.slice(0, size)
            held, n = [joined.slice(size)], n - size
    if n:
        yield pa.concat_tables(held)


def _batches(file: pq.ParquetFile, size: int, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
    """Asked for all row groups at once, pyarrow would fetch the whole file ahead, and hold it."""
    for group in range(file.num_row_groups):
        yield from file.iter_batches(size, row_groups=[group], columns=None if columns is None else list(columns))
