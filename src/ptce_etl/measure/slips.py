"""Which known slip gives a stated figure: misreadings first, then typing errors.

A typing error may explain nearly any figure, so it must give it to the last digit. The lowest rank wins, then the exact
fit, then the nearest value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ptce_etl.measure.misreadings import TYPING, Slip, misreadings
from ptce_etl.measure.sums import Change, Unit, rounding, say
from ptce_etl.measure.wording import number

__all__ = ["find_slip", "fitting_slips"]


def find_slip(change: Change, stated: float, decimals: int = 0) -> Slip | None:
    """The likely slip behind ``stated``; ``None`` when no known one gives it."""
    return next(iter(fitting_slips(change, stated, decimals)), None)


def fitting_slips(change: Change, stated: float, decimals: int = 0) -> tuple[Slip, ...]:
    """Every known slip that gives ``stated``, the likely one first. The right figure gives none."""
    unit = change.unit
    right = change.right
    if right is not None and rounding(right, stated, decimals, unit):
        return ()
    found = []
    for slip in _known(change):
        fit = rounding(slip.value, stated, decimals, unit)
        if fit == "exact" or (fit and slip.rank < TYPING):
            found.append((slip.rank, fit != "exact", abs(slip.value - stated), slip.name, slip))
    found += [(TYPING, False, 0.0, slip.name, slip) for slip in _swapped_digits(change, stated, decimals)]
    return tuple(dict.fromkeys(row[-1] for row in sorted(found, key=lambda row: row[:4])))


def _known(change: Change) -> Iterator[Slip]:
    yield from misreadings(change)
    if change.right is not None:
        yield from _written(change.right, change.unit)


def _written(right: float, unit: Unit) -> Iterator[Slip]:
    """The right figure, written wrong."""
    said = say(right, unit)
    if right:
        yield Slip("sign lost", 0, -right, (f"the sign of {said[0]} was lost", f"le signe de {said[1]} a été perdu"))
    for factor, english, french in (
        (10, "ten times too large", "dix fois trop grand"),
        (0.1, "ten times too small", "dix fois trop petit"),
        (100, "a hundred times too large", "cent fois trop grand"),
    ):
        yield Slip(
            "decimal point misplaced",
            1 if factor != 100 else TYPING,
            right * factor,
            (
                f"the figure is {english}, a decimal point lost or misplaced",
                f"le chiffre est {french}, virgule perdue ou déplacée",
            ),
        )


def _swapped_digits(m: Change, stated: float, decimals: int) -> Iterator[Slip]:
    """Two neighbouring digits swapped: in the stated figure, at the start or at the end."""
    right = m.right
    if right is None:
        return
    for meant in _swaps(abs(stated), decimals):
        value = meant if stated >= 0 else -meant
        if rounding(right, value, decimals, m.unit) == "exact":
            one, given = number(meant, decimals), number(abs(stated), decimals)
            yield Slip(
                "digits swapped",
                TYPING,
                stated,
                (f"{given[0]} is {one[0]} with two digits swapped", f"{given[1]} est {one[1]}, deux chiffres inversés"),
            )
    for at_start, figure in ((True, m.base), (False, m.target)):
        for meant in _swaps(figure, 0) if m.ends == "count" and figure == int(figure) else ():
            other = replace(m, base=meant) if at_start else replace(m, target=meant)
            if (
                other.base > 0
                and other.right is not None
                and rounding(other.right, stated, decimals, m.unit) == "exact"
            ):
                swapped, written = number(meant), number(figure)
                where = ("at the start", "au départ") if at_start else ("at the end", "à l'arrivée")
                yield Slip(
                    "digits swapped",
                    TYPING,
                    stated,
                    (
                        f"it fits {swapped[0]} {where[0]}, that is {written[0]} with two digits swapped",
                        f"il convient à {swapped[1]} {where[1]}, soit {written[1]} avec deux chiffres inversés",
                    ),
                )


def _swaps(value: float, decimals: int) -> Iterator[float]:
    text = f"{value:.{decimals}f}"
    for at in range(len(text) - 1):
        one, two = text[at], text[at + 1]
        if one != two and one.isdigit() and two.isdigit() and not (at == 0 and two == "0"):
            yield float(text[:at] + two + one + text[at + 2 :])
