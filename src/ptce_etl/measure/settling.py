"""What settling the undecided pairs of one cluster can take off a count: many ways at once, and alike clusters once.

A cluster is known by its shape: its pairs as numbers of its poles, and which of its poles each of the two counts has.
Nearly all clusters are one pair, so that there are few shapes in any number of pairs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

__all__ = ["DRAWS", "SEED", "Cluster", "Pair", "Shape", "clusters_of", "groups", "reductions"]

Pair = tuple[str, str]
Shape = tuple[tuple[int, int], ...]
DRAWS = 1_000  # ways tried in a cluster of many pairs
SEED = 20140110  # the day of the first results; any fixed number would do
_CHANCES = (0.1, 0.3, 0.5, 0.7, 0.9)  # that a pair is one pole, in turn: draws of few and of many joined pairs
_AT_ONCE = 2_000_000  # poles of all ways together: some 50 MB


class Cluster(NamedTuple):
    """Poles that undecided pairs tie together, and those pairs by the numbers of the poles, in the order given."""

    poles: tuple[str, ...]
    shape: Shape


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


@lru_cache(maxsize=512)
def clusters_of(pairs: tuple[Pair, ...]) -> tuple[Cluster, ...]:
    """The clusters of ``pairs``."""
    joined = groups(pairs)
    together: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        together[joined[pair[0]]].append(pair)
    found = []
    for inside in together.values():
        number: dict[str, int] = {}
        shape = tuple((number.setdefault(a, len(number)), number.setdefault(b, len(number))) for a, b in inside)
        found.append(Cluster(tuple(number), shape))
    return tuple(found)


@lru_cache(maxsize=65_536)
def reductions(shape: Shape, counted: tuple[int, ...], most: int) -> frozenset[tuple[int, int]]:
    """What settling a cluster can take off (base, target).

    ``counted``: of each pole, 1 when the base has it, plus 2 when the target has it. Every way to settle up to ``most``
    pairs is tried; of more, :data:`DRAWS` ways drawn with a fixed seed, and the extreme ones.
    """
    has = np.array(counted)
    base, target = has & 1 > 0, has & 2 > 0
    if not (base.sum() > 1 or target.sum() > 1):
        return frozenset({(0, 0)})
    pairs = np.array(shape)
    every = len(shape) <= most
    if every:
        ways = (np.arange(2 ** len(shape))[:, None] >> np.arange(len(shape))) & 1 > 0
    else:
        ways = np.concatenate([_extremes(pairs, base, target), _draws(len(shape))])
    found: set[tuple[int, int]] = set()
    for joined in _joined(pairs, ways, len(counted)):
        taken = zip(_taken(joined[:, base]), _taken(joined[:, target]), strict=True)
        found.update((int(b), int(t)) for b, t in set(taken))
    return frozenset(found)


def _extremes(pairs: npt.NDArray[Any], base: npt.NDArray[Any], target: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """None joined, all, and those that touch one count more than the other."""
    in_base, in_target = base[pairs].all(axis=1), target[pairs].all(axis=1)
    none = np.zeros(len(pairs), dtype=bool)
    rows = [none, ~none, in_base, in_target, in_base & ~in_target, in_target & ~in_base, ~in_base, ~in_target]
    return np.stack(rows)


def _draws(pairs: int) -> npt.NDArray[np.bool_]:
    chances = np.resize(_CHANCES, DRAWS)
    return np.random.default_rng(SEED).random((DRAWS, pairs)) < chances[:, None]


def _joined(pairs: npt.NDArray[Any], ways: npt.NDArray[np.bool_], poles: int) -> Iterator[npt.NDArray[Any]]:
    """Of each pole (column) in each way (row), the group it is in; some ways at a time."""
    step = max(1, _AT_ONCE // poles)
    for start in range(0, len(ways), step):
        part = ways[start : start + step]
        way, pair = np.nonzero(part)
        size = len(part) * poles
        ends = (way[:, None] * poles + pairs[pair]).T
        graph = sparse.coo_array((np.ones(len(way), dtype=np.int8), (ends[0], ends[1])), shape=(size, size))
        yield connected_components(graph.tocsr(), directed=False)[1].reshape(len(part), poles)


def _taken(joined: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """By how many each row has fewer groups than poles."""
    ordered = np.sort(joined, axis=1)
    taken: npt.NDArray[Any] = (ordered[:, 1:] == ordered[:, :-1]).sum(axis=1)
    return taken
