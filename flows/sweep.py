"""Runs that Prefect believes to be under way though their process has gone: said to be crashed, so that they hold
nothing up.

For the machine that the worker is on, while no worker is up: a run without a process is dead then. Prefect hears by
itself of a process that dies under a worker; of a worker that dies with its machine it does not.
"""

from __future__ import annotations

import os
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

__all__ = ["sweep"]

_UNDER_WAY = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]


def sweep(client: SyncPrefectClient, pool: str) -> list[FlowRun]:
    """Say of every run of the work pool ``pool`` whose process is gone that it crashed; which ones."""
    runs = client.read_flow_runs(
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_UNDER_WAY))),
        work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[pool])),
    )
    dead = [run for run in runs if not _lives(run.infrastructure_pid)]
    for run in dead:
        said = "Its process was gone when the worker was started again. What was published stands; run it again."
        client.set_flow_run_state(run.id, Crashed(message=said), force=True)
    return dead


def _lives(pid: str | None) -> bool:
    """Whether a process of a run is there: ``pid`` as the worker noted it ("1234", or "host:1234")."""
    number = (pid or "").rpartition(":")[2]
    if not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's: the number was given again
        return False
    status = Path(f"/proc/{number}/status")
    return not (status.is_file() and "\nState:\tZ" in status.read_text("utf-8", "replace"))
