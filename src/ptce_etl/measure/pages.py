"""Listings read page by page: which poles each page names, how it spells them, who published it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pandas as pd

from ptce_etl.measure.evidence import Evidence
from ptce_etl.measure.statuses import normalise

__all__ = ["Mention", "Page", "read_pages"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A pole on a page. ``spelling``: its name there, lower case without accents. ``round``: the call round that the
    page names beside it; ``counted``: in the role that the round's cohort counts. ``on``: the date of the statement."""

    pole_id: str
    spelling: str
    said: bool
    round: str | None
    counted: bool
    on: date | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page with its mentions. ``address``: as compared (scheme, www, tracking left out); ``records``: the capture and
    position of each mention, which tell the bytes it was read from."""

    address: str
    publisher: str
    kind: str
    mentions: tuple[Mention, ...]
    records: frozenset[tuple[str, int]]

    @property
    def poles(self) -> frozenset[str]:
        """The poles it names."""
        return frozenset(mention.pole_id for mention in self.mentions)

    def spellings(self) -> dict[str, frozenset[str]]:
        """How it spells each pole that it names."""
        found: dict[str, set[str]] = defaultdict(set)
        for mention in self.mentions:
            found[mention.pole_id].add(mention.spelling)
        return {pole: frozenset(found[pole]) for pole in sorted(found)}


def read_pages(listings: pd.DataFrame, evidence: Iterable[Evidence]) -> tuple[Page, ...]:
    """The pages of ``listings`` (columns of that schema table) as far as ``evidence`` knows their mentions, by address.

    A listing without an address is on the page of its source.
    """
    known = {item.listing_id: item for item in evidence}
    rows: dict[str, list[dict[Any, Any]]] = defaultdict(list)
    for row in listings.to_dict("records"):
        if row["listing_id"] in known:
            rows[_address(row)].append(row)
    return tuple(_page(address, rows[address], known) for address in sorted(rows))


def _page(address: str, rows: list[dict[Any, Any]], known: dict[str, Evidence]) -> Page:
    rows = sorted(rows, key=lambda row: row["listing_id"])
    mentions = []
    for row in rows:
        item = known[row["listing_id"]]
        round_ = row["programme"] if isinstance(row["programme"], str) else None
        mentions.append(Mention(item.pole_id, normalise(row["name"]), item.said, round_, item.counted, item.page_on))
    return Page(
        address,
        " / ".join(sorted({_text(row["publisher"]) for row in rows} - {""})),
        " / ".join(sorted({_text(row["page_kind"]) for row in rows} - {""})),
        tuple(mentions),
        frozenset((row["capture_sha256"], int(row["record_no"])) for row in rows),
    )


def _address(row: dict[Any, Any]) -> str:
    written = _text(row["source_url"])
    parts = urlsplit(written)
    if not parts.netloc:
        return written or _text(row["source_id"])
    host = parts.netloc.lower().removeprefix("www.")
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name[:4] != "utm_"]
    return host + parts.path.rstrip("/") + (f"?{urlencode(kept)}" if kept else "")


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
