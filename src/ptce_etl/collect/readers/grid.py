"""A sheet's rows of cells → a table: the header at its row, a name for each column, nothing past the limits."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Sequence

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.readers.base import Page, Table, no_page, table_of, tidy
from ptce_etl.collect.text import MAX_COLUMNS, MAX_ROWS, listed
from ptce_etl.errors import SourceChanged

__all__ = ["checked_zip", "table_of_grid"]

_UNPACKED = 200_000_000  # bytes
_MEMBERS = 5_000
_LOOK = "look at the file"


def checked_zip(page: Page) -> io.BytesIO:
    """The bytes of a workbook, which is a ZIP, once it is known to unpack to no more than it says, and to not too much.

    What a member says of its size may be a lie: each is unpacked here to the size it announces, and its checksum read.
    """
    no_page(page)
    try:
        with zipfile.ZipFile(io.BytesIO(page.body)) as archive:
            members = archive.infolist()
            if len(members) > _MEMBERS or sum(member.file_size for member in members) > _UNPACKED:
                raise SourceChanged(f"a file that unpacks to more than {_UNPACKED} bytes", do=_LOOK)
            for member in members:
                with archive.open(member) as unpacked:
                    start = unpacked.read(1 << 20)
                    if b"<!DOCTYPE" in start[:10_000] or b"<!ENTITY" in start[:10_000]:
                        raise SourceChanged("a workbook of XML with a document type, which we do not read", do=_LOOK)
                    while unpacked.read(1 << 20):
                        pass
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise SourceChanged(f"not a workbook: {str(error)[:200]}", do=_LOOK) from error
    except (ValueError, OSError, zlib.error) as error:
        raise SourceChanged(f"not a workbook: {str(error)[:200]}", do=_LOOK) from error
    return io.BytesIO(page.body)


def table_of_grid(rows: Iterable[Sequence[object]], source: Source) -> Table:
    """The table whose names stand in row ``header_row`` (from 1). Blank rows are left out."""
    header: list[str] | None = None
    found: list[dict[str, object]] = []
    for number, row in enumerate(rows, start=1):
        if number > MAX_ROWS:
            raise SourceChanged(f"more than {MAX_ROWS} rows", do=_LOOK)
        if number < source.options.header_row:
            continue
        cells = list(row)
        while cells and cells[-1] in (None, ""):
            cells.pop()
        if len(cells) > MAX_COLUMNS:
            raise SourceChanged(f"row {number}: {len(cells)} columns, at most {MAX_COLUMNS} expected", do=_LOOK)
        if header is None:
            header = [tidy(name) for name in cells]
            twice = sorted({name for name in header if name and header.count(name) > 1})
            if twice:
                raise SourceChanged(f"columns that stand twice: {listed(twice)}", do=_LOOK)
        elif cells:
            beyond = [cell for cell in cells[len(header) :] if tidy(cell)]
            unnamed = [cell for name, cell in zip(header, cells, strict=False) if not name and tidy(cell)]
            if beyond or unnamed:
                raise SourceChanged(f"row {number}: cells under no name of a column", do=_LOOK)
            found.append({name: cell for name, cell in zip(header, cells, strict=False) if name})
    if not header or not any(header):
        raise SourceChanged(f"no names of columns in row {source.options.header_row}", do=_LOOK)
    return table_of(found, columns=[name for name in header if name])
