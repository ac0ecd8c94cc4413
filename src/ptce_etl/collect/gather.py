"""A source on the web: its pages into the private archive, and what is kept of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.archive import Archive
from ptce_etl.collect.bundle import bundled, unbundled
from ptce_etl.collect.crawl import crawl
from ptce_etl.collect.extract import extract
from ptce_etl.collect.fetch import FetchPolicy
from ptce_etl.collect.guarded import rows_of
from ptce_etl.collect.manners import Manners
from ptce_etl.collect.persons import scrubbed
from ptce_etl.collect.platforms import platform_of
from ptce_etl.errors import SourceChanged, SourceRefused
from ptce_etl.model import RequestLog

__all__ = ["gathered"]


def gathered(
    source: Source,
    archive: Archive,
    now: datetime,
    policy: FetchPolicy,
    manners: Manners,
    previous: RequestLog | None,
) -> tuple[RequestLog, bytes | None]:
    """The line for the log and the extract; None, and the reason in the line, when there is none.

    ``previous`` is the last good retrieval: when its pages are still held, the request is conditional, and a 304 reads
    them once more (the catalogue may have changed since).
    """
    held = bool(previous and previous.raw_sha256 and archive.holds(previous.raw_sha256, private=True))
    crawled = crawl(source, now, policy, manners, previous if held else None)
    log, pages = crawled.log, crawled.pages
    if log.outcome == "unchanged" and previous:
        log = replace(log, raw_sha256=previous.raw_sha256)
        pages = unbundled(archive.read(str(previous.raw_sha256), private=True))
    elif pages:
        log = replace(log, raw_sha256=archive.put(bundled(pages), private=True))
    if log.outcome not in ("ok", "unchanged"):
        return _told(log, crawled.do), None
    try:
        return log, extract(rows_of(pages, source), source, platform_of(source.reader).own)
    except SourceRefused as error:
        return _told(replace(log, outcome="auth", error=error.what)), None
    except SourceChanged as error:
        return _told(replace(log, outcome="malformed", error=error.what), error.do), None


def _told(log: RequestLog, do: str = "") -> RequestLog:
    """A failure that was met in the answer says so in the three lines of an error; one of the network has one line."""
    log = replace(log, sha256=None, size=None, error=scrubbed(log.error or ""))  # it may quote the page
    if log.raw_sha256 is None or log.outcome != "malformed":
        return log
    where = f"capture {log.raw_sha256[:12]}…  fetched {log.requested_at.date().isoformat()} from {log.url}"
    do = do or "look at the pages; mend the reader or the entry in the catalogue"
    return replace(log, error=str(SourceChanged(f"{log.source_id}: {log.error}", where=where, do=do)))
