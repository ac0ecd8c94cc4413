"""How long each step took. A stopwatch, not a date: nothing of it reaches a snapshot."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["Clock", "OnStep", "quiet"]

OnStep = Callable[[str, float], None]


def quiet(step: str, seconds: float) -> None:
    """Say nothing."""


class Clock:
    """Tells ``on_step`` the name of each step done and the seconds since the one before."""

    def __init__(self, on_step: OnStep) -> None:
        self.on_step = on_step
        self.last = time.perf_counter()

    def done(self, step: str) -> None:
        """The step of this name ends now."""
        now = time.perf_counter()
        self.on_step(step, now - self.last)
        self.last = now
