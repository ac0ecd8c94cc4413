"""JSON at one address: ``records`` is the path to the list, a column is the path to a value (``geo.lat``, ``tags``)."""

from __future__ import annotations

from collections.abc import Sequence

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.readers.base import Page, Platform, Table, flat, json_of, records_of, table_of

__all__ = ["PLATFORMS", "rows_of_json"]


def _rows(pages: Sequence[Page], source: Source) -> Table:
    return rows_of_json(pages[-1], source.options.records)


def rows_of_json(page: Page, records: str = "") -> Table:
    """The records of a JSON page, each flattened."""
    return table_of(flat(record) for record in records_of(json_of(page), records))


PLATFORMS = {"json": Platform(_rows, accept="application/json")}
