"""The movement adds up to the unit, within one state of the evidence and between two that tell poles apart."""

from __future__ import annotations

from collections import Counter
from datetime import date
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from ptce_etl.measure.census import Census
from ptce_etl.measure.compare import End, compare
from ptce_etl.measure.movement import COMPONENTS, Moves, movement, under_target_names
from ptce_etl.measure.populations import population_of
from ptce_etl.measure.territories import read_places

SINCE, UNTIL = date(2014, 12, 31), date(2016, 12, 31)


def census(make: SimpleNamespace, *rows: dict[str, object], as_of: date | None = None) -> Census:
    world = make.world(make.listings(*rows), as_of or make.held)
    return Census(world, read_places(make.poles(dict.fromkeys(sorted({str(row["pole"]) for row in rows})))), ())


def moved(one: Census, name: str, since: date, until: date) -> Moves:
    population = population_of(name, one.world.rounds)
    found = compare(End(one, population, since), End(one, population, until))
    assert found.moves is not None
    assert len(found.target.members) == len(found.base.members) + found.moves.net
    return found.moves


def test_each_way_into_a_population(make: SimpleNamespace) -> None:
    one = census(
        make,
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
    assert moved(one, "listed", SINCE, UNTIL) == Moves(
        opened=("created", "opens"),
        discovered_late=("found", "found_old", "told_late"),
        reclassified=("named_since",),
        closed=("closes",),
    )


def test_a_known_pole_that_the_state_comes_to_support_is_reclassified(make: SimpleNamespace) -> None:
    one = census(
        make,
        {"pole": "known", "on": "2015-03"},
        {"pole": "known", "on": "2023-10-18", "programme": "ami-2023", "role": "laureate"},
        {"pole": "new", "on": "2023-10-18", "programme": "ami-2023", "role": "laureate"},
    )
    found = moved(one, "state_supported", date(2022, 12, 31), date(2023, 12, 31))
    assert found == Moves(opened=("new",), reclassified=("known",))


def test_a_pole_that_is_named_no_more_leaves_without_closing(make: SimpleNamespace) -> None:
    one = census(
        make,
        {"pole": "quiet", "on": "2014-05"},
        {"pole": "shut", "on": "2014-05"},
        {"pole": "shut", "on": "2019-05", "status": "dissous"},
    )
    assert moved(one, "active", SINCE, date(2020, 12, 31)) == Moves(closed=("shut",), reclassified_out=("quiet",))


def test_the_closure_of_a_known_time_population_is_one_that_could_be_read(make: SimpleNamespace) -> None:
    """A page of 2019 says that the pole had closed in 2016: at the end of 2016 nobody could read that."""
    one = census(
        make, {"pole": "shut", "on": "2013-05"}, {"pole": "shut", "on": "2019-05", "status": "dissous en mai 2016"}
    )
    assert moved(one, "active", date(2014, 12, 31), UNTIL) == Moves(reclassified_out=("shut",))
    population = population_of("active", one.world.rounds)
    past = compare(End(one, population, SINCE, basis="backcast"), End(one, population, UNTIL, basis="backcast"))
    assert past.moves == Moves(closed=("shut",))


# Between two states of the evidence.


def test_merged_and_split_poles_are_no_growth(make: SimpleNamespace) -> None:
    before = census(
        make,
        {"pole": "a", "on": "2013"},
        {"pole": "b", "on": "2013"},
        {"pole": "c", "on": "2013"},
        {"pole": "c", "on": "2014"},
        {"pole": "withdrawn", "on": "2013"},
        as_of=SINCE,
    )
    after = census(
        make,
        {"pole": "a", "on": "2013"},
        {"pole": "a", "on": "2013"},  # was b
        {"pole": "c", "on": "2013"},
        {"pole": "d", "on": "2014"},  # was c
        {"pole": "x", "on": "2010", "id": "new page"},
        {"pole": "y", "on": "2016-01-20", "id": "newer page", "programme": "aap-2015", "role": "laureate"},
    )
    population = population_of("listed", before.world.rounds)
    found = compare(End(before, population, SINCE), End(after, population, UNTIL))
    assert found.moves == Moves(
        opened=("y",),
        discovered_late=("x",),
        reclassified_out=("withdrawn",),
        merged=(("b", "a"),),
        split=(("c", "d"),),
    )
    assert (len(found.base.members), len(found.target.members)) == (4, 5)
    assert "mostly_identities" in [one.code for one in found.reasons]
    assert not found.comparable


def test_a_day_seen_twice_moves_by_what_was_learnt(make: SimpleNamespace) -> None:
    before = census(make, {"pole": "a", "on": "2013"})
    after = census(make, {"pole": "a", "on": "2013"}, {"pole": "b", "on": "2012"})
    population = population_of("listed", before.world.rounds)
    found = compare(End(before, population, UNTIL), End(after, population, UNTIL))
    assert (found.years, found.growth.yearly_pct, found.growth.pct) == (None, None, 100.0)
    assert found.moves == Moves(discovered_late=("b",))


poles = st.sampled_from([f"p{number}" for number in range(6)])
# Listing → (pole then or none, pole now or none), and whether each pole is a member then and now.
told = st.lists(st.tuples(st.none() | poles, st.none() | poles), max_size=12)
sets = st.frozensets(poles)


@given(told, sets, sets, sets)
def test_every_movement_adds_up(
    listings: list[tuple[str | None, str | None]], base: frozenset[str], target: frozenset[str], gone: frozenset[str]
) -> None:
    ties: dict[str, Counter[str]] = {}
    back: dict[str, Counter[str]] = {}
    for then, now in listings:
        if then and now:
            ties.setdefault(then, Counter())[now] += 1
            back.setdefault(now, Counter())[then] += 1
    period = (SINCE, UNTIL)
    there = movement(base, target, period, readable=frozenset(), evidence={}, gone=gone, ties=ties)
    assert len(target) == len(base) + there.net
    names = under_target_names(base, ties)
    assert len(names) == len(base)
    # The way back: what was merged is split, who entered leaves.
    again = movement(target, base, period, readable=frozenset(), evidence={}, gone=frozenset(), ties=back)
    assert again.net == -there.net
    assert (len(again.merged), len(again.split)) == (len(there.split), len(there.merged))
    entered = {*there.opened, *there.discovered_late, *there.reclassified}
    assert entered == {*again.closed, *again.reclassified_out}
    assert set(there.closed) | set(there.reclassified_out) == {
        *again.opened,
        *again.discovered_late,
        *again.reclassified,
    }
    # Each pole is told once.
    assert len(entered) == sum(len(getattr(there, name)) for name in ("opened", "discovered_late", "reclassified"))
    assert all(pole in base and other in target for pole, other in (*there.merged, *there.split))
    assert list(there.counts()) == list(COMPONENTS)


@given(sets, sets)
def test_within_one_resolution_nothing_is_merged_or_split(base: frozenset[str], target: frozenset[str]) -> None:
    found = movement(base, target, (SINCE, UNTIL), readable=frozenset(), evidence={}, gone=frozenset())
    assert (found.merged, found.split) == ((), ())
    assert set(found.reclassified_out) == base - target
    assert set(found.discovered_late) == target - base
    assert under_target_names(base, None) == base
