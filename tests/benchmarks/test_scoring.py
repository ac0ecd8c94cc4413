"""Pairwise figures, growth, and the reliability of probabilities, on cases small enough to count by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.calibration import reliability
from benchmarks.scoring import best, growth, score, truth
from ptce_etl.resolve.metrics import agreement


def test_pairs_are_counted() -> None:
    found = score(np.array([0, 0, 1, 1, 2]), np.array([0, 0, 0, 1, -1]))
    assert (found.precision, found.recall, found.pairs) == (0.5, pytest.approx(1 / 3), 3)
    assert found.f1 == pytest.approx(0.4)


def test_perfect_groups_under_other_numbers() -> None:
    assert score(np.array([7, 3, 7, 3]), np.array([0, 1, 0, 1])).f1 == 1.0


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=30))
def test_figures_are_those_of_the_package(rows: list[tuple[int, int]]) -> None:
    ours, theirs = ([row[side] for row in rows] for side in (0, 1))
    named = agreement(
        {str(i): str(group) for i, group in enumerate(ours)}, {str(i): str(pole) for i, pole in enumerate(theirs)}
    ).pairwise
    found = score(np.array(ours), np.array(theirs))
    together = len(set(ours)) < len(ours) and len(set(theirs)) < len(theirs)
    if together:
        assert found.f1 == pytest.approx(named.f1)
        assert (found.precision, found.recall) == pytest.approx((named.precision, named.recall))


def test_truth_follows_the_order_of_the_listings(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("listing_id,name\nb,x\na,y\nc,z\n", encoding="utf-8")
    (tmp_path / "t.csv").write_text("listing_id,pole\na,p1\nb,p2\nc,\n", encoding="utf-8")
    found = truth(tmp_path / "l.csv", tmp_path / "t.csv")
    assert found[2] == -1
    assert found[0] != found[1]


def test_the_best_threshold_is_kept(tmp_path: Path) -> None:
    groups = np.array([[0, 0, 0], [0, 0, 1], [0, 1, 2]])
    np.savez(tmp_path / "g.npz", thresholds=np.array(["low", "middle", "high"]), groups=groups)
    threshold, figures = best(tmp_path / "g.npz", tmp_path, np.array([5, 5, 6]))
    assert (threshold, figures.f1) == ("middle", 1.0)


def test_growth_is_the_slope_from_ten_thousand_rows() -> None:
    assert growth({1000: 50.0, 10_000: 1.0, 100_000: 10.0, 1_000_000: 100.0}) == pytest.approx(1.0)
    assert growth({10_000: 1.0, 1_000_000: 10_000.0}) == pytest.approx(2.0)
    assert growth({1000: 1.0, 10_000: 1.0}) is None


def test_a_probability_that_holds_has_no_error() -> None:
    found = reliability(np.array([0.25] * 4 + [1.0] * 2), np.array([True, False, False, False, True, True]))
    assert (found.error, found.n) == (0.0, 6)
    assert found.brier == pytest.approx((0.75**2 + 3 * 0.25**2) / 6)


def test_a_boast_is_told() -> None:
    found = reliability(np.array([0.9, 0.9]), np.array([True, False]))
    assert found.error == pytest.approx(0.4)
    (only,) = found.bins
    assert only.interval[0] < 0.5 < only.interval[1]
    assert (only.low, only.high) == (0.9, 0.95)
