"""What the department and region cells of a listing say together, before its commune is looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from ptce_etl.clean.geography import Geography, Zone
from ptce_etl.clean.towns import TownCell
from ptce_etl.clean.zones import ZoneReading, departement_of, read_zones

__all__ = ["Land", "Level", "Status", "joined", "narrowed", "only", "read_land", "zones_of"]

Level = Literal["commune", "departement", "region", "none"]
Status = Literal["resolved", "partial", "ambiguous", "unresolved", "conflict", "none"]


@dataclass(frozen=True, slots=True)
class Land:
    """Departments that are possible (``allowed``; None when nothing is said), and what is settled.

    ``notes`` say in words what is not; ``vague`` too, as long as no commune settles it. ``unread``: a cell holds
    something that no rule knows.
    """

    allowed: frozenset[str] | None
    status: Status
    notes: tuple[str, ...]
    departement: str | None = None
    region: str | None = None
    vague: str | None = None
    unread: bool = False


@lru_cache(maxsize=4096)
def zones_of(geo: Geography, text: str) -> ZoneReading:
    """:func:`read_zones`, remembered: there are few ways to write a department."""
    return read_zones(geo, text)


@lru_cache(maxsize=65536)
def read_land(geo: Geography, department: str, region: str) -> Land:
    """Read both cells and hold them against each other."""
    fine, wide = zones_of(geo, department), zones_of(geo, region)
    notes = tuple(f"'{text}' is not a known department or region" for text in (*fine.unread, *wide.unread))
    inner, outer = fine.departements, wide.departements
    if not inner and not outer:
        return Land(None, "unresolved" if notes else "none", notes, unread=bool(notes))
    allowed = inner & outer if inner and outer else inner | outer
    clash = joined(fine.clash, wide.clash)
    if not allowed:
        said = f"department '{department}' is not in region '{region}'"
        regions = {r for z in fine.zones for r in z.regions} & {r for z in wide.zones for r in z.regions}
        return Land(None, "conflict", tuple(n for n in (*notes, clash, said) if n), region=only(regions))
    code_region = only(geo.region_of(d) for d in allowed)
    if clash:
        return Land(allowed, "conflict", (*notes, clash), region=code_region)
    several = len(fine.zones) > 1 or (not fine.zones and len(wide.zones) > 1)
    departement = None if several else only(allowed)
    if several:
        names = ", ".join(zone.name for zone in fine.zones or wide.zones)
        kept = "" if code_region else ", in several regions"
        notes = (*notes, f"several places are written: {names}{kept}")
    vague = f"'{department or region}' is several regions" if code_region is None and not several else None
    status: Status = "ambiguous" if several and not code_region else "partial" if notes or vague else "resolved"
    return Land(allowed, status, notes, departement, code_region, vague, bool(fine.unread or wide.unread))


def narrowed(geo: Geography, land: Land, cell: TownCell) -> Land:
    """``land`` with the departments and the postcode written in the commune cell."""
    beside: list[Zone] = []
    if cell.zones:
        names = ", ".join(zone.name for zone in cell.zones)
        codes = {code for zone in cell.zones for code in zone.departements}
        beside.append(Zone("group", names, tuple(sorted(codes)), ()))
    if cell.postcode and (zone := departement_of(geo, cell.postcode)):
        named = {t.departement for t in geo.by_postcode.get(cell.postcode, ())}
        beside.append(Zone("group", cell.postcode, tuple(sorted(named | set(zone.departements))), ()))
    for zone in beside:
        inside = frozenset(zone.departements) if land.allowed is None else land.allowed & set(zone.departements)
        code_region = only(geo.region_of(d) for d in inside or (*zone.departements, *(land.allowed or ())))
        if not inside:
            said = f"'{zone.name}' beside the commune contradicts the department or region"
            return Land(None, "conflict", (*land.notes, said), region=code_region)
        land = replace(
            land,
            allowed=inside,
            status="resolved" if land.status == "none" else land.status,
            departement=land.departement or only(inside),
            region=land.region or code_region,
        )
    return land


def only(codes: Iterable[str]) -> str | None:
    """The one value, or None when there are none or several."""
    unique = set(codes)
    return unique.pop() if len(unique) == 1 else None


def joined(*notes: str | None) -> str | None:
    """The notes that say something, each once, or None."""
    return "; ".join(dict.fromkeys(note for note in notes if note)) or None
