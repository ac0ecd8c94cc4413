"""The main job as a person runs it: with no server, with one that is lost, and with nobody outside hearing of it."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from prefect.events.worker import EventsWorker
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from flows import server as servers
from flows.runtime import run_observatory
from ptce_etl.config import Paths
from ptce_etl.publish.verify import verify

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)


@pytest.mark.usefixtures("hollow")
def test_without_any_server_the_steps_run_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_HOME")
    (tmp_path / ".prefect").write_text("a file where Prefect's folder should be")
    said: list[str] = []
    result = run_observatory(tmp_path, now=NOW, say=said.append, usual=None)
    assert result.publication.outcome == "published"
    assert len(result.logs) == 3
    assert said[-1].startswith("Prefect is out: ")
    assert said[-1].endswith("Running the same steps without it.")


class Wire:
    """A loopback port that leads to another one, until it is cut."""

    def __init__(self, port: int) -> None:
        self.target = ("127.0.0.1", port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.ends: list[socket.socket] = [self.listener]
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/api"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(self.target)
                self.ends += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while some := one.recv(65536):
                other.sendall(some)
            other.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        for end in self.ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def test_a_server_lost_in_mid_run_costs_the_record_and_not_the_publication(api: str, tmp_path: Path) -> None:
    wire, said = Wire(urlsplit(api).port or 0), []

    def on_step(step: str, seconds: float) -> None:
        if step == "measure":
            wire.cut()

    with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}):
        result = run_observatory(tmp_path, now=NOW, say=said.append, on_step=on_step, usual=wire.url)
    EventsWorker.drain_all(timeout=0)  # what is left to tell goes nowhere: let the next run have a new one
    assert said == [
        f"Using the Prefect server that is up at {wire.url}.",
        "Prefect's server was lost before it heard how the run ended. What was published stands.",
    ]
    assert result.publication.outcome == "published"
    assert Paths(tmp_path).latest.resolve() == result.publication.path
    assert verify(result.publication.path) == []


@pytest.mark.usefixtures("hollow")
def test_a_server_lost_before_there_is_a_result_costs_nothing_either(
    api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire, said, url = Wire(urlsplit(api).port or 0), [], servers.Server.url

    def url_of_a_server_that_dies(self: servers.Server) -> str:
        answered = url(self)
        wire.cut()
        return answered

    monkeypatch.setattr(servers.Server, "url", url_of_a_server_that_dies)
    with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}):
        result = run_observatory(tmp_path, now=NOW, say=said.append, usual=wire.url)
    assert said[-1].startswith("Prefect is out: its server was lost (")
    assert result.publication.outcome == "published"


RUN = """
import sys
from datetime import datetime
from pathlib import Path
from flows.runtime import run_observatory

result = run_observatory(
    Path(sys.argv[1]), now=datetime.fromisoformat(sys.argv[2]), usual=None, say=lambda said: print("said", said)
)
print("outcome", result.publication.outcome)
"""
SPY = """
import os, sys
_log = os.open(os.environ["PTCE_SPY"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
def _listen(event, args):
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
    elif event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        host = args[1][0] if isinstance(args[1], tuple) else "local file"
    else:
        return
    os.write(_log, f"{os.getpid()} {host}\\n".encode())
os.write(_log, f"{os.getpid()} listening\\n".encode())
sys.addaudithook(_listen)
"""


@pytest.mark.usefixtures("api")
def test_a_run_on_a_terminal_calls_nobody_outside_and_leaves_nothing_behind(
    with_database: Callable[[Path], None], tmp_path: Path, plain_env: dict[str, str]
) -> None:
    """On a terminal, because that is where Prefect's SDK calls home; every process of the run is listened to."""
    heard, root, home = tmp_path / "heard", tmp_path / "data", tmp_path / "home"
    home.mkdir()
    with_database(root / ".prefect")
    (tmp_path / "sitecustomize.py").write_text(SPY)
    env = plain_env | {"PYTHONPATH": str(tmp_path), "PTCE_SPY": str(heard), "HOME": str(home), "TERM": "xterm"}
    said = on_a_terminal([sys.executable, "-c", RUN, str(root), NOW.isoformat()], env)

    assert "said Starting Prefect: a local server" in said
    assert said.rstrip().endswith("outcome published"), said
    assert "Traceback" not in said
    calls = [line.split(maxsplit=1) for line in heard.read_text().splitlines()]
    assert {host for _, host in calls} <= {"listening", "127.0.0.1", "localhost", "::1", "local file", "None"}
    assert {"listening", "127.0.0.1"} <= {host for _, host in calls}
    assert len({pid for pid, _ in calls}) >= 2  # the run and its server
    assert list(home.iterdir()) == []

    state = root / ".prefect" / servers.STATE
    pid = json.loads(state.read_text("utf-8"))["pid"] if state.exists() else 0
    for _ in range(100):
        if not pid or not Path(f"/proc/{pid}").exists():
            break
        time.sleep(0.1)
    assert not state.exists()
    assert (root / ".prefect" / servers.LOG).read_text("utf-8") == ""


def on_a_terminal(command: list[str], env: dict[str, str]) -> str:
    """What ``command`` writes, all three of its streams being a terminal."""
    ours, theirs = pty.openpty()
    written = bytearray()
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env) as run:
        os.close(theirs)
        with contextlib.suppress(OSError):  # EIO: the last of them has closed its end
            while some := os.read(ours, 65536):
                written += some
    os.close(ours)
    assert run.returncode == 0, written.decode()
    return written.decode().replace("\r\n", "\n")
