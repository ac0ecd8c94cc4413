"""Territories: where the poles of the counts lie, and which poles a territory named in a claim holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import pandas as pd

from ptce_etl.clean.geography import Geography
from ptce_etl.clean.zones import read_zones
from ptce_etl.errors import ConfigError
from ptce_etl.measure.statuses import normalise
from ptce_etl.reference import resource

__all__ = ["FRANCE", "LEVELS", "UNKNOWN", "Places", "Territory", "find_territory", "read_places", "region_2015_of"]

UNKNOWN = "inconnu"


class Territory(NamedTuple):
    """One row's territory: ``level`` is france, region (today's), region_2015 (before the merger) or departement; group
    (without a code) for several departments under one name, which only questions have (Outre-mer)."""

    level: str
    code: str
    name: str


FRANCE = Territory("france", "FR", "France")
LEVELS = ("region", "region_2015", "departement")
"""The levels below France. The poles of each sum to France, those whose place is not known included."""


@dataclass(frozen=True, slots=True)
class Places:
    """Which pole lies where: pole id → territory, for each of :data:`LEVELS` (``inconnu`` where it is not known)."""

    regions: dict[str, Territory]
    regions_2015: dict[str, Territory]
    departements: dict[str, Territory]

    def of(self, level: str) -> Mapping[str, Territory]:
        """Pole id → territory of ``level``."""
        return {"region": self.regions, "region_2015": self.regions_2015, "departement": self.departements}[level]

    def split(self, level: str, members: Set[str]) -> dict[Territory, frozenset[str]]:
        """``members`` by territory of ``level``; ``inconnu`` is always there, so that the parts sum to France."""
        of = self.of(level)
        parts: dict[Territory, set[str]] = {Territory(level, UNKNOWN, UNKNOWN): set()}
        for pole in members:
            place = of[pole]
            if place not in parts:
                parts[place] = set()
            parts[place].add(pole)
        return {territory: frozenset(parts[territory]) for territory in sorted(parts)}

    def inside(self, members: Set[str], name: str) -> frozenset[str] | None:
        """The ``members`` inside the territory called ``name`` (France, a region of today or of 2015, a department,
        Outre-mer); ``None`` when no such territory is known. A pole whose department is not known is in no department,
        and in a region of 2015 only when today's region lies inside it."""
        if normalise(name) == "france":
            return frozenset(members)
        geography = Geography.load()
        inside = read_zones(geography, name).departements
        if not inside:
            return None
        around: dict[str, set[str]] = {}
        for departement in geography.departements.index:
            around.setdefault(geography.region_of(departement), set()).add(departement)
        whole = {region for region, departements in around.items() if departements <= inside}
        return frozenset(
            pole for pole in members if self.departements[pole].code in inside or self.regions[pole].code in whole
        )


def find_territory(text: str) -> Territory:
    """The territory that a person means: a name in any spelling, a department's number, or ``level:code``
    (``region_2015:82``, ``departement:inconnu``). A region of today wins over one of 2015 that is the same.

    Raises :class:`ConfigError` for what is not one known territory.
    """
    asked = text.strip()
    if normalise(asked) in ("france", "fr"):
        return FRANCE
    level, colon, code = asked.partition(":")
    found = _by_code(level.strip(), code.strip()) if colon else _by_name(asked)
    if found is None:
        raise ConfigError(
            f"no territory {asked!r}",
            where="France, regions of today and of 2015, departments",
            do='write "Bretagne", "Rhône-Alpes", "69", "Outre-mer", or a level and a code: region_2015:82',
        )
    return found


def _by_code(level: str, code: str) -> Territory | None:
    if level not in LEVELS:
        return None
    if code == UNKNOWN:
        return Territory(level, UNKNOWN, UNKNOWN)
    if level == "region_2015":
        return next((region for region in region_2015_of().values() if region.code == code), None)
    geography = Geography.load()
    names = (geography.regions if level == "region" else geography.departements)["name"]
    return Territory(level, code, names[code]) if code in names.index else None


def _by_name(name: str) -> Territory | None:
    geography = Geography.load()
    reading = read_zones(geography, name)
    if len(reading.zones) != 1 or reading.unread or reading.clash:
        return None
    zone = reading.zones[0]
    if zone.kind == "departement":
        return _by_code("departement", zone.departements[0])
    for level, of in (("region", geography.region_of), ("region_2015", lambda code: region_2015_of()[code].code)):
        inside = {of(code) for code in zone.departements}
        whole = {code for code in geography.departements.index if of(code) in inside}
        if len(inside) == 1 and whole == set(zone.departements):
            return _by_code(level, inside.pop())
    return Territory("group", "", zone.name)


@cache
def region_2015_of() -> dict[str, Territory]:
    """Department code → its region as it was until 2015 (INSEE, COG 2015): 22 in metropolitan France; overseas each
    department was a region then as now (Mayotte included)."""
    geography = Geography.load()
    names = geography.regions["name"]
    found = {}
    for code in geography.departements.index:
        today = geography.region_of(code)
        found[code] = Territory("region_2015", today, names[today])
    for row in csv.DictReader(io.StringIO(resource("regions_2015.csv").read_text(encoding="utf-8"))):
        for code in row["departements"].split(";"):
            found[code] = Territory("region_2015", row["code_2015"], row["name"])
    return found


@cache
def _only_2015() -> dict[str, Territory]:
    """Code of a region of today that the merger left as it was → that region in 2015."""
    geography = Geography.load()
    around: dict[str, set[Territory]] = {}
    for departement, region in region_2015_of().items():
        around.setdefault(geography.region_of(departement), set()).add(region)
    return {code: regions.pop() for code, regions in around.items() if len(regions) == 1}


def read_places(poles: pd.DataFrame) -> Places:
    """The places of ``poles`` (``pole_id`` and the codes and names of region and department).

    A pole whose department is not known has a region of 2015 only where today's region is that region unchanged.
    """
    rows = poles.to_dict("records")
    regions, departements = (
        {row["pole_id"]: _territory(level, row) for row in rows} for level in ("region", "departement")
    )
    unknown = Territory("region_2015", UNKNOWN, UNKNOWN)
    of, only = region_2015_of(), _only_2015()
    regions_2015 = {
        pole: of.get(departements[pole].code) or only.get(regions[pole].code) or unknown for pole in regions
    }
    return Places(regions, regions_2015, departements)


def _territory(level: str, row: dict[Any, Any]) -> Territory:
    code, name = row[f"code_{level}"], row[level]
    if not isinstance(code, str):
        return Territory(level, UNKNOWN, UNKNOWN)
    return Territory(level, code, name if isinstance(name, str) else code)
