"""A stand-in site on loopback that serves documented bodies, and a source that is collected from it day after day."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.archive import Archive
from ptce_etl.collect.fetch import FetchPolicy
from ptce_etl.collect.intake import Intake, collect_source, in_force, intake
from ptce_etl.collect.manners import Manners
from ptce_etl.collect.rows import complete
from ptce_etl.model import RequestLog

QUICK = FetchPolicy(connect=2, read=2, deadline=20, retries=1, backoff=0.01, backoff_max=0.02, jitter=0.01)


class Site:
    """A site, the source that reads it, and the days on which it was asked."""

    policy = QUICK

    def __init__(self, server: HTTPServer, root: Path, source: Callable[..., Source], now: datetime) -> None:
        self.server, self.root, self.now, self.day = server, root, now, 0
        self.archive = Archive(root)
        self._source = source
        self._answers: dict[tuple[str, str | None], Callable[[], Response]] = {}
        server.expect_request(re.compile(".*")).respond_with_handler(self._answer)

    def entry(self, reader: str, path: str = "/", **changes: Any) -> Source:
        return self._source(reader=reader, url=self.server.url_for(path), **changes)

    def serve(self, path: str, body: Any, kind: str = "application/json", status: int = 200, **more: Any) -> None:
        """From now on ``path`` (with ``query_string`` if given) answers so."""
        data = body if isinstance(body, bytes | str) else json.dumps(body, ensure_ascii=False)
        query = more.pop("query_string", None)
        headers = {"Content-Type": kind, **more.pop("headers", {})}
        self._answers[path, query] = lambda: Response(data, status, headers)

    def _answer(self, request: Request) -> Response:
        known = self._answers.get((request.path, request.query_string.decode()))
        known = known or self._answers.get((request.path, None))
        return known() if known else Response("no such page", 404)

    def collect(self, source: Source, policy: FetchPolicy = QUICK) -> RequestLog:
        self.day += 1
        at = self.now + timedelta(days=self.day)
        return collect_source(source, self.archive, self.root, at, policy, Manners(delay=0))

    def intake(self, source: Source) -> Intake:
        return intake(self.archive, [source], self.now + timedelta(days=self.day))

    def names(self, source: Source) -> list[str]:
        return [name for (name,) in self.rows(source, "name")]

    def rows(self, source: Source, *columns: str) -> list[tuple[Any, ...]]:
        """The rows in force, whatever their licence."""
        found = in_force(self.archive, source, self.now + timedelta(days=self.day))
        if found.frame is None or found.capture is None:
            return []
        frame = complete(found.frame, source, found.capture.sha256)[list(columns)]
        return [tuple(None if pd.isna(cell) else cell for cell in row) for row in frame.itertuples(index=False)]

    def asked(self) -> list[str]:
        paths = [request.full_path.rstrip("?") for request, _ in self.server.log]
        return [path for path in paths if path != "/robots.txt"]


@pytest.fixture
def site(httpserver: HTTPServer, tmp_path: Path, source: Callable[..., Source], now: datetime) -> Site:
    return Site(httpserver, tmp_path, source, now)
