"""Known ways to get a growth wrong, and whether a stated figure comes from one of them."""

from __future__ import annotations

from dataclasses import dataclass

from ptce_etl.measure.wording import Both, number, percent, times

__all__ = ["Slip", "find_slip", "rounding"]

_GRIDS = (100.0, 50.0, 10.0, 5.0)
_COARSEST = 0.10  # a figure is rounded to no more than a tenth of itself


@dataclass(frozen=True, slots=True)
class Slip:
    """A known way to get a growth wrong: the figure (%) it gives, and how to say it."""

    name: str
    value: float
    said: Both


def rounding(value: float, stated: float, decimals: int = 0) -> str | None:
    """How ``stated`` (written with ``decimals``) stands to ``value``: ``"exact"`` to the last digit written,
    ``"rounded"`` to a rounder grid (5, 10, 50, 100; never more than a tenth of the figure), or ``None``."""
    gap = abs(value - stated)
    slack = 1e-9 * max(1.0, abs(value))
    if gap <= 0.5 * 10**-decimals + slack:
        return "exact"
    for grid in _GRIDS:
        if stated % grid == 0 and grid <= _COARSEST * abs(stated) and gap <= grid / 2 + slack:
            return "rounded"
    return None


def find_slip(base: float, target: float, years: float | None, stated: float, decimals: int = 0) -> Slip | None:
    """The known slip that gives ``stated`` (%), nearest first; ``None`` when none does. ``base`` is positive."""
    fits = [slip for slip in _slips(base, target, years) if rounding(slip.value, stated, decimals)]
    return min(fits, key=lambda slip: abs(slip.value - stated), default=None)


def _slips(base: float, target: float, years: float | None) -> list[Slip]:
    b, t, gap = number(base), number(target), number(target - base)
    ratio, pct = 100 * target / base, 100 * (target - base) / base
    r, p, m = percent(ratio), percent(pct, sign=True), times(target / base)
    rows: list[tuple[str, float, str, str]] = [
        (
            "ratio read as an increase",
            ratio,
            f"the ratio {t[0]}/{b[0]} = {r[0]} was read as an increase",
            f"le rapport {t[1]}/{b[1]}, soit {r[1]}, a été lu comme une augmentation",
        ),
        (
            "difference read as a percentage",
            target - base,
            f"the difference in units ({gap[0]}) was read as a percentage",
            f"l'écart en unités ({gap[1]}) a été lu comme un pourcentage",
        ),
        (
            "multiplier read as a percentage",
            target / base,
            f"the multiplier ({m[0]}) was read as a percentage",
            f"le multiplicateur ({m[1]}) a été lu comme un pourcentage",
        ),
        ("sign lost", -pct, f"the sign of {p[0]} was lost", f"le signe de {p[1]} a été perdu"),
        (
            "decimal point misplaced",
            pct * 10,
            "the figure is ten times too large, a misplaced decimal point",
            "le chiffre est dix fois trop grand, virgule déplacée",
        ),
        (
            "decimal point misplaced",
            pct / 10,
            "the figure is ten times too small, a misplaced decimal point",
            "le chiffre est dix fois trop petit, virgule déplacée",
        ),
    ]
    rows += _by_target(base, target) if target > 0 else []
    rows += _by_year(base, target, years) if years and years > 1 else []
    return [Slip(name, value, (english, french)) for name, value, english, french in rows]


def _by_target(base: float, target: float) -> list[tuple[str, float, str, str]]:
    b, t = number(base), number(target)
    share, inverted = 100 * (target - base) / target, 100 * base / target
    return [
        (
            "wrong base",
            share,
            f"the difference was divided by the end ({t[0]}) instead of the start ({b[0]})",
            f"l'écart a été divisé par l'arrivée ({t[1]}) au lieu du départ ({b[1]})",
        ),
        (
            "start and end swapped",
            -share,
            "start and end were swapped",
            "le départ et l'arrivée ont été intervertis",
        ),
        (
            "ratio inverted",
            inverted,
            f"the ratio was taken the wrong way round ({b[0]}/{t[0]} = {percent(inverted)[0]})",
            f"le rapport a été pris à l'envers ({b[1]}/{t[1]}, soit {percent(inverted)[1]})",
        ),
    ]


def _by_year(base: float, target: float, years: float) -> list[tuple[str, float, str, str]]:
    average = 100 * (target - base) / base / years
    compound = 100 * ((target / base) ** (1 / years) - 1)
    a, c = percent(average, sign=True), percent(compound, sign=True)
    return [
        (
            "yearly average given for the whole period",
            average,
            f"{a[0]} is the average of one year, not the growth of the whole period",
            f"{a[1]} est la moyenne d'une année, non la variation de toute la période",
        ),
        (
            "yearly rate given for the whole period",
            compound,
            f"{c[0]} is the compound rate of one year, not the growth of the whole period",
            f"{c[1]} est le taux annuel composé, non la variation de toute la période",
        ),
    ]
