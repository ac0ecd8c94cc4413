"""Runs that no worker looks after: said to be crashed, so that they hold nothing up, and ended if they still go on.

For the machine that the worker is on, while no worker is up: a run without a process is dead then. Prefect hears by
itself of a process that dies under a worker; of a worker that dies with its machine it does not.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.states import Crashed

__all__ = ["end", "sweep"]

_UNDER_WAY = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]


def sweep(client: SyncPrefectClient, pool: str) -> list[FlowRun]:
    """Say of every run of the work pool ``pool`` whose process is gone that it crashed; which ones."""
    dead = [run for run in _under_way(client, pool) if not _lives(_pid(run))]
    for run in dead:
        said = "Its process was gone when the worker was started again. What was published stands; run it again."
        client.set_flow_run_state(run.id, Crashed(message=said), force=True)
    return dead


def end(client: SyncPrefectClient, pool: str, *, within: float = 10.0) -> list[FlowRun]:
    """End the processes of the runs of the work pool ``pool``, and say that they crashed; which ones.

    A worker that is told to stop may leave what it runs behind. Each is asked to stop, and after ``within`` seconds
    made to.
    """
    left = {run.id: run for run in _under_way(client, pool) if _lives(_pid(run)) and _of_prefect(_pid(run))}
    for sent in (signal.SIGTERM, signal.SIGKILL):
        for run in left.values():
            with suppress(ProcessLookupError, PermissionError):
                os.kill(_pid(run), sent)
        until = time.monotonic() + within
        while any(_lives(_pid(run)) for run in left.values()) and time.monotonic() < until:
            time.sleep(0.1)
    for run in left.values():
        said = "Stopped with the worker. What was published stands; run it again."
        client.set_flow_run_state(run.id, Crashed(message=said), force=True)
    return list(left.values())


def _under_way(client: SyncPrefectClient, pool: str) -> list[FlowRun]:
    return client.read_flow_runs(
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_UNDER_WAY))),
        work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[pool])),
    )


def _pid(run: FlowRun) -> int:
    """The process of a run, as the worker noted it ("1234", or "host:1234"); 0 when it did not."""
    number = (run.infrastructure_pid or "").rpartition(":")[2]
    return int(number) if number.isdecimal() else 0


def _lives(pid: int) -> bool:
    if not pid:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's: the number was given again
        return False
    status = Path(f"/proc/{pid}/status")
    return not (status.is_file() and "\nState:\tZ" in status.read_text("utf-8", "replace"))


def _of_prefect(pid: int) -> bool:
    """Whether the process is one of Prefect's; a number may have been given to another since. Linux alone can tell."""
    try:
        return b"prefect" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
