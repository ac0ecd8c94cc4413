"""Known ways to misread two figures: a ratio taken for an increase, a wrong base, a year for the whole period …

A slip has a rank: 0 for the usual ones, 1 for rarer ones, 2 for typing errors (:mod:`ptce_etl.measure.slips`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ptce_etl.measure.sums import Change
from ptce_etl.measure.wording import NNBSP, Both, number, percent, times

__all__ = ["TYPING", "Slip", "misreadings"]

TYPING = 2


@dataclass(frozen=True, slots=True)
class Slip:
    """A known way to get a growth wrong: the figure it gives (in the unit stated), and how to say it."""

    name: str
    rank: int
    value: float
    said: Both


class _Known(NamedTuple):
    """A row of the tables below. ``gives`` names the figure that comes out; words hold figures in braces."""

    name: str
    rank: int
    gives: str
    en: str
    fr: str


# The figures: b base, t target, gap, pct (growth), ratio (%), k (multiplier), n (years) …: see _figures().
_RATIO = _Known(
    "ratio read as an increase",
    0,
    "ratio",
    "the ratio {t}/{b} = {ratio} was read as an increase",
    "le rapport {t}/{b}, soit {ratio}, a été lu comme une augmentation",
)
_MULTIPLIER_ALONE = _Known(
    "ratio read as an increase",
    0,
    "ratio",
    "the multiplier {k} = {ratio} was read as an increase",
    "le multiplicateur {k}, soit {ratio}, a été lu comme une augmentation",
)
_DIFFERENCE = _Known(
    "difference read as a percentage",
    0,
    "gap",
    "the difference in units ({gap}) was read as a percentage",
    "l'écart en unités ({gap}) a été lu comme un pourcentage",
)
_POINTS_AS_PERCENT = _Known(
    "percentage points read as a percentage",
    0,
    "gap",
    "the {gap} points between the two percentages were read as a percentage",
    "les {gap} points d'écart entre les deux pourcentages ont été lus comme un pourcentage",
)
_PERCENT = (
    _Known(
        "multiplier read as a percentage",
        0,
        "k",
        "the multiplier ({k}) was read as a percentage",
        "le multiplicateur ({k}) a été lu comme un pourcentage",
    ),
    _Known(
        "wrong base",
        0,
        "share",
        "the difference was divided by the end ({t}) instead of the start ({b})",
        "l'écart a été divisé par l'arrivée ({t}) au lieu du départ ({b})",
    ),
    _Known(
        "start and end swapped",
        0,
        "swapped",
        "start and end were swapped",
        "le départ et l'arrivée ont été intervertis",
    ),
    _Known(
        "ratio inverted",
        1,
        "inverted",
        "the ratio was taken the wrong way round ({b}/{t} = {inverted})",
        "le rapport a été pris à l'envers ({b}/{t}, soit {inverted})",
    ),
    _Known(
        "part divided by the whole",
        1,
        "part",
        "the end was divided by the sum of both ({t}/({b} + {t}) = {part})",
        "l'arrivée a été divisée par la somme des deux ({t}/({b} + {t}), soit {part})",
    ),
    _Known(
        "end read as a percentage",
        1,
        "t",
        "the end ({t}) was read as a percentage",
        "l'arrivée ({t}) a été lue comme un pourcentage",
    ),
)
_PERIOD = (
    _Known(
        "yearly average given for the whole period",
        0,
        "average",
        "{average} is the average of one year, not the growth of the whole period",
        "{average} est la moyenne d'une année, non la variation de toute la période",
    ),
    _Known(
        "yearly rate given for the whole period",
        0,
        "compound",
        "{compound} is the compound rate of one year, not the growth of the whole period",
        "{compound} est le taux annuel composé, non la variation de toute la période",
    ),
    _Known(
        "yearly rates added up",
        1,
        "added",
        "{n} yearly rates of {compound} were added up, and rates multiply",
        "{n} taux annuels de {compound} ont été additionnés, or des taux se multiplient",
    ),
)
_YEARLY = (
    _Known(
        "total given as a yearly rate",
        0,
        "pct",
        "{pct} is the growth of the whole period, not of one year",
        "{pct} est la variation de toute la période, non celle d'une année",
    ),
    _Known(
        "total divided by the years",
        0,
        "average",
        "{pct} was divided by {n} years, and a rate compounds",
        "{pct} a été divisé par {n} ans, or un taux se compose",
    ),
)
_SHORTER = _Known(
    "period off by one",
    1,
    "shorter",
    "it is the rate over one year less than the {n} of the period",
    "c'est le taux sur une année de moins que les {n} de la période",
)
_LONGER = _Known(
    "period off by one",
    1,
    "longer",
    "it is the rate over one year more than the {n} of the period",
    "c'est le taux sur une année de plus que les {n} de la période",
)
_TIMES = (
    _Known(
        "increase read as a multiplier",
        0,
        "increase",
        "the increase of {pct} was read as a multiplier, and 100% must be added to it",
        f"l'augmentation de {{pct}} a été lue comme un multiplicateur, or il faut y ajouter 100{NNBSP}%",
    ),
    _Known(
        "percentage read as a multiplier",
        1,
        "pct",
        "{pct} was read as a multiplier",
        "{pct} a été lu comme un multiplicateur",
    ),
)
_TIMES_INVERTED = _Known(
    "ratio inverted", 0, "downward", "the ratio was taken the wrong way round", "le rapport a été pris à l'envers"
)
_TIMES_A_YEAR = _Known(
    "yearly rate given for the whole period",
    1,
    "k_year",
    "{k_year} is the multiplier of one year, not that of the whole period",
    "{k_year} est le multiplicateur d'une année, non celui de toute la période",
)
_UNITS = (
    _Known("end given as the increase", 0, "t", "{t} is the end, not the increase", "{t} est l'arrivée, non la hausse"),
    _Known("start and end added", 1, "sum", "{b} and {t} were added", "{b} et {t} ont été additionnés"),
    _Known("counted one off", TYPING, "one_less", "it is one off", "il y a une unité d'écart"),
    _Known("counted one off", TYPING, "one_more", "it is one off", "il y a une unité d'écart"),
)
_PERCENT_AS_POINTS = _Known(
    "percentage called points",
    0,
    "pct",
    "{pct} is a percentage, and points are the difference between two percentages",
    "{pct} est un pourcentage, et des points sont l'écart entre deux pourcentages",
)
_DIFFERENCE_AS_POINTS = _Known(
    "difference called points",
    0,
    "gap",
    "{gap} is the difference between two counts, and points are that between two percentages",
    "{gap} est l'écart de deux effectifs, et des points sont celui de deux pourcentages",
)


def misreadings(change: Change) -> Iterator[Slip]:
    """What each known misreading of ``change`` gives, in the unit stated."""
    values, words = _figures(change)
    for known in _known(change):
        if math.isfinite(values.get(known.gives, math.inf)):
            said = tuple(
                text.format(**{name: word[i] for name, word in words.items()}) for i, text in enumerate(known[3:])
            )
            yield Slip(known.name, known.rank, values[known.gives], (said[0], said[1]))


def _known(m: Change) -> tuple[_Known, ...]:
    if m.yearly:
        return (*_YEARLY, _SHORTER, _LONGER)
    if m.unit == "times":
        return (*_TIMES, _TIMES_INVERTED, _TIMES_A_YEAR)
    if m.unit == "units":
        return _UNITS
    if m.unit == "points":
        return (_PERCENT_AS_POINTS, _DIFFERENCE_AS_POINTS) if m.ends == "count" else (_PERCENT_AS_POINTS,)
    if m.ends == "times":
        return (_MULTIPLIER_ALONE,)
    return (_RATIO, _POINTS_AS_PERCENT if m.ends == "percent" else _DIFFERENCE, *_PERCENT, *_PERIOD)


def _figures(m: Change) -> tuple[dict[str, float], dict[str, Both]]:
    """The figures that slips give, as far as they exist for this change, and how each is written in a sentence."""
    counts = {"b": m.base, "t": m.target, "gap": m.gap, "sum": m.base + m.target}
    counts |= {"one_less": m.gap - 1, "one_more": m.gap + 1}
    rates = {"pct": m.pct}
    shares = {"ratio": 100 * m.ratio}
    factors = {"k": m.ratio, "increase": m.pct / 100}
    if m.ratio > 0:
        share = 100 * m.gap / m.target
        shares |= {"share": share, "swapped": -share, "inverted": 100 * m.base / m.target}
        shares["part"] = 100 * m.target / (m.base + m.target)
        factors["downward"] = 1 / m.ratio
    if m.years and m.ratio > 0 and m.years != 1:
        rates |= {"average": m.pct / m.years, "compound": m.compound(m.years)}
        rates["added"] = rates["compound"] * m.years
        factors["k_year"] = 1 + rates["compound"] / 100
    if m.years and m.ratio > 0:
        rates["longer"] = m.compound(m.years + 1)
        if m.years > 1:
            rates["shorter"] = m.compound(m.years - 1)
    words = {name: number(value) for name, value in counts.items()} | {"n": number(m.years or 0.0)}
    words |= {name: percent(value, sign=True) for name, value in rates.items()}
    words |= {name: percent(value) for name, value in shares.items()}
    words |= {name: times(value) for name, value in factors.items()}
    if m.ends == "percent":
        words |= {"b": percent(m.base), "t": percent(m.target)}
    return counts | rates | shares | factors, words
