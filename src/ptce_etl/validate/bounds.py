"""The numbers, sets and patterns that snapshots are held to. Data and small pure functions; no frames, no I/O.

A broken bound is a signal to explain the run, not to move the bound. Bounds of one source live beside it, in the
catalogue; those here are about the tables as a whole. Fill rates are coarse on purpose (0.1, 0.5, 0.9): they tell
"mostly there" from "hardly ever", and do not follow the data.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from ptce_etl.config import Settings

__all__ = [
    "ALLOWED",
    "BOXES",
    "EPOCH",
    "FILL",
    "HEADLINE_POPULATIONS",
    "MAY_BE_BLANK",
    "OPTIONAL",
    "PATTERNS",
    "ROWS",
    "TOLERANCE_PCT",
    "TOLERANCE_SHARE",
    "Box",
    "Rows",
    "Shape",
    "box_of",
    "largest_cluster",
    "shrink_allowed",
    "suspicious_cluster",
]


@dataclass(frozen=True, slots=True)
class Rows:
    """Fewest rows a table may have (fewer stops the promotion) and most (more is a warning; nothing: not checked)."""

    low: int
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """How a text is written: a regular expression, and what a reader is told of it."""

    pattern: str
    shown: str


@dataclass(frozen=True, slots=True)
class Box:
    """A territory as a box, degrees WGS 84, with some room around its communes."""

    south: float
    north: float
    west: float
    east: float


ROWS: dict[str, Rows] = {
    "poles": Rows(1, 5_000),
    "listings": Rows(1, 50_000),
    "values": Rows(1),
    "edges": Rows(0),
    "enrichment": Rows(0),
    "counts": Rows(1),
    "series": Rows(0),
    "indicator": Rows(1),
    "sensitivity": Rows(1),
    "claims": Rows(0),
    "completeness": Rows(1),
    "lists": Rows(0),
    "changes": Rows(0),
    "sources": Rows(1),
    "issues": Rows(0),
}
"""Tables a candidate must bring, but for :data:`OPTIONAL`. ``checks`` is what validation makes."""

OPTIONAL: frozenset[str] = frozenset({"changes"})  # made after validation, checked when given

FILL: dict[str, dict[str, float]] = {
    "listings": {
        "source_url": 0.9,
        "publisher": 0.9,
        "name_key": 0.9,
        "date_first": 0.5,
        "code_region": 0.5,
        "carrier": 0.1,
        "commune": 0.1,
        "programme": 0.1,
    },
    "poles": {"first_listed": 0.5, "code_region": 0.5, "latitude": 0.1, "carrier": 0.1},
    "claims": {"value": 0.9, "source_url": 0.9},
}
"""Smallest share of non-empty cells by column (of the real listings, the emptiest of these is filled at 0.3)."""

_LEVELS = ("commune", "departement", "region", "none")
_TERRITORY_LEVELS = ("france", "region", "region_2015", "departement")
ALLOWED: dict[str, dict[str, tuple[str, ...]]] = {
    "poles": {"place_level": _LEVELS, "status": ("listed", "not_said", "closed")},
    "listings": {
        "date_precision": ("day", "month", "year", "none"),
        "role": ("laureate", "applicant", "witness"),
        "place_level": _LEVELS,
        "place_status": ("resolved", "partial", "ambiguous", "unresolved", "conflict", "none"),
    },
    "edges": {"verdict": ("link", "review", "veto", "conflict")},
    "enrichment": {
        "field": ("siren", "coordinates", "ess"),
        "reason": ("found", "below_threshold", "homonyms", "nothing"),
        "licence": ("facts", "lov2", "cc0"),
    },
    "counts": {"territory_level": _TERRITORY_LEVELS},
    "series": {"territory_level": ("france", "region", "region_2015"), "granularity": ("month", "year")},
    "indicator": {"territory_level": _TERRITORY_LEVELS, "interval_how": ("exact", "sampled")},
    "sensitivity": {"undated": ("held", "left_out", "before"), "basis": ("known", "backcast")},
    "claims": {
        "kind": ("count", "growth"),
        "qualifier": ("exact", "about", "at_least", "range"),
        "verdict": (
            "consistent",
            "rounded",
            "arithmetic_error",
            "mixed_populations",
            "contradicted_by_other_claim",
            "below_observed",
            "unverifiable",
        ),
    },
    "completeness": {"territory_level": _TERRITORY_LEVELS, "method": ("chapman", "chao", "loglinear")},
    "lists": {"why_not": ("few_poles", "one_region", "one_call", "no_list", "smaller")},
    "changes": {"kind": ("appeared", "gone", "merged", "split", "renamed", "field")},
    "sources": {
        "statement": ("listings", "count_claims", "growth_claims"),
        "health": ("fresh", "stale", "missing"),
    },
    "issues": {"severity": ("critical", "warning", "info"), "who": ("us", "publisher", "nobody")},
}
"""Closed vocabularies by table and column: the words that ``schema`` documents (a test holds the two together)."""

# \Z and not $: the latter lets a final line break through.
_ID = Shape(r"^[0-9A-Za-z][0-9A-Za-z._:-]{1,79}\Z", "A-Z a-z 0-9 . _ : -")
_SHA256 = Shape(r"^[0-9a-f]{64}\Z", "64 × 0-9 a-f")
_SIREN = Shape(r"^[0-9]{9}\Z", "9 × 0-9")
_DEPARTEMENT = r"0[1-9]|1[0-9]|2[1-9AB]|[3-8][0-9]|9[0-5]|97[1-8]|98[46-9]"
_REGION = r"0[1-46]|11|24|27|28|32|44|52|53|75|76|84|93|94|97[5-8]|98[46-9]"
_TERRITORY = Shape(rf"^(?:FR|inconnu|{_DEPARTEMENT}|{_REGION})\Z", "FR, inconnu, INSEE")
_POPULATION = Shape(r"^(?:[a-z][a-z0-9_]*|cohort:[a-z0-9][a-z0-9.+_-]*)\Z", "a-z 0-9 _, cohort:…")
_PLACE = {
    "code_commune_insee": Shape(r"^(?:[0-9]{2}|2[AB])[0-9]{3}\Z", "INSEE 01001 … 98833"),
    "code_departement": Shape(rf"^(?:{_DEPARTEMENT})\Z", "INSEE 01 … 989"),
    "code_region": Shape(rf"^(?:{_REGION})\Z", "INSEE 01 … 989"),
}
PATTERNS: dict[str, dict[str, Shape]] = {
    "poles": {"pole_id": _ID, "siren": _SIREN, **_PLACE},
    "listings": {"listing_id": _ID, "capture_sha256": _SHA256, "siren": _SIREN, **_PLACE},
    "enrichment": {"capture_sha256": _SHA256},
    "counts": {"population": _POPULATION, "territory_code": _TERRITORY},
    "series": {"population": _POPULATION, "territory_code": _TERRITORY},
    "indicator": {"population": _POPULATION, "territory_code": _TERRITORY},
    "sensitivity": {"population": _POPULATION},
    "claims": {"claim_id": _ID, "capture_sha256": _SHA256},
    "completeness": {"population": _POPULATION, "territory_code": _TERRITORY},
    "lists": {"population": _POPULATION},
    "sources": {"source_id": _ID, "capture_sha256": _SHA256},
}

MAY_BE_BLANK: frozenset[tuple[str, str]] = frozenset({("changes", "field")})  # empty for a whole pole

EPOCH = date(2000, 1, 1)  # no page names a PTCE before: the word is of 2009

HEADLINE_POPULATIONS = ("listed", "state_supported")

TOLERANCE_PCT = 0.0051  # percentages may be rounded to two decimals, no less
TOLERANCE_SHARE = 0.000051  # … ratios and shares to four

BOXES: dict[str, Box] = {
    "metropole": Box(41.2, 51.3, -5.4, 9.8),
    "971": Box(15.7, 16.7, -62.0, -60.8),
    "972": Box(14.3, 15.0, -61.4, -60.7),
    "973": Box(2.0, 6.0, -54.7, -51.5),
    "974": Box(-21.5, -20.8, 55.1, 56.0),
    "975": Box(46.6, 47.3, -56.6, -56.0),
    "976": Box(-13.2, -12.5, 44.9, 45.4),
    "977": Box(17.8, 18.0, -63.0, -62.7),
    "978": Box(17.9, 18.2, -63.3, -62.9),
    "986": Box(-14.5, -13.1, -178.4, -175.9),
    "987": Box(-28.0, -7.5, -155.0, -134.0),
    "988": Box(-23.0, -19.0, 163.0, 168.5),
}
"""Metropolitan France and each overseas territory, by code."""


def box_of(departement: str) -> str:
    """The key in :data:`BOXES` where a pole of that department (INSEE code) must lie."""
    return departement if departement in BOXES else "metropole"


def shrink_allowed(previous: int, settings: Settings) -> int:
    """How many of ``previous`` poles may have gone since the last snapshot: ``max(shrink_poles, shrink_share × n)``."""
    return max(settings.shrink_poles, math.floor(round(settings.shrink_share * previous, 6)))


def suspicious_cluster(listings: int) -> int:
    """Listings above which a pole is worth a look (the most listed real pole has some twenty-five)."""
    return max(40, listings // 20)


def largest_cluster(listings: int) -> int:
    """Listings above which a pole is surely a chain of false merges."""
    return max(80, listings // 10)
