"""The door of a run started in this process: its clock, and what it gets to hear besides what Prefect records.

A deployed run has none: :func:`instant` then reads the clock. No Prefect here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime

from ptce_etl.pipeline import OnStep, RunResult

__all__ = ["Door", "current", "instant", "opened"]


@dataclass(slots=True)
class Door:
    """``now`` is the instant of the run (aware), ``on_step`` hears of each step, ``result`` is what came of it.

    The result is handed over by the flow's body, so that it is there even when Prefect's server is gone by then.
    """

    now: datetime
    on_step: OnStep
    result: RunResult | None = None


_DOOR: ContextVar[Door | None] = ContextVar("ptce_door", default=None)


def current() -> Door | None:
    """The door of this run, if it was started in this process."""
    return _DOOR.get()


def instant() -> datetime:
    """The one reading of the clock of a run: its door's, or now."""
    door = _DOOR.get()
    return datetime.now(UTC) if door is None else door.now


@contextmanager
def opened(door: Door) -> Iterator[Door]:
    """Run what is inside through ``door``."""
    token = _DOOR.set(door)
    try:
        yield door
    finally:
        _DOOR.reset(token)
