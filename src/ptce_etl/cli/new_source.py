"""``ptce new-source``: one look at an address, and what its entry in the catalogue would be."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from ptce_etl.catalogue.registry import Bounds, Source, load_sources
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import counted
from ptce_etl.collect.bundle import bundled
from ptce_etl.collect.crawl import crawl
from ptce_etl.collect.extract import extract
from ptce_etl.collect.fetch import DEFAULT_POLICY, fetch_address
from ptce_etl.collect.intake import failure
from ptce_etl.collect.manners import shared_manners
from ptce_etl.collect.persons import scrubbed_bytes
from ptce_etl.collect.platforms import platform_of
from ptce_etl.collect.readers.base import Page, Table
from ptce_etl.collect.reading import read
from ptce_etl.collect.sniff import address_of, draft, named_columns, read_somehow
from ptce_etl.errors import ConfigError, SourceChanged

__all__ = ["propose_source"]

_LEFT_OUT = {
    "enabled",
    "free_of_duplicates",
    "retention_days",
    "optional",
    "keep",
    "constants",
    "sentinels",
    "redirects",
}


def propose_source(screen: Screen, root: Path, url: str, now: datetime, out: Path | None) -> int:
    """Show the proposed entry and its first rows; with ``out`` write the fixture pair into ``out/<source_id>``."""
    if not re.match(r"https?://[^/]", url):
        raise ConfigError(f"not an http(s) address: {url!r}", where="URL", do="give the address of a page or a file")
    address = address_of(url)
    own = root / "sources.yml"
    for known in load_sources(own if own.exists() else None):
        if known.url in (url, address):
            screen.tell(f"The catalogue has this address: {known.source_id}")
    screen.tell(f"Asking {address.split('#')[0]}")
    source, table, pages = _look(address, now)
    source = _entry(source, table)
    raw = extract(table, source, platform_of(source.reader).own)
    rows = read(raw, source)
    entry = _plain(source)
    shown = [{name: row[name] for name in source.columns if row.get(name)} for row in _records(rows)]
    screen.emit({"entry": entry, "rows": shown, "columns": list(table.columns)})
    screen.heading(f"{source.reader}: {counted(len(rows), 'row')}, columns: {', '.join(table.columns)[:300]}")
    for line in yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, width=110).splitlines():
        screen.line(line)
    screen.heading("First rows")
    for row in shown[:5]:
        screen.say(", ".join(f"{name}: {value}" for name, value in row.items()), indent=2)
    if out is not None:
        screen.facts([("fixture pair", str(_pair(out / source.source_id, source, entry, pages, shown)))])
    return 0


def _look(address: str, now: datetime) -> tuple[Source, Table, tuple[Page, ...]]:
    manners = shared_manners(now)
    url = address.split("#")[0]
    needed = draft("csv", url, {})
    page = Page(url, b"")
    if not address.endswith("/sparql") and "#" not in address:
        fetched = fetch_address(needed, url, now, manners=manners)
        error = failure(fetched.log)
        if fetched.body is None and error is not None and "explore/v2" not in url:
            raise error
        page = Page(url, fetched.body or b"", fetched.log.headers)
    seen: dict[str, tuple[Page, ...]] = {}

    def ask(source: Source) -> tuple[Page, ...]:
        platform = platform_of(source.reader)
        first = platform.first(source)
        if first == url and page.body and platform.following([page], source) is None:
            return (page,)
        if first not in seen:
            crawled = crawl(source, now, DEFAULT_POLICY, manners)
            if crawled.log.outcome != "ok":
                raise SourceChanged(f"{crawled.log.outcome}: {crawled.log.error}", do="look at the address")
            seen[first] = crawled.pages
        return seen[first]

    return read_somehow(address, page, ask)


def _entry(source: Source, table: Table) -> Source:
    columns = named_columns(table)
    mapped = set(columns.values())
    own = platform_of(source.reader).own
    rows = len(table.rows)
    ignore = tuple(name for name in table.columns if name not in mapped and name not in own)
    bounds = Bounds(min_rows=max(1, rows * 4 // 5), max_rows=max(2, rows * 2))
    return source.model_copy(update={"columns": columns, "ignore": ignore, "bounds": bounds})


def _plain(source: Source) -> dict[str, Any]:
    values = {"reader": source.reader} | source.model_dump(exclude_defaults=True, mode="json")
    return {name: value for name, value in values.items() if name not in _LEFT_OUT}


def _records(rows: Any) -> list[dict[str, str]]:
    return [
        {str(name): str(value) for name, value in row.items() if isinstance(value, str)}
        for row in rows.to_dict("records")
    ]


def _pair(folder: Path, source: Source, entry: dict[str, Any], pages: tuple[Page, ...], rows: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    cleaned = [Page(page.url, scrubbed_bytes(page.body), page.headers) for page in pages]
    (folder / "pages.json").write_bytes(bundled(cleaned))
    text = yaml.safe_dump({"sources": [entry]}, allow_unicode=True, sort_keys=False, width=110)
    (folder / "entry.yml").write_text(text, encoding="utf-8")
    (folder / "rows.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return folder
