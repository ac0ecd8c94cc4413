"""The tabular API of data.gouv.fr: ``…/api/resources/{id}/data/?page_size=50``, page after page.

An unknown argument is an error 400, so nothing is added to the address. ``links.next`` must stay on the host.
``__id`` is the API's own number of a row. Numbers have lost their leading zeros where the API took a code for a
number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.readers.base import Page, Platform, Table, flat, json_of, records_of, same_site, table_of
from ptce_etl.errors import SourceChanged

__all__ = ["PLATFORMS"]


def _following(pages: Sequence[Page], source: Source) -> str | None:
    answer = _answer(pages[-1])
    link = answer["links"].get("next")
    return None if link is None else same_site(link, pages[-1])


def _rows(pages: Sequence[Page], source: Source) -> Table:
    answers = [_answer(page) for page in pages]
    rows = [flat(record) for answer in answers for record in records_of(answer, "data")]
    total = answers[0]["meta"].get("total")
    if not isinstance(total, int):
        raise SourceChanged("no total of rows in the answer", do="look at the capture")
    return table_of(rows, total)


def _answer(page: Page) -> dict[str, Any]:
    answer: Any = json_of(page)
    if isinstance(answer, dict) and "errors" in answer:
        raise SourceChanged(f"the API answers with an error: {str(answer['errors'])[:200]}", do="mend the address")
    if not isinstance(answer, dict) or not all(isinstance(answer.get(part), dict) for part in ("links", "meta")):
        raise SourceChanged("not an answer of the tabular API", do="look at the capture")
    return answer


PLATFORMS = {"tabular_api": Platform(_rows, following=_following, accept="application/json", own=("__id",))}
