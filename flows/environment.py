"""What Prefect must find in the environment before it is imported. No Prefect here.

Everything is a default: a variable that is already set stays as it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["applied", "defaults", "home_of"]

_LOOPBACK = "127.0.0.1,localhost"


def home_of(root: Path) -> Path:
    """Where Prefect keeps its state for a data root: beside the data, unless ``PREFECT_HOME`` says otherwise."""
    chosen = os.environ.get("PREFECT_HOME")
    return Path(chosen).expanduser() if chosen else root.resolve() / ".prefect"


def defaults(home: Path) -> dict[str, str]:
    """The variables and their values; ``home`` is where Prefect keeps its state."""
    return {
        "PREFECT_HOME": str(home),
        # Prefect's server calls home at each start, its SDK at the first import on a terminal: one switch for each.
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # Without an API address Prefect would start a server of its own for every process, in ~/.prefect.
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        # A failed task would print its traceback on the terminal. The run's logs keep it; we say it in three lines.
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
        "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",
        # With the default of 5, a server lost in mid-run costs minutes of waiting after the work is done.
        "PREFECT_CLIENT_MAX_RETRIES": "1",
        # Cache keys hash every argument, and the archive already is the cache.
        "PREFECT_TASKS_DEFAULT_NO_CACHE": "true",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "PREFECT_RUNNER_POLL_FREQUENCY": "2",
        # SQLite under many task runs: write events in batches, or the API stalls behind them.
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
        "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "50",
        "PREFECT_SERVER_SERVICES_TRIGGERS_READ_BATCH_SIZE": "50",
    }


@contextmanager
def applied(home: Path) -> Iterator[None]:
    """Put the defaults in ``os.environ``, and take them out again.

    Loopback is taken out of reach of proxies: behind one, the server on this machine would seem to be down.
    """
    wanted = {name: value for name, value in defaults(home).items() if name not in os.environ}
    for name in ("no_proxy", "NO_PROXY"):
        wanted[name] = ",".join(filter(None, (os.environ.get(name), _LOOPBACK)))
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
