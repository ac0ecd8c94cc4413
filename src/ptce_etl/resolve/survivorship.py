"""Which value of each field a pole keeps, by small ordered rules; the losers are kept too, with the reason.

Reason codes, first rule that separates the candidates:

==================  ===============================================================================
``only_value``      no listing says anything else
``most_publishers`` named so by more publishers than any other value
``latest``          … and as many publishers: the most recently dated
``first_written``   … and as recent: the better written (accents, mixed case), then the alphabet
``finer_place``     the commune decides for department and region
``fewer_publishers``, ``older``, ``worse_written``, ``coarser_place``   why a value lost
==================  ===============================================================================

All poles are decided at once, on numbered texts: rows stand pole by pole, and only poles that are told different things
are ranked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ptce_etl.clean.names import fold
from ptce_etl.frames import empty
from ptce_etl.resolve.cells import (
    Cells,
    candidates,
    coded,
    distinct,
    filled,
    given,
    is_start,
    sort_order,
    starts,
    text_rank,
)
from ptce_etl.schema import SEPARATOR

__all__ = ["Survivors", "survive"]

_FIELDS = {  # field of poles → column of listings that is compared, column that is shown
    "name": ("name_key", "name_clean"),
    "carrier": ("carrier_key", "carrier"),
    "siren": ("siren", "siren"),
    "website": ("website_domain", "website"),
    "activity": ("activity", "activity"),
}
_PLACES = ("code_commune_insee", "code_departement", "code_region")
_WHY_BEST = np.array(["only_value", "most_publishers", "latest", "first_written"], dtype=object)
_WHY_LOST = np.array(["", "fewer_publishers", "older", "worse_written"], dtype=object)  # by the same rules, in order
_WORSE_WRITTEN = 3
_NOTHING = pa.scalar(None, pa.large_string())


@dataclass(frozen=True, slots=True)
class Survivors:
    """``poles``: one row a pole with its kept values and counts, by pole_id.

    ``values``: schema table, empty when not asked for.
    """

    poles: pd.DataFrame
    values: pd.DataFrame


@dataclass(frozen=True, slots=True)
class _Rows:
    """The listings pole by pole, by listing_id within: where each stands in the frame, and what its vote weighs."""

    listings: pd.DataFrame
    order: np.ndarray
    pole: np.ndarray  # number of its pole, ascending
    poles: Any
    publisher: np.ndarray  # number of its publisher, -1 for none
    named_by: np.ndarray  # number of its publisher, else of "?"
    voice: np.ndarray  # number of its publisher, else of its page, else of "?"
    day: np.ndarray  # of its latest date, 0 when there is none

    def coded(self, cells: Any) -> Cells:
        """The cells of a column of ``listings``, numbered, row by row as they stand here."""
        return coded(cells).at(self.order)


@dataclass(frozen=True, slots=True)
class _Choice:
    """One field: the code that each pole keeps (-1: none); each row that gives a value, whether kept, and why."""

    shown: Cells
    winner: np.ndarray
    said: np.ndarray
    kept: np.ndarray
    reason: np.ndarray


def survive(listings: pd.DataFrame, *, values: bool = True) -> Survivors:
    """Keep one value a field for each pole of ``listings`` (schema table ``listings``, any order).

    ``poles`` has pole_id, name, aliases, carrier, siren, the three place codes, website, activity, n_listings,
    n_sources, n_publishers. ``values=False`` leaves out the table of who said what.
    """
    rows = _rows(listings)
    choices = {field: _keep(rows, key, shown) for field, (key, shown) in _FIELDS.items()}
    choices |= _keep_places(rows)
    n = len(rows.poles)
    pages = rows.coded(pc.coalesce(given(listings["source_url"]), given(listings["source_id"])))
    poles = {"pole_id": rows.poles.to_pandas().astype("str")}
    poles |= {field: Cells(choice.winner, choice.shown.labels).texts() for field, choice in choices.items()}
    poles |= {
        "n_listings": pd.Series(np.bincount(rows.pole, minlength=n)),
        "n_sources": pd.Series(distinct(rows.pole, pages.codes, n)),
        "n_publishers": pd.Series(distinct(rows.pole, rows.named_by, n)),
        "aliases": _aliases(rows, choices["name"]),
    }
    return Survivors(pd.DataFrame(poles), _values(rows, choices) if values else empty("values"))


def _rows(listings: pd.DataFrame) -> _Rows:
    by_id = sort_order(given(listings["listing_id"]))
    order = np.arange(len(listings)) if by_id is None else by_id
    of = coded(given(listings["pole_id"]))
    rank = text_rank(of.labels, np.arange(len(of.labels))) - 1
    order = order[np.argsort(rank[of.codes[order]], kind="stable")]
    names, pages = given(listings["publisher"]), given(listings["source_url"])
    publisher = coded(names).codes
    last = listings["date_last"].to_numpy().astype("datetime64[D]")
    day = np.where(np.isnat(last), 0, last.astype(np.int64) + date(1970, 1, 1).toordinal())
    return _Rows(
        listings=listings,
        order=order,
        pole=rank[of.codes[order]],
        poles=of.labels.take(pc.sort_indices(of.labels)),
        publisher=publisher[order],
        named_by=(coded(pc.coalesce(names, "?")).codes if names.null_count else publisher)[order],
        voice=(coded(pc.coalesce(names, pages, "?")).codes if names.null_count else publisher)[order],
        day=day[order],
    )


def _keep(rows: _Rows, key: str, shown: str) -> _Choice:
    """What each pole keeps of the column ``shown``: the best key first, then the best spelling of that key."""
    texts = given(rows.listings[shown])
    spelling = keys = rows.coded(texts)
    named = spelling.codes >= 0
    if key != shown:
        own = given(rows.listings[key])
        keys = rows.coded(pc.if_else(texts.is_valid(), filled(own, texts, fold), _NOTHING))
        named = own.is_valid().to_numpy(zero_copy_only=False)[rows.order]
    said = np.flatnonzero(keys.codes >= 0)
    named = named[said]
    better = np.zeros(len(rows.poles), dtype=bool)
    better[rows.pole[said[named]]] = True
    said = said[named | ~better[rows.pole[said]]]  # "un PTCE" is a name only where nothing better is said
    best, why_best, why_lost = _best_keys(rows, said, keys)
    pole = rows.pole[said]
    of_best = keys.codes[said] == best[pole]
    winner = _best_spellings(rows, said[of_best], spelling)
    kept = spelling.codes[said] == winner[pole]
    lost = np.where(of_best, _WORSE_WRITTEN, why_lost)
    return _Choice(spelling, winner, said, kept, np.where(kept, _WHY_BEST[why_best[pole]], _WHY_LOST[lost]))


def _best_keys(rows: _Rows, said: np.ndarray, keys: Cells) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The key that each pole keeps and by which rule (0: no other), and for each row by which rule its key lost."""
    best, contested = _unopposed(rows, said, keys)
    why_best, why_lost = np.zeros(len(best), dtype=np.int8), np.zeros(len(said), dtype=np.int8)
    if len(contested):
        at = said[contested]
        pole, code, of = candidates(rows.pole[at], keys.codes[at])
        voices, latest = distinct(of, rows.voice[at], len(pole)), np.zeros(len(pole), dtype=np.int64)
        np.maximum.at(latest, of, rows.day[at])
        ranked = np.lexsort((text_rank(keys.labels, code), -latest, -voices, pole))
        first = starts(pole[ranked])
        leads, follows = ranked[first], ranked[first + 1]
        best[pole[leads]] = code[leads]
        leader = leads[np.cumsum(is_start(pole)) - 1]  # candidates stand pole by pole, as their leaders do
        why = np.select([voices < voices[leader], latest < latest[leader]], [1, 2], _WORSE_WRITTEN)
        why_best[pole[follows]] = why[follows]
        why_lost[contested] = why[of]
    return best, why_best, why_lost


def _best_spellings(rows: _Rows, said: np.ndarray, spelling: Cells) -> np.ndarray:
    """Mixed case first, then most publishers, then more accents, then longer, then the alphabet."""
    best, contested = _unopposed(rows, said, spelling)
    if len(contested):
        at = said[contested]
        pole, code, of = candidates(rows.pole[at], spelling.codes[at])
        numbers, back = np.unique(code, return_inverse=True)
        texts = spelling.labels.take(pa.array(numbers)).to_pylist()
        written = np.array([(text.isupper(), -_accents(text), -len(text)) for text in texts], dtype=np.int64)[back]
        publishers = distinct(of, rows.publisher[at], len(pole))
        by = (text_rank(spelling.labels, code), written[:, 2], written[:, 1], -publishers, written[:, 0], pole)
        ranked = np.lexsort(by)
        leads = ranked[starts(pole[ranked])]
        best[pole[leads]] = code[leads]
    return best


def _accents(text: str) -> int:
    return 0 if text.isascii() else sum(map(_is_accented, text))


@lru_cache(maxsize=4096)
def _is_accented(char: str) -> bool:
    return char.isalpha() and fold(char) != char.lower()


def _unopposed(rows: _Rows, said: np.ndarray, cells: Cells) -> tuple[np.ndarray, np.ndarray]:
    """For each pole the first code among the rows ``said`` (-1: none), and which of ``said`` are of poles with more."""
    pole, code = rows.pole[said], cells.codes[said]
    first = np.full(len(rows.poles), -1, dtype=np.int64)
    heads = starts(pole)
    first[pole[heads]] = code[heads]
    more = np.zeros(len(first), dtype=bool)
    more[pole[code != first[pole]]] = True
    return first, np.flatnonzero(more[pole])


def _keep_places(rows: _Rows) -> dict[str, _Choice]:
    """Place codes that agree with each other: the finest level known is kept, and it decides the coarser ones."""
    decided = np.full(len(rows.poles), -1, dtype=np.int64)  # the row whose place the pole has
    choices: dict[str, _Choice] = {}
    for field in _PLACES:
        own = _keep(rows, field, field)
        codes, bound = own.shown.codes, decided >= 0
        winner = np.where(bound, codes[decided], own.winner)
        pole = rows.pole[own.said]
        kept = codes[own.said] == winner[pole]
        why = np.where(kept, "finer_place", "coarser_place").astype(object)
        choices[field] = _Choice(own.shown, winner, own.said, kept, np.where(bound[pole], why, own.reason))
        first = own.said[kept & ~bound[pole]][::-1]
        decided[rows.pole[first]] = first  # reversed, so that a pole's first row is written last
    return choices


def _aliases(rows: _Rows, name: _Choice) -> pd.Series:
    """The other spellings of each pole's name, the first of those that fold alike, joined; NaN where there are none."""
    written, winner = np.flatnonzero(name.shown.codes >= 0), name.winner
    pole, code, _ = candidates(rows.pole[written], name.shown.codes[written])
    several = np.zeros(len(rows.poles), dtype=bool)
    several[pole[(code != winner[pole]) & (winner[pole] >= 0)]] = True
    pole, code = pole[several[pole]], code[several[pole]]
    ranked = np.lexsort((text_rank(name.shown.labels, code), pole))
    pole, code = pole[ranked], code[ranked]
    numbers, back = np.unique(code, return_inverse=True)
    texts = name.shown.labels.take(pa.array(numbers)).to_pylist()
    folded = coded(pa.array([fold(text) for text in texts], pa.large_string())).codes
    kept = np.flatnonzero(folded[back] != folded[np.searchsorted(numbers, winner[pole])])
    first = np.unique(pole[kept] * (len(numbers) + 1) + folded[back[kept]], return_index=True)[1]
    kept = kept[np.sort(first)]
    words = [texts[number].replace(SEPARATOR, " / ") for number in back[kept].tolist()]
    joined = np.full(len(rows.poles), None, dtype=object)
    for start, end in pairwise([*starts(pole[kept]).tolist(), len(kept)]):
        joined[pole[kept[start]]] = SEPARATOR.join(sorted(words[start:end]))
    return pd.Series(joined, dtype="str")


def _values(rows: _Rows, choices: dict[str, _Choice]) -> pd.DataFrame:
    """Schema table ``values``: pole by pole, field by field, in the order of the listings."""
    said = np.concatenate([choice.said for choice in choices.values()])
    number = np.repeat(np.arange(len(choices)), [len(choice.said) for choice in choices.values()])
    pole = rows.pole[said]
    order = np.lexsort((number, pole))
    texts = pd.concat([one.shown.at(one.said).texts() for one in choices.values()], ignore_index=True)
    at = rows.order[said[order]]
    fields = np.array(list(choices), dtype=object)
    return pd.DataFrame(
        {
            "pole_id": Cells(pole[order], rows.poles).texts(),
            "field": pd.Series(fields[number[order]], dtype="str"),
            "value": texts.iloc[order].reset_index(drop=True),
            "listing_id": rows.listings["listing_id"].iloc[at].reset_index(drop=True),
            "source_url": rows.listings["source_url"].iloc[at].reset_index(drop=True),
            "kept": np.concatenate([choice.kept for choice in choices.values()])[order],
            "reason": pd.Series(np.concatenate([choice.reason for choice in choices.values()])[order], dtype="str"),
        }
    )
