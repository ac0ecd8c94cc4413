"""What lists can bear: an estimate, or the reasons to withhold it. Sets and numbers; no words, no tables.

The reasons are codes; :mod:`ptce_etl.measure.completeness_words` says them in two languages, METHOD.md why they are
there. Every reason that applies is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import ceil, floor

import numpy as np

from ptce_etl.measure.capture import chapman
from ptce_etl.measure.lists import PoleList
from ptce_etl.measure.loglinear import Floats, Pairs, bound_design, cells, design, fit, histories, missed
from ptce_etl.measure.profile import profile_interval
from ptce_etl.measure.selection import MOST_LISTS, Choice, choose

__all__ = [
    "FEWEST_SHARED",
    "METHODS",
    "SAME_YEARS",
    "WIDEST",
    "Answer",
    "Size",
    "answer",
    "used_lists",
]

METHODS = ("chapman", "chao", "loglinear")
FEWEST_SHARED = 7  # poles on two lists or more: Robson and Regier (1964), Trans. Amer. Fish. Soc. 93:215-226
SAME_YEARS = 0.5  # of the years that two lists speak of, the share that both speak of
WIDEST = 1.0  # width of the interval, in units of the estimate
_YEAR = timedelta(days=365)
_HAIR = 1e-6  # an end that is a whole number but for rounding is that number


@dataclass(frozen=True, slots=True)
class Size:
    """A population size with its 95 % interval in whole poles.

    ``low`` is the first whole number of the interval; ``high`` is rounded up, since these intervals miss on that side
    more often than on the other (``benchmarks/coverage.py``).
    """

    n: float
    se: float
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a method says: a size, or the reasons why it is withheld. ``pairs``: the lists (positions among those used)
    that the model lets depend on each other."""

    method: str
    reasons: tuple[str, ...]
    size: Size | None
    pairs: Pairs = ()


def used_lists(lists: Sequence[PoleList]) -> tuple[PoleList, ...]:
    """The lists that estimates are made from: those that claim some generality, the largest four at most."""
    return tuple(one for one in lists if not one.why_not)[:MOST_LISTS]


def answer(method: str, lists: Sequence[PoleList], named: int, *, moves: bool, years: int) -> Answer:
    """What ``method`` says of a population of which all pages together name ``named`` poles.

    ``lists``: from :func:`used_lists`. ``moves``: poles join and leave the population (it is no closed cohort), so the
    lists must speak of the same time, of no more than ``years`` years.
    """
    number = _wrong_number(method, len(lists))
    if number:
        return Answer(method, (number,), None)
    counts = cells([one.members for one in lists]).astype("float64")
    reasons = [*(_times(lists, years) if moves else ()), *_sparse(lists)]
    if counts[histories(len(lists)).sum(axis=1) > 1].sum() < FEWEST_SHARED:
        return Answer(method, ("few_shared", *reasons), None)
    pairs, size, more = _estimate(method, counts, len(lists))
    reasons += more
    if size is None or size.high - size.low > WIDEST * size.n:
        reasons.append("too_wide")
    if size is not None and size.n < named - _HAIR:
        reasons.append("below_named")
    return Answer(method, tuple(reasons), None if reasons else size, pairs)


def _wrong_number(method: str, lists: int) -> str:
    if lists < 2:
        return ("no_list", "one_list")[lists]
    if lists == 2:
        return "" if method == "chapman" else "two_lists"
    return "more_lists" if method == "chapman" else ""


def _times(lists: Sequence[PoleList], years: int) -> list[str]:
    """Whether lists of a population that moves speak of the same few years."""
    spans: list[tuple[date, date]] = []
    for one in lists:
        if one.first is None or one.last is None:
            return ["undated"]
        spans.append((one.first, one.last + _YEAR))
    found = []
    for place, one_span in enumerate(spans):
        for other in spans[:place]:
            both = min(one_span[1], other[1]) - max(one_span[0], other[0])
            either = max(one_span[1], other[1]) - min(one_span[0], other[0])
            if both < SAME_YEARS * either and "other_years" not in found:
                found.append("other_years")
    if max(end for _, end in spans) - min(start for start, _ in spans) > (years + 1) * _YEAR:
        found.append("many_years")
    return found


def _sparse(lists: Sequence[PoleList]) -> list[str]:
    """A list that shares no pole with any other says nothing of what they all miss."""
    for place, one in enumerate(lists):
        if not any(one.members & other.members for at, other in enumerate(lists) if at != place):
            return ["apart"]
    return []


def _estimate(method: str, counts: Floats, lists: int) -> tuple[Pairs, Size | None, list[str]]:
    if method == "chapman":
        first, second = counts[0] + counts[1], counts[0] + counts[2]
        found = chapman(first, second, counts[0])
        return (), _size(float(found.n), float(found.se), design(2), counts), []
    chosen = _chosen(tuple(counts.tolist()))
    if chosen is None:
        return (), None, []
    if method == "loglinear":
        found = chosen.estimate
        size = _size(float(found.n), float(found.se), design(lists, chosen.pairs), counts)
        apart = size is None or any(not size.low <= rival <= size.high for rival in chosen.rivals)
        return chosen.pairs, size, [*(["unequal"] if chosen.unequal else []), *(["models_differ"] if apart else [])]
    matrix = bound_design(counts)
    found = missed(fit(matrix, counts), counts.sum())
    return (), _size(float(found.n), float(found.se), matrix, counts), ["lists_avoid"] if _avoid(chosen) else []


@lru_cache(maxsize=16)
def _chosen(counts: tuple[float, ...]) -> Choice | None:
    """Two methods ask for the same choice."""
    return choose(np.array(counts))


def _avoid(chosen: Choice) -> bool:
    """Whether two lists share fewer poles than chance gives: Chao's figure is then no lower bound."""
    terms = chosen.fit.beta[-len(chosen.pairs) :] if chosen.pairs else ()
    return any(term < 0 for term in terms)


def _size(n: float, se: float, matrix: Floats, counts: Floats) -> Size | None:
    low, high = profile_interval(matrix, counts)
    if not np.isfinite([n, se, low, high]).all():
        return None
    return Size(n, se, min(ceil(low - _HAIR), floor(n + _HAIR)), ceil(max(high, n) - _HAIR))
