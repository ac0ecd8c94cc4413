"""``ptce sources`` and ``ptce sources check``: how every source of the catalogue is."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ptce_etl import pipeline
from ptce_etl.catalogue.registry import Source, load_sources
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import age, counted
from ptce_etl.collect.archive import GOOD, Archive
from ptce_etl.collect.fetch import DEFAULT_POLICY
from ptce_etl.collect.intake import collect_source, failure, in_force
from ptce_etl.config import Paths
from ptce_etl.errors import ConfigError
from ptce_etl.report.sources import render_sources

__all__ = ["check_sources", "show_sources"]

# A try must not keep anybody waiting: what does not answer in a minute is reported so.
_TRY = replace(DEFAULT_POLICY, deadline=60.0, retries=1)
_AT_ONCE = 4


def show_sources(screen: Screen, root: Path, now: datetime) -> int:
    """The catalogue of a data root (the bundled one without), each source with its state in the archive."""
    own = Paths(root).root / "sources.yml"
    rows = [_state(source, Archive(root), now) for source in load_sources(own if own.exists() else None)]
    screen.emit({"sources": rows})
    _show(screen, rows, now)
    return 0


def check_sources(screen: Screen, root: Path, now: datetime, names: list[str], out: Path | None) -> int:
    """Ask the enabled sources and write the report. Exit code 1 when one that counts could not be read.

    Raises :class:`ConfigError` for a name that the catalogue does not have.
    """
    ctx = pipeline.open_context(root, now=now)
    known = {source.source_id: source for source in (*ctx.sources, *ctx.trials)}
    strangers = sorted(set(names) - set(known))
    if strangers:
        raise ConfigError(f"no such source: {', '.join(strangers)}", where="ptce sources check", do="ptce sources")
    asked = [known[name] for name in dict.fromkeys(names)] or [one for one in known.values() if one.enabled]
    archive = Archive(root)
    screen.tell(f"Asking {counted(len(asked), 'source')}")

    def ask(source: Source) -> dict[str, Any]:
        log = collect_source(source, archive, root, now, _TRY)
        error = failure(log)
        state = _state(source, archive, now)
        return state | {
            "outcome": log.outcome,
            "do": error.do if error else None,
            "where": error.where if error else None,
        }

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        rows = list(pool.map(ask, asked))
    folder = out or root / "reports" / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    answer = {"asked_at": now.isoformat(timespec="seconds"), "sources": rows}
    (folder / "sources.json").write_text(json.dumps(answer, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    (folder / "sources.html").write_text(render_sources(rows, now), encoding="utf-8")
    screen.emit(answer | {"report": str(folder / "sources.html")})
    _show(screen, rows, now)
    screen.facts([("report", str(folder / "sources.html"))])
    return int(any(row["counts"] and row["outcome"] not in GOOD for row in rows))


def _state(source: Source, archive: Archive, now: datetime) -> dict[str, Any]:
    logs = archive.logs(source.source_id, until=now)
    last = logs[-1] if logs else None
    found = in_force(archive, source, now)
    capture = found.capture
    in_order = "stale" if found.error else "fresh"
    return {
        "source_id": source.source_id,
        "title": source.title,
        "publisher": source.publisher,
        "url": source.url,
        "reader": source.reader,
        "licence": source.licence,
        "licence_id": source.licence_id,
        "counts": source.counts,
        "enabled": source.enabled,
        "why": source.why,
        "health": in_order if capture else "missing",
        "rows": len(found.frame) if found.frame is not None else None,
        "min_rows": source.bounds.min_rows,
        "max_rows": source.bounds.max_rows,
        "held_since": capture.first_seen.isoformat(timespec="seconds") if capture else None,
        "last_retrieval": last.requested_at.isoformat(timespec="seconds") if last else None,
        "outcome": last.outcome if last else None,
        "error": found.error if capture is None or in_order == "stale" else None,
    }


def _show(screen: Screen, rows: list[dict[str, Any]], now: datetime) -> None:
    for counts, title in ((True, "Sources that count"), (False, "Unverified: tried and reported, no row counts")):
        mine = [row for row in rows if row["counts"] is counts]
        if not mine:
            continue
        screen.heading(f"{title}: {len(mine)}")
        screen.table(
            ["=source", "=health", ">rows", ">bounds", "=reader", "last retrieval"],
            [
                (
                    row["source_id"],
                    row["health"] if row["enabled"] else "off",
                    "–" if row["rows"] is None else f"{row['rows']:,}",
                    f"{row['min_rows']:,}–{row['max_rows']:,}",
                    row["reader"],
                    _retrieval(row, now),
                )
                for row in mine
            ],
        )
        for row in mine:
            if row["enabled"] and row["error"] and row["outcome"]:
                screen.say(row["error"], indent=2)


def _retrieval(row: dict[str, Any], now: datetime) -> str:
    if row["last_retrieval"] is None:
        return "never"
    return f"{age(datetime.fromisoformat(row['last_retrieval']), now)} ago, {row['outcome']}"
