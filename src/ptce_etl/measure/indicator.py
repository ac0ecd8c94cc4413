"""The indicator table: how a population moved between two dates, and how much of it is growth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import pandas as pd

from ptce_etl.config import Settings
from ptce_etl.measure.census import Census
from ptce_etl.measure.compare import Comparison, End, compare
from ptce_etl.measure.counts import typed
from ptce_etl.measure.movement import COMPONENTS, Period
from ptce_etl.measure.populations import POPULATIONS, back
from ptce_etl.measure.reasons import joined
from ptce_etl.measure.territories import FRANCE

__all__ = ["HEADLINES", "SINCE", "indicator_row", "indicator_table", "periods"]

HEADLINES = ("listed", "state_supported")
SINCE = date(2013, 12, 31)  # the eve of the first State laureates


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


def indicator_table(census: Census, spans: Sequence[Period], settings: Settings, as_of: date) -> pd.DataFrame:
    """Schema table ``indicator``: France over every period, the territories below over the headline period."""
    headline = (back(as_of, settings.headline_years), as_of)
    rows: list[dict[str, Any]] = []
    for population in POPULATIONS:
        for since, until in spans:
            ends = [census.parts(census.members(population, day)) for day in (since, until)]
            places = sorted({*ends[0], *ends[1]}) if (since, until) == headline else [FRANCE]
            for place in places:
                row = indicator_row(
                    compare(End(census, population, since, place), End(census, population, until, place))
                )
                shown = (since, until) == headline and place == FRANCE and population.name in HEADLINES
                rows.append(row | {"headline": shown})
    return typed("indicator", rows)


def indicator_row(found: Comparison) -> dict[str, Any]:
    """A comparison as plain values under the names of schema table ``indicator``, but for ``headline``.

    ``None`` where a rate has no value, and for what only a growth of one thing has.
    """
    base, target = found.base, found.target
    counts = [len(base.members), len(target.members)]
    interval, same = found.interval, found.constant
    # What France misses may lie in any territory: its coverage bears on each, and is published on France's rows only.
    shown = [one.share if target.place == FRANCE else None for one in found.covered]
    return {
        "population": target.population.name,
        "territory_level": target.place.level,
        "territory_code": target.place.code,
        "territory": target.place.name,
        "base_date": base.on,
        "target_date": target.on,
        "years": found.years,
        "base": counts[0],
        "base_low": base.low,
        "base_high": counts[0],
        "target": counts[1],
        "target_low": target.low,
        "target_high": counts[1],
        "change": counts[1] - counts[0],
        "growth_pct": found.growth.pct,
        "growth_low_pct": interval.low if interval else None,
        "growth_high_pct": interval.high if interval else None,
        "interval_how": interval.how if interval else None,
        "multiplier": found.growth.multiplier,
        "yearly_rate_pct": found.growth.yearly_pct,
        **(found.moves.counts() if found.moves else dict.fromkeys(COMPONENTS)),
        "constant_base": len(same[0]) if same else None,
        "constant_target": len(same[1]) if same else None,
        "constant_growth_pct": found.constant_growth.pct if found.constant_growth else None,
        "coverage_base": shown[0],
        "coverage_target": shown[1],
        "comparable": found.comparable,
        "comparable_why": joined(found.reasons, "en"),
        "comparable_why_fr": joined(found.reasons, "fr"),
    }
