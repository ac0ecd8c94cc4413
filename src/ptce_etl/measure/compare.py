"""A growth between two counts: any two days, or two snapshots, with everything that must be said beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ptce_etl.errors import ConfigError
from ptce_etl.measure.census import Census, first_day
from ptce_etl.measure.comparability import comparability
from ptce_etl.measure.coverage import Coverage
from ptce_etl.measure.growth import Growth, growth, years_between
from ptce_etl.measure.movement import Moves, Ties, movement, ties_between, under_target_names
from ptce_etl.measure.populations import Basis, Members, Population, closed, known_closed
from ptce_etl.measure.reasons import Reason, reason
from ptce_etl.measure.territories import FRANCE, Territory
from ptce_etl.measure.undecided import Interval, growth_bounds

__all__ = ["Comparison", "End", "compare"]

_COHORT = "cohort:"


@dataclass(frozen=True)
class End:
    """One of the two counts: a population in a territory on a day, on one state of the evidence.

    ``basis``: as known on the day or as a backcast; by default the time that the population's own rule reads.
    """

    census: Census
    population: Population
    on: date
    place: Territory = FRANCE
    basis: Basis | None = None

    @property
    def members(self) -> Members:
        """The poles counted."""
        return self.census.part(self.census.members(self.population, self.on, self.basis), self.place)

    @property
    def low(self) -> int:
        """Their number when every undecided pair is one pole."""
        return self.census.low(self.members, self.place)

    @property
    def first(self) -> date:
        """The first day on which anything could be counted: before it a count is missing, not nil."""
        call = self.census.world.rounds.get(self.population.name.removeprefix(_COHORT))
        return call.results if call else first_day(self.census.world, self.on)

    @property
    def knows(self) -> bool:
        """Whether the count reads known time."""
        return (self.basis or self.population.time) == "known"


@dataclass(frozen=True)
class Comparison:
    """A growth.

    ``moves``, ``interval`` and ``constant`` (the poles counted from constant sources, at both ends) are ``None`` where
    two different things are counted: only a growth of one thing has them. ``covered``: laureates named at both ends;
    ``in_period``: those of the rounds of the period.
    """

    base: End
    target: End
    years: float | None
    growth: Growth
    moves: Moves | None
    interval: Interval | None
    constant: tuple[Members, Members] | None
    constant_growth: Growth | None
    covered: tuple[Coverage, Coverage]
    in_period: Coverage
    reasons: tuple[Reason, ...]

    @property
    def comparable(self) -> bool:
        """Whether the two counts measure the same thing."""
        return not any(found.blocks for found in self.reasons)


def compare(base: End, target: End, *, anyway: bool = False, settled: tuple[Reason, ...] = ()) -> Comparison:
    """The growth from ``base`` to ``target``.

    ``settled`` are reasons that the caller knows of. Counts of two populations, rounds or territories are refused with
    :class:`ConfigError` unless ``anyway``: then the growth is worked out, and says that it compares nothing. So is a
    period that does not end after it starts, but for two states of the evidence of one day.
    """
    unlike = _unlike(base, target)
    if unlike and not anyway:
        raise ConfigError(
            f"not one growth: {'; '.join(found.said[0] for found in unlike)}",
            where=", ".join(found.code for found in unlike),
            do="compare one thing with itself, or ask for it anyway: it will say that it is not comparable",
        )
    one_day = base.on == target.on and base.census is not target.census
    years = None if one_day else years_between(base.on, target.on)
    missing = _missing(base)
    grown = growth(None if missing else len(base.members), len(target.members), years)
    covered, in_period = _covered(base, target)
    if unlike:
        return Comparison(
            base, target, years, grown, None, None, None, None, covered, in_period, (*settled, *unlike, *missing)
        )
    ties = ties_between(base.census, target.census)
    moves = _moves(base, target, ties)
    interval = growth_bounds(
        under_target_names(base.members, ties), target.members, target.census.pairs_in(target.place)
    )
    constant = _constant(base, target)
    constant_growth = growth(None if missing else len(constant[0]), len(constant[1]), years)
    lapses = target.population.name == "active"
    found = [*settled, *missing, *comparability(len(base.members), moves, covered, in_period, lapses=lapses)]
    if missing:
        found = [one for one in found if one.code != "base_zero"]
    if moves.merged or moves.split:
        found.append(_identities_moved(moves))
    if interval.how == "sampled":
        found.append(reason("interval_sampled"))
    return Comparison(
        base, target, years, grown, moves, interval, constant, constant_growth, covered, in_period, tuple(found)
    )


def _unlike(base: End, target: End) -> tuple[Reason, ...]:
    """What makes the two counts counts of different things."""
    found = []
    one, two = base.population.name, target.population.name
    if one != two:
        rounds = one.startswith(_COHORT) and two.startswith(_COHORT)
        found.append(reason("other_programme" if rounds else "other_population", base=one, target=two))
    if base.place != target.place:
        found.append(reason("other_territory", base=base.place.name, target=target.place.name))
    return tuple(found)


def _missing(base: End) -> tuple[Reason, ...]:
    if base.on >= base.first:
        return ()
    return (reason("base_missing", day=base.on.isoformat(), first=base.first.isoformat()),)


def _moves(base: End, target: End, ties: Ties | None) -> Moves:
    rule = known_closed if target.knows else closed
    return movement(
        base.members,
        target.members,
        (base.on, target.on),
        readable=base.census.readable(base.on),
        evidence=target.census.world.by_pole,
        gone=rule(target.census.world, target.on),
        ties=ties,
    )


def _constant(base: End, target: End) -> tuple[Members, Members]:
    """Both counts from the dated evidence of publishers that had a dated page by the start."""
    publishers = base.census.publishers(base.on)
    kept = (
        End(end.census.kept(publishers), end.population, end.on, end.place, end.basis).members for end in (base, target)
    )
    one, two = kept
    return one, two


def _covered(base: End, target: End) -> tuple[tuple[Coverage, Coverage], Coverage]:
    """Laureate coverage of France at both ends, and over the rounds of the period."""

    def at(end: End, since: date | None) -> Coverage:
        return end.census.coverage("known" if end.knows else "valid", since, end.on)

    return (at(base, None), at(target, None)), at(target, base.on)


def _identities_moved(moves: Moves) -> Reason:
    merged, split = len(moves.merged), len(moves.split)
    mostly = 2 * (merged + split) > abs(moves.net)
    return reason(
        "mostly_identities" if mostly else "identities_moved",
        merged=(f"{merged} pole{'s were' if merged != 1 else ' was'}", f"{merged} fusion{'s' if merged > 1 else ''}"),
        split=(f"{split} {'were' if split != 1 else 'was'}", f"{split} scission{'s' if split > 1 else ''}"),
    )
