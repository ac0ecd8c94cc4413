"""The indicator table: how a population moved between two dates, and how much of it is growth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import pandas as pd

from ptce_etl.config import Settings
from ptce_etl.measure.comparability import comparability
from ptce_etl.measure.counts import Census, typed
from ptce_etl.measure.coverage import Coverage, Published, coverage_on, known_on
from ptce_etl.measure.growth import constant_sources, growth, movement, years_between
from ptce_etl.measure.populations import POPULATIONS, Members, Population, back
from ptce_etl.measure.territories import FRANCE, Territory
from ptce_etl.measure.undecided import growth_bounds

__all__ = ["HEADLINES", "SINCE", "indicator_table", "periods"]

HEADLINES = ("listed", "state_supported")
SINCE = date(2013, 12, 31)  # the eve of the first State laureates

Period = tuple[date, date]


def periods(dates: Sequence[date], settings: Settings, as_of: date) -> tuple[Period, ...]:
    """The headline period first, then each full calendar year, then 2013 to the last full year.

    No period but the headline ends at the as-of date: the rest must not move from one day to the next.
    """
    ends = [day for day in dates if (day.month, day.day) == (12, 31)]
    found = [(back(as_of, settings.headline_years), as_of)]
    found += [(start, end) for start, end in pairwise(ends) if end.year == start.year + 1]
    if ends and ends[-1] > SINCE:
        found.append((SINCE, ends[-1]))
    return tuple(dict.fromkeys(found))


def indicator_table(
    census: Census, spans: Sequence[Period], published: Mapping[str, Published], settings: Settings, as_of: date
) -> pd.DataFrame:
    """Schema table ``indicator``: France over every period, regions and departments over the headline period."""
    headline = (back(as_of, settings.headline_years), as_of)
    worlds = _Worlds(census)
    rows: list[dict[str, Any]] = []
    for population in POPULATIONS:
        for span in spans:
            ends = [census.parts(census.members(population, day)) for day in span]
            places = sorted({*ends[0], *ends[1]}) if span == headline else [FRANCE]
            for place in places:
                members = (ends[0].get(place, frozenset()), ends[1].get(place, frozenset()))
                rows.append(_row(census, worlds, population, place, span, members, published))
                rows[-1]["headline"] = span == headline and place == FRANCE and population.name in HEADLINES
    return typed("indicator", rows)


class _Worlds:
    """The constant-source census of each start date, made once."""

    def __init__(self, census: Census) -> None:
        self._census = census
        self._made: dict[date, Census] = {}

    def constant(self, since: date) -> Census:
        if since not in self._made:
            world = constant_sources(self._census.world, since)
            self._made[since] = Census(world, self._census.places, self._census.pairs)
        return self._made[since]


def _row(
    census: Census,
    worlds: _Worlds,
    population: Population,
    place: Territory,
    span: Period,
    members: tuple[Members, Members],
    published: Mapping[str, Published],
) -> dict[str, Any]:
    since, until = span
    base, target = members
    years = years_between(since, until)
    grown = growth(len(base), len(target), years)
    moved = movement(census.world, base, target, since, until)
    lowest, highest = growth_bounds(base, target, census.pairs_in(place))
    same = worlds.constant(since)
    constant = [len(same.parts(same.members(population, day)).get(place, frozenset())) for day in span]
    covered, in_period = _coverage(census, population, span, published)
    # What France misses may lie in any territory: its coverage bears on each, and is published on France's rows only.
    comparable, why = comparability(len(base), moved, covered, in_period)
    shown = [end.share if place == FRANCE else None for end in covered]
    return {
        "population": population.name,
        "territory_level": place.level,
        "territory_code": place.code,
        "territory": place.name,
        "base_date": pd.Timestamp(since),
        "target_date": pd.Timestamp(until),
        "years": years,
        "base": len(base),
        "base_low": census.low(base, place),
        "base_high": len(base),
        "target": len(target),
        "target_low": census.low(target, place),
        "target_high": len(target),
        "change": grown.change,
        "growth_pct": _or_nan(grown.pct),
        "growth_low_pct": _or_nan(lowest),
        "growth_high_pct": _or_nan(highest),
        "multiplier": _or_nan(grown.multiplier),
        "yearly_rate_pct": _or_nan(grown.yearly_pct),
        "opened": moved.opened,
        "closed": moved.closed,
        "discovered_late": moved.discovered_late,
        "reclassified": moved.reclassified,
        "constant_base": constant[0],
        "constant_target": constant[1],
        "constant_growth_pct": _or_nan(growth(constant[0], constant[1], years).pct),
        "coverage_base": _or_nan(shown[0]),
        "coverage_target": _or_nan(shown[1]),
        "comparable": comparable,
        "comparable_why": why,
    }


def _coverage(
    census: Census, population: Population, span: Period, published: Mapping[str, Published]
) -> tuple[tuple[Coverage, Coverage], Coverage]:
    """Laureate coverage of France at both ends, and over the rounds of the period."""
    since, until = span
    # A known-time population is covered as its lists stood on each day, a valid-time one as they stand now.
    starts, ends = (known_on(census.world, day) if population.time == "known" else census.world for day in span)
    covered = coverage_on(starts, published, None, since), coverage_on(ends, published, None, until)
    return covered, coverage_on(ends, published, since, until)


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
