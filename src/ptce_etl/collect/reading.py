"""Kept bytes to rows: a CSV file or an extract as text cells under our column names, or :class:`SourceChanged`.

Every cell stays text: ``NA`` is a word, ``01`` a department. Spaces around a cell are dropped, and an empty cell is
missing. Any bytes give a frame or :class:`SourceChanged`, within the limits below.
"""

from __future__ import annotations

import codecs
import re
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ptce_etl.catalogue.registry import ReaderOptions, Source
from ptce_etl.collect.columns import quick_columns
from ptce_etl.collect.extract import check_columns, is_extract, opened_extract
from ptce_etl.collect.text import MAX_CELL, MAX_ROWS, comparable, csv_rows, listed, open_csv
from ptce_etl.errors import SourceChanged
from ptce_etl.model import Issue

__all__ = ["audit", "read", "read_table"]


_DELIMITERS: tuple[Literal[",", ";", "\t", "|"], ...] = (",", ";", "\t", "|")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_CATALOGUE = "src/ptce_etl/catalogue/sources.yml"


def read(raw: bytes, source: Source) -> pd.DataFrame:
    """The rows of ``raw`` under the target columns that ``source`` maps, and ``record_no``.

    Text columns are ``str`` with NaN for empty cells; ``record_no`` is ``Int64``, the position of the row in the file,
    from 1, rows without any value counted and left out. Raises :class:`SourceChanged` when the file cannot be read or
    its columns are not those of the catalogue.
    """
    try:
        if is_extract(raw):
            return _extracted(raw, source)
        if source.reader != "csv":
            raise SourceChanged("these bytes are no extract", do="collect the source again")
        named = {*source.columns.values(), *source.ignore}
        data, delimiter, header = open_csv(
            raw, delimiter=source.options.delimiter, encoding=source.options.encoding, expected=named
        )
        check_columns(header, source)
        wanted = {name: header.index(column) for name, column in source.columns.items()}
        frame, numbers = _frame(data, delimiter, len(header), wanted)
    except SourceChanged as error:
        raise SourceChanged(f"{source.source_id}: {error.what}", where=source.url, do=error.do) from error
    return frame.assign(**_constant(source, frame.index), record_no=numbers)


def _extracted(raw: bytes, source: Source) -> pd.DataFrame:
    columns, rows = opened_extract(raw)
    lost = [name for name, column in source.columns.items() if column not in columns and name not in source.optional]
    if lost:
        raise SourceChanged(f"what was kept of it has no column for {listed(lost)}", do="collect the source again")
    frame = pd.DataFrame(
        {name: pd.Series([row.get(column) for row in rows], dtype="str") for name, column in source.columns.items()}
    )
    frame.index = pd.RangeIndex(len(rows))
    return frame.assign(**_constant(source, frame.index), record_no=pd.Series(range(1, len(rows) + 1), dtype="Int64"))


def _constant(source: Source, index: pd.Index) -> dict[str, pd.Series[str]]:
    return {name: pd.Series(value, index=index, dtype="str") for name, value in source.constants.items()}


def read_table(raw: bytes, *, where: str, options: ReaderOptions | None = None) -> pd.DataFrame:
    """Every column of a CSV file under its own name, as :func:`read` gives them; rows without any value are left out.

    For files that are not in the catalogue. Raises :class:`SourceChanged`, which names ``where``.
    """
    try:
        data, delimiter, header = open_csv(
            raw,
            delimiter=options.delimiter if options else None,
            encoding=options.encoding if options else None,
            expected=set(),
        )
        frame, _ = _frame(data, delimiter, len(header), {name: position for position, name in enumerate(header)})
    except SourceChanged as error:
        raise SourceChanged(error.what, where=where, do=error.do) from error
    return frame


def audit(frame: pd.DataFrame, source: Source) -> tuple[Issue, ...]:
    """Check ``frame`` (from :func:`read`) against the bounds and sentinels of ``source``.

    Raises :class:`SourceChanged` when there are too few rows, columns too empty or sentinels missing. More rows than
    expected is a warning, returned as an issue.
    """
    problems = []
    bounds = source.bounds
    if len(frame) < bounds.min_rows:
        problems.append(f"{len(frame)} rows, at least {bounds.min_rows} expected")
    for column, least in bounds.fill.items() if len(frame) else ():
        share = float(frame[column].notna().mean())
        if share < least:
            problems.append(f"column {column} is filled at {share:.2f}, at least {least:g} expected")
    if source.sentinels:
        names = {comparable(name) for name in frame["name"].dropna()}
        lost = [name for name in source.sentinels if comparable(name) not in names]
        if lost:
            problems.append(f"names that must be there are not: {listed(lost)}")
    if problems:
        raise SourceChanged(
            f"{source.source_id}: {'; '.join(problems)}",
            where=source.url,
            do=f"explain it: a change of the page, or a bound that was wrong, in {_CATALOGUE}",
        )
    if len(frame) > bounds.max_rows:
        message = f"{len(frame)} rows, at most {bounds.max_rows} expected: is each still one mention?"
        return (Issue("collect", "more_rows_than_expected", "warning", "us", message, source_id=source.source_id),)
    return ()


def _frame(data: bytes, delimiter: str, width: int, wanted: dict[str, int]) -> tuple[pd.DataFrame, pd.Series[int]]:
    """The cells at the ``wanted`` positions as text columns, and the position of each row."""
    columns = quick_columns(data, delimiter, width, max_rows=MAX_ROWS, max_cell=MAX_CELL)
    if columns is None:
        columns = _slow_columns(data.decode(), delimiter, width)
    columns.reverse()
    cells = [_stripped(columns.pop()) for _ in range(width)]
    some = np.logical_or.reduce([cell.is_valid().to_numpy(zero_copy_only=False) for cell in cells])
    if not some.all():
        cells = [cell.filter(pa.array(some)) for cell in cells]
    frame = pd.DataFrame({name: cells[position].to_pandas() for name, position in wanted.items()})
    return frame, pd.Series(np.flatnonzero(some) + 1, dtype="Int64")


def _stripped(column: Any) -> Any:
    """Cells without the spaces around them, null where nothing is left."""
    bare: Any = pc.utf8_trim_whitespace(column)  # the same signs as str.strip
    some = pc.greater(pc.binary_length(bare), pa.scalar(0, pa.int64()))
    _, offsets, texts = bare.buffers()
    return pa.Array.from_buffers(bare.type, len(bare), [some.buffers()[1], offsets, texts])


def _slow_columns(text: str, delimiter: str, width: int) -> list[Any]:
    """What ``quick_columns`` gives, row by row: what is wrong is said, with its line."""
    columns: list[list[str]] = [[] for _ in range(width)]
    rows = csv_rows(text, delimiter)
    next(rows)
    for number, (line, row) in enumerate(rows, start=1):
        if number > MAX_ROWS:
            raise SourceChanged(f"line {line}: more than {MAX_ROWS} rows", do="is it still the same file?")
        for cells, cell in zip(columns, row, strict=True):
            cells.append(cell)
    return [pa.array(cells, pa.large_string()) for cells in columns]
