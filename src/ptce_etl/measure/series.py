"""The series table: each population at the end of every month (France) and year (regions), as it was known on the day
and as the evidence of today says it was.

The first is what a reader of then could have counted; the second, the backcast, also has what was only read later. On
the as-of date itself the two are one.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pandas as pd

from ptce_etl.measure.census import Census, Tally, first_day
from ptce_etl.measure.counts import typed
from ptce_etl.measure.populations import POPULATIONS, Basis, Population
from ptce_etl.measure.territories import FRANCE, Territory

__all__ = ["BY_YEAR", "month_ends", "series_table", "year_ends"]

BY_YEAR = ("region", "region_2015")
"""The levels that have a yearly series beside the monthly one of France."""

_BASES: tuple[Basis, Basis] = ("known", "backcast")


def month_ends(first: date, last: date) -> tuple[date, ...]:
    """The last day of every month from that of ``first`` on, up to ``last``."""
    months = range(12 * first.year + first.month - 1, 12 * last.year + last.month)
    ends = (date(n // 12, n % 12 + 1, calendar.monthrange(n // 12, n % 12 + 1)[1]) for n in months)
    return tuple(day for day in ends if day <= last)


def year_ends(first: date, last: date) -> tuple[date, ...]:
    """31 December of every year from that of ``first`` on, up to ``last``."""
    return tuple(day for day in (date(year, 12, 31) for year in range(first.year, last.year + 1)) if day <= last)


def series_table(census: Census, as_of: date) -> pd.DataFrame:
    """Schema table ``series``, up to the last month that is over by ``as_of``.

    A territory has rows for a population in all years as soon as it has a pole in one, on either basis.
    """
    first = first_day(census.world, as_of)
    months, years = month_ends(first, as_of), year_ends(first, as_of)
    rows: list[dict[str, Any]] = []
    for population in POPULATIONS:
        for on in months:
            counted = [census.count(population, on, basis) for basis in _BASES]
            tallies = [Tally(len(members), census.low(members, FRANCE)) for members in counted]
            rows.append(_row(population, FRANCE, on, tallies))
        rows += _below(census, population, years)
    return typed("series", rows)


def _below(census: Census, population: Population, years: Sequence[date]) -> Iterator[dict[str, Any]]:
    found = {on: [census.tally(census.count(population, on, basis)) for basis in _BASES] for on in years}
    places = sorted({place for both in found.values() for one in both for place in one if place.level in BY_YEAR})
    for place in places:
        for on in years:
            yield _row(population, place, on, [one.get(place, Tally(0, 0)) for one in found[on]])


def _row(population: Population, place: Territory, on: date, counted: Sequence[Tally]) -> dict[str, Any]:
    known, backcast = counted
    return {
        "population": population.name,
        "territory_level": place.level,
        "territory_code": place.code,
        "territory": place.name,
        "as_of": pd.Timestamp(on),
        "granularity": "year" if (on.month, on.day) == (12, 31) else "month",
        "known": known.n,
        "known_low": known.low,
        "backcast": backcast.n,
        "backcast_low": backcast.low,
    }
