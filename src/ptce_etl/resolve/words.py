"""Words that name places anywhere in France: in a pole's name they say where, and are weighed as such."""

from __future__ import annotations

from functools import lru_cache

from ptce_etl.clean.geography import Geography
from ptce_etl.clean.names import tokens

__all__ = ["place_words"]


@lru_cache(maxsize=4)
def place_words(geo: Geography) -> frozenset[str]:
    """Words of four letters or more in the names of communes, departments and regions, as compared."""
    names = [*geo.communes["name"], *geo.departements["name"], *geo.regions["name"]]
    return frozenset(word for name in names for word in tokens(name) if len(word) > 3)
