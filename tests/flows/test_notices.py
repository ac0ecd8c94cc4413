"""Notices: through a real block, to a real web hook and a real mail server, with the error and the figures."""

from __future__ import annotations

import json
import re
import shutil
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from flows.door import Door, opened
from flows.notices import DEFAULT, Address, tell
from flows.observatory import observatory
from flows.refresh import refresh
from ptce_etl.errors import ConfigError

pytestmark = pytest.mark.usefixtures("api")
BUILT_AT = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
_SECRET = "s3cr3t"


@contextmanager
def listening(server: socketserver.BaseServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def hook() -> Iterator[tuple[int, list[Any]]]:
    """A web hook: its port, and what it was sent."""
    sent: list[Any] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with listening(ThreadingHTTPServer(("127.0.0.1", 0), Hook)) as port:
        yield port, sent


@pytest.fixture
def mail() -> Iterator[tuple[int, list[str]]]:
    """A mail server: its port, and the letters it took."""
    letters: list[str] = []

    class Mail(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            for line in iter(self.rfile.readline, b""):
                word = line[:4].upper()
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    letters.append("".join(part.decode() for part in iter(self.rfile.readline, b".\r\n")))
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                if word == b"QUIT":
                    return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with listening(Server(("127.0.0.1", 0), Mail)) as port:
        yield port, letters


def keep(name: str, address: str) -> None:
    Address(url=address).save(name, overwrite=True)  # type: ignore[unused-coroutine, arg-type]


def through(now: datetime, call: Callable[[], Any]) -> Any:
    with opened(Door(now, lambda step, seconds: None)):
        return call()


def test_a_failed_run_is_told_to_the_hook_with_its_three_lines_and_the_figures(
    hook: tuple[int, list[Any]], built_root: Path
) -> None:
    port, sent = hook
    keep("ptce", f"json://127.0.0.1:{port}/here")
    with pytest.raises(ConfigError):
        through(BUILT_AT, lambda: observatory(data=str(built_root), sources=["nowhere"]))
    (notice,) = sent
    assert notice["title"].startswith("ptce: observatory failed (")
    assert "ConfigError: no enabled source nowhere\n  where: sources\n  do:    choose among" in notice["message"]
    assert re.search(r"is the latest, published 2026-11-23 06:30 UTC: \d+ poles, \d+ listings", notice["message"])


def test_a_run_that_goes_well_while_the_data_grow_old_says_so(
    hook: tuple[int, list[Any]], tmp_path: Path, built_root: Path
) -> None:
    port, sent = hook
    keep("ptce", f"json://127.0.0.1:{port}/here")
    world = shutil.copytree(built_root, tmp_path / "data", symlinks=True)

    def run() -> None:
        refresh(data=str(world), sources=["transcribed_growth_claims"])

    through(BUILT_AT + timedelta(hours=1), run)
    assert sent == []
    through(BUILT_AT + timedelta(days=40), run)
    (notice,) = sent
    assert notice["title"] == "ptce: data grow old"
    assert "critical: transcribed_listings: not retrieved for 40 days" in notice["message"]


def test_an_e_mail_goes_through_the_same_block_and_other_blocks_are_named(
    mail: tuple[int, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, letters = mail
    keep("mail", f"mailto://127.0.0.1:{port}?from=ptce@example.org&to=team@example.org&mode=insecure")
    monkeypatch.setenv("PTCE_NOTIFY", "ptce-address/mail, ptce-address/nobody")
    assert tell("ptce: a test", "102 poles") == 1
    (letter,) = letters
    assert "Subject: ptce: a test" in letter


def test_an_address_that_cannot_be_reached_stops_nothing_and_is_not_written_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    keep("gone", f"json://user:{_SECRET}@127.0.0.1:9/here")
    monkeypatch.setenv("PTCE_NOTIFY", "ptce-address/gone")
    with caplog.at_level("WARNING"):
        assert tell("ptce: a test", "102 poles") == 0
    assert _SECRET not in caplog.text


def test_where_nobody_asked_to_be_told_it_is_in_the_log_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTCE_NOTIFY", f"{DEFAULT}-of-nobody")
    assert tell("ptce: a test", "102 poles") == 0
