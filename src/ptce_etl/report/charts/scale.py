"""Scales, ticks and the numbers of an SVG path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

__all__ = ["Point", "Scale", "Tick", "nice_ticks", "path", "xy", "years"]

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where it stands, and its value."""

    at: float
    value: float


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from values to pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        if self.high == self.low:
            return self.start
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, values: Sequence[float]) -> tuple[Tick, ...]:
        return tuple(Tick(round(self(value), 1), value) for value in values)


def nice_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers from at most ``low`` to at least ``high``, ``most`` steps or fewer."""
    span = max(high - low, 1e-9)
    step = _STEPS[-1]
    for candidate in _STEPS:
        if span / candidate <= most:
            step = candidate
            break
    first = int(low // step)
    last = int(-(-high // step))
    return [round(n * step, 6) for n in range(first, max(last, first + 1) + 1)]


_STEPS = [base * 10**power for power in range(8) for base in (1, 2, 5)]


def years(first: date, last: date, most: int) -> list[date]:
    """The first of January of every year, or every second, fifth … so that there are at most ``most``."""
    every = next(n for n in (1, 2, 5, 10, 20, 50, 100) if (last.year - first.year + 1) / n <= most or n == 100)
    found = [date(year, 1, 1) for year in range(first.year, last.year + 1) if year % every == 0]
    return [day for day in found if first <= day <= last]


def xy(value: float) -> str:
    """A coordinate in as few signs as one decimal takes."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def path(points: Sequence[Point]) -> str:
    """The ``d`` of a line through ``points``; those in a straight level run are left out."""
    kept = [
        point
        for before, point, after in zip([None, *points[:-1]], points, [*points[1:], None], strict=True)
        if before is None or after is None or not before[1] == point[1] == after[1]
    ]
    return "".join(f"{'L' if n else 'M'}{xy(x)} {xy(y)}" for n, (x, y) in enumerate(kept))
