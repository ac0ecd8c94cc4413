"""Known time and valid time never mix: scrambling the dates of one changes nothing that reads the other."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptce_etl.catalogue.registry import Programme
from ptce_etl.errors import ConfigError
from ptce_etl.measure.evidence import Evidence, World, read_evidence
from ptce_etl.measure.history import pole_history
from ptce_etl.measure.populations import (
    POPULATIONS,
    Members,
    Population,
    closed,
    cohort_population,
    known_on,
    population_of,
)

ROUNDS = ["temoins-2012", "aap-2013", "aap-2015", "ami-2021-phase-1", "ami-2021-phase-2", "ami-2025"]
EVERY = (*POPULATIONS, *map(cohort_population, ROUNDS))
DAYS = [date(2013, 6, 30), date(2015, 12, 31), date(2021, 12, 31), date(2024, 2, 29), date(2026, 11, 23)]
seeds = st.integers(0, 10_000)


def counted(world: World, *, time: str) -> dict[tuple[str, date, str], Members]:
    """Every population on every day, by the rules that read ``time``."""
    found = {}
    for population in EVERY:
        for on in DAYS:
            if population.time == time:
                found[population.name, on, "own"] = population.members(world, on)
            if time == "valid":
                found[population.name, on, "past"] = population.past(world, on)
    return found


def scrambled(evidence: Sequence[Evidence], *names: str, seed: int) -> tuple[Evidence, ...]:
    """The same evidence with the values of these fields handed round among those that have one."""
    dice = random.Random(seed)
    items = list(evidence)
    for name in names:
        at = [n for n, item in enumerate(items) if getattr(item, name) not in (None, ())]
        values = [getattr(items[n], name) for n in at]
        dice.shuffle(values)
        for n, value in zip(at, values, strict=True):
            items[n] = replace(items[n], **{name: value})
    return tuple(items)


@settings(max_examples=20)
@given(st.data(), seeds)
def test_what_was_known_when_does_not_touch_what_was_when(
    make: SimpleNamespace, data: st.DataObject, seed: int
) -> None:
    world = make.world(make.listings(*data.draw(make.rows)))
    other = replace(world, evidence=scrambled(world.evidence, "known_on", seed=seed))
    assert counted(other, time="valid") == counted(world, time="valid")


@settings(max_examples=20)
@given(st.data(), seeds)
def test_what_was_when_does_not_touch_what_was_known_when(
    make: SimpleNamespace, data: st.DataObject, seed: int
) -> None:
    world = make.world(make.listings(*data.draw(make.rows)))
    names = ("page_on", "spoken_on", "existed_by", "round_on", "started_on", "stage_on", "closed_on")
    other = replace(world, evidence=scrambled(world.evidence, *names, seed=seed))
    assert counted(other, time="known") == counted(world, time="known")


@settings(max_examples=20)
@given(st.data(), st.integers(1, 900))
def test_the_day_we_held_a_page_moves_nothing_in_the_past_of_the_world(
    make: SimpleNamespace, programmes: tuple[Programme, ...], data: st.DataObject, later: int
) -> None:
    listings = make.listings(*data.draw(make.rows))
    world = make.world(listings)
    held = {sha: day + timedelta(days=later) for sha, day in make.captured.items()}
    as_of = make.held + timedelta(days=later)
    other = replace(world, evidence=read_evidence(listings, world.rounds, held, as_of))
    before = {key: members for key, members in counted(world, time="valid").items() if key[1] < make.held}
    assert before == {key: members for key, members in counted(other, time="valid").items() if key[1] < make.held}
    starts = [
        pole_history(listings, programmes, day, captured)["start_date"]
        for day, captured in ((make.held, make.captured), (as_of, held))
    ]
    past = [start[start < pd.Timestamp(make.held)].tolist() for start in starts]
    assert past[0] == past[1]


@settings(max_examples=20)
@given(st.data())
def test_known_time_reads_nothing_that_came_later(make: SimpleNamespace, data: st.DataObject) -> None:
    world = make.world(make.listings(*data.draw(make.rows)))
    for population in EVERY:
        for on in DAYS:
            known = population.on_basis("known")(world, on)
            assert known == population.on_basis("known")(known_on(world, on), on)
            if population.time == "known":
                assert known == population.members(world, on)


@settings(max_examples=20)
@given(st.data())
def test_the_backcast_of_today_is_what_is_known_today(make: SimpleNamespace, data: st.DataObject) -> None:
    world = make.world(make.listings(*data.draw(make.rows)))
    for population in EVERY:
        assert population.on_basis("backcast")(world, make.held) == population.on_basis("known")(world, make.held)


@settings(max_examples=20)
@given(st.data())
def test_the_backcast_forgets_nobody_who_was_listed_and_had_not_closed(
    make: SimpleNamespace, data: st.DataObject
) -> None:
    world = make.world(make.listings(*data.draw(make.rows)))
    listed, active = (population_of(name, world.rounds) for name in ("listed", "active"))
    for on in DAYS:
        for population in (listed, active):
            assert population.members(world, on) - closed(world, on) <= population.past(world, on)
        assert active.past(world, on) <= listed.past(world, on)


@settings(max_examples=20)
@given(st.data())
def test_more_evidence_only_adds_to_what_is_listed_unless_it_says_closed(
    make: SimpleNamespace, data: st.DataObject
) -> None:
    (listed,) = (population for population in POPULATIONS if population.name == "listed")
    rows, more = data.draw(make.rows), data.draw(make.row)
    before, after = (make.world(make.listings(*some)) for some in (rows, [*rows, more]))
    closing = {item.pole_id for item in after.evidence if item.closes}
    for on in DAYS:
        assert listed.members(before, on) - closing <= listed.members(after, on)


def test_a_gap_between_two_pages_is_no_gap_in_the_backcast(make: SimpleNamespace) -> None:
    world = make.world(make.listings({"pole": "p", "on": "2012-05"}, {"pole": "p", "on": "2022-05"}))
    active = population_of("active", world.rounds)
    assert active.on_basis("known")(world, date(2018, 12, 31)) == set()
    assert active.on_basis("backcast")(world, date(2018, 12, 31)) == {"p"}
    assert active.on_basis("backcast")(world, date(2026, 11, 23)) == set()


def test_an_unknown_population_is_refused(make: SimpleNamespace) -> None:
    with pytest.raises(ConfigError, match="no population 'cohort:aap-1999'"):
        population_of("cohort:aap-1999", make.world(make.listings()).rounds)


def test_every_population_says_how_it_is_counted_afterwards() -> None:
    def same(population: Population) -> bool:
        return population.past is population.members

    for population in EVERY:
        assert bool(population.past_en) == bool(population.past_fr) == (not same(population))
        assert same(population) == (population.time == "valid")
