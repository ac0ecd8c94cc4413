"""A toy source, and a server that says exactly the bytes it is told to, at the pace it is told to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from ptce_etl.catalogue.registry import Source

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
Handler = Callable[[socket.socket, threading.Event], None]


def make_source(**changes: Any) -> Source:
    entry: dict[str, Any] = {
        "source_id": "toy",
        "title": "A toy",
        "publisher": "Nobody",
        "url": "raw/toy.csv",
        "licence": "none",
        "frequency": "never",
        "statement": "listings",
        "priority": 1,
        "columns": {"name": "nom", "commune": "ville"},
        "bounds": {"min_rows": 1, "max_rows": 9},
    }
    return Source.model_validate(entry | changes)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def source() -> Callable[..., Source]:
    return make_source


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback servers are reached without the proxies of the machine."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    monkeypatch.delenv("PTCE_CONTACT", raising=False)
    monkeypatch.setenv("PTCE_PRIVATE_HOSTS", "127.0.0.1,localhost")


@pytest.fixture
def raw_server() -> Iterator[Callable[[Handler], str]]:
    """Start servers on loopback whose answers are written by a function; gives their address."""
    with _servers() as start:
        yield start


@contextmanager
def _servers() -> Iterator[Callable[[Handler], str]]:
    over = threading.Event()
    listeners: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(handler: Handler) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def answer(connection: socket.socket) -> None:
            with connection, suppress(OSError):  # the client went away: what these servers are for
                connection.recv(65_536)
                handler(connection, over)

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                thread = threading.Thread(target=answer, args=(connection,), daemon=True)
                threads.append(thread)
                thread.start()

        thread = threading.Thread(target=serve, daemon=True)
        threads.append(thread)
        thread.start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    try:
        yield start
    finally:
        over.set()
        for listener in listeners:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for thread in threads:
            thread.join(5)
