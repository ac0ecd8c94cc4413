"""What ``index.json`` and ``manifest.json`` say, and how they are written: the same bytes for the same content."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal, TypedDict, cast
from zoneinfo import ZoneInfo

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
    "Mark",
    "Move",
    "Why",
    "canonical_json",
    "entry_of",
    "index_bytes",
    "instant",
    "latest_on",
    "listed_files",
    "read_index",
    "snapshot_path",
]

# A repeated id gets "-2": the same content published again on the same day, after something else.
SNAPSHOT_ID = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{8}(-[1-9]\d*)?")

Kind = Literal["final", "provisional", "as-of"]


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


class Mark(TypedDict):
    """What was done to a snapshot after it was published: when, and why (in the words of who did it)."""

    at: str
    why: str


class Move(TypedDict):
    """A move of ``latest`` other than to a snapshot just published: a rollback."""

    at: str
    was: str | None
    to: str
    why: str


class _Entry(TypedDict):
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


class Entry(_Entry, total=False):
    """One published snapshot in ``index.json``.

    ``kind``: "as-of" for a build that was never the latest; "provisional" when it was published as such and not
    finalised since. ``known_at``: the instant up to which captures and decisions were used. Marks: ``finalised`` (was
    provisional), ``withdrawn`` (a rollback left it), ``pruned`` (its files were removed; its manifest is kept).
    """

    known_at: str
    finalised: Mark
    withdrawn: Mark
    pruned: Mark


class _Index(TypedDict):
    schema_version: str
    latest: str | None
    snapshots: list[Entry]


class Index(_Index, total=False):
    """``index.json``: every snapshot, oldest publication first, which one is the latest, and the rollbacks."""

    moves: list[Move]


def canonical_json(value: object) -> bytes:
    """``value`` as JSON with sorted keys: the same value always gives the same bytes."""
    return (json.dumps(value, sort_keys=True, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def index_bytes(index: Index) -> bytes:
    """The content of ``index.json``."""
    return canonical_json(dict(index) | {"schema_version": VERSION})


def instant(moment: datetime, *, exact: bool = False) -> str:
    """An aware moment as the index has it: UTC, to the second ("2026-11-23T06:30:00Z"), or ``exact``."""
    text = moment.astimezone(UTC).isoformat(timespec="auto" if exact else "seconds")
    return text.replace("+00:00", "Z")


def latest_on(index: Index, day: date) -> str | None:
    """The snapshot that was the latest at the end of ``day`` in Paris; None when nothing was published by then."""
    end = datetime.combine(day + timedelta(days=1), time(), ZoneInfo("Europe/Paris"))
    turns = [(entry["published_at"], entry["id"]) for entry in index["snapshots"] if entry["kind"] != "as-of"]
    turns += [(move["at"], move["to"]) for move in index.get("moves", [])]
    known = [turn for turn in turns if datetime.fromisoformat(turn[0]) < end]
    # Sorting keeps the order of equal moments: a snapshot cannot be rolled back to before it is published.
    return sorted(known, key=lambda turn: turn[0])[-1][1] if known else None


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


def listed_files(files: dict[str, FileRecord]) -> dict[str, FileRecord]:
    """The ``files`` of a manifest that the index lists too: not those in sub-folders, of which a site has hundreds.

    The index has the manifest's sha256, and the manifest that of every file.
    """
    return {name: record for name, record in files.items() if "/" not in name}


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
        entry = entry_of(read_index(paths), snapshot)
        if entry is not None and "pruned" in entry:
            raise NoData(
                f"snapshot {snapshot} was pruned on {entry['pruned']['at'][:10]}: {entry['pruned']['why']}",
                where=str(paths.pruned / snapshot),
                do=f"`ptce rebuild {snapshot} --restore` makes it again, byte for byte, from the archive",
            )
        what = "nothing is published yet" if snapshot == "latest" else f"no snapshot {snapshot}"
        raise NoData(
            what,
            where=str(paths.processed / snapshot),
            do="run `ptce run` (or `make run`), or name the data root: --data DIR, data=…, PTCE_DATA",
        )
    return folder
