"""How the codes and the outlines of the vendored geography are made. Used by ``build_geography.py``."""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ptce_etl.clean.geography import place_key

ETALAB = "@etalab/decoupage-administratif"
VINTAGES = {  # version → integrity; the last one is the COG that the observatory uses
    "0.7.0": "ezO+LHyIrJjDBlE7DxXSbvHxSliTGT4o4+w1pMaA6FjCVDFiW74zp5Lhmi1GpY2JcelKq4m8zHjDol08O6unqQ==",
    "1.1.1": "2yD0tkK+As9OlImYdFXn9O1ABtMpExpCq0A7/d/HpruMgg7NYymUeNnHN0r8ICWgcKE//3uvMXeQ00xdOwUiZg==",
    "2.3.1": "52zR447e9Csr/HkzmLJIrOTCAuwJNd4O9fay8BRgOQUSbqaKOP6vFpsrj5lKlrH9vA+ii07h1TnChdMFZNgcwg==",
    "3.1.1": "/1yqSlo6Xerdz1MN+rh57hDWcAam18gwSK5u4wFjT1glRUiN/o1A4IQe6pvB9JqGvHv6WbF5X7WyE+yxeMqLig==",
    "4.1.0": "r0lO1qhb/R7golWwfPbkstpN3WeGuROIHoJhExY7251bkc7tjL48wsnh4/cWAQYux1y/EMSTuOEwiMkh0/mK8g==",
    "5.3.0": "I7PP8jiNOKwvBbdhoYPiwMaJ27x6aHwwGj5V0DMTOPu2YG6qyhGty1b0SIkCxpSHlUkASEfybISY4ldkTcYbbw==",
    "6.0.0": "XavYsFlbcM/prKr8hNHPKER94IHw/dsxNM4nxjWMYk6PLFACpEedvn/7wK8Baozm0dCYhWWcf+7bcWpA5pmCaQ==",
}
TODAY = "6.0.0"
WORLD_MAP = "ff5cceefc4b27abea094fa82459d8aef9417023236c326a666978b62ffe85db2"  # sha256 of world_map.gpkg
MISSPELT = {"Haute-Rhin": "68", "Seien-et-Marne": "77", "Meurhe-et-Moselle": "54", "Guyane française": "973"}
Rows = list[dict[str, Any]]


class Unavailable(Exception):  # noqa: N818 - says what happened, as in ptce_etl.errors
    """An ingredient cannot be had, in words."""


def run(*command: str, cwd: Path) -> str:
    try:
        return subprocess.run(  # noqa: S603 - fixed commands of this file
            command, cwd=cwd, check=True, capture_output=True, text=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unavailable(f"`{' '.join(command[:3])}` failed: {getattr(error, 'stderr', '') or error}") from error


def check(path: Path, expected: str, algorithm: str = "sha256") -> Path:
    """``path``, if its content has the pinned hash (hex, or base64 as npm writes it)."""
    digest = hashlib.new(algorithm, path.read_bytes()).digest()
    if expected not in (digest.hex(), base64.b64encode(digest).decode()):
        raise Unavailable(f"{path.name} does not have the pinned {algorithm}: it is not the file this recipe is for")
    return path


def etalab(version: str, cache: Path) -> dict[str, Rows]:
    """The JSON tables of one version of the npm package, by name."""
    archive = cache / f"etalab-decoupage-administratif-{version}.tgz"
    if not archive.exists():
        run("npm", "pack", "--silent", f"{ETALAB}@{version}", cwd=cache)
    check(archive, VINTAGES[version], "sha512")
    tables: dict[str, Rows] = {}
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            if member.name.startswith("package/data/") and member.name.endswith(".json"):
                stream = tar.extractfile(member)
                tables[Path(member.name).stem] = json.load(stream) if stream else []
    return tables


def communes(tables: dict[str, Rows]) -> pd.DataFrame:
    """Communes and municipal arrondissements of one COG, without coordinates."""
    epci = {member["code"]: group["code"] for group in tables["epci"] for member in group["membres"]}
    kinds = {"commune-actuelle": "COM", "arrondissement-municipal": "ARM"}
    rows = [
        {
            "code": c["code"], "nom": c["nom"], "norm": place_key(c["nom"]), "dep": c.get("departement", c["region"]),
            "reg": c["region"], "epci": epci.get(c["code"]), "pop": c.get("population"),
            "cps": " ".join(c.get("codesPostaux", [])), "type": kinds[c["type"]], "zone": c["zone"],
        }
        for c in tables["communes"] if c["type"] in kinds
    ]  # fmt: skip
    frame = pd.DataFrame(rows).astype({"pop": "Float64"})
    return frame.sort_values(["type", "code"], key=lambda s: s.map({"COM": "0", "ARM": "1"}).fillna(s), kind="stable")


def aliases(vintages: dict[str, dict[str, Rows]]) -> pd.DataFrame:
    """Former, associated and delegated communes → the commune of today: one row a (normalised name, code)."""
    today = {c["code"]: c["nom"] for c in vintages[TODAY]["communes"] if c["type"] == "commune-actuelle"}
    history = vintages["0.7.0"]["historique-communes"]
    moved: dict[str, str] = {}
    for tables in vintages.values():
        parts = (c for c in tables["communes"] if c["type"] in ("commune-deleguee", "commune-associee"))
        moved |= {c["code"]: c["chefLieu"] for c in parts}
    moved |= {old: c["code"] for c in vintages[TODAY]["communes"] for old in c.get("anciensCodes", [])}
    by_id = {event["id"]: event for event in history}
    followed = {event["code"]: code_of(event["successeur"]) for event in history if event.get("successeur")}

    def final(code: str, seen: frozenset[str] = frozenset()) -> str | None:
        step = None if code in seen else next((m[code] for m in (moved, followed) if m.get(code, code) != code), None)
        return code if code in today else final(step, seen | {code}) if step else None

    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for name, code, target, source, end in former(vintages, history, by_id, final):
        key = place_key(name)
        if target and (code != target or key != place_key(today[target])):
            row = {"norm": key, "code": code, "nom": name, "cible": target, "source": source, "date_fin": end}
            rows.setdefault((key, code), row)
    return pd.DataFrame(list(rows.values()))


def former(vintages: Any, history: Rows, by_id: dict[str, Any], final: Any) -> Iterator[tuple[Any, ...]]:
    """Every name and code that is or was in use: of each vintage first, then of the history's ended communes."""
    for version, tables in vintages.items():
        for c in tables["communes"]:
            part = c["type"] in ("commune-deleguee", "commune-associee")
            if part or (c["type"] == "commune-actuelle" and version != TODAY):
                yield (
                    c["nom"],
                    c["code"],
                    final(c["chefLieu"] if part else c["code"]),
                    f"cog:{version}:{c['type']}",
                    None,
                )
    for event in history:
        if event["type"] == "COM" and event.get("dateFin"):
            last = final(chained(event, by_id)) or final(event["code"])
            yield event["nom"], event["code"], last, f"histo:0.7.0:{event.get('raisonFin')}", event["dateFin"]


def chained(event: dict[str, Any], by_id: dict[str, Any]) -> str:
    """The code at the end of the chain of successors (of the commune that holds it, when it became a part of one)."""
    seen: set[str] = set()
    while event.get("successeur") and event["id"] not in seen:
        seen.add(event["id"])
        following = by_id.get(event["successeur"])
        if following is None:
            return code_of(event["successeur"])
        if following["type"] in ("COMD", "COMA") and following.get("pole"):
            return code_of(following["pole"])
        event = following
    return str(event["code"])


def code_of(identifier: str) -> str:
    """ "COM-91315@1968-01-01" is commune 91315."""
    return identifier.split("-", 1)[1].split("@", maxsplit=1)[0]


def natural_earth(cache: Path, codes: dict[str, str]) -> dict[str, Any]:
    """shapely polygon of each department (WGS 84), from the world map that QGIS carries."""
    import shapely

    path = next(iter(sorted(cache.glob("**/world_map.gpkg"))), None)
    if path is None:
        run("apt-get", "download", "qgis-common", cwd=cache)
        run("dpkg", "-x", next(iter(sorted(cache.glob("qgis-common_*.deb")))).name, "qgis", cwd=cache)
        path = next(iter(sorted(cache.glob("**/world_map.gpkg"))))
    check(path, WORLD_MAP)
    shapes: dict[str, Any] = {}
    query = "select name, geom from states_provinces where adm0_a3 = 'FRA'"
    for name, blob in sqlite3.connect(f"file:{path}?mode=ro", uri=True).execute(query):
        envelope = (0, 32, 48, 48, 64)[(blob[3] >> 1) & 7]  # GeoPackage header: 8 bytes, then an optional envelope
        shapes[MISSPELT.get(name) or codes[place_key(name)]] = shapely.from_wkb(blob[8 + envelope :])
    return shapes


def topology(shapes: dict[str, Any]) -> dict[str, Any]:
    """TopoJSON of the departments: quantised to 10⁵ steps, simplified to 0.005° (about 500 m)."""
    import topojson
    from shapely.geometry import MultiPolygon, mapping

    features = []
    for code, shape in sorted(shapes.items()):
        single = isinstance(shape, MultiPolygon) and len(shape.geoms) == 1
        geometry = mapping(shape.geoms[0] if single else shape)
        features.append({"type": "Feature", "properties": {"code": code}, "geometry": geometry})
    collection = {"type": "FeatureCollection", "features": features}
    built = topojson.Topology(collection, prequantize=1e5, toposimplify=0.005, object_name="data")
    result: dict[str, Any] = json.loads(built.to_json())
    for number, geometry in enumerate(result["objects"]["data"]["geometries"]):
        geometry["id"] = number
    return result


def decode(topo: dict[str, Any]) -> dict[str, Any]:
    """shapely polygons of a TopoJSON, by department code."""
    import shapely

    scale, shift = np.array(topo["transform"]["scale"]), np.array(topo["transform"]["translate"])
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in topo["arcs"]]

    def ring(indexes: list[int]) -> Any:
        return np.concatenate([arcs[i] if i >= 0 else arcs[~i][::-1] for i in indexes])

    shapes = {}
    for geometry in topo["objects"]["data"]["geometries"]:
        parts = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
        rings = [[ring(indexes) for indexes in part] for part in parts]
        polygons = [shapely.Polygon(first, holes) for first, *holes in rings if len(first) > 3]
        shapes[geometry["properties"]["code"]] = shapely.make_valid(shapely.MultiPolygon(polygons))
    return shapes
