"""A movement between two figures, what it comes to in each way of saying it, and how a stated figure stands to it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from ptce_etl.measure.wording import NNBSP, Both, number, percent, times

__all__ = ["Change", "Ends", "Fit", "Unit", "rounding", "say"]

Unit = Literal["percent", "times", "points", "units"]
Ends = Literal["count", "percent", "times"]
Fit = Literal["exact", "rounded"]

_GRIDS = (100.0, 50.0, 10.0, 5.0)
_COARSEST = 0.10  # a figure is rounded to no more than a tenth of itself


@dataclass(frozen=True, slots=True)
class Change:
    """From ``base`` (positive) to ``target`` (not negative), over ``years`` when that is known.

    ``unit``: what the stated figure is in. ``units`` is a difference, ``points`` one between percentages. ``yearly``:
    the stated rate is that of one year. ``ends``: what the two figures are; ``times`` when only a multiplier is given
    (1 and the multiplier).
    """

    base: float
    target: float
    years: float | None = None
    unit: Unit = "percent"
    yearly: bool = False
    ends: Ends = "count"

    @property
    def ratio(self) -> float:
        return self.target / self.base

    @property
    def gap(self) -> float:
        return self.target - self.base

    @property
    def pct(self) -> float:
        return 100 * self.gap / self.base

    def compound(self, years: float) -> float:
        """The rate (%) that, year after year for ``years``, leads from base to target; infinite beyond all figures."""
        try:
            return 100 * (math.pow(self.ratio, 1 / years) - 1)
        except OverflowError:
            return math.inf

    @property
    def right(self) -> float | None:
        """What should have been stated, in ``unit``; ``None`` for a yearly rate over an unknown period, and for points
        between two counts, which do not exist."""
        if self.yearly:
            rate = self.compound(self.years) if self.years and self.unit == "percent" else math.inf
            return rate if math.isfinite(rate) else None
        if self.unit == "points":
            return self.gap if self.ends == "percent" else None
        return {"percent": self.pct, "times": self.ratio, "units": self.gap}[self.unit]


def rounding(value: float, stated: float, decimals: int = 0, unit: Unit = "percent") -> Fit | None:
    """How ``stated`` (written with ``decimals``) stands to ``value``: ``"exact"`` to the last digit written,
    ``"rounded"`` to a rounder grid (5, 10, 50, 100; never more than a tenth of the figure), or ``None``.

    A multiplier without decimals ("quadrupled", "times 4") is exact within a twentieth, since one unit of it is a lot.
    """
    gap = abs(value - stated)
    slack = 1e-9 * max(1.0, abs(value))
    if unit == "times" and decimals == 0:
        if gap <= 0.05 + slack:
            return "exact"
        return "rounded" if gap <= min(0.5, _COARSEST * abs(stated)) + slack else None
    if gap <= 0.5 * 10**-decimals + slack:
        return "exact"
    for grid in _GRIDS:
        if stated % grid == 0 and grid <= _COARSEST * abs(stated) and gap <= grid / 2 + slack:
            return "rounded"
    return None


def say(value: float, unit: Unit, *, yearly: bool = False, digits: int = 1) -> Both:
    """A stated figure in its unit: ``+262.5%``, ``+90% a year``, ``×3.6``, ``+15 points``, ``+147``."""
    if unit == "percent":
        english, french = percent(value, sign=True, digits=digits)
        return (f"{english} a year", f"{french} par an") if yearly else (english, french)
    if unit == "times":
        return times(value)
    mark = "\u2212" if value < 0 else "+"
    english, french = number(abs(value), digits)
    if unit == "points":
        plural = "" if abs(value) < 2 else "s"
        return f"{mark}{english} point{'' if abs(value) == 1 else 's'}", f"{mark}{french}{NNBSP}point{plural}"
    return f"{mark}{english}", f"{mark}{french}"
