"""Stable pole ids: a group of listings keeps the id that its listings had; ids are minted once and never reused.

Ids do not come from names (better cleaning must not change them) nor from positions. A new id is a hash of the group's
first listing id, so that two fresh roots mint the same ids; from then on ``identities.csv`` is what counts.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass

import pandas as pd

from ptce_etl.resolve.decisions import IDENTITY_COLUMNS, REDIRECT_COLUMNS

__all__ = ["Identities", "identify"]

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case: no i, l, o, u to misread


@dataclass(frozen=True, slots=True)
class Identities:
    """``pole_of`` gives each listing its pole; ``identities`` and ``redirects`` are the whole files to keep."""

    pole_of: dict[str, str]
    identities: pd.DataFrame
    redirects: pd.DataFrame


def identify(groups: dict[str, list[str]], known: pd.DataFrame, redirects: pd.DataFrame, since: str) -> Identities:
    """Give each group (any key → its listing ids) a pole id.

    ``known`` and ``redirects`` are the files as they stand; ``since`` is the ISO date written on new lines. A pole id
    goes to the group that holds most of its listings; a group that wins several keeps the one with most listings
    (then the oldest, then the smallest), and the others are redirected to it (301). An id whose listings are all gone
    is answered 410. An id that comes back into use loses its redirect.
    """
    before = dict(zip(known["listing_id"], known["pole_id"], strict=True))
    born: dict[str, str] = {}
    for pole, day in zip(known["pole_id"], known["since"], strict=True):
        born[pole] = min(day, born.get(pole, day))
    ordered = {key: sorted(members) for key, members in groups.items()}
    votes: dict[str, Counter[str]] = {
        key: Counter(before[listing] for listing in members if listing in before) for key, members in ordered.items()
    }
    winners = _winners(votes, ordered)
    taken = set(born)  # an id that was redirected may come back: it is minted from the same first listing
    pole_of: dict[str, str] = {}
    merged: dict[str, str] = {}
    for key in sorted(ordered, key=lambda k: ordered[k][0]):
        won = sorted(winners[key], key=lambda pole: (-votes[key][pole], born[pole], pole))
        pole = won[0] if won else _mint(ordered[key][0], taken)
        taken.add(pole)
        merged |= dict.fromkeys(won[1:], pole)
        pole_of |= dict.fromkeys(ordered[key], pole)
    return Identities(
        pole_of, _identities(pole_of, known, since), _redirects(pole_of, set(before.values()), merged, redirects, since)
    )


def _winners(votes: dict[str, Counter[str]], ordered: dict[str, list[str]]) -> dict[str, list[str]]:
    """Which ids each group wins: an id goes where most of its listings went (ties: the first listing)."""
    claims: dict[str, list[str]] = defaultdict(list)
    for key, counted in votes.items():
        for pole in counted:
            claims[pole].append(key)
    winners: dict[str, list[str]] = {key: [] for key in votes}
    for pole in sorted(claims):
        best = min(claims[pole], key=lambda key: (-votes[key][pole], ordered[key][0]))
        winners[best].append(pole)
    return winners


def _mint(first_listing: str, taken: set[str]) -> str:
    attempt = 0
    while True:
        seed = f"ptce:{first_listing}:{attempt}" if attempt else f"ptce:{first_listing}"
        number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:5])
        pole = "p" + "".join(_ALPHABET[(number >> shift) & 31] for shift in range(35, -5, -5))
        if pole not in taken:
            return pole
        attempt += 1


def _identities(pole_of: dict[str, str], known: pd.DataFrame, since: str) -> pd.DataFrame:
    """Lines of today's listings, and of listings that are not there today: they may come back."""
    lines = zip(known["listing_id"], known["pole_id"], known["since"], strict=True)
    old: dict[str, tuple[str, str]] = {listing: (pole, day) for listing, pole, day in lines}
    rows = []
    for listing in sorted(old.keys() | pole_of.keys()):
        pole = pole_of.get(listing, old.get(listing, ("", ""))[0])
        same = listing in old and old[listing][0] == pole
        rows.append((listing, pole, old[listing][1] if same else since))
    return pd.DataFrame(rows, columns=IDENTITY_COLUMNS, dtype="str")


def _redirects(
    pole_of: dict[str, str], before: set[str], merged: dict[str, str], redirects: pd.DataFrame, since: str
) -> pd.DataFrame:
    alive = set(pole_of.values())
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
