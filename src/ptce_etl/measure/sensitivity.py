"""The growth of the headline period under other reasonable choices: a specification curve (Simonsohn, Simmons and
Nelson 2020, "Specification curve analysis", Nature Human Behaviour 4, 1208-1214).

Every combination of the choices that a population's rule reads is one specification; what it does not read is left at
the published choice. Nothing here says which choice is right: it says how much hangs on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import Any, Literal

import pandas as pd

from ptce_etl.catalogue.registry import Programme
from ptce_etl.config import Settings
from ptce_etl.measure.counts import typed
from ptce_etl.measure.evidence import Evidence, Round, World, read_evidence, read_rounds
from ptce_etl.measure.growth import growth
from ptce_etl.measure.populations import POPULATIONS, Basis, Population, back
from ptce_etl.measure.undecided import Interval, growth_bounds, undecided_pairs

__all__ = ["ACTIVE_YEARS", "CHOICES", "SHIFT", "Resolved", "sensitivity_table"]

SHIFT = 2.0  # bits by which both match thresholds are moved: odds four times as high or as low
ACTIVE_YEARS = (2, 3, 4, 5)
Undated = Literal["held", "left_out", "before"]
_UNDATED: tuple[Undated, ...] = ("held", "left_out", "before")
_BASES: tuple[Basis, ...] = ("known", "backcast")

CHOICES: dict[str, tuple[str, ...]] = {
    "listed": ("unlabelled", "undated", "basis"),
    "state_supported": ("basis",),
    "emerging": ("unlabelled", "undated", "basis"),
    "active": ("unlabelled", "basis", "active_years"),
}
"""What the rule of each population reads, besides how poles are told apart, which all of them read."""


@dataclass(frozen=True)
class Resolved:
    """One way to tell poles apart: match thresholds in bits, with or without what people decided, and what came of it
    (schema tables ``listings`` and ``edges``)."""

    link: float
    review: float
    judgements: bool
    listings: pd.DataFrame
    edges: pd.DataFrame


@dataclass(frozen=True, slots=True)
class _Spec:
    """The choices of one specification, by the names of schema table ``sensitivity``."""

    link: float
    review: float
    judgements: bool
    unlabelled: bool
    undated: Undated
    basis: Basis
    active_years: int


def sensitivity_table(
    ways: Sequence[Resolved],
    programmes: Sequence[Programme],
    settings: Settings,
    as_of: date,
    captured: Mapping[str, date],
) -> pd.DataFrame:
    """Schema table ``sensitivity``: France over the headline period. The first of ``ways`` is the published one.

    ``captured`` maps each ``capture_sha256`` to the day those bytes were first held.
    """
    period = (back(as_of, settings.headline_years), as_of)
    rounds = read_rounds(programmes)
    evidence = read_evidence(ways[0].listings, rounds, captured, as_of)
    worlds = [_World(way, evidence, rounds, period) for way in ways]
    rows: list[dict[str, Any]] = []
    for population in POPULATIONS:
        published = _published(population, ways[0], settings)
        told = [
            _row(population, spec, published, world)
            for world in worlds
            for spec in _specs(population, world.way, published)
        ]
        told.sort(key=_place)
        rows += [row | {"rank": rank} for rank, row in enumerate(told, start=1)]
    return typed("sensitivity", rows)


def _published(population: Population, way: Resolved, settings: Settings) -> _Spec:
    basis: Basis = "known" if population.time == "known" else "backcast"
    return _Spec(way.link, way.review, way.judgements, False, "held", basis, settings.active_years)


def _specs(population: Population, way: Resolved, published: _Spec) -> Iterator[_Spec]:
    """Every combination of what the population's rule reads."""
    read = CHOICES[population.name]
    for unlabelled, undated, basis, years in product(
        (False, True) if "unlabelled" in read else (published.unlabelled,),
        _UNDATED if "undated" in read else (published.undated,),
        _BASES if "basis" in read else (published.basis,),
        sorted({*ACTIVE_YEARS, published.active_years}) if "active_years" in read else (published.active_years,),
    ):
        yield _Spec(way.link, way.review, way.judgements, unlabelled, undated, basis, years)


class _World:
    """The evidence of one way to tell poles apart, as the choices would have it."""

    def __init__(
        self,
        way: Resolved,
        evidence: Iterable[Evidence],
        rounds: Mapping[str, Round],
        period: tuple[date, date],
    ) -> None:
        self.way = way
        self.period = period
        self._rounds = rounds
        # A listing shows the same whatever pole it is held to name.
        pole_of = dict(zip(way.listings["listing_id"], way.listings["pole_id"], strict=True))
        self._evidence = tuple(replace(item, pole_id=pole_of[item.listing_id]) for item in evidence)
        self.pairs = undecided_pairs(way.edges, {item.listing_id: item.pole_id for item in self._evidence})
        self._made: dict[tuple[bool, Undated], World] = {}

    def under(self, spec: _Spec) -> World:
        """The world that ``spec`` counts."""
        key = (spec.unlabelled, spec.undated)
        if key not in self._made:
            items = self._evidence
            if spec.undated == "left_out":
                items = tuple(item for item in items if item.dated)
            elif spec.undated == "before":
                items = tuple(item if item.dated else _by(item, self.period[0]) for item in items)
            if spec.unlabelled:
                items = tuple(replace(item, said=True) for item in items)
            self._made[key] = World(items, self._rounds, spec.active_years)
        return self._made[key].over(spec.active_years)


def _by(item: Evidence, day: date) -> Evidence:
    """An undated item as if it could be read, and spoke, by ``day``."""
    return replace(
        item,
        known_on=min(item.known_on, day),
        spoken_on=min(item.spoken_on, day),
        stage_on=min(item.stage_on, day),
        closed_on=min(item.closed_on, day) if item.closed_on else None,
    )


def _row(population: Population, spec: _Spec, published: _Spec, of: _World) -> dict[str, Any]:
    world, (since, until) = of.under(spec), of.period
    rule = population.on_basis(spec.basis)
    base, target = rule(world, since), rule(world, until)
    grown = growth(len(base), len(target), None)
    bounds: Interval = growth_bounds(base, target, of.pairs)
    choices = {name: getattr(spec, name) for name in _Spec.__slots__}
    other = {name for name, value in choices.items() if value != getattr(published, name)}
    return {
        "population": population.name,
        "differs": len(other - {"review"} if "link" in other else other),
        **choices,
        "active_years": spec.active_years if population.name == "active" else None,
        "base_date": since,
        "target_date": until,
        "base": len(base),
        "target": len(target),
        "change": grown.change,
        "growth_pct": grown.pct,
        "growth_low_pct": bounds.low,
        "growth_high_pct": bounds.high,
    }


def _place(row: dict[str, Any]) -> tuple[Any, ...]:
    """Where a row stands in its curve: by growth (none first), then by change, then by its choices."""
    known = row["growth_pct"] is not None
    choices = tuple(str(row[name]) for name in _Spec.__slots__)
    return (known, row["growth_pct"] if known else 0.0, row["change"], row["differs"], choices)
