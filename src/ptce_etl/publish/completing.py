"""Finish a candidate: the tables and files it lacks, its formats, descriptions and pages, the manifest last."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from ptce_etl.config import Paths
from ptce_etl.errors import PublishError
from ptce_etl.publish.about import About
from ptce_etl.publish.descriptions import describe
from ptce_etl.publish.exports import conform, read_table, write_parquet
from ptce_etl.publish.files import remove_tree, sync_dir, write_bytes, write_file, write_files
from ptce_etl.publish.formats import write_formats
from ptce_etl.publish.index import ChecksSummary, FileRecord, Kind
from ptce_etl.publish.manifest import MANIFEST, Manifest, manifest_bytes
from ptce_etl.publish.pages import Pages, check_names, write_pages
from ptce_etl.publish.signing import SIGNATURE, sign_manifest
from ptce_etl.publish.staging import CANDIDATE, Facts, candidate_facts
from ptce_etl.publish.verify import verify
from ptce_etl.schema import TABLES

__all__ = ["Job", "check_whole", "checks_summary", "complete_candidate", "finish", "read_back"]

_ADDED = {"changes", "checks"}  # they compare with the previous snapshot, so they are made when publishing


def complete_candidate(
    paths: Paths,
    staged: Path,
    *,
    snapshot_id: str,
    kind: Kind,
    tables_added: dict[str, pa.Table],
    supersedes: str | None,
    extra: dict[str, bytes],
    pages: Pages,
) -> Manifest:
    """Finish a candidate that this process holds as ``snapshot_id``, and publish nothing: what a rebuild compares.

    Raises :class:`PublishError`, :class:`DataError`.
    """
    facts = candidate_facts(staged)
    added = {name: conform(name, table) for name, table in sorted(tables_added.items())}
    check_whole(staged, facts, added)
    job = Job(paths, staged, facts, added, extra, pages, supersedes, checks_summary(added["checks"]))
    return finish(job, snapshot_id, kind)


@dataclass(frozen=True, slots=True)
class Job:
    """A candidate at work, with what it is given: ``summary`` is what its ``checks`` table says."""

    paths: Paths
    staged: Path
    facts: Facts
    added: dict[str, pa.Table]
    extra: dict[str, bytes]
    pages: Pages | None
    supersedes: str | None
    summary: ChecksSummary


def check_whole(staged: Path, facts: Facts, added: dict[str, pa.Table]) -> None:
    """Raise :class:`PublishError` unless the candidate and what is added are every table once."""
    have = {name.removesuffix(".parquet") for name in facts["files"]}
    if added.keys() != _ADDED or have != TABLES.keys() - _ADDED:
        raise PublishError(
            f"a snapshot holds every table once: staged {sorted(have)}, added {sorted(added)}",
            where=str(staged),
            do=f"stage every table of the schema but {sorted(_ADDED)}, and give those two here",
        )


def checks_summary(checks: pa.Table) -> ChecksSummary:
    """How many checks passed, warned and failed, by a table ``checks``."""
    rows = checks.select(["severity", "passed"]).to_pylist()
    failed = [row["severity"] for row in rows if not row["passed"]]
    critical = sum(severity != "warning" for severity in failed)  # a severity we do not know stops the promotion
    return ChecksSummary(passed=len(rows) - len(failed), warnings=len(failed) - critical, critical=critical)


def finish(job: Job, snapshot_id: str, kind: Kind | Literal["rejected"]) -> Manifest:
    """Write what the candidate lacks, the manifest last. Can be called again on a candidate left half finished."""
    staged, files = job.staged, dict(job.facts["files"])
    for path in sorted(staged.iterdir()):
        if path.name not in files and path.name != CANDIDATE:
            remove_tree(path)
    for name, table in job.added.items():
        written = write_file(staged / f"{name}.parquet", partial(write_parquet, table))
        files[f"{name}.parquet"] = FileRecord(bytes=written.bytes, rows=table.num_rows, sha256=written.sha256)
    about = _about(job, snapshot_id, files)
    files |= write_formats(staged, about)
    described = describe(replace(about, files=files))
    check_names(job.extra, [*files, *described, MANIFEST, SIGNATURE, CANDIDATE], staged)
    for name, written in write_files(staged, described | job.extra).items():
        files[name] = FileRecord(bytes=written.bytes, rows=None, sha256=written.sha256)
    if job.pages is not None and kind in ("final", "provisional"):
        files |= write_pages(job.pages(snapshot_id, dict(files)), staged, {*files, MANIFEST, SIGNATURE, CANDIDATE})
    manifest = _manifest(job, snapshot_id, kind, files)
    content = manifest_bytes(manifest)
    write_bytes(staged / MANIFEST, content)
    signature = sign_manifest(content)
    if signature is not None:
        write_bytes(staged / SIGNATURE, signature)
    (staged / CANDIDATE).unlink()
    sync_dir(staged)
    return manifest


def _about(job: Job, snapshot_id: str, files: dict[str, FileRecord]) -> About:
    facts = job.facts["build"]
    held = "sources.parquet" in files
    return About(
        snapshot_id=snapshot_id,
        as_of=date.fromisoformat(facts["as_of"]),
        schema_version=facts["schema_version"],
        code_version=facts["code_version"],
        content_digest=job.facts["content_digest"],
        files=files,
        sources=tuple(read_table(job.staged / "sources.parquet").to_pylist()) if held else (),
    )


def _manifest(job: Job, snapshot_id: str, kind: Kind | Literal["rejected"], files: dict[str, FileRecord]) -> Manifest:
    facts: dict[str, Any] = job.facts["build"]
    return Manifest(
        snapshot_id=snapshot_id,
        kind=kind,
        as_of=facts["as_of"],
        schema_version=facts["schema_version"],
        code_version=facts["code_version"],
        settings=facts["settings"],
        content_digest=job.facts["content_digest"],
        supersedes=job.supersedes,
        captures=facts["captures"],
        decisions=facts["decisions"],
        checks=job.summary,
        files=files,
        manifest_digest="",
    )


def read_back(staged: Path) -> None:
    """Raise :class:`PublishError` unless the finished candidate verifies."""
    problems = verify(staged)
    if problems:
        raise PublishError(
            f"what was written does not read back: {'; '.join(problems[:3])}",
            where=str(staged),
            do="check the disk, then run again: nothing was promoted",
        )
