"""A sheet of an OpenDocument workbook (ODS), read from its XML as it streams: repeated cells and rows are counted out.

Values are those that were calculated when it was saved. A document type or an entity in the XML is refused.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.readers.base import Page, Platform, Table, tidy
from ptce_etl.collect.readers.grid import checked_zip, table_of_grid
from ptce_etl.collect.text import MAX_COLUMNS, MAX_ROWS
from ptce_etl.errors import SourceChanged

__all__ = ["PLATFORMS", "rows_of_ods"]

_LOOK = "look at the file"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def _rows(pages: Sequence[Page], source: Source) -> Table:
    return rows_of_ods(pages[-1], source)


def rows_of_ods(page: Page, source: Source) -> Table:
    """The rows of the sheet ``options.sheet`` (default: the first)."""
    file = checked_zip(page)
    with zipfile.ZipFile(file) as archive:
        if "content.xml" not in archive.namelist():
            raise SourceChanged("no OpenDocument: no content.xml in it", do=_LOOK)
        with archive.open("content.xml") as content:
            try:
                return table_of_grid(_sheet(content, source.options.sheet), source)
            except (DefusedXmlException, ParseError, RecursionError, ValueError) as error:
                said = f"XML that we do not read: {type(error).__name__} {str(error)[:100]}"
                raise SourceChanged(said, do=_LOOK) from error


def _sheet(content: Any, wanted: str | None) -> Iterator[list[object]]:
    names: list[str] = []
    here = False
    for event, node in iterparse(content, events=("start", "end"), forbid_dtd=True):
        if node.tag == f"{_TABLE}table":
            if event == "start":
                names.append(str(node.get(f"{_TABLE}name") or ""))
                here = names[-1] == wanted if wanted else len(names) == 1
            else:
                node.clear()
                if here:
                    return
        elif event == "end" and node.tag == f"{_TABLE}table-row":
            if here:
                yield from _repeated_row(node)
            node.clear()
    raise SourceChanged(f"no sheet {wanted!r}, but {names[:10]!r}", do="name another sheet in the catalogue")


def _repeated_row(row: Element) -> Iterator[list[object]]:
    cells = _cells(row)
    times = _count(row, "number-rows-repeated")
    # The last row of a sheet often stands for all the empty ones below.
    if cells and times > MAX_ROWS:
        raise SourceChanged(f"a row repeated {times} times", do=_LOOK)
    yield from [cells] * (times if cells else 1)


def _cells(row: Element) -> list[object]:
    cells: list[object] = []
    for node in row:
        if node.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        times = _count(node, "number-columns-repeated")
        text = _value(node)
        if len(cells) + times > MAX_COLUMNS and text:
            raise SourceChanged(f"a row of more than {MAX_COLUMNS} columns", do=_LOOK)
        cells += [text] * min(times, MAX_COLUMNS)
        del cells[MAX_COLUMNS + 1 :]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _count(node: Element, name: str) -> int:
    text = node.get(f"{_TABLE}{name}") or "1"
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _value(node: Element) -> str:
    for name in ("date-value", "value", "boolean-value", "time-value"):
        if (value := node.get(f"{_OFFICE}{name}")) is not None:
            return _number(value) if name == "value" else tidy(value)
    return tidy(" ".join("".join(line.itertext()) for line in node.iter(f"{_TEXT}p")))


def _number(text: str) -> str:
    try:
        return tidy(float(text)) if len(text) < 16 else tidy(text)
    except ValueError:
        return tidy(text)


PLATFORMS = {"ods": Platform(_rows, guarded=True)}
