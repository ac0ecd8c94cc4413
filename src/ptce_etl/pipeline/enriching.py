"""What public services said of the carriers and communes of poles: questions, and answers read out of the archive.

Nobody is asked here: ``ptce enrich`` does that. Nothing is counted or matched from what is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as clock_time
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from ptce_etl.catalogue.services import Service
from ptce_etl.collect.archive import Archive
from ptce_etl.collect.persons import scrubbed
from ptce_etl.collect.services import answers, ess_url, point_url, siren_url
from ptce_etl.frames import empty
from ptce_etl.model import Capture, RequestLog
from ptce_etl.resolve.enrichment import Verdict, choose_organisation, choose_place, find_member

__all__ = [
    "Enrichment",
    "Question",
    "enrichment",
    "found_for",
    "in_order",
    "judged",
    "published_sirens",
    "questions",
]

Sirens = dict[str, tuple[str, ...]]  # SIREN → ids of the poles whose carrier it is


@dataclass(frozen=True)
class Question:
    """``url`` is None for what cannot be asked: no place to tell it from namesakes, or it looks like a person."""

    asked: str
    url: str | None
    commune: str | None
    department: str | None
    poles: tuple[str, ...]


@dataclass(frozen=True)
class Enrichment:
    """Schema table ``enrichment``, and the captures that its rows were read in, each once."""

    table: pd.DataFrame
    captures: tuple[Capture, ...]


def enrichment(
    services: Iterable[Service], archive: Archive, poles: pd.DataFrame, known_at: datetime, as_of: date
) -> Enrichment:
    """What ``services`` had answered by ``known_at`` (aware), and by the end of ``as_of`` in Paris, about ``poles``.

    Of each question the newest good answer; a question without one has no row. A service whose licence lets nothing
    be published is left out. Raises :class:`PublishError` when archived bytes are damaged.
    """
    until = min(known_at, datetime.combine(as_of, clock_time.max, ZoneInfo("Europe/Paris")))
    sirens = published_sirens(poles)
    rows: list[dict[str, Any]] = []
    captures: list[Capture] = []
    for service in in_order(service for service in services if service.published):
        held = answers(service, archive, until)
        if not held:
            continue
        first = _first_given(archive.good(service.service_id, until))
        used: set[str] = set()
        for question in questions(service, poles, sirens):
            log = held.get(question.url or "")
            if log is None:
                continue
            verdict = judged(service, question, json.loads(archive.read(str(log.sha256))))
            if service.kind == "siren" and verdict.value:
                found_for(sirens, verdict.value, question.poles)
            used.add(str(log.sha256))
            row = _row(service, question, log, verdict) | {"captured_on": first[log.url, str(log.sha256)]}
            rows += [{"pole_id": pole} | row for pole in question.poles]
        captures += [one for one in archive.captures(service.service_id, until) if one.sha256 in used]
    table = pd.DataFrame(rows, columns=empty("enrichment").columns).astype(empty("enrichment").dtypes.to_dict())
    # A service of the same kind earlier in the file has the word.
    table = table.drop_duplicates(["pole_id", "field"]).sort_values(["pole_id", "field"], ignore_index=True)
    return Enrichment(table, tuple(captures))


def in_order(services: Iterable[Service]) -> list[Service]:
    """``services`` as they are to be asked: the list of the ESS last, it is asked about the SIREN that were found."""
    return sorted(services, key=lambda one: one.kind == "ess")


def found_for(sirens: Sirens, siren: str, poles: Iterable[str]) -> None:
    """Add to ``sirens`` that ``siren`` is that of the carrier of ``poles``."""
    sirens[siren] = tuple(sorted({*sirens.get(siren, ()), *poles}))


def published_sirens(poles: pd.DataFrame) -> Sirens:
    """The SIREN that listings give, with the poles of each."""
    found: Sirens = {}
    for siren, pole in zip(poles["siren"], poles["pole_id"], strict=True):
        if isinstance(siren, str):
            found_for(found, siren, (str(pole),))
    return found


def questions(service: Service, poles: pd.DataFrame, sirens: Sirens) -> Iterator[Question]:
    """What there is to ask ``service`` about ``poles``, each question once, with the poles it is about."""
    if service.kind == "ess":
        for siren in sorted(sirens):
            yield Question(siren, ess_url(service, siren), None, None, sirens[siren])
        return
    column = "carrier" if service.kind == "siren" else "commune"
    wanted = poles["siren"].isna() if service.kind == "siren" else poles["code_commune_insee"].notna()
    rows = poles[wanted & poles[column].notna()]
    keys = rows[[column, "code_commune_insee", "code_departement"]].fillna("")
    groups: dict[tuple[str, str, str], list[str]] = {}
    for text, commune, department, pole in zip(*(keys[name] for name in keys), rows["pole_id"], strict=True):
        groups.setdefault((" ".join(str(text).split()), str(commune), str(department)), []).append(str(pole))
    for (asked, commune, department), about in sorted(groups.items()):
        if service.kind == "coordinates":
            url: str | None = point_url(service, asked, commune)
        else:
            tellable = department and len(asked) > 2 and not asked.isdigit() and scrubbed(asked) == asked
            url = siren_url(service, asked, department) if tellable else None
        yield Question(asked, url, commune or None, department or None, tuple(sorted(about)))


def judged(service: Service, question: Question, answer: Mapping[str, Any]) -> Verdict:
    """What to believe of ``answer``, as it was kept."""
    if service.kind == "siren":
        return choose_organisation(
            question.asked, question.commune, str(question.department), answer, service.threshold
        )
    if service.kind == "coordinates":
        return choose_place(str(question.commune), answer, service.threshold)
    return find_member(question.asked, answer)


def _first_given(good: Iterable[RequestLog]) -> dict[tuple[str, str], pd.Timestamp]:
    """The UTC day on which each question (address) first got those bytes (sha256); ``good`` newest first."""
    return {(log.url, str(log.sha256)): pd.Timestamp(log.requested_at.date()) for log in good}


def _row(service: Service, question: Question, log: RequestLog, verdict: Verdict) -> dict[str, Any]:
    said = verdict.evidence
    return {
        "field": service.kind,
        "asked": question.asked,
        "value": verdict.value,
        "latitude": verdict.latitude,
        "longitude": verdict.longitude,
        "score": verdict.score,
        "runner_up": verdict.runner_up,
        "threshold": service.threshold,
        "reason": verdict.reason,
        "evidence": json.dumps(said, ensure_ascii=False, sort_keys=True) if said else None,
        "service_id": service.service_id,
        "licence": service.licence_id,
        "url": log.url,
        "capture_sha256": log.sha256,
    }
