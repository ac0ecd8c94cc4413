"""What ``index.json`` and ``manifest.json`` say, and how they are written: the same bytes for the same content."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Literal, TypedDict, cast

from ptce_etl.config import Paths
from ptce_etl.errors import ConfigError, NoData, PublishError
from ptce_etl.schema import VERSION

__all__ = [
    "SNAPSHOT_ID",
    "ChecksSummary",
    "Entry",
    "FileRecord",
    "Index",
    "Kind",
    "Why",
    "canonical_json",
    "entry_of",
    "index_bytes",
    "read_index",
    "snapshot_path",
]

# A repeated id gets "-2": the same content published again on the same day, after something else.
SNAPSHOT_ID = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{8}(-[1-9]\d*)?")

Kind = Literal["final", "as-of"]


class FileRecord(TypedDict):
    """One file of a snapshot; ``rows`` is null for a file that is not a table."""

    bytes: int
    rows: int | None
    sha256: str


class ChecksSummary(TypedDict):
    """How many checks held, and how many of each severity did not."""

    passed: int
    warnings: int
    critical: int


class Why(TypedDict):
    """What changed since the snapshot it supersedes, in a sentence."""

    en: str
    fr: str


class Entry(TypedDict):
    """One published snapshot in ``index.json``; ``kind`` is "as-of" for a build that was never the latest."""

    id: str
    as_of: str
    kind: Kind
    published_at: str
    content_digest: str
    schema_version: str
    code_version: str
    supersedes: str | None
    why: Why
    checks: ChecksSummary
    manifest_sha256: str
    files: dict[str, FileRecord]


class Index(TypedDict):
    """``index.json``: every snapshot, oldest publication first, and which one is the latest."""

    schema_version: str
    latest: str | None
    snapshots: list[Entry]


def canonical_json(value: object) -> bytes:
    """``value`` as JSON with sorted keys: the same value always gives the same bytes."""
    return (json.dumps(value, sort_keys=True, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def index_bytes(latest: str | None, snapshots: list[Entry]) -> bytes:
    """The content of ``index.json``."""
    return canonical_json(Index(schema_version=VERSION, latest=latest, snapshots=snapshots))


def read_index(paths: Paths) -> Index:
    """The index; an empty one when nothing was published yet. Raises :class:`PublishError` when it cannot be read."""
    try:
        found: Any = json.loads(paths.index.read_bytes())
    except FileNotFoundError:
        return Index(schema_version=VERSION, latest=None, snapshots=[])
    except (OSError, ValueError) as error:
        raise _unreadable(paths, str(error)) from error
    if not isinstance(found, dict) or not isinstance(found.get("snapshots"), list) or "latest" not in found:
        raise _unreadable(paths, "it has no list of snapshots")
    missing = [e for e in found["snapshots"] if not isinstance(e, dict) or Entry.__required_keys__ - e.keys()]
    if missing:
        raise _unreadable(paths, f"{len(missing)} entries lack fields")
    return cast("Index", found)


def _unreadable(paths: Paths, why: str) -> PublishError:
    return PublishError(
        f"the index of snapshots cannot be read: {why}",
        where=str(paths.index),
        do="restore it from a backup, or from an earlier processed/.state/<n>/index.json",
    )


def entry_of(index: Index, snapshot_id: str | None) -> Entry | None:
    """The entry of a snapshot, or None."""
    return next((entry for entry in index["snapshots"] if entry["id"] == snapshot_id), None)


def snapshot_path(paths: Paths, snapshot: str = "latest") -> Path:
    """The folder of a snapshot, with ``latest`` followed once: everything read from it is of the same snapshot.

    Raises :class:`ConfigError` for what is not a snapshot id (a path, say), :class:`NoData` when it is not there.
    """
    if snapshot != "latest" and not SNAPSHOT_ID.fullmatch(snapshot):
        raise ConfigError(
            f"{snapshot!r} is not a snapshot id",
            where=str(paths.processed),
            do='give "latest" or an id such as 2026-11-23-1a2b3c4d; `ptce status` and snapshots() list them',
        )
    folder = (paths.processed / snapshot).resolve()
    if not folder.is_dir():
        what = "nothing is published yet" if snapshot == "latest" else f"no snapshot {snapshot}"
        raise NoData(
            what,
            where=str(paths.processed / snapshot),
            do="run `ptce run` (or `make run`), or name the data root: --data DIR, data=…, PTCE_DATA",
        )
    return folder
