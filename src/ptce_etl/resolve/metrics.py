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

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from math import comb

__all__ = ["Agreement", "Score", "WrongPairs", "agreement", "b_cubed", "pairwise", "wrong_pairs"]

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
    """Pairs of listings (left < right, sorted): put together though they are not one pole, and the reverse."""

    merged: tuple[Pair, ...]
    missed: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Everything about two groupings of ``n`` listings; ``true_pairs`` and ``found_pairs`` count pairs in one group."""

    n: int
    true_pairs: int
    found_pairs: int
    pairwise: Score
    b_cubed: Score
    wrong: WrongPairs


def agreement(found: Mapping[str, str], truth: Mapping[str, str]) -> Agreement:
    """Compare two groupings, each listing → group, on the listings that both hold."""
    both = sorted(found.keys() & truth.keys())
    found, truth = {x: found[x] for x in both}, {x: truth[x] for x in both}
    return Agreement(
        n=len(both),
        true_pairs=_pairs(Counter(truth.values())),
        found_pairs=_pairs(Counter(found.values())),
        pairwise=pairwise(found, truth),
        b_cubed=b_cubed(found, truth),
        wrong=wrong_pairs(found, truth),
    )


def pairwise(found: Mapping[str, str], truth: Mapping[str, str]) -> Score:
    """Pairwise precision and recall, counted from group sizes (no pair is enumerated)."""
    cells, ours, theirs = _contingency(found, truth)
    right = _pairs(cells)
    return Score(_share(right, _pairs(ours)), _share(right, _pairs(theirs)))


def b_cubed(found: Mapping[str, str], truth: Mapping[str, str]) -> Score:
    """B-cubed precision and recall."""
    cells, ours, theirs = _contingency(found, truth)
    # Each of the n listings of a cell has precision n / (its found group) and recall n / (its true group).
    precision = sum(n * n / ours[a] for (a, _), n in sorted(cells.items()))
    recall = sum(n * n / theirs[b] for (_, b), n in sorted(cells.items()))
    total = sum(cells.values())
    return Score(_share(precision, total), _share(recall, total))


def wrong_pairs(found: Mapping[str, str], truth: Mapping[str, str]) -> WrongPairs:
    """The pairs behind what is missing to 1."""
    return WrongPairs(merged=_apart(found, truth), missed=_apart(truth, found))


def _apart(together: Mapping[str, str], other: Mapping[str, str]) -> tuple[Pair, ...]:
    """Pairs in one group of ``together`` and in two of ``other``."""
    groups: dict[str, list[str]] = defaultdict(list)
    for listing in sorted(together.keys() & other.keys()):
        groups[together[listing]].append(listing)
    return tuple(
        sorted((a, b) for members in groups.values() for a, b in combinations(members, 2) if other[a] != other[b])
    )


def _contingency(
    found: Mapping[str, str], truth: Mapping[str, str]
) -> tuple[Counter[tuple[str, str]], Counter[str], Counter[str]]:
    """How many listings each (found group, true group) holds, then each found group, then each true group."""
    both = found.keys() & truth.keys()
    cells = Counter((found[listing], truth[listing]) for listing in both)
    return cells, Counter(found[listing] for listing in both), Counter(truth[listing] for listing in both)


def _pairs(sizes: Counter[str] | Counter[tuple[str, str]]) -> int:
    return sum(comb(n, 2) for n in sizes.values())


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0
