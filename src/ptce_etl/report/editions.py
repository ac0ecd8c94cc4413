"""Editions: from a candidate about to be published, and from a snapshot that was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import takewhile
from typing import Any

import pandas as pd

from ptce_etl.catalogue.registry import Programme
from ptce_etl.config import Paths
from ptce_etl.errors import PublishError
from ptce_etl.frames import empty, from_arrow
from ptce_etl.publish.api import load_all
from ptce_etl.publish.exports import read_table
from ptce_etl.publish.index import Entry, FileRecord, file_of, read_index, snapshot_path
from ptce_etl.publish.manifest import read_manifest
from ptce_etl.report.material import Earlier, Edition, rows

__all__ = ["earlier_than", "edition_from", "edition_of"]

_MOST = 60  # snapshots that the revision log goes back; index.json has them all


def edition_from(
    facts: Mapping[str, Any],
    snapshot_id: str,
    tables: Mapping[str, pd.DataFrame],
    programmes: tuple[Programme, ...],
    files: Mapping[str, FileRecord],
    earlier: tuple[Earlier, ...],
) -> Edition:
    """The edition of tables with the facts that a manifest (or the ``build`` of a candidate) gives of them."""
    return Edition(
        snapshot_id=snapshot_id,
        as_of=date.fromisoformat(facts["as_of"]),
        tables=tables,
        programmes=programmes,
        captured={one["sha256"]: date.fromisoformat(one["first_day"]) for one in facts["captures"]},
        active_years=facts["settings"]["active_years"],
        headline_years=facts["settings"]["headline_years"],
        code_version=facts["code_version"],
        files=files,
        earlier=earlier,
    )


def edition_of(paths: Paths, snapshot: str, programmes: tuple[Programme, ...]) -> Edition:
    """The edition of a published snapshot, "latest" followed once.

    Raises :class:`NoData`, :class:`ConfigError`, :class:`PublishError`.
    """
    folder = snapshot_path(paths, snapshot)
    manifest = read_manifest(folder)
    tables = load_all(folder.name, data=paths.root)
    earlier = earlier_than(paths, folder.name)
    files = {name: record for name, record in manifest["files"].items() if not name.startswith("site/")}
    return edition_from(manifest, folder.name, tables, programmes, files, earlier)


def earlier_than(paths: Paths, snapshot_id: str | None = None) -> tuple[Earlier, ...]:
    """The snapshots published before ``snapshot_id`` (before now, when there is none such), oldest first.

    Builds of past dates are left out. What was pruned has left the tables that this needs.
    """
    entries = takewhile(lambda entry: entry["id"] != snapshot_id, read_index(paths)["snapshots"])
    return tuple(_earlier(paths, entry) for entry in [e for e in entries if e["kind"] != "as-of"][-_MOST:])


def _earlier(paths: Paths, entry: Entry) -> Earlier:
    indicator = _table(paths, entry, "indicator")
    found = rows(indicator[indicator["headline"]])
    return Earlier(
        snapshot_id=entry["id"],
        as_of=date.fromisoformat(entry["as_of"]),
        published_on=date.fromisoformat(entry["published_at"][:10]),
        why_fr=entry["why"]["fr"],
        why_en=entry["why"]["en"],
        headline={row["population"]: row for row in found},
        changes=_table(paths, entry, "changes"),
    )


def _table(paths: Paths, entry: Entry, name: str) -> pd.DataFrame:
    try:
        return from_arrow(name, read_table(file_of(paths, entry, f"{name}.parquet")))
    except PublishError:
        return empty(name)
