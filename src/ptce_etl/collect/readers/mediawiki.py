"""A page of a wiki by its API (``https://…/w/api.php``, the page in ``title``): its tables, or the items of its lists.

The page's absence and every error come with status 200. The text of Wikipedia is CC BY-SA: its rows stay apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

import mwparserfromhell
from mwparserfromhell.nodes import Comment, Heading, Tag
from mwparserfromhell.wikicode import Wikicode

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.readers.base import Page, Platform, Table, json_of, records_of, table_of, tidy
from ptce_etl.collect.readers.lines import rows_of_lines
from ptce_etl.collect.text import MAX_COLUMNS, comparable
from ptce_etl.errors import SourceChanged

__all__ = ["PLATFORMS"]

_LOOK = "look at the page of the wiki"


def _first(source: Source) -> str:
    query = {
        "action": "query",
        "prop": "revisions",
        "rvprop": "ids|timestamp|sha1|content",
        "rvslots": "main",
        "titles": source.options.title or "",
        "redirects": "1",
        "format": "json",
        "formatversion": "2",
        "maxlag": "5",
    }
    return f"{source.url}?{urlencode(query)}"


def _text(page: Page) -> str:
    answer: Any = json_of(page)
    if isinstance(answer, dict) and "error" in answer:
        error = answer["error"]
        said = f"{error.get('code')}: {error.get('info')}" if isinstance(error, dict) else str(error)
        raise SourceChanged(f"the wiki answers with an error: {said[:200]}", do="try again later")
    (found, *_) = records_of(answer, "query.pages") or [None]
    if not isinstance(found, dict) or found.get("missing"):
        raise SourceChanged("the wiki has no such page (any more)", do="look for its new title")
    revisions = records_of(found, "revisions")
    try:
        content = revisions[0]["slots"]["main"]["content"]
    except (IndexError, KeyError, TypeError) as error:
        raise SourceChanged("a page without its text", do=_LOOK) from error
    if not isinstance(content, str):
        raise SourceChanged("a page whose text is none", do=_LOOK)
    return content


def _rows(pages: Sequence[Page], source: Source) -> Table:
    code = mwparserfromhell.parse(_text(pages[-1]))
    if source.options.section:
        wanted = comparable(source.options.section)
        sections = code.get_sections(matches=lambda name: comparable(str(name)) == wanted, include_lead=False)
        if not sections:
            raise SourceChanged(f"no section {source.options.section!r}", do=_LOOK)
        code = sections[0]
    if source.options.part == "lists":
        return rows_of_lines(_items(code), source)
    return _tables(code)


def _items(code: Wikicode) -> Iterator[str]:
    """The items of lists, one line each."""
    item: list[str] | None = None
    for node in code.nodes:
        if isinstance(node, Tag) and node.wiki_markup in ("*", "#", ":", ";"):
            if item:
                yield tidy("".join(item))
            item = []
        elif item is not None:
            text = _plain(node)
            head, broke, _ = text.partition("\n")
            item.append(head)
            if broke:
                yield tidy("".join(item))
                item = None
    if item:
        yield tidy("".join(item))


def _plain(node: Any) -> str:
    if isinstance(node, Comment) or (isinstance(node, Tag) and str(node.tag).strip().lower() == "ref"):
        return ""
    if isinstance(node, Heading):
        return f"\n{node.title.strip_code()}\n"
    return str(node.__strip__(normalize=True, collapse=True, keep_template_params=True) or "")


def _tables(code: Wikicode) -> Table:
    tables = code.filter_tags(matches=lambda node: str(node.tag) == "table", recursive=False)
    if not tables:
        raise SourceChanged("no table in that part of the page", do=_LOOK)
    rows: list[dict[str, str]] = []
    columns: list[str] = []
    for table in tables:
        header, *body = _grid(table) or [[]]
        columns += [name for name in header if name and name not in columns]
        rows += [{name: cell for name, cell in zip(header, row, strict=False) if name} for row in body]
    return table_of(rows, columns=columns)


def _grid(table: Tag) -> list[list[str]]:
    grid, loose = [], []
    for node in table.contents.nodes:
        if isinstance(node, Tag) and str(node.tag) == "tr":
            grid.append(_cells(node.contents))
        elif isinstance(node, Tag) and str(node.tag) in ("th", "td"):
            loose.append(node)  # a header before the first |-
    if loose:
        grid.insert(0, [_cell(node) for node in loose])
    return [row for row in grid if row]


def _cells(code: Wikicode) -> list[str]:
    cells = [_cell(node) for node in code.nodes if isinstance(node, Tag) and str(node.tag) in ("th", "td")]
    if len(cells) > MAX_COLUMNS:
        raise SourceChanged(f"a table of more than {MAX_COLUMNS} columns", do=_LOOK)
    return cells


def _cell(node: Tag) -> str:
    return tidy(" ".join(_plain(inner) for inner in node.contents.nodes))


PLATFORMS = {"mediawiki": Platform(_rows, _first, accept="application/json", guarded=True)}
