"""The time series: a population month by month, known and as a backcast, with published figures as marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ptce_etl.report.charts.scale import Point, Scale, Tick, nice_ticks, path, xy, years

__all__ = ["Claimed", "Mark", "Series", "Step", "mark_path", "series_chart"]

_LABEL = (34.0, 15.0)  # width and height that a number beside a mark takes


@dataclass(frozen=True, slots=True)
class Step:
    """The counts at the end of a month."""

    on: date
    known: int
    known_low: int
    backcast: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """A published figure: the days it may mean, what it counts, how it is marked (diamond, triangle, square)."""

    claim_id: str
    first: date
    last: date
    value: float
    shape: str
    text: str

    @property
    def middle(self) -> date:
        return self.first + timedelta(days=(self.last - self.first).days // 2)


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure on the chart; ``label`` is the number to write beside it, if there is room, at ``label_at``."""

    claim_id: str
    x: float
    y: float
    shape: str
    text: str
    label: float | None
    label_at: Point


@dataclass(frozen=True, slots=True)
class Series:
    """Everything the template draws."""

    width: int
    height: int
    left: float
    right: float
    bottom: float
    rows: tuple[Tick, ...]
    columns: tuple[tuple[float, int], ...]
    known: str
    backcast: str
    band: str
    end: Point
    last: int
    marks: tuple[Mark, ...]


def series_chart(steps: Sequence[Step], claimed: Sequence[Claimed], width: int, height: int) -> Series:
    """Lay the chart out; ``steps`` in order of day, at least one."""
    left, right, top, bottom = 38.0, width - 52.0, 18.0, height - 28.0
    first = date(steps[0].on.year, 1, 1)
    last = max([steps[-1].on, *(one.last for one in claimed)])
    x = Scale(first.toordinal(), last.toordinal(), left, right)
    highest = max([1.0, *(float(max(s.known, s.backcast)) for s in steps), *(c.value for c in claimed)])
    ticks = nice_ticks(0, highest * 1.04, 6 if height > 300 else 5)
    y = Scale(0, ticks[-1], bottom, top)
    known = [(x(s.on.toordinal()), y(s.known)) for s in steps]
    past = [(x(s.on.toordinal()), y(s.backcast)) for s in steps]
    low = [(x(s.on.toordinal()), y(s.known_low)) for s in steps]
    return Series(
        width,
        height,
        left,
        right,
        bottom,
        y.ticks(ticks),
        tuple((round(x(d.toordinal()), 1), d.year) for d in years(first, last, 11 if width > 500 else 6)),
        path(known),
        path(past),
        path(known) + path(low[::-1]).replace("M", "L", 1) + "z",
        (round(known[-1][0], 1), round(known[-1][1], 1)),
        steps[-1].known,
        _marks(claimed, x, y, right, [*known, *past]),
    )


def _marks(claimed: Sequence[Claimed], x: Scale, y: Scale, right: float, lines: Sequence[Point]) -> tuple[Mark, ...]:
    """Marks, with a number beside those that have room for one: the highest first, each value once a year."""
    at = {one.claim_id: (round(x(one.middle.toordinal()), 1), round(y(one.value), 1)) for one in claimed}
    taken: list[tuple[float, float, float, float]] = [(px - 5, py - 5, px + 5, py + 5) for px, py in at.values()]
    taken += [(px - 3, py - 4, px + 3, py + 4) for px, py in lines]
    said: set[tuple[float, int]] = set()
    labels: dict[str, Point] = {}
    for one in sorted(claimed, key=lambda c: (-c.value, c.middle, c.claim_id)):
        px, py = at[one.claim_id]
        spots = [(px + 8, py + 5), (px - _LABEL[0] + 2, py + 5), (px - 13, py - 9), (px - 13, py + 20)]
        if (one.value, one.middle.year) in said:
            continue
        own = (px - 5, py - 5, px + 5, py + 5)
        for sx, sy in spots:
            box = (sx, sy - 12, sx + _LABEL[0] - 8, sy + 2)
            if box[2] < right + 40 and not any(_over(box, other) for other in taken if other != own):
                labels[one.claim_id] = (round(sx, 1), round(sy, 1))
                taken.append(box)
                said.add((one.value, one.middle.year))
                break
    return tuple(
        Mark(
            one.claim_id,
            *at[one.claim_id],
            one.shape,
            one.text,
            one.value if one.claim_id in labels else None,
            labels.get(one.claim_id, (0.0, 0.0)),
        )
        for one in sorted(claimed, key=lambda c: (c.middle, c.claim_id))
    )


def _over(one: tuple[float, float, float, float], two: tuple[float, float, float, float]) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def mark_path(shape: str, x: float, y: float) -> str:
    """The outline of a mark: told apart by its shape, not by its colour alone."""
    match shape:
        case "diamond":
            return f"M{xy(x)} {xy(y - 6)}l6 6-6 6-6-6z"
        case "triangle":
            return f"M{xy(x)} {xy(y - 5.5)}l6 10.5h-12z"
        case "square":
            return f"M{xy(x - 4.5)} {xy(y - 4.5)}h9v9h-9z"
        case _:
            return f"M{xy(x - 5)} {xy(y)}a5 5 0 1 0 10 0a5 5 0 1 0-10 0z"
