"""A source on the web, address after address, until its reader asks for no more: its pages, or the reason why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.fetch import FetchPolicy, fetch_address
from ptce_etl.collect.manners import Manners
from ptce_etl.collect.platforms import platform_of
from ptce_etl.collect.readers.base import Page, Platform
from ptce_etl.errors import SourceChanged, SourceRefused
from ptce_etl.model import Outcome, RequestLog

__all__ = ["Crawled", "crawl"]


@dataclass(frozen=True, slots=True)
class Crawled:
    """The pages, and the line for the request log, that of the first address; ``do`` is what to do about its error.

    Pages come with the outcome ``ok``, and with one that was met in them; none when the network failed.
    """

    pages: tuple[Page, ...]
    log: RequestLog
    do: str = ""


def crawl(
    source: Source, now: datetime, policy: FetchPolicy, manners: Manners, previous: RequestLog | None = None
) -> Crawled:
    """Ask for every page of ``source``. Never raises for the source's failure.

    ``previous`` (a retrieval of one page) makes the first request conditional; 304 is the outcome ``unchanged``.
    """
    platform = platform_of(source.reader)
    url: str | None = platform.first(source)
    source = source.model_copy(update={"redirects": (*source.redirects, *platform.hosts)})
    pages: list[Page] = []
    first: RequestLog | None = None
    size, spent = 0, 0.0
    while url is not None:
        known = previous if first is None and previous and previous.pages == 1 else None
        fetched = fetch_address(source, url, now, policy, known, manners, platform.accept)
        spent += fetched.log.elapsed
        first = first or fetched.log
        done = replace(first, elapsed=round(spent, 3), sha256=None, size=None, pages=len(pages) + 1)
        if fetched.log.outcome == "unchanged":
            return Crawled((), replace(fetched.log, pages=1))
        if fetched.body is None:
            error = fetched.log.error if not pages else f"page {len(pages) + 1}: {fetched.log.error}"
            return Crawled((), replace(done, outcome=fetched.log.outcome, status=fetched.log.status, error=error))
        pages.append(Page(url, fetched.body, fetched.log.headers))
        size += len(fetched.body)
        try:
            url = _next(pages, source, platform, size, policy)
        except (SourceChanged, SourceRefused) as error:
            outcome: Outcome = "auth" if isinstance(error, SourceRefused) else "malformed"
            return Crawled(tuple(pages), replace(done, outcome=outcome, error=error.what), error.do)
    return Crawled(tuple(pages), done)


def _next(pages: Sequence[Page], source: Source, platform: Platform, size: int, policy: FetchPolicy) -> str | None:
    url = platform.following(pages, source)
    if url is None:
        return None
    do = "look at the pages; mend the reader or max_pages in the catalogue"
    if len(pages) >= source.options.max_pages:
        raise SourceChanged(f"more than {source.options.max_pages} pages", do=do)
    if size > policy.max_bytes:
        raise SourceChanged(f"pages of more than {policy.max_bytes} bytes in all", do=do)
    if any(page.url == url for page in pages):
        raise SourceChanged(f"page {len(pages)} leads back to one that was read before", do=do)
    if len(pages) > 1 and pages[-1].body == pages[-2].body:
        raise SourceChanged(f"page {len(pages)} is the page before it once more", do=do)
    host = urlsplit(url).hostname or ""
    if host not in {urlsplit(pages[0].url).hostname, *source.redirects}:
        raise SourceChanged(f"page {len(pages)} leads to another host: {host[:100]}", do=do)
    return url
