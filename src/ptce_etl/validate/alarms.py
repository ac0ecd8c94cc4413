"""What somebody must look at, from how things stand: each alarm a code, a sentence, and what to do. Pure.

An alarm that fires for nothing is soon read by nobody: a missed schedule is one alarm and not one a source, a source
that nobody has verified is never critical, and what a run has mended since is not told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ptce_etl.config import Limits, Settings
from ptce_etl.validate.bounds import shrink_allowed

__all__ = [
    "CODES",
    "CONTRADICTED",
    "LEVELS",
    "Alarm",
    "Blocked",
    "Level",
    "SourceState",
    "Standing",
    "alarms",
    "worst",
]

Level = Literal["ok", "warning", "critical"]
LEVELS: tuple[Level, ...] = ("ok", "warning", "critical")
"""From good to bad: a place in it is an exit code."""

CONTRADICTED = frozenset({"arithmetic_error", "mixed_populations", "contradicted_by_other_claim", "below_observed"})
"""Verdicts that say a published figure does not hold."""

CODES = {
    "claim_contradicted": "published figures that held in the previous snapshot, or were not in it, do not hold",
    "clock_wrong": "the latest snapshot is dated ahead of now, or before the one that it supersedes",
    "conflicts": "judgements contradict each other",
    "evidence_waiting": "what was collected is not published",
    "poles_shrank": "more poles went than the shrink guard lets go",
    "publication_blocked": "the newest candidate failed a critical check",
    "review_queue": "more pairs wait for a person than the limit",
    "run_missed": "nothing was collected or published when it was due",
    "source_above_bounds": "a source has more rows than its entry expects",
    "source_below_bounds": "a source has fewer rows than its entry accepts",
    "source_failing": "the last retrieval of a source failed: its last good capture stays in force",
    "source_missing": "a source has never been read",
    "source_overdue": "a source was not retrieved within its declared frequency",
    "source_shrank": "a source lost rows since the previous snapshot",
}
"""Every alarm there is, and what it means."""

_SHOWN = 5
_SKEW = timedelta(hours=1)  # clocks of two machines that publish


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source that is collected. ``days``: its declared period. Rows: in this snapshot, in the previous one."""

    source_id: str
    counts: bool
    days: int | None
    last_good: datetime | None
    last_outcome: str | None
    last_error: str | None
    n_rows: int | None
    rows_before: int | None
    min_rows: int
    max_rows: int
    waiting_since: datetime | None = None  # of a capture in force that the latest snapshot was not made from


@dataclass(frozen=True, slots=True)
class Blocked:
    """A candidate that was refused in the place of the latest snapshot, and would be again as long as nothing changes.

    ``answered``: the decisions have changed since. ``reasons``: its critical checks.
    """

    snapshot_id: str
    report: str
    reasons: tuple[str, ...]
    answered: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How a data root stands at the instant ``now`` (aware, as all instants here). Counts of poles and pairs.

    ``checked_at``: the last time that anything was retrieved or published. ``contradicted``: ids of claims that do not
    hold, and did or were not there in the previous snapshot.
    """

    now: datetime
    snapshot: str
    as_of: str
    published_at: datetime | None
    checked_at: datetime | None
    n_poles: int
    poles_before: int | None
    n_listings: int
    review: int
    conflicts: int
    claims: dict[str, int]
    contradicted: tuple[str, ...]
    issues: dict[str, int]
    blocked: Blocked | None
    n_rejected: int
    n_snapshots: int
    sources: tuple[SourceState, ...]
    superseded_at: datetime | None = None  # when what the latest snapshot supersedes was published


@dataclass(frozen=True, slots=True)
class Alarm:
    """``code`` is one of :data:`CODES`; ``source_id`` is empty when it is not about one source."""

    code: str
    level: Level
    text: str
    do: str
    source_id: str = ""


def alarms(standing: Standing, limits: Limits | None = None, settings: Settings | None = None) -> tuple[Alarm, ...]:
    """What to look at, the worst first. Empty when there is nothing."""
    limits = limits or Limits()
    missed = _missed(standing, limits)
    found = [
        *_publication(standing),
        *_clock(standing),
        *missed,
        *_shrink(standing, settings or Settings()),
        *_people(standing, limits),
        *(alarm for source in standing.sources for alarm in _source(source, standing, limits, bool(missed))),
    ]
    return tuple(sorted(found, key=lambda a: (-LEVELS.index(a.level), a.code, a.source_id)))


def worst(found: tuple[Alarm, ...]) -> Level:
    """The level of the worst alarm; "ok" when there is none. Its place in ok, warning, critical is the exit code."""
    return max((alarm.level for alarm in found), key=LEVELS.index, default="ok")


def _publication(standing: Standing) -> Iterator[Alarm]:
    blocked = standing.blocked
    if blocked is None:
        return
    if blocked.answered:
        yield Alarm(
            "publication_blocked",
            "warning",
            f"{blocked.snapshot_id} was not promoted; the decisions have changed since",
            "run again: `ptce run`, or the deployment observatory/manual",
        )
        return
    yield Alarm(
        "publication_blocked",
        "critical",
        f"{blocked.snapshot_id} was not promoted: {_some(blocked.reasons)}",
        f"read {blocked.report}; mend the data or answer `ptce review`, then run again",
    )


def _clock(standing: Standing) -> Iterator[Alarm]:
    """A publication is never refused for its day: one that a clock dated thirty years ahead would refuse all others."""
    published, before = standing.published_at, standing.superseded_at
    if published is None:
        return
    if published - standing.now > _SKEW:
        yield Alarm(
            "clock_wrong",
            "warning",
            f"{standing.snapshot} was published {_days(published - standing.now)} from now",
            "set the clock; if it is right now, `ptce run` takes over, or `ptce rollback` to the snapshot before",
        )
    elif before is not None and before - published > _SKEW:
        yield Alarm(
            "clock_wrong",
            "warning",
            f"{standing.snapshot} was published {_days(before - published)} before the snapshot that it supersedes",
            f"set the clock; if {standing.as_of} is the wrong day, `ptce run`: if not, the other was wrong",
        )


def _missed(standing: Standing, limits: Limits) -> list[Alarm]:
    found = []
    if standing.checked_at is not None and (late := _late(standing, standing.checked_at, limits.every_days, limits)):
        days = _days(standing.now - standing.checked_at)
        found.append(
            Alarm(
                "run_missed",
                late,
                f"nothing was collected or published for {days}; it is due every {limits.every_days:g} days",
                "see that the schedule runs: `make up`, the worker's log, the runs in Prefect's UI",
            )
        )
    waiting = sorted(
        (source.waiting_since, source.source_id)
        for source in standing.sources
        if source.waiting_since is not None and source.counts
    )
    # What a rejected candidate holds back has its own alarm.
    if waiting and standing.blocked is None and (late := _late(standing, waiting[0][0], limits.publish_days, limits)):
        found.append(
            Alarm(
                "evidence_waiting",
                late,
                f"captures of {_some([name for _, name in waiting])} wait for {_days(standing.now - waiting[0][0])}",
                "publish: `ptce run`, or the deployment observatory/manual",
            )
        )
    return found


def _late(standing: Standing, since: datetime, days: float, limits: Limits) -> Level | None:
    waited = standing.now - since
    if waited <= timedelta(days=days + limits.grace_days):
        return None
    return "critical" if waited > timedelta(days=days * limits.patience + limits.grace_days) else "warning"


def _shrink(standing: Standing, settings: Settings) -> Iterator[Alarm]:
    before = standing.poles_before
    if before is not None and before - standing.n_poles > shrink_allowed(before, settings):
        yield Alarm(
            "poles_shrank",
            "critical",
            f"{standing.n_poles} poles, {before} in the previous snapshot",
            f"read what went: `ptce diff`; `ptce rollback` if {standing.snapshot} is wrong",
        )


def _people(standing: Standing, limits: Limits) -> Iterator[Alarm]:
    if standing.review > limits.review:
        yield Alarm(
            "review_queue",
            "warning",
            f"{standing.review} pairs wait for a person, more than {limits.review}",
            "answer the most useful first: `ptce review`",
        )
    if standing.conflicts:
        yield Alarm(
            "conflicts",
            "warning",
            f"{standing.conflicts} pairs are judged both same and different",
            "settle them: `ptce review --conflicts`",
        )
    if standing.contradicted:
        yield Alarm(
            "claim_contradicted",
            "warning",
            f"{len(standing.contradicted)} published figures newly do not hold: {_some(standing.contradicted)}",
            "read why, and whether it is ours to mend: `ptce open CLAIM`",
        )


def _source(source: SourceState, standing: Standing, limits: Limits, missed: bool) -> Iterator[Alarm]:
    def alarm(code: str, level: Level, text: str, do: str) -> Alarm:
        shown: Level = level if source.counts else "warning"
        return Alarm(code, shown, f"{source.source_id}: {text}", do, source.source_id)

    due = max(source.days or 0, limits.every_days)  # it is not asked more often than the schedule comes
    failed = source.last_outcome not in (None, "ok", "unchanged")
    why = f" ({source.last_outcome}: {source.last_error or 'no more is known'})" if failed else ""
    if source.last_good is None:
        if source.last_outcome is not None:
            yield alarm("source_missing", "critical", f"has never been read{why}", "mend its entry, or disable it")
        return
    late = _late(standing, source.last_good, due, limits)
    age = _days(standing.now - source.last_good)
    if failed:
        level: Level = "critical" if late == "critical" else "warning"
        yield alarm("source_failing", level, f"last good capture {age} old{why}", "see its page; mend its entry")
    elif late and not missed:
        yield alarm("source_overdue", late, f"not retrieved for {age}, due every {due:g} days", "collect: `ptce run`")
    if source.n_rows is None:
        return
    if source.n_rows < source.min_rows:
        yield alarm(
            "source_below_bounds", "critical", f"{source.n_rows} rows, at least {source.min_rows} expected", _ROWS
        )
    if source.n_rows > source.max_rows:
        yield alarm(
            "source_above_bounds", "warning", f"{source.n_rows} rows, at most {source.max_rows} expected", _ROWS
        )
    before = source.rows_before or 0
    if before - source.n_rows > max(2, limits.rows_share * before):
        yield alarm("source_shrank", "warning", f"{source.n_rows} rows, {before} in the previous snapshot", _ROWS)


_ROWS = "look at the page: is it whole? A broken bound is explained before it is moved"


def _some(names: list[str] | tuple[str, ...]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return "; ".join(names[:_SHOWN]) + more


def _days(spent: timedelta) -> str:
    return f"{spent.days} day{'' if spent.days == 1 else 's'}"
