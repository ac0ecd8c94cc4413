"""``ptce status``: what to look at, and how things stand, read from the latest snapshot and from the request log."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from ptce_etl.catalogue.registry import load_sources
from ptce_etl.cli.cells import records
from ptce_etl.cli.reading import existing, tables_of
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import age, counted, cut
from ptce_etl.collect.archive import GOOD, Archive
from ptce_etl.config import Limits, Paths
from ptce_etl.publish.index import entry_of, read_index
from ptce_etl.publish.standing import standing_of
from ptce_etl.report.openmetrics import openmetrics
from ptce_etl.validate.alarms import LEVELS, Alarm, alarms, worst

__all__ = ["show_status"]

_SEVERITIES = ("critical", "warning", "info")


def show_status(screen: Screen, root: Path, now: datetime, limits: Limits, metrics: bool = False) -> int:
    """The alarms, the latest snapshot and what is open about it; 0, 1 or 2 as they are none, warnings or critical.

    With ``metrics`` only their OpenMetrics text. Raises :class:`NoData` before the first publication.
    """
    paths = existing(root)
    own = paths.root / "sources.yml"
    standing = standing_of(paths, load_sources(own if own.exists() else None), now)
    found = alarms(standing, limits)
    level = worst(found)
    if metrics:
        screen.raw(openmetrics(standing, found))
        return LEVELS.index(level)
    name, tables = tables_of(paths, "latest")
    index = read_index(paths)
    entry = entry_of(index, name)
    published = datetime.fromisoformat(entry["published_at"]) if entry else None
    checks = tables["checks"]
    answer: dict[str, Any] = {
        "status": level,
        "alarms": [asdict(alarm) for alarm in found],
        "snapshot": name,
        "as_of": entry["as_of"] if entry else None,
        "published_at": entry["published_at"] if entry else None,
        "age_seconds": round((now - published).total_seconds()) if published else None,
        "n_snapshots": len(index["snapshots"]),
        "n_poles": len(tables["poles"]),
        "n_listings": len(tables["listings"]),
        "review_queue": int((tables["edges"]["verdict"] == "review").sum()),
        "conflicts": int((tables["edges"]["verdict"] == "conflict").sum()),
        "sources": _sources(paths, tables["sources"], now),
        "issues": _issues(tables["issues"]),
        "warnings": records(checks[~checks["passed"]]),
    }
    screen.emit(answer)
    _show_alarms(screen, level, found)
    screen.heading(f"Latest snapshot: {name}")
    screen.facts(
        [
            ("describes", answer["as_of"] or ""),
            ("published", f"{age(published, now)} ago ({answer['published_at']})" if published else ""),
            ("holds", f"{counted(answer['n_poles'], 'pole')}, {counted(answer['n_listings'], 'listing')}"),
            ("to review", counted(answer["review_queue"], "pair")),
            ("conflicts", counted(answer["conflicts"], "pair")),
            ("snapshots", str(answer["n_snapshots"])),
        ]
    )
    _show_sources(screen, answer["sources"], now)
    _show_issues(screen, answer)
    return LEVELS.index(level)


def _show_alarms(screen: Screen, level: str, found: tuple[Alarm, ...]) -> None:
    if not found:
        screen.heading("Status: ok, nothing to look at")
        return
    screen.heading(f"Status: {level}, {counted(len(found), 'thing')} to look at")
    screen.table(
        ["=level", "=code", "what", "what to do"], [(alarm.level, alarm.code, alarm.text, alarm.do) for alarm in found]
    )


def _sources(paths: Paths, sources: pd.DataFrame, now: datetime) -> list[dict[str, Any]]:
    """Health as published, brought up to date by the last retrieval: an unchanged run makes no new snapshot."""
    archive = Archive(paths.root)
    rows = records(sources)
    for row in rows:
        logs = archive.logs(row["source_id"], until=now)
        last = logs[-1] if logs else None
        row["last_retrieval"] = last.requested_at.isoformat(timespec="seconds") if last else None
        row["last_outcome"] = last.outcome if last else None
        if last is not None and last.outcome not in GOOD:
            row["health"] = "missing" if row["capture_sha256"] is None else "stale"
            row["error"] = last.error or row["error"]
    return rows


def _issues(issues: pd.DataFrame) -> dict[str, Any]:
    by_severity = Counter(issues["severity"])
    by_code = Counter(zip(issues["severity"], issues["code"], issues["who"], strict=True))
    return {
        "by_severity": {severity: by_severity[severity] for severity in _SEVERITIES},
        "by_code": [
            {"severity": severity, "code": code, "who": who, "n": n}
            for (severity, code, who), n in sorted(
                by_code.items(), key=lambda item: (_SEVERITIES.index(item[0][0]), -item[1], item[0])
            )
        ],
    }


def _show_sources(screen: Screen, sources: list[dict[str, Any]], now: datetime) -> None:
    screen.heading("Sources")
    screen.table(
        ["=source", "=health", ">rows", ">bounds", "=held since", "last retrieval"],
        [
            (
                row["source_id"],
                row["health"],
                "–" if row["n_rows"] is None else f"{row['n_rows']:,}",
                f"{row['min_rows']:,}–{row['max_rows']:,}",
                row["captured_on"] or "–",
                _retrieval(row, now),
            )
            for row in sources
        ],
    )
    for row in sources:
        if row["error"]:
            screen.say(f"{row['source_id']}: {row['error']}", indent=2)


def _retrieval(row: dict[str, Any], now: datetime) -> str:
    if row["last_retrieval"] is None:
        return "never"
    return f"{age(datetime.fromisoformat(row['last_retrieval']), now)} ago, {row['last_outcome']}"


def _show_issues(screen: Screen, answer: dict[str, Any]) -> None:
    counts = answer["issues"]["by_severity"]
    screen.heading("Open issues: " + ", ".join(f"{n:,} {severity}" for severity, n in counts.items()))
    if answer["issues"]["by_code"]:
        screen.table(
            ["=severity", ">issues", "=kind", "=who must act"],
            [(row["severity"], f"{row['n']:,}", row["code"], row["who"]) for row in answer["issues"]["by_code"]],
        )
    screen.heading(f"Checks that warn: {len(answer['warnings'])}")
    for row in answer["warnings"]:
        observed = cut(row["observed"] or counted(row["n_failed"], "row"))
        screen.say(f"{row['table']}: {row['rule']}: {observed}", indent=2)
