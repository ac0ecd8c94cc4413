"""What every test shares: an environment of its own, no network, and one data root built by the real pipeline."""

from __future__ import annotations

import gc
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

BUILT_AT = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
_PREFECT_HOME = pytest.StashKey[str]()
_LOOPBACK = ("127.", "::1", "localhost")

# The same examples on every machine and every day: a failure is about the code, and found again by running it again.
settings.register_profile("ptce", derandomize=True, deadline=None, max_examples=50, database=None)


def pytest_configure(config: pytest.Config) -> None:
    """Set the environment before any test module is imported: Prefect reads its settings when it is first imported."""
    settings.load_profile("ptce")
    for name in list(os.environ):
        # What steers the programs under test, or makes them colour and wrap their output, is for each test to say.
        if name.startswith(("PREFECT_", "PTCE_")) or name in {"FORCE_COLOR", "GITHUB_ACTIONS", "PY_COLORS", "COLUMNS"}:
            del os.environ[name]
    home = tempfile.mkdtemp(prefix="ptce-prefect-")
    config.stash[_PREFECT_HOME] = home
    os.environ |= {
        "PREFECT_HOME": home,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config.stash[_PREFECT_HOME], ignore_errors=True)
    # A flow hides what it imported from the collector. Left so, DuckDB calls what it cannot free at exit a leak.
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Tests of this process reach loopback only; anything else is a bug in the test, said so."""
    with pytest.MonkeyPatch.context() as patch:
        connect = socket.socket.connect

        def local_only(self: socket.socket, address: Any) -> None:
            if self.family != socket.AF_UNIX and not str(address[0]).startswith(_LOOPBACK):
                raise AssertionError(f"a test reaches for the network: {address}")
            connect(self, address)

        patch.setattr(socket.socket, "connect", local_only)
        yield


@pytest.fixture(scope="session")
def built_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root that the plain pipeline built from the bundled ledgers. Read it, never write to it."""
    from ptce_etl import pipeline  # here: tests that do not need it should not wait for pandas

    root = tmp_path_factory.mktemp("built") / "data"
    result = pipeline.run(pipeline.open_context(root, now=BUILT_AT))
    assert not result.failures
    assert result.publication.outcome == "published", result.publication.message
    return root
