"""Frames to published tables and back, strictly: a wrong column, type, key or gap is an error, never a cast."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ptce_etl.errors import DataError
from ptce_etl.rows import Rows, groups
from ptce_etl.schema import ARROW, PANDAS, TABLES, VERSION, Column, Kind, Table

__all__ = ["ascending", "content_digest", "empty", "from_arrow", "to_arrow"]

_DIGESTED = 8_192  # rows hashed at once: part of what the digest is, never to be changed
_CARRIED: dict[Kind, pa.DataType] = {"date": pa.timestamp("us")}  # what pandas takes without another copy
_NULLABLE = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}  # pandas' own choice depends on the gaps


def empty(name: str) -> pd.DataFrame:
    """An empty frame with the columns and dtypes of table ``name``."""
    return pd.DataFrame({c.name: pd.Series(dtype=PANDAS[c.kind]) for c in TABLES[name].columns})


def to_arrow(name: str, frame: pd.DataFrame) -> pa.Table:
    """``frame`` as the published table ``name``: columns in order, rows sorted by key, types exact.

    Raises :class:`DataError` when a column is missing or unknown, a value has the wrong type, a required value is
    missing, or the key is not unique. (``pa.Table.from_pandas`` alone drops extra columns and casts "1" to 1 silently.)
    """
    table = TABLES[name]
    unknown = sorted(set(frame.columns) - set(table.names))
    missing = sorted(set(table.names) - set(frame.columns))
    if unknown or missing:
        raise DataError(
            f"table {name}: unknown columns {unknown}, missing columns {missing}",
            where="src/ptce_etl/schema",
            do="give the frame exactly the columns of the schema",
        )
    arrays = [_array(table, column, frame[column.name]) for column in table.columns]
    result = pa.Table.from_arrays(arrays, schema=table.arrow())
    if ascending(result, table.key):
        return result
    result = result.sort_by([(key, "ascending") for key in table.key])
    if not ascending(result, table.key):
        keys = frame[list(table.key)]
        twice = keys[keys.duplicated()].head(5).to_dict("records")
        raise DataError(f"table {name}: key {table.key} is not unique", where=str(twice), do="one row a key")
    return result


def ascending(table: pa.Table, key: tuple[str, ...]) -> bool:
    """Whether each row's key is above that of the row before: sorted, and unique."""
    n = max(table.num_rows - 1, 0)
    above, equal = np.zeros(n, dtype=bool), np.ones(n, dtype=bool)
    for name in key:
        before, after = table[name].slice(0, n), table[name].slice(1)
        above |= equal & np.asarray(pc.greater(after, before))
        equal &= np.asarray(pc.equal(after, before))
    return bool(above.all())


def _array(table: Table, column: Column, series: Any) -> Any:  # pandas and pyarrow stubs disagree on these
    where = f"table {table.name}, column {column.name}"
    if column.kind == "text" and not (
        pd.api.types.is_string_dtype(series.dtype) or series.dropna().map(lambda v: isinstance(v, str)).all()
    ):
        raise DataError(f"text expected, {series.dtype} found", where=where, do="convert it in the stage that makes it")
    if column.kind == "bool" and not (
        pd.api.types.is_bool_dtype(series.dtype) or series.dropna().map(lambda v: isinstance(v, bool)).all()
    ):
        raise DataError(f"bool expected, {series.dtype} found", where=where, do="convert it in the stage that makes it")
    try:
        converted = series.astype(PANDAS[column.kind])
        array = pa.array(converted, from_pandas=True, type=ARROW[column.kind], safe=column.kind != "date")
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise DataError(
            f"not {column.kind}: {error}", where=where, do="convert it in the stage that makes it"
        ) from error
    if column.required and array.null_count:
        rows = [position for position, gone in enumerate(series.isna()) if gone][:5]
        raise DataError(
            f"{array.null_count} missing values in a required column",
            where=f"{where}, rows {rows}",
            do="fill it in the stage that makes it, or report the row in issues",
        )
    return array


def from_arrow(name: str, table: pa.Table) -> pd.DataFrame:
    """The pandas frame of published table ``name`` with the dtypes of the module's table."""
    carried = {c.name: _CARRIED.get(c.kind, ARROW[c.kind]) for c in TABLES[name].columns}
    fields = [pa.field(field.name, carried.get(field.name, field.type)) for field in table.schema]
    frame: pd.DataFrame = table.cast(pa.schema(fields)).to_pandas(date_as_object=False, types_mapper=_NULLABLE.get)
    return frame


def content_digest(tables: Mapping[str, Rows]) -> str:
    """sha256 (hex) over the values of all tables, volatile columns left out: same digest, nothing changed.

    File bytes change with the writer's version and with the day; this does not. ``changes`` compares with the previous
    snapshot and ``checks`` with its counts, so neither is part of what a snapshot says about the world. Rows are read
    a group at a time: column by column, where values are missing, then the values themselves.
    """
    digest = hashlib.sha256(VERSION.encode())
    for name in sorted(set(tables) - {"changes", "checks"}):
        kept = [c.name for c in TABLES[name].columns if not c.volatile]
        digest.update(name.encode())
        for group in groups(tables[name], _DIGESTED, kept):
            digest.update(group.num_rows.to_bytes(8, "little"))
            for column in kept:
                for block in _blocks(group.column(column).combine_chunks()):
                    digest.update(block)
    return digest.hexdigest()


def _blocks(column: Any) -> Iterator[bytes | memoryview]:
    """A column's values as bytes that no chunking, padding or writer's version can change."""
    if isinstance(column, pa.ChunkedArray):  # combine_chunks of nothing
        column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    yield np.packbits(np.asarray(column.is_null())).tobytes()
    if pa.types.is_string(column.type):
        filled = column.fill_null("")
        ends = np.frombuffer(filled.buffers()[1] or bytes(4), dtype="<i4")[filled.offset :][: len(filled) + 1]
        yield np.diff(ends).tobytes()
        if filled.buffers()[2] is not None:
            yield memoryview(filled.buffers()[2])[int(ends[0]) : int(ends[-1])]
    elif pa.types.is_date(column.type):
        yield np.asarray(column.cast(pa.int32()).fill_null(0)).astype("<i4").tobytes()
    else:
        plain = {pa.bool_(): "u1", pa.int64(): "<i8", pa.float64(): "<f8"}[column.type]
        yield np.asarray(column.fill_null(False if plain == "u1" else 0)).astype(plain).tobytes()
