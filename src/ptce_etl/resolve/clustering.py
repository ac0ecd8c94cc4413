"""From scored pairs to groups, without chaining: the strongest links first, and none across a veto.

A link that would put two listings of a vetoed pair (another department, two names on one laureate list, a person who
said "different") into one group is refused and reported as a conflict. A *doubt* (two names that each name another
place) is weaker than a veto: it keeps two groups apart unless more links than doubts run between them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Groups", "group"]


@dataclass(frozen=True, slots=True)
class Groups:
    """``of`` gives each position its group: the smallest position in it. ``refused`` are the links not followed."""

    of: list[int]
    refused: list[tuple[int, int]]


def group(
    n: int,
    links: Sequence[tuple[int, int]],
    apart: Iterable[tuple[int, int]],
    doubts: Iterable[tuple[int, int]] = (),
) -> Groups:
    """Group ``n`` positions along ``links`` (strongest first), keeping the pairs of ``apart`` in different groups.

    ``links``, ``apart`` and ``doubts`` are pairs of positions.
    """
    parent = list(range(n))
    enemies = _between(n, apart)
    doubted = _between(n, doubts)
    linked = _between(n, links)

    def find(x: int) -> int:
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    refused = []
    for a, b in links:
        left, right = find(a), find(b)
        if left == right:
            continue
        if enemies[left][right] or doubted[left][right] > linked[left][right]:
            refused.append((a, b))
            continue
        low, high = min(left, right), max(left, right)
        parent[high] = low
        for ties in (enemies, doubted, linked):
            _move(ties, high, low)
    of = [find(x) for x in range(n)]
    return Groups(of, [(a, b) for a, b in refused if of[a] != of[b]])  # a later, allowed link may have joined them


def _between(n: int, pairs: Iterable[tuple[int, int]]) -> list[Counter[int]]:
    """How many of ``pairs`` run between each group and each other; groups are single positions at first."""
    ties: list[Counter[int]] = [Counter() for _ in range(n)]
    for a, b in pairs:
        ties[a][b] += 1
        ties[b][a] += 1
    return ties


def _move(ties: list[Counter[int]], high: int, low: int) -> None:
    """Hand what runs between group ``high`` and the others over to ``low``."""
    for other, count in ties[high].items():
        del ties[other][high]
        if other != low:
            ties[other][low] += count
            ties[low][other] += count
    ties[high] = Counter()
