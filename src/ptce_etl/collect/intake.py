"""The two ends of the archive: ``collect_source`` fills it, ``intake`` reads what is in force out of it.

A capture whose bytes could not be read is kept, and logged as ``malformed`` (its layout) or ``suspicious`` (its bounds
or sentinels): it never takes the place of the last good one, so a broken source does not look like closed poles.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd

from ptce_etl.catalogue.registry import ID_COLUMN, TARGETS, Source, Statement
from ptce_etl.collect.archive import GOOD, Archive
from ptce_etl.collect.fetch import DEFAULT_POLICY, FetchPolicy, fetch
from ptce_etl.collect.gather import gathered
from ptce_etl.collect.manners import Manners, shared_manners
from ptce_etl.collect.reading import audit, read
from ptce_etl.collect.rows import complete, named, stack, unique
from ptce_etl.errors import SourceChanged, SourceError, SourceGone, SourceRefused, TransientError
from ptce_etl.frames import empty
from ptce_etl.model import Capture, Issue, Outcome, RequestLog

__all__ = ["InForce", "Intake", "collect_source", "failure", "in_force", "intake"]


@dataclass(frozen=True)
class Intake:
    """What the captures in force say.

    ``listings``, ``count_claims``, ``growth_claims``: every column of ``catalogue.registry.TARGETS`` as ``str``, then
    ``source_id``, ``capture_sha256`` and ``record_no`` (``Int64``), and ``licence`` of the listings; in the order of
    the catalogue, then of the file.
    ``sources``: schema table ``sources``.
    """

    listings: pd.DataFrame
    count_claims: pd.DataFrame
    growth_claims: pd.DataFrame
    sources: pd.DataFrame
    captures: tuple[Capture, ...]
    issues: tuple[Issue, ...]


def collect_source(
    source: Source,
    archive: Archive,
    root: Path,
    now: datetime,
    policy: FetchPolicy = DEFAULT_POLICY,
    manners: Manners | None = None,
) -> RequestLog:
    """Fetch ``source``, keep its bytes, try to read them, and log the outcome; the logged line is returned.

    ``manners`` are those of the run that began at ``now``, unless given.
    Never raises for the source's failure (see :func:`failure`); :class:`PublishError` when the archive cannot be used.
    """
    previous = next(iter(archive.good(source.source_id, now)), None)
    if source.is_remote:
        log, body = gathered(source, archive, now, policy, manners or shared_manners(now), previous)
    else:
        fetched = fetch(source, root, now, policy)
        log, body = fetched.log, fetched.body
    if body is not None:
        digest = archive.put(body)
        same = previous is not None and previous.sha256 == digest
        log = _tried(replace(log, sha256=digest, size=len(body), outcome="unchanged" if same else "ok"), body, source)
    archive.append(log)
    if source.is_remote:
        archive.forget(source.source_id, _forgotten(source, now, previous))
    return log


def _forgotten(source: Source, now: datetime, previous: RequestLog | None) -> datetime:
    """Before when what was fetched may go. After a gap longer than it is kept, the clock is believed a run later: one
    that jumps ahead for one run makes nothing old."""
    kept = timedelta(days=source.retention_days)
    believed = previous is None or now - previous.requested_at <= kept
    return (now if believed or previous is None else previous.requested_at) - kept


def _tried(log: RequestLog, body: bytes, source: Source) -> RequestLog:
    """``log`` as it is when ``body`` can be read, else with the outcome and the reason of the failure."""
    where = f"capture {str(log.sha256)[:12]}…  fetched {log.requested_at.date().isoformat()} from {log.url}"
    outcome: Outcome = "malformed"
    try:
        frame = read(body, source)
        outcome = "suspicious"
        audit(frame, source)
    except SourceChanged as error:
        text = str(SourceChanged(error.what, where=where, do=error.do))
        return replace(log, outcome=outcome, error=text)
    return log


def failure(log: RequestLog) -> SourceError | None:
    """The exception that says what a logged retrieval failed on, ``None`` for a good one.

    Its ``transient`` tells a scheduler whether trying again makes sense.
    """
    if log.outcome in GOOD:
        return None
    if log.error and log.error.startswith("SourceChanged: "):
        what, *rest = log.error.removeprefix("SourceChanged: ").split("\n")
        parts = dict(line.strip().split(": ", 1) for line in rest if ": " in line)
        return SourceChanged(what, where=parts.get("where", ""), do=parts.get("do", "").strip())
    kinds: dict[Outcome, tuple[type[SourceError], str]] = {
        "not_found": (SourceGone, "find its new address, or disable it in the catalogue and say why"),
        "gone": (SourceGone, "find its new address, or disable it in the catalogue and say why"),
        "auth": (SourceRefused, "check the rights, or ask the publisher"),
        "throttled": (TransientError, "leave it for a later run"),
        "transient": (TransientError, "try again later; what was last captured stays in force"),
        "malformed": (SourceRefused, "look at the address in the catalogue"),
        "suspicious": (SourceRefused, "look at it by hand before it is read again"),
    }
    kind, do = kinds[log.outcome]
    return kind(f"{log.source_id}: {log.error or log.outcome}", where=log.url, do=do)


def intake(archive: Archive, sources: Iterable[Source], known_at: datetime) -> Intake:
    """Read the captures in force at ``known_at`` (aware): for each source the newest that can be read.

    A source whose last retrieval failed is ``stale``; one without a readable capture is ``missing``. Both are issues,
    as are rows without a name and ids that stand twice. Rows of a source whose licence keeps them apart are not in the
    frames (:func:`ptce_etl.collect.apart.rows_apart`). Raises :class:`PublishError` when archived bytes are damaged.
    """
    issues: list[Issue] = []
    captures: list[Capture] = []
    health = []
    parts: dict[Statement, list[pd.DataFrame]] = {statement: [] for statement in TARGETS}
    for source in sources:
        found = in_force(archive, source, known_at)
        health.append(_health(source, found))
        issues.extend(found.issues)
        if found.capture is not None and found.frame is not None:
            captures.append(found.capture)
        if found.capture is not None and found.frame is not None and not source.apart:
            parts[source.statement].append(complete(found.frame, source, found.capture.sha256))
    frames = {statement: stack(statement, rows) for statement, rows in parts.items()}
    frames["listings"] = named(frames["listings"], issues)
    taken: dict[str, dict[str, str]] = {"listing_id": {}, "claim_id": {}}  # both kinds of claims share their ids
    for statement, frame in frames.items():
        frames[statement] = unique(frame, ID_COLUMN[statement], taken[ID_COLUMN[statement]], issues)
    table = pd.DataFrame(health, columns=empty("sources").columns).astype(empty("sources").dtypes.to_dict())
    return Intake(
        frames["listings"], frames["count_claims"], frames["growth_claims"], table, tuple(captures), tuple(issues)
    )


@dataclass(frozen=True)
class InForce:
    """What is in force of one source: its capture and rows (or neither), why it is not fresh, and the issues."""

    capture: Capture | None
    frame: pd.DataFrame | None
    error: str | None
    issues: tuple[Issue, ...]


def in_force(archive: Archive, source: Source, known_at: datetime) -> InForce:
    """What is in force of ``source`` at ``known_at``: the newest capture that can be read."""
    logs = archive.logs(source.source_id, until=known_at)
    failed = failure(logs[-1]) if logs else None
    error = failed.what if failed else None
    if not source.enabled:
        error = f"not collected any more: {source.why}"
    for capture in archive.captures(source.source_id, known_at):
        try:
            frame = read(archive.read(capture.sha256), source)
            issues = audit(frame, source)
        except SourceChanged as changed:
            error = error or changed.what  # readable once, not with this catalogue: an older one may be
            continue
        if error and source.enabled:
            day = capture.first_seen.date().isoformat()
            message = f"the capture of {day} stays in force: {error}"
            issues += (Issue("collect", "source_stale", "warning", "us", message, source_id=source.source_id),)
        return InForce(capture, frame, error, issues)
    error = error or "never collected"
    if not source.enabled:
        return InForce(None, None, error, ())
    missing = Issue("collect", "source_missing", "warning", "us", error, source_id=source.source_id)
    return InForce(None, None, error, (missing,))


def _health(source: Source, found: InForce) -> dict[str, object]:
    capture = found.capture
    in_force = "stale" if found.error else "fresh"
    return {
        "source_id": source.source_id,
        "title": source.title,
        "publisher": source.publisher,
        "url": source.url,
        "licence": source.licence,
        "statement": source.statement,
        "health": in_force if capture else "missing",
        "capture_sha256": capture.sha256 if capture else None,
        "captured_on": pd.Timestamp(capture.first_seen.date()) if capture else pd.NaT,
        "bytes": capture.size if capture else None,
        "n_rows": len(found.frame) if found.frame is not None and not source.apart else None,
        "min_rows": source.bounds.min_rows,
        "max_rows": source.bounds.max_rows,
        "error": found.error,
    }
