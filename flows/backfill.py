"""Snapshots of past dates, from what the archive holds: none of them ever becomes the latest."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Completed

from flows.door import instant
from flows.notices import on_failure
from flows.steps import Stopwatch, build_candidate, publish_candidate
from ptce_etl.errors import ConfigError
from ptce_etl.pipeline import Publication, open_context

__all__ = ["Every", "backfill", "days_between"]

Every = Literal["month", "quarter", "half-year", "year"]
_MONTHS: dict[Every, int] = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
MOST = 240


def days_between(start: date, end: date, every: Every) -> list[date]:
    """``start`` and the same day of the month after each period, up to ``end``; the last day of shorter months.

    Raises :class:`ConfigError` for none, or more than :data:`MOST`.
    """
    days: list[date] = []
    while not days or days[-1] <= end:
        days.append(_months_after(start, len(days) * _MONTHS[every]))
    days.pop()
    if not days or len(days) > MOST:
        raise ConfigError(
            f"{len(days)} dates from {start} to {end}", where="start, end", do=f"choose a period of 1 to {MOST} dates"
        )
    return days


def _months_after(start: date, months: int) -> date:
    year, month = divmod(start.month - 1 + months, 12)
    for day in range(start.day, 27, -1):
        try:
            return date(start.year + year, month + 1, day)
        except ValueError:
            continue
    return date(start.year + year, month + 1, min(start.day, 28))


@flow(name="backfill", on_failure=[on_failure], on_crashed=[on_failure])
def backfill(
    start: date, end: date, every: Every = "year", data: str = "data", use_judgements: bool = True
) -> State[list[Publication]]:
    """Build the snapshots of past dates. A date that was built before, and where nothing changed since, stays as it is.

    Args:
        start: The first date to describe the world at.
        end: The last date; not after today.
        every: The time between two dates.
        data: The data root: the folder that holds raw/, decisions/ and processed/.
        use_judgements: Apply what people decided about pairs of listings (decisions/judgements.jsonl).
    """
    now, done = instant(), []
    for day in days_between(start, end, every):
        ctx = open_context(Path(data), now=now, as_of=day, use_judgements=use_judgements)
        on_step = Stopwatch()
        publication = publish_candidate(ctx, build_candidate(ctx, on_step), False, on_step)
        get_run_logger().info("%s: %s", day, publication.message)
        done.append(publication)
    built = sum(publication.outcome == "built" for publication in done)
    return Completed(message=f"{len(done)} dates: {built} built or as they were.", data=done)
