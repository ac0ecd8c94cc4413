"""Counts at any date, on one state of the evidence, each worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import chain
from typing import Literal

from ptce_etl.measure.coverage import Coverage, Published, coverage_on
from ptce_etl.measure.evidence import World
from ptce_etl.measure.populations import Basis, Members, Population, known_on, restricted
from ptce_etl.measure.territories import FRANCE, LEVELS, Places, Territory
from ptce_etl.measure.undecided import Pair, groups, low

__all__ = ["Census", "first_day"]


def first_day(world: World, as_of: date) -> date:
    """The earliest day of which any evidence speaks, or on which it could be read; ``as_of`` when there is none."""
    return min((min(i.known_on, i.existed_by or i.known_on) for i in world.evidence), default=as_of)


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
        self._members: dict[tuple[str, date, Basis | None], Members] = {}
        self._parts: dict[Members, dict[Territory, Members]] = {}
        self._pairs_in: dict[Territory, tuple[Pair, ...]] = {FRANCE: pairs}
        self._joined_in: dict[Territory, dict[str, str]] = {}
        self._coverage: dict[tuple[str, date | None, date], Coverage] = {}
        self._readable: dict[date, frozenset[str]] = {}
        self._kept: dict[frozenset[str], Census] = {}

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
            self._readable[on] = frozenset(i.listing_id for i in self.world.evidence if i.known_on <= on)
        return self._readable[on]

    def publishers(self, since: date) -> frozenset[str]:
        """Publishers that had a dated page by ``since``."""
        return frozenset(i.publisher for i in self.world.evidence if i.page_dated and i.known_on <= since)

    def kept(self, publishers: frozenset[str]) -> Census:
        """The same from the dated evidence of some publishers only."""
        if publishers not in self._kept:
            items = (i for i in self.world.evidence if i.publisher in publishers and i.dated)
            self._kept[publishers] = Census(restricted(self.world, items), self.places, self.pairs, self.published)
        return self._kept[publishers]
