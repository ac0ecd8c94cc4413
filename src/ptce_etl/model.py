"""The words of the pipeline as frozen records. No I/O, no clock.

Between stages, tables are pandas frames whose columns are named in :mod:`ptce_etl.schema`; these records carry what is
not a table. In frames a missing text is NaN (pandas ``str`` dtype); in the archive's JSON it is ``null``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

__all__ = [
    "Capture",
    "DateSpan",
    "Issue",
    "Outcome",
    "Precision",
    "RequestLog",
    "Severity",
    "WhoActs",
]

Outcome = Literal["ok", "unchanged", "not_found", "gone", "auth", "throttled", "transient", "malformed", "suspicious"]
Severity = Literal["critical", "warning", "info"]
WhoActs = Literal["us", "publisher", "nobody"]
Precision = Literal["day", "month", "year", "none"]


@dataclass(frozen=True, slots=True)
class Capture:
    """One retrieval of a source that gave bytes: exact content, by its hash.

    ``first_seen`` is when these very bytes were first retrieved from this source, ``last_seen`` when they last were.
    """

    source_id: str
    sha256: str
    size: int
    url: str
    first_seen: datetime
    last_seen: datetime
    status: int | None = None
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class RequestLog:
    """One line of the request log: what was asked, when, and what came back.

    ``elapsed`` is in seconds; ``sha256`` is null when no bytes were kept; ``headers`` holds the few that are kept. Of a
    source on the web ``sha256`` is what was read in the answers and kept, ``raw_sha256`` the ``pages`` answers
    themselves.
    """

    source_id: str
    url: str
    requested_at: datetime
    outcome: Outcome
    status: int | None = None
    sha256: str | None = None
    size: int | None = None
    elapsed: float = 0.0
    error: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    raw_sha256: str | None = None
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A partial date as the span it may mean: "2016-01" is 2016-01-01 … 2016-01-31, precision ``month``.

    Both ends are ``None`` (precision ``none``) when nothing is known.
    """

    first: date | None
    last: date | None
    precision: Precision


@dataclass(frozen=True, slots=True)
class Issue:
    """Something wrong in the data: where, how bad, and who must act."""

    stage: str
    code: str
    severity: Severity
    who: WhoActs
    message: str
    source_id: str | None = None
    listing_id: str | None = None
    field: str | None = None
    value: str | None = None
