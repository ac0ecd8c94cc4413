"""From scored pairs to groups, without chaining: the strongest links first, and none across a veto.

A link that would put two listings of a vetoed pair (another department, two names on one laureate list, a person who
said "different") into one group is refused and reported as a conflict. A *doubt* (two names that each name another
place) is weaker than a veto: it keeps two groups apart unless more links than doubts run between them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Groups", "group"]

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Groups:
    """``of`` gives each position its group: the smallest position in it. ``refused`` are the links not followed."""

    of: list[int]
    refused: list[Pair]


def group(
    n: int,
    links: Sequence[Pair],
    apart: Iterable[Pair] = (),
    doubts: Iterable[Pair] = (),
    *,
    same: Sequence[Pair] = (),
    different: Iterable[Pair] = (),
) -> Groups:
    """Group ``n`` positions along ``links`` (strongest first), keeping the pairs of ``apart`` in different groups.

    ``same`` and ``different`` are what people said. "Different" holds from the start; "same" joins, at the end, the
    groups that its two listings have come to be in, and only another person's "different" stands against it, not a veto
    of the matcher. All are pairs of positions.
    """
    forest = _Forest(n, different, apart, doubts, links)
    refused = [pair for pair in links if not forest.join(*pair)]
    refused += [pair for pair in same if not forest.join(*pair, overrule=True)]
    of = [forest.find(x) for x in range(n)]
    return Groups(of, [(a, b) for a, b in refused if of[a] != of[b]])  # a later link may have joined them after all


class _Forest:
    """Groups as trees, and what runs from each to each other one: people's "different", vetoes, doubts, links."""

    def __init__(
        self, n: int, different: Iterable[Pair], apart: Iterable[Pair], doubts: Iterable[Pair], links: Iterable[Pair]
    ) -> None:
        self.parent = list(range(n))
        self.different, self.apart, self.doubts, self.links = map(_between, (different, apart, doubts, links))

    def find(self, x: int) -> int:
        while self.parent[x] != x:
            self.parent[x] = self.parent[self.parent[x]]
            x = self.parent[x]
        return x

    def join(self, a: int, b: int, *, overrule: bool = False) -> bool:
        """Put the groups of ``a`` and ``b`` together, unless something stands against it."""
        left, right = self.find(a), self.find(b)
        if left == right:
            return True
        matcher_against = self.apart[left][right] or self.doubts[left][right] > self.links[left][right]
        if self.different[left][right] or (matcher_against and not overrule):
            return False
        low, high = min(left, right), max(left, right)
        self.parent[high] = low
        for ties in (self.different, self.apart, self.doubts, self.links):
            _move(ties, high, low)
        return True


_Ties = defaultdict[int, Counter[int]]


def _between(pairs: Iterable[Pair]) -> _Ties:
    """How many of ``pairs`` run between each position and each other."""
    ties: _Ties = defaultdict(Counter)
    for a, b in pairs:
        ties[a][b] += 1
        ties[b][a] += 1
    return ties


def _move(ties: _Ties, high: int, low: int) -> None:
    """Hand what runs between group ``high`` and the others over to ``low``."""
    for other, count in ties.pop(high, Counter()).items():
        del ties[other][high]
        if other != low:
            ties[other][low] += count
            ties[low][other] += count
