"""Stable pole ids: a group of listings keeps the id that its listings had; ids are minted once and never reused.

Ids do not come from names (better cleaning must not change them) nor from positions. A new id is a hash of the group's
first listing id, so that two fresh roots mint the same ids; from then on ``identities.csv`` is what counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ptce_etl.resolve.cells import Cells, candidates, coded, is_start, positions, sort_order, starts, text_rank, texts
from ptce_etl.resolve.decisions import IDENTITY_COLUMNS, REDIRECT_COLUMNS

__all__ = ["Identities", "identify_rows"]

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case: no i, l, o, u to misread
_TEN_BITS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)


@dataclass(frozen=True, slots=True)
class Identities:
    """``pole_ids`` (``str``): the pole of each listing given, in their order.

    ``identities`` and ``redirects`` are the whole files to keep.
    """

    pole_ids: pd.Series
    identities: pd.DataFrame
    redirects: pd.DataFrame


def identify_rows(
    ids: pd.Series, group: np.ndarray, known: pd.DataFrame, redirects: pd.DataFrame, since: str
) -> Identities:
    """Give each group of listings a pole id. ``ids``: the listings, each once; ``group``: any number of each one's.

    ``known`` and ``redirects`` are the files as they stand; ``since`` is the ISO date written on new lines. A pole id
    goes to the group that holds most of its listings; a group that wins several keeps the one with most listings
    (then the oldest, then the smallest), and the others are redirected to it (301). An id whose listings are all gone
    is answered 410. An id that comes back into use loses its redirect.
    """
    listings = texts(ids)
    by_id = sort_order(listings)
    if by_id is not None:
        listings, group = listings.take(pa.array(by_id)), group[by_id]
    of = pd.factorize(group)[0]  # groups by their first listing
    first = listings.take(pa.array(np.unique(of, return_index=True)[1])).to_pylist()
    was = positions(listings, texts(known["listing_id"]))
    before, born = coded(texts(known["pole_id"])), coded(texts(known["since"]))
    heir, merged = _inherit(of, _at(before, was), before, _earliest(before, born), len(first))
    names: list[str] = before.labels.to_pylist()
    poles: list[str | None] = [names[pole] if pole >= 0 else None for pole in heir.tolist()]
    minted = _mint((listing for listing, pole in zip(first, poles, strict=True) if pole is None), set(names))
    named = [next(minted) if pole is None else pole for pole in poles]
    each: Any = pa.array(of)
    pole_ids = pa.array(named, pa.large_string()).take(each)
    same = (was >= 0) & (_at(before, was) == heir[of])
    days = Cells(np.where(same, _at(born, was), -1), born.labels).texts().fillna(since)
    today = pd.DataFrame(dict(zip(IDENTITY_COLUMNS, (listings.to_pandas(), pole_ids.to_pandas(), days), strict=True)))
    return Identities(
        today["pole_id"] if by_id is None else today["pole_id"].iloc[np.argsort(by_id)].reset_index(drop=True),
        _identities(today, known, was),
        _redirects(set(named), set(names), {names[a]: names[b] for a, b in merged}, redirects, since),
    )


def _at(cells: Cells, rows: np.ndarray) -> np.ndarray:
    """The codes at ``rows``, -1 at -1."""
    return np.asarray(np.append(cells.codes, -1)[rows])


def _earliest(before: Cells, born: Cells) -> np.ndarray:
    """For each pole a number that grows with the first day written on its lines."""
    days = np.full(len(before.labels), len(born.codes))
    np.minimum.at(days, before.codes, text_rank(born.labels, born.codes))
    return days


def _inherit(
    of: np.ndarray, before: np.ndarray, poles: Cells, born: np.ndarray, n: int
) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """The former pole whose id each of ``n`` groups carries on (-1: none), and which were merged into which."""
    rows = np.flatnonzero(before >= 0)
    pole, group, pair = candidates(before[rows], of[rows])
    votes = np.bincount(pair, minlength=len(pole))
    ranked = np.lexsort((group, -votes, pole))
    best = ranked[starts(pole[ranked])]  # an id goes where most of its listings went, then to the first listing
    pole, group, votes = pole[best], group[best], votes[best]
    ranked = np.lexsort((text_rank(poles.labels, pole), born[pole], -votes, group))
    pole, group = pole[ranked], group[ranked]
    heir = np.full(n, -1, dtype=np.int64)
    leads = is_start(group)
    heir[group[leads]] = pole[leads]
    lost = ~leads
    return heir, list(zip(pole[lost].tolist(), heir[group[lost]].tolist(), strict=True))


def _mint(first_listings: Iterable[str], taken: set[str]) -> Iterator[str]:
    """A new id for each, none of them ``taken``."""
    for first in first_listings:
        pole, attempt = _hashed(f"ptce:{first}"), 0
        while pole in taken:
            attempt += 1
            pole = _hashed(f"ptce:{first}:{attempt}")
        taken.add(pole)
        yield pole


def _hashed(seed: str) -> str:
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:5])
    parts = (_TEN_BITS[(number >> shift) & 1023] for shift in (30, 20, 10, 0))
    return "p" + "".join(parts)


def _identities(today: pd.DataFrame, known: pd.DataFrame, was: np.ndarray) -> pd.DataFrame:
    """Lines of today's listings, and of listings that are not there today: they may come back."""
    gone = np.ones(len(known), dtype=bool)
    gone[was[was >= 0]] = False
    if not gone.any():
        return today
    lines = pd.concat([today, known.loc[gone, IDENTITY_COLUMNS].astype("str")], ignore_index=True)
    order = sort_order(texts(lines["listing_id"]))
    return lines if order is None else lines.iloc[order].reset_index(drop=True)


def _redirects(
    alive: set[str], before: set[str], merged: dict[str, str], redirects: pd.DataFrame, since: str
) -> pd.DataFrame:
    lines = zip(*(redirects[column] for column in REDIRECT_COLUMNS), strict=True)
    old: dict[str, tuple[str, str, str, str]] = {
        pole: (status, to, day, reason) for pole, status, to, day, reason in lines
    }
    rows = {pole: answer for pole, answer in old.items() if pole not in alive}
    for pole, to in merged.items():
        rows[pole] = ("301", to, since, "merged")
    for pole in sorted(before - alive - set(merged)):
        if pole not in rows:
            rows[pole] = ("410", "", since, "no listing names it any more")
    for pole, (status, to, day, reason) in list(rows.items()):
        if status == "301" and to in rows and rows[to][0] == "301":
            rows[pole] = (status, rows[to][1], day, reason)  # one hop, never a chain
    table = [(pole, *rows[pole]) for pole in sorted(rows)]
    return pd.DataFrame(table, columns=REDIRECT_COLUMNS, dtype="str")
