"""HTML pages: tables, listings found by CSS selectors, and lines of text; ``page`` is the address of the page.

A page that asks to log in, that is in another language, or that no longer has the part that is read, has changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from cssselect import SelectorError
from lxml import etree, html
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.readers.base import Page, Platform, Table, same_site, table_of, tidy
from ptce_etl.collect.readers.lines import rows_of_lines
from ptce_etl.collect.text import MAX_COLUMNS, decode
from ptce_etl.errors import SourceChanged

__all__ = ["PLATFORMS", "parsed", "text_lines"]

_LOOK = "look at the page, then at the selectors in the catalogue"
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.I)
# Not `head`: the parser leaves a page without a <body> in it.
_SILENT = {"script", "style", "title", "noscript", "template", "svg", "iframe", "select", "button"}
_INLINE = {
    "a",
    "abbr",
    "b",
    "bdi",
    "cite",
    "code",
    "em",
    "font",
    "i",
    "mark",
    "q",
    "s",
    "small",
    "span",
    "strong",
    "sub",
}
_INLINE |= {"sup", "time", "u", "del", "ins", "label", "acronym"}
_CELL_ROWS = 20_000


def parsed(text: str) -> HtmlElement:
    """The tree of a page or of a piece of one. Raises :class:`SourceChanged` when there is none."""
    text = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text)
    text = text.translate({code: " " for code in range(32) if code not in (9, 10, 13)})
    try:
        tree = html.document_fromstring(text) if text.strip() else None
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise SourceChanged(f"no HTML: {str(error)[:200]}", do=_LOOK) from error
    if tree is None:
        raise SourceChanged("an empty page", do=_LOOK)
    return tree


def _opened(page: Page, source: Source) -> list[HtmlElement]:
    """The parts of the page that are read, after what can be wrong with it has been looked at."""
    declared = _CHARSET.search(page.body[:4_000])
    charset = source.options.encoding or _charset(declared[1].decode("ascii", "replace") if declared else None)
    tree = parsed(decode(page.body, charset))
    title = tidy(tree.findtext(".//title") or "")[:100]
    language = (tree.get("lang") or "").lower()
    wanted = source.options.language
    if wanted and language and language.split("-")[0] != wanted:
        raise SourceChanged(f"the page is in {language[:20]!r}, {wanted!r} was expected", do="look at the page")
    parts = _select(tree, source.options.select) if source.options.select else [tree]
    asks = any((found.get("type") or "").lower() == "password" for found in tree.iter("input"))
    if asks or (not parts and _is_login(title)):
        raise SourceChanged(f"a page that asks to log in: {title!r}", do="look at the address")
    if not parts:
        raise SourceChanged(f"nothing at {source.options.select!r} on the page {title!r}", do=_LOOK)
    return parts


def _charset(name: str | None) -> str | None:
    """None lets the bytes say; what pages call Latin-1 is Windows-1252."""
    return "cp1252" if name and name.lower() in {"iso-8859-1", "latin1", "windows-1252", "cp1252"} else None


def _is_login(title: str) -> bool:
    return bool(re.search(r"connexion|identifi|log ?in|sign in|authentif|just a moment|captcha", title, re.I))


def _select(tree: HtmlElement, selector: str) -> list[HtmlElement]:
    try:
        found: Any = CSSSelector(selector, translator="html")(tree)
        return [element for element in found if isinstance(element, HtmlElement)]
    except (SelectorError, etree.XPathError, ValueError) as error:  # no CSS; a name space that is none; no text
        raise SourceChanged(f"no selector: {selector!r}", do="mend it in the catalogue") from error


def text_lines(element: HtmlElement) -> Iterator[str]:
    """The text of an element as a reader sees it: a line for each block, list item, heading, table row and ``<br>``."""
    parts: list[str] = []
    walk: Any = etree.iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        if event in ("comment", "pi"):
            parts.append(node.tail or "")
            continue
        name = node.tag if isinstance(node.tag, str) else ""
        quiet = name in _SILENT
        breaks = name not in _INLINE and not quiet
        if breaks:
            line = tidy("".join(parts))
            parts = []
            if line:
                yield line
        if event == "start":
            if not quiet:
                parts.append(node.text or "")
            else:
                walk.skip_subtree()
        elif node is not element:
            parts.append(node.tail or "")
    if line := tidy("".join(parts)):
        yield line


def _lines(pages: Sequence[Page], source: Source) -> Table:
    tables = [(page, _lines_of(page, source)) for page in pages]
    columns = [name for _, table in tables for name in table.columns]
    rows = ({**row, "page": page.url} for page, table in tables for row in table.rows)
    return table_of(rows, columns=(*dict.fromkeys(columns), "page"))


def _lines_of(page: Page, source: Source) -> Table:
    return rows_of_lines((line for part in _opened(page, source) for line in text_lines(part)), source)


def _following(pages: Sequence[Page], source: Source) -> str | None:
    if len(pages) <= len(source.options.also):
        return source.options.also[len(pages) - 1]
    if source.options.next is None:
        return None
    tree = parsed(decode(pages[-1].body, source.options.encoding))
    links = [found.get("href") for found in _select(tree, source.options.next)]
    return same_site(links[0], pages[-1]) if links and links[0] else None


def _items(pages: Sequence[Page], source: Source) -> Table:
    options = source.options
    rows: list[dict[str, str]] = []
    for page in pages:
        found = [item for part in _opened(page, source) for item in _select(part, options.items or "li")]
        if not found:
            raise SourceChanged(f"nothing at {options.items or 'li'!r} on {page.url[:200]}", do=_LOOK)
        fields = options.fields.items()
        rows += [{"page": page.url} | {name: _field(item, how) for name, how in fields} for item in found]
    return table_of(rows, columns=(*options.fields, "page"))


def _field(item: HtmlElement, how: str) -> str:
    selector, _, attribute = how.partition("@")
    found = _select(item, selector) if selector else [item]
    if not found:
        return ""
    if attribute:
        value = found[0].get(attribute) or ""
        return tidy(value)
    return tidy(" ".join(text_lines(found[0])))


def _tables(pages: Sequence[Page], source: Source) -> Table:
    rows: list[dict[str, str]] = []
    columns: list[str] = []
    for page in pages:
        tables = [
            table
            for part in _opened(page, source)
            for table in part.iter("table")
            if table is part or next(table.iterancestors("table"), None) is None
        ]
        if not tables:
            raise SourceChanged("no table on the page", do=_LOOK)
        for table in tables:
            header, *body = _grid(table) or [[]]
            if not any(header):
                continue
            columns += [name for name in header if name and name not in columns]
            rows += [{name: cell for name, cell in zip(header, row, strict=False) if name} for row in body]
    return table_of(rows, columns=columns)


def _grid(table: HtmlElement) -> list[list[str]]:
    """The rows of a table, spans filled in; rows of tables inside are their own."""
    grid: list[list[str]] = []
    below: dict[int, tuple[int, str]] = {}
    for tr in table.iter("tr"):
        if next(tr.iterancestors("table"), None) is not table:
            continue
        row: list[str] = []
        cells = [cell for cell in tr if cell.tag in ("td", "th")]
        while cells or len(row) in below:
            if len(row) in below:
                left, text = below.pop(len(row))
                if left > 1:
                    below[len(row)] = (left - 1, text)
                row.append(text)
                continue
            cell = cells.pop(0)
            text = tidy(" ".join(text_lines(cell)))
            for _ in range(_span(cell, "colspan")):
                if (deep := _span(cell, "rowspan")) > 1:
                    below[len(row)] = (deep - 1, text)
                row.append(text)
                if len(row) > MAX_COLUMNS:
                    raise SourceChanged(f"a table of more than {MAX_COLUMNS} columns", do=_LOOK)
        grid.append(row)
        if len(grid) > _CELL_ROWS:
            raise SourceChanged(f"a table of more than {_CELL_ROWS} rows", do=_LOOK)
    return grid


def _span(cell: HtmlElement, name: str) -> int:
    text = (cell.get(name) or "1").strip()
    return max(1, min(int(text), MAX_COLUMNS)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


_ACCEPT = "text/html,application/xhtml+xml"
PLATFORMS = {
    "html_table": Platform(_tables, following=_following, accept=_ACCEPT),
    "html_items": Platform(_items, following=_following, accept=_ACCEPT, own=("page",)),
    "html_lines": Platform(_lines, following=_following, accept=_ACCEPT, own=("page",)),
}
