"""Tables to files and back: Parquet and CSV whose bytes depend on the values alone (and on the writer's version)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from ptce_etl.errors import DataError, PublishError
from ptce_etl.frames import ascending
from ptce_etl.rows import GROUP, Rows, groups, schema_of
from ptce_etl.schema import TABLES, Table

__all__ = [
    "conform",
    "conform_file",
    "csv_tables",
    "looks_like_formula",
    "neutral",
    "open_table",
    "parquet_writer",
    "read_table",
    "readable",
    "write_csv",
    "write_parquet",
]

_BATCH = 8_192
_MAKE = "make it with frames.to_arrow"

# What a spreadsheet runs: a cell that starts with one of these. French spreadsheets split a comma file at semicolons,
# so a semicolon inside a cell may start one too.
_FORMULA = re.compile(r"(^|[;\t\r\n])(\s*)([=+\-@\t\r＝＋－＠])")


def conform(name: str, table: pa.Table) -> pa.Table:
    """``table`` exactly as the schema has it: types and gaps checked, its metadata set, rows sorted by key.

    Raises :class:`DataError` when columns or types differ, a required value is missing, or a key is repeated.
    """
    spec = _spec(name, table.schema)
    _gaps(spec, table)
    if not ascending(table, spec.key):
        table = table.sort_by([(key, "ascending") for key in spec.key])
        if not ascending(table, spec.key):
            raise DataError(f"key {spec.key} is not unique", where=f"table {name}", do=_MAKE)
    return pa.Table.from_arrays(table.columns, schema=spec.arrow())


def conform_file(name: str, file: pq.ParquetFile) -> pq.ParquetFile:
    """``file``, once checked as :func:`conform` checks a table, a group of rows at a time; it must be sorted by key."""
    spec = _spec(name, file.schema_arrow)
    before: pa.Table | None = None
    for part in groups(file):
        _gaps(spec, part)
        keys = part.select(list(spec.key))
        if not ascending(keys if before is None else pa.concat_tables([before, keys]), spec.key):
            why = f"not sorted by {spec.key}, or not unique"
            raise DataError(why, where=f"table {name}", do="sort the file, one row a key")
        before = keys.slice(keys.num_rows - 1)
    return file


def _spec(name: str, found: pa.Schema) -> Table:
    spec = TABLES.get(name)
    if spec is None:
        raise DataError(f"no table {name!r} in the schema", where="src/ptce_etl/schema", do="add it there first")
    if not found.equals(spec.arrow().remove_metadata()):
        raise DataError(f"not the schema: {_differences(found, spec.arrow())}", where=f"table {name}", do=_MAKE)
    return spec


def _gaps(spec: Table, table: pa.Table) -> None:
    gaps = [c.name for c in spec.columns if c.required and table.column(c.name).null_count]
    if gaps:
        raise DataError(f"missing values in required columns {gaps}", where=f"table {spec.name}", do=_MAKE)


def _differences(found: pa.Schema, wanted: pa.Schema) -> str:
    have, want = [str(f.remove_metadata()) for f in found], [str(f.remove_metadata()) for f in wanted]
    unlike = [f for f in have if f not in want] + [f for f in want if f not in have]
    return ", ".join(unlike[:6]) or "columns in another order"


def write_parquet(rows: Rows, sink: IO[bytes], schema: pa.Schema | None = None) -> None:
    """Write conformed rows: zstd, fixed row groups, no pandas metadata, nothing that moves with the clock.

    One row group is in memory at a time. ``schema``: the one to write (its metadata), by default that of ``rows``.
    """
    schema = schema or schema_of(rows)
    with parquet_writer(sink, schema) as writer:
        for group in groups(rows):
            whole = group.combine_chunks()
            writer.write_table(pa.Table.from_arrays(whole.columns, schema=schema), row_group_size=GROUP)


def parquet_writer(sink: IO[bytes], schema: pa.Schema) -> pq.ParquetWriter:
    """The writer of every Parquet file that is published."""
    return pq.ParquetWriter(
        sink,
        schema,
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=3,
        use_dictionary=True,
        write_statistics=True,
        store_schema=True,
    )


def read_table(path: Path | BinaryIO, columns: Sequence[str] | None = None) -> pa.Table:
    """One Parquet file as it is: no column is made up from the names of the folders it lies in.

    Of ``columns``, those that the file has.

    :class:`PublishError` when it cannot be read.
    """
    with open_table(path) as file, readable(path):
        return file.read(columns=None if columns is None else list(columns))


def open_table(path: Path | BinaryIO) -> pq.ParquetFile:
    """A Parquet file to be read a group at a time. :class:`PublishError` when it is not one."""
    with readable(path):
        return pq.ParquetFile(path)


@contextmanager
def readable(path: Path | BinaryIO) -> Iterator[None]:
    """Turn a failed read of ``path`` into a :class:`PublishError` that says what to do."""
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        raise PublishError(
            f"{getattr(path, 'name', 'a table')} cannot be read: {' '.join(str(error).split())}",
            where=str(path),
            do="run `ptce verify` on its snapshot; a published file can be copied again from a backup",
        ) from error


def csv_tables() -> list[str]:
    """Names of the tables that also go out as CSV."""
    return [name for name, table in TABLES.items() if table.csv]


def write_csv(rows: Rows, sink: IO[bytes], columns: Sequence[str] | None = None) -> None:
    """Write rows as RFC 4180 CSV: UTF-8, comma, CRLF, ISO dates, true/false, empty for missing.

    Text that a spreadsheet would run as a formula gets an apostrophe in front (:func:`neutral`); the Parquet file has
    the exact text.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    names = schema_of(rows).names if columns is None else columns
    writer.writerow(names)
    for row in _rows(rows, names):
        writer.writerow(row)
        if text.tell() > 1 << 20:
            sink.write(text.getvalue().encode())
            text.seek(0)
            text.truncate()
    sink.write(text.getvalue().encode())


def _rows(rows: Rows, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for group in groups(rows, _BATCH, names):
        yield from zip(*(_cells(group.column(name)) for name in names), strict=True)


def _cells(column: pa.ChunkedArray[Any]) -> list[str]:
    values: list[Any] = column.to_pylist()
    if pa.types.is_string(column.type):
        return ["" if value is None else neutral(value) for value in values]
    if pa.types.is_boolean(column.type):
        return ["" if value is None else "true" if value else "false" for value in values]
    if pa.types.is_floating(column.type):  # NaN is a gap that slipped through, not a number
        return ["" if value is None or value != value else repr(value) for value in values]
    if pa.types.is_date(column.type):
        return ["" if value is None else value.isoformat() for value in values]
    return ["" if value is None else str(value) for value in values]


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet would take ``text``, or what follows a separator in it, for a formula."""
    return _FORMULA.search(text) is not None


def neutral(text: str) -> str:
    """``text`` with an apostrophe before what a spreadsheet would take for the start of a formula."""
    return _FORMULA.sub(r"\1\2'\3", text)
