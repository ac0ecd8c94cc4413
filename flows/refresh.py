"""Collect the sources that are due, each as its own task; one failure never stops the others."""

from __future__ import annotations

from pathlib import Path

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.choices import choice_of
from flows.door import instant
from flows.notices import on_completion, on_failure
from flows.steps import SOURCES_AT_ONCE, Refreshed, Stopwatch, collect_all
from ptce_etl.pipeline import open_context

__all__ = ["refresh"]


@flow(
    name="refresh",
    task_runner=SOURCES_AT_ONCE,
    on_failure=[on_failure],
    on_crashed=[on_failure],
    on_completion=[on_completion],
)
def refresh(data: str = "data", sources: list[str] | None = None, force: bool = False) -> State[Refreshed]:
    """Collect the sources that are due into the archive. Nothing is published.

    Args:
        data: The data root: the folder that holds raw/, decisions/ and processed/.
        sources: Ask these sources only, by their ids in the catalogue (default: every enabled one).
        force: Ask every source again, also one retrieved well within its declared frequency.
    """
    ctx = open_context(Path(data), now=instant())
    refreshed = collect_all(ctx, Stopwatch(), choice_of(sources, force))
    return Completed(message=refreshed.message, data=refreshed)
