"""What the words of a status say: a stage, a closure, a date."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import Literal

from ptce_etl.clean.dates import parse_partial
from ptce_etl.errors import DataError

__all__ = ["Stage", "closes", "normalise", "stage_of", "status_dates"]

Stage = Literal["emerging", "past"]

# Said of the day of the page …
_EMERGING = re.compile(r"\bemergen\w*|\ben (?:cours de )?(?:creation|construction|prefiguration)\b|\bprefigurat\w+")
# … and of the day of the round.
_FIRST_STEP = re.compile(r"\bphase[ -]1\b|\bpremiere vague\b|\bcandidat\w*|\bnon retenue?\b")
_PAST = re.compile(r"\b(?:laureat|compagnon|historique|labellis|label ptce|reconnu|consolid|temoin)\w*")
_CLOSED = re.compile(
    r"\b(?:liquidation|liquidée?s?|dissous|dissoute?s?|dissolution|fermée?s?|fermeture|cessation|radiée?s?|radiation)\b"
)
_NOT_CLOSED = re.compile(r"\b(?:évit|échapp|sorti|pas )")
_ROUND_NAME = re.compile(r"\b(?:aap|ami|appel)\b[^;,()\d]{0,20}\d{4}\b")  # "AAP 2015" names a call, not a day
_DATED = re.compile(r"\b(?:\d{1,2}[/.]\d{1,2}[/.]|(?:\d{1,2}(?:er)? )?[^\W\d_]{3,9}\.? )?((?:19|20)\d{2})\b")


@lru_cache(maxsize=65536)
def normalise(text: str) -> str:
    """Lower case without accents, punctuation kept, one space between words."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def stage_of(status: str, role: str, programme: str) -> tuple[Stage | None, bool]:
    """The stage that a listing gives, and whether its words speak of the day of the page (not of the round)."""
    words = normalise(status)
    if _EMERGING.search(words):
        return "emerging", True
    if role == "applicant" or _FIRST_STEP.search(f"{words} {programme}"):
        return "emerging", False
    if role in ("laureate", "witness") or _PAST.search(words):
        return "past", False
    return None, False


def closes(status: str) -> bool:
    """Whether a status says that the pole has closed."""
    # Accents are kept here: without them "fermé" (closed) is "ferme" (a farm).
    words = unicodedata.normalize("NFC", status).casefold()
    return bool(_CLOSED.search(words)) and not _NOT_CLOSED.search(words)


def status_dates(status: str) -> list[date]:
    """Dates that a status gives ("reconnu PTCE en 2011", "janvier 2016"): the last day that each may mean, sorted."""
    days = []
    for found in _DATED.finditer(_ROUND_NAME.sub(" ", normalise(status))):
        try:
            last = parse_partial(found[0]).last
        except DataError:  # "depuis 2013": the word before the year is not a month
            last = parse_partial(found[1]).last
        if last is not None:
            days.append(last)
    return sorted(days)
