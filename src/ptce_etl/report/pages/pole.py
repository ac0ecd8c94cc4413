"""The page of a pole: what was written, what was kept, why its listings are one, what changed.

Poles come in order of id, each with all that belongs to it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import pandas as pd

from ptce_etl.report.material import Edition, Row, rows
from ptce_etl.report.pages.figures import territory_page
from ptce_etl.report.typography import Lang
from ptce_etl.report.words import POPULATIONS, ROLES
from ptce_etl.schema import SEPARATOR

__all__ = ["Sheet", "pole", "sheets"]

_BATCH = 2_000
_MOST_LISTINGS, _MOST_EDGES = 200, 24
_ORDER = {"review": 0, "conflict": 1, "veto": 2, "link": 3}
_LISTING = (
    "listing_id pole_id source_id source_url source_title publisher page_kind source_date date_last programme role"
)
_LISTING += " name commune department region status said_ptce capture_sha256 record_no"

Sheet = dict[str, Any]
"""What is known of one pole, whatever the language: its row, listings, values, edges and changes."""


def sheets(edition: Edition) -> Iterator[Sheet]:
    """Every pole with all that belongs to it, by id; a batch of poles is in memory at a time."""
    names = dict(zip(edition.tables["listings"]["listing_id"], edition.tables["listings"]["name"], strict=True))
    owner = dict(zip(edition.tables["listings"]["listing_id"], edition.tables["listings"]["pole_id"], strict=True))
    listings = _by_pole(edition.tables["listings"][_LISTING.split()])
    values = _by_pole(edition.tables["values"])
    edges = _by_pole(_edges(edition.tables["edges"], owner))
    changes = _changes(edition)
    for pole_id in sorted(edition.poles):
        yield {
            "pole": edition.poles[pole_id],
            "listings": _take(listings, pole_id),
            "values": _take(values, pole_id),
            "edges": [_edge(edge, pole_id, names, owner) for edge in _take(edges, pole_id)],
            "changes": changes.get(pole_id, []),
        }


class _Pages:
    """Rows of a frame by pole, in order of pole, looked at once."""

    def __init__(self, groups: Iterator[tuple[str, Iterator[Row]]]) -> None:
        self.groups = groups
        self.waiting: tuple[str, list[Row]] | None = None


def _by_pole(frame: pd.DataFrame) -> _Pages:
    ordered = frame.sort_values("pole_id", kind="stable")
    records = (row for start in range(0, len(ordered), _BATCH) for row in rows(ordered.iloc[start : start + _BATCH]))
    return _Pages(groupby(records, key=lambda row: str(row["pole_id"])))


def _take(pages: _Pages, pole_id: str) -> list[Row]:
    while pages.waiting is None or pages.waiting[0] < pole_id:
        following = next(pages.groups, None)
        if following is None:
            return []
        pages.waiting = following[0], list(following[1])
    return pages.waiting[1] if pages.waiting[0] == pole_id else []


def _edges(edges: pd.DataFrame, owner: dict[str, str]) -> pd.DataFrame:
    """Each pair once for each pole that it touches."""
    left = edges.assign(pole_id=edges["left"].map(owner))
    right = edges.assign(pole_id=edges["right"].map(owner))
    return pd.concat([left, right[right["pole_id"] != left["pole_id"]]], ignore_index=True)


def _edge(edge: Row, pole_id: str, names: dict[str, str], owner: dict[str, str]) -> Row:
    here, there = edge["left"], edge["right"]
    if owner[here] != pole_id:
        here, there = there, here
    reasons: list[list[Any]] = json.loads(edge["reasons"])
    return {
        "verdict": edge["verdict"],
        "decided_by": edge["decided_by"],
        "weight": edge["weight"],
        "here": names[here],
        "there": names[there],
        "other": owner[there] if owner[there] != pole_id else "",
        "reasons": reasons,
    }


def _changes(edition: Edition) -> dict[str, list[tuple[str, Any, Row]]]:
    """What each snapshot, from the oldest, changed of each pole."""
    found: dict[str, list[tuple[str, Any, Row]]] = {}
    told = [(one.snapshot_id, one.as_of, one.changes) for one in edition.earlier]
    told.append((edition.snapshot_id, edition.as_of, edition.tables["changes"]))
    for snapshot_id, on, frame in told:
        for row in rows(frame):
            found.setdefault(row["pole_id"], []).append((snapshot_id, on, row))
    return found


def pole(edition: Edition, sheet: Sheet, counted: dict[str, list[str]], lang: Lang) -> Row:
    """What ``pole.html.j2`` shows. ``counted``: pole id → names of the populations that count it."""
    row: Row = sheet["pole"]
    listings = sorted(sheet["listings"], key=lambda one: (str(one["date_last"] or "9999"), one["record_no"]))
    for one in listings:
        if one["status"] and one["role"] and one["status"].casefold() in ROLES.get(one["role"], ()):
            one["status"] = None  # the role says it
    spelled = Counter(one["name"] for one in listings)
    edges = sorted(sheet["edges"], key=lambda e: (_ORDER.get(e["verdict"], 4), -e["weight"], e["here"], e["there"]))
    known = [name for name in (row["cohorts"] or "").split(SEPARATOR) if name]
    return {
        "pole": row,
        "territory": territory_page(row["code_region"], row["code_departement"]),
        "listings": listings[:_MOST_LISTINGS],
        "more_listings": max(0, len(listings) - _MOST_LISTINGS),
        "spellings": sorted(spelled.items(), key=lambda one: (-one[1], one[0])),
        "values": _values(sheet["values"]),
        "edges": _shown(edges),
        "n_edges": {verdict: sum(e["verdict"] == verdict for e in edges) for verdict in _ORDER},
        "more_edges": max(0, len(edges) - len(_shown(edges))),
        "changes": sheet["changes"],
        "rounds": [(name, edition.title(name, english=lang == "en")) for name in known],
        "counted": [(name, POPULATIONS[name][lang == "en"]) for name in counted.get(row["pole_id"], [])],
    }


def _shown(edges: list[Row]) -> list[Row]:
    """Pairs worth a reader's time: what is in doubt first; of those that say the same, the first."""
    seen: set[tuple[str, str, str, str]] = set()
    kept = []
    for edge in edges:
        said = (edge["verdict"], *sorted((edge["here"], edge["there"])), str(edge["reasons"]))
        if said not in seen:
            seen.add(said)
            kept.append(edge)
    return kept[:_MOST_EDGES]


def _values(found: Iterable[Row]) -> list[Row]:
    """Values with every listing that gives them, those kept first within their field."""
    merged: dict[tuple[str, str, bool, str], list[str]] = {}
    for row in found:
        merged.setdefault((row["field"], row["value"], bool(row["kept"]), row["reason"]), []).append(row["listing_id"])
    return [
        {"field": field, "value": value, "kept": kept, "reason": reason, "listings": listings}
        for (field, value, kept, reason), listings in sorted(
            merged.items(), key=lambda one: (one[0][0] != "name", one[0][0], not one[0][2], -len(one[1]), one[0][1])
        )
    ]
