"""Bytes to text, and text to the rows of a CSV file, or :class:`SourceChanged`. No pandas: readers use it."""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Literal

from ptce_etl.errors import SourceChanged

__all__ = ["MAX_CELL", "MAX_COLUMNS", "MAX_ROWS", "comparable", "csv_rows", "decode", "listed", "open_csv"]

MAX_COLUMNS = 500
MAX_CELL = 100_000  # characters; below csv's own limit, which any library may have moved
MAX_ROWS = 1_000_000

_DELIMITERS: tuple[Literal[",", ";", "\t", "|"], ...] = (",", ";", "\t", "|")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def comparable(name: str) -> str:
    """A name without case, accents, apostrophes, quotes, dashes and spaces: enough to recognise a sentinel."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def listed(names: Sequence[str], most: int = 10) -> str:
    shown = ", ".join(repr(name[:60]) for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


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


def open_csv(
    raw: bytes, *, delimiter: str | None, encoding: str | None, expected: set[str]
) -> tuple[bytes, str, list[str]]:
    """The file as UTF-8, its delimiter (the one given, or found by the ``expected`` columns), and the header."""
    text = decode(raw, encoding)
    if "\0" in text:
        raise SourceChanged("the file holds NUL characters", do="is it still a text file?")
    delimiter = delimiter or _sniff(text, expected)
    _, header = next(csv_rows(text, delimiter), (0, []))
    if not header:
        raise SourceChanged("the file is empty", do="look at the source, and at the capture")
    header = [name.strip() for name in header]
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise SourceChanged(f"columns that stand twice: {listed(twice)}", do="look at the source, and at the capture")
    data = text.encode()
    return raw if data == raw else data, delimiter, header


def csv_rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
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
            _, header = next(csv_rows(text, delimiter), (0, []))
        except SourceChanged:
            return (0, 0)
        return (len(expected & {name.strip() for name in header}), len(header))

    return max(_DELIMITERS, key=fit)  # the first of equals
