"""The specification curve: the headline growth under every reasonable set of choices, from the lowest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ptce_etl.report.charts.scale import Scale, Tick, nice_ticks

__all__ = ["Curve", "Dot", "curve_chart"]


@dataclass(frozen=True, slots=True)
class Dot:
    """One set of choices; ``group`` tells how undated pages are taken, ``ours`` whether it is the published one."""

    x: float
    y: float
    group: str
    ours: bool
    text: str


@dataclass(frozen=True, slots=True)
class Curve:
    """Everything the template draws."""

    width: int
    height: int
    left: float
    right: float
    dots: tuple[Dot, ...]
    ticks: tuple[Tick, ...]
    zero: float


def curve_chart(points: Sequence[tuple[float, str, bool, str]], width: int, height: int) -> Curve:
    """``points``: growth in %, group, whether it is the published one, what to say of it; from the lowest growth."""
    left, right, top, bottom = 52.0, width - 14.0, 22.0, height - 16.0
    values = [value for value, _, _, _ in points]
    ticks = nice_ticks(min(0.0, *values) if values else 0.0, max(1.0, *values) if values else 1.0, 5)
    y = Scale(ticks[0], ticks[-1], bottom, top)
    x = Scale(0, max(1, len(points) - 1), left + 8, right - 8)
    dots = tuple(
        Dot(round(x(n), 1), round(y(value), 1), group, ours, text)
        for n, (value, group, ours, text) in enumerate(points)
    )
    return Curve(width, height, left, right, dots, y.ticks(ticks), round(y(0), 1))
