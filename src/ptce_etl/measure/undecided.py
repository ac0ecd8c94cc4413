"""Undecided pairs: two poles that may be one. What they do to a count, and to a growth.

Low takes each pair as one pole, high as two. A growth takes each pair the same way at both dates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from typing import Literal, NamedTuple

import pandas as pd

from ptce_etl.measure.settling import DRAWS, SEED, Pair, Shape, clusters_of, groups, reductions

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

ENUMERATE_UP_TO = 12  # pairs in one cluster: 4,096 ways to settle them


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


def low(members: Set[str], joined: Mapping[str, str]) -> int:
    """The count of ``members`` with every undecided pair taken as one pole; ``joined`` comes from :func:`groups`."""
    inside = members & joined.keys()
    return len(members) - len(inside) + len({joined[pole] for pole in inside})


def growth_bounds(base: Set[str], target: Set[str], pairs: Iterable[Pair], *, most: int = ENUMERATE_UP_TO) -> Interval:
    """Lowest and highest growth (%) that settling ``pairs`` can give, each pair settled alike at both dates.

    Exact while no cluster has more than ``most`` pairs; a larger one is settled in :data:`DRAWS` ways drawn with a
    fixed seed, and in a few chosen because they are extreme, so that its true extremes may lie somewhat further out.
    """
    if not base:
        return Interval(None, None)
    alike: Counter[tuple[Shape, tuple[int, ...]]] = Counter()
    for poles, shape in clusters_of(tuple(pairs)):
        alike[shape, tuple([(pole in base) + 2 * (pole in target) for pole in poles])] += 1
    reached = {(0, 0)}
    drawn = False
    for (shape, counted), count in alike.items():
        steps = reductions(shape, counted, most)
        drawn |= len(shape) > most and steps != {(0, 0)}
        if steps != {(0, 0)}:
            # A ratio is at its lowest and highest at a corner of what can be reached: the inside need not be kept.
            # What alike clusters reach together has the corners of one of them, so many times further out.
            corners = [(count * db, count * dt) for db, dt in _corners(steps)]
            reached = _corners({(b + db, t + dt) for b, t in reached for db, dt in corners})
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
