"""How well a grouping agrees with a labelled one: pairwise and B-cubed precision, recall and F1. Pure arithmetic.

*Pairwise* asks of each pair of listings whether it was rightly put together: precision is the share of the pairs found
together that belong together, recall the share of the pairs that belong together that were found so. Large groups weigh
with the square of their size.

*B-cubed* (Bagga and Baldwin, 1998, "Entity-based cross-document coreferencing using the vector space model",
COLING-ACL, pp. 79–85) asks it of each listing: its precision is the share of its found group that belongs with it, its
recall the share of what belongs with it that is in its found group, itself included; both are averaged over the
listings. Every listing weighs the same, and those that stand alone count.

Only listings that are in both groupings are compared. A share of nothing is 1: who joins nothing joins nothing wrongly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ptce_etl.resolve.cells import candidates, coded, sort_order, text_rank, texts

__all__ = [
    "Agreement",
    "Compared",
    "Pair",
    "Score",
    "WrongPairs",
    "agreement",
    "b_cubed",
    "compare",
    "measured",
    "pairwise",
    "wrong_pairs",
]

Grouping = Mapping[str, str] | pd.Series
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Score:
    """Precision and recall, each from 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of the two; 0 when both are 0."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class WrongPairs:
    """Pairs of listings (left < right, sorted): put together though they are not one pole, and the reverse.

    They may be the first of many: ``n_merged`` and ``n_missed`` count them all.
    """

    merged: tuple[Pair, ...]
    missed: tuple[Pair, ...]
    n_merged: int
    n_missed: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Everything about two groupings of ``n`` listings; ``true_pairs`` and ``found_pairs`` count pairs in one group."""

    n: int
    true_pairs: int
    found_pairs: int
    pairwise: Score
    b_cubed: Score
    wrong: WrongPairs


@dataclass(frozen=True, slots=True)
class Compared:
    """Two groupings of the same listings, by number: row by row, in the order of ``listings`` (sorted, ``str``).

    ``found`` and ``truth`` number the groups as their names sort; ``names`` are those names. ``cells`` are the distinct
    (found, true) groups, in that order, each with how many listings it holds; ``ours`` and ``theirs`` how many each
    group holds. ``at`` is where each listing stands in the first grouping.
    """

    listings: pd.Series
    at: np.ndarray
    found: np.ndarray
    truth: np.ndarray
    names: tuple[pd.Series, pd.Series]
    cells: tuple[np.ndarray, np.ndarray, np.ndarray]
    ours: np.ndarray
    theirs: np.ndarray


def compare(found: Grouping, truth: Grouping) -> Compared:
    """Lay two groupings (listing → group; a Series by its index) side by side, on the listings that both hold."""
    ours, theirs = _columns(found), _columns(truth)
    place: Any = pc.index_in(theirs[0], value_set=ours[0])
    both = np.flatnonzero(place.is_valid().to_numpy(zero_copy_only=False))
    order = sort_order(theirs[0].take(pa.array(both)))
    rows = pa.array(both if order is None else both[order])
    place = place.take(rows)
    (a, a_names), (b, b_names) = _numbered(ours[1].take(place)), _numbered(theirs[1].take(rows))
    left, right, of = candidates(a, b)
    return Compared(
        listings=theirs[0].take(rows).to_pandas(),
        at=place.to_numpy(),
        found=a,
        truth=b,
        names=(a_names, b_names),
        cells=(left, right, np.bincount(of, minlength=len(left))),
        ours=np.bincount(a),
        theirs=np.bincount(b),
    )


def _columns(grouping: Grouping) -> tuple[Any, Any]:
    if isinstance(grouping, pd.Series):
        return texts(grouping.index.astype("str")), texts(grouping)
    return pa.array(list(grouping), pa.large_string()), pa.array(list(grouping.values()), pa.large_string())


def _numbered(groups: Any) -> tuple[np.ndarray, pd.Series]:
    cells = coded(groups)
    return text_rank(cells.labels, cells.codes) - 1, cells.labels.take(pc.sort_indices(cells.labels)).to_pandas()


def agreement(found: Grouping, truth: Grouping, most: int | None = None) -> Agreement:
    """Compare two groupings, each listing → group, on the listings that both hold.

    ``most``: of the wrong pairs of either kind, name only so many, the first.
    """
    return measured(compare(found, truth), most)


def measured(both: Compared, most: int | None = None) -> Agreement:
    """:func:`agreement` of two groupings that are compared already."""
    return Agreement(
        n=len(both.listings),
        true_pairs=_pairs(both.theirs),
        found_pairs=_pairs(both.ours),
        pairwise=pairwise(both),
        b_cubed=b_cubed(both),
        wrong=wrong_pairs(both, most),
    )


def pairwise(both: Compared) -> Score:
    """Pairwise precision and recall, counted from group sizes (no pair is enumerated)."""
    right = _pairs(both.cells[2])
    return Score(_share(right, _pairs(both.ours)), _share(right, _pairs(both.theirs)))


def b_cubed(both: Compared) -> Score:
    """B-cubed precision and recall."""
    # Each of the n listings of a cell has precision n / (its found group) and recall n / (its true group).
    found, true, n = both.cells
    precision, recall = sum((n * n / both.ours[found]).tolist()), sum((n * n / both.theirs[true]).tolist())
    return Score(_share(precision, len(both.listings)), _share(recall, len(both.listings)))


def wrong_pairs(both: Compared, most: int | None = None) -> WrongPairs:
    """The pairs behind what is missing to 1: all of them, or the first ``most`` of either kind."""
    found, true, sizes = both.cells
    right = _pairs(sizes)
    return WrongPairs(
        merged=_named(both, islice(_apart(both.found, both.truth, found), most)),
        missed=_named(both, islice(_apart(both.truth, both.found, true), most)),
        n_merged=_pairs(both.ours) - right,
        n_missed=_pairs(both.theirs) - right,
    )


def _named(both: Compared, rows: Iterable[tuple[int, int]]) -> tuple[Pair, ...]:
    pairs = np.array(list(rows), dtype=np.int64).reshape(-1, 2)
    left, right = (both.listings.iloc[pairs[:, side]].tolist() for side in (0, 1))
    return tuple(zip(left, right, strict=True))


def _apart(together: np.ndarray, other: np.ndarray, parts: np.ndarray) -> Iterator[tuple[int, int]]:
    """Rows in one group of ``together`` and in two of ``other``, sorted; ``parts`` has a group once for each part."""
    cut = np.flatnonzero((np.bincount(parts) > 1)[together]) if len(parts) else parts
    order = cut[np.argsort(together[cut], kind="stable")]
    place = np.empty(len(together), dtype=np.int64)
    place[order] = np.arange(len(order))
    ends = np.searchsorted(together[order], together[cut], side="right")
    for row, end in zip(cut.tolist(), ends.tolist(), strict=True):
        peers = order[place[row] + 1 : end]
        for peer in peers[other[peers] != other[row]].tolist():
            yield row, peer


def _pairs(sizes: np.ndarray) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0
