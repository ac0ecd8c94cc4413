"""The series: month by month for France, year by year for the regions, as known then and as today's evidence says."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from ptce_etl.measure.census import Census
from ptce_etl.measure.populations import POPULATIONS
from ptce_etl.measure.series import month_ends, series_table, year_ends
from ptce_etl.measure.territories import read_places

AS_OF = [date(2013, 6, 30), date(2015, 12, 31), date(2024, 2, 29), date(2026, 11, 23)]
PAIRS = (("p0", "p1"), ("p2", "p3"))


def census_of(make: SimpleNamespace, data: st.DataObject, as_of: date) -> Census:
    world = make.world(make.listings(*data.draw(make.rows)), as_of)
    return Census(world, read_places(make.poles(data.draw(make.where))), PAIRS)


def test_months_and_years_end_where_they_should() -> None:
    assert month_ends(date(2015, 12, 3), date(2016, 3, 30)) == (
        date(2015, 12, 31),
        date(2016, 1, 31),
        date(2016, 2, 29),
    )
    assert month_ends(date(2016, 2, 29), date(2016, 2, 29)) == (date(2016, 2, 29),)
    assert month_ends(date(2016, 2, 1), date(2016, 2, 28)) == ()
    assert year_ends(date(2015, 12, 31), date(2017, 12, 30)) == (date(2015, 12, 31), date(2016, 12, 31))


@settings(max_examples=10)
@given(st.data(), st.sampled_from(AS_OF))
def test_levels_add_up_on_both_bases(make: SimpleNamespace, data: st.DataObject, as_of: date) -> None:
    series = series_table(census_of(make, data, as_of), as_of)
    for count in ("known", "backcast"):
        assert (series[f"{count}_low"] <= series[count]).all()
        assert ((series[f"{count}_low"] > 0) == (series[count] > 0)).all()
    years = series[series["granularity"] == "year"]
    for basis in ("known", "backcast", "known_low", "backcast_low"):
        sums = years.groupby(["population", "as_of", "territory_level"])[basis].sum().unstack("territory_level")
        if not basis.endswith("low") and not sums.empty:
            assert (sums["region"] == sums["france"]).all()
            assert (sums["region_2015"] == sums["france"]).all()


@settings(max_examples=10)
@given(st.data(), st.sampled_from(AS_OF))
def test_each_month_is_the_rule_on_that_day(make: SimpleNamespace, data: st.DataObject, as_of: date) -> None:
    census = census_of(make, data, as_of)
    series = series_table(census, as_of)
    france = series[series["territory_level"] == "france"]
    assert france["as_of"].max() <= pd.Timestamp(as_of) if len(france) else True
    for population in POPULATIONS:
        rows = france[france["population"] == population.name]
        assert rows["as_of"].dt.is_month_end.all()
        for row in rows.tail(3).itertuples():
            on = row.as_of.date()
            own = row.known if population.time == "known" else row.backcast
            assert own == len(population.members(census.world, on))
            assert row.backcast == len(population.past(census.world, on))


def test_a_page_read_late_moves_the_backcast_and_not_what_was_known(make: SimpleNamespace) -> None:
    world = make.world(
        make.listings(
            {"pole": "p", "on": "2014-02-03"},
            {"pole": "q", "on": "2018-07", "programme": "aap-2013", "role": "laureate"},
        )
    )
    series = series_table(Census(world, read_places(make.poles({"p": "69", "q": None})), ()), make.held)
    on = series[(series["territory_level"] == "france") & (series["as_of"] == "2014-12-31")].set_index("population")
    assert on.loc["listed", ["known", "backcast"]].tolist() == [1, 2]
    assert on.loc["state_supported", ["known", "backcast"]].tolist() == [0, 1]
    assert series["as_of"].min() == pd.Timestamp("2014-01-31")  # the month of the results of aap-2013
    assert series["as_of"].max() == pd.Timestamp("2026-10-31")
    below = series[series["territory_level"] != "france"]
    assert set(below["granularity"]) == {"year"}
    assert set(below["territory"]) == {"inconnu", "Auvergne-Rhône-Alpes", "Rhône-Alpes"}


def test_nothing_known_is_no_row_before_a_month_has_ended(make: SimpleNamespace) -> None:
    world = make.world(make.listings())
    series = series_table(Census(world, read_places(make.poles({})), ()), make.held)
    assert series.empty
