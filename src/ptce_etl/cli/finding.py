"""Which pole a person means: an id, a former id, a listing's id, or a name in any spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from rapidfuzz import fuzz, process

from ptce_etl.clean.names import fold, name_key, tokens
from ptce_etl.errors import NoData
from ptce_etl.schema import SEPARATOR

__all__ = ["Found", "find_poles"]

_POLE_ID = re.compile(r"p[0-9a-z]{8}")
_NEAR = 60.0  # letters alike (%), from which a name is worth proposing


@dataclass(frozen=True, slots=True)
class Found:
    """``poles``: ids that fit equally well, sorted; ``via``: former ids followed to get there, in order."""

    poles: tuple[str, ...]
    via: tuple[str, ...] = ()


def find_poles(text: str, poles: pd.DataFrame, listings: pd.DataFrame, redirects: pd.DataFrame) -> Found:
    """The poles that ``text`` names. Ids come first, then the best kind of agreement that any pole has:

    the name kept, a spelling met, a spelling as compared (no articles, no plurals, no "PTCE"), a spelling that holds
    every word. Raises :class:`NoData` when there is none, and for an id that is gone (410).
    """
    wanted = text.strip()
    known = frozenset(poles["pole_id"])
    if _POLE_ID.fullmatch(wanted.lower()):
        found = _by_id(wanted.lower(), known, redirects)
        if found:
            return found
    of_listing = listings.loc[listings["listing_id"] == wanted, "pole_id"]
    if len(of_listing):
        return Found((str(of_listing.iloc[0]),))
    spellings = sorted(set(_spellings(poles, listings)))
    folded, key, words = fold(wanted), name_key(wanted), set(tokens(wanted))
    kept = {(str(name), str(pole)) for name, pole in zip(poles["name"], poles["pole_id"], strict=True)}
    for fits in (
        [pole for name, pole in spellings if (name, pole) in kept and fold(name) == folded],
        [pole for name, pole in spellings if fold(name) == folded],
        [pole for name, pole in spellings if key and name_key(name) == key],
        [pole for name, pole in spellings if words and words <= set(tokens(name))],
        [pole for name, pole in spellings if len(folded) > 2 and folded in fold(name)],
    ):
        if fits:
            return Found(tuple(sorted(set(fits))))
    raise NoData(
        f"no pole is called {wanted!r}", where="names, aliases and spellings met", do=_nearest(wanted, spellings)
    )


def _by_id(pole: str, known: frozenset[str], redirects: pd.DataFrame) -> Found | None:
    lines = {row["pole_id"]: row for row in redirects.to_dict("records")}
    via: list[str] = []
    while pole not in known and pole in lines and pole not in via:
        line = lines[pole]
        via.append(pole)
        if line["status"] == "410":
            raise NoData(
                f"pole {pole} is gone since {line['since']} (410): {line['reason'] or 'no listing names it any more'}",
                where="decisions/redirects.csv",
                do="an older snapshot may hold it: --snapshot ID",
            )
        pole = str(line["to"])
    return Found((pole,), tuple(via)) if pole in known else None


def _spellings(poles: pd.DataFrame, listings: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """(spelling, pole) of every name kept, alias and name as written."""
    for pole, name, aliases in zip(poles["pole_id"], poles["name"], poles["aliases"], strict=True):
        if isinstance(name, str):
            yield name, pole
        if isinstance(aliases, str):
            yield from ((alias, pole) for alias in aliases.split(SEPARATOR))
    for pole, name, clean in zip(listings["pole_id"], listings["name"], listings["name_clean"], strict=True):
        yield from ((spelling, pole) for spelling in (name, clean) if isinstance(spelling, str))


def _nearest(text: str, spellings: list[tuple[str, str]]) -> str:
    names = sorted({name for name, _ in spellings})
    near = process.extract(fold(text), [fold(name) for name in names], scorer=fuzz.WRatio, limit=8, score_cutoff=_NEAR)
    proposed = list(dict.fromkeys(names[position] for _, _, position in near))[:4]
    return f"did you mean {' or '.join(map(repr, proposed))}?" if proposed else "try a word of its name"
