"""Write, audit, publish: a candidate becomes a snapshot, or says why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import pyarrow as pa

from ptce_etl.config import Paths
from ptce_etl.errors import StoreBusy
from ptce_etl.frames import from_arrow
from ptce_etl.publish.changes import summarise
from ptce_etl.publish.completing import Job, check_whole, checks_summary, finish, read_back
from ptce_etl.publish.exports import conform
from ptce_etl.publish.files import (
    sha256_file,
    write_bytes,
)
from ptce_etl.publish.index import (
    ChecksSummary,
    Entry,
    Index,
    Kind,
    Why,
    canonical_json,
    entry_of,
    instant,
    listed_files,
    read_index,
    snapshot_path,
)
from ptce_etl.publish.manifest import MANIFEST, Manifest, code_version
from ptce_etl.publish.pages import Pages
from ptce_etl.publish.staging import CANDIDATE, Facts, candidate_facts, discard, hold, release
from ptce_etl.publish.store import claimed, free_ids, locked, move_to_rejected, put_in_place

__all__ = ["Outcome", "Published", "publish_candidate"]

Outcome = Literal["published", "unchanged", "withheld", "rejected", "built"]


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a candidate: ``path`` is the folder to look at (the snapshot in force when unchanged)."""

    outcome: Outcome
    snapshot_id: str
    path: Path
    message: str
    checks: ChecksSummary


def publish_candidate(
    paths: Paths,
    staged: Path,
    *,
    tables_added: dict[str, pa.Table],
    supersedes: str | None,
    now: datetime,
    extra: dict[str, bytes] | None = None,
    pages: Pages | None = None,
    promote: bool = True,
    provisional: bool = False,
    known_at: datetime | None = None,
    before_promote: Callable[[], None] | None = None,
    timeout: float = 0,
) -> Published:
    """Finish the candidate ``staged`` with its ``checks`` and ``changes`` tables and ``extra`` files, and publish it.

    ``extra``: bytes by name; a name may lie in sub-folders ("site/poles/p1.html"), see :func:`files.plain_name`.
    ``pages``: what else it holds, made once its id and its other files are known; a rejected candidate has none.

    ``supersedes``: the latest snapshot the checks and changes were computed against (None: there was none).
    ``promote=False`` (as-of builds) lists the snapshot and leaves the latest where it is. ``before_promote`` is called
    once the candidate has been read back, just before it is put in place, and only when it is promoted.
    ``provisional``: published as such, until ``versions.finalise``. ``now`` (aware) and ``known_at`` (up to when
    captures and decisions were used; default ``now``) go to ``index.json`` only. ``timeout``: seconds to wait for
    another publisher.

    What a snapshot said that was rolled back is "withheld": the latest stays what the rollback made it. A critical
    check that failed, by the ``checks`` table, rejects the candidate. Raises :class:`StoreBusy` (the candidate stays,
    to be tried again), :class:`PublishError`, :class:`DataError`.
    """
    staged = staged.resolve()
    hold(staged)
    with _let_go(staged), locked(paths, staged, timeout=timeout):
        facts = candidate_facts(staged)
        index = read_index(paths)
        added = {name: conform(name, table) for name, table in sorted(tables_added.items())}
        check_whole(staged, facts, added)
        summary = checks_summary(added["checks"])
        job = Job(paths, staged, facts, added, dict(extra or {}), pages, supersedes, summary)
        same = _same(index, facts, promote=promote)
        if promote and same is None and supersedes != index["latest"]:
            raise StoreBusy(
                f"the latest moved to {index['latest']} while this candidate was checked against {supersedes}",
                where=str(paths.index),
                do="run again: the candidate is compared with the snapshot that is now the latest",
            )
        if summary["critical"]:
            return _reject(job)
        if same is not None:
            discard(staged)
            return Published(
                "unchanged", same["id"], snapshot_path(paths, same["id"]), _unchanged(same, promote), summary
            )
        withdrawn = _withdrawn(index, facts) if promote else None
        if withdrawn is not None:
            discard(staged)
            return Published("withheld", str(supersedes), snapshot_path(paths), _withheld(index, withdrawn), summary)
        kind: Kind = "as-of" if not promote else "provisional" if provisional else "final"
        return _put(job, index, now, known_at or now, before_promote if promote else None, kind)


@contextmanager
def _let_go(staged: Path) -> Iterator[None]:
    """A candidate stays held only while it may still be published: after a failure the next sweep takes it."""
    may_retry = False
    try:
        yield
    except StoreBusy:
        may_retry = True
        raise
    finally:
        if not may_retry:
            release(staged)


def _same(index: Index, facts: Facts, *, promote: bool) -> Entry | None:
    """The snapshot that already says what the candidate says: the latest, or for an as-of build one of that date."""
    if promote:
        entry = entry_of(index, index["latest"])
        return entry if entry and entry["content_digest"] == facts["content_digest"] else None
    found = [
        entry
        for entry in index["snapshots"]
        if entry["content_digest"] == facts["content_digest"]
        and entry["as_of"] == facts["build"]["as_of"]
        and "pruned" not in entry
    ]
    return found[-1] if found else None


def _unchanged(entry: Entry, promote: bool) -> str:
    by = "same code" if entry["code_version"] == code_version() else "the code changed, what it says did not"
    still = f" It is provisional: `ptce finalise {entry['id']}`." if entry["kind"] == "provisional" else ""
    return f"Nothing changed: {entry['id']} {'stays the latest' if promote else 'already says this'} ({by}).{still}"


def _withdrawn(index: Index, facts: Facts) -> Entry | None:
    """The snapshot that a rollback left behind and that says what the candidate says."""
    found = [e for e in index["snapshots"] if e["content_digest"] == facts["content_digest"] and "withdrawn" in e]
    return found[-1] if found else None


def _withheld(index: Index, entry: Entry) -> str:
    mark = entry["withdrawn"]
    return (
        f"Not published: {entry['id']} said the same and was rolled back on {mark['at'][:10]} ({mark['why']}); "
        f"{index['latest']} stays the latest. To publish it all the same: `ptce rollback {entry['id']}`."
    )


def _reject(job: Job) -> Published:
    snapshot_id = job.facts["snapshot_id"]
    finish(job, snapshot_id, "rejected")
    read_back(job.staged)
    folder = move_to_rejected(job.paths, job.staged, snapshot_id)
    discard(job.staged)
    n = job.summary["critical"]
    message = f"Rejected: {n} critical check{'s' if n > 1 else ''} failed; the latest has not moved. See {folder}."
    return Published("rejected", snapshot_id, folder, message, job.summary)


def _put(
    job: Job, index: Index, now: datetime, known_at: datetime, before_promote: Callable[[], None] | None, kind: Kind
) -> Published:
    latest = kind != "as-of"
    for snapshot_id in free_ids(job.paths, job.facts["snapshot_id"], index):
        manifest = finish(job, snapshot_id, kind)
        read_back(job.staged)
        if claimed(job.paths, job.staged, snapshot_id):
            break
        write_bytes(job.staged / CANDIDATE, canonical_json(job.facts))  # to be finished again, under another name
    entry = _entry(job, manifest, now, known_at, kind)
    if before_promote is not None:
        before_promote()
    folder = put_in_place(job.paths, job.staged, entry, index, latest=snapshot_id if latest else index["latest"])
    said = "Published (provisional)" if kind == "provisional" else "Published"
    what = f"{said} {snapshot_id}: {entry['why']['en']}." if latest else f"Built {snapshot_id}; the latest stays."
    return Published("published" if latest else "built", snapshot_id, folder, what, job.summary)


def _entry(job: Job, manifest: Manifest, now: datetime, known_at: datetime, kind: Kind) -> Entry:
    return Entry(
        id=manifest["snapshot_id"],
        as_of=manifest["as_of"],
        kind=kind,
        published_at=instant(now),
        known_at=instant(known_at, exact=True),
        content_digest=manifest["content_digest"],
        schema_version=manifest["schema_version"],
        code_version=manifest["code_version"],
        supersedes=manifest["supersedes"],
        why=_why(job, kind),
        checks=manifest["checks"],
        manifest_sha256=sha256_file(job.staged / MANIFEST),
        files=listed_files(manifest["files"]),
    )


def _why(job: Job, kind: Kind) -> Why:
    if kind == "as-of":
        day = job.facts["build"]["as_of"]
        return Why(en=f"built as of {day}, never the latest", fr=f"reconstitution au {day}, jamais la dernière")
    changes, first = from_arrow("changes", job.added["changes"]), job.supersedes is None
    return Why(en=summarise(changes, "en", first=first), fr=summarise(changes, "fr", first=first))
