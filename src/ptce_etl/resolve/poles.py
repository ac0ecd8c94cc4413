"""The poles table: surviving values, place names and coordinates, and how many pairs are still undecided."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from ptce_etl.clean.geography import Geography
from ptce_etl.resolve.survivorship import survive
from ptce_etl.schema import TABLES

__all__ = ["HISTORY_COLUMNS", "poles_and_values"]

HISTORY_COLUMNS = ("status", "first_listed", "last_listed", "start_date", "end_date", "cohorts")


def poles_and_values(listings: pd.DataFrame, edges: pd.DataFrame, geo: Geography) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Schema tables ``poles`` (without :data:`HISTORY_COLUMNS`, which are measured later) and ``values``.

    ``listings`` and ``edges`` are schema tables; edges may be about listings that are not there (then ignored).
    """
    survivors = survive(listings)
    poles = survivors.poles.copy()
    for field, table in (
        ("commune", geo.communes["name"]),
        ("departement", geo.departements["name"]),
        ("region", geo.regions["name"]),
        ("latitude", geo.communes["latitude"]),
        ("longitude", geo.communes["longitude"]),
        ("coordinates_source", geo.communes["coordinates_source"]),
    ):
        code = {"departement": "code_departement", "region": "code_region"}.get(field, "code_commune_insee")
        poles[field] = poles[code].map(table)
    levels = [("commune", "code_commune_insee"), ("departement", "code_departement"), ("region", "code_region")]
    poles["place_level"] = "none"
    for level, code in reversed(levels):
        poles.loc[poles[code].notna(), "place_level"] = level
    undecided = _undecided(listings, edges)
    poles["n_undecided"] = [undecided[pole] for pole in poles["pole_id"]]
    columns = [name for name in TABLES["poles"].names if name not in HISTORY_COLUMNS]
    return poles[columns], survivors.values


def _undecided(listings: pd.DataFrame, edges: pd.DataFrame) -> Counter[str]:
    """Undecided pairs by pole: pairs to review whose listings stand in two poles."""
    pole_of = dict(zip(listings["listing_id"], listings["pole_id"], strict=True))
    counts: Counter[str] = Counter()
    review = edges[edges["verdict"] == "review"]
    for left, right in zip(review["left"], review["right"], strict=True):
        a, b = pole_of.get(left), pole_of.get(right)
        if a and b and a != b:
            counts.update((a, b))
    return counts
