"""Collect every enabled source, each as its own task; one failure never stops the others."""

from __future__ import annotations

from pathlib import Path

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.door import instant
from flows.steps import SOURCES_AT_ONCE, Refreshed, Stopwatch, collect_all
from ptce_etl.pipeline import open_context

__all__ = ["refresh"]


@flow(name="refresh", task_runner=SOURCES_AT_ONCE)
def refresh(data: str = "data") -> State[Refreshed]:
    """Collect every enabled source into the archive.

    Args:
        data: The data root: the folder that holds raw/, decisions/ and processed/.
    """
    ctx = open_context(Path(data), now=instant())
    refreshed = collect_all(ctx, Stopwatch())
    return Completed(message=refreshed.message, data=refreshed)
