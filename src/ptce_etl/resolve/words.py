"""Words that name places anywhere in France: in a pole's name they say where, and are weighed as such."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ptce_etl.clean.geography import Geography
from ptce_etl.clean.names import tokens

__all__ = ["PlaceWords", "place_words"]


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """``all``: words of four letters or more in names of communes, departments and regions. ``of_departement``: the
    words that a department code stands for: its number, its name, the names of its region today and before 2016."""

    all: frozenset[str]
    of_departement: dict[str, tuple[str, ...]]


@lru_cache(maxsize=4)
def place_words(geo: Geography) -> PlaceWords:
    """The place words of a geography."""
    names = [*geo.communes["name"], *geo.departements["name"], *geo.regions["name"]]
    words = frozenset(word for name in names for word in tokens(name) if len(word) > 3)
    regions = sorted({(zone.name, zone.departements) for zone in geo.zones.values() if zone.kind == "region"})
    of_departement = {}
    for code, name in geo.departements["name"].items():
        texts = (name, *(region for region, inside in regions if code in inside))
        of_departement[str(code)] = (str(code).lower(), *dict.fromkeys(word for text in texts for word in tokens(text)))
    return PlaceWords(words, of_departement)
