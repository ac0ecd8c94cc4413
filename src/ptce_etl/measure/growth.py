"""Growth between two counts. Pure arithmetic; METHOD.md says what each word means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ptce_etl.errors import ConfigError

__all__ = ["DAYS_PER_YEAR", "SHORTEST", "Growth", "growth", "years_between"]

DAYS_PER_YEAR = 365.2425  # mean Gregorian year
SHORTEST = 0.25  # years: what moved in less says nothing of a year


@dataclass(frozen=True, slots=True)
class Growth:
    """What two counts give; rates are in %. What has no value is ``None``, and ``why_null`` says why: ``base_missing``
    or ``target_missing`` (nothing has a value), ``base_zero`` (only the change has one), ``no_length`` or ``too_short``
    (there is no yearly rate)."""

    change: int | None
    pct: float | None
    multiplier: float | None
    yearly_pct: float | None
    why_null: str | None = None


def years_between(base: date, target: date) -> float:
    """Length of the period in years: days / 365.2425. Raises :class:`ConfigError` unless ``base`` comes first."""
    if base >= target:
        raise ConfigError(
            f"a period must end after it starts: {base} to {target}", where="growth", do="give two dates in order"
        )
    return (target - base).days / DAYS_PER_YEAR


def growth(base: int | None, target: int | None, years: float | None) -> Growth:
    """Absolute change, %, multiplier and compound yearly rate.

    A count that is not known is ``None``; so is the length of a period that has none (two snapshots of one day).
    Raises :class:`ConfigError` for a negative count or length: neither can be. A period shorter than :data:`SHORTEST`
    has no yearly rate.
    """
    if (base or 0) < 0 or (target or 0) < 0 or (years is not None and years <= 0):
        raise ConfigError(
            f"counts cannot be negative and a period needs a length: {base}, {target}, {years} years",
            where="growth",
            do="give two counts and a positive number of years",
        )
    if base is None or target is None:
        return Growth(None, None, None, None, "base_missing" if base is None else "target_missing")
    change = target - base
    if base == 0:
        return Growth(change, None, None, None, "base_zero")
    pct, ratio = 100 * change / base, target / base
    if years is None:
        return Growth(change, pct, ratio, None, "no_length")
    if years < SHORTEST:
        return Growth(change, pct, ratio, None, "too_short")
    return Growth(change, pct, ratio, 100 * (ratio ** (1 / years) - 1))
