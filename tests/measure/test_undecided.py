"""Undecided pairs: the low count, and the growth they allow."""

from __future__ import annotations

from itertools import combinations, pairwise
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from ptce_etl.measure.settling import reductions
from ptce_etl.measure.undecided import (
    ENUMERATE_UP_TO,
    _corners,
    groups,
    growth_bounds,
    low,
    undecided_pairs,
)

names = st.sampled_from([f"p{number}" for number in range(8)])
members = st.frozensets(names, min_size=1)
pairs = st.lists(st.tuples(names, names).filter(lambda p: p[0] < p[1]), unique=True, max_size=6)


def brute(base: frozenset[str], target: frozenset[str], chosen: list[tuple[str, str]]) -> list[float]:
    """Every growth there is, settling the pairs in every way."""
    found = []
    for size in range(len(chosen) + 1):
        for joined_pairs in combinations(chosen, size):
            joined = groups(joined_pairs)
            found.append(100 * (low(target, joined) / low(base, joined) - 1))
    return found


@given(members, members, pairs)
def test_bounds_are_the_extremes_of_every_way_to_settle(
    base: frozenset[str], target: frozenset[str], chosen: list[tuple[str, str]]
) -> None:
    lowest, highest, how = growth_bounds(base, target, chosen)
    assert how == "exact"
    every = brute(base, target, chosen)
    assert lowest is not None and highest is not None
    assert abs(lowest - min(every)) < 1e-9
    assert abs(highest - max(every)) < 1e-9


@given(members, pairs)
def test_low_is_between_one_and_n(counted: frozenset[str], chosen: list[tuple[str, str]]) -> None:
    assert 1 <= low(counted, groups(chosen)) <= len(counted)


def test_a_pair_at_both_dates_is_settled_alike() -> None:
    # One pole or two at both dates: 2 → 4 is +100 %, or 1 → 3 is +200 %; never 1 → 4 nor 2 → 3.
    assert growth_bounds(frozenset("ab"), frozenset("abcd"), [("a", "b")]) == (100.0, 200.0, "exact")


def test_a_chain_through_a_pole_outside_still_joins() -> None:
    assert low(frozenset("ac"), groups([("a", "b"), ("b", "c")])) == 1


@given(members, members, pairs)
def test_draws_stay_within_what_is_possible_and_hold_the_point(
    base: frozenset[str], target: frozenset[str], chosen: list[tuple[str, str]]
) -> None:
    exact, drawn = growth_bounds(base, target, chosen), growth_bounds(base, target, chosen, most=0)
    point = 100 * (len(target) / len(base) - 1)
    assert exact.low is not None and exact.high is not None and drawn.low is not None and drawn.high is not None
    assert exact.low - 1e-9 <= drawn.low <= point + 1e-9
    assert point - 1e-9 <= drawn.high <= exact.high + 1e-9


def test_many_pairs_in_one_cluster_are_drawn_from_the_same_way_each_time() -> None:
    poles = [f"p{number:02}" for number in range(ENUMERATE_UP_TO + 2)]
    chain = list(pairwise(poles))
    found = growth_bounds(frozenset(poles[:2]), frozenset(poles), chain)
    assert found.how == "sampled"
    reductions.cache_clear()
    assert growth_bounds(frozenset(poles[:2]), frozenset(poles), chain) == found
    # The two of the base stay two while the rest of the chain is one, or all is two but the base.
    assert found.low == 100 * (2 / 2 - 1)
    assert found.high == 100 * (13 / 1 - 1)


def test_no_base_no_bounds() -> None:
    assert growth_bounds(frozenset(), frozenset("a"), [("a", "b")]) == (None, None, "exact")


def test_pairs_come_from_review_edges_between_known_poles(make: SimpleNamespace) -> None:
    pole_of = {"l1": "b", "l2": "a", "l3": "a", "l4": "c"}
    edges = make.edges(("l1", "l2"), ("l1", "l3"), ("l2", "l3"), ("l1", "unknown"))
    assert undecided_pairs(edges, pole_of) == (("a", "b"),)
    assert undecided_pairs(make.edges(("l1", "l4"), verdict="veto"), pole_of) == ()


_POINTS = st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=6)


@given(st.lists(_POINTS, max_size=4))
def test_the_corners_of_what_can_be_reached_have_the_lowest_and_the_highest_ratio(
    steps: list[set[tuple[int, int]]],
) -> None:
    every, kept = {(0, 0)}, {(0, 0)}
    for step in steps:
        every = {(b + db, t + dt) for b, t in every for db, dt in step}
        kept = _corners({(b + db, t + dt) for b, t in kept for db, dt in step})

    def ratios(points: set[tuple[int, int]]) -> tuple[float, float]:
        found = [(40 - dt) / (30 - db) for db, dt in points]
        return min(found), max(found)

    assert kept <= every and ratios(kept) == ratios(every)


def test_many_undecided_pairs_take_no_longer_than_their_number() -> None:
    poles = [f"p{n:05d}" for n in range(6_000)]
    base, target = set(poles[:5_000]), set(poles)
    pairs = [(one, two) for one, two in zip(poles[::2], poles[1::2], strict=True)]
    found = growth_bounds(base, target, pairs)
    assert found.low is not None and found.high is not None and found.low <= 20 <= found.high
