"""Words that name places anywhere in France: in a pole's name they say where, and are weighed as such."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ptce_etl.clean.geography import Geography
from ptce_etl.clean.names import fold, tokens

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
    keys = [*geo.communes["key"], *map(fold, geo.departements["name"]), *map(fold, geo.regions["name"])]
    distinct = sorted({word for key in keys for word in re.findall(r"\w+", key)})
    words = frozenset(word for word in tokens(" ".join(distinct)) if len(word) > 3)
    regions = sorted({(zone.name, zone.departements) for zone in geo.zones.values() if zone.kind == "region"})
    of_departement = {}
    for code, name in geo.departements["name"].items():
        texts = (name, *(region for region, inside in regions if code in inside))
        of_departement[str(code)] = (str(code).lower(), *dict.fromkeys(word for text in texts for word in tokens(text)))
    return PlaceWords(words, of_departement)
