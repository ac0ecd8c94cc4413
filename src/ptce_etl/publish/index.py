"""What ``index.json`` and ``manifest.json`` say, and how they are written: the same bytes for the same content."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, TypedDict, cast
from zoneinfo import ZoneInfo

from ptce_etl.config import Paths
from ptce_etl.errors import ConfigError, NoData, PublishError
from ptce_etl.publish.files import replace_file, sha256_file
from ptce_etl.publish.remote import Remote
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
    "file_of",
    "index_bytes",
    "instant",
    "latest_on",
    "listed_files",
    "published_id",
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
    """``index.json``: every snapshot, oldest publication first, which one is the latest, and the rollbacks.

    ``etag``: what an object store knew the index by when it was read; not a part of the file.
    """

    moves: list[Move]
    etag: str


def canonical_json(value: object) -> bytes:
    """``value`` as JSON with sorted keys: the same value always gives the same bytes."""
    return (json.dumps(value, sort_keys=True, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def index_bytes(index: Index) -> bytes:
    """The content of ``index.json``."""
    return canonical_json({key: value for key, value in index.items() if key != "etag"} | {"schema_version": VERSION})


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
    etag: str | None = None
    try:
        if paths.store:
            there = Remote(paths.store).read("index.json")
            if there is None:
                return Index(schema_version=VERSION, latest=None, snapshots=[])
            raw, etag = there
        else:
            raw = paths.index.read_bytes()
        found: Any = json.loads(raw)
    except FileNotFoundError:
        return Index(schema_version=VERSION, latest=None, snapshots=[])
    except (OSError, ValueError) as error:
        raise _unreadable(paths, str(error)) from error
    if not isinstance(found, dict) or not isinstance(found.get("snapshots"), list) or "latest" not in found:
        raise _unreadable(paths, "it has no list of snapshots")
    missing = [e for e in found["snapshots"] if not isinstance(e, dict) or Entry.__required_keys__ - e.keys()]
    if missing:
        raise _unreadable(paths, f"{len(missing)} entries lack fields")
    return cast("Index", found if etag is None else found | {"etag": etag})


def _unreadable(paths: Paths, why: str) -> PublishError:
    return PublishError(
        f"the index of snapshots cannot be read: {why}",
        where=f"{paths.store}/index.json" if paths.store else str(paths.index),
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
    if paths.store:
        return _fetched(paths, snapshot)
    folder = (paths.processed / snapshot).resolve()
    if not folder.is_dir():
        _refuse_pruned(paths, entry_of(read_index(paths), snapshot))
        what = "nothing is published yet" if snapshot == "latest" else f"no snapshot {snapshot}"
        raise NoData(
            what,
            where=str(paths.processed / snapshot),
            do="run `ptce run` (or `make run`), or name the data root: --data DIR, data=…, PTCE_DATA",
        )
    return folder


def published_id(paths: Paths, snapshot: str) -> str:
    """The id meant by ``snapshot`` ("latest", or an id that is there), without reading its files.

    Raises as :func:`snapshot_path`.
    """
    return _listed(paths, snapshot)["id"] if paths.store else snapshot_path(paths, snapshot).name


def file_of(paths: Paths, entry: Entry, name: str) -> Path:
    """One file of a published snapshot, or of what is kept of a pruned one, on this disk.

    From an object store it is read once: it never changes. Raises :class:`PublishError` when it is not as listed.
    """
    if not paths.store:
        return (paths.pruned if "pruned" in entry else paths.processed) / entry["id"] / name
    kept = paths.processed / ".files" / entry["id"] / name
    record = entry["files"].get(name)
    if record is not None and kept.is_file() and sha256_file(kept) == record["sha256"]:
        return kept
    prefix = f"pruned/{entry['id']}" if "pruned" in entry else entry["id"]
    found = Remote(paths.store).read(f"{prefix}/{name}")
    if found is None or record is None or hashlib.sha256(found[0]).hexdigest() != record["sha256"]:
        raise PublishError(
            f"{name} of {entry['id']} is {'missing' if found is None else 'not as it was published'}",
            where=f"{paths.store}/{prefix}/{name}",
            do=f"`ptce verify {entry['id']}` says what else is wrong",
        )
    kept.parent.mkdir(parents=True, exist_ok=True)
    replace_file(kept, found[0])
    return kept


def _listed(paths: Paths, snapshot: str) -> Entry:
    index = read_index(paths)
    wanted = index["latest"] if snapshot == "latest" else snapshot
    entry = entry_of(index, wanted)
    _refuse_pruned(paths, entry)
    if entry is None:
        raise NoData(
            "nothing is published yet" if snapshot == "latest" else f"no snapshot {snapshot}",
            where=str(paths.store),
            do="run `ptce run`, or check the address: PTCE_STORE, data=…",
        )
    return entry


def _refuse_pruned(paths: Paths, entry: Entry | None) -> None:
    if entry is not None and "pruned" in entry:
        raise NoData(
            f"snapshot {entry['id']} was pruned on {entry['pruned']['at'][:10]}: {entry['pruned']['why']}",
            where=f"{paths.store}/pruned" if paths.store else str(paths.pruned / entry["id"]),
            do=f"`ptce rebuild {entry['id']} --restore` makes it again, byte for byte, from the archive",
        )


def _fetched(paths: Paths, snapshot: str) -> Path:
    """A snapshot of an object store as a folder of this disk: read once, and every byte checked on the way."""
    entry = _listed(paths, snapshot)
    folder = paths.processed / entry["id"]
    if folder.is_dir():
        return folder
    paths.processed.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".fetching-", dir=paths.processed) as scratch:
        got = Path(scratch) / entry["id"]
        Remote(str(paths.store)).download(entry["id"], got)
        manifest = got / "manifest.json"
        good = manifest.is_file() and sha256_file(manifest) == entry["manifest_sha256"]
        files = json.loads(manifest.read_bytes())["files"] if good else {}
        wrong = [n for n, r in sorted(files.items()) if not (got / n).is_file() or sha256_file(got / n) != r["sha256"]]
        if not good or wrong:
            raise PublishError(
                f"{entry['id']} is not as it was published: {wrong[0] if wrong else 'manifest.json'}",
                where=f"{paths.store}/{entry['id']}",
                do=f"`ptce verify {entry['id']}` says what else is wrong",
            )
        if not folder.exists():  # nobody else was quicker
            got.rename(folder)
    return folder
