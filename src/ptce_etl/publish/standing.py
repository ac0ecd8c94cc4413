"""How a data root stands: what its index, its latest snapshot and its request log say. Reads, never writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ptce_etl.catalogue.frequency import days_of
from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.archive import GOOD, Archive
from ptce_etl.config import Paths
from ptce_etl.publish.decisions_store import decision_hashes
from ptce_etl.publish.index import entry_of, read_index, snapshot_path
from ptce_etl.publish.manifest import Manifest, read_manifest
from ptce_etl.validate.alarms import CONTRADICTED, Blocked, SourceState, Standing

__all__ = ["standing_of"]


def standing_of(paths: Paths, sources: Sequence[Source], now: datetime) -> Standing:
    """How things stand under ``paths`` at ``now`` (aware), for the enabled of ``sources``.

    Raises :class:`NoData` before the first publication.
    """
    folder = snapshot_path(paths)
    index = read_index(paths)
    entry = entry_of(index, folder.name)
    before = _previous(paths, entry["supersedes"] if entry else None)
    superseded = entry_of(index, entry["supersedes"]) if entry and entry["supersedes"] else None
    published = datetime.fromisoformat(entry["published_at"]) if entry else None
    used = {capture["sha256"] for capture in read_manifest(folder)["captures"]}
    asked = [_source(paths, source, now) for source in sources if source.enabled]
    rows, rows_before = _by_source(folder), _by_source(before)
    verdicts = Counter(_column(folder, "edges", "verdict"))
    claims, claims_before = _claims(folder), _claims(before)
    return Standing(
        now=now,
        snapshot=folder.name,
        as_of=read_manifest(folder)["as_of"],
        published_at=published,
        checked_at=max([when for when in (published, *(one.last_try for one in asked)) if when], default=None),
        n_poles=_length(folder, "poles"),
        poles_before=None if before is None else _length(before, "poles"),
        n_listings=_length(folder, "listings"),
        review=verdicts["review"],
        conflicts=verdicts["conflict"],
        claims=dict(sorted(Counter(claims.values()).items())),
        contradicted=()
        if before is None
        else tuple(
            claim
            for claim, verdict in sorted(claims.items())
            if verdict in CONTRADICTED and claims_before.get(claim) not in CONTRADICTED
        ),
        issues=dict(sorted(Counter(_column(folder, "issues", "severity")).items())),
        blocked=_blocked(paths, folder.name, {one.good_sha for one in asked if one.good_sha and one.source.counts}),
        n_rejected=len(_rejected(paths)),
        n_snapshots=len(index["snapshots"]),
        sources=tuple(_state(one, rows, rows_before, used) for one in asked),
        superseded_at=datetime.fromisoformat(superseded["published_at"]) if superseded else None,
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """A source and its last retrievals."""

    source: Source
    last_try: datetime | None
    last_good: datetime | None
    outcome: str | None
    error: str | None
    good_sha: str | None
    first_seen: datetime | None


def _source(paths: Paths, source: Source, now: datetime) -> _Asked:
    archive = Archive(paths.root)
    logs = archive.logs(source.source_id, until=now)
    last = logs[-1] if logs else None
    good = next((log for log in reversed(logs) if log.outcome in GOOD), None)
    capture = archive.last_good(source.source_id, now)
    return _Asked(
        source,
        last.requested_at if last else None,
        good.requested_at if good else None,
        last.outcome if last else None,
        last.error if last else None,
        capture.sha256 if capture else None,
        capture.first_seen if capture else None,
    )


def _state(
    asked: _Asked, rows: dict[str, int | None], rows_before: dict[str, int | None], used: set[str]
) -> SourceState:
    source = asked.source
    waits = asked.good_sha is not None and asked.good_sha not in used
    return SourceState(
        source.source_id,
        source.counts,
        days_of(source.frequency),
        asked.last_good,
        asked.outcome,
        asked.error,
        rows.get(source.source_id),
        rows_before.get(source.source_id),
        source.bounds.min_rows,
        source.bounds.max_rows,
        asked.first_seen if waits else None,
    )


def _previous(paths: Paths, supersedes: str | None) -> Path | None:
    folder = paths.processed / supersedes if supersedes else None
    return folder if folder is not None and folder.is_dir() else None  # it may have been pruned


def _rejected(paths: Paths) -> list[Path]:
    return sorted(path for path in paths.rejected.glob("*") if (path / "manifest.json").is_file())


def _blocked(paths: Paths, latest: str, in_force: set[str]) -> Blocked | None:
    """The candidate that stands where the next snapshot should: refused after the latest, from what is in force."""
    found: list[tuple[Path, Manifest]] = []
    for folder in _rejected(paths):
        manifest = read_manifest(folder)
        if manifest["supersedes"] == latest and in_force <= {c["sha256"] for c in manifest["captures"]}:
            found.append((folder, manifest))
    if not found:
        return None
    hashes = decision_hashes(paths.decisions)
    # One whose decisions are those of today stands whatever was refused before.
    folder, manifest = min(found, key=lambda item: (_changed(item[1]["decisions"], hashes), item[1]["snapshot_id"]))
    checks = _table(folder, "checks", ["table", "rule", "severity", "passed", "failed_keys"])
    issues = _table(folder, "issues", ["severity", "message"])
    reasons = [row["message"] for row in issues if row["severity"] == "critical"]
    reasons += [
        f"{row['table']}: {row['rule']}" + (f" ({row['failed_keys']})" if row["failed_keys"] else "")
        for row in checks
        if not row["passed"] and row["severity"] == "critical" and not (row["table"] == "issues" and reasons)
    ]
    return Blocked(
        folder.name, str(folder / "validation.html"), tuple(reasons), _changed(manifest["decisions"], hashes)
    )


def _claims(folder: Path | None) -> dict[str, str]:
    rows = [] if folder is None else _table(folder, "claims", ["claim_id", "verdict"])
    return {row["claim_id"]: row["verdict"] for row in rows}


def _by_source(folder: Path | None) -> dict[str, int | None]:
    rows = [] if folder is None else _table(folder, "sources", ["source_id", "n_rows"])
    return {row["source_id"]: row["n_rows"] for row in rows}


def _column(folder: Path, table: str, column: str) -> list[str]:
    return [row[column] for row in _table(folder, table, [column])]


def _table(folder: Path, table: str, columns: list[str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(
        folder / f"{table}.parquet", columns=columns, partitioning=None
    ).to_pylist()
    return rows


def _length(folder: Path, table: str) -> int:
    return int(pq.read_metadata(folder / f"{table}.parquet").num_rows)


def _changed(used: Mapping[str, str], hashes: Mapping[str, str]) -> bool:
    """Whether the decisions are others than those ``used``: an own catalogue and own services are none of them."""
    names = {*used, *hashes} - {"sources.yml", "services.yml"}
    return any(used.get(name) != hashes.get(name) for name in names)
