"""Figures and lists as they are written in English and in French (typography included)."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["NBSP", "NNBSP", "Both", "ids", "number", "percent", "times"]

NBSP = "\u00a0"  # before a colon, inside guillemets
NNBSP = "\u202f"  # before % ; ! ? and between thousands

Both = tuple[str, str]  # English, French


def number(value: float, digits: int = 1) -> Both:
    """``value`` rounded to ``digits`` decimals at most: ``("1,234.5", "1 234,5")`` with narrow no-break spaces."""
    text = f"{round(value, digits) + 0.0:,.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text, text.replace(",", NNBSP).replace(".", ",")


def percent(value: float, *, sign: bool = False, digits: int = 1) -> Both:
    """``value`` in %: ``("+262.5%", "+262,5 %")``. A minus sign is U+2212."""
    english, french = number(abs(value), digits)
    mark = "\u2212" if round(value, digits) < 0 else "+" if sign else ""
    return f"{mark}{english}%", f"{mark}{french}{NNBSP}%"


def times(value: float) -> Both:
    """A multiplier: ``("×3.625", "×3,625")``."""
    english, french = number(value, 3)
    return f"×{english}", f"×{french}"


def ids(identifiers: Sequence[str], most: int = 4) -> Both:
    """Identifiers in a sentence, the first ``most`` of them named."""
    shown = ", ".join(identifiers[:most])
    rest = len(identifiers) - most
    if rest <= 0:
        return shown, shown
    return f"{shown} and {rest} more", f"{shown} et {rest} autre{'s' if rest > 1 else ''}"
