"""``ptce enrich``: what public services say of the carriers and communes of a snapshot, in a table of its own."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from ptce_etl.catalogue.services import Service, load_services
from ptce_etl.cli.reading import existing, tables_of
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import counted
from ptce_etl.collect.archive import GOOD, Archive
from ptce_etl.collect.manners import shared_manners
from ptce_etl.collect.services import answers, ask, is_fresh
from ptce_etl.pipeline.enriching import Question, found_for, in_order, judged, published_sirens, questions
from ptce_etl.publish.enrichments import enrichment_rows, write_enrichments
from ptce_etl.resolve.enrichment import REASONS, Verdict

__all__ = ["enrich_poles"]

_IN_A_ROW = 3  # failures after which a service is left alone until the next run


@dataclass
class _Asker:
    """One service in one run: what it said before, how often it may still be asked, and how it failed."""

    service: Service
    archive: Archive
    now: datetime
    most: int
    asked: int = 0
    failed: int = 0
    error: str | None = None
    stopped: bool = False
    held: dict[str, Any] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.held = dict(answers(self.service, self.archive, self.now))

    def answer(self, url: str) -> Any:
        """The line of the log of the answer in force, asked for now when there is no fresh one; None without any."""
        log = self.held.get(url)
        if is_fresh(self.service, log, self.now) or self.stopped or self.asked >= self.most or url in self.tried:
            return log
        self.asked += 1
        self.tried.add(url)
        new = ask(self.service, url, self.archive, self.now, shared_manners(self.now), log)
        if new.outcome in GOOD:
            self.failed = 0
            self.held[url] = new
            return new
        self.failed += 1
        self.error = f"{new.outcome}: {new.error}"
        self.stopped = new.outcome in ("throttled", "auth") or self.failed >= _IN_A_ROW
        return log


def enrich_poles(
    screen: Screen, root: Path, now: datetime, snapshot: str, out: Path | None, most: int, *, offline: bool
) -> int:
    """Ask about the poles of ``snapshot``, at most ``most`` questions to each service; write the table.

    A service that fails is told, and is no failure of the command: what it said before stays in force.
    """
    paths = existing(root)
    found, tables = tables_of(paths, snapshot)
    own = root / "services.yml"
    services = load_services(own if own.exists() else None)
    archive, rows, told = Archive(root), [], []
    sirens = published_sirens(tables["poles"])
    for service in in_order(services):
        asker = _Asker(service, archive, now, 0 if offline else most)
        screen.tell(f"{'Reading' if offline else 'Asking'} {service.title}")
        for question in questions(service, tables["poles"], sirens):
            row = _row(asker, question) | {"snapshot": found}
            rows.append(row)
            if service.kind == "siren" and row["value"]:
                found_for(sirens, row["value"], question.poles)
        told.append({"service_id": service.service_id, "asked": asker.asked, "error": asker.error})
    table = enrichment_rows(rows)
    path = write_enrichments(table, out or root / "reports" / "enrichments")
    counts = Counter(zip(table["kind"], table["reason"], strict=True))
    screen.emit(
        {
            "snapshot": found,
            "services": told,
            "results": [{"kind": k, "reason": r, "n": n} for (k, r), n in sorted(counts.items())],
            "table": str(path),
        }
    )
    screen.heading(f"Enrichment of {found}: {counted(len(table), 'row')}")
    if counts:
        screen.table(
            ["=kind", "=result", ">rows", "meaning"],
            [(kind, reason, f"{n:,}", REASONS[reason]) for (kind, reason), n in sorted(counts.items())],
        )
    for one in told:
        if one["error"]:
            screen.say(f"{one['service_id']}: {one['error']}", indent=2)
    screen.facts([("table", str(path))])
    return 0


def _row(asker: _Asker, question: Question) -> dict[str, Any]:
    service = asker.service
    log = asker.answer(question.url) if question.url else None
    if log is not None:
        verdict = judged(service, question, json.loads(asker.archive.read(str(log.sha256))))
    else:
        verdict = Verdict("not_answered" if question.url in asker.tried else "not_asked")
    return {
        "kind": service.kind,
        "asked": question.asked,
        "code_commune_insee": question.commune,
        "code_departement": question.department,
        "value": verdict.value,
        "latitude": verdict.latitude,
        "longitude": verdict.longitude,
        "score": verdict.score,
        "runner_up": verdict.runner_up,
        "threshold": service.threshold,
        "reason": verdict.reason,
        "evidence": verdict.evidence,
        "pole_ids": " | ".join(question.poles),
        "service_id": service.service_id,
        "licence": service.licence,
        "url": question.url,
        "captured_at": log.requested_at.isoformat(timespec="seconds") if log else None,
        "capture_sha256": log.sha256 if log else None,
    }
