"""A candidate → the latest snapshot, one kept aside as rejected, or nothing new."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ptce_etl.frames import from_arrow
from ptce_etl.pipeline.auditing import audit, identities_of
from ptce_etl.pipeline.building import Candidate
from ptce_etl.pipeline.context import Context, today_in_paris
from ptce_etl.pipeline.stopwatch import Clock, OnStep, quiet
from ptce_etl.publish.api import load_all
from ptce_etl.publish.changes import summarise
from ptce_etl.publish.decisions_kept import log_state
from ptce_etl.publish.decisions_store import write_identities, write_redirects
from ptce_etl.publish.index import read_index
from ptce_etl.publish.snapshot import Outcome, publish_candidate
from ptce_etl.publish.staging import read_staged
from ptce_etl.resolve.decisions import load_identities, load_redirects
from ptce_etl.resolve.identity import Identities

__all__ = ["Publication", "publish"]


@dataclass(frozen=True, slots=True)
class Publication:
    """What became of a candidate; ``path`` is the folder to look at."""

    outcome: Outcome
    snapshot_id: str
    path: Path
    n_critical: int
    n_warnings: int
    message: str
    changes: str = ""


def publish(
    ctx: Context, candidate: Candidate, *, promote: bool = True, on_step: OnStep = quiet, timeout: float = 10.0
) -> Publication:
    """Audit a candidate against the latest snapshot, then promote it, keep it aside as rejected, or say "unchanged".

    A candidate that describes a past date, or ``promote=False``, never becomes the latest. What a snapshot said that
    was rolled back is "withheld".
    """
    clock = Clock(on_step)
    past = ctx.as_of < today_in_paris(ctx.now) or ctx.known_at is not None
    promote = promote and not past
    supersedes = read_index(ctx.paths)["latest"]
    previous = load_all(supersedes, data=ctx.paths.root) if supersedes and promote else None
    tables = {name: from_arrow(name, table) for name, table in read_staged(candidate.path).items()}
    identities = _identities(ctx, tables["listings"]) if promote else None
    audited = audit(ctx, candidate, tables, previous, identities, supersedes=supersedes, promote=promote, past=past)
    clock.done("validate")

    def keep_decisions() -> None:
        if identities is not None:
            write_identities(ctx.paths.identities, identities.identities)
            write_redirects(ctx.paths.redirects, identities.redirects)
            log_state(ctx.paths, ctx.now)

    done = publish_candidate(
        ctx.paths,
        candidate.path,
        tables_added=audited.tables_added,
        supersedes=supersedes,
        now=ctx.now,
        extra=audited.extra,
        pages=audited.pages,
        promote=promote,
        provisional=ctx.provisional,
        known_at=ctx.known,
        before_promote=keep_decisions,
        timeout=timeout,
    )
    clock.done("publish")
    said = summarise(audited.changes, "en", first=previous is None) if done.outcome == "published" else ""
    checked = done.checks
    return Publication(
        done.outcome, done.snapshot_id, done.path, checked["critical"], checked["warnings"], done.message, said
    )


def _identities(ctx: Context, listings: pd.DataFrame) -> Identities:
    """The identity files to keep with this candidate. They must still give its listings the ids it was built with."""
    return identities_of(ctx, listings, load_identities(ctx.paths.identities), load_redirects(ctx.paths.redirects))
