"""Undecided pairs: two poles that may be one. What they do to a count, and to a growth.

Low takes each pair as one pole, high as two. A growth takes each pair the same way at both dates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from itertools import combinations

import pandas as pd

__all__ = ["ENUMERATE_UP_TO", "Pair", "groups", "growth_bounds", "low", "undecided_pairs"]

Pair = tuple[str, str]
ENUMERATE_UP_TO = 12  # pairs in one cluster: 4,096 ways to settle them


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


def growth_bounds(base: Set[str], target: Set[str], pairs: Iterable[Pair]) -> tuple[float | None, float | None]:
    """Lowest and highest growth (%) that settling ``pairs`` can give, each pair settled alike at both dates.

    Exact while no cluster has more than ``ENUMERATE_UP_TO`` pairs; a larger one contributes the outer bounds. ``None``
    twice when the base is empty.
    """
    if not base:
        return None, None
    pairs = tuple(pairs)
    clusters: dict[str, list[Pair]] = defaultdict(list)
    joined = groups(pairs)
    for pair in pairs:
        clusters[joined[pair[0]]].append(pair)
    reached = {(0, 0)}
    for cluster in clusters.values():
        steps = _reductions(cluster, base, target)
        reached = {(b + db, t + dt) for b, t in reached for db, dt in steps}
    growths = [100 * ((len(target) - dt) / (len(base) - db) - 1) for db, dt in reached]
    return min(growths), max(growths)


def _reductions(cluster: list[Pair], base: Set[str], target: Set[str]) -> set[tuple[int, int]]:
    """What settling a cluster can take off (base, target)."""
    everything = _taken(cluster, base, target)
    if everything == (0, 0):
        return {(0, 0)}
    if len(cluster) > ENUMERATE_UP_TO:
        return {(b, t) for b in (0, everything[0]) for t in (0, everything[1])}
    ways = (chosen for size in range(len(cluster) + 1) for chosen in combinations(cluster, size))
    return {_taken(chosen, base, target) for chosen in ways}


def _taken(chosen: Iterable[Pair], base: Set[str], target: Set[str]) -> tuple[int, int]:
    joined = groups(chosen)
    in_base = [group for pole, group in joined.items() if pole in base]
    in_target = [group for pole, group in joined.items() if pole in target]
    return len(in_base) - len(set(in_base)), len(in_target) - len(set(in_target))
