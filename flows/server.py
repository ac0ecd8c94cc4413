"""The Prefect server a run talks to: one that is up, or one of our own that goes away by itself. No Prefect here.

A server of our own is a child process on a free loopback port (:mod:`flows._serve`). What keeps it up is a *lease*, a
file lock that every run holds while it uses the server. The kernel gives the lease back however the run ends, so a
killed run leaves no server behind, and two runs at once share one. Measured on two cores, it is ready in half the time
of Prefect's ephemeral mode, which imports the whole server in the calling process too.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

from flows import environment

__all__ = ["DEFAULT_URL", "LEASE", "STATE", "Server", "ServerDown", "problem_with"]

DEFAULT_URL = "http://127.0.0.1:4200/api"  # where `prefect server start` listens unless told otherwise
STATE, LEASE, STARTING, LOG = "server.json", "server.lease", "server.starting", "server.log"
START_TIMEOUT = 120.0
Say = Callable[[str], None]

_OWN = {
    "PREFECT_UI_ENABLED": "false",
    "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",  # three seconds for block types that no flow of ours uses…
    "PREFECT_MEMOIZE_BLOCK_AUTO_REGISTRATION": "false",  # … and no note that they were registered
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL": "0.5",  # it is about to stop: write soon
    # Whole seconds: Prefect cuts 0.5 to 0 here, and turns round without a pause for as long as the server lives.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
}


class ServerDown(RuntimeError):  # noqa: N818 - the names say what happened, as in ptce_etl.errors
    """No Prefect server can be had. Never leaves this package: the run goes on without Prefect."""


def problem_with(api_url: str, timeout: float = 2.0) -> str:
    """Why the server at ``api_url`` (``http://host:port/api``) cannot be used; empty when it can."""
    try:
        health = requests.get(f"{api_url}/health", headers=_credentials(), timeout=timeout)
        if health.status_code != requests.codes.ok or health.json() is not True:
            return f"what answers there is not a healthy Prefect server (status {health.status_code})"
        theirs = requests.get(f"{api_url}/admin/version", headers=_credentials(), timeout=timeout)
        # Prefect Cloud has no version to tell. A server that does must match: others refuse what the client sends.
        if theirs.status_code == requests.codes.ok and theirs.json() != version("prefect"):
            return f"it runs Prefect {theirs.json()}, this is {version('prefect')}"
    except (requests.RequestException, ValueError) as error:
        return f"it does not answer ({type(error).__name__})"
    return ""


def _credentials() -> dict[str, str]:
    if key := os.environ.get("PREFECT_API_KEY"):
        return {"Authorization": f"Bearer {key}"}
    if pair := os.environ.get("PREFECT_API_AUTH_STRING"):
        return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
    return {}


class Server:
    """A server to run against: ``PREFECT_API_URL``, else one of ours, else one on the usual port, else a new one.

    Entering returns at once, a new server is still starting then; :meth:`url` waits for it. Leaving gives the lease
    back. Both raise :class:`ServerDown`. ``home`` is where Prefect keeps its state, ``say`` is told what happens.
    """

    def __init__(self, home: Path, say: Say, *, usual: str | None = DEFAULT_URL) -> None:
        self._home, self._say, self._usual = home, say, usual
        self._held = ExitStack()
        self._starting = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None
        self._url: str | None = None
        self._since = 0.0

    def __enter__(self) -> Self:
        try:
            self._home.mkdir(mode=0o700, parents=True, exist_ok=True)  # Prefect would not make its parents
            self._url = self._configured()
            if self._url is None:
                self._held.enter_context(_locked(self._home / LEASE, fcntl.LOCK_SH))
                self._url = self._found() or self._begin()
        except OSError as error:
            self._held.close()
            self._starting.close()
            raise ServerDown(str(error)) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._starting.close()
        self._held.close()

    def url(self, timeout: float = START_TIMEOUT) -> str:
        """The address of the API, once it answers within ``timeout`` seconds of the start."""
        told = False
        while self._url is None:
            waited = time.monotonic() - self._since
            if self._process is not None and self._process.poll() is not None:
                raise ServerDown(f"its server stopped at once, {_last_words(self._home / LOG)}; {self._hint()}")
            if waited > timeout:
                raise ServerDown(f"its server did not answer within {timeout:.0f} s; {self._hint()}")
            if waited > 10 and not told:
                self._say("Prefect is still starting…")
                told = True
            time.sleep(0.05)
            self._url = self._announced()
            if self._url is not None:
                self._say(f"Prefect is up after {waited:.1f} s, at {self._url}.")
        self._starting.close()
        return self._url

    def _hint(self) -> str:
        return f"see {self._home / LOG} (what {self._home} holds is Prefect's own records, and may be deleted)"

    def _configured(self) -> str | None:
        url = os.environ.get("PREFECT_API_URL")
        if not url:
            return None
        if problem := problem_with(url):
            self._say(f"PREFECT_API_URL is {url}, but {problem}. It is left alone; a local server is used instead.")
            return None
        self._say(f"Using the Prefect server at {url}.")
        return url

    def _found(self) -> str | None:
        """A server that is up already. Keeps the right to start one, when there is none, until it is up."""
        try:
            self._starting.enter_context(_locked(self._home / STARTING, fcntl.LOCK_EX | fcntl.LOCK_NB))
        except BlockingIOError:
            self._say("Another run is starting Prefect: waiting for its server…")
            self._starting.enter_context(_locked(self._home / STARTING, fcntl.LOCK_EX))
        url = self._announced()
        if url is None and self._usual is not None and not problem_with(self._usual):
            url = self._usual
        if url is not None:
            self._say(f"Using the Prefect server that is up at {url}.")
        return url

    def _announced(self) -> str | None:
        """The address that a server of ours wrote down when it came up, if it answers; our child's, once started."""
        try:
            state = json.loads((self._home / STATE).read_text("utf-8"))
            url, pid = str(state["url"]), state["pid"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if self._process is not None and pid != self._process.pid:
            return None
        return None if problem_with(url) else url

    def _begin(self) -> None:
        again = (self._home / "prefect.db").exists()
        how_long = "a few seconds" if again else "longer this first time, as it makes its database"
        self._say(f"Starting Prefect: a local server, for this run only ({how_long})…")
        (self._home / STATE).unlink(missing_ok=True)
        env = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
        env = environment.defaults(self._home) | env | _OWN | {"PREFECT_HOME": str(self._home)}
        self._since = time.monotonic()
        with (self._home / LOG).open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-P", "-m", "flows._serve", str(self._home)],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the run: the server is needed to record how it ended
            )
        # It outlives this object by a moment, and nobody else would hear that it is gone.
        threading.Thread(target=self._process.wait, daemon=True).start()


@contextmanager
def _locked(path: Path, kind: int) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, kind)
        yield
    finally:
        os.close(descriptor)


def _last_words(log: Path) -> str:
    """The line of a log that says what went wrong: the last that names an error, else the last."""
    lines = log.read_text("utf-8", "replace").strip().splitlines() if log.exists() else []
    named = [line for line in lines if re.match(r"[\w.]*(Error|Exception)\b", line)]
    return f"saying {(named or lines)[-1]!r}" if lines else "saying nothing"
