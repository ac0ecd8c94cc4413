"""Opendatasoft, Explore API v2.1: the records of a dataset page by page, or its export whole.

The address is the dataset's: ``https://…/api/explore/v2.1/catalog/datasets/{id}``, with a ``?where=…`` if wanted.
Records stop at offset + limit = 10,000. An export has no end, and may break off with an error written into a 200: its
rows are counted against ``total_count``, which is asked for first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.readers.base import Page, Platform, Table, flat, json_of, records_of, table_of
from ptce_etl.collect.readers.delimited import rows_of_csv
from ptce_etl.errors import SourceChanged

__all__ = ["PLATFORMS"]

_LIMIT, _WINDOW = 100, 10_000


def _address(source: Source, what: str, **arguments: str) -> str:
    parts = urlsplit(source.url)
    query = urlencode([*parse_qsl(parts.query), *arguments.items()])
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{what}", query=query))


def _first_records(source: Source) -> str:
    return _address(source, "records", limit=str(_LIMIT), offset="0")


def _next_records(pages: Sequence[Page], source: Source) -> str | None:
    total = _total(pages[0])
    if total > _WINDOW:
        raise SourceChanged(f"{total} records, and the API gives {_WINDOW}", do="use opendatasoft_export")
    offset = len(pages) * _LIMIT
    return _address(source, "records", limit=str(_LIMIT), offset=str(offset)) if offset < total else None


def _records(pages: Sequence[Page], source: Source) -> Table:
    rows = [flat(record) for page in pages for record in records_of(_answer(page), "results")]
    return table_of(rows, _total(pages[0]))


def _first_export(source: Source) -> str:
    return _address(source, "records", limit="0")


def _next_export(pages: Sequence[Page], source: Source) -> str | None:
    if len(pages) > 1:
        return None
    _total(pages[0])
    return _address(source, "exports/csv", delimiter=";", with_bom="false")


def _export(pages: Sequence[Page], source: Source) -> Table:
    if len(pages) != 2:
        raise SourceChanged("a number of records and an export were expected", do="collect the source again")
    options = source.options.model_copy(update={"delimiter": ";"})
    return rows_of_csv(pages[1], source.model_copy(update={"options": options}), _total(pages[0]))


def _total(page: Page) -> int:
    total = _answer(page).get("total_count")
    if not isinstance(total, int) or total < 0:
        raise SourceChanged("no total of records in the answer", do="look at the capture")
    return total


def _answer(page: Page) -> dict[str, Any]:
    answer: Any = json_of(page)
    if not isinstance(answer, dict):
        raise SourceChanged("not an answer of Opendatasoft", do="look at the capture")
    if "error_code" in answer or "errorcode" in answer:
        said = answer.get("message") or answer.get("error")
        raise SourceChanged(f"the API answers with an error: {str(said)[:200]}", do="mend the address")
    return answer


PLATFORMS = {
    "opendatasoft_records": Platform(_records, _first_records, _next_records, accept="application/json"),
    "opendatasoft_export": Platform(_export, _first_export, _next_export, accept="application/json,text/csv"),
}
