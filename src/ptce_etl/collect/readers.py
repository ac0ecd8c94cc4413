"""Bytes to rows: a CSV file as text cells under our column names, or :class:`SourceChanged`.

Every cell stays text: ``NA`` is a word, ``01`` a department. Spaces around a cell are dropped, and an empty cell is
missing. Any bytes give a frame or :class:`SourceChanged`, within the limits below.
"""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ptce_etl.catalogue.registry import ReaderOptions, Source
from ptce_etl.collect.columns import quick_columns
from ptce_etl.errors import SourceChanged
from ptce_etl.model import Issue

__all__ = ["MAX_CELL", "MAX_COLUMNS", "MAX_ROWS", "audit", "comparable", "decode", "read", "read_table"]

MAX_COLUMNS = 500
MAX_CELL = 100_000  # characters; below csv's own limit, which any library may have moved
MAX_ROWS = 1_000_000

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
        named = {*source.columns.values(), *source.ignore}
        data, delimiter, header = _open(raw, source.options, expected=named)
        _check_columns(header, source)
        wanted = {name: header.index(column) for name, column in source.columns.items()}
        frame, numbers = _frame(data, delimiter, len(header), wanted)
    except SourceChanged as error:
        raise SourceChanged(f"{source.source_id}: {error.what}", where=source.url, do=error.do) from error
    return frame.assign(record_no=numbers)


def read_table(raw: bytes, *, where: str, options: ReaderOptions | None = None) -> pd.DataFrame:
    """Every column of a CSV file under its own name, as :func:`read` gives them; rows without any value are left out.

    For files that are not in the catalogue. Raises :class:`SourceChanged`, which names ``where``.
    """
    try:
        data, delimiter, header = _open(raw, options or ReaderOptions(), expected=set())
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
            problems.append(f"names that must be there are not: {_listed(lost)}")
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


def comparable(name: str) -> str:
    """A name without case, accents, apostrophes, quotes, dashes and spaces: enough to recognise a sentinel."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def decode(raw: bytes, encoding: str | None = None) -> str:
    """The text of a file: by its byte order mark, else by ``encoding``, else UTF-8, else Windows-1252.

    UTF-8 with a few broken bytes is refused: read as Windows-1252 it would garble every accent without a word.
    """
    for bom, name in _BOMS:
        if raw.startswith(bom):
            return _decoded(raw[len(bom) :], name)
    if encoding is not None:
        return _decoded(raw, encoding)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        lenient = raw.decode("utf-8", errors="replace")
        broken = lenient.count("\ufffd")
        whole = sum(not letter.isascii() for letter in lenient) - broken
        if whole > broken:
            raise SourceChanged(
                f"UTF-8 with {broken} broken characters, the first at byte {error.start}",
                do="fetch it again; if the page is so, name its encoding in the catalogue",
            ) from error
        return _decoded(raw, "cp1252")


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        text = raw.decode(encoding)
        text.encode("utf-8")  # some codecs let half a surrogate pair through, which no table can hold
    except (UnicodeError, LookupError) as error:  # LookupError: a codec that does not make text
        raise SourceChanged(
            f"not {encoding} text: {error}", do="is it still a text file? name its encoding in the catalogue"
        ) from error
    return text


def _open(raw: bytes, options: ReaderOptions, expected: set[str]) -> tuple[bytes, str, list[str]]:
    """The file as UTF-8, its delimiter, and the header."""
    text = decode(raw, options.encoding)
    if "\0" in text:
        raise SourceChanged("the file holds NUL characters", do="is it still a text file?")
    delimiter = options.delimiter or _sniff(text, expected)
    _, header = next(_rows(text, delimiter), (0, []))
    if not header:
        raise SourceChanged("the file is empty", do="look at the source, and at the capture")
    header = [name.strip() for name in header]
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise SourceChanged(f"columns that stand twice: {_listed(twice)}", do="look at the source, and at the capture")
    data = text.encode()
    return raw if data == raw else data, delimiter, header


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows as (line number, cells), blank lines left out; the first row gives the width of all."""
    lines = (line.group() for line in _LINE.finditer(text))  # one at a time: io.StringIO would copy the whole file
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    do = "look at the source, and at the capture"
    width = 0
    try:
        for row in reader:
            if not row:
                continue
            width = width or len(row)
            if len(row) != width:
                raise SourceChanged(f"line {reader.line_num}: {len(row)} cells, {width} expected", do=do)
            if len(row) > MAX_COLUMNS or max(map(len, row)) > MAX_CELL:
                raise SourceChanged(f"line {reader.line_num}: too many columns, or too long a cell", do=do)
            yield reader.line_num, row
    except csv.Error as error:
        raise SourceChanged(f"line {reader.line_num}: not CSV: {error}", do=do) from error


def _sniff(text: str, expected: set[str]) -> str:
    """The delimiter whose first row has most of the ``expected`` columns, else most columns; comma when none has."""

    def fit(delimiter: str) -> tuple[int, int]:
        try:
            _, header = next(_rows(text, delimiter), (0, []))
        except SourceChanged:
            return (0, 0)
        return (len(expected & {name.strip() for name in header}), len(header))

    return max(_DELIMITERS, key=fit)  # the first of equals


def _check_columns(header: Sequence[str], source: Source) -> None:
    mapped = set(source.columns.values())
    unknown = [name for name in header if name not in mapped and name not in source.ignore]
    missing = [name for name in dict.fromkeys(source.columns.values()) if name not in header]
    found = []
    if unknown:
        found.append(f"{len(unknown)} unknown column{'s' * (len(unknown) > 1)}: {_listed(unknown)}")
    if missing:
        found.append(f"{len(missing)} missing column{'s' * (len(missing) > 1)}: {_listed(missing)}")
    if found:
        raise SourceChanged("; ".join(found), do=f"map or ignore them in {_CATALOGUE}")


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
    rows = _rows(text, delimiter)
    next(rows)
    for number, (line, row) in enumerate(rows, start=1):
        if number > MAX_ROWS:
            raise SourceChanged(f"line {line}: more than {MAX_ROWS} rows", do="is it still the same file?")
        for cells, cell in zip(columns, row, strict=True):
            cells.append(cell)
    return [pa.array(cells, pa.large_string()) for cells in columns]


def _listed(names: Sequence[str], most: int = 10) -> str:
    shown = ", ".join(repr(name[:60]) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
