"""The counts table: population × territory × date, with the interval of undecided pairs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from ptce_etl.config import Settings
from ptce_etl.measure.census import Census, Tally, first_day
from ptce_etl.measure.coverage import Published
from ptce_etl.measure.evidence import World
from ptce_etl.measure.populations import POPULATIONS, Population, back, cohort_population
from ptce_etl.measure.territories import FRANCE
from ptce_etl.schema import PANDAS, SEPARATOR, TABLES

__all__ = ["counts_table", "series_dates", "typed"]


def series_dates(world: World, settings: Settings, as_of: date) -> tuple[date, ...]:
    """31 December of every year from the first evidence, the as-of date, and the start of the headline period."""
    ends = {date(year, 12, 31) for year in range(first_day(world, as_of).year, as_of.year + 1)}
    return tuple(sorted({day for day in ends if day <= as_of} | {as_of, back(as_of, settings.headline_years)}))


def counts_table(census: Census, dates: Sequence[date], as_of: date) -> pd.DataFrame:
    """Schema table ``counts``. A territory has rows for a population at all dates as soon as it has a pole at one."""
    rows: list[dict[str, Any]] = []
    for population in POPULATIONS:
        rows += _series(census, population, dates, None, as_of)
    for call in census.world.rounds.values():
        if call.results <= as_of:
            population = cohort_population(call.programme)
            rows += _series(census, population, dates, census.published.get(call.programme), as_of)
    return typed("counts", rows)


def _series(
    census: Census, population: Population, dates: Sequence[date], published: Published | None, as_of: date
) -> Iterable[dict[str, Any]]:
    by_date = {on: census.tally(census.count(population, on)) for on in dates}
    territories = sorted({territory for found in by_date.values() for territory in found})
    for territory in territories:
        for on in dates:
            n, low = by_date[on].get(territory, Tally(0, 0))
            known = published if territory == FRANCE and on == as_of else None
            yield {
                "population": population.name,
                "territory_level": territory.level,
                "territory_code": territory.code,
                "territory": territory.name,
                "as_of": pd.Timestamp(on),
                "n": n,
                "low": low,
                "high": n,
                "published": known.value if known else pd.NA,
                "coverage": n / known.value if known and known.value else math.nan,
                "published_by": SEPARATOR.join(known.claim_ids) if known else None,
            }


def typed(table: str, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """``rows`` as a frame with the columns and dtypes of a schema table, sorted by its key."""
    columns = TABLES[table].columns
    frame = pd.DataFrame(rows, columns=[c.name for c in columns])
    frame = frame.astype({c.name: PANDAS[c.kind] for c in columns})
    return frame.sort_values(list(TABLES[table].key), ignore_index=True)
