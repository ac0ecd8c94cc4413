"""Populations: which poles are counted at a date, each rule a small function with its definition in two languages.

A rule takes a :class:`World` (evidence known by the as-of date of the snapshot) and a day, and gives pole ids. It reads
known time (what could be read by that day) or valid time (what the evidence says of that day), never both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from ptce_etl.errors import ConfigError
from ptce_etl.measure.columns import EMERGING, NEVER, PAST, Flags
from ptce_etl.measure.evidence import World

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
    return world.columns.members(_closed(world, on))


def known_closed(world: World, on: date) -> Members:
    """Poles that a page readable by ``on`` says have closed (known time)."""
    return world.columns.members(_known_closed(world, on))


def listed(world: World, on: date) -> Members:
    """Named as a PTCE by at least one page that could be read by ``on``, and not closed."""
    return world.columns.members(_listed(world, on))


def cohort(world: World, programme: str, on: date) -> Members:
    """Poles of a round, in the role it counts, once its results are out. History: a closed pole stays in."""
    return world.columns.members(_cohort(world, programme, on))


def state_supported(world: World, on: date) -> Members:
    """Laureates of a State call whose results are out by ``on``, and not closed."""
    columns = world.columns
    found = np.zeros(len(columns.names), dtype=np.bool_)
    for call in world.rounds.values():
        if call.state_call:
            found |= _cohort(world, call.programme, on)
    return columns.members(found & ~_closed(world, on))


def emerging(world: World, on: date) -> Members:
    """Poles whose latest stage evidence by ``on`` says that they are emerging, and not closed."""
    columns = world.columns
    told = np.flatnonzero(columns.said & (columns.stage > 0) & (columns.stage_on <= on.toordinal()))
    # An undated page cannot contradict a dated one, and on the same day being past it wins.
    stage, pole = columns.stage[told], columns.pole[told]
    order = np.lexsort((stage == PAST, columns.stage_on[told], columns.page[told] > 0, pole))
    last = order[np.append(np.diff(pole[order]) != 0, True)] if len(order) else order
    found = np.zeros(len(columns.names), dtype=np.bool_)
    found[pole[last]] = stage[last] == EMERGING
    return columns.members(found & ~_closed(world, on))


def active(world: World, on: date) -> Members:
    """Listed by ``on``, with dated evidence that could be read within the last ``active_years`` years."""
    columns, since = world.columns, back(on, world.active_years).toordinal()
    recent = (columns.page > 0) & (since < columns.known) & (columns.known <= on.toordinal())
    return columns.members(_listed(world, on) & columns.poles_of(recent))


def existing(world: World, on: date) -> Members:
    """Poles that evidence, whenever it was read, shows to have existed by ``on``, and not closed by then."""
    return world.columns.members(_existing(world, on))


def alive(world: World, on: date) -> Members:
    """Existing poles that dated evidence names within ``active_years`` years before ``on``, or at any time after."""
    columns, since = world.columns, back(on, world.active_years).toordinal()
    return columns.members(_existing(world, on) & columns.poles_of(columns.page > since))


def created(world: World, by: date) -> Members:
    """Poles that dated evidence using the word shows to have existed by ``by``, closed or not (valid time)."""
    columns = world.columns
    return columns.members(columns.poles_of(columns.said & (columns.existed <= by.toordinal())))


def _closed(world: World, on: date) -> Flags:
    return world.columns.poles_of(world.columns.closed <= on.toordinal())


def _known_closed(world: World, on: date) -> Flags:
    columns = world.columns
    return columns.poles_of((columns.closed < NEVER) & (columns.known <= on.toordinal()))


def _listed(world: World, on: date) -> Flags:
    columns = world.columns
    return columns.poles_of(columns.said & (columns.known <= on.toordinal())) & ~_known_closed(world, on)


def _cohort(world: World, programme: str, on: date) -> Flags:
    columns = world.columns
    number = columns.programmes.get(programme)
    if world.rounds[programme].results > on or number is None:
        return np.zeros(len(columns.names), dtype=np.bool_)
    return columns.poles_of(columns.counted & (columns.programme == number))


def _existing(world: World, on: date) -> Flags:
    columns = world.columns
    by = np.where(columns.existed < NEVER, columns.existed, columns.spoken)
    return columns.poles_of(columns.said & (by <= on.toordinal())) & ~_closed(world, on)


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
    return world.where(world.columns.known <= on.toordinal())
