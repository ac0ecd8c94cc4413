"""Departments and regions as people write them: "93", "75 – Paris", "Haute Pyrénées (65)", "PACA", "Oise; Gers"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from ptce_etl.clean.geography import Geography, Zone, place_key, squeezed, without_article

__all__ = ["ZoneReading", "departement_of", "narrowest", "read_zones"]

_NUMBER = re.compile(r"(?<![0-9A-Za-z])(2[ABab]|97[1-8]|98[46-9]|\d{5}|\d{1,2})(?![0-9A-Za-z])")
_LEAD = re.compile(r"^(?:region|departement|dept|dpt|dep)\b(?: (?:de la|de l|du|des|de|d))?(?= )")
_LISTED = re.compile(r"\s*[;|/\n+]\s*")
_SOFT = re.compile(r"(\s*,\s*|\s+(?:et|&|-|–|—)\s+)")
_NAME_IN_BRACKETS = re.compile(r"\s*\((?=[^)]*[^\W\d_]{3})([^)]*)\)")
_MISSPELT = 90.0  # rapidfuzz ratio for a department or region name alone
_BESIDE_NUMBER = 80.0  # … when its number is written beside it
_LEAD_OVER_NEXT = 3.0


@dataclass(frozen=True, slots=True)
class ZoneReading:
    """What a text says about departments and regions.

    ``zones``: the alternatives written (narrowest form: "Ain, Rhône-Alpes" is Ain). ``clash``: a name and a number, or
    two nested names, contradict each other, in words. ``unread``: pieces no rule knows.
    """

    zones: tuple[Zone, ...] = ()
    clash: str | None = None
    unread: tuple[str, ...] = ()

    @property
    def departements(self) -> frozenset[str]:
        return frozenset(d for zone in self.zones for d in zone.departements)


def read_zones(geo: Geography, text: str) -> ZoneReading:
    """Read a department or region cell. Never guesses: what is not known is in ``unread``."""
    found: list[Zone] = []
    clashes: list[str] = []
    unread: list[str] = []
    for listed in _LISTED.split(_NAME_IN_BRACKETS.sub(r", \1", text)):
        tokens = [token for token in _SOFT.split(listed.strip()) if token.strip()]
        while tokens:
            size, reading = _longest(geo, tokens)
            found += reading.zones
            clashes += [reading.clash] if reading.clash else []
            unread += reading.unread
            tokens = tokens[size + 1 :]
    return ZoneReading(narrowest(found), "; ".join(clashes) or None, tuple(unread))


def departement_of(geo: Geography, number: str) -> Zone | None:
    """The department of a number ("93", "1", "2a") or of a postcode ("43170")."""
    code = number.upper()
    if len(code) == 5:
        code = code[:3] if code.startswith(("97", "98")) else code[:2]
        if code == "20":  # Corsican postcodes: 200 and 201 are the south, 202 and 206 the north
            code = "2A" if number[2] in "01" else "2B"
    return geo.departement_zones.get(code.zfill(2))


def _named(geo: Geography, text: str) -> Zone | None:
    key = place_key(text)
    for spelling in (key, _LEAD.sub("", key).strip()):
        for form in (spelling, without_article(spelling)):
            if zone := geo.zones.get(squeezed(form)):
                return zone
    return None


def _one(geo: Geography, text: str, *, exact: bool = False) -> ZoneReading:
    """One zone: a name, a number, or both; a misspelt name only when not ``exact``."""
    if zone := _named(geo, text):
        return ZoneReading((zone,))
    numbers = _NUMBER.findall(text)
    if len(numbers) > 1:
        return ZoneReading(unread=(text.strip(),))
    name = re.sub(r"[()\[\]]", " ", _NUMBER.sub(" ", text)).strip(" -–—,:/")
    by_number = departement_of(geo, numbers[0]) if numbers else None
    by_name = _named(geo, name) if place_key(name) else None
    if by_number is None:
        by_name = by_name or (None if numbers or exact else _misspelt(geo, name))
        return ZoneReading((by_name,)) if by_name else ZoneReading(unread=(text.strip(),))
    if not place_key(name):
        return ZoneReading((by_number,))
    if by_name is None and fuzz.ratio(place_key(name), place_key(by_number.name)) >= _BESIDE_NUMBER:
        by_name = by_number
    if by_name is None:
        return ZoneReading((by_number,), unread=(name,))
    if set(by_number.departements) <= set(by_name.departements):
        return ZoneReading((by_number,))
    said = f"'{text.strip()}': {numbers[0]} is {by_number.name}, not {by_name.name}"
    return ZoneReading((by_name, by_number), clash=said)


def _misspelt(geo: Geography, name: str) -> Zone | None:
    """The one department or region whose name is nearly this."""
    key = squeezed(place_key(name))
    if len(key) < 6:
        return None
    best = process.extract(key, geo.zones.keys(), scorer=fuzz.ratio, score_cutoff=_MISSPELT - _LEAD_OVER_NEXT, limit=4)
    if not best or best[0][1] < _MISSPELT:
        return None
    near = {geo.zones[spelling] for spelling, score, _ in best if score > best[0][1] - _LEAD_OVER_NEXT}
    return near.pop() if len(near) == 1 else None


def _longest(geo: Geography, tokens: list[str]) -> tuple[int, ZoneReading]:
    """The longest start of ``tokens`` (texts and separators in turn) that is one zone: "Lot| et |Garonne| et |Gers"."""
    for size in range(len(tokens) | 1, 1, -2):
        reading = _one(geo, "".join(tokens[:size]), exact=True)
        listed = any("," in token or "et" in token for token in tokens[1:size:2])
        if reading.zones and not reading.unread and not (reading.clash and listed):
            return size, reading
    return 1, _one(geo, tokens[0])


def narrowest(zones: Iterable[Zone]) -> tuple[Zone, ...]:
    """Without those that hold another one written: "Ain, Rhône-Alpes" says Ain."""
    unique = list(dict.fromkeys(zones))
    return tuple(z for z in unique if not any(set(o.departements) < set(z.departements) for o in unique))
