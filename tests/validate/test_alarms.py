"""Alarms: each raised by what it is about, silent otherwise, and by nothing that a run has mended."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptce_etl.catalogue.frequency import days_of
from ptce_etl.config import Limits
from ptce_etl.report.openmetrics import openmetrics
from ptce_etl.validate.alarms import CODES, LEVELS, Alarm, Blocked, SourceState, Standing, alarms, worst

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def source(**given: Any) -> SourceState:
    usual: dict[str, Any] = {
        "source_id": "one",
        "counts": True,
        "days": None,
        "last_good": ago(1),
        "last_outcome": "ok",
        "last_error": None,
        "n_rows": 100,
        "rows_before": 100,
        "min_rows": 50,
        "max_rows": 150,
    }
    return SourceState(**(usual | given))


def standing(*sources: SourceState, **given: Any) -> Standing:
    usual: dict[str, Any] = {
        "now": NOW,
        "snapshot": "2026-11-22-aaaaaaaa",
        "as_of": "2026-11-22",
        "published_at": ago(1),
        "checked_at": ago(1),
        "n_poles": 100,
        "poles_before": 100,
        "n_listings": 400,
        "review": 3,
        "conflicts": 0,
        "claims": {"consistent": 2},
        "contradicted": (),
        "issues": {"info": 4},
        "blocked": None,
        "n_rejected": 0,
        "n_snapshots": 2,
        "sources": sources or (source(),),
    }
    return Standing(**(usual | given))


def said(world: Standing, limits: Limits | None = None) -> list[tuple[str, str]]:
    return [(alarm.code, alarm.level) for alarm in alarms(world, limits)]


BLOCKED = Blocked("2026-11-23-bbbbbbbb-1", "…/validation.html", ("cohort x: 16 poles named, 15 published",), False)


@pytest.mark.parametrize(
    ("world", "raised"),
    [
        (standing(), []),
        (standing(poles_before=None), []),
        (standing(poles_before=106), [("poles_shrank", "critical")]),
        (standing(poles_before=105), []),  # 5 % may go
        (standing(review=51), [("review_queue", "warning")]),
        (standing(review=50), []),
        (standing(conflicts=1), [("conflicts", "warning")]),
        (standing(contradicted=("c1", "c2")), [("claim_contradicted", "warning")]),
        (standing(blocked=BLOCKED), [("publication_blocked", "critical")]),
        (standing(blocked=dataclasses.replace(BLOCKED, answered=True)), [("publication_blocked", "warning")]),
        (standing(checked_at=ago(8)), []),
        (standing(checked_at=ago(8.1)), [("run_missed", "warning")]),
        (standing(checked_at=ago(22.1)), [("run_missed", "critical")]),
        (standing(superseded_at=ago(8)), []),
        (standing(superseded_at=ago(0.98)), []),  # two machines whose clocks are half an hour apart
        (standing(superseded_at=ago(-300)), [("clock_wrong", "warning")]),
        (standing(published_at=ago(-300), superseded_at=ago(8)), [("clock_wrong", "warning")]),
        (standing(source(n_rows=151)), [("source_above_bounds", "warning")]),
        (standing(source(n_rows=49, rows_before=49)), [("source_below_bounds", "critical")]),
        (standing(source(n_rows=89)), [("source_shrank", "warning")]),
        (standing(source(n_rows=90)), []),
        (standing(source(n_rows=None, rows_before=None)), []),
        (standing(source(last_outcome="transient")), [("source_failing", "warning")]),
        (standing(source(last_outcome="transient", last_good=ago(23))), [("source_failing", "critical")]),
        (standing(source(last_good=ago(9))), [("source_overdue", "warning")]),
        (standing(source(last_good=ago(9), days=31)), []),
        (standing(source(last_good=ago(33), days=31)), [("source_overdue", "warning")]),
        (standing(source(last_good=ago(9), days=1)), [("source_overdue", "warning")]),  # asked once a week
        (standing(source(last_good=None, last_outcome="gone")), [("source_missing", "critical")]),
        (standing(source(last_good=None, last_outcome=None)), []),  # new in the catalogue: the next run asks it
        (standing(source(waiting_since=ago(32))), []),
        (standing(source(waiting_since=ago(33))), [("evidence_waiting", "warning")]),
    ],
)
def test_an_alarm_is_raised_by_what_it_is_about_and_by_nothing_else(
    world: Standing, raised: list[tuple[str, str]]
) -> None:
    found = alarms(world)
    assert said(world) == raised
    assert all(alarm.code in CODES and alarm.text and alarm.do for alarm in found)
    assert worst(found) == (raised[0][1] if raised else "ok")


def test_a_source_that_nobody_has_verified_is_never_critical_and_holds_nothing_back() -> None:
    unseen = source(counts=False, last_good=None, last_outcome="gone", waiting_since=ago(90))
    assert said(standing(unseen)) == [("source_missing", "warning")]


def test_a_missed_schedule_is_one_alarm_however_many_sources_wait_for_it() -> None:
    late = [source(source_id=f"s{n}", last_good=ago(9)) for n in range(5)]
    assert said(standing(*late, checked_at=ago(9))) == [("run_missed", "warning")]
    assert len(said(standing(*late))) == 5


def test_what_a_refused_candidate_holds_back_is_told_once() -> None:
    world = standing(source(waiting_since=ago(60)), blocked=BLOCKED)
    assert said(world) == [("publication_blocked", "critical")]


def test_the_worst_comes_first_and_limits_are_the_callers() -> None:
    world = standing(review=5, poles_before=200)
    assert said(world, Limits(review=4)) == [("poles_shrank", "critical"), ("review_queue", "warning")]


@given(days=st.floats(0, 400), every=st.floats(0.1, 60))
def test_the_longer_it_waits_the_worse_it_gets(days: float, every: float) -> None:
    def level(waited: float) -> int:
        return LEVELS.index(worst(alarms(standing(checked_at=ago(waited)), Limits(every_days=every))))

    assert level(days) <= level(days + 1)


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("weekly", 7),
        ("Weekly, but for August", 7),
        ("each year", 366),
        ("every two weeks", 14),
        ("annual", 366),
        ("by hand, when pages are added", None),
        ("once, in the weekly letter", None),
        ("weeklyish", None),
        ("continuous", None),
    ],
)
def test_a_frequency_in_words_is_a_number_of_days(words: str, days: int | None) -> None:
    assert days_of(words) == days


def test_every_alarm_has_its_figure_and_labels_are_escaped() -> None:
    world = standing(snapshot='a"b\\c\nd')
    text = openmetrics(world, (Alarm("run_missed", "critical", "t", "d"), Alarm("run_missed", "critical", "t", "d")))
    assert text.startswith("# TYPE ptce_status gauge\n# HELP ptce_status 0 ok, 1 warning, 2 critical\nptce_status 2\n")
    assert 'ptce_alarms{code="run_missed",level="critical"} 2\n' in text
    assert 'snapshot="a\\"b\\\\c\\nd"' in text
    assert text.count("ptce_alarms{") == 2 * len(CODES)
    assert text.endswith("\n# EOF\n")
