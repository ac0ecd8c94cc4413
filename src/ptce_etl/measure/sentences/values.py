"""Figures and dates of a sentence as a ledger holds them."""

from __future__ import annotations

import math
from datetime import timedelta

from ptce_etl.measure.ledger import ABOUT, Bounds, CountClaim, GrowthClaim
from ptce_etl.measure.sentences.figures import Figure
from ptce_etl.model import DateSpan

__all__ = ["NO_DATE", "bare_growth", "change_words", "count_claim", "count_words", "iso", "years_between"]

NO_DATE = DateSpan(None, None, "none")
_DAYS_PER_YEAR = 365.2425


def count_words(figure: Figure) -> Bounds | None:
    """What the words of a count allow; ``None`` for an exact one."""
    value = figure.value
    words = {
        "about": (value * (1 - ABOUT), value * (1 + ABOUT)),
        "at_least": (value, math.inf),
        "at_most": (0.0, value),
    }
    return words.get(figure.qualifier)


def change_words(figure: Figure, value: float) -> Bounds | None:
    """What the words of a change allow ("plus de 20 %" of a fall is less than −20); a share in words is a round one."""
    around = ABOUT * abs(value)
    fraction = figure.kind == "P" and figure.worded
    if figure.qualifier == "about" or (fraction and figure.qualifier == "exact"):
        return value - around, value + around
    if figure.qualifier == "exact":
        return None
    upward = (figure.qualifier == "at_least") == (value >= 0)
    return (value, math.inf) if upward else (-math.inf, value)


def count_claim(figure: Figure, low: float | None) -> CountClaim:
    """A count without its subject; ``low`` is the other end of a range. "Less than 200" is the range from 0."""
    ranged = low is not None or figure.qualifier == "at_most"
    bottom = (low or 0.0) if ranged else None
    words = (bottom or 0.0, figure.value) if ranged else count_words(figure) or (figure.value, figure.value)
    return CountClaim(
        claim_id="said",
        claim_date="",
        span=NO_DATE,
        value=None if ranged else figure.value,
        value_low=bottom,
        value_high=figure.value if ranged else None,
        qualifier="range" if ranged else figure.qualifier,
        territory="",
        population="",
        programme="",
        worded_as="",
        publisher="",
        source_url="",
        capture_sha256="",
        record_no=0,
        low=words[0],
        high=words[1],
    )


def bare_growth(on: DateSpan, years: float | None, territory: str) -> GrowthClaim:
    """A growth of which only the date, the period and the territory are known."""
    return GrowthClaim(
        claim_id="said",
        claim_date=iso(on),
        span=on,
        stated=None,
        decimals=0,
        base=None,
        target=None,
        years=years,
        territory=territory,
        worded_as="",
        publisher="",
        source_url="",
        capture_sha256="",
        record_no=0,
    )


def iso(span: DateSpan) -> str:
    """A partial date as ledgers write it: 2021, 2021-06, 2021-06-12; empty without one."""
    if span.first is None:
        return ""
    return span.first.isoformat()[: {"year": 4, "month": 7}.get(span.precision, 10)]


def years_between(base: DateSpan, target: DateSpan) -> float | None:
    """The years from one date to the other, by their middles; ``None`` when one is missing or they are not in order."""
    if base.first is None or base.last is None or target.first is None or target.last is None:
        return None
    if base.precision == target.precision == "year":
        years = float(target.first.year - base.first.year)
    else:
        one, two = (span_first + (span_last - span_first) / 2 for span_first, span_last in _ends(base, target))
        years = round((two - one) / timedelta(days=_DAYS_PER_YEAR), 2)
    return years if years > 0 else None


def _ends(*spans: DateSpan) -> list[tuple[timedelta, timedelta]]:
    return [
        (timedelta(days=span.first.toordinal()), timedelta(days=span.last.toordinal()))
        for span in spans
        if span.first is not None and span.last is not None
    ]
