"""The counts table: population × territory × date, with the interval of undecided pairs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any

import pandas as pd

from ptce_etl.config import Settings
from ptce_etl.measure.coverage import Published
from ptce_etl.measure.evidence import World
from ptce_etl.measure.populations import POPULATIONS, Basis, Members, Population, back, cohort_population
from ptce_etl.measure.territories import FRANCE, LEVELS, Places, Territory
from ptce_etl.measure.undecided import Pair, groups, low
from ptce_etl.schema import PANDAS, SEPARATOR, TABLES

__all__ = ["Census", "counts_table", "series_dates", "typed"]


class Census:
    """Counts at any date, each worked out once: members by population and date, pairs by territory."""

    def __init__(self, world: World, places: Places, pairs: tuple[Pair, ...]) -> None:
        self.world = world
        self.places = places
        self.pairs = pairs
        self._members: dict[tuple[str, date, Basis | None], Members] = {}
        self._parts: dict[Members, dict[Territory, Members]] = {}
        self._pairs_in: dict[Territory, tuple[Pair, ...]] = {FRANCE: pairs}
        self._joined_in: dict[Territory, dict[str, str]] = {}

    def members(self, population: Population, on: date, basis: Basis | None = None) -> Members:
        """The poles of a population on a day, by the time that its rule reads or on ``basis``."""
        key = (population.name, on, basis)
        if key not in self._members:
            rule = population.members if basis is None else population.on_basis(basis)
            self._members[key] = rule(self.world, on)
        return self._members[key]

    def parts(self, members: Members) -> dict[Territory, Members]:
        """``members`` by territory: France, then each with a pole at each level (``inconnu`` included)."""
        if members not in self._parts:
            below = (self.places.split(level, members).items() for level in LEVELS)
            self._parts[members] = {FRANCE: members, **dict(chain.from_iterable(below))}
        return self._parts[members]

    def pairs_in(self, territory: Territory) -> tuple[Pair, ...]:
        """The undecided pairs with both poles in a territory."""
        if territory not in self._pairs_in:
            of = self.places.of(territory.level)
            self._pairs_in[territory] = tuple(pair for pair in self.pairs if of[pair[0]] == of[pair[1]] == territory)
        return self._pairs_in[territory]

    def joined_in(self, territory: Territory) -> dict[str, str]:
        """Pole → its cluster when every undecided pair inside a territory is taken as one pole."""
        if territory not in self._joined_in:
            self._joined_in[territory] = groups(self.pairs_in(territory))
        return self._joined_in[territory]

    def low(self, members: Members, territory: Territory) -> int:
        """The count of ``members``, every undecided pair inside ``territory`` taken as one pole."""
        return low(members, self.joined_in(territory))


def series_dates(world: World, settings: Settings, as_of: date) -> tuple[date, ...]:
    """31 December of every year from the first evidence, the as-of date, and the start of the headline period."""
    first = min((min(i.known_on, i.existed_by or i.known_on) for i in world.evidence), default=as_of)
    ends = {date(year, 12, 31) for year in range(first.year, as_of.year + 1)}
    return tuple(sorted({day for day in ends if day <= as_of} | {as_of, back(as_of, settings.headline_years)}))


def counts_table(
    census: Census, dates: Sequence[date], published: Mapping[str, Published], as_of: date
) -> pd.DataFrame:
    """Schema table ``counts``. A territory has rows for a population at all dates as soon as it has a pole at one."""
    rows: list[dict[str, Any]] = []
    for population in POPULATIONS:
        rows += _series(census, population, dates, None, as_of)
    for call in census.world.rounds.values():
        if call.results <= as_of:
            population = cohort_population(call.programme)
            rows += _series(census, population, dates, published.get(call.programme), as_of)
    return typed("counts", rows)


def _series(
    census: Census, population: Population, dates: Sequence[date], published: Published | None, as_of: date
) -> Iterable[dict[str, Any]]:
    by_date = {on: census.parts(census.members(population, on)) for on in dates}
    territories = sorted({territory for parts in by_date.values() for territory in parts})
    for territory in territories:
        for on in dates:
            members = by_date[on].get(territory, frozenset())
            known = published if territory == FRANCE and on == as_of else None
            yield {
                "population": population.name,
                "territory_level": territory.level,
                "territory_code": territory.code,
                "territory": territory.name,
                "as_of": pd.Timestamp(on),
                "n": len(members),
                "low": census.low(members, territory),
                "high": len(members),
                "published": known.value if known else pd.NA,
                "coverage": len(members) / known.value if known and known.value else math.nan,
                "published_by": SEPARATOR.join(known.claim_ids) if known else None,
            }


def typed(table: str, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """``rows`` as a frame with the columns and dtypes of a schema table, sorted by its key."""
    columns = TABLES[table].columns
    frame = pd.DataFrame(rows, columns=[c.name for c in columns])
    frame = frame.astype({c.name: PANDAS[c.kind] for c in columns})
    return frame.sort_values(list(TABLES[table].key), ignore_index=True)
