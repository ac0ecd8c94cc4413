"""Tables to files: Parquet and CSV whose bytes depend on the values alone (and on the writer's version)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from ptce_etl.errors import DataError, PublishError
from ptce_etl.schema import TABLES

__all__ = ["FORMATS", "conform", "csv_tables", "neutral", "read_table", "write_csv", "write_parquet"]

ROW_GROUP = 65_536
_BATCH = 8_192

# What a spreadsheet runs: a cell that starts with one of these. French spreadsheets split a comma file at semicolons,
# so a semicolon inside a cell may start one too.
_FORMULA = re.compile(r"(^|[;\t\r\n])(\s*)([=+\-@\t\r＝＋－＠])")


def conform(name: str, table: pa.Table) -> pa.Table:
    """``table`` exactly as the schema has it: types and gaps checked, its metadata set, rows sorted by key.

    Raises :class:`DataError` when columns or types differ, a required value is missing, or a key is repeated.
    """
    spec = TABLES.get(name)
    if spec is None:
        raise DataError(f"no table {name!r} in the schema", where="src/ptce_etl/schema", do="add it there first")
    schema = spec.arrow()
    where, do = f"table {name}", "make it with frames.to_arrow"
    if not table.schema.equals(schema.remove_metadata()):
        raise DataError(f"not the schema: {_differences(table.schema, schema)}", where=where, do=do)
    gaps = [c.name for c in spec.columns if c.required and table.column(c.name).null_count]
    if gaps:
        raise DataError(f"missing values in required columns {gaps}", where=where, do=do)
    table = table.sort_by([(key, "ascending") for key in spec.key])
    if len(table.select(list(spec.key)).group_by(list(spec.key)).aggregate([])) != len(table):
        raise DataError(f"key {spec.key} is not unique", where=where, do=do)
    return pa.Table.from_arrays(table.combine_chunks().columns, schema=schema)


def _differences(found: pa.Schema, wanted: pa.Schema) -> str:
    have, want = [str(f.remove_metadata()) for f in found], [str(f.remove_metadata()) for f in wanted]
    unlike = [f for f in have if f not in want] + [f for f in want if f not in have]
    return ", ".join(unlike[:6]) or "columns in another order"


def write_parquet(table: pa.Table, sink: IO[bytes]) -> None:
    """Write a conformed table: zstd, fixed row groups, no pandas metadata, nothing that moves with the clock."""
    pq.write_table(
        table,
        sink,
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=3,
        row_group_size=ROW_GROUP,
        use_dictionary=True,
        write_statistics=True,
        store_schema=True,
    )


def read_table(path: Path) -> pa.Table:
    """One Parquet file as it is: no column is made up from the names of the folders it lies in.

    :class:`PublishError` when it cannot be read.
    """
    try:
        return pq.read_table(path, partitioning=None)
    except (OSError, pa.ArrowException) as error:
        raise PublishError(
            f"{path.name} cannot be read: {' '.join(str(error).split())}",
            where=str(path),
            do="run `ptce verify` on its snapshot; a published file can be copied again from a backup",
        ) from error


def csv_tables() -> list[str]:
    """Names of the tables that also go out as CSV."""
    return [name for name, table in TABLES.items() if table.csv]


def write_csv(table: pa.Table, sink: IO[bytes]) -> None:
    """Write a table as RFC 4180 CSV: UTF-8, comma, CRLF, ISO dates, true/false, empty for missing.

    Text that a spreadsheet would run as a formula gets an apostrophe in front (:func:`neutral`); the Parquet file has
    the exact text.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(table.column_names)
    for row in _rows(table):
        writer.writerow(row)
        if text.tell() > 1 << 20:
            sink.write(text.getvalue().encode())
            text.seek(0)
            text.truncate()
    sink.write(text.getvalue().encode())


def _rows(table: pa.Table) -> Iterator[tuple[str, ...]]:
    for batch in table.to_batches(max_chunksize=_BATCH):
        yield from zip(*(_cells(column) for column in batch.columns), strict=True)


def _cells(column: pa.Array[Any]) -> list[str]:
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


def neutral(text: str) -> str:
    """``text`` with an apostrophe before what a spreadsheet would take for the start of a formula."""
    return _FORMULA.sub(r"\1\2'\3", text)


FORMATS: dict[str, Callable[[pa.Table, IO[bytes]], None]] = {"parquet": write_parquet, "csv": write_csv}
