"""Counts at any date, on one state of the evidence, each worked out once."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping
from datetime import date
from itertools import chain
from typing import Literal, NamedTuple, TypeVar

import numpy as np

from ptce_etl.measure.coverage import Coverage, Published, coverage_on
from ptce_etl.measure.evidence import World
from ptce_etl.measure.populations import Basis, Members, Population, known_on
from ptce_etl.measure.territories import FRANCE, LEVELS, UNKNOWN, Places, Territory
from ptce_etl.measure.undecided import Pair, groups, low

__all__ = ["Census", "Tally", "first_day"]

_K = TypeVar("_K")
_V = TypeVar("_V")
_KEPT = 64  # sets of members: with 10,000s of poles each is megabytes


def first_day(world: World, as_of: date) -> date:
    """The earliest day of which any evidence speaks, or on which it could be read; ``as_of`` when there is none."""
    columns = world.columns
    days = np.minimum(columns.known, columns.existed)
    return date.fromordinal(int(days.min())) if len(days) else as_of


class Tally(NamedTuple):
    """A count, and the one with every undecided pair inside the territory taken as one pole."""

    n: int
    low: int


def _keep(kept: OrderedDict[_K, _V], key: _K, value: _V) -> None:
    kept[key] = value
    if len(kept) > _KEPT:
        kept.popitem(last=False)


class Census:
    """Members by population and date, their parts by territory, undecided pairs, coverage, constant sources.

    ``published`` is the published number of each round that has one.
    """

    def __init__(
        self,
        world: World,
        places: Places,
        pairs: tuple[Pair, ...],
        published: Mapping[str, Published] | None = None,
    ) -> None:
        self.world = world
        self.places = places
        self.pairs = pairs
        self.published = published or {}
        self._members: OrderedDict[tuple[str, date, Basis | None], Members] = OrderedDict()
        self._parts: OrderedDict[Members, dict[Territory, Members]] = OrderedDict()
        self._pairs_in: dict[Territory, tuple[Pair, ...]] = {FRANCE: pairs}
        self._joined_in: dict[Territory, dict[str, str]] = {}
        self._coverage: dict[tuple[str, date | None, date], Coverage] = {}
        self._readable: dict[date, frozenset[str]] = {}
        self._kept: dict[frozenset[str], Census] = {}

    def members(self, population: Population, on: date, basis: Basis | None = None) -> Members:
        """The poles of a population on a day, by the time that its rule reads or on ``basis``."""
        key = (population.name, on, basis)
        if key not in self._members:
            _keep(self._members, key, self.count(population, on, basis))
        return self._members[key]

    def count(self, population: Population, on: date, basis: Basis | None = None) -> Members:
        """The same, and not kept: for those who ask once for each of many days."""
        rule = population.members if basis is None else population.on_basis(basis)
        return rule(self.world, on)

    def parts(self, members: Members) -> dict[Territory, Members]:
        """``members`` by territory: France, then each with a pole at each level (``inconnu`` included)."""
        if members not in self._parts:
            below = (self.places.split(level, members).items() for level in LEVELS)
            _keep(self._parts, members, {FRANCE: members, **dict(chain.from_iterable(below))})
        return self._parts[members]

    def tally(self, members: Members) -> dict[Territory, Tally]:
        """The count of ``members`` in each territory of :meth:`parts`, and the low one, without making the parts."""
        tied = members & self.joined_in(FRANCE).keys()
        found = {FRANCE: Tally(len(members), self.low(members, FRANCE))}
        for level in LEVELS:
            of = self.places.of(level)
            counts = Counter(map(of.__getitem__, members))
            counts[Territory(level, UNKNOWN, UNKNOWN)] += 0
            inside = self.places.split(level, tied)
            for place in sorted(counts):
                n, theirs = counts[place], inside.get(place, frozenset())
                found[place] = Tally(n, n - len(theirs) + self.low(theirs, place))
        return found

    def part(self, members: Members, territory: Territory) -> Members:
        """The ``members`` in a territory, a group of departments with a name of its own (Outre-mer) included."""
        if territory == FRANCE:
            return members
        if territory.level in LEVELS:
            return self.parts(members).get(territory, frozenset())
        return self.places.inside(members, territory.name) or frozenset()

    def pairs_in(self, territory: Territory) -> tuple[Pair, ...]:
        """The undecided pairs with both poles in a territory."""
        if territory not in self._pairs_in:
            inside = self.part(frozenset(chain.from_iterable(self.pairs)), territory)
            self._pairs_in[territory] = tuple(pair for pair in self.pairs if inside.issuperset(pair))
        return self._pairs_in[territory]

    def joined_in(self, territory: Territory) -> dict[str, str]:
        """Pole → its cluster when every undecided pair inside a territory is taken as one pole."""
        if territory not in self._joined_in:
            self._joined_in[territory] = groups(self.pairs_in(territory))
        return self._joined_in[territory]

    def low(self, members: Members, territory: Territory) -> int:
        """The count of ``members``, every undecided pair inside ``territory`` taken as one pole."""
        return low(members, self.joined_in(territory))

    def coverage(self, time: Literal["known", "valid"], since: date | None, until: date) -> Coverage:
        """Laureates of France named, over the State rounds with results after ``since`` and by ``until``: as the lists
        stood on that day (``known``), or as they stand now (``valid``)."""
        key = (time, since, until)
        if key not in self._coverage:
            world = known_on(self.world, until) if time == "known" else self.world
            self._coverage[key] = coverage_on(world, self.published, since, until)
        return self._coverage[key]

    def readable(self, on: date) -> frozenset[str]:
        """Ids of the listings that could be read by a day."""
        if on not in self._readable:
            self._readable[on] = frozenset(i.listing_id for i in known_on(self.world, on).evidence)
        return self._readable[on]

    def publishers(self, since: date) -> frozenset[str]:
        """Publishers that had a dated page by ``since``."""
        columns = self.world.columns
        found = np.unique(columns.publisher[columns.page_dated & (columns.known <= since.toordinal())])
        names = list(columns.publishers)
        return frozenset(names[n] for n in found.tolist())

    def kept(self, publishers: frozenset[str]) -> Census:
        """The same from the dated evidence of some publishers only."""
        if publishers not in self._kept:
            columns = self.world.columns
            theirs = [number for name, number in columns.publishers.items() if name in publishers]
            world = self.world.where(np.isin(columns.publisher, theirs) & (columns.page > 0))
            self._kept[publishers] = Census(world, self.places, self.pairs, self.published)
        return self._kept[publishers]
