"""What the form of a deployment lets a person choose."""

from __future__ import annotations

from typing import Literal

from prefect.context import FlowRunContext

from flows.due import Choice

__all__ = ["PopulationName", "choice_of"]

PopulationName = Literal["listed", "state_supported", "emerging", "active"]


def choice_of(sources: list[str] | None, force: bool) -> Choice:
    """The sources to ask. A run that is tried again goes on from the archive: what it retrieved is not asked twice."""
    context = FlowRunContext.get()
    run = context.flow_run if context is not None else None
    again = run.start_time if run is not None and run.run_count > 1 else None
    return Choice(tuple(sources or ()), force, again)
