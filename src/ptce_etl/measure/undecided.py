"""Undecided pairs: two poles that may be one. What they do to a count, and to a growth.

Low takes each pair as one pole, high as two. A growth takes each pair the same way at both dates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from itertools import combinations
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

__all__ = [
    "DRAWS",
    "ENUMERATE_UP_TO",
    "SEED",
    "Interval",
    "Pair",
    "groups",
    "growth_bounds",
    "low",
    "undecided_pairs",
]

Pair = tuple[str, str]
ENUMERATE_UP_TO = 12  # pairs in one cluster: 4,096 ways to settle them
DRAWS = 1_000  # ways tried in a cluster of more
SEED = 20140110  # the day of the first results; any fixed number would do
_CHANCES = (0.1, 0.3, 0.5, 0.7, 0.9)  # that a pair is one pole, in turn: draws of few and of many joined pairs


class Interval(NamedTuple):
    """Lowest and highest growth (%); ``None`` twice when the base is empty. ``how``: every way to settle the pairs was
    tried (``exact``), or some clusters had too many pairs and were drawn from (``sampled``)."""

    low: float | None
    high: float | None
    how: Literal["exact", "sampled"] = "exact"


def undecided_pairs(edges: pd.DataFrame, pole_of: dict[str, str]) -> tuple[Pair, ...]:
    """Pairs of different poles that an edge with verdict ``review`` joins, sorted, each once.

    ``pole_of`` maps listing id to pole id; an edge on a listing that is not in it is left out (it is not known yet at
    the date described).
    """
    pairs: set[Pair] = set()
    review = edges[edges["verdict"] == "review"]
    for left, right in zip(review["left"], review["right"], strict=True):
        one, two = pole_of.get(left), pole_of.get(right)
        if one is not None and two is not None and one != two:
            pairs.add((min(one, two), max(one, two)))
    return tuple(sorted(pairs))


def groups(pairs: Iterable[Pair]) -> dict[str, str]:
    """Each pole of ``pairs`` → the smallest pole id of its cluster once all pairs are taken as one pole."""
    parent: dict[str, str] = {}

    def root(pole: str) -> str:
        while parent.setdefault(pole, pole) != pole:
            parent[pole] = parent[parent[pole]]
            pole = parent[pole]
        return pole

    for one, two in pairs:
        first, second = sorted((root(one), root(two)))
        parent[second] = first
    return {pole: root(pole) for pole in sorted(parent)}


def low(members: Set[str], joined: Mapping[str, str]) -> int:
    """The count of ``members`` with every undecided pair taken as one pole; ``joined`` comes from :func:`groups`."""
    return len({joined.get(pole, pole) for pole in members}) if joined else len(members)


def growth_bounds(base: Set[str], target: Set[str], pairs: Iterable[Pair], *, most: int = ENUMERATE_UP_TO) -> Interval:
    """Lowest and highest growth (%) that settling ``pairs`` can give, each pair settled alike at both dates.

    Exact while no cluster has more than ``most`` pairs; a larger one is settled in :data:`DRAWS` ways drawn with a
    fixed seed, and in a few chosen because they are extreme, so that its true extremes may lie somewhat further out.
    """
    if not base:
        return Interval(None, None)
    pairs = tuple(pairs)
    clusters: dict[str, list[Pair]] = defaultdict(list)
    joined = groups(pairs)
    for pair in pairs:
        clusters[joined[pair[0]]].append(pair)
    reached = {(0, 0)}
    drawn = False
    for cluster in clusters.values():
        poles = frozenset(pole for pair in cluster for pole in pair)
        steps = _reductions(tuple(cluster), poles & base, poles & target, most)
        drawn |= len(cluster) > most and steps != {(0, 0)}
        if steps != {(0, 0)}:
            # A ratio is at its lowest and highest at a corner of what can be reached: the inside need not be kept.
            reached = _corners({(b + db, t + dt) for b, t in reached for db, dt in steps})
    growths = [100 * ((len(target) - dt) / (len(base) - db) - 1) for db, dt in reached]
    return Interval(min(growths), max(growths), "sampled" if drawn else "exact")


def _corners(points: Set[tuple[int, int]]) -> set[tuple[int, int]]:
    """The corners of the convex hull of ``points`` (Andrew's monotone chain)."""
    ordered = sorted(points)
    found: set[tuple[int, int]] = set()
    for run in (ordered, ordered[::-1]):
        chain: list[tuple[int, int]] = []
        for x, y in run:
            while len(chain) > 1:
                (ax, ay), (bx, by) = chain[-2:]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                    break
                chain.pop()
            chain.append((x, y))
        found.update(chain)
    return found


@lru_cache(maxsize=4096)
def _reductions(
    cluster: tuple[Pair, ...], base: frozenset[str], target: frozenset[str], most: int
) -> frozenset[tuple[int, int]]:
    """What settling a cluster can take off (base, target)."""
    if _taken(cluster, base, target) == (0, 0):
        return frozenset({(0, 0)})
    ways = _every(cluster) if len(cluster) <= most else _some(cluster, base, target)
    return frozenset(_taken(chosen, base, target) for chosen in ways)


def _every(cluster: Sequence[Pair]) -> Iterator[Sequence[Pair]]:
    for size in range(len(cluster) + 1):
        yield from combinations(cluster, size)


def _some(cluster: Sequence[Pair], base: Set[str], target: Set[str]) -> Iterator[Sequence[Pair]]:
    """Ways to settle a large cluster: none joined, all, those that touch one date more than the other, and draws."""
    in_base = [pair for pair in cluster if base >= set(pair)]
    in_target = [pair for pair in cluster if target >= set(pair)]
    yield from ((), cluster, in_base, in_target)
    yield [pair for pair in in_base if pair not in in_target]
    yield [pair for pair in in_target if pair not in in_base]
    yield [pair for pair in cluster if pair not in in_base]
    yield [pair for pair in cluster if pair not in in_target]
    dice = np.random.default_rng(SEED)
    for turn in range(DRAWS):
        joined = dice.random(len(cluster)) < _CHANCES[turn % len(_CHANCES)]
        yield [pair for pair, one in zip(cluster, joined, strict=True) if one]


def _taken(chosen: Iterable[Pair], base: Set[str], target: Set[str]) -> tuple[int, int]:
    joined = groups(chosen)
    in_base = [group for pole, group in joined.items() if pole in base]
    in_target = [group for pole, group in joined.items() if pole in target]
    return len(in_base) - len(set(in_base)), len(in_target) - len(set(in_target))
