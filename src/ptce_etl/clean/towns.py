"""Communes as people write them: what a cell names, and which communes a name may mean in a territory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from ptce_etl.clean.geography import Geography, Town, Zone, place_key, squeezed, without_article
from ptce_etl.clean.zones import narrowest, read_zones

__all__ = [
    "DOMINANCE",
    "SAME_POSTCODE",
    "Found",
    "TownCell",
    "dominant",
    "find_towns",
    "read_town_cell",
    "why_not_a_commune",
]

DOMINANCE = 20.0
"""A city wins over its homonyms only with at least this many times the inhabitants of each."""

_CITY = 10_000.0  # inhabitants below which nothing wins over a homonym

SAME_POSTCODE = 80.0
"""rapidfuzz ratio at which a misspelt name is one of the communes of the postcode written beside it."""

_FUZZY = 87.0  # … one of the communes of the only department known
_FUZZY_WIDER = 92.0  # … of several departments (a region)
_FUZZY_LEAD = 4.0  # over the next best name
_POSTCODE = re.compile(r"(?<![0-9A-Za-z])(?:F-?)?(\d{2} ?\d{3})(?!\d)")
_CEDEX = re.compile(r"\b(?:cedex(?: ?\d+)?|(?:bp|cs) ?\d+)\b", re.IGNORECASE)
_ALTERNATIVES = re.compile(r"\s*(?:[;|\n]|(?<!\b[sS])/)\s*(?![^()]*\))")  # not in brackets, not the "/" of s/
_BRACKETS = re.compile(r"\s*[(\[]([^)\]]*)[)\]]")
_ASIDE = re.compile(r"\s*,\s*|\s+[-–—]\s+")
_AND = re.compile(r"\s+(?:et|&|\+)\s+", re.IGNORECASE)
_DISTRICT = re.compile(
    r"^(paris|lyon|marseille)(?: cedex)? (\d{1,2}|[ivx]+)(?: ?(?:er|ere|e|eme|ieme|nd|nde))?(?: arr(?:ondissement)?)?$"
)
_DISTRICTS = {"paris": ("75056", 75100, 20), "lyon": ("69123", 69380, 9), "marseille": ("13055", 13200, 16)}
_NOT_COMMUNE = {
    "pays": "a pays",
    "agglo": "an agglomeration",
    "agglomeration": "an agglomeration",
    "communaute": "a group of communes",
    "metropole": "a métropole",
    "eurometropole": "a métropole",
    "bassin": "an area",
    "territoire": "an area",
    "secteur": "an area",
    "canton": "a canton",
    "parc": "a park",
    "vallee": "a valley",
    "vallees": "valleys",
    "quartier": "a quarter",
    "quartiers": "quarters",
}

How = Literal["name", "former", "short", "fuzzy", "ambiguous", "elsewhere", "unknown"]


@dataclass(frozen=True, slots=True)
class TownCell:
    """What a commune cell says: alternative ``names``, and what stands beside them.

    ``zones``: departments or regions in brackets or after a comma. ``district``: the municipal arrondissement, already
    settled. ``aside``: what is neither (a quarter, a pays).
    """

    names: tuple[str, ...] = ()
    postcode: str | None = None
    zones: tuple[Zone, ...] = ()
    aside: tuple[str, ...] = ()
    district: tuple[Town, str] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The communes a name may mean (one when settled), and how they were found."""

    how: How
    towns: tuple[Town, ...] = field(default=())


@lru_cache(maxsize=65536)
def read_town_cell(geo: Geography, text: str) -> TownCell:
    """Take a commune cell apart; nothing is looked up beyond what cutting it rightly needs."""
    if not text.strip():
        return TownCell()
    if place_key(text) in geo.current:  # most cells: one known name
        return TownCell((text.strip(),))
    if district := _district(geo, text):
        return TownCell(district=district)
    postcode = _POSTCODE.search(text)
    rest = _CEDEX.sub(" ", _POSTCODE.sub(" ", text, count=1)).strip(" ,;-–—")
    names: list[str] = []
    zones: list[Zone] = []
    aside: list[str] = []
    for alternative in [rest] if place_key(rest) in geo.current else _ALTERNATIVES.split(rest):
        bracketed, (name, *after) = _cut(geo, alternative)
        names += [piece for piece in _and(geo, name) if place_key(piece)]
        for piece in [*bracketed, *(p for p in after if place_key(p))]:
            reading = read_zones(geo, piece)
            zones += reading.zones if not reading.unread else ()
            aside += () if reading.zones and not reading.unread else (piece.strip(),)
    code = postcode[1].replace(" ", "") if postcode else None
    return TownCell(tuple(dict.fromkeys(names)), code, narrowest(zones), tuple(aside))


def find_towns(geo: Geography, name: str, allowed: frozenset[str] | None) -> Found:
    """The communes that ``name`` may mean in the departments ``allowed`` (None: nothing is known, the whole country).

    In one department a name is never shared. Wider, a homonym must be :data:`DOMINANCE` times smaller than the winner,
    and so must every compound name it could be short for. Short and misspelt names need a territory.
    """
    key = place_key(name)
    bare = without_article(key)
    short = _inside(geo.short.get(key, ()), allowed)
    wider = allowed is None or len(allowed) > 1
    for current, former in _spellings(geo, key, bare):
        now, past = _inside(current, allowed), _inside(former, allowed)
        if len(now) == 1 and not wider:
            return Found("name", now)
        if now or past:
            rivals = (*short, *_inside(geo.loose.get(squeezed(bare), ()), allowed)) if wider else ()
            return _choose(now, past, rivals)
    if allowed is None:
        return Found("unknown")
    if short:
        winner = dominant(short)
        return Found("short", (winner,)) if winner else Found("ambiguous", short)
    if elsewhere := geo.current.get(key) or _today(geo.loose.get(squeezed(key), ())):
        return Found("elsewhere", elsewhere)
    nearest = _misspelt(geo, key, allowed)
    return Found("fuzzy", (nearest,)) if nearest else Found("unknown")


def dominant(towns: Iterable[Town]) -> Town | None:
    """The only town, or the city with :data:`DOMINANCE` times the inhabitants of every other one."""
    ranked = sorted({town.code: town for town in towns}.values(), key=lambda town: (-town.population, town.code))
    if len(ranked) == 1:
        return ranked[0]
    return ranked[0] if ranked and ranked[0].population >= max(_CITY, DOMINANCE * ranked[1].population) else None


def why_not_a_commune(geo: Geography, name: str) -> str:
    """Why a name is left unresolved, in words."""
    words = place_key(name).split()
    kind = next((_NOT_COMMUNE[word] for word in words[:2] if word in _NOT_COMMUNE), None)
    if kind is None and words[:1] == ["grand"] and " ".join(words[1:]) in geo.current:
        kind = "an agglomeration"
    if kind is None and (n := geo.by_word.get(" ".join(words), 0)):
        kind = f"an area that {n} communes are named after" if n > 1 else "part of the name of a commune"
    return f"'{name}' is {kind}, not a commune" if kind else f"'{name}' is not a known commune"


def _spellings(geo: Geography, key: str, bare: str) -> Iterator[tuple[tuple[Town, ...], tuple[Town, ...]]]:
    """Today's and former communes: as written, then whatever the spaces, then whatever the article."""
    yield geo.current.get(key, ()), geo.former.get(key, ())
    for loose in (geo.loose.get(squeezed(key), ()), geo.loose.get(squeezed(bare), ())):
        yield _today(loose), _past(loose)


def _choose(now: tuple[Town, ...], past: tuple[Town, ...], rivals: tuple[Town, ...]) -> Found:
    taken = {town.departement for town in now}  # a commune of today bears the name there
    others = tuple(town for town in past if town.departement not in taken)
    codes = {town.code for town in (*now, *others)}
    if not now:
        if len(codes) > 1:
            return Found("ambiguous", others)
        return Found("former", others[:1]) if dominant((*others, *rivals)) == others[0] else _unsettled(others, rivals)
    winner = dominant((*now, *others))
    least = DOMINANCE * max(1.0, *(town.population for town in now))
    bigger = tuple(town for town in rivals if town.population >= least)
    return Found("name", (winner,)) if winner in now and not bigger else _unsettled((*now, *others), bigger)


def _unsettled(towns: tuple[Town, ...], rivals: tuple[Town, ...]) -> Found:
    return Found("ambiguous", tuple(dict.fromkeys((*towns, *rivals))))


def _inside(towns: tuple[Town, ...], allowed: frozenset[str] | None) -> tuple[Town, ...]:
    return towns if allowed is None else tuple(town for town in towns if town.departement in allowed)


def _today(towns: tuple[Town, ...]) -> tuple[Town, ...]:
    return tuple(town for town in towns if town.former is None)


def _past(towns: tuple[Town, ...]) -> tuple[Town, ...]:
    return tuple(town for town in towns if town.former is not None)


def _misspelt(geo: Geography, key: str, allowed: frozenset[str]) -> Town | None:
    """The one commune of the territory whose name is nearly ``key``; never for names of areas."""
    least = 6 if len(allowed) == 1 else 8
    if len(key) < least or key in geo.by_word or any(word in _NOT_COMMUNE for word in key.split()[:2]):
        return None
    cutoff = _FUZZY if len(allowed) == 1 else _FUZZY_WIDER
    rows = [row for departement in sorted(allowed) for row in geo.by_departement.get(departement, ())]
    names = [name for name, _ in rows]
    best = process.extract(key, names, scorer=fuzz.ratio, score_cutoff=cutoff - _FUZZY_LEAD, limit=2)
    if not best or best[0][1] < cutoff or (len(best) > 1 and best[0][1] - best[1][1] < _FUZZY_LEAD):
        return None
    name, town = rows[best[0][2]]
    slips = OSA.distance(key, name)  # neighbours differ by a letter or two as well: Houplin, Houplines
    return town if name[0] == key[0] and slips <= (1 if len(key) < 12 else 2) else None


def _cut(geo: Geography, text: str) -> tuple[list[str], list[str]]:
    """What is in brackets; then the name and what follows it after a comma or a spaced dash."""
    if place_key(text) in geo.current:  # Château-Chinon (Ville)
        return [], [text]
    bracketed = [piece for piece in _BRACKETS.findall(text) if piece.strip()]
    name = _BRACKETS.sub("", text).strip(" -–—,")
    return bracketed, [name] if place_key(name) in geo.current else _ASIDE.split(name)


def _and(geo: Geography, text: str) -> list[str]:
    """Two communes joined by "et", when both are known."""
    parts = _AND.split(text)
    known = len(parts) > 1 and all(squeezed(place_key(part)) in geo.loose for part in parts)
    return parts if known and squeezed(place_key(text)) not in geo.loose else [text]


def _district(geo: Geography, text: str) -> tuple[Town, str] | None:
    """Paris, Lyon and Marseille with the number of an arrondissement: the commune, and a note."""
    match = _DISTRICT.match(place_key(text))
    if match is None:
        return None
    code, base, last = _DISTRICTS[match[1]]
    number = int(match[2]) if match[2].isdigit() else _roman(match[2])
    if not 1 <= number <= last:
        return None
    return geo.towns[code], f"{'1er' if number == 1 else f'{number}e'} arrondissement ({base + number})"


def _roman(text: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10}[letter] for letter in text]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))
