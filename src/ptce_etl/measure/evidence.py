"""Listings read as dated evidence: when we could know it (known time), and what it shows of the world (valid time).

The two times never mix: a rule that reads known time reads ``known_on`` alone, a rule that reads valid time reads every
other date and not that one. METHOD.md gives the rules in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import compress
from typing import Any, NamedTuple

import pandas as pd

from ptce_etl.catalogue.registry import Programme
from ptce_etl.clean.dates import parse_partial
from ptce_etl.errors import CatalogueError, DataError
from ptce_etl.measure.columns import Columns, Flags, columns_of
from ptce_etl.measure.statuses import Stage, closes, normalise, stage_of, status_dates

__all__ = ["Evidence", "Round", "World", "known_listings", "read_evidence", "read_rounds"]


@dataclass(frozen=True, slots=True)
class Round:
    """A call round as measuring needs it; ``results`` is the last day its partial date may mean."""

    programme: str
    results: date
    state_call: bool
    counted_role: str
    claims_population: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one listing shows.

    Known time: ``known_on``, the day by which it could surely be read. Valid time: ``page_on``, the date of the
    statement (page date, else the results of the round it names; ``None`` for an undated page); ``spoken_on``, the last
    day that the statement can speak of (``page_on``; an undated page cannot speak of a day after the one on which it
    was held: the only thing of our collecting that valid time has, and as an upper bound); ``existed_by``, the
    earliest day by which it shows that the pole existed; ``round_on``, the results of the round it names.
    ``started_on`` lists the days at which it says that something began (results, recognition, creation). ``counted``:
    its role is the one that the round's cohort counts. ``closed_on``: it says that the pole had closed by then.
    """

    pole_id: str
    listing_id: str
    publisher: str
    said: bool
    known_on: date
    page_on: date | None
    page_dated: bool
    spoken_on: date
    existed_by: date | None
    programme: str | None
    round_on: date | None
    counted: bool
    started_on: tuple[date, ...]
    stage: Stage | None
    stage_on: date
    closed_on: date | None

    @property
    def dated(self) -> bool:
        """Whether its date, or the round it names, says when it speaks."""
        return self.page_on is not None

    @property
    def closes(self) -> bool:
        """Whether it says that the pole has closed."""
        return self.closed_on is not None


@dataclass(frozen=True)
class World:
    """Everything a population is counted from: the evidence, the call rounds, and the length of "active" in years."""

    evidence: tuple[Evidence, ...]
    rounds: Mapping[str, Round]
    active_years: int

    @cached_property
    def columns(self) -> Columns:
        """The evidence as arrays."""
        return columns_of(self.evidence)

    @cached_property
    def by_pole(self) -> dict[str, list[Evidence]]:
        """The evidence of each pole."""
        found: dict[str, list[Evidence]] = {}
        for item in self.evidence:
            found.setdefault(item.pole_id, []).append(item)
        return found

    def where(self, items: Flags) -> World:
        """The same world with some of its evidence."""
        part = World(tuple(compress(self.evidence, items.tolist())), self.rounds, self.active_years)
        part.__dict__["columns"] = self.columns.where(items)  # as the property would keep them
        return part

    def over(self, active_years: int) -> World:
        """The same world with another length of "active"."""
        if active_years == self.active_years:
            return self
        other = World(self.evidence, self.rounds, active_years)
        other.__dict__["columns"] = self.columns
        return other


def read_rounds(programmes: Iterable[Programme]) -> dict[str, Round]:
    """The rounds by code, in order of their results. Raises :class:`CatalogueError` for one without a date."""
    rounds = []
    for programme in programmes:
        last = parse_partial(programme.results).last
        if last is None:
            raise CatalogueError(
                f"programme {programme.programme}: no date of results",
                where="programmes.yml",
                do="give `results` as a year, a month or a day",
            )
        rounds.append(
            Round(
                programme.programme,
                last,
                programme.state_call,
                programme.counted_role,
                programme.claims_population,
            )
        )
    return {item.programme: item for item in sorted(rounds, key=lambda item: (item.results, item.programme))}


def read_evidence(
    listings: pd.DataFrame, rounds: Mapping[str, Round], captured: Mapping[str, date], as_of: date
) -> tuple[Evidence, ...]:
    """The evidence known by ``as_of``, one item a listing, in order of listing id.

    ``listings`` has the columns of schema table ``listings``; ``captured`` maps each ``capture_sha256`` to the day
    those bytes were first held. Raises :class:`DataError` for a capture without such a day.
    """
    items = (_read(row, rounds, captured) for row in listings.to_dict("records"))
    return tuple(sorted((item for item in items if item.known_on <= as_of), key=lambda item: item.listing_id))


def known_listings(
    listings: pd.DataFrame, programmes: Sequence[Programme], as_of: date, captured: Mapping[str, date]
) -> pd.DataFrame:
    """The rows of ``listings`` that could be read by ``as_of`` (a past date is described from past evidence only).

    ``pole_id`` is not needed, so this can stand before resolving.
    """
    rows = listings if "pole_id" in listings else listings.assign(pole_id="")
    known = {item.listing_id for item in read_evidence(rows, read_rounds(programmes), captured, as_of)}
    return listings[listings["listing_id"].isin(known)].reset_index(drop=True)


def _read(row: Mapping[Any, Any], rounds: Mapping[str, Round], captured: Mapping[str, date]) -> Evidence:
    sha256 = row["capture_sha256"]
    if sha256 not in captured:
        raise DataError(
            f"no day of first capture for {sha256}",
            where=f"listing {row['listing_id']}",
            do="give `captured` an entry for every capture that listings come from",
        )
    held = captured[sha256]
    dated = _day(row["date_last"])
    call = rounds.get(row["programme"]) if _text(row["role"]) else None
    round_on = call.results if call else None
    page_on = min(dated, held) if dated else round_on
    known_on = min(held, page_on or held)
    spoken_on = page_on or held
    status = _text(row["status"])
    words = _words(status, _text(row["role"]), _text(row["programme"]))
    said_on = tuple(day for day in words.days if day <= spoken_on)
    counted = call is not None and row["role"] == call.counted_role
    existed = [day for day in (page_on, round_on, *said_on) if day is not None]
    closing, worded = words.closing, words.worded
    began = ([round_on] if round_on else []) + ([] if closing else list(said_on))
    if worded and dated:
        began.append(min(dated, held))
    return Evidence(
        pole_id=row["pole_id"],
        listing_id=row["listing_id"],
        publisher=_publisher(row),
        said=bool(row["said_ptce"]),
        known_on=known_on,
        page_on=page_on,
        page_dated=dated is not None,
        spoken_on=spoken_on,
        existed_by=min(existed, default=None),
        programme=call.programme if call else None,
        round_on=round_on,
        counted=counted,
        started_on=tuple(sorted(set(began))),
        stage=words.stage,
        stage_on=spoken_on if worded else round_on or spoken_on,
        closed_on=min(said_on, default=spoken_on) if closing else None,
    )


class _Words(NamedTuple):
    """What the words of a status say, beside a role and a round."""

    days: tuple[date, ...]
    closing: bool
    stage: Stage | None
    worded: bool


@lru_cache(maxsize=65536)
def _words(status: str, role: str, programme: str) -> _Words:
    return _Words(tuple(status_dates(status)), closes(status), *stage_of(status, role, programme))


def _publisher(row: Mapping[Any, Any]) -> str:
    return normalise(_text(row["publisher"])) or _text(row["source_url"]) or _text(row["source_id"])


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _day(value: Any) -> date | None:
    if isinstance(value, pd.Timestamp):
        return value.date()
    return None if pd.isna(value) else pd.Timestamp(value).date()
