"""Audit a candidate, then promote it, or archive the failure."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import artifacts
from flows.door import instant
from flows.steps import Stopwatch, publish_candidate
from ptce_etl.errors import ValidationFailed
from ptce_etl.pipeline import Candidate, Publication, open_context

__all__ = ["BLOCKED", "concluded", "publish"]

BLOCKED = "Blocked"  # the name of the state a run ends in when validation stopped the promotion


@flow(name="publish")
def publish(
    candidate: Candidate,
    data: str = "data",
    as_of: date | None = None,
    dry_run: bool = False,
) -> State[Publication]:
    """Audit a candidate that this process has built, and promote it when no critical check fails.

    Args:
        candidate: What the build flow returned.
        data: The data root: the folder that holds raw/, decisions/ and processed/.
        as_of: The date the candidate describes (default: today in Paris). Only today's can become the latest.
        dry_run: Validate only; the latest snapshot does not move.
    """
    ctx = open_context(Path(data), now=instant(), as_of=as_of)
    publication = publish_candidate(ctx, candidate, not dry_run, Stopwatch())
    artifacts.record(publication, ())
    return concluded(publication, publication)


def concluded(publication: Publication, result: Any) -> State[Any]:
    """The state a run ends in: Completed with its message, or Blocked (a failure) with the three-line error."""
    if publication.outcome != "rejected":
        return Completed(message=publication.message, data=result)
    error = blocked(publication)
    return Failed(name=BLOCKED, message=str(error), data=error)


def blocked(publication: Publication) -> ValidationFailed:
    """The error that says why a candidate was not promoted."""
    n = publication.n_critical
    return ValidationFailed(
        f"{n} critical check{'s' if n > 1 else ''} failed; {publication.snapshot_id} was not promoted",
        where=str(publication.path / "validation.html"),
        do="read the report: mend the data or the decisions it names, then run again",
    )
