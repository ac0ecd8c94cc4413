"""The growth bridge: from the count at the start to the count at the end, each cause a step that hangs on the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ptce_etl.report.charts.scale import Scale, Tick, nice_ticks

__all__ = ["Bar", "Bridge", "bridge_chart"]


@dataclass(frozen=True, slots=True)
class Bar:
    """A row: a total (``sign`` 0) or a step up (1) or down (-1). ``x`` and ``width`` of the bar, ``y`` of the row."""

    name: str
    value: int
    sign: int
    x: float
    width: float
    y: float
    until: float
    link: float | None


@dataclass(frozen=True, slots=True)
class Bridge:
    """Everything the template draws. ``bar``: height of a bar; ``label``: where labels start, None for above."""

    width: int
    height: float
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    bar: float
    row: float
    left: float
    bottom: float
    above: bool


def bridge_chart(base: int, steps: Sequence[tuple[str, int, int]], target: int, width: int) -> Bridge:
    """``steps``: name, number of poles, sign. Labels stand left of the bars, or above them where it is narrow."""
    above = width < 500
    left, right = (6.0, width - 52.0) if above else (208.0, width - 60.0)
    row, bar, head = (48.0, 22.0, 20.0) if above else (38.0, 24.0, 7.0)
    levels = [base]
    for _, value, sign in steps:
        levels.append(levels[-1] + sign * value)
    scale = Scale(0, max(nice_ticks(0, max([1, *levels, target]), 5)), left, right)
    bars = [Bar("base", base, 0, left, round(scale(base) - left, 1), head, round(scale(base), 1), None)]
    for n, (name, value, sign) in enumerate(steps, start=1):
        a, b = scale(levels[n - 1]), scale(levels[n])
        y = head + n * row
        bars.append(
            Bar(name, value, sign, round(min(a, b), 1), round(abs(b - a), 1), y, round(max(a, b), 1), round(a, 1))
        )
    y = head + (len(steps) + 1) * row
    end = round(scale(target), 1)
    bars.append(Bar("target", target, 0, left, round(end - left, 1), y, end, end))
    bottom = y + bar + 8
    ticks = scale.ticks(nice_ticks(0, max([1, *levels, target]), 5))
    return Bridge(width, bottom + 22, tuple(bars), ticks, bar, row, left, bottom, above)
