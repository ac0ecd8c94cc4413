"""Which voices are lists of a population: those that claim some generality for it, and what each of them names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from ptce_etl.measure.copies import Voice
from ptce_etl.measure.pages import Mention
from ptce_etl.measure.populations import Members
from ptce_etl.measure.territories import UNKNOWN, Places

__all__ = ["BOUND", "FEWEST_PAGES", "FEWEST_POLES", "LIST_PAGES", "PoleList", "lists_of"]

FEWEST_POLES = 5  # fewer is no list: an article that meets a few poles
FEWEST_PAGES = 3  # a publisher that comes back to the subject, when none of its pages is a list
BOUND = 0.8  # share of the poles beyond which a voice speaks of one region, or of one call, only
LIST_PAGES = frozenset(
    {"call applications", "call results", "national directory", "regional directory", "witness list"}
)


@dataclass(frozen=True, slots=True)
class PoleList:
    """What a voice says of a population: the ``members`` it names, when it says so (its dated pages), and why it is no
    list of that population (``why_not``: few_poles, one_region, one_call, no_list; empty when it is one)."""

    voice: Voice
    members: Members
    first: date | None
    last: date | None
    n_pages: int
    why_not: str


def lists_of(
    voices: Sequence[Voice],
    members: Members,
    says: Callable[[Mention], bool],
    places: Places,
    *,
    cohort: bool = False,
) -> tuple[PoleList, ...]:
    """The voices that name some of ``members``, in mentions that ``says`` admits; those that name most first.

    ``cohort``: the population is the one call round, so naming that round only is no narrowness.
    """
    found = []
    for voice in voices:
        said = [mention for page in voice.pages for mention in page.mentions if mention.pole_id in members]
        said = [mention for mention in said if says(mention)]
        if said:
            found.append(_read(voice, said, members, says, places, cohort))
    return tuple(sorted(found, key=lambda one: (-len(one.members), one.voice.pages[0].address)))


def _read(
    voice: Voice,
    said: Sequence[Mention],
    members: Members,
    says: Callable[[Mention], bool],
    places: Places,
    cohort: bool,
) -> PoleList:
    named = frozenset(mention.pole_id for mention in said)
    days = [mention.on for mention in said if mention.on is not None]
    pages = [p for p in voice.pages if any(m.pole_id in members and says(m) for m in p.mentions)]
    general = any(kind in LIST_PAGES for page in pages for kind in page.kind.split(" / "))
    why_not = ""
    if len(named) < FEWEST_POLES:
        why_not = "few_poles"
    elif _one_region(named, places):
        why_not = "one_region"
    elif not cohort and _one_call(said, named):
        why_not = "one_call"
    elif not general and len(pages) < FEWEST_PAGES:
        why_not = "no_list"
    return PoleList(voice, named, min(days, default=None), max(days, default=None), len(pages), why_not)


def _one_region(named: Members, places: Places) -> bool:
    """Whether nearly all of ``named`` whose region is known lie in one: the populations are those of France."""
    regions = Counter(places.regions[pole].code for pole in named if places.regions[pole].code != UNKNOWN)
    return bool(regions) and max(regions.values()) >= BOUND * sum(regions.values())


def _one_call(said: Sequence[Mention], named: Members) -> bool:
    """Whether nearly all the poles are named as belonging to one call round."""
    rounds: dict[str, set[str]] = defaultdict(set)
    for mention in said:
        if mention.round is not None:
            rounds[mention.round].add(mention.pole_id)
    return any(len(poles) >= BOUND * len(named) for poles in rounds.values())
