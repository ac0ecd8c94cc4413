"""A published snapshot read back as the evidence it was counted from, so that any other day can be counted from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from ptce_etl.catalogue.registry import Programme
from ptce_etl.measure.census import Census
from ptce_etl.measure.coverage import Published
from ptce_etl.measure.evidence import World, read_evidence, read_rounds
from ptce_etl.measure.territories import read_places
from ptce_etl.measure.undecided import undecided_pairs
from ptce_etl.schema import SEPARATOR

__all__ = ["reopen"]

_COHORT = "cohort:"


def reopen(
    tables: Mapping[str, pd.DataFrame],
    programmes: Sequence[Programme],
    captured: Mapping[str, date],
    as_of: date,
    active_years: int,
) -> Census:
    """The census of a snapshot, from its tables ``listings``, ``poles``, ``edges`` and ``counts``.

    ``captured`` maps each ``capture_sha256`` to the day those bytes were first held, ``as_of`` and ``active_years`` are
    those of the snapshot: its manifest has them all. Raises :class:`DataError` for a capture without a day.
    """
    rounds = read_rounds(programmes)
    world = World(read_evidence(tables["listings"], rounds, captured, as_of), rounds, active_years)
    pole_of = {item.listing_id: item.pole_id for item in world.evidence}
    pairs = undecided_pairs(tables["edges"], pole_of)
    return Census(world, read_places(tables["poles"]), pairs, _published(tables["counts"]))


def _published(counts: pd.DataFrame) -> dict[str, Published]:
    rows = counts[counts["published"].notna()]
    return {
        str(population).removeprefix(_COHORT): Published(int(value), tuple(str(claims).split(SEPARATOR)))
        for population, value, claims in zip(rows["population"], rows["published"], rows["published_by"], strict=True)
    }
