"""Which sources a run asks, which dates a backfill describes, and what a blocked publication says."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flows.backfill import MOST, Every, days_between
from flows.due import Choice, due
from ptce_etl.collect.archive import Archive
from ptce_etl.errors import ConfigError
from ptce_etl.model import Outcome, RequestLog
from ptce_etl.pipeline import Context, open_context

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
ALL = ["transcribed_listings", "transcribed_count_claims", "transcribed_growth_claims"]


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    """The three ledgers, of which the first is said to change weekly."""
    opened = open_context(tmp_path, now=NOW)
    ledgers = {source.source_id: source for source in opened.sources if source.source_id in ALL}
    weekly = ledgers[ALL[0]].model_copy(update={"frequency": "weekly"})
    off = ledgers[ALL[2]].model_copy(update={"enabled": False, "source_id": "disabled", "why": "a test"})
    return dataclasses.replace(opened, sources=(weekly, ledgers[ALL[1]], ledgers[ALL[2]], off))


def retrieved(ctx: Context, source_id: str, ago: timedelta, outcome: Outcome = "ok") -> None:
    Archive(ctx.paths.root).append(RequestLog(source_id, "", NOW - ago, outcome))


def asked(ctx: Context, choice: Choice) -> list[str]:
    return [source.source_id for source in due(ctx, choice)]


def test_what_changes_weekly_is_not_asked_twice_in_a_week_unless_forced(ctx: Context) -> None:
    assert asked(ctx, Choice(force=False)) == ALL
    for source_id in ALL:
        retrieved(ctx, source_id, timedelta(days=5))
    assert asked(ctx, Choice(force=False)) == ALL[1:]  # "by hand" has no period
    assert asked(ctx, Choice(force=True)) == ALL


def test_an_hour_early_is_not_a_week_late(ctx: Context) -> None:
    retrieved(ctx, ALL[0], timedelta(days=7, hours=-1))
    assert asked(ctx, Choice(force=False)) == ALL


def test_a_retrieval_that_failed_does_not_count(ctx: Context) -> None:
    retrieved(ctx, ALL[0], timedelta(days=1), "transient")
    assert asked(ctx, Choice(force=False)) == ALL


def test_a_retry_goes_on_from_the_archive(ctx: Context) -> None:
    began = NOW - timedelta(minutes=10)
    retrieved(ctx, ALL[0], timedelta(minutes=5))
    retrieved(ctx, ALL[1], timedelta(minutes=5), "transient")
    retrieved(ctx, ALL[2], timedelta(minutes=15))
    assert asked(ctx, Choice(force=True, since=began)) == ALL[1:]


def test_only_what_is_chosen_is_asked_and_what_is_not_there_is_refused(ctx: Context) -> None:
    assert asked(ctx, Choice(only=(ALL[2], ALL[0]))) == [ALL[0], ALL[2]]
    with pytest.raises(ConfigError, match="no enabled source disabled, nowhere"):
        due(ctx, Choice(only=("nowhere", ALL[0], "disabled")))


@pytest.mark.parametrize(
    ("start", "end", "every", "days"),
    [
        ("2023-12-31", "2026-01-01", "year", ["2023-12-31", "2024-12-31", "2025-12-31"]),
        ("2024-01-31", "2024-04-30", "month", ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]),
        ("2024-02-29", "2025-02-28", "year", ["2024-02-29", "2025-02-28"]),
        ("2024-11-30", "2025-06-01", "quarter", ["2024-11-30", "2025-02-28", "2025-05-30"]),
        ("2024-06-30", "2024-06-30", "half-year", ["2024-06-30"]),
    ],
)
def test_a_backfill_keeps_to_the_day_of_the_month(start: str, end: str, every: Every, days: list[str]) -> None:
    assert [day.isoformat() for day in days_between(date.fromisoformat(start), date.fromisoformat(end), every)] == days


@pytest.mark.parametrize(("start", "end"), [("2024-01-02", "2024-01-01"), ("1900-01-01", "2026-01-01")])
def test_a_backfill_of_no_date_or_of_far_too_many_is_refused(start: str, end: str) -> None:
    with pytest.raises(ConfigError, match=f"1 to {MOST} dates") as caught:
        days_between(date.fromisoformat(start), date.fromisoformat(end), "month")
    assert "dates from" in caught.value.what
