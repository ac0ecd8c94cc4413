"""The simulation of benchmarks/coverage.py: it applies the pipeline's rules, and the intervals hold what they say."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.coverage import METHODS, Draw, alike, dependent, outcome, unlike
from ptce_etl.measure.bearing import answer
from ptce_etl.measure.copies import Voice
from ptce_etl.measure.lists import PoleList
from ptce_etl.measure.loglinear import histories


def as_lists(counts: np.ndarray) -> list[PoleList]:
    lists = int(len(counts) + 1).bit_length() - 1
    on = [where for where, n in zip(histories(lists).tolist(), counts.tolist(), strict=True) for _ in range(n)]
    members = [frozenset(f"p{place}" for place, where in enumerate(on) if where[one]) for one in range(lists)]
    return [PoleList(Voice((), ()), one, None, None, 3, "") for one in members]


@pytest.mark.parametrize(
    ("method", "draw"),
    [
        ("chapman", alike(40, 0.4, 0.5)),
        ("loglinear", dependent(60, 0.4, 6, 3)),
        ("loglinear", alike(40, 0.3, 0.4, 0.5)),
        ("chao", unlike(60, 2, 3, 3)),
    ],
)
def test_the_simulation_answers_as_the_pipeline_does(method: str, draw: Draw) -> None:
    counts = draw(np.random.default_rng(7), 5)
    found = outcome(method, counts)
    for place, row in enumerate(counts):
        said = answer(method, as_lists(row), 0, moves=False, years=3)
        reasons = set(said.reasons)
        assert (said.size is not None) == found.given[place], (row, reasons)
        if said.size is not None:
            assert said.size.n == pytest.approx(found.n[place], rel=1e-6)
            assert (said.size.low, said.size.high) == (found.low[place], found.high[place])


@pytest.mark.parametrize(
    ("method", "draw", "size"),
    [
        ("chapman", alike(100, 0.3, 0.5), 100),
        ("chapman", alike(200, 0.2, 0.4), 200),
        ("loglinear", alike(100, 0.5, 0.5, 0.5), 100),
        ("chao", alike(100, 0.5, 0.5, 0.5), 100),
    ],
)
def test_the_intervals_hold_what_they_say(method: str, draw: Draw, size: int) -> None:
    """300 replicates: 91 % and 99 % are three standard errors from 95 %. ``benchmarks/coverage.py`` has 2,000 of them
    and more worlds."""
    found = outcome(method, draw(np.random.default_rng(11), 300))
    covered = ((found.low <= size) & (size <= found.high))[found.given].mean()
    assert 0.91 <= covered <= 0.99
    assert found.given.mean() > 0.8


def test_poles_that_are_unequally_easy_to_find_make_estimates_too_low() -> None:
    """… and Chao's bound a bound: its interval begins below the truth, and its figure is nearer."""
    counts = unlike(200, 1, 1.5, 3)(np.random.default_rng(3), 100)
    loglinear, chao = (outcome(method, counts) for method in METHODS[3])
    assert np.mean(loglinear.high < 200) > 0.5
    assert np.mean(chao.low <= 200) == 1
    assert np.median(loglinear.n) < np.median(chao.n) < 200


def test_the_worlds_are_what_they_say() -> None:
    rng = np.random.default_rng(1)
    on = histories(3)
    for draw in (alike(1000, 0.2, 0.4, 0.6), dependent(1000, 0.4, 4, 3), unlike(1000, 2, 3, 3)):
        mean = draw(rng, 200).mean(axis=0) @ on
        wanted = [200, 400, 600] if draw.__qualname__.startswith("alike") else [400, 400, 400]
        assert mean == pytest.approx(wanted, rel=0.03)
    counts = dependent(100_000, 0.4, 4, 2)(rng, 20).mean(axis=0)
    both, first, second = counts
    odds = both * (100_000 - both - first - second) / (first * second)
    assert odds == pytest.approx(4, rel=0.05)
