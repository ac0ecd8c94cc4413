"""Territories: where the poles of the counts lie, and which poles a territory named in a claim holds."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from ptce_etl.clean.geography import Geography
from ptce_etl.clean.zones import read_zones
from ptce_etl.measure.statuses import normalise

__all__ = ["FRANCE", "UNKNOWN", "Places", "Territory", "read_places"]

UNKNOWN = "inconnu"


class Territory(NamedTuple):
    """One row's territory: ``level`` is france, region or departement."""

    level: str
    code: str
    name: str


FRANCE = Territory("france", "FR", "France")
_LEVELS = ("region", "departement")


@dataclass(frozen=True, slots=True)
class Places:
    """Which pole lies where: pole id → region, and pole id → department (``inconnu`` where it is not known)."""

    regions: dict[str, Territory]
    departements: dict[str, Territory]

    def split(self, level: str, members: Set[str]) -> dict[Territory, frozenset[str]]:
        """``members`` by territory of ``level``; ``inconnu`` is always there, so that the parts sum to France."""
        of = self.regions if level == "region" else self.departements
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


def read_places(poles: pd.DataFrame) -> Places:
    """The places of ``poles`` (``pole_id`` and the codes and names of region and department)."""
    rows = poles.to_dict("records")
    found = {level: {row["pole_id"]: _territory(level, row) for row in rows} for level in _LEVELS}
    return Places(found["region"], found["departement"])


def _territory(level: str, row: dict[Any, Any]) -> Territory:
    code, name = row[f"code_{level}"], row[level]
    if not isinstance(code, str):
        return Territory(level, UNKNOWN, UNKNOWN)
    return Territory(level, code, name if isinstance(name, str) else code)
