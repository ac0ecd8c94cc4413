"""A real Prefect server for the whole session, of the kind that a run starts for itself."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

from flows.runtime import drain
from flows.server import Server
from ptce_etl import pipeline
from ptce_etl.catalogue.registry import Source
from ptce_etl.config import Paths
from ptce_etl.model import RequestLog
from ptce_etl.pipeline import Candidate, Context, OnStep, Publication
from ptce_etl.publish.snapshot import Outcome


@pytest.fixture(scope="session")
def server_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("prefect")


@pytest.fixture(scope="session")
def api(server_home: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a Prefect API; flows called in this process use it."""
    with Server(server_home, lambda said: None, usual=None) as server:
        request.getfixturevalue("built_root")  # ten seconds here, while the server takes ten for its migrations
        url = server.url()
        with temporary_settings({PREFECT_API_URL: url, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            yield url
            drain()


@pytest.fixture(scope="session")
def with_database(api: str, server_home: Path) -> Callable[[Path], None]:
    """Gives a Prefect home a database to start from: it need not make one in ten seconds of migrations."""

    def copy(home: Path) -> None:
        home.mkdir(parents=True)
        with (
            closing(sqlite3.connect(server_home / "prefect.db")) as source,
            closing(sqlite3.connect(home / "prefect.db")) as target,
        ):
            source.backup(target)

    return copy


@dataclass
class Hollow:
    """The steps of the pipeline in no time: for what is around them. ``outcome`` is what publishing comes to."""

    folder: Path
    outcome: Outcome = "published"
    built: list[Context] = field(default_factory=list)

    def collect_one(self, ctx: Context, source: Source) -> RequestLog:
        return RequestLog(source.source_id, source.url, ctx.now, "ok")

    def build(self, ctx: Context, on_step: OnStep) -> Candidate:
        self.built.append(ctx)
        on_step("write", 0.1)
        return Candidate("2026-11-23-0", ctx.paths.processed / "x")

    def publish(self, ctx: Context, candidate: Candidate, *, promote: bool = True, on_step: OnStep) -> Publication:
        outcome = self.outcome if promote else "built"
        return Publication(outcome, candidate.snapshot_id, self.folder, 0, 0, f"It is {outcome}.")


@pytest.fixture
def hollow(built_root: Path, monkeypatch: pytest.MonkeyPatch) -> Hollow:
    """A pipeline that collects, builds and publishes nothing, and shows the figures of ``built_root``."""
    steps = Hollow(Paths(built_root).latest.resolve())
    for name in ("collect_one", "build", "publish"):
        monkeypatch.setattr(pipeline, name, getattr(steps, name))
    return steps


@pytest.fixture
def plain_env() -> dict[str, str]:
    """The environment of a person's terminal: nothing of Prefect's, nothing that says "CI"."""
    hidden = ("PREFECT_", "DO_NOT_TRACK", "CI", "GITHUB_", "NO_PROXY", "no_proxy")
    return {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
