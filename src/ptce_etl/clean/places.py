"""From a place as written (commune, department, region) to INSEE codes, or to a plain word that it cannot be done.

What the columns say is narrowed together. When they contradict each other nothing is guessed: the place falls to the
finest level that nothing contradicts and its status is ``conflict``.

``status``: ``resolved`` all that is written was read and agrees, ``level`` says how fine it is; ``partial`` something
written was not used (a pays, a second department) or the place was read in the name; ``ambiguous`` several places fit;
``unresolved`` something is written and nothing of it is known; ``conflict``; ``none`` nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from rapidfuzz import fuzz

from ptce_etl.clean.geography import Geography, Town, place_key, squeezed
from ptce_etl.clean.territory import Land, Level, Status, joined, narrowed, only, read_land, zones_of
from ptce_etl.clean.towns import (
    DOMINANCE,
    SAME_POSTCODE,
    Found,
    TownCell,
    find_towns,
    read_town_cell,
    why_not_a_commune,
)

__all__ = ["HINTED", "Geography", "Level", "Place", "Status", "is_place", "resolve_place"]

HINTED: tuple[Status, ...] = ("none", "unresolved", "ambiguous")
"""What the cells of a place may come to for the name to be asked as well."""


@dataclass(frozen=True, slots=True)
class Place:
    """INSEE codes (COG 2026) down to ``level``; ``note`` says why it is not finer or not certain."""

    code_commune: str | None
    code_departement: str | None
    code_region: str | None
    level: Level
    status: Status
    note: str | None


def resolve_place(
    geo: Geography, commune: str | None, department: str | None, region: str | None, hint: str | None = None
) -> Place:
    """The place that three cells name (None or blank: not written); ``hint`` is a place read in the name.

    The hint is used only when the cells give no place, or several; the status is then ``partial``.
    """
    cells = (commune or "").strip(), (department or "").strip(), (region or "").strip()
    place = _resolve(geo, *cells)
    if not hint or place.status not in HINTED:
        return place
    zones = zones_of(geo, hint)
    if len(zones.zones) == 1 and not zones.unread and not zones.clash and not cells[1]:
        attempt = _resolve(geo, cells[0], hint, cells[2])
    elif not cells[0] and place_key(hint):
        attempt = _resolve(geo, hint, cells[1], cells[2])
    else:
        return place
    if attempt.status not in ("resolved", "partial") or _DEPTH[attempt.level] <= _DEPTH[place.level]:
        return place
    return replace(attempt, status="partial", note=joined(attempt.note, f"read in the name: '{hint}'"))


@cache
def is_place(geo: Geography) -> Callable[[str], bool]:
    """Whether a text is the name of a region, a department or a commune: what tells "(Loire)" from "(APPUI)"."""

    def known(text: str) -> bool:
        if place_key(text) in geo.current:
            return True
        zones = zones_of(geo, text)
        return bool(zones.zones and not zones.unread)

    return known


_DEPTH: dict[Level, int] = {"none": 0, "region": 1, "departement": 2, "commune": 3}


@lru_cache(maxsize=65536)
def _resolve(geo: Geography, commune: str, department: str, region: str) -> Place:
    land = read_land(geo, department, region)
    if not commune or land.status == "conflict":
        return _place(land)
    cell = read_town_cell(geo, commune)
    if cell.names in ((), (commune,)) and not cell.postcode and (place := _as_zone(geo, land, commune, region)):
        return place
    land = narrowed(geo, land, cell)
    if land.status == "conflict":
        return _place(land)
    if cell.district is not None:
        town, note = cell.district
        inside = land.allowed is None or town.departement in land.allowed
        return _town(town, land, (note,)) if inside else _contradicted(land, (town,), commune)
    if not cell.names:
        return _postcode_alone(geo, cell, land)
    founds = [_find(geo, name, cell, land) for name in cell.names]
    return _one(geo, commune, cell, founds[0], land) if len(founds) == 1 else _several(geo, cell, founds, land)


def _as_zone(geo: Geography, land: Land, text: str, region: str) -> Place | None:
    """The place, when the commune cell holds the name of a department or region (that a commune may bear as well)."""
    key = place_key(text)
    towns = geo.current.get(key, ())
    if towns and squeezed(key) not in geo.zones:  # most cells
        return None
    reading = zones_of(geo, text)
    if not reading.zones or reading.unread or reading.clash:
        return None
    if land.allowed is not None:
        if any(town.departement in land.allowed for town in towns):
            return None
        return _place(narrowed(geo, land, TownCell(zones=reading.zones)))
    if any(len(geo.by_departement[town.departement]) == 1 for town in towns):  # Paris is a commune and a department
        return None
    zone = read_land(geo, text, region)
    inhabitants = sum(t.population for d in sorted(reading.departements) for _, t in geo.by_departement.get(d, ()))
    if inhabitants >= DOMINANCE * sum(town.population for town in towns):
        return _place(zone)
    regions = only([*(town.region for town in towns), zone.region or ""])
    said = f"'{text}' may be {_names(towns)} or {', '.join(z.name for z in reading.zones)}"
    return _place(Land(None, "ambiguous", (said,), region=regions))


def _find(geo: Geography, name: str, cell: TownCell, land: Land) -> Found:
    """Among the communes of the postcode first, then in the territory."""
    if cell.postcode is None:
        return find_towns(geo, name, land.allowed)
    there = geo.by_postcode.get(cell.postcode, ())
    key = squeezed(place_key(name))
    near = [t for t in there if fuzz.ratio(key, squeezed(place_key(t.name))) >= SAME_POSTCODE]
    same = [t for t in near if squeezed(place_key(t.name)) == key]
    if len(same or near) == 1 and (land.allowed is None or (same or near)[0].departement in land.allowed):
        return Found("name" if same else "fuzzy", ((same or near)[0],))
    return find_towns(geo, name, land.allowed)


def _one(geo: Geography, commune: str, cell: TownCell, found: Found, land: Land) -> Place:
    name = cell.names[0]
    town = found.towns[0] if found.towns else None
    if town is None:
        return _place(land, "partial" if land.region else "unresolved", (why_not_a_commune(geo, name),))
    if found.how == "elsewhere":
        return _contradicted(land, found.towns, name)
    if found.how == "ambiguous":
        return _shared(land, found.towns, f"'{name}' may be {_names(found.towns)}")
    notes = [f"'{text}' beside the commune was not used" for text in cell.aside]
    if found.how == "former":
        notes.insert(0, f"{town.former} is now in {town.name}" if town.former != town.name else "")
    elif found.how in ("short", "fuzzy"):
        notes.insert(0, f"'{name}' was read as {town.name}")
    place = _town(town, land, tuple(note for note in notes if note))
    sure = found.how in ("name", "former") and not cell.aside and not land.unread
    return place if sure else replace(place, status="partial")


def _several(geo: Geography, cell: TownCell, founds: list[Found], land: Land) -> Place:
    settled = [found.towns[0] for found in founds if found.how in ("name", "former", "short", "fuzzy")]
    if len(settled) == len(founds) and len({town.code for town in settled}) == 1:
        return _town(settled[0], land, ())
    elsewhere = tuple(town for found in founds if found.how == "elsewhere" for town in found.towns)
    if elsewhere and not settled:
        return _contradicted(land, elsewhere, " / ".join(cell.names))
    unknown = [n for n, found in zip(cell.names, founds, strict=True) if not found.towns]
    notes = [f"several communes are written: {', '.join(cell.names)}", *(why_not_a_commune(geo, n) for n in unknown)]
    towns = [town for found in founds if found.how != "elsewhere" for town in found.towns]
    return _shared(land, tuple(towns), "; ".join(notes)) if towns else _place(land, "unresolved", tuple(notes))


def _postcode_alone(geo: Geography, cell: TownCell, land: Land) -> Place:
    towns = tuple(t for t in geo.by_postcode.get(cell.postcode or "", ()) if t.departement in (land.allowed or ()))
    notes = tuple(f"'{text}' beside the commune was not used" for text in cell.aside)
    if len(towns) == 1:
        return _town(towns[0], land, notes)
    if cell.postcode:
        notes = (f"{cell.postcode} is the postcode of {len(towns)} communes", *notes)
    return _place(land, "partial" if land.region and notes else None, notes)


def _town(town: Town, land: Land, notes: tuple[str, ...]) -> Place:
    status: Status = "partial" if land.unread else "resolved"
    return Place(town.code, town.departement, town.region, "commune", status, joined(*notes, *land.notes))


def _shared(land: Land, towns: tuple[Town, ...], note: str) -> Place:
    """The finest level that all the candidates share."""
    departement = land.departement or only(t.departement for t in towns)
    region = land.region or only(t.region for t in towns)
    return _place(replace(land, departement=departement, region=region), "ambiguous", (note,))


def _contradicted(land: Land, towns: tuple[Town, ...], name: str) -> Place:
    """The commune is not in the department or region written: only a region that both share is kept."""
    region = land.region if land.region in {t.region for t in towns} else None
    said = f"'{name}' is {_names(towns)}: not in the department or region written"
    return _place(Land(None, "conflict", land.notes, region=region), "conflict", (said,))


def _place(land: Land, status: Status | None = None, notes: tuple[str, ...] = ()) -> Place:
    level: Level = "departement" if land.departement else "region" if land.region else "none"
    note = joined(*notes, *land.notes, None if land.region else land.vague)
    return Place(None, land.departement, land.region, level, status or land.status, note)


def _names(towns: Iterable[Town]) -> str:
    listed = [f"{t.former} → {t.name} ({t.code})" if t.former else f"{t.name} ({t.code})" for t in towns]
    more = f" and {len(listed) - 4} more" if len(listed) > 4 else ""
    return " or ".join(sorted(listed)[:4]) + more
