"""The poles table: surviving values, place names and coordinates, and how many pairs are still undecided."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ptce_etl.clean.geography import Geography
from ptce_etl.resolve.survivorship import survive
from ptce_etl.schema import TABLES

__all__ = ["HISTORY_COLUMNS", "poles_and_values", "poles_table"]

HISTORY_COLUMNS = ("status", "first_listed", "last_listed", "start_date", "end_date", "cohorts")


def poles_and_values(listings: pd.DataFrame, edges: pd.DataFrame, geo: Geography) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Schema tables ``poles`` (without :data:`HISTORY_COLUMNS`, which are measured later) and ``values``.

    ``listings`` and ``edges`` are schema tables; edges may be about listings that are not there (then ignored).
    """
    survivors = survive(listings)
    return _placed(survivors.poles, listings, edges, geo), survivors.values


def poles_table(listings: pd.DataFrame, edges: pd.DataFrame, geo: Geography) -> pd.DataFrame:
    """The first table of :func:`poles_and_values` alone, which costs less."""
    return _placed(survive(listings, values=False).poles, listings, edges, geo)


def _placed(poles: pd.DataFrame, listings: pd.DataFrame, edges: pd.DataFrame, geo: Geography) -> pd.DataFrame:
    poles = poles.copy()
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
    poles["n_undecided"] = _undecided(poles["pole_id"], listings, edges)
    return poles[[name for name in TABLES["poles"].names if name not in HISTORY_COLUMNS]]


def _undecided(poles: pd.Series, listings: pd.DataFrame, edges: pd.DataFrame) -> np.ndarray:
    """Undecided pairs by pole: pairs to review whose listings stand in two poles."""
    review = edges[edges["verdict"] == "review"]
    at = pd.Index(listings["listing_id"])
    ends = [at.get_indexer(review[side]) for side in ("left", "right")]
    both = np.flatnonzero((ends[0] >= 0) & (ends[1] >= 0))
    left, right = (pd.Index(poles).get_indexer(listings["pole_id"].iloc[end[both]]) for end in ends)
    apart = left != right
    return np.bincount(np.concatenate([left[apart], right[apart]]), minlength=len(poles))
