"""PDF files: tables with their header on the first page, or lines (``options.line``), page after page.

A PDF can make any reader work for hours, so this one runs in a process of its own, with a limit of time and memory.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pdfplumber
from pdfminer.pdfexceptions import PDFException
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.readers.base import Page, Platform, Table, no_page
from ptce_etl.collect.readers.grid import table_of_grid
from ptce_etl.collect.readers.lines import rows_of_lines
from ptce_etl.errors import SourceChanged

__all__ = ["PLATFORMS"]

_PAGES = 500
_LOOK = "look at the file"
# What pdfminer and pdfplumber raise on files that lie about themselves.
_BROKEN = (
    PDFException,
    PSException,
    MalformedPDFException,
    PdfminerException,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    UnboundLocalError,
    ValueError,
)


def _read(page: Page, what: Callable[[Any], Table]) -> Table:
    no_page(page)
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it tells each flaw of each font
    try:
        with pdfplumber.open(io.BytesIO(page.body)) as document:
            if not document.pages:
                raise SourceChanged("a PDF without pages", do=_LOOK)
            if len(document.pages) > _PAGES:
                raise SourceChanged(f"a PDF of {len(document.pages)} pages, at most {_PAGES} expected", do=_LOOK)
            return what(document)
    except _BROKEN as error:
        raise SourceChanged(
            f"not a PDF that can be read: {type(error).__name__}: {str(error)[:150]}", do=_LOOK
        ) from error


def _lines(pages: Sequence[Page], source: Source) -> Table:
    def lines(document: Any) -> Iterator[str]:
        for page in document.pages:
            yield from (page.extract_text() or "").split("\n")
            page.close()

    return _read(pages[-1], lambda document: rows_of_lines(lines(document), source))


def _tables(pages: Sequence[Page], source: Source) -> Table:
    def rows(document: Any) -> Iterator[list[object]]:
        header: list[object] | None = None
        for page in document.pages:
            for table in page.extract_tables():
                for row in table:
                    if header is None:
                        header = row
                    elif row == header:
                        continue  # a header repeated on each page
                    yield row
            page.close()
        if header is None:
            raise SourceChanged("no table in the PDF", do=_LOOK)

    return _read(pages[-1], lambda document: table_of_grid(rows(document), source))


PLATFORMS = {
    "pdf_table": Platform(_tables, accept="application/pdf", guarded=True),
    "pdf_lines": Platform(_lines, accept="application/pdf", guarded=True),
}
