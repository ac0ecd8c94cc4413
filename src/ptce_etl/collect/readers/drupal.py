"""Drupal's JSON:API: ``https://…/jsonapi/node/{bundle}?page[limit]=50``, by ``links.next.href``.

There is no total, ``page[limit]`` is silently cut to 50, and a page can be short or empty and still have a next one.
With ``line`` in the options the lines of the field ``body`` are read, else each node is a row of its attributes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.readers.base import Page, Platform, Table, flat, json_of, records_of, same_site, table_of
from ptce_etl.collect.readers.html import parsed, text_lines
from ptce_etl.collect.readers.lines import rows_of_lines
from ptce_etl.errors import SourceChanged, SourceRefused

__all__ = ["PLATFORMS"]


def _answer(page: Page) -> dict[str, Any]:
    answer: Any = json_of(page)
    if isinstance(answer, dict) and "errors" in answer:
        raise SourceRefused(f"the API refuses: {str(answer['errors'])[:200]}", do="read the pages instead")
    if not isinstance(answer, dict) or "data" not in answer:
        raise SourceChanged("not an answer of JSON:API", do="look at the capture")
    return answer


def _following(pages: Sequence[Page], source: Source) -> str | None:
    links = _answer(pages[-1]).get("links")
    link = links.get("next") if isinstance(links, dict) else None
    if isinstance(link, dict):
        link = link.get("href")
    return None if link is None else same_site(link, pages[-1])


def _rows(pages: Sequence[Page], source: Source) -> Table:
    nodes = [node for page in pages for node in records_of(_answer(page), "data")]
    attributes = [node.get("attributes") if isinstance(node, dict) else None for node in nodes]
    if not all(isinstance(found, dict) for found in attributes):
        raise SourceChanged("nodes without attributes", do="look at the capture")
    if source.options.line:
        bodies = [found.get("body") for found in attributes if found]
        texts = [body.get("processed") or body.get("value") for body in bodies if isinstance(body, dict)]
        return rows_of_lines((line for text in texts if isinstance(text, str) for line in _lines(text)), source)
    return table_of(flat(found) for found in attributes)


def _lines(text: str) -> list[str]:
    return list(text_lines(parsed(text))) if text.strip() else []


# fmt: off
_OWN = (
    "drupal_internal__*", "langcode", "status", "created", "changed", "path.*", "body.*", "promote", "sticky",
    "default_langcode", "revision_*", "content_translation_*", "metatag*", "title",
)
# fmt: on
PLATFORMS = {"drupal": Platform(_rows, following=_following, accept="application/vnd.api+json", own=_OWN)}
