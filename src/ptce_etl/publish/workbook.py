"""One workbook for spreadsheet people: a sheet of definitions, and a sheet a table.

Texts are written as texts, never as formulas, numbers or links, and what looks like a formula carries Excel's own quote
mark, so that editing the cell does not run it either. The bytes depend on the values alone: xlsxwriter dates the files
inside at 1980, and the document is dated at the day described.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime, time
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa

from ptce_etl.publish.about import CREATOR, LICENCE_TITLE, TITLE, About, citation_line
from ptce_etl.publish.exports import looks_like_formula
from ptce_etl.rows import Rows, groups
from ptce_etl.schema import TABLES, Table

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

__all__ = ["MAX_CELL", "MAX_ROWS", "write_workbook"]

MAX_ROWS = 1_048_576  # of a sheet, its header included: Excel's and LibreOffice's limit
MAX_CELL = 32_767  # characters of a cell
_IN_MEMORY = 1 << 24
_WIDTHS = {"text": 24, "int": 10, "float": 12, "bool": 8, "date": 12}
_DEFINITIONS = {
    "table": 14,
    "colonne · column": 24,
    "type": 8,
    "clé · key": 9,
    "requis · required": 10,
    "unité · unit": 9,
    "définition": 80,
    "definition": 80,
}


def write_workbook(tables: Mapping[str, Rows], about: About, sink: IO[bytes]) -> None:
    """Write ``tables`` (public columns) as an XLSX workbook, a row at a time."""
    import xlsxwriter

    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        with xlsxwriter.Workbook(file, options) as book:
            book.set_properties(
                {
                    "title": f"{TITLE['fr']} · {TITLE['en']}",
                    "author": CREATOR,
                    "comments": citation_line(about, "fr"),
                    "created": datetime.combine(about.as_of, time()),
                }
            )
            sheet = _Sheet(book, "définitions")
            sheet.definitions(list(tables), about)
            for name, rows in tables.items():
                _Sheet(book, name).table(TABLES[name], rows)
        file.seek(0)
        shutil.copyfileobj(file, sink)


class _Sheet:
    """A sheet that is written from the top down."""

    def __init__(self, book: Workbook, name: str) -> None:
        self.sheet: Worksheet = book.add_worksheet(name)
        self.bold = book.add_format({"bold": True})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.quoted = book.add_format({"quote_prefix": True})

    def head(self, row: int, widths: Mapping[str, int]) -> None:
        for n, (name, width) in enumerate(widths.items()):
            self.sheet.set_column(n, n, width)
            self.sheet.write_string(row, n, name, self.bold)
        self.sheet.freeze_panes(row + 1, 1)

    def definitions(self, tables: list[str], about: About) -> None:
        """What the workbook is, how to cite it, and what each column of each sheet means."""
        lines = [citation_line(about, "fr"), citation_line(about, "en")]
        lines += [about.description("fr"), about.description("en")]
        lines += [f"{LICENCE_TITLE}. Les fichiers Parquet ont toutes les tables. · The Parquet files have every table."]
        for row, line in enumerate(lines):
            self.sheet.write_string(row, 0, line)
        self.head(len(lines) + 1, _DEFINITIONS)
        at = len(lines) + 2
        for name in tables:
            table = TABLES[name]
            about_it = (name, "", "", "", "", "", table.fr, table.en)
            rows = [about_it, *(_definition(table, n) for n in range(len(table.public)))]
            for cells in rows:
                for n, cell in enumerate(cells):
                    self.sheet.write_string(at, n, cell, self.bold if cells is about_it else self.wrap)
                at += 1

    def table(self, spec: Table, rows: Rows) -> None:
        """The public columns of a table; where it has more rows than a sheet, a sentence that says so instead."""
        public = spec.public
        self.head(0, {column.name: _WIDTHS[column.kind] for column in public})
        n = rows.num_rows if isinstance(rows, pa.Table) else rows.metadata.num_rows
        if n >= MAX_ROWS:
            said = f"{n} lignes : une feuille en tient {MAX_ROWS - 1} ; lire {spec.name}.parquet ou {spec.name}.csv"
            self.sheet.write_string(1, 0, said)
            self.sheet.write_string(2, 0, f"{n} rows: a sheet holds {MAX_ROWS - 1}; read {spec.name}.parquet or .csv")
            return
        for at, cells in enumerate(_rows(rows, [column.name for column in public]), start=1):
            for column, cell in enumerate(cells):
                self.cell(at, column, cell)
        self.sheet.autofilter(0, 0, max(n, 1), len(public) - 1)

    def cell(self, row: int, column: int, value: object) -> None:
        match value:
            case None:
                pass
            case bool():
                self.sheet.write_boolean(row, column, value)
            case str():
                text = value if len(value) <= MAX_CELL else f"{value[: MAX_CELL - 1]}…"
                self.sheet.write_string(row, column, text, self.quoted if looks_like_formula(text) else None)
            case int() | float():
                self.sheet.write_number(row, column, value)
            case _:
                self.sheet.write_datetime(row, column, value, self.day)


def _definition(table: Table, n: int) -> tuple[str, ...]:
    column = table.public[n]
    key, required = ("oui · yes" if yes else "" for yes in (column.name in table.key, column.required))
    return (table.name, column.name, column.kind, key, required, column.unit, column.fr, column.en)


def _rows(rows: Rows, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    for part in groups(rows, 8_192, columns):
        yield from zip(*(column.to_pylist() for column in part.columns), strict=True)
