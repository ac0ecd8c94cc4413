"""Growth arithmetic, and the movement that must add up."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_etl.errors import ConfigError
from ptce_etl.measure.growth import growth, years_between

counts = st.integers(0, 10_000)
years = st.floats(0.5, 50)


@given(counts.filter(bool), counts, years)
def test_a_growth_leads_back_to_its_target(base: int, target: int, length: float) -> None:
    found = growth(base, target, length)
    assert found.pct is not None and found.multiplier is not None and found.yearly_pct is not None
    assert found.change == target - base
    assert base * (1 + found.pct / 100) == pytest.approx(target, abs=1e-6)
    assert base * found.multiplier == pytest.approx(target)
    assert base * (1 + found.yearly_pct / 100) ** length == pytest.approx(target, rel=1e-6, abs=1e-6)


def test_the_founding_figures() -> None:
    found = growth(56, 203, 2)
    assert found.pct == pytest.approx(262.5)
    assert found.multiplier == pytest.approx(3.625)
    assert found.yearly_pct == pytest.approx(90.394, abs=1e-3)


@given(counts, years)
def test_no_base_no_rate(target: int, length: float) -> None:
    found = growth(0, target, length)
    assert (found.change, found.pct, found.multiplier, found.yearly_pct) == (target, None, None, None)
    assert found.why_null == "base_zero"


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ConfigError):
        growth(-1, 2, 1)
    with pytest.raises(ConfigError):
        growth(1, 2, 0)
    with pytest.raises(ConfigError):
        years_between(date(2024, 1, 1), date(2024, 1, 1))


def test_a_few_weeks_have_no_yearly_rate() -> None:
    found = growth(99, 110, 89 / 365)
    assert found.multiplier == 110 / 99
    assert found.yearly_pct is None
    assert found.why_null == "too_short"


def test_years_are_exact() -> None:
    assert years_between(date(2013, 12, 31), date(2025, 12, 31)) == pytest.approx(4383 / 365.2425)


@given(st.none() | counts, st.none() | counts, years)
def test_a_count_that_is_not_known_gives_nothing(base: int | None, target: int | None, length: float) -> None:
    found = growth(base, target, length)
    missing = base is None or target is None
    assert (found.change is None) == missing
    if missing:
        assert (found.pct, found.multiplier, found.yearly_pct) == (None, None, None)
        assert found.why_null == ("base_missing" if base is None else "target_missing")


@given(counts.filter(bool), counts.filter(bool), years)
def test_the_way_back_undoes_the_way_there(base: int, target: int, length: float) -> None:
    there, back = growth(base, target, length), growth(target, base, length)
    assert there.change == -(back.change or 0)
    assert (there.multiplier or 0) * (back.multiplier or 0) == pytest.approx(1)
    assert (1 + (there.pct or 0) / 100) * (1 + (back.pct or 0) / 100) == pytest.approx(1)
    assert (1 + (there.yearly_pct or 0) / 100) * (1 + (back.yearly_pct or 0) / 100) == pytest.approx(1)


@given(counts.filter(bool), counts, years)
def test_the_multiplier_is_one_more_than_the_increase(base: int, target: int, length: float) -> None:
    found = growth(base, target, length)
    assert found.multiplier == pytest.approx(1 + (found.pct or 0) / 100)
    one_year = growth(base, target, 1)
    assert one_year.yearly_pct == pytest.approx(one_year.pct)


@given(counts.filter(bool), counts)
def test_two_counts_of_one_day_have_no_yearly_rate(base: int, target: int) -> None:
    found = growth(base, target, None)
    assert (found.change, found.yearly_pct, found.why_null) == (target - base, None, "no_length")
    assert found.pct is not None


def test_a_lost_population() -> None:
    found = growth(4, 0, 2)
    assert (found.change, found.pct, found.multiplier, found.yearly_pct) == (-4, -100, 0, -100)
