"""Growth arithmetic, and the movement that must add up."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_etl.errors import ConfigError
from ptce_etl.measure.growth import Movement, constant_sources, growth, movement, years_between
from ptce_etl.measure.populations import listed, state_supported

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
    assert found.why_null == "base is 0"


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ConfigError):
        growth(-1, 2, 1)
    with pytest.raises(ConfigError):
        growth(1, 2, 0)
    with pytest.raises(ConfigError):
        years_between(date(2024, 1, 1), date(2024, 1, 1))


def test_a_rate_beyond_what_a_number_holds_is_withheld() -> None:
    found = growth(1, 10_000, 1 / 365)
    assert found.multiplier == 10_000
    assert found.yearly_pct is None
    assert found.why_null is not None


def test_years_are_exact() -> None:
    assert years_between(date(2013, 12, 31), date(2025, 12, 31)) == pytest.approx(4383 / 365.2425)


def test_each_way_into_a_population(make: SimpleNamespace) -> None:
    world = make.world(
        make.listings(
            {"pole": "stays", "on": "2013"},
            {"pole": "closes", "on": "2013"},
            {"pole": "closes", "on": "2015", "status": "liquidation"},
            {"pole": "opens", "on": "2016-01-20", "programme": "aap-2015", "role": "laureate"},
            {"pole": "created", "on": "2016-04", "status": "en création"},
            {"pole": "found", "on": "2016"},
            {"pole": "found_old", "on": "2016", "status": "reconnu PTCE en 2011"},
            {"pole": "told_late", "on": "2016", "programme": "aap-2013", "role": "laureate"},
            {"pole": "named_since", "on": "2012", "said": False},
            {"pole": "named_since", "on": "2016"},
        )
    )
    since, until = date(2014, 12, 31), date(2016, 12, 31)
    base, target = listed(world, since), listed(world, until)
    moved = movement(world, base, target, since, until)
    assert moved == Movement(opened=2, closed=1, discovered_late=3, reclassified=1)
    assert len(target) == len(base) + moved.net


def test_a_known_pole_that_the_state_comes_to_support_is_reclassified(make: SimpleNamespace) -> None:
    world = make.world(
        make.listings(
            {"pole": "known", "on": "2015-03"},
            {"pole": "known", "on": "2023-10-18", "programme": "ami-2023", "role": "laureate"},
            {"pole": "new", "on": "2023-10-18", "programme": "ami-2023", "role": "laureate"},
        )
    )
    since, until = date(2022, 12, 31), date(2023, 12, 31)
    moved = movement(world, state_supported(world, since), state_supported(world, until), since, until)
    assert moved == Movement(opened=1, closed=0, discovered_late=0, reclassified=1)


def test_constant_sources_keep_publishers_with_a_dated_page_before(make: SimpleNamespace) -> None:
    world = make.world(
        make.listings(
            {"pole": "a", "on": "2013", "publisher": "Old"},
            {"pole": "b", "on": "2016", "publisher": "OLD"},
            {"pole": "c", "on": "2016", "publisher": "New"},
            {"pole": "d", "publisher": "Old"},
            {"pole": "e", "publisher": "Undated"},
        )
    )
    same = constant_sources(world, date(2014, 12, 31))
    assert sorted(item.pole_id for item in same.evidence) == ["a", "b"]
