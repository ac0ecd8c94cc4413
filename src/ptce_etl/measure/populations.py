"""Populations: which poles are counted at a date, each rule a small function with its definition in two languages.

A rule takes a :class:`World` (evidence known by the as-of date of the snapshot) and a day, and gives pole ids. It reads
known time (what could be read by that day) or valid time (what the evidence says of that day), never both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ptce_etl.errors import ConfigError
from ptce_etl.measure.evidence import Evidence, World

__all__ = [
    "POPULATIONS",
    "Basis",
    "Members",
    "Population",
    "active",
    "alive",
    "back",
    "closed",
    "cohort",
    "cohort_population",
    "created",
    "emerging",
    "existing",
    "known_closed",
    "known_on",
    "listed",
    "population_of",
    "restricted",
    "state_supported",
]

Members = frozenset[str]
Rule = Callable[[World, date], Members]
Basis = Literal["known", "backcast"]


@dataclass(frozen=True, slots=True)
class Population:
    """A counting rule. ``time``: whether ``members`` reads known time or valid time. ``past`` is the rule that counts
    it in valid time, with all the evidence there is (``members`` itself when that is what it reads).

    ``en``, ``fr``: the rule in words; ``past_en``, ``past_fr``: that of the backcast, empty when it is the same.
    """

    name: str
    time: Literal["known", "valid"]
    members: Rule
    past: Rule
    en: str
    fr: str
    past_en: str = ""
    past_fr: str = ""

    def on_basis(self, basis: Basis) -> Rule:
        """``known``: as it was known on the day, from what could be read by then. ``backcast``: what the evidence of
        today says of the day."""
        if basis == "backcast":
            return self.past
        return self.members if self.time == "known" else lambda world, on: self.members(known_on(world, on), on)


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
    return frozenset(item.pole_id for item in world.evidence if item.closes and item.known_on <= on)


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
    """Listed by ``on``, with dated evidence that could be read within the last ``active_years`` years."""
    since = back(on, world.active_years)
    recent = frozenset(i.pole_id for i in world.evidence if i.dated and since < i.known_on <= on)
    return listed(world, on) & recent


def existing(world: World, on: date) -> Members:
    """Poles that evidence, whenever it was read, shows to have existed by ``on``, and not closed by then."""
    found = frozenset(i.pole_id for i in world.evidence if i.said and (i.existed_by or i.spoken_on) <= on)
    return found - closed(world, on)


def alive(world: World, on: date) -> Members:
    """Existing poles that dated evidence names within ``active_years`` years before ``on``, or at any time after."""
    since = back(on, world.active_years)
    return existing(world, on) & frozenset(i.pole_id for i in world.evidence if i.page_on and i.page_on > since)


def created(world: World, by: date) -> Members:
    """Poles that dated evidence using the word shows to have existed by ``by``, closed or not (valid time)."""
    return frozenset(i.pole_id for i in world.evidence if i.said and i.existed_by and i.existed_by <= by)


POPULATIONS: tuple[Population, ...] = (
    Population(
        "listed",
        "known",
        listed,
        existing,
        "Poles that at least one page readable by the date names as a PTCE (the page uses the word), and that no page "
        "readable by the date says have closed.",
        "Pôles qu'au moins une page lisible à la date nomme comme PTCE (la page emploie le mot), et qu'aucune page "
        "lisible à la date ne dit fermés.",
        "Poles that a page, whenever it was read, shows to have existed by the date, not closed by then.",
        "Pôles dont une page, quel que soit le jour où on l'a lue, montre qu'ils existaient à la date, non fermés "
        "alors.",
    ),
    Population(
        "state_supported",
        "valid",
        state_supported,
        state_supported,
        "Laureates of at least one State call whose results were out by the date, not closed by that date.",
        "Lauréats d'au moins un appel de l'État dont les résultats étaient connus à la date, non fermés à cette date.",
    ),
    Population(
        "emerging",
        "valid",
        emerging,
        emerging,
        "Poles whose latest stage evidence by the date says that they are emerging, not closed.",
        "Pôles dont la dernière preuve d'étape à la date les dit émergents, non fermés.",
    ),
    Population(
        "active",
        "known",
        active,
        alive,
        "`listed` poles that dated evidence (date of a page, or results of a round) names within the three years "
        "before the date (the length can be set, and is written in the snapshot).",
        "Pôles `listed` qu'une preuve datée (date de page, ou résultats de vague) nomme dans les trois années qui "
        "précèdent la date (durée réglable, inscrite dans l'instantané).",
        "Poles that existed by the date, not closed by then, that dated evidence names within the three years before "
        "it or at any time after.",
        "Pôles qui existaient à la date, non fermés alors, qu'une preuve datée nomme dans les trois années qui la "
        "précèdent ou à tout moment ensuite.",
    ),
)


def cohort_population(programme: str) -> Population:
    """The population ``cohort:<programme>``."""

    def rule(world: World, on: date) -> Members:
        return cohort(world, programme, on)

    return Population(
        f"cohort:{programme}",
        "valid",
        rule,
        rule,
        "Poles named in the role that the round counts (laureate, or witness for the list of 2012), once its results "
        "are out; closed ones included.",
        "Pôles nommés dans le rôle que compte la vague (lauréat, ou témoin pour la liste de 2012), une fois ses "
        "résultats connus\u00a0; pôles fermés compris.",
    )


def population_of(name: str, rounds: Iterable[str]) -> Population:
    """The population called ``name``; ``rounds`` are the call rounds there are. Raises :class:`ConfigError`."""
    known = {population.name: population for population in POPULATIONS}
    known |= {f"cohort:{programme}": cohort_population(programme) for programme in rounds}
    if name not in known:
        raise ConfigError(f"no population {name!r}", where="METHOD.md", do=f"one of {', '.join(known)}")
    return known[name]


def known_on(world: World, on: date) -> World:
    """The world as it could be read on a day."""
    return restricted(world, (item for item in world.evidence if item.known_on <= on))


def restricted(world: World, keep: Iterable[Evidence]) -> World:
    """The same world with less evidence."""
    return World(tuple(keep), world.rounds, world.active_years)
