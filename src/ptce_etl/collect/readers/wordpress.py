"""The REST API of WordPress: ``https://…/wp-json/wp/v2/{posts|pages}?search=…``, page after page.

How many pages there are stands in a header; one past the end is an error 400. Titles and texts are HTML with entities.
With ``line`` in the options the lines of the texts are read, else each post is a row: ``title``, ``link``, ``date``…
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.readers.base import Page, Platform, Table, json_of, records_of, table_of
from ptce_etl.collect.readers.html import parsed, text_lines
from ptce_etl.collect.readers.lines import rows_of_lines
from ptce_etl.errors import SourceChanged, SourceRefused

__all__ = ["PLATFORMS"]

_COLUMNS = ("id", "slug", "link", "date_gmt", "modified_gmt")


def _page(source: Source, number: int) -> str:
    parts = urlsplit(source.url)
    given = dict(parse_qsl(parts.query))
    fields = {"_fields": "id,slug,link,date_gmt,modified_gmt,title,content", "orderby": "date", "order": "desc"}
    query = {"per_page": "100"} | fields | given | {"page": str(number)}
    return urlunsplit(parts._replace(query=urlencode(query)))


def _following(pages: Sequence[Page], source: Source) -> str | None:
    _posts(pages[-1])
    return _page(source, len(pages) + 1) if len(pages) < _number(pages[0], "x-wp-totalpages") else None


def _number(page: Page, header: str) -> int:
    text = page.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise SourceChanged(f"no header {header}: is this the REST API of WordPress?", do="look at the capture")
    return int(text)


def _rows(pages: Sequence[Page], source: Source) -> Table:
    posts = [post for page in pages for post in _posts(page)]
    if source.options.line:
        return rows_of_lines((line for post in posts for line in _lines(post.get("content"))), source)
    rows = [
        {name: post.get(name) for name in _COLUMNS} | {"title": " ".join(_lines(post.get("title")))} for post in posts
    ]
    return table_of(rows, _number(pages[0], "x-wp-total"), (*_COLUMNS, "title"))


def _posts(page: Page) -> list[dict[str, Any]]:
    answer: Any = json_of(page)
    if isinstance(answer, dict) and "code" in answer:
        raise SourceRefused(f"the API refuses: {str(answer.get('message'))[:200]}", do="read the pages instead")
    posts = records_of(answer, "")
    if not all(isinstance(post, dict) for post in posts):
        raise SourceChanged("posts that are no posts", do="look at the capture")
    return posts


def _lines(value: Any) -> list[str]:
    text = value.get("rendered") if isinstance(value, dict) else None
    return list(text_lines(parsed(text))) if isinstance(text, str) and text.strip() else []


PLATFORMS = {
    "wordpress": Platform(
        _rows, lambda source: _page(source, 1), _following, "application/json", own=(*_COLUMNS, "title")
    )
}
