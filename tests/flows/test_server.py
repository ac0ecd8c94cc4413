"""Which server a run uses, and what becomes of one that it started."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from flows import server as servers
from flows.server import Server, ServerDown, problem_with

OURS = servers.version("prefect")


def prefect_like(httpserver: HTTPServer, *, version: str = OURS, healthy: bool = True) -> str:
    """A stand-in that answers as a Prefect server does to the two questions asked of it."""
    httpserver.expect_request("/api/health").respond_with_json(healthy)
    httpserver.expect_request("/api/admin/version").respond_with_json(version)
    return httpserver.url_for("/api")


def gone(pid: int, within: float = 15.0) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.1)
    return False


def test_a_server_of_our_version_can_be_used(httpserver: HTTPServer) -> None:
    assert problem_with(prefect_like(httpserver)) == ""


def test_another_version_cannot(httpserver: HTTPServer) -> None:
    assert problem_with(prefect_like(httpserver, version="3.7.2")) == f"it runs Prefect 3.7.2, this is {OURS}"


def test_what_is_not_prefect_cannot(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/health").respond_with_data("<html>hello</html>")
    assert "does not answer" in problem_with(httpserver.url_for("/api"))
    assert "not a healthy Prefect server (status 500)" in problem_with(httpserver.url_for("/nowhere"))


def test_nobody_there_cannot() -> None:
    assert problem_with("http://127.0.0.1:9/api") == "it does not answer (ConnectionError)"


def test_the_server_of_the_environment_comes_first(
    httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, said = prefect_like(httpserver), []
    monkeypatch.setenv("PREFECT_API_URL", url)
    with Server(tmp_path / "home", said.append) as server:
        assert server.url() == url
    assert said == [f"Using the Prefect server at {url}."]
    assert list((tmp_path / "home").iterdir()) == []


def test_a_dead_or_foreign_one_is_left_alone(
    httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, said = prefect_like(httpserver), []
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    with Server(tmp_path, said.append, usual=usual) as server:
        assert server.url() == usual
    assert said == [
        "PREFECT_API_URL is http://127.0.0.1:9/api, but it does not answer (ConnectionError). "
        "It is left alone; a local server is used instead.",
        f"Using the Prefect server that is up at {usual}.",
    ]


def test_two_runs_share_the_server_of_the_first(api: str, server_home: Path) -> None:
    said: list[str] = []
    with Server(server_home, said.append, usual=None) as second:
        assert second.url() == api
    assert said == [f"Using the Prefect server that is up at {api}."]
    assert problem_with(api) == ""  # the second gave its lease back, the first still holds one


def test_what_cannot_be_had_is_said(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("a file where a folder should be")
    with pytest.raises(ServerDown, match="home"), Server(home, lambda said: None, usual=None):
        pass


def test_a_server_that_dies_at_once_is_said_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'DatabaseError: file is not a database' >&2; echo bye\nexit 3\n")
    python.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(python))
    with (
        Server(tmp_path, lambda said: None, usual=None) as server,
        pytest.raises(ServerDown, match="stopped at once, saying 'DatabaseError: file is not a database'; see "),
    ):
        server.url()


def test_a_killed_run_leaves_no_server_behind(tmp_path: Path, plain_env: dict[str, str]) -> None:
    """SIGKILL: nothing of ours gets to clean up."""
    program = (
        "import sys; from pathlib import Path; from flows.server import Server\n"
        "with Server(Path(sys.argv[1]), lambda said: None, usual=None) as server:\n"
        "    print(server._process.pid, flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=plain_env) as run:
        assert run.stdout is not None
        pid = int(run.stdout.readline())
        run.send_signal(signal.SIGKILL)
    assert gone(pid)
    assert not (tmp_path / servers.STATE).exists()


def test_an_idle_server_sleeps() -> None:
    """Prefect cuts this interval to whole seconds, and one of 0 took half a core for as long as the server lived."""
    assert int(float(servers._OWN["PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL"])) >= 1
