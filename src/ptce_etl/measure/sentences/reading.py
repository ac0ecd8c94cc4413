"""A sentence read into claims of the kind that ledgers hold, with what was understood and what had to be supposed."""

from __future__ import annotations

from dataclasses import dataclass

from ptce_etl.measure.ledger import CountClaim, GrowthClaim
from ptce_etl.measure.sentences import notes
from ptce_etl.measure.sentences.building import Builder
from ptce_etl.measure.sentences.figures import skeleton
from ptce_etl.measure.sentences.notes import Item, Note
from ptce_etl.measure.sentences.numerals import Lang
from ptce_etl.measure.sentences.roles import roles_of
from ptce_etl.measure.sentences.tokens import tidy
from ptce_etl.measure.sentences.topics import Known, calls_in, language_of, territories_in

__all__ = ["Reading", "read_sentence"]

_MOST_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sentence says. ``counts`` holds, for each count, its claim, or one claim a round when several may be
    meant. A claim has no publisher; ``items`` are the pieces understood, ``notes`` what was supposed or left out."""

    text: str
    lang: Lang
    growths: tuple[GrowthClaim, ...]
    counts: tuple[tuple[CountClaim, ...], ...]
    items: tuple[Item, ...]
    notes: tuple[Note, ...]


def read_sentence(text: str, known: Known, lang: Lang | None = None) -> Reading:
    """Read a sentence, or a few, in French or English (told apart when ``lang`` is not given). Never raises.

    Only the first 1,000 characters are read, which a note says.
    """
    whole = tidy(text)
    tidied = whole[:_MOST_CHARACTERS]
    lang = lang or language_of(tidied)
    calls = calls_in(tidied)
    places = [(call.start, call.end) for call in calls]
    bones = skeleton(tidied, lang, places)
    roles = roles_of(bones)
    territories = territories_in(tidied, known)
    regions = list(dict.fromkeys(name for name, _, _ in territories if name != "France"))
    builder = Builder(tidied, bones, roles, calls, known, regions[0] if regions else "France")
    growths, counts = tuple(builder.growths()), tuple(builder.counts())
    found = [*notes.about_figures(bones, tidied), *notes.about_roles(roles, bones, tidied), *builder.notes]
    found += notes.about_places(bool(territories), regions) if growths or counts else ()
    found += [notes.too_long(_MOST_CHARACTERS)] if len(whole) > _MOST_CHARACTERS else []
    items = notes.items_of(bones, roles, tidied, places, territories)
    return Reading(tidied, lang, growths, counts, items, tuple(dict.fromkeys(found)))
