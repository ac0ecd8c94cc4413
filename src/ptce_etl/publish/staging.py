"""Candidates: folders under ``processed/.staging`` that are on their way to become a snapshot.

A candidate is held by the process that made it with a lock on the folder itself, which the kernel gives back however
that process ends. What nobody holds is swept when the next candidate is staged or published.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any, TypedDict, cast

import pyarrow as pa

from ptce_etl.config import Paths
from ptce_etl.errors import PublishError
from ptce_etl.frames import content_digest
from ptce_etl.publish.exports import conform, conform_file, read_table, write_parquet
from ptce_etl.publish.files import guarded, remove_tree, sync_dir, write_bytes, write_file
from ptce_etl.publish.index import FileRecord, canonical_json
from ptce_etl.publish.manifest import BuildInfo, build_facts
from ptce_etl.rows import Rows
from ptce_etl.schema import TABLES

__all__ = ["CANDIDATE", "Facts", "candidate_facts", "discard", "hold", "read_staged", "release", "stage", "sweep"]

CANDIDATE = "candidate.json"

# Folder → descriptor that carries its lock, for this process. A lock lives in a descriptor; there is nowhere else for
# it to stay between the build step and the publish step, which hand each other a path.
_held: dict[Path, int] = {}


class Facts(TypedDict):
    """``candidate.json``: written last, so that a candidate without it is not complete."""

    snapshot_id: str
    content_digest: str
    build: dict[str, Any]
    files: dict[str, FileRecord]


def stage(paths: Paths, tables: Mapping[str, Rows], info: BuildInfo) -> Path:
    """Write ``tables`` as a candidate and return its folder; the snapshot id is in :func:`candidate_facts`.

    Rows are sorted by key and checked against the schema first (:class:`DataError`). A table may be a Parquet file,
    sorted by key: it is then read a group of rows at a time, however long it is. :class:`PublishError` when the
    folder cannot be written.
    """
    sweep(paths)
    kept: dict[str, Rows] = {
        name: conform(name, rows) if isinstance(rows, pa.Table) else conform_file(name, rows)
        for name, rows in sorted(tables.items())
    }
    digest = content_digest(kept)
    snapshot_id = f"{info.as_of:%Y-%m-%d}-{digest[:8]}"
    folder = _new_folder(paths, snapshot_id)
    files = {f"{name}.parquet": _write_table(folder, name, table) for name, table in kept.items()}
    facts = Facts(snapshot_id=snapshot_id, content_digest=digest, build=build_facts(info), files=files)
    write_bytes(folder / CANDIDATE, canonical_json(facts))
    sync_dir(folder)
    return folder


def _write_table(folder: Path, name: str, rows: Rows) -> FileRecord:
    path = folder / f"{name}.parquet"
    written = write_file(path, lambda sink: write_parquet(rows, sink, TABLES[name].arrow()))
    n = rows.num_rows if isinstance(rows, pa.Table) else rows.metadata.num_rows
    return FileRecord(bytes=written.bytes, rows=n, sha256=written.sha256)


def _new_folder(paths: Paths, snapshot_id: str) -> Path:
    root = paths.processed / ".staging"
    with guarded("create", root):
        root.mkdir(parents=True, exist_ok=True)
        for n in count(1):
            folder = root / f"{snapshot_id}-{os.getpid()}-{n}"
            try:
                folder.mkdir()
            except FileExistsError:
                continue
            if hold(folder):
                return folder.resolve()
    raise AssertionError("count() does not end")


def hold(folder: Path) -> bool:
    """Lock a candidate for this process; False when it is gone or somebody else holds it."""
    if folder.resolve() in _held:
        return True
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return False
    # A sweep may have taken a folder just made, before we locked it: what is locked must still be what is there.
    if _lock(handle) and folder.exists() and os.path.samestat(folder.stat(), os.fstat(handle)):
        _held[folder.resolve()] = handle
        return True
    os.close(handle)
    return False


def _lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def release(folder: Path) -> None:
    """Let go of a candidate: unless it was renamed into place, the next sweep takes it."""
    handle = _held.pop(folder.resolve(), None)
    if handle is not None:
        os.close(handle)


def discard(folder: Path) -> None:
    """Remove a candidate that will not be published."""
    release(folder)
    remove_tree(folder)


def sweep(paths: Paths, keep: Path | None = None) -> list[str]:
    """Remove the candidates that no living process holds, but for ``keep``; names of those removed."""
    root = paths.processed / ".staging"
    if not root.is_dir():
        return []
    return [entry.name for entry in sorted(root.iterdir()) if entry.resolve() != keep and _remove_unheld(entry)]


def _remove_unheld(entry: Path) -> bool:
    if entry.is_symlink() or not entry.is_dir():
        remove_tree(entry)  # candidates are folders: whatever this is, nobody works on it
        return True
    try:
        handle = os.open(entry, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return False  # its owner was quicker
    try:
        # The lock is kept while removing: who has just made this folder and not locked it yet then makes another.
        if _lock(handle):
            remove_tree(entry)
            return True
        return False
    except PublishError:
        raise
    except OSError:
        return False  # a disk that cannot say who holds what: litter is cheaper than somebody's work
    finally:
        os.close(handle)


def candidate_facts(folder: Path) -> Facts:
    """What a complete candidate says of itself. :class:`PublishError` when it is gone or was never finished."""
    try:
        facts: Any = json.loads((folder / CANDIDATE).read_bytes())
    except (OSError, ValueError) as error:
        raise PublishError(
            "not a complete candidate",
            where=str(folder),
            do="build again: a candidate lives as long as the process that built it, or until the next build",
        ) from error
    return cast("Facts", facts)


def read_staged(folder: Path) -> dict[str, pa.Table]:
    """Every table of a candidate (or of a snapshot folder), by name, as its Parquet files hold them."""
    files = sorted(folder.glob("*.parquet"))
    if not files:
        raise PublishError("no table to read", where=str(folder), do="build again")
    return {path.stem: read_table(path) for path in files if path.stem in TABLES}
