"""The house as people run it: server, worker and deployments up, and what happens when one of them dies."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from secrets import token_hex

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.schedules import IntervalSchedule
from prefect.exceptions import PrefectHTTPStatusError
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Cancelling

from flows import up
from ptce_etl.catalogue.registry import load_sources
from ptce_etl.collect.archive import Archive
from ptce_etl.config import Paths

ROOT = Path(__file__).parents[2]
QUICK = {
    "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "3",
    "PREFECT_WORKER_QUERY_SECONDS": "1",
}


@pytest.fixture(scope="module")
def silent() -> Iterator[str]:
    """The address of a server that takes connections and never says a word: who asks it is in mid-run."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/listings.csv"


@pytest.fixture(scope="module")
def world(with_database: Callable[[Path], None], silent: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root with a source that never answers, and a database that needs no migrations."""
    root = tmp_path_factory.mktemp("house") / "data"
    with_database(root / ".prefect")
    entry = next(s for s in load_sources() if s.source_id == "transcribed_listings").model_dump(
        mode="json", exclude_defaults=True
    )
    slow = {**entry, "source_id": "slow", "url": silent, "sentinels": [], "options": {}}
    (root / "sources.yml").write_text(json.dumps({"sources": [slow]}), "utf-8")
    return root


@pytest.fixture(scope="module")
def client(world: Path) -> Iterator[SyncPrefectClient]:
    """All of it up on a free port; the client speaks to its server. Down in the end."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("PREFECT_API")]:
            patch.delenv(name)
        for name, value in {
            **QUICK,
            "PREFECT_HOME": str(world / ".prefect"),
            "PTCE_PRIVATE_HOSTS": "127.0.0.1",
        }.items():
            patch.setenv(name, value)
        patch.chdir(ROOT)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        try:
            url = up.start(world, port)
            with temporary_settings({PREFECT_API_URL: url}), get_client(sync_client=True) as client:
                assert isinstance(client, SyncPrefectClient)
                yield client
                left = [
                    int(str(r.infrastructure_pid).rpartition(":")[2])
                    for r in client.read_flow_runs()
                    if r.infrastructure_pid
                ]
        finally:
            assert up.stop(world)
        assert left
        assert not [pid for pid in left if Path(f"/proc/{pid}").exists()], "a run outlives `make down`"


def ask(client: SyncPrefectClient, deployment: str, parameters: dict[str, object] | None = None) -> FlowRun:
    """A run of ``deployment``, once: the client asks again when a busy server's answer is late."""
    found = client.read_deployment_by_name(deployment)
    given = None if parameters is None else {**found.parameters, **parameters}
    return client.create_flow_run_from_deployment(found.id, parameters=given, idempotency_key=token_hex(8))


def wait(client: SyncPrefectClient, what: Callable[[list[FlowRun]], FlowRun | None], said: str) -> FlowRun:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        if (found := what(client.read_flow_runs())) is not None:
            return found
        time.sleep(0.2)
    raise AssertionError(f"{said}: {[(run.name, run.state_name) for run in client.read_flow_runs()]}")


def one(runs: list[FlowRun], kind: StateType) -> FlowRun | None:
    return next((run for run in runs if run.state_type == kind and run.infrastructure_pid), None)


def test_a_killed_worker_holds_nothing_up_and_a_run_is_cancelled_half_way(
    client: SyncPrefectClient, world: Path
) -> None:
    """One story, because each start of a process takes seconds."""
    deployment = client.read_deployment_by_name("refresh/weekly")
    assert deployment.parameters["data"] == str(world.resolve())
    first = ask(client, "refresh/weekly")
    first = wait(client, lambda runs: one(runs, StateType.RUNNING), "no worker took it")

    # The worker dies, and what it runs with it: the server believes that the run is under way.
    worker = json.loads((world / ".prefect" / up.UP).read_text("utf-8"))["worker"]
    os.killpg(worker, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(str(first.infrastructure_pid).rpartition(":")[2]), signal.SIGKILL)
    until = time.monotonic() + 10
    while Path(f"/proc/{worker}").exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert client.read_flow_run(first.id).state_type == StateType.RUNNING
    second = ask(client, "refresh/weekly")

    up.start(world, int(client.api_url.port or 0))
    assert client.read_flow_run(first.id).state_type == StateType.CRASHED
    running = wait(client, lambda runs: one(runs, StateType.RUNNING), "a run that is dead holds up the others")
    assert running.id == second.id

    client.set_flow_run_state(second.id, Cancelling())
    cancelled = wait(
        client,
        lambda runs: next((r for r in runs if r.id == second.id and r.state_type == StateType.CANCELLED), None),
        "not cancelled",
    )
    assert cancelled.state is not None
    assert {log.outcome for log in Archive(world).logs()} <= {"transient"}  # every line can be read
    assert not Paths(world).latest.exists()


def test_the_form_is_held_to_its_types_when_a_run_is_asked_for_through_the_api(client: SyncPrefectClient) -> None:
    deployment = client.read_deployment_by_name("observatory/manual")
    for wrong in ({"populations": ["everybody"]}, {"as_of": 12}, {"dry_run": "perhaps"}):
        with pytest.raises(PrefectHTTPStatusError) as caught:
            client.create_flow_run_from_deployment(deployment.id, parameters=wrong)
        assert caught.value.response.status_code in {409, 422}
    asked = ask(client, "observatory/manual", {"sources": ["nowhere"], "dry_run": True})
    done = wait(
        client,
        lambda runs: next((r for r in runs if r.id == asked.id and r.state and r.state.is_final()), None),
        "not run",
    )
    assert done.state is not None
    assert (done.state.name, "no enabled source nowhere" in str(done.state.message)) == ("Failed", True)


def test_a_schedule_fires(client: SyncPrefectClient) -> None:
    """On sqlalchemy 2.1 it does not, and nothing says so: the lock keeps it below."""
    deployment = client.read_deployment_by_name("refresh/weekly")
    every = IntervalSchedule(interval=timedelta(seconds=5))
    (schedule,) = client.create_deployment_schedules(deployment.id, [(every, True)])
    fired = wait(
        client,
        lambda runs: next((r for r in runs if r.auto_scheduled and r.state_type == StateType.RUNNING), None),
        "no schedule fired",
    )
    assert fired.deployment_id == deployment.id
    client.delete_deployment_schedule(deployment.id, schedule.id)
