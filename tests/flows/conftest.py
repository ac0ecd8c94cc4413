"""A real Prefect server for the whole session, of the kind that a run starts for itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

from flows.runtime import drain
from flows.server import Server

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def server_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("prefect")


@pytest.fixture(scope="session")
def api(server_home: Path) -> Iterator[str]:
    """The address of a Prefect API; flows called in this process use it."""
    with Server(server_home, lambda said: None, usual=None) as server:
        url = server.url()
        with temporary_settings({PREFECT_API_URL: url, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            yield url
            drain()


@pytest.fixture
def plain_env() -> dict[str, str]:
    """The environment of a person's terminal: nothing of Prefect's, nothing that says "CI"."""
    hidden = ("PREFECT_", "DO_NOT_TRACK", "CI", "GITHUB_", "NO_PROXY", "no_proxy")
    return {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
