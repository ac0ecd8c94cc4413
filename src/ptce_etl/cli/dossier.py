"""Everything behind one pole, as plain data: listings, values, edges, captures."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from ptce_etl.cli.cells import records
from ptce_etl.collect.archive import Archive
from ptce_etl.schema import TABLES

__all__ = ["dossier", "holding_together"]

Row = dict[str, Any]


def dossier(tables: dict[str, pd.DataFrame], pole: str, archive: Archive) -> dict[str, Any]:
    """Keys: ``pole``, ``listings`` (numbered from 1, oldest first), ``values``, ``edges`` (within the pole),
    ``neighbours`` (pairs with listings of other poles), ``captures``.

    A listing is referred to by its number: ``listing`` of a value, ``pair`` of an edge.
    """
    all_listings, edges = tables["listings"], tables["edges"]
    mine = all_listings[all_listings["pole_id"] == pole].sort_values(["date_first", "listing_id"], kind="stable")
    number = {listing: n for n, listing in enumerate(mine["listing_id"], start=1)}
    touched = edges[edges["left"].isin(list(number)) | edges["right"].isin(list(number))]
    inside = touched["left"].isin(list(number)) & touched["right"].isin(list(number))
    values = tables["values"]
    return {
        "pole": records(tables["poles"][tables["poles"]["pole_id"] == pole])[0],
        "listings": [{"number": number[row["listing_id"]]} | row for row in records(mine)],
        "values": _values(records(values[values["pole_id"] == pole]), number),
        "edges": _by_weight(_edge(row, number) for row in records(touched[inside])),
        "neighbours": _neighbours(records(touched[~inside]), number, all_listings, tables["poles"]),
        "captures": _captures(mine, tables["sources"], archive),
    }


def _values(rows: list[Row], number: dict[str, int]) -> list[Row]:
    """Each value once, with the listings that give it; the kept one first."""
    said: dict[tuple[str, str, bool, str], list[int]] = {}
    for row in rows:
        key = (row["field"], row["value"], row["kept"], row["reason"])
        said.setdefault(key, []).append(number[row["listing_id"]])
    order = TABLES["poles"].names
    found = [
        {"field": field, "value": value, "kept": kept, "reason": reason, "listings": sorted(numbers)}
        for (field, value, kept, reason), numbers in said.items()
    ]
    return sorted(found, key=lambda v: (order.index(v["field"]), not v["kept"], -len(v["listings"]), v["value"]))


def _edge(row: Row, number: dict[str, int]) -> Row:
    reasons = [
        {"signal": signal, "compared": compared, "bits": bits} for signal, compared, bits in json.loads(row["reasons"])
    ]
    return row | {"pair": sorted(number[x] for x in (row["left"], row["right"]) if x in number), "reasons": reasons}


def _by_weight(edges: Any) -> list[Row]:
    return sorted(edges, key=lambda e: (-e["weight"], e["left"], e["right"]))


def _neighbours(rows: list[Row], number: dict[str, int], listings: pd.DataFrame, poles: pd.DataFrame) -> list[Row]:
    """Pairs that reach out of the pole, with whom: undecided first, then conflicts, then vetoes."""
    by_id = listings.set_index("listing_id")
    names = dict(zip(poles["pole_id"], poles["name"], strict=True))
    found = []
    for row in rows:
        ours, theirs = (row["left"], row["right"]) if row["left"] in number else (row["right"], row["left"])
        if theirs in by_id.index:
            other = str(by_id.at[theirs, "pole_id"])
            found.append(
                _edge(row, {})
                | {
                    "listing": number[ours],
                    "other_listing": theirs,
                    "other_written": str(by_id.at[theirs, "name"]),
                    "other_pole": other,
                    "other_name": names.get(other),
                }
            )
    order = ("review", "conflict", "link", "veto")
    return sorted(found, key=lambda e: (order.index(e["verdict"]), -e["weight"], e["left"], e["right"]))


def _captures(listings: pd.DataFrame, sources: pd.DataFrame, archive: Archive) -> list[Row]:
    """The captures its listings were read from, and whether their bytes are in the archive."""
    about = {row["source_id"]: row for row in records(sources)}
    found = []
    for (source, sha256), rows in listings.groupby(["source_id", "capture_sha256"], sort=True):
        row = about.get(str(source), {})
        path = archive.path / "objects" / str(sha256)[:2] / str(sha256)
        state = "whole" if archive.holds(str(sha256)) else "altered" if path.exists() else "not in this archive"
        found.append(
            {
                "source_id": source,
                "title": row.get("title"),
                "publisher": row.get("publisher"),
                "url": row.get("url"),
                "licence": row.get("licence"),
                "capture_sha256": sha256,
                "captured_on": row.get("captured_on") if row.get("capture_sha256") == sha256 else None,
                "path": str(path),
                "bytes": path.stat().st_size if path.exists() else None,
                "state": state,
                "listings": len(rows),
            }
        )
    return found


def holding_together(edges: list[Row]) -> list[Row]:
    """The strongest links that suffice to tie the listings (a spanning tree), a person's first, as clustering does."""
    root: dict[int, int] = {}

    def find(n: int) -> int:
        while root.setdefault(n, n) != n:
            n = root[n]
        return n

    kept = []
    judged_first = sorted(edges, key=lambda e: e["decided_by"] == "matcher")
    for edge in judged_first:
        if edge["verdict"] == "link":
            a, b = (find(n) for n in edge["pair"])
            if a != b:
                root[max(a, b)] = min(a, b)
                kept.append(edge)
    return kept
