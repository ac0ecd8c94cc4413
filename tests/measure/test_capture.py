"""The closed formulas: identities, and published results.

References: [R] the printed output of R package Rcapture on its own examples (Baillargeon and Rivest 2007, J. Statist.
Software 19(5); file tests/Examples/Rcapture-Ex.Rout.save of its source); [S] Seber (1982), The Estimation of Animal
Abundance, p. 107, as analysed in [R]; [H] van der Heijden et al. (2003), Statistica Neerlandica 57:289-304, as in [R];
[C] Cormack (1989), Biometrics 45:395-413, snowshoe hares, as in [R].
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ptce_etl.measure.capture import chao, chapman, log_normal

counts = st.integers(0, 400)


def test_chapman_gives_the_published_figures_of_seber() -> None:
    # [S] 948 and 421 caught, 167 of them twice; [R] closedp.bc, model Mt with bias correction: 2382.8, s.e. 129.1.
    found = chapman(948, 421, 167)
    assert round(float(found.n), 1) == 2382.8
    assert round(float(found.se), 1) == 129.1


def test_chao_gives_the_published_figures_of_the_immigrants() -> None:
    # [H] 1,880 persons, 1,645 met once and 183 twice; [R] closedp.0, Mh Chao (LB), t = Inf: 9273.5, s.e. 662.6.
    found = chao(1880, 1645, 183)
    assert round(float(found.n), 1) == 9273.5
    assert round(float(found.se), 1) == 662.6
    # "At least 8 000 illegal immigrants" at the lower limit, says the help page of [R]; its profile interval is
    # 8088.2 to 10704, ours is log-normal.
    assert found.low == pytest.approx(8088.2, rel=0.001)
    assert found.high == pytest.approx(10704, rel=0.002)


def test_chao_gives_the_published_figures_of_the_hares() -> None:
    # [C] 68 hares on 6 nights, 25 of them once and 22 twice; [R] closedp, Mh Chao (LB): 79.8, s.e. 6.4.
    found = chao(68, 25, 22, 6)
    assert round(float(found.n), 1) == 79.8
    assert round(float(found.se), 1) == 6.4


@given(counts, counts, st.integers(0, 100))
def test_chapman_is_symmetric_and_never_below_what_the_lists_show(only1: int, only2: int, both: int) -> None:
    one, two = chapman(only1 + both, only2 + both, both), chapman(only2 + both, only1 + both, both)
    assert one == two
    seen = only1 + only2 + both
    assert one.n >= seen - 1e-9 * (1 + seen)
    assert seen <= one.low + 1e-9 * (1 + seen)
    assert one.low <= one.n + 1e-9 * (1 + seen)
    assert one.n <= one.high + 1e-9 * (1 + seen)


@given(counts, st.integers(1, 100))
def test_a_list_inside_the_other_misses_nothing(only: int, both: int) -> None:
    found = chapman(only + both, both, both)
    assert (float(found.n), float(found.se)) == pytest.approx((only + both, 0))
    assert (float(found.low), float(found.high)) == pytest.approx((only + both, only + both))


@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 300), st.integers(2, 30))
def test_chao_is_never_below_what_was_seen_and_rises_with_the_occasions(
    once: int, twice: int, more: int, occasions: int
) -> None:
    seen = once + twice + more
    few, many, endless = (
        chao(seen, once, twice, occasions),
        chao(seen, once, twice, occasions + 1),
        chao(seen, once, twice),
    )
    assert seen < few.n < many.n < endless.n
    for found in (few, many, endless):
        assert seen <= found.low <= found.n <= found.high


def test_chao_without_a_second_catch_is_infinite_and_without_a_first_is_what_was_seen() -> None:
    assert np.isinf(chao(10, 10, 0).n)
    nothing = chao(10, 0, 10)
    assert (float(nothing.n), float(nothing.low), float(nothing.high)) == (10, 10, 10)


@given(st.integers(1, 500), st.floats(0.01, 500), st.floats(0.01, 1e4))
def test_the_log_normal_interval_is_as_wide_up_as_down_on_a_log_scale(
    seen: int, missed: float, variance: float
) -> None:
    found = log_normal(seen, seen + missed, variance)
    assume(found.low - seen > 1e-6)
    assert (found.low - seen) * (found.high - seen) == pytest.approx(missed**2, rel=1e-3)


def test_many_replicates_at_once_are_the_same_as_one_by_one() -> None:
    first, second, both = np.array([30, 40]), np.array([50, 20]), np.array([10, 12])
    at_once = chapman(first, second, both)
    for place in range(2):
        alone = chapman(first[place], second[place], both[place])
        assert (at_once.n[place], at_once.low[place], at_once.high[place]) == (alone.n, alone.low, alone.high)
