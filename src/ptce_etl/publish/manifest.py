"""The manifest: what a snapshot is made of, from what, by which code. It owes nothing to the clock or the host."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, date
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypedDict, cast

import ptce_etl
from ptce_etl.config import Paths, Settings
from ptce_etl.errors import PublishError
from ptce_etl.model import Capture
from ptce_etl.publish.index import ChecksSummary, FileRecord, Kind, canonical_json
from ptce_etl.publish.remote import Remote
from ptce_etl.schema import VERSION

__all__ = [
    "MANIFEST",
    "BuildInfo",
    "CaptureRecord",
    "Manifest",
    "build_facts",
    "code_version",
    "manifest_bytes",
    "manifest_digest",
    "read_manifest",
    "read_manifest_kept",
    "read_manifest_of",
]

MANIFEST = "manifest.json"
# What the package computes with; compiled files and the data a wheel carries for empty folders are not code.
_CODE_SUFFIXES = {
    ".css", ".csv", ".html", ".j2", ".jinja", ".js", ".json", ".otf", ".parquet", ".py", ".svg", ".yaml", ".yml",
}  # fmt: skip
_NOT_CODE = {"__pycache__", "_bundled"}


@dataclass(frozen=True, slots=True)
class BuildInfo:
    """What a candidate was built from.

    ``decisions``: sha256 (hex) by file name of the decisions files read (:func:`decisions_store.decision_hashes`).
    """

    as_of: date
    settings: Settings = field(default_factory=Settings)
    captures: tuple[Capture, ...] = ()
    decisions: dict[str, str] = field(default_factory=dict)


class CaptureRecord(TypedDict):
    """A capture the snapshot was built from; ``first_day`` is the UTC day its bytes were first retrieved."""

    source_id: str
    sha256: str
    bytes: int
    first_day: str


class Manifest(TypedDict):
    """``manifest.json``. ``manifest_digest`` is the sha256 of the manifest without that field.

    ``kind``: as it was published; what became of it since ("provisional", then finalised) is in the index.
    """

    snapshot_id: str
    kind: Kind | Literal["rejected"]
    as_of: str
    schema_version: str
    code_version: str
    settings: dict[str, Any]
    content_digest: str
    supersedes: str | None
    captures: list[CaptureRecord]
    decisions: dict[str, str]
    checks: ChecksSummary
    files: dict[str, FileRecord]
    manifest_digest: str


def build_facts(info: BuildInfo) -> dict[str, Any]:
    """The part of the manifest that is known when a candidate is staged."""
    captures = [
        CaptureRecord(
            source_id=c.source_id,
            sha256=c.sha256,
            bytes=c.size,
            first_day=c.first_seen.astimezone(UTC).date().isoformat(),
        )
        for c in info.captures
    ]
    return {
        "as_of": info.as_of.isoformat(),
        "schema_version": VERSION,
        "code_version": code_version(),
        "settings": dataclasses.asdict(info.settings),
        "captures": sorted(captures, key=lambda c: (c["source_id"], c["sha256"])),
        "decisions": dict(info.decisions),
    }


def manifest_digest(manifest: Manifest | dict[str, Any]) -> str:
    """sha256 (hex) of a manifest without its own ``manifest_digest``."""
    rest = {key: value for key, value in manifest.items() if key != "manifest_digest"}
    return hashlib.sha256(canonical_json(rest)).hexdigest()


def manifest_bytes(manifest: Manifest) -> bytes:
    """The content of ``manifest.json``, with its digest put in."""
    return canonical_json(dict(manifest) | {"manifest_digest": manifest_digest(manifest)})


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a snapshot's folder. Raises :class:`PublishError` when it cannot be read."""
    path = folder / MANIFEST
    try:
        return cast("Manifest", json.loads(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise PublishError(
            f"{MANIFEST} cannot be read: {' '.join(str(error).split())}",
            where=str(path),
            do="run `ptce verify` on its snapshot; a published file can be copied again from a backup",
        ) from error


def read_manifest_of(paths: Paths, snapshot_id: str) -> Manifest:
    """The manifest of a published snapshot, wherever the store is. Raises :class:`PublishError`."""
    if not paths.store:
        return read_manifest(paths.processed / snapshot_id)
    return _read_remote(str(paths.store), f"{snapshot_id}/{MANIFEST}")


def read_manifest_kept(paths: Paths, snapshot_id: str) -> Manifest:
    """The manifest of a pruned snapshot. Raises :class:`PublishError`."""
    if not paths.store:
        return read_manifest(paths.pruned / snapshot_id)
    return _read_remote(str(paths.store), f"pruned/{snapshot_id}/{MANIFEST}")


def _read_remote(url: str, name: str) -> Manifest:
    found = Remote(url).read(name)
    if found is None:
        raise PublishError(f"{MANIFEST} is missing", where=f"{url}/{name}", do="copy it again from a backup")
    return cast("Manifest", json.loads(found[0]))


@cache
def code_version() -> str:
    """Package version and a hash of the package's own files: "0.1.0+3f9c…" (12 hex digits).

    From the files and not from git, so that an installed wheel says the same as the checkout it was built from.
    """
    root = Path(ptce_etl.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(_code_files(root), key=lambda p: p.relative_to(root).as_posix()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return f"{ptce_etl.__version__}+{digest.hexdigest()[:12]}"


def _code_files(root: Path) -> list[Path]:
    return [
        path
        for path in root.rglob("*")
        if path.suffix in _CODE_SUFFIXES and path.is_file() and not _NOT_CODE & set(path.relative_to(root).parts)
    ]
