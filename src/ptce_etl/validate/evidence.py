"""Derived columns of listings, poles, edges, values and enrichment: what the evidence tables say of one another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from ptce_etl.schema import SEPARATOR, TABLES
from ptce_etl.validate import bounds
from ptce_etl.validate.world import Make, Recipes, World, days, disorder, flags, known, numbers, texts, where

__all__ = ["PLAN"]

_POLE_OF = "listings.listing_id listings.pole_id"
_CODES = {"commune": "code_commune_insee", "departement": "code_departement", "region": "code_region"}
# Text columns of poles, but for those made of several values: of these no single one is "the" published one.
_FIELDS = [c.name for c in TABLES["poles"].columns if c.kind == "text" and c.name not in ("aliases", "cohorts")]


def _place_clash(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    """Where the codes are not the finest level named, or the commune is not in the department."""
    level = pd.Series("none", index=frame.index, dtype="str")
    for name in ("region", "departement", "commune"):
        level = level.mask(frame[_CODES[name]].notna(), name)
    commune, departement = texts(frame[_CODES["commune"]]), texts(frame[_CODES["departement"]])
    overseas = commune.str.startswith(("97", "98"), na=False)
    outside = commune.notna() & commune.str[:2].mask(overseas, commune.str[:3]).ne(departement)
    clash = where("codes: " + level, level.ne(texts(frame["place_level"])))
    return clash.mask(outside, commune + " ∉ " + departement.fillna("∅"))


def _box(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    """Territory whose box holds the point; "nowhere" outside all, "incomplete" for half a point."""
    latitude, longitude = numbers(frame["latitude"]), numbers(frame["longitude"])
    found = pd.Series("nowhere", index=frame.index, dtype="str")
    for name, box in bounds.BOXES.items():
        inside = latitude.between(box.south, box.north) & longitude.between(box.west, box.east)
        found = found.mask(inside, name)
    found = found.mask(latitude.isna() != longitude.isna(), "incomplete")
    return found.mask(latitude.isna() & longitude.isna())


def _territory(world: World, frame: pd.DataFrame) -> pd.Series[Any]:
    """Where the point must be: in its department's territory, or in any when the department is not known."""
    box, departement = _box(world, frame), texts(frame["code_departement"])
    anywhere = box.mask(box.isin(["nowhere", "incomplete"]), "metropole")
    expected = texts(departement.map(bounds.box_of, na_action="ignore"))
    return expected.where(departement.notna(), anywhere).where(box.notna())


def _implausible(world: World, frame: pd.DataFrame) -> pd.Series[Any]:
    """Dates before any pole, or after the date that is described."""
    first, as_of = days(frame["date_first"]), world.as_of()
    early = first.lt(pd.Timestamp(bounds.EPOCH))
    return where(first.dt.strftime("%Y-%m-%d"), early if as_of is None else early | first.gt(as_of))


def _not_web(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    url = texts(frame["source_url"])
    return where(url, url.notna() & ~url.str.match("https?://[^/ ]", na=False))


def _unknown_cohorts(world: World, frame: pd.DataFrame) -> pd.Series[Any]:
    rounds = world.rounds()

    def strange(cell: str) -> str:
        return SEPARATOR.join(cohort for cohort in cell.split(SEPARATOR) if cohort not in rounds)

    unknown = texts(frame["cohorts"]).map(strange, na_action="ignore")
    return where(unknown, unknown.notna() & unknown.ne(""))


def _closed_clash(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    return where(frame["status"], texts(frame["status"]).eq("closed") != frame["end_date"].notna())


def _listings_counted(world: World, frame: pd.DataFrame) -> pd.Series[Any]:
    counted = texts(world.column("listings", "pole_id")).value_counts()
    return texts(frame["pole_id"]).map(counted).fillna(0).astype("float64")


def _ends(world: World, frame: pd.DataFrame) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """The poles of both listings of each pair."""
    poles = world.pole_of()
    return texts(texts(frame["left"]).map(poles)), texts(texts(frame["right"]).map(poles))


def _unknown_ends(world: World, frame: pd.DataFrame) -> pd.Series[Any]:
    left, right = _ends(world, frame)
    unknown = texts(frame["left"]).where(left.isna(), texts(frame["right"]))
    return where(unknown, left.isna() | right.isna())


def _vetoed_together(world: World, frame: pd.DataFrame) -> pd.Series[Any]:
    left, right = _ends(world, frame)
    return where(left, texts(frame["verdict"]).eq("veto") & left.eq(right))


def _linked_apart(world: World, frame: pd.DataFrame) -> pd.Series[Any]:
    left, right = _ends(world, frame)
    return where(
        left + " / " + right, texts(frame["verdict"]).eq("link") & left.ne(right) & left.notna() & right.notna()
    )


def _end(first: bool) -> Make:
    def make(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
        left, right = texts(frame["left"]), texts(frame["right"])
        return left.where((left <= right) == first, right)

    return make


def _of_another_pole(world: World, frame: pd.DataFrame) -> pd.Series[Any]:
    pole = texts(texts(frame["listing_id"]).map(world.pole_of()))
    return where(pole.fillna("absent"), pole.isna() | pole.ne(texts(frame["pole_id"])))


def _kept_twice(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    kept = flags(frame["kept"])
    rows = frame[kept].astype({"value": "str"})
    different = rows.groupby(["pole_id", "field"])["value"].transform("nunique").reindex(frame.index)
    return where(frame["value"], kept & different.gt(1))


def _published(world: World, frame: pd.DataFrame) -> pd.Series[Any]:
    """What table poles says where :func:`_kept` says what was kept."""
    poles = world.tables["poles"].drop_duplicates("pole_id")
    names, kept = texts(frame["field"]), flags(frame["kept"])
    found = pd.Series(np.nan, index=frame.index, dtype="str")
    for name in names[kept].unique():
        if name in _FIELDS and name in poles.columns:
            said = texts(poles[name]).set_axis(texts(poles["pole_id"]))
            found = found.mask(kept & names.eq(name), texts(texts(frame["pole_id"]).map(said)))
    return found


def _kept(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    return where(frame["value"], flags(frame["kept"]) & texts(frame["field"]).isin(_FIELDS))


def _half_believed(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
    """Where a value is not what ``found`` and the score say of it."""
    found, value = texts(frame["reason"]).eq("found"), frame["value"].notna()
    low = ~numbers(frame["score"]).gt(numbers(frame["threshold"]))
    return where(frame["reason"], found.ne(value) | (value & low))


def _unknown_to(column: str, values: Callable[[World], Iterable[object]]) -> Make:
    """The cells of ``column`` that are not among ``values``."""

    def make(world: World, frame: pd.DataFrame) -> pd.Series[Any]:
        return where(frame[column], ~known(frame[column], values(world)))

    return make


def _in_force(world: World, frame: pd.DataFrame) -> pd.Series[Any]:
    return texts(texts(frame["source_id"]).map(world.capture_of()))


_PLACE = (_place_clash, f"place_level {' '.join(_CODES.values())}")
PLAN: dict[str, Recipes] = {
    "listings": {
        "_place_clash": _PLACE,
        "_implausible": (_implausible, "date_first counts.as_of"),
        "_disorder": disorder("date_first date_last"),
        "_not_web": (_not_web, "source_url"),
        "_orphan": (_unknown_to("pole_id", lambda world: world.column("poles", "pole_id")), "pole_id poles.pole_id"),
        "_unknown_source": (_unknown_to("source_id", lambda world: [s.source_id for s in world.sources]), "source_id"),
        "_unknown_programme": (_unknown_to("programme", World.rounds), "programme"),
        "_in_force": (_in_force, "source_id sources.source_id sources.capture_sha256"),
    },
    "poles": {
        "_place_clash": _PLACE,
        "_disorder": disorder(
            "first_listed last_listed", "start_date end_date", "n_sources n_listings", "n_publishers n_listings"
        ),
        "_box": (_box, "latitude longitude"),
        "_territory": (_territory, "latitude longitude code_departement"),
        "_counted": (_listings_counted, "pole_id listings.pole_id"),
        "_unknown_programme": (_unknown_cohorts, "cohorts"),
        "_closed_clash": (_closed_clash, "status end_date"),
    },
    "edges": {
        "_low": (_end(first=True), "left right"),
        "_high": (_end(first=False), "left right"),
        "_alone": (lambda _, frame: where(frame["left"], texts(frame["left"]).eq(texts(frame["right"]))), "left right"),
        "_unknown": (_unknown_ends, f"left right {_POLE_OF}"),
        "_vetoed_together": (_vetoed_together, f"left right verdict {_POLE_OF}"),
        "_linked_apart": (_linked_apart, f"left right verdict {_POLE_OF}"),
    },
    "values": {
        "_orphan": (_of_another_pole, f"listing_id pole_id {_POLE_OF}"),
        "_unknown": (_unknown_to("field", lambda _: TABLES["poles"].names), "field"),
        "_kept_twice": (_kept_twice, "pole_id field value kept"),
        "_kept": (_kept, "field value kept"),
        "_published": (_published, "pole_id field kept poles.pole_id"),
    },
    "enrichment": {
        "_orphan": (_unknown_to("pole_id", lambda world: world.column("poles", "pole_id")), "pole_id poles.pole_id"),
        "_half_believed": (_half_believed, "value score threshold reason"),
    },
}
"""Table → derived column → how it is made, and from which columns (of its own table unless named)."""
