"""What every reader gives and takes, and what is wrong with an answer before it is read.

A reader is two functions of pages: which address comes next, and which rows the pages hold. Any bytes give a
:class:`Table`, or :class:`SourceChanged` (not what it was) or :class:`SourceRefused` (nothing we may read).
"""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.text import MAX_CELL, MAX_COLUMNS, MAX_ROWS, decode
from ptce_etl.errors import SourceChanged, SourceRefused

__all__ = [
    "MAX_DEPTH",
    "Page",
    "Platform",
    "Table",
    "flat",
    "json_of",
    "licensed",
    "no_page",
    "records_of",
    "same_site",
    "table_of",
    "tidy",
]

MAX_DEPTH = 20
_LOOK = "look at the source, and at the capture"
_TOKEN = re.compile(r"\btoken\b.{0,200}\b(api|user|access)\b|unauthori[sz]ed|forbidden|acc[eè]s (refus|interdit)", re.I)


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: its address, its bytes, and the few headers that are kept (small letters)."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """What the pages say. ``columns``: every column met, in the order they were met; ``rows``: only cells with text.

    ``announced`` is the number of rows that the source says it has, where it says so.
    """

    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]
    announced: int | None = None


def _itself(source: Source) -> str:
    return source.url


def _no_more(pages: Sequence[Page], source: Source) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Platform:
    """How a kind of source is asked and read.

    ``first`` and ``following`` give addresses (``following``: the next one after these pages, None when that was all);
    ``own`` are columns that the platform always gives and that need no word in the catalogue (``*`` stands for
    anything); ``hosts`` are hosts of the platform that its answers may lead to; ``guarded`` readers run in a process
    of their own.
    """

    rows: Callable[[Sequence[Page], Source], Table]
    first: Callable[[Source], str] = _itself
    following: Callable[[Sequence[Page], Source], str | None] = _no_more
    accept: str = "*/*"
    own: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    guarded: bool = False


def tidy(value: object) -> str:
    """A value as the text of a cell: spaces made one, numbers and flags as in JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    text = value if isinstance(value, str) else str(value)
    text = " ".join(text.replace("\0", " ").split())
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no letter
    if len(text) > MAX_CELL:
        raise SourceChanged(f"a cell of {len(text)} characters, at most {MAX_CELL} expected", do=_LOOK)
    return text


def table_of(rows: Iterable[Mapping[str, object]], announced: int | None = None, columns: Sequence[str] = ()) -> Table:
    """The table of ``rows``; ``columns`` are those that are there even when no row fills them."""
    met: dict[str, None] = dict.fromkeys(columns)
    kept: list[dict[str, str]] = []
    for row in rows:
        met.update(dict.fromkeys(row))
        if len(met) > MAX_COLUMNS:
            raise SourceChanged(f"more than {MAX_COLUMNS} columns", do=_LOOK)
        cells = {name: text for name, value in row.items() if (text := tidy(value))}
        if cells:
            kept.append(cells)
        if len(kept) > MAX_ROWS:
            raise SourceChanged(f"more than {MAX_ROWS} rows", do="is it still the same source?")
    return Table(tuple(met), tuple(kept), announced)


def json_of(page: Page) -> Any:
    """The value of a JSON page. A text that refuses us is :class:`SourceRefused`, what else is no JSON has changed."""
    text = decode(page.body).strip()
    if not text:
        raise SourceChanged("an empty answer where JSON was expected", do=_LOOK)
    if text[0] == "<":
        raise SourceChanged(f"an HTML page where JSON was expected{_titled(text)}", do=_LOOK)
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError as error:
        raise SourceChanged("JSON nested too deep to be read", do=_LOOK) from error
    except ValueError as error:
        if text[0] not in '[{"' and len(text) < 2_000:
            kind = SourceRefused if _TOKEN.search(text) else SourceChanged
            raise kind(f"a text where JSON was expected: {tidy(text)[:200]!r}", do=_LOOK) from error
        raise SourceChanged(f"JSON that breaks off or is none: {str(error)[:200]}", do=_LOOK) from error


def no_page(page: Page) -> None:
    """Refuse an HTML page where a file was expected: a login, a consent, an error told with a 200."""
    start = page.body[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        title = _titled(page.body[:20_000].decode("utf-8", "replace"))
        raise SourceChanged(f"an HTML page where a file was expected{title}", do=_LOOK)


def licensed(stated: object, source: Source) -> None:
    """Refuse an answer whose stated licence is not the one that the catalogue counts with (``data_licence``)."""
    wanted = source.options.data_licence
    if wanted and wanted.casefold() not in str(stated).casefold():
        raise SourceChanged(
            f"the licence is stated as {tidy(stated)[:100]!r}, {wanted!r} was expected",
            do="look at the terms, then at the entry in the catalogue",
        )


def _titled(text: str) -> str:
    found = re.search(r"<title[^>]{0,200}>([^<]{1,200})", text[:20_000], re.I)
    return f": {tidy(html.unescape(found[1]))!r}" if found else ""


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def records_of(value: Any, path: str) -> list[Any]:
    """The list at a dotted ``path`` of a JSON value; the values of an object, where the list is one by key."""
    for step in filter(None, path.split(".")):
        if not isinstance(value, dict) or step not in value:
            there = ", ".join(sorted(map(repr, value))[:10]) if isinstance(value, dict) else type(value).__name__
            raise SourceChanged(f"no {step!r} on the way to {path!r}: there is {there}", do=_LOOK)
        value = value[step]
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        raise SourceChanged(f"no list at {path or 'the root'}, but {type(value).__name__}", do=_LOOK)
    return value


def flat(value: Any) -> dict[str, str]:
    """The cells of one record: nested names joined by dots, lists of texts by " | ".

    Of a list of objects, the cells of the same name are joined under ``name[].inner``.
    """
    if not isinstance(value, dict):
        raise SourceChanged(f"a record that is not an object but {type(value).__name__}", do=_LOOK)
    cells: dict[str, list[str]] = {}
    _flatten(value, "", cells, 0)
    return {name: " | ".join(texts) for name, texts in cells.items()}


def _flatten(value: Any, name: str, cells: dict[str, list[str]], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise SourceChanged(f"{name[:60]!r}: nested deeper than {MAX_DEPTH}", do=_LOOK)
    if len(cells) > MAX_COLUMNS:
        raise SourceChanged(f"more than {MAX_COLUMNS} columns", do=_LOOK)
    if isinstance(value, dict):
        for key, inner in value.items():
            _flatten(inner, f"{name}.{tidy(key)[:200]}" if name else tidy(key)[:200], cells, depth + 1)
        if not value and name:
            cells.setdefault(name, [])
    elif isinstance(value, list):
        cells.setdefault(name, []) if not any(isinstance(inner, dict | list) for inner in value) else None
        for inner in value:
            _flatten(inner, f"{name}[]" if isinstance(inner, dict | list) else name, cells, depth + 1)
    elif isinstance(value, float) and not math.isfinite(value):
        raise SourceChanged(f"{name[:60]!r} is no number", do=_LOOK)
    else:
        text = tidy(value)
        cells.setdefault(name, []).extend([text] if text else [])


def same_site(link: object, page: Page) -> str:
    """The address of a ``next`` link, which must stay on the scheme and host of its page."""
    if not isinstance(link, str):
        raise SourceChanged(f"a link to the next page that is no text: {link!r:.100}", do=_LOOK)
    try:
        target = urljoin(page.url, link)
        here, there = urlsplit(page.url), urlsplit(target)
        known = (here.scheme, here.hostname, here.port) == (there.scheme, there.hostname, there.port)
    except ValueError as error:
        raise SourceChanged(f"a link to the next page that is no address: {link[:100]!r}", do=_LOOK) from error
    if not known:
        raise SourceChanged(f"the link to the next page leads to another host: {link[:100]!r}", do=_LOOK)
    return target
