"""A sheet of an Excel workbook (XLSX): the values that were calculated when it was saved, never a formula."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from lxml.etree import LxmlError
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.readers.base import Page, Platform, Table
from ptce_etl.collect.readers.grid import checked_zip, table_of_grid
from ptce_etl.errors import SourceChanged

__all__ = ["PLATFORMS", "rows_of_xlsx"]

_LOOK = "look at the file"
# What openpyxl raises on parts that are missing, twice there, or not what they should be.
_BROKEN = (
    InvalidFileException,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OverflowError,
    EOFError,
    OSError,  # "no valid workbook part": the file itself is in memory
)


def _rows(pages: Sequence[Page], source: Source) -> Table:
    return rows_of_xlsx(pages[-1], source)


def rows_of_xlsx(page: Page, source: Source) -> Table:
    """The rows of the sheet ``options.sheet`` (default: the first). Dates are written as in ISO 8601."""
    file = checked_zip(page)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # openpyxl says what it puts in the place of missing styles
            book: Any = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        names = book.sheetnames
        name = source.options.sheet or (names[0] if names else None)
        if name not in names:
            raise SourceChanged(f"no sheet {name!r}, but {names[:10]!r}", do="name another sheet in the catalogue")
        return table_of_grid(_cells(book[name]), source)
    except (DefusedXmlException, ParseError, LxmlError) as error:  # openpyxl reads some parts with lxml
        raise SourceChanged(f"a workbook of XML that we do not read: {type(error).__name__}", do=_LOOK) from error
    except _BROKEN as error:
        raise SourceChanged(f"not a workbook: {type(error).__name__}: {str(error)[:200]}", do=_LOOK) from error


def _cells(sheet: Any) -> Iterator[list[object]]:
    if not hasattr(sheet, "iter_rows"):
        raise SourceChanged("a sheet without cells", do="name another sheet in the catalogue")
    for row in sheet.iter_rows(values_only=True):
        yield [_text(value) for value in row]


def _text(value: object) -> object:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date | time) else value


PLATFORMS = {"xlsx": Platform(_rows, guarded=True)}
