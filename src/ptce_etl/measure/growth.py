"""Growth between two counts, and the movement behind it. Pure arithmetic; METHOD.md says what each word means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ptce_etl.errors import ConfigError
from ptce_etl.measure.evidence import Evidence, World
from ptce_etl.measure.populations import Members, restricted

__all__ = [
    "DAYS_PER_YEAR",
    "Growth",
    "Movement",
    "constant_sources",
    "growth",
    "movement",
    "years_between",
]

DAYS_PER_YEAR = 365.2425  # mean Gregorian year


@dataclass(frozen=True, slots=True)
class Growth:
    """What two counts give. Rates are in %; ``None`` where the base is 0 (and ``why_null`` says so)."""

    change: int
    pct: float | None
    multiplier: float | None
    yearly_pct: float | None
    why_null: str | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """From base to target, in poles: ``target = base + opened − closed + discovered_late + reclassified``."""

    opened: int
    closed: int
    discovered_late: int
    reclassified: int

    @property
    def net(self) -> int:
        return self.opened - self.closed + self.discovered_late + self.reclassified


def years_between(base: date, target: date) -> float:
    """Length of the period in years: days / 365.2425. Raises :class:`ConfigError` unless ``base`` comes first."""
    if base >= target:
        raise ConfigError(
            f"a period must end after it starts: {base} to {target}", where="growth", do="give two dates in order"
        )
    return (target - base).days / DAYS_PER_YEAR


def growth(base: int, target: int, years: float) -> Growth:
    """Absolute change, %, multiplier and compound yearly rate (``years`` > 0).

    Raises :class:`ConfigError` for a negative count or a period without length. The yearly rate of a period so short
    that the rate is beyond what a float holds is ``None``.
    """
    if base < 0 or target < 0 or years <= 0:
        raise ConfigError(
            f"counts cannot be negative and a period needs a length: {base}, {target}, {years} years",
            where="growth",
            do="give two counts and a positive number of years",
        )
    change = target - base
    if base == 0:
        return Growth(change, None, None, None, "base is 0")
    ratio = target / base
    try:
        yearly = 100 * (ratio ** (1 / years) - 1)
    except OverflowError:
        return Growth(change, 100 * change / base, ratio, None, "the period is too short for a yearly rate")
    return Growth(change, 100 * change / base, ratio, yearly)


def movement(world: World, base: Members, target: Members, since: date, until: date) -> Movement:
    """Why the members changed between ``since`` (excluded) and ``until`` (included).

    Each pole that entered is one of: reclassified (it could be read of before), opened (all that is known of it comes
    later than ``since``, and something says that it began in the period), discovered late (the rest).
    """
    entered: dict[str, list[Evidence]] = {pole: [] for pole in target - base}
    for item in world.evidence:
        if item.pole_id in entered:
            entered[item.pole_id].append(item)
    kinds = [_entry(evidence, since, until) for evidence in entered.values()]
    return Movement(
        kinds.count("opened"), len(base - target), kinds.count("discovered_late"), kinds.count("reclassified")
    )


def _entry(evidence: list[Evidence], since: date, until: date) -> str:
    if any(item.known_on <= since for item in evidence):
        return "reclassified"
    existed = min((item.existed_by for item in evidence if item.existed_by), default=None)
    began = any(since < day <= until for item in evidence for day in item.started_on)
    if existed is not None and existed > since and began:
        return "opened"
    return "discovered_late"


def constant_sources(world: World, since: date) -> World:
    """The world seen by constant sources: dated evidence of publishers that had a dated page by ``since``."""
    kept = {item.publisher for item in world.evidence if item.page_dated and item.known_on <= since}
    return restricted(world, _dated(world.evidence, kept))


def _dated(evidence: Iterable[Evidence], publishers: set[str]) -> Iterable[Evidence]:
    return (item for item in evidence if item.publisher in publishers and item.page_on is not None)
