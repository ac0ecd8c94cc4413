"""Read a snapshot back and say everything that is not as it was published."""

from __future__ import annotations

import csv
import json
import os
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, cast

import pyarrow as pa

from ptce_etl.config import Paths
from ptce_etl.errors import PublishError
from ptce_etl.frames import content_digest
from ptce_etl.publish.exports import open_table, read_table, readable
from ptce_etl.publish.files import clashes, plain_name, sha256_file
from ptce_etl.publish.formats import FORMATS
from ptce_etl.publish.index import SNAPSHOT_ID, Entry, canonical_json, entry_of, listed_files, read_index
from ptce_etl.publish.manifest import MANIFEST, Manifest, manifest_digest
from ptce_etl.publish.remote import Remote
from ptce_etl.publish.signing import SIGNATURE, check_signature
from ptce_etl.rows import groups
from ptce_etl.schema import TABLES, VERSION

__all__ = ["verify", "verify_published"]


def verify(folder: Path) -> list[str]:
    """Problems of the snapshot in ``folder``, one sentence each; none means every bit is as it was published.

    Checks every file's size, sha256, rows and schema against the manifest, the manifest against its own digest, the
    tables' content digest and the store's index where the folder lies in one, that nothing else is in the folder, and
    the manifest's signature, if it has one or must have one (:mod:`ptce_etl.publish.signing`).
    """
    folder = folder.resolve()
    if not folder.is_dir():
        return [f"{folder}: no such folder"]
    manifest, problems = _manifest(folder / MANIFEST)
    if manifest is None:
        return problems
    problems += _index_problems(folder, manifest)
    problems += [f"{name}: not in the manifest" for name in _extra(folder, {*manifest["files"], MANIFEST, SIGNATURE})]
    problems += check_signature(folder, (folder / MANIFEST).read_bytes())[1]
    tables: dict[str, Path] = {}
    for name, record in sorted(manifest["files"].items()):
        try:
            problems += _file_problems(folder, name, dict(record), manifest["schema_version"], tables)
        except PublishError as error:
            problems.append(error.what)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            problems.append(f"{name} cannot be read: {error}")
    return problems + _content_problems(manifest, tables)


def verify_published(paths: Paths, snapshot_id: str) -> list[str]:
    """:func:`verify` of a published snapshot, wherever the store is; from an object store every byte is read again."""
    if not paths.store:
        return verify(paths.processed / snapshot_id)
    paths.processed.mkdir(parents=True, exist_ok=True)
    entry = entry_of(read_index(paths), snapshot_id)
    with TemporaryDirectory(prefix=".fetching-", dir=paths.processed) as scratch:
        folder = Path(scratch) / snapshot_id
        Remote(paths.store).download(snapshot_id, folder)
        manifest, _ = _manifest(folder / MANIFEST)
        problems = verify(folder)
        return problems if manifest is None else [*_entry_problems(folder, manifest, entry), *problems]


def _manifest(path: Path) -> tuple[Manifest | None, list[str]]:
    if path.is_symlink() or not path.is_file():
        return None, [f"{MANIFEST}: missing"]
    raw = path.read_bytes()
    try:
        found: Any = json.loads(raw)
    except ValueError as error:
        return None, [f"{MANIFEST}: cannot be read: {error}"]
    if not isinstance(found, dict) or found.keys() != Manifest.__required_keys__ or not _well_formed(found):
        return None, [f"{MANIFEST}: not a manifest: its fields are not those of one"]
    manifest = cast("Manifest", found)
    problems = []
    if raw != canonical_json(found) or found["manifest_digest"] != manifest_digest(manifest):
        problems.append(f"{MANIFEST}: altered: it does not match its own digest")
    day, digest = manifest["as_of"], manifest["content_digest"]
    given = manifest["snapshot_id"]
    if not SNAPSHOT_ID.fullmatch(given) or not given.startswith(f"{day}-{digest[:8]}"):
        problems.append(f"{MANIFEST}: snapshot id {given} does not follow from date {day} and content {digest[:8]}")
    return manifest, problems


def _well_formed(found: dict[str, Any]) -> bool:
    texts = ("snapshot_id", "kind", "as_of", "schema_version", "code_version", "content_digest", "manifest_digest")
    files = found["files"]
    return (
        all(isinstance(found[key], str) for key in texts)
        and isinstance(files, dict)
        and all(isinstance(r, dict) and r.keys() == {"bytes", "rows", "sha256"} for r in files.values())
        and all(plain_name(name) for name in files)
        and not clashes([*files, MANIFEST])
        and isinstance(found["checks"], dict)
    )


def _index_problems(folder: Path, manifest: Manifest) -> list[str]:
    """What the store's index says otherwise, when the folder lies where that index describes it."""
    try:
        index: Any = json.loads((folder.parent / "index.json").read_bytes())
        entries = {entry["id"]: entry for entry in index["snapshots"]}
    except FileNotFoundError:
        return []  # a copy, a candidate, a rejected one: nothing to compare with
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [f"index.json: cannot be read: {error}"]
    return _entry_problems(folder, manifest, entries.get(folder.name))


def _entry_problems(folder: Path, manifest: Manifest, entry: Entry | None) -> list[str]:
    if entry is None:
        return [f"index.json: does not list {folder.name}"]
    problems = []
    if manifest["snapshot_id"] != folder.name:
        problems.append(f"{MANIFEST}: it is the manifest of {manifest['snapshot_id']}")
    if entry["manifest_sha256"] != sha256_file(folder / MANIFEST):
        problems.append(f"{MANIFEST}: altered: the index lists another")
    if entry["files"] != listed_files(manifest["files"]):
        problems.append("index.json: its list of files is not the manifest's")
    return problems


def _extra(folder: Path, listed: set[str]) -> list[str]:
    """What lies in ``folder`` and is not ``listed``; a sub-folder that nothing is listed in counts once, as a whole."""
    folders = {parent.as_posix() for name in listed for parent in PurePosixPath(name).parents}
    found = []
    for at, subs, names in os.walk(folder):
        inside = Path(at).relative_to(folder)
        # A link to a folder is no folder of ours, wherever it leads.
        ours = [s for s in subs if (inside / s).as_posix() in folders and not (Path(at) / s).is_symlink()]
        there = {(inside / name).as_posix() for name in {*names, *subs} - {*ours}}
        found += sorted(there - listed)
        subs[:] = ours
    return sorted(found)


def _linked(folder: Path, name: str) -> bool:
    """Whether ``name`` is a link, or lies behind one."""
    path = folder / name
    return any(p.is_symlink() for p in (path, *path.parents[: name.count("/")]))


def _file_problems(folder: Path, name: str, record: dict[str, Any], version: str, tables: dict[str, Path]) -> list[str]:
    path = folder / name
    if _linked(folder, name) or not path.is_file():
        return [f"{name}: {'not a plain file' if path.is_symlink() or path.exists() else 'missing'}"]
    size = path.stat().st_size
    if size != record["bytes"]:
        return [f"{name}: {size} bytes, {record['bytes']} published"]
    if sha256_file(path) != record["sha256"]:
        return [f"{name}: altered: its sha256 is not the one published"]
    problems = []
    rows: int | None = None
    if "/" in name:  # tables lie in the folder itself
        pass
    elif path.suffix == ".parquet":
        with open_table(path) as table, readable(path):
            rows = table.metadata.num_rows
            if not name.endswith(FORMATS["geoparquet"].suffix):
                problems += _schema_problems(path, table.schema_arrow, version)
            if not problems and path.stem in TABLES:
                tables[path.stem] = path
            if version != VERSION or path.stem not in TABLES.keys() - {"changes", "checks"}:
                rows = sum(group.num_rows for group in groups(table))  # the others are read for their digest
    elif path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as handle:
            rows = sum(1 for _ in csv.reader(handle)) - 1
    if rows != record["rows"]:
        problems.append(f"{name}: {rows} rows, {record['rows']} published")
    return problems


def _schema_problems(path: Path, found: pa.Schema, version: str) -> list[str]:
    written = (found.metadata or {}).get(b"ptce:schema_version", b"").decode()
    if written != version:
        return [f"{path.name}: schema {written or 'unknown'}, the manifest says {version}"]
    if version != VERSION:
        return []  # published under another schema: what it should look like is not ours to say
    if path.stem not in TABLES:
        return [f"{path.name}: no such table in schema {version}"]
    same = found.equals(TABLES[path.stem].arrow(), check_metadata=True)
    return [] if same else [f"{path.name}: its columns are not those of schema {version}"]


def _content_problems(manifest: Manifest, tables: dict[str, Path]) -> list[str]:
    """Tables against each other: only worth saying when each of them is whole."""
    if manifest["schema_version"] != VERSION:
        return []
    missing = sorted(TABLES.keys() - {name.removesuffix(".parquet") for name in manifest["files"]})
    problems = [f"{name}.parquet: not in the manifest, yet every snapshot has it" for name in missing]
    if tables.keys() != TABLES.keys():
        return problems
    try:
        with ExitStack() as stack:
            digest = content_digest({name: stack.enter_context(open_table(path)) for name, path in tables.items()})
    except (OSError, PublishError, pa.ArrowException) as error:
        return [*problems, f"the tables cannot be read: {' '.join(str(error).split())}"]
    if digest != manifest["content_digest"]:
        problems.append(f"{MANIFEST}: its content digest is not that of the tables")
    checks = read_table(tables["checks"])
    failed = [row["severity"] for row in checks.to_pylist() if not row["passed"]]
    warnings = failed.count("warning")
    counted = {
        "passed": checks.num_rows - len(failed),
        "warnings": warnings,
        "critical": len(failed) - warnings,
    }
    if counted != manifest["checks"]:
        problems.append(f"{MANIFEST}: its summary of checks is not that of checks.parquet")
    return problems
