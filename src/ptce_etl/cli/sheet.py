"""A table of text as a file that people fill in: CSV, or XLSX where openpyxl is there.

What a sheet holds comes from web pages and goes to a spreadsheet that runs what looks like a formula: in CSV such a
text gets an apostrophe in front, which reading it back takes off; in XLSX every cell is marked as text.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ptce_etl.cli.text import safe
from ptce_etl.collect.text import decode
from ptce_etl.errors import ConfigError, DataError, SourceChanged

__all__ = ["Rows", "neutral", "plain", "read_sheet", "sheet_bytes", "sheet_kind"]

Rows = list[tuple[int, dict[str, str]]]  # number of the row in the sheet (its header is 1), cells by column
_SIGNS = r"[=+\-@＝＋－＠]"
# French spreadsheets split a comma file at semicolons, so a semicolon inside a cell may start one too.
_FORMULA = re.compile(rf"(^|[;\t\r\n])(\s*)('*{_SIGNS})")
_QUOTED = re.compile(rf"(^|[;\t\r\n])(\s*)'('*{_SIGNS})")
_MOST_BYTES = 200_000_000  # of an unpacked workbook: more is no list of pairs
_MOST_ROWS = 100_000
_BROKEN = (zipfile.BadZipFile, KeyError, ValueError, TypeError, SyntaxError, EOFError, OSError)  # openpyxl's answers


def neutral(text: str) -> str:
    """``text`` with an apostrophe before what a spreadsheet would run; :func:`plain` gives ``text`` back, exactly."""
    return _FORMULA.sub(r"\1\2'\3", text)


def plain(text: str) -> str:
    """The text that :func:`neutral` was given."""
    return _QUOTED.sub(r"\1\2\3", text)


def sheet_kind(file: Path) -> str:
    """``.csv`` or ``.xlsx``; :class:`ConfigError` for anything else, and for XLSX without openpyxl."""
    kind = file.suffix.lower()
    if kind not in (".csv", ".xlsx"):
        raise ConfigError(f"{file.name} is neither .csv nor .xlsx", where=str(file), do="name it FILE.csv or FILE.xlsx")
    if kind == ".xlsx":
        try:
            import openpyxl  # noqa: F401 - an extra: asked for before any work is done
        except ImportError as error:
            raise ConfigError(
                "XLSX needs openpyxl, which is not installed",
                where=str(file),
                do="pip install 'ptce-etl[review]', or use a .csv file: spreadsheets open it too",
            ) from error
    return kind


def sheet_bytes(
    kind: str,
    rows: Sequence[Mapping[str, str]],
    columns: Sequence[str],
    *,
    text_only: Sequence[str],
    choices: Mapping[str, Sequence[str]],
) -> bytes:
    """The file. ``text_only`` columns are never read as numbers or dates; ``choices`` offers the words of a column."""
    if kind == ".csv":
        return _csv_bytes(rows, columns, text_only)
    return _xlsx_bytes(rows, columns, choices)


def _csv_bytes(rows: Sequence[Mapping[str, str]], columns: Sequence[str], text_only: Sequence[str]) -> bytes:
    """Semicolons and a byte order mark: a French spreadsheet opens it with a double click, others ask how to split.

    1234e5678901 is a number to a spreadsheet, so ``text_only`` cells get an apostrophe whatever they say.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(f"'{row[name]}" if name in text_only else neutral(safe(row[name])) for name in columns)
    return text.getvalue().encode("utf-8-sig")


def _xlsx_bytes(
    rows: Sequence[Mapping[str, str]], columns: Sequence[str], choices: Mapping[str, Sequence[str]]
) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active or book.create_sheet()
    sheet.title = "pairs"
    for y, cells in enumerate([{name: name for name in columns}, *rows], start=1):
        for x, name in enumerate(columns, start=1):
            cell = sheet.cell(y, x)
            cell.value = safe(cells[name])
            cell.data_type = "s"  # text, whatever it starts with …
            cell.quotePrefix = True  # … and also once somebody has edited it
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=y == 1)
    for x, name in enumerate(columns, start=1):
        letter = get_column_letter(x)
        longest = max((len(row[name]) for row in rows), default=0)
        sheet.column_dimensions[letter].width = min(max(longest, len(name), 10), 42) + 2
        if name in choices:
            offer = DataValidation(type="list", formula1='"{}"'.format(",".join(choices[name])), allow_blank=True)
            sheet.add_data_validation(offer)
            offer.add(f"{letter}2:{letter}{len(rows) + 1}")
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_sheet(file: Path, needed: Sequence[str], *, text_only: Sequence[str]) -> Rows:
    """The rows of a sheet that has the columns ``needed``; blank ones left out, the apostrophes of the export off.

    Raises :class:`ConfigError` when it is not there or lacks columns, :class:`DataError` when it is broken.
    """
    kind = sheet_kind(file)
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot read {file.name}: {error.strerror}", where=str(file), do="give the sheet") from error
    table = _csv_rows(raw, needed, file) if kind == ".csv" else _xlsx_rows(raw, file)
    header = [name.strip() for name in next(table, [])]
    missing = [name for name in needed if name not in header]
    if missing:
        raise ConfigError(
            f"no column {', '.join(missing)} in the first row", where=str(file), do="keep the header that was exported"
        )
    found = []
    for number, cells in enumerate(table, start=2):
        if number > _MOST_ROWS:
            raise DataError(f"more than {_MOST_ROWS:,} rows", where=str(file), do="is it the sheet that was exported?")
        row = {name: cell.strip() for name, cell in zip(header, [*cells, *[""] * len(header)], strict=False)}
        if kind == ".csv":
            row = {name: cell.removeprefix("'") if name in text_only else plain(cell) for name, cell in row.items()}
        if any(row.values()):
            found.append((number, row))
    return found


def _csv_rows(raw: bytes, needed: Sequence[str], file: Path) -> Iterator[list[str]]:
    do = "save it again as CSV, UTF-8"
    try:
        text = decode(raw)
    except SourceChanged as error:
        raise DataError(error.what, where=str(file), do=do) from error
    first = text.partition("\n")[0]
    delimiter = max(";,\t|", key=lambda sign: len({*needed} & {name.strip(' "\r') for name in first.split(sign)}))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise DataError(f"line {reader.line_num}: not CSV: {error}", where=str(file), do=do) from error


def _xlsx_rows(raw: bytes, file: Path) -> Iterator[list[str]]:
    from openpyxl import load_workbook

    try:
        if sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(raw)).infolist()) > _MOST_BYTES:
            raise ValueError("too large once unpacked")
        sheet = load_workbook(io.BytesIO(raw), read_only=True).worksheets[0]
        for row in sheet.iter_rows(values_only=True):
            yield [_cell(value) for value in row]
    except (*_BROKEN, IndexError) as error:
        raise DataError(
            f"not a workbook: {error or type(error).__name__}", where=str(file), do="save it again as XLSX, or as CSV"
        ) from error


def _cell(value: object) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
