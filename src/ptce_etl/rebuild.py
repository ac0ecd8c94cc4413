"""Make a published snapshot again, from the archive and the decisions and settings it recorded, and compare the bytes.

A snapshot is a pure function of captures, decisions, date and code. This is that sentence as a test that anybody can
run, and what makes it safe to prune.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from ptce_etl.catalogue.registry import load_programmes, load_sources
from ptce_etl.catalogue.services import load_services
from ptce_etl.config import Paths, Settings
from ptce_etl.errors import ConfigError, NoData, PublishError
from ptce_etl.frames import from_arrow
from ptce_etl.pipeline import OWN_CATALOGUE, OWN_SERVICES, Candidate, Context, audit, build, identities_of
from ptce_etl.publish.api import load_all
from ptce_etl.publish.completing import complete_candidate
from ptce_etl.publish.decisions_kept import catalogue_of, decided_by, kept, services_of
from ptce_etl.publish.decisions_store import Decided
from ptce_etl.publish.files import sha256_file
from ptce_etl.publish.index import Entry, entry_of, read_index, snapshot_path
from ptce_etl.publish.manifest import MANIFEST, Manifest, code_version, read_manifest_kept, read_manifest_of
from ptce_etl.publish.staging import discard, read_staged
from ptce_etl.publish.versions import restore

__all__ = ["Rebuilt", "rebuild"]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How a snapshot made again compares with the one published.

    ``identical`` counts the files whose bytes are the same. ``differs``, ``missing`` (not made this time) and ``added``
    name the others. ``facts``: fields of the manifest that are not the same, but for the code's version.
    """

    snapshot_id: str
    identical: int
    differs: tuple[str, ...]
    missing: tuple[str, ...]
    added: tuple[str, ...]
    facts: tuple[str, ...]
    code_then: str
    code_now: str
    restored: bool = False

    @property
    def same_code(self) -> bool:
        """Whether it was published by the code that made it again."""
        return self.code_then == self.code_now

    @property
    def same(self) -> bool:
        """Whether all is as it was, but for the name of the code where that is another."""
        found = {*self.differs, *self.missing, *self.added, *self.facts}
        return not (found if self.same_code else found - {MANIFEST})


def rebuild(root: Path, snapshot_id: str, *, put_back: bool = False) -> Rebuilt:
    """Make ``snapshot_id`` again under ``root`` and compare it with what was published, file by file.

    A pruned snapshot is compared with its manifest, which was kept; with ``put_back`` its files are put in place again,
    provided that every byte is the same. Raises :class:`NoData` for an id that is not listed, :class:`ConfigError`,
    :class:`PublishError` when the archive lacks what it was made from.
    """
    paths = Paths(root)
    entry = entry_of(read_index(paths), snapshot_id)
    if entry is None:
        raise NoData(f"no snapshot {snapshot_id}", where=str(paths.index), do="`ptce history` lists them")
    pruned = "pruned" in entry
    if put_back and not pruned:
        raise ConfigError(f"{snapshot_id} was not pruned: it is there", where="--restore", do="rebuild it without")
    then = _manifest(paths, entry)
    staged, now = _make(paths, entry, then)
    try:
        found = _compared(entry, then, now, staged, None if pruned else snapshot_path(paths, snapshot_id))
        if put_back:
            if not (found.same and found.same_code):
                raise PublishError(
                    f"{snapshot_id} does not come out as it was: {_said(found)}",
                    where=str(paths.pruned / snapshot_id),
                    do=f"rebuild it with the code that made it, {found.code_then}",
                )
            restore(paths, staged, snapshot_id)
            found = replace(found, restored=True)
    finally:
        discard(staged)
    return found


def _said(found: Rebuilt) -> str:
    code = [] if found.same_code else [f"the code was {found.code_then} and is {found.code_now}"]
    return "; ".join([*code, *found.differs, *found.missing, *found.added][:5])


def _manifest(paths: Paths, entry: Entry) -> Manifest:
    if "pruned" in entry:
        return read_manifest_kept(paths, entry["id"])
    return read_manifest_of(paths, entry["id"])


def _make(paths: Paths, entry: Entry, then: Manifest) -> tuple[Path, Manifest]:
    """The snapshot again, as a finished candidate, and its manifest."""
    ctx, decided = _context(paths, entry, then)
    candidate = build(ctx, decided=decided)
    try:
        return candidate.path, _finish(paths, entry, then, ctx, decided, candidate)
    except BaseException:
        discard(candidate.path)
        raise


def _context(paths: Paths, entry: Entry, then: Manifest) -> tuple[Context, Decided]:
    files = kept(paths, then["decisions"])
    own, services = files.pop(OWN_CATALOGUE, None), files.pop(OWN_SERVICES, None)
    published = datetime.fromisoformat(entry["published_at"])
    # Before known_at was listed: the end of the second that the publication is dated to.
    end = published + timedelta(seconds=1) - timedelta.resolution
    known = datetime.fromisoformat(entry["known_at"]) if "known_at" in entry else end
    unlike = set(then["settings"]) - set(Settings.__dataclass_fields__)
    if unlike:
        raise ConfigError(
            f"{entry['id']} was made with settings that this code does not have: {', '.join(sorted(unlike))}",
            where=f"manifest of {entry['id']}",
            do=f"rebuild it with the code that made it, {then['code_version']}",
        )
    as_of = date.fromisoformat(then["as_of"])
    ctx = Context(
        paths=paths,
        sources=tuple(one for one in (load_sources() if own is None else catalogue_of(own)) if one.counts),
        programmes=load_programmes(),
        settings=Settings(**then["settings"]),
        now=published,
        as_of=as_of,
        known_at=known,
        catalogue=own,
        services=load_services() if services is None else services_of(services),
        own_services=services,
    )
    return ctx, decided_by(files)


def _finish(
    paths: Paths, entry: Entry, then: Manifest, ctx: Context, decided: Decided, candidate: Candidate
) -> Manifest:
    promoted = entry["kind"] != "as-of"
    tables = {name: from_arrow(name, table) for name, table in read_staged(candidate.path).items()}
    before = then["supersedes"]
    previous = _tables(paths, before) if promoted and before else None
    found = identities_of(ctx, tables["listings"], decided.identities, decided.redirects) if promoted else None
    # As it was judged when it was published: a build of that very day is no reconstitution.
    past = ctx.as_of < ctx.now.astimezone(ZoneInfo("Europe/Paris")).date() or ctx.known < ctx.now
    audited = audit(ctx, candidate, tables, previous, found, supersedes=before, promote=promoted, past=past)
    return complete_candidate(
        paths,
        candidate.path,
        snapshot_id=entry["id"],
        kind="as-of" if not promoted else "provisional" if then["kind"] == "provisional" else "final",
        tables_added=audited.tables_added,
        supersedes=before,
        extra=audited.extra,
        pages=audited.pages,
    )


def _tables(paths: Paths, snapshot_id: str) -> dict[str, pd.DataFrame]:
    """The tables of an earlier snapshot: as published, or, when it was pruned, made again as well."""
    entry = entry_of(read_index(paths), snapshot_id)
    if entry is None or "pruned" not in entry:
        return load_all(snapshot_id, data=paths.root)
    staged, _ = _make(paths, entry, _manifest(paths, entry))
    try:
        return {name: from_arrow(name, table) for name, table in read_staged(staged).items()}
    finally:
        discard(staged)


def _compared(entry: Entry, then: Manifest, now: Manifest, staged: Path, folder: Path | None) -> Rebuilt:
    def sha256(name: str) -> str | None:
        if folder is None:
            return entry["manifest_sha256"] if name == MANIFEST else then["files"][name]["sha256"]
        return sha256_file(folder / name) if (folder / name).is_file() else None

    there = {*then["files"], MANIFEST}
    made = {*now["files"], MANIFEST}
    alike = {name for name in there & made if sha256(name) == sha256_file(staged / name)}
    other = {"code_version", "manifest_digest", "files"}
    before: dict[str, Any] = dict(then)
    after: dict[str, Any] = dict(now)
    return Rebuilt(
        snapshot_id=entry["id"],
        identical=len(alike),
        differs=tuple(sorted(there & made - alike)),
        missing=tuple(sorted(there - made)),
        added=tuple(sorted(made - there)),
        facts=tuple(sorted(k for k in {*before, *after} - other if before.get(k) != after.get(k))),
        code_then=then["code_version"],
        code_now=code_version(),
    )
