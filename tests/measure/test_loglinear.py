"""Log-linear models, their choice and their interval: identities, and published results.

References:

[B] Bruno et al. (1994), Diabetes Care 17:548, four lists of diabetics; the cells and the results are those of Rivest
    (2011), Int. J. Biostatist. 7:23, as in inst/tests/testPapersResults.R of R package Rcapture 1.3.
[D] Darroch et al. (1993), J. Amer. Statist. Assoc. 88:1137-1148, three lists; results of Rivest (2011), from there too.
[K] Cormack, Chang and Smith (2000), Int. J. Epidemiol., tables 3a and 3b: deaths at work in Maryland, four and three
    lists, from there too. An inquiry found 237: METHOD.md has it as a warning.
[S] Seber (1982), p. 107, two catches, as in the printed examples of Rcapture.
"""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptce_etl.measure.loglinear import (
    Pairs,
    bound_design,
    cells,
    design,
    fit,
    histories,
    independent,
    lower_bound,
    missed,
)
from ptce_etl.measure.profile import profile_interval
from ptce_etl.measure.selection import MARGIN, candidates, choose, scores

DIABETES = np.array([58, 157, 18, 104, 46, 650, 12, 709, 14, 20, 7, 74, 8, 182, 10])
DARROCH = np.array([72, 155, 7, 71, 13, 53, 43])
DEATHS = np.array([72, 5, 29, 54, 24, 3, 14])
DEATHS4 = np.array([72, 5, 29, 53, 24, 3, 12, 14, 0, 0, 0, 1, 0, 0, 2])
SEBER = np.array([167, 781, 254])
ALL4 = tuple(combinations(range(4), 2))

tables = st.lists(st.integers(1, 60), min_size=7, max_size=7).map(np.array)


@pytest.mark.parametrize(
    ("counts", "pairs", "n", "se", "deviance"),
    [
        (DIABETES, tuple(pair for pair in ALL4 if pair != (0, 3)), 2771, 145, 7.62),  # [B] Bruno's own model
        (DIABETES, ((0, 2), (1, 3), (2, 3)), 2472, 53, 21.97),  # [B] the set that Rivest chose
        (DARROCH, ((0, 1), (0, 2), (1, 2)), 1240, 451, 0.0),  # [D] every pair
        (DARROCH, ((0, 1), (1, 2)), 850, 186, 3.8),  # [D]
        (DEATHS, (), 209, None, 75.1),  # [K] table 3b
        (DEATHS, ((0, 2), (1, 2)), 233, None, None),  # [K]
        (DEATHS4, (), 215, None, 87.1),  # [K] table 3a
        (DEATHS4, ((0, 1), (0, 2), (2, 3)), 218, None, 2.6),  # [K]
        (SEBER, (), 2390, 130, 0.0),  # [S] printed as 2389.9, s.e. 130.4
    ],
)
def test_published_fits(counts: np.ndarray, pairs: Pairs, n: int, se: int | None, deviance: float | None) -> None:
    lists = int(len(counts) + 1).bit_length() - 1
    found = fit(design(lists, pairs), counts)
    size = missed(found, counts.sum())
    assert round(float(size.n)) == n
    if se is not None:
        assert round(float(size.se)) == pytest.approx(se, abs=0.51)
    if deviance is not None:
        assert round(float(found.deviance), 2) == pytest.approx(deviance, abs=0.051)


def test_published_lower_bounds() -> None:
    """[B] and [D], models "LB" of Rivest (2011): the interaction set and one convex step."""
    on = histories(4).sum(axis=1)
    found = fit(np.column_stack([design(4, ((0, 2), (1, 3), (2, 3))), np.maximum(0, on - 2)]), DIABETES)
    size = missed(found, DIABETES.sum())
    assert (round(float(size.n)), round(float(size.se)), round(float(found.deviance), 2)) == (2588, 75, 3.13)
    on = histories(3).sum(axis=1)
    found = fit(np.column_stack([design(3, ((0, 1),)), np.maximum(0, on - 2)]), DARROCH)
    size = missed(found, DARROCH.sum())
    assert (round(float(size.n)), round(float(size.se)), round(float(found.deviance), 2)) == (681, 78, 3.45)


def test_published_profile_intervals() -> None:
    """[K] table 3b prints 203 to 217 under independence, and lower limits of 210 and 204 under two other models."""
    low, high = profile_interval(design(3), DEATHS)
    assert (round(low), round(high)) == (203, 217)
    assert round(profile_interval(design(3, ((1, 2),)), DEATHS)[0]) == 210
    assert round(profile_interval(design(3, ((0, 2), (1, 2))), DEATHS)[0]) == 204


def test_a_narrow_interval_can_be_false() -> None:
    """METHOD.md: from the four lists of [K] our rules would publish 215 to 217; there were 237."""
    chosen = choose(DEATHS4)
    assert chosen is not None and not chosen.unequal
    low, high = profile_interval(design(4, chosen.pairs), DEATHS4)
    assert (round(float(chosen.estimate.n)), low > 214, high < 217) == (215, True, True)


def test_the_choice_is_that_of_the_published_analyses() -> None:
    diabetes, deaths = choose(DIABETES), choose(DEATHS)
    assert diabetes is not None and deaths is not None
    assert diabetes.pairs == ((0, 2), (1, 3), (2, 3))  # [B]
    assert deaths.pairs == ((1, 2),)  # [K]: deviance 1.2 with this one pair, 75.1 without


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 300))
def test_two_independent_lists_are_the_closed_form(both: int, only1: int, only2: int) -> None:
    found = independent(np.array([both, only1, only2]))
    assert found.n == pytest.approx((both + only1) * (both + only2) / both, rel=1e-6)
    assert lower_bound(np.array([both, only1, only2])).n == pytest.approx(found.n)


@settings(max_examples=4)
@given(tables)
def test_the_order_of_the_lists_does_not_matter(counts: np.ndarray) -> None:
    on = histories(3)
    one = choose(counts)
    assert one is not None
    for order in permutations(range(3)):
        places = [int(np.flatnonzero((on == row[list(order)]).all(axis=1))[0]) for row in on]
        moved = np.zeros_like(counts)
        moved[places] = counts
        two = choose(moved)
        assert two is not None
        assert independent(moved).n == pytest.approx(independent(counts).n, rel=1e-6)
        assert lower_bound(moved).n == pytest.approx(lower_bound(counts).n, rel=1e-4)
        best = scores(counts)[0].min()
        assert scores(moved)[0].min() == pytest.approx(best, rel=1e-6)


@settings(max_examples=8)
@given(tables)
def test_nothing_is_below_what_was_seen_and_the_interval_holds_its_estimate(counts: np.ndarray) -> None:
    seen = counts.sum()
    chosen = choose(counts)
    assert chosen is not None
    for found in (chosen.estimate, independent(counts), lower_bound(counts)):
        assert found.n >= seen
    low, high = profile_interval(design(3, chosen.pairs), counts)
    assert seen <= low <= high
    # The profile has its top a little below the estimate: the multinomial, not the Poisson (Cormack and Jupp 1991).
    assert low <= float(chosen.estimate.n) <= high


@given(st.lists(st.sets(st.integers(0, 40)), min_size=2, max_size=4))
def test_the_cells_count_every_member_once(lists: list[set[int]]) -> None:
    members = [frozenset(map(str, one)) for one in lists]
    counts = cells(members)
    assert counts.sum() == len(frozenset().union(*members))
    assert (histories(len(lists)).T @ counts).tolist() == [len(one) for one in members]


def test_a_model_keeps_a_degree_of_freedom() -> None:
    assert [len(candidates(lists)) for lists in (2, 3, 4, 5)] == [1, 7, 64, 1024]
    assert all(1 + 3 + len(pairs) < 7 for pairs in candidates(3))


def test_chance_is_not_taken_for_dependence() -> None:
    """A pair has to earn its place: a table that independence fits to the unit gets no pair."""
    even = np.array([8, 8, 8, 8, 8, 8, 8])
    chosen = choose(even)
    assert chosen is not None and chosen.pairs == ()
    score = scores(even)[0]
    assert score[1] - score[0] == pytest.approx(np.log(56) + MARGIN)


def test_a_step_that_is_not_convex_is_left_out() -> None:
    fewer = np.array([1, 30, 30, 60, 30, 60, 60])  # on all three: fewer than independence says
    assert bound_design(fewer).shape[1] == 4
    assert bound_design(DARROCH).shape[1] == 5


def test_an_interval_without_an_upper_end_says_so() -> None:
    low, high = profile_interval(design(2), np.array([0, 5, 5]))
    assert np.isinf(high)
    assert low > 10


def test_many_tables_at_once_are_the_same_as_one_by_one() -> None:
    many = np.array([DARROCH, DEATHS])
    low, high = profile_interval(design(3), many)
    for place, one in enumerate(many):
        alone = profile_interval(design(3), one)
        assert (low[place], high[place]) == pytest.approx(alone, rel=1e-6)
