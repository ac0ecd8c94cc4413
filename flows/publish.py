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

__all__ = ["AWAITING", "BLOCKED", "concluded", "publish"]

# The names of the states a run ends in when validation stopped the promotion: whatever the reason, and when every
# reason is one that the answers of people can take away.
BLOCKED, AWAITING = "Blocked", "Awaiting review"
_ANSWERED_BY_REVIEW = {"cohort_over_published"}  # more poles than laureates: two of them may be one …
_SAYS_THE_SAME = {"issues.none_critical.severity", "counts.cohort.n+published", "counts.share.coverage"}  # … as checks


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
    """The state a run ends in: Completed with its message, or Blocked or Awaiting review (failures) with the three-line
    error."""
    if publication.outcome != "rejected":
        return Completed(message=publication.message, data=result)
    questions = _questions(publication)
    error = _awaiting(publication, questions) if questions else _blocked(publication)
    return Failed(name=AWAITING if questions else BLOCKED, message=str(error), data=error)


def _questions(publication: Publication) -> list[str]:
    """What people must answer before this candidate can go through; none when answers are not enough."""
    failed = [row for row in artifacts.rows(publication.path, "checks") if not row["passed"]]
    issues = [row for row in artifacts.rows(publication.path, "issues") if row["severity"] == "critical"]
    others = [row for row in failed if row["severity"] == "critical" and row["check_id"] not in _SAYS_THE_SAME]
    if others or any(row["code"] not in _ANSWERED_BY_REVIEW for row in issues):
        return []
    return [row["message"] for row in issues]


def _awaiting(publication: Publication, questions: list[str]) -> ValidationFailed:
    waiting = sum(row["verdict"] == "review" for row in artifacts.rows(publication.path, "edges", ["verdict"]))
    return ValidationFailed(
        f"{'; '.join(questions)}. {publication.snapshot_id} was not promoted, and waits for answers "
        f"({waiting} pair{'' if waiting == 1 else 's'} in doubt)",
        where=str(publication.path / "validation.html"),
        do="answer `ptce review`; the next run goes through once the judgements are in",
    )


def _blocked(publication: Publication) -> ValidationFailed:
    """The error that says why a candidate was not promoted."""
    n = publication.n_critical
    return ValidationFailed(
        f"{n} critical check{'s' if n > 1 else ''} failed; {publication.snapshot_id} was not promoted",
        where=str(publication.path / "validation.html"),
        do="read the report: mend the data or the decisions it names, then run again",
    )
