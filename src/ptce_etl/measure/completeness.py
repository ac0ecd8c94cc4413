"""The tables completeness and lists: how many poles no list names, or why nothing can be said of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from ptce_etl.measure.bearing import METHODS, Answer, answer, used_lists
from ptce_etl.measure.census import Census
from ptce_etl.measure.completeness_words import NOT_USED, REASONS, assumptions, sentences
from ptce_etl.measure.copies import Voice, voices_of
from ptce_etl.measure.counts import typed
from ptce_etl.measure.coverage import Published
from ptce_etl.measure.lists import PoleList, lists_of
from ptce_etl.measure.pages import Mention, read_pages
from ptce_etl.measure.populations import Members, back, cohort_population, population_of
from ptce_etl.measure.territories import FRANCE
from ptce_etl.measure.wording import NNBSP
from ptce_etl.schema import SEPARATOR

__all__ = ["OPEN_POPULATION", "Completeness", "completeness_tables"]

OPEN_POPULATION = "listed"
_DIGITS = 3  # the last digits of a linear solver are not the same on every machine
_FEWEST_SHOWN = 2  # a voice that names one pole is no list of anything


@dataclass(frozen=True, slots=True)
class Completeness:
    """Frames of the schema tables ``completeness`` and ``lists``, sorted by their keys."""

    estimates: pd.DataFrame
    lists: pd.DataFrame


@dataclass(frozen=True, slots=True)
class _Subject:
    """A population whose completeness is asked: its members, the lists of it (used or not), its published number."""

    name: str
    members: Members
    lists: tuple[PoleList, ...]
    moves: bool
    published: Published | None


def completeness_tables(census: Census, listings: pd.DataFrame, as_of: date) -> Completeness:
    """Both tables, for the listed poles and for each round whose results are out, in France at ``as_of``.

    ``listings``: that schema table; what ``census`` has no evidence of is left out.
    """
    voices = voices_of(read_pages(listings, census.world.evidence))
    known = [call.programme for call in census.world.rounds.values() if call.results <= as_of]
    subjects = [_open(census, voices, as_of), *(_closed(census, voices, name, as_of) for name in known)]
    estimates = [row for subject in subjects for row in _estimates(subject, as_of, census.world.active_years)]
    lists = [row for subject in subjects for row in _lists(subject)]
    return Completeness(typed("completeness", estimates), typed("lists", lists))


def _open(census: Census, voices: Sequence[Voice], as_of: date) -> _Subject:
    """The listed poles. They come and go: only recent pages are read, or all when the recent ones make no two lists."""
    members = census.members(population_of(OPEN_POPULATION, ()), as_of)
    since = back(as_of, census.world.active_years)

    def recent(mention: Mention) -> bool:
        return mention.said and mention.on is not None and mention.on > since

    lists = lists_of(voices, members, recent, census.places)
    if len(used_lists(lists)) < 2:
        lists = lists_of(voices, members, lambda mention: mention.said, census.places)
    return _Subject(OPEN_POPULATION, members, lists, True, None)


def _closed(census: Census, voices: Sequence[Voice], programme: str, as_of: date) -> _Subject:
    population = cohort_population(programme)
    members = census.members(population, as_of)

    def counted(mention: Mention) -> bool:
        return mention.counted and mention.round == programme

    lists = lists_of(voices, members, counted, census.places, cohort=True)
    return _Subject(population.name, members, lists, False, census.published.get(programme))


def _estimates(subject: _Subject, as_of: date, years: int) -> list[dict[str, Any]]:
    used = used_lists(subject.lists)
    answers = [answer(m, used, len(subject.members), moves=subject.moves, years=years) for m in METHODS]
    return [_estimate(subject, used, found, as_of) for found in answers]


def _estimate(subject: _Subject, used: Sequence[PoleList], found: Answer, as_of: date) -> dict[str, Any]:
    size, named = found.size, len(subject.members)
    places = [subject.lists.index(one) + 1 for one in used]
    reason = sentences(found.reasons, REASONS)
    assumed = assumptions(found.method, moves=subject.moves)
    on = [sum(pole in one.members for one in used) for pole in sorted(subject.members)]
    published = subject.published.value if subject.published else None
    return {
        "population": subject.name,
        "territory_level": FRANCE.level,
        "territory_code": FRANCE.code,
        "territory": FRANCE.name,
        "method": found.method,
        "as_of": pd.Timestamp(as_of),
        "n_named": named,
        "n_lists": len(used),
        "lists_used": SEPARATOR.join(f"{no} {_main(one.voice)}" for no, one in zip(places, used, strict=True)) or None,
        "n_on_lists": sum(n > 0 for n in on),
        "n_on_several": sum(n > 1 for n in on),
        "withheld": size is None,
        "reasons": SEPARATOR.join(found.reasons) or None,
        "reason_en": reason[0] or None,
        "reason_fr": reason[1] or None,
        "model": _model(found, places) if size else None,
        "estimate": round(size.n, _DIGITS) if size else math.nan,
        "standard_error": round(size.se, _DIGITS) if size else math.nan,
        "low": size.low if size else pd.NA,
        "high": size.high if size else pd.NA,
        "completeness": named / round(size.n, _DIGITS) if size else math.nan,
        "published": pd.NA if published is None else published,
        "published_inside": size.low <= published <= size.high if size and published is not None else pd.NA,
        "assumptions_en": assumed[0],
        "assumptions_fr": assumed[1],
    }


def _model(found: Answer, places: Sequence[int]) -> str:
    """ "1 + 2 + 3 + 1×3": the numbers of the lists, and the pairs that depend on each other."""
    pairs = [f"{places[one]}×{places[two]}" for one, two in found.pairs]
    return " + ".join([*map(str, places), *pairs])


def _main(voice: Voice) -> str:
    """The publisher that has most mentions, for short."""
    mentions = {name: sum(len(p.mentions) for p in voice.pages if p.publisher == name) for name in voice.publishers}
    return min(mentions, key=lambda name: (-mentions[name], name))


def _lists(subject: _Subject) -> list[dict[str, Any]]:
    used = used_lists(subject.lists)
    rows = []
    for no, one in enumerate(subject.lists, start=1):
        if len(one.members) >= _FEWEST_SHOWN:
            why_not = one.why_not or ("" if one in used else "smaller")
            links = list(dict.fromkeys(link.said for link in one.voice.links))
            rows.append(
                {
                    "population": subject.name,
                    "list_no": no,
                    "publishers": SEPARATOR.join(one.voice.publishers),
                    "n_poles": len(one.members),
                    "n_pages": one.n_pages,
                    "first_date": pd.NaT if one.first is None else pd.Timestamp(one.first),
                    "last_date": pd.NaT if one.last is None else pd.Timestamp(one.last),
                    "used": not why_not,
                    "why_not": why_not or None,
                    "why_not_en": NOT_USED[why_not][0] if why_not else None,
                    "why_not_fr": NOT_USED[why_not][1] if why_not else None,
                    "grouped_en": "; ".join(said[0] for said in links) or None,
                    "grouped_fr": f"{NNBSP}; ".join(said[1] for said in links) or None,
                    "pages": SEPARATOR.join(page.address for page in one.voice.pages),
                    "poles": SEPARATOR.join(sorted(one.members)),
                }
            )
    return rows
