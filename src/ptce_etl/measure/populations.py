"""Populations: which poles are counted at a date, each rule a small function with its definition in two languages.

A rule takes a :class:`World` (evidence known by the as-of date of the snapshot) and a day, and gives pole ids.
Known-time rules look at what could be read by that day; valid-time rules at what the evidence says of that day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ptce_etl.measure.evidence import Evidence, World

__all__ = [
    "POPULATIONS",
    "Members",
    "Population",
    "active",
    "back",
    "closed",
    "cohort",
    "cohort_population",
    "created",
    "emerging",
    "known_closed",
    "listed",
    "restricted",
    "state_supported",
]

Members = frozenset[str]


@dataclass(frozen=True, slots=True)
class Population:
    """A counting rule. ``time``: whether the rule reads known time or valid time."""

    name: str
    time: Literal["known", "valid"]
    en: str
    fr: str
    members: Callable[[World, date], Members]


def back(day: date, years: int) -> date:
    """The same day ``years`` earlier (29 February becomes the 28th)."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def closed(world: World, on: date) -> Members:
    """Poles that had closed by ``on`` (valid time)."""
    return frozenset(item.pole_id for item in world.evidence if item.closed_on and item.closed_on <= on)


def known_closed(world: World, on: date) -> Members:
    """Poles that a page readable by ``on`` says have closed (known time)."""
    return frozenset(item.pole_id for item in world.evidence if item.closed_on and item.known_on <= on)


def listed(world: World, on: date) -> Members:
    """Named as a PTCE by at least one page that could be read by ``on``, and not closed."""
    return frozenset(i.pole_id for i in world.evidence if i.said and i.known_on <= on) - known_closed(world, on)


def cohort(world: World, programme: str, on: date) -> Members:
    """Poles of a round, in the role it counts, once its results are out. History: a closed pole stays in."""
    call = world.rounds[programme]
    if call.results > on:
        return frozenset()
    return frozenset(i.pole_id for i in world.evidence if i.counted and i.programme == programme)


def state_supported(world: World, on: date) -> Members:
    """Laureates of a State call whose results are out by ``on``, and not closed."""
    found: set[str] = set()
    for call in world.rounds.values():
        if call.state_call:
            found |= cohort(world, call.programme, on)
    return frozenset(found) - closed(world, on)


def emerging(world: World, on: date) -> Members:
    """Poles whose latest stage evidence by ``on`` says that they are emerging, and not closed."""
    latest: dict[str, Evidence] = {}
    for item in world.evidence:
        if item.said and item.stage and item.stage_on <= on:
            known = latest.get(item.pole_id)
            if known is None or _stage_rank(item) > _stage_rank(known):
                latest[item.pole_id] = item
    return frozenset(pole for pole, item in latest.items() if item.stage == "emerging") - closed(world, on)


def _stage_rank(item: Evidence) -> tuple[bool, date, bool]:
    # An undated page cannot contradict a dated one, and on the same day being past it wins.
    return (item.page_on is not None, item.stage_on, item.stage == "past")


def active(world: World, on: date) -> Members:
    """Listed by ``on``, with dated evidence within the last ``active_years`` years."""
    since = back(on, world.active_years)
    recent = frozenset(i.pole_id for i in world.evidence if i.page_on and since < i.page_on <= on)
    return listed(world, on) & recent


def created(world: World, by: date) -> Members:
    """Poles that dated evidence using the word shows to have existed by ``by``, closed or not (valid time)."""
    return frozenset(i.pole_id for i in world.evidence if i.said and i.existed_by and i.existed_by <= by)


POPULATIONS: tuple[Population, ...] = (
    Population(
        "listed",
        "known",
        "Poles that at least one page readable by the date names as a PTCE, and that are not known to have closed.",
        "Pôles qu'au moins une page lisible à la date nomme comme PTCE et dont aucune preuve ne dit la fermeture.",
        listed,
    ),
    Population(
        "state_supported",
        "valid",
        "Laureates of at least one State call whose results were out by the date, not known to have closed.",
        "Lauréats d'au moins un appel de l'État dont les résultats étaient connus à la date, sans preuve de fermeture.",
        state_supported,
    ),
    Population(
        "emerging",
        "valid",
        "Poles whose latest stage evidence by the date says that they are emerging (candidate, in creation, "
        "first phase), not known to have closed.",
        "Pôles dont la dernière preuve d'étape à la date les dit émergents (candidat, en création, première phase), "
        "sans preuve de fermeture.",
        emerging,
    ),
    Population(
        "active",
        "known",
        "Listed poles that dated evidence names within the last years (three unless set otherwise).",
        "Pôles recensés qu'une preuve datée nomme dans les dernières années (trois, sauf réglage contraire).",
        active,
    ),
)


def cohort_population(programme: str) -> Population:
    """The population ``cohort:<programme>``."""
    return Population(
        f"cohort:{programme}",
        "valid",
        f"Poles named as laureate or witness of {programme}, once its results are out; closed ones included.",
        f"Pôles nommés lauréats ou témoins de {programme}, une fois les résultats connus ; pôles fermés compris.",
        lambda world, on: cohort(world, programme, on),
    )


def restricted(world: World, keep: Iterable[Evidence]) -> World:
    """The same world with less evidence."""
    return World(tuple(keep), world.rounds, world.active_years)
