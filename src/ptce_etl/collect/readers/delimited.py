"""A file of delimited text: any delimiter, any encoding, with or without a byte order mark."""

from __future__ import annotations

from collections.abc import Sequence

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.readers.base import Page, Platform, Table, no_page, table_of
from ptce_etl.collect.text import csv_rows, open_csv
from ptce_etl.errors import SourceChanged

__all__ = ["PLATFORMS", "rows_of_csv"]

# What Opendatasoft writes at the end of an export that broke off, under a status 200.
_BROKEN_OFF = "Streaming interrupted due to the following error"


def _rows(pages: Sequence[Page], source: Source) -> Table:
    return rows_of_csv(pages[-1], source)


def rows_of_csv(page: Page, source: Source, announced: int | None = None) -> Table:
    """The rows of a CSV page. :class:`SourceChanged` for an HTML page, a broken table, an error written at its end."""
    no_page(page)
    if (place := page.body.rfind(_BROKEN_OFF.encode(), -5_000)) >= 0:
        said = page.body[place:].decode("utf-8", "replace").split("\n")[0][:200]
        raise SourceChanged(f"the answer broke off with an error in it: {said!r}", do="fetch it again")
    expected = {*source.columns.values(), *source.ignore}
    options = source.options
    data, delimiter, header = open_csv(
        page.body, delimiter=options.delimiter, encoding=options.encoding, expected=expected
    )
    rows = csv_rows(data.decode(), delimiter)
    next(rows)
    return table_of((dict(zip(header, row, strict=True)) for _, row in rows), announced, header)


PLATFORMS = {"csv": Platform(_rows, accept="text/csv,text/plain,*/*;q=0.5")}
