"""``make up`` and ``make down``: Prefect's server on loopback, its work pool and worker, and the deployments.

    python -m flows.up --data data --port 4200        start what is not up yet; comes back when all of it is
    python -m flows.up --data data --stop
    python -m flows.up --data data --prepare          on a server that is up (PREFECT_API_URL): pool, rules, deployments

The database is SQLite beside the data (``data/.prefect``), or PREFECT_API_DATABASE_CONNECTION_URL. Run from the folder
that holds prefect.yaml.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from flows import environment
from flows.server import STATE, problem_with

__all__ = ["POOL", "main", "prepare", "start", "stop"]

POOL = "ptce"
UP = "up.json"
START_TIMEOUT, STOP_TIMEOUT = 120.0, 15.0


def main(argv: list[str] | None = None) -> int:
    """Start, or stop with ``--stop``."""
    parser = argparse.ArgumentParser(prog="python -m flows.up", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("data"), help="the data root (default: data)")
    parser.add_argument("--port", type=int, default=4200, help="the port of the server, on loopback (default: 4200)")
    parser.add_argument("--stop", action="store_true", help="stop the worker and the server")
    parser.add_argument("--prepare", action="store_true", help="prepare a server that is up, and start nothing")
    given = parser.parse_args(argv)
    if given.stop:
        _say("Stopped." if stop(given.data) else "Nothing was up.")
        return 0
    try:
        if given.prepare:
            prepare(given.data, os.environ.get("PREFECT_API_URL") or f"http://127.0.0.1:{given.port}/api")
            return 0
        url = start(given.data, given.port)
    except RuntimeError as error:
        _say(str(error))
        return 1
    _say(f"Up: {url.removesuffix('/api')}. The weekly refresh and the monthly publication come by themselves.")
    _say("Start one now: .venv/bin/prefect deployment run observatory/manual    Stop all of it: make down")
    return 0


def start(root: Path, port: int) -> str:
    """Start what is not up: the address of the API, once a worker listens. Raises :class:`RuntimeError`."""
    home = environment.home_of(root)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    root.mkdir(parents=True, exist_ok=True)
    url = f"http://127.0.0.1:{port}/api"
    # Started from a script in the background, SIGINT is ignored and inherited: they would never stop.
    with contextlib.suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGINT, signal.default_int_handler)
    with environment.applied(home):
        env = dict(os.environ) | {"PREFECT_API_URL": url, "PREFECT_HOME": str(home)}
        pids = _pids(home)
        if problem_with(url):
            _say("Starting Prefect's server (longer the first time, as it makes its database)…")
            pids["server"] = _spawn(home, "server", env, "server", "start", "--host", "127.0.0.1", "--port", str(port))
            _await(url, str(home / "up-server.log"), pids["server"])
        _note(home, url, pids)
        if not _alive(pids.get("worker")):
            _prepare(root, url)
            _say("Deploying prefect.yaml…")
            _deploy(root, env, url)
            pids["worker"] = _spawn(home, "worker", env, "worker", "start", "--pool", POOL, "--name", _worker_name())
        _note(home, url, pids)
    return url


def prepare(root: Path, url: str) -> None:
    """What the server at ``url`` must hold, once it answers. Raises :class:`RuntimeError`."""
    home = environment.home_of(root)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with environment.applied(home):
        _await(url, "its own log", None)
        _prepare(root, url)
        _deploy(root, dict(os.environ) | {"PREFECT_API_URL": url, "PREFECT_HOME": str(home)}, url)


def stop(root: Path) -> bool:
    """Stop the worker (and what it runs), then the server. Whether anything was up."""
    home = environment.home_of(root)
    pids = _pids(home)
    up = [pids[name] for name in ("worker", "server") if _alive(pids.get(name))]
    for pid in up:
        if pid == pids.get("server"):
            _end_runs(home)
        _end(pid)
    for name in (UP, STATE):
        (home / name).unlink(missing_ok=True)
    return bool(up)


def _end_runs(home: Path) -> None:
    """What the worker ran and left behind ends too, while the server is there to be told."""
    from prefect.client.orchestration import SyncPrefectClient, get_client
    from prefect.settings import PREFECT_API_URL, temporary_settings

    from flows.sweep import end

    url = str(json.loads((home / UP).read_text("utf-8"))["url"])
    if problem_with(url):
        return
    with temporary_settings({PREFECT_API_URL: url}), get_client(sync_client=True) as client:
        if isinstance(client, SyncPrefectClient):
            for run in end(client, POOL):
                _say(f"{run.name} was under way, and is ended.")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _worker_name() -> str:
    return f"ptce@{socket.gethostname()}"


def _spawn(home: Path, name: str, env: dict[str, str], *arguments: str) -> int:
    with (home / f"up-{name}.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "prefect", *arguments],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    threading.Thread(target=process.wait, daemon=True).start()  # it outlives us; while we are here, hear of its end
    return process.pid


def _await(url: str, log: str, pid: int | None) -> None:
    since = time.monotonic()
    while problem := problem_with(url):
        if (pid is not None and not _alive(pid)) or time.monotonic() - since > START_TIMEOUT:
            raise RuntimeError(f"Prefect's server is not up: {problem}; see {log}")
        time.sleep(0.25)


def _prepare(root: Path, url: str) -> None:
    """The work pool (one run at a time), the notification block's type, the rule for zombies; then sweep."""
    from prefect.client.orchestration import SyncPrefectClient, get_client
    from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
    from prefect.client.schemas.objects import StateType
    from prefect.events.actions import ChangeFlowRunState
    from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
    from prefect.events.schemas.events import ResourceSpecification
    from prefect.exceptions import ObjectAlreadyExists
    from prefect.settings import PREFECT_API_URL, temporary_settings

    from flows.notices import Address
    from flows.sweep import sweep

    ends = {f"prefect.flow-run.{end}" for end in ("Completed", "Failed", "Cancelled", "Crashed")}
    zombies = AutomationCore(
        name="ptce: runs without a heartbeat have crashed",
        description="A run whose machine died stays Running for ever, and holds up those that wait for it.",
        trigger=EventTrigger(
            after={"prefect.flow-run.heartbeat"},
            expect={"prefect.flow-run.heartbeat", *ends},
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=timedelta(seconds=120),  # four of the heartbeats that prefect.yaml asks for
        ),
        actions=[
            ChangeFlowRunState(
                name="Crashed", state=StateType.CRASHED, message="No heartbeat for two minutes.", force=False
            )
        ],
    )
    with temporary_settings({PREFECT_API_URL: url}), get_client(sync_client=True) as client:
        if not isinstance(client, SyncPrefectClient):
            raise RuntimeError("Prefect gave no client")
        try:
            client.create_work_pool(WorkPoolCreate(name=POOL, type="process", concurrency_limit=1))
        except ObjectAlreadyExists:
            client.update_work_pool(POOL, WorkPoolUpdate(concurrency_limit=1))
        Address.register_type_and_schema()
        if not client.read_automations_by_name(zombies.name):
            client.create_automation(zombies)
        for run in sweep(client, POOL):
            _say(f"{run.name} was left half-way, and is said to have crashed.")


def _deploy(root: Path, env: dict[str, str], url: str) -> None:
    """Deploy prefect.yaml, for the data root ``root``."""
    from prefect.client.orchestration import SyncPrefectClient, get_client
    from prefect.client.schemas.actions import DeploymentUpdate
    from prefect.client.schemas.filters import WorkPoolFilter, WorkPoolFilterName
    from prefect.settings import PREFECT_API_URL, temporary_settings

    done = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"prefect.yaml could not be deployed:\n{done.stdout}{done.stderr}")
    with temporary_settings({PREFECT_API_URL: url}), get_client(sync_client=True) as client:
        if not isinstance(client, SyncPrefectClient):
            raise RuntimeError("Prefect gave no client")
        ours = WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL]))
        for deployment in client.read_deployments(work_pool_filter=ours):
            parameters = deployment.parameters | {"data": str(root.resolve())}
            client.update_deployment(deployment.id, DeploymentUpdate(parameters=parameters))


def _note(home: Path, url: str, pids: dict[str, int]) -> None:
    """Write down what is up; the second file is how `ptce run` finds the server."""
    for name, content in ((UP, {"url": url, **pids}), (STATE, {"url": url, "pid": pids.get("server")})):
        part = home / f".{name}.{os.getpid()}"
        part.write_text(json.dumps(content), "utf-8")
        part.replace(home / name)


def _pids(home: Path) -> dict[str, int]:
    try:
        found: dict[str, Any] = json.loads((home / UP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: int(found[name]) for name in ("server", "worker") if isinstance(found.get(name), int)}


def _alive(pid: int | None) -> bool:
    if pid is None:
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _end(pid: int) -> None:
    """Ask ``pid`` to stop, then make its whole process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + STOP_TIMEOUT
    while _alive(pid) and time.monotonic() < until:
        time.sleep(0.1)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    while _alive(pid) and time.monotonic() < until + STOP_TIMEOUT:
        time.sleep(0.1)


if __name__ == "__main__":
    raise SystemExit(main())
