"""From scored pairs to groups, without chaining: the strongest links first, and none across a veto.

A link that would put two listings of a vetoed pair (another department, two names on one laureate list, a person who
said "different") into one group is refused and reported as a conflict.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Groups", "group"]


@dataclass(frozen=True, slots=True)
class Groups:
    """``of`` gives each position its group: the smallest position in it. ``refused`` are the links not followed."""

    of: list[int]
    refused: list[tuple[int, int]]


def group(n: int, links: Iterable[tuple[int, int]], apart: Iterable[tuple[int, int]]) -> Groups:
    """Group ``n`` positions along ``links`` (strongest first), keeping the pairs of ``apart`` in different groups."""
    parent = list(range(n))
    enemies: list[set[int]] = [set() for _ in range(n)]
    for a, b in apart:
        enemies[a].add(b)
        enemies[b].add(a)

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
        if any(find(enemy) == right for enemy in enemies[left]):
            refused.append((a, b))
            continue
        low, high = min(left, right), max(left, right)
        parent[high] = low
        for enemy in enemies[high]:
            root = find(enemy)
            enemies[root].discard(high)
            enemies[root].add(low)
            enemies[low].add(root)
    return Groups([find(x) for x in range(n)], refused)
