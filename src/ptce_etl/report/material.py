"""What the site is made of: one snapshot's tables, what is known of it, and what was published before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd
import pyarrow as pa

from ptce_etl.catalogue.registry import Programme
from ptce_etl.measure.census import Census
from ptce_etl.measure.compare import Comparison, End, compare
from ptce_etl.measure.populations import POPULATIONS, Members, Population, cohort_population
from ptce_etl.measure.reopen import reopen
from ptce_etl.publish.index import FileRecord

__all__ = ["Earlier", "Edition", "Row", "rows"]

Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Earlier:
    """A snapshot published before this one: what it said, and what it changed.

    ``published_on``: its day in ``index.json``. ``headline``: its rows of ``indicator`` that were put forward, by
    population. ``changes``: its table.
    """

    snapshot_id: str
    as_of: date
    published_on: date
    why_fr: str
    why_en: str
    headline: Mapping[str, Row]
    changes: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Edition:
    """One snapshot, as the renderer takes it; nothing of it comes from the clock.

    ``tables``: every table of the schema as frames. ``captured``: first day each capture was held. ``files``: the
    other files of the snapshot's folder. ``earlier``: oldest first. ``data_docs``: Great Expectations' Data Docs are in
    ``data-docs/`` beside the site, as they never are in a snapshot.
    """

    snapshot_id: str
    as_of: date
    tables: Mapping[str, pd.DataFrame]
    programmes: tuple[Programme, ...]
    captured: Mapping[str, date]
    active_years: int
    headline_years: int
    code_version: str = ""
    files: Mapping[str, FileRecord] = field(default_factory=dict)
    earlier: tuple[Earlier, ...] = ()
    data_docs: bool = False

    @cached_property
    def census(self) -> Census:
        """The evidence that the snapshot was counted from."""
        return reopen(self.tables, self.programmes, self.captured, self.as_of, self.active_years)

    @cached_property
    def populations(self) -> tuple[Population, ...]:
        """Those that are counted: the rules, then one for each call round."""
        return (*POPULATIONS, *(cohort_population(p.programme) for p in self.programmes))

    @cached_property
    def names(self) -> dict[str, str]:
        """Pole id → name."""
        poles = self.tables["poles"]
        return dict(zip(poles["pole_id"], poles["name"], strict=True))

    @cached_property
    def poles(self) -> dict[str, Row]:
        """Pole id → its row, by name then id; gaps are None."""
        found = rows(self.tables["poles"])
        return {row["pole_id"]: row for row in sorted(found, key=lambda r: (r["name"].casefold(), r["pole_id"]))}

    @cached_property
    def headline(self) -> Row:
        """The row of ``indicator`` that the page puts forward."""
        return self.headlines["listed"]

    @cached_property
    def headlines(self) -> dict[str, Row]:
        """Those of each population that has one."""
        table = self.tables["indicator"]
        return {row["population"]: row for row in rows(table[table["headline"]])}

    @cached_property
    def counts_now(self) -> dict[str, Row]:
        """The rows of ``counts`` for France on the day described, by population."""
        table = self.tables["counts"]
        now = table[(table["territory_level"] == "france") & (table["as_of"] == pd.Timestamp(self.as_of))]
        return {row["population"]: row for row in rows(now)}

    @cached_property
    def curve(self) -> list[Row]:
        """The headline under other choices, from the lowest growth; empty when nothing grew from nothing."""
        table = self.tables["sensitivity"]
        found = rows(table[table["population"] == "listed"].sort_values("rank"))
        return [row for row in found if row["growth_pct"] is not None]

    def members(self, population: Population) -> Members:
        """The poles counted on the day described."""
        return self.census.members(population, self.as_of)

    def movement(self, population: Population) -> Comparison:
        """The headline period of a population, pole by pole."""
        since: date = self.headline["base_date"]
        return compare(End(self.census, population, since), End(self.census, population, self.as_of))

    def title(self, programme: str, *, english: bool) -> str:
        """The title of a call round; its code when the catalogue does not know it."""
        for known in self.programmes:
            if known.programme == programme:
                return known.title_en if english else known.title_fr
        return programme


def rows(frame: pd.DataFrame) -> list[Row]:
    """The rows of a frame as dictionaries: gaps are None, dates are dates, whole numbers are int."""
    names = list(frame.columns)
    columns = [_values(column) for _, column in frame.items()]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _values(column: pd.Series[Any]) -> list[Any]:
    values = pa.array(column, from_pandas=True)
    if column.dtype.kind == "M":
        values = values.cast(pa.date32())
    text = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
    # numpy makes texts in half the time; numbers with gaps it would make into floats.
    found: list[Any] = values.to_numpy(zero_copy_only=False).tolist() if text else values.to_pylist()
    return found
