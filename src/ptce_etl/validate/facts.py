"""Facts: what is found beside what is expected, one row per thing that can be wrong.

A fact is for what is not a row of one table: a column, a source, a sum, a sentinel, a pole that has gone. All facts are
in one frame, as texts, so that one expectation (found = expected) checks them all; those about the previous snapshot,
of which a share may be wrong, have a frame each.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any

import pandas as pd
import pyarrow as pa

from ptce_etl.collect.text import comparable
from ptce_etl.schema import ARROW, TABLES
from ptce_etl.validate import bounds
from ptce_etl.validate.rule import FACTS, KEY, PAIR
from ptce_etl.validate.world import World, days, flags, missing_from, numbers, texts

__all__ = ["facts"]

Found = Iterable[tuple[str, object, object]]  # key, found, expected
_KINDS: dict[object, str] = {kind: name for name, kind in ARROW.items()}


def facts(world: World, wanted: Collection[str]) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """Frames of the facts ``wanted`` ("table.name"), and by fact what was absent for it.

    Frame :data:`FACTS` has the columns ``fact``, ``_key`` (how the row is called), ``found`` and ``expected``; a fact
    about the previous snapshot is a frame under its own name.
    """
    rows: list[tuple[str, str, str, str]] = []
    apart: dict[str, pd.DataFrame] = {}
    absent: dict[str, str] = {}
    for name in sorted(wanted):
        make, needs, history = _plan(name)
        gone = missing_from(world.tables, needs) or missing_from(world.previous, history)
        if gone:
            absent[name] = gone
            continue
        said = sorted((name, str(key), _text(found), _text(expected)) for key, found, expected in make(world))
        if history:
            apart[name] = _frame(said)
        else:
            rows += said
    return {FACTS: _frame(rows), **apart}, absent


def _frame(rows: list[tuple[str, str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["fact", KEY, *PAIR], dtype="str")


def _text(value: object) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _plan(name: str) -> tuple[Callable[[World], Found], list[str], list[str]]:
    """How a fact is made, and what it needs of the candidate and of the previous snapshot."""
    table, _, kind = name.partition(".")
    if kind == "schema":
        return partial(_schema, table=table), [table], []
    if kind == "shrink":
        key = TABLES[table].key[0]
        return partial(_gone, table=table, key=key), [f"{table}.{key}"], [f"{table}.{key}"]
    make, needs = _FACTS[name]
    return make, needs.split(), []


def _schema(world: World, table: str) -> Found:
    """Each column by the type it would have in the file, which is not the one that pandas or GX would name."""
    frame = world.tables[table]
    expected = {column.name: column.kind for column in TABLES[table].columns}
    for name in dict.fromkeys([*expected, *map(str, frame.columns)]):
        if name not in expected:
            yield name, "unknown", "absent"
        elif name not in frame.columns:
            yield name, "absent", expected[name]
        else:
            yield name, _kind(frame[name], expected[name]), expected[name]


def _kind(series: pd.Series[Any], expected: str) -> str:
    try:
        found = pa.array(series, from_pandas=True).type
    except (pa.ArrowException, TypeError, ValueError):
        return "mixed"
    if pa.types.is_null(found):
        return expected  # nothing in it: nothing of the wrong type
    if pa.types.is_large_string(found):
        return "text"
    if pa.types.is_timestamp(found):
        return "date" if found.tz is None else str(found)
    if pa.types.is_int64(found) and expected == "float":
        return "float"
    return _KINDS.get(found, str(found))


def _sum(world: World) -> Found:
    yield "poles", float(numbers(world.column("poles", "n_listings")).sum()), float(len(world.tables["listings"]))


def _rows_read(world: World) -> Found:
    """Rows that each source gave and rows that are in the table: a listing is never lost."""
    sources = world.tables["sources"]
    wanted = sources[texts(sources["statement"]).eq("listings")]
    counted = texts(world.column("listings", "source_id")).value_counts()
    for source, rows in zip(texts(wanted["source_id"]), numbers(wanted["n_rows"]).fillna(0), strict=True):
        yield str(source), float(counted.get(source, 0)), rows


def _claims_read(world: World) -> Found:
    """The same by capture, because claims name no source; two sources may have given the same bytes."""
    sources = world.tables["sources"]
    wanted = sources[texts(sources["statement"]).ne("listings") & sources["capture_sha256"].notna()]
    rows = numbers(wanted["n_rows"]).fillna(0).groupby(texts(wanted["capture_sha256"])).sum()
    counted = texts(world.column("claims", "capture_sha256")).value_counts()
    for capture in sorted({*rows.index, *counted.index}):
        yield str(capture), float(counted.get(capture, 0)), float(rows.get(capture, 0))


def _level_sum(level: str) -> Callable[[World], Found]:
    def make(world: World) -> Found:
        """Sum over the territories of a level, against France; headline populations must have that level."""
        counts = world.tables["counts"]
        key = [texts(counts["population"]), days(counts["as_of"])]
        n, at = numbers(counts["n"]), texts(counts["territory_level"])
        sums = [n[at.eq(where)].groupby([part[at.eq(where)] for part in key]).sum() for where in ("france", level)]
        both = pd.concat(sums, axis="columns", keys=["france", "below"], join="outer").dropna(subset="france")
        today = world.as_of()
        for (population, day), france, below in zip(both.index, both["france"], both["below"], strict=True):
            due = population in bounds.HEADLINE_POPULATIONS and day == today
            if due or pd.notna(below):
                yield f"{population} {day:%Y-%m-%d}", 0.0 if pd.isna(below) else below, france

    return make


def _headline_counted(world: World) -> Found:
    counts = world.tables["counts"]
    at = days(counts["as_of"])
    today = texts(counts["territory_level"]).eq("france") & at.eq(at.max())
    counted = texts(counts["population"])[today].value_counts()
    for population in bounds.HEADLINE_POPULATIONS:
        yield population, float(counted.get(population, 0)), 1.0


def _headline(world: World) -> Found:
    """One headline row for each headline population, and no other."""
    indicator = world.tables["indicator"]
    shown = texts(indicator["population"])[flags(indicator["headline"])].value_counts()
    for population in dict.fromkeys([*bounds.HEADLINE_POPULATIONS, *shown.index]):
        wanted = 1.0 if population in bounds.HEADLINE_POPULATIONS else 0.0
        yield str(population), float(shown.get(population, 0)), wanted


def _catalogue(world: World) -> Found:
    """Enabled sources are all reported on, and none that the catalogue does not know."""
    there = [str(source) for source in texts(world.column("sources", "source_id")).dropna()]
    every = [source.source_id for source in world.sources]
    for source in world.sources:
        if source.enabled:
            yield source.source_id, "present" if source.source_id in there else "absent", "present"
    for name in sorted({name for name in there if name not in every}):
        yield name, "present", "absent"


def _sentinels(world: World) -> Found:
    """Names that must be among the poles, for each source that gave anything, compared as its audit compares them."""
    listings = world.tables["listings"]
    rows = listings[listings["pole_id"].isin(world.column("poles", "pole_id")) & listings["pole_id"].notna()]
    health = world.tables["sources"].drop_duplicates("source_id").set_index("source_id")["health"]
    for source in world.sources:
        if source.sentinels and health.get(source.source_id) != "missing":
            names = texts(rows["name"])[texts(rows["source_id"]).eq(source.source_id)].dropna()
            written = {comparable(str(name)) for name in names}
            for sentinel in source.sentinels:
                found = "present" if comparable(sentinel) in written else "absent"
                yield f"{source.source_id}: {sentinel}", found, "present"


def _gone(world: World, table: str, key: str) -> Found:
    """Each row of the previous snapshot, by its key: is it still there?

    A pole whose listings are still there, in another pole, was merged and is redirected: it has not gone.
    """
    now = {str(name) for name in texts(world.column(table, key)).dropna()}
    listings = world.previous.get("listings", pd.DataFrame())
    if table == "poles" and {"pole_id", "listing_id"} <= set(listings.columns) and "listings" in world.tables:
        here = set(texts(world.column("listings", "listing_id")).dropna())
        now |= set(texts(listings["pole_id"])[texts(listings["listing_id"]).isin(here)].dropna())
    for name in texts(world.previous[table][key]).dropna().drop_duplicates():
        yield str(name), "kept" if name in now else "gone", "kept"


_FACTS: dict[str, tuple[Callable[[World], Found], str]] = {
    "poles.sum": (_sum, "poles.n_listings listings"),
    "poles.sentinels": (
        _sentinels,
        "poles.pole_id listings.pole_id listings.name listings.source_id sources.source_id sources.health",
    ),
    "listings.rows_read": (_rows_read, "listings.source_id sources.source_id sources.statement sources.n_rows"),
    "claims.rows_read": (_claims_read, "claims.capture_sha256 sources.statement sources.capture_sha256 sources.n_rows"),
    "counts.regions_sum": (_level_sum("region"), "counts.population counts.as_of counts.territory_level counts.n"),
    "counts.regions_2015_sum": (
        _level_sum("region_2015"),
        "counts.population counts.as_of counts.territory_level counts.n",
    ),
    "counts.departements_sum": (
        _level_sum("departement"),
        "counts.population counts.as_of counts.territory_level counts.n",
    ),
    "counts.headline_counted": (_headline_counted, "counts.population counts.as_of counts.territory_level"),
    "indicator.headline": (_headline, "indicator.population indicator.headline"),
    "sources.catalogue": (_catalogue, "sources.source_id"),
}
"""Fact → how it is made, and from which tables and columns."""
