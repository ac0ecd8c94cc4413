"""The words that give a number its unit, or leave it open. Folded: lower case, no accents, cut at hyphens."""

from __future__ import annotations

import re
from typing import Literal

__all__ = [
    "ALSO_NOUNS",
    "DIVIDING",
    "MULTIPLYING",
    "NO_SHARE",
    "OTHER_UNITS",
    "PERCENT",
    "PERCENT_WORDS",
    "POINTS",
    "QUALIFIERS",
    "QUALIFIERS_AFTER",
    "SHARES",
    "TIMES",
    "TIMES_WORDS",
    "VERB_BEFORE",
    "YEARS",
    "Kind",
    "Qualifier",
]

Kind = Literal["N", "P", "T", "U", "D", "X"]
Qualifier = Literal["exact", "about", "at_least", "at_most"]

PERCENT = ("%", "percent", "pourcent", "pct")
PERCENT_WORDS = (("pour", "cent"), ("per", "cent"), ("p", ".", "cent"), ("p", "cent"))
POINTS = ("point", "points", "pt", "pts", "pp")
TIMES = ("fois", "times", "x", "×", "fold")
YEARS = {"an": 1.0, "ans": 1.0, "annee": 1.0, "annees": 1.0, "year": 1.0, "years": 1.0, "decennie": 10.0}
YEARS |= {"decade": 10.0, "decades": 10.0, "semestre": 0.5, "semestres": 0.5, "trimestre": 0.25, "trimestres": 0.25}
YEARS |= {"quarter": 0.25, "quarters": 0.25, "mois": 1 / 12, "month": 1 / 12, "months": 1 / 12}
YEARS |= {"semaine": 7 / 365.2425, "semaines": 7 / 365.2425, "week": 7 / 365.2425, "weeks": 7 / 365.2425}
YEARS |= {"jour": 1 / 365.2425, "jours": 1 / 365.2425, "day": 1 / 365.2425, "days": 1 / 365.2425}
OTHER_UNITS = frozenset("€ euro euros $ dollar dollars £ km m2 hectares ha etp keur meur h heures hours".split())

# Multipliers and shares that are words. "doublon" (a duplicate) is none of them.
TIMES_WORDS = tuple(
    (re.compile(form), value)
    for form, value in (
        (r"doubl(?:e[srz]?|ee?s?|ant|ement|ed|ing|er|ent|aient|ait)", 2.0),
        (r"tripl\w{1,6}|trebl\w{1,4}", 3.0),
        (r"quadrupl\w{1,6}", 4.0),
        (r"quintupl\w{1,6}", 5.0),
        (r"sextupl\w{1,6}", 6.0),
        (r"septupl\w{1,6}", 7.0),
        (r"octupl\w{1,6}", 8.0),
        (r"nonupl\w{1,6}", 9.0),
        (r"decupl\w{1,6}", 10.0),
        (r"centupl\w{1,6}", 100.0),
        (r"halv(?:ed|ing|es?)", 0.5),
        (r"twofold", 2.0),
        (r"threefold", 3.0),
        (r"fourfold", 4.0),
        (r"fivefold", 5.0),
        (r"tenfold", 10.0),
    )
)
SHARES: dict[tuple[str, ...], float] = {
    ("moitie",): 50.0,
    ("un", "tiers"): 100 / 3,
    ("deux", "tiers"): 200 / 3,
    ("un", "quart"): 25.0,
    ("trois", "quarts"): 75.0,
    ("a", "half"): 50.0,
    ("half",): 50.0,
    ("a", "third"): 100 / 3,
    ("one", "third"): 100 / 3,
    ("two", "thirds"): 200 / 3,
    ("a", "quarter"): 25.0,
    ("three", "quarters"): 75.0,
}
NO_SHARE = (["lieu"], ["lieux"], ["first"], ["second"])  # tiers-lieux; the first half of a year
ALSO_NOUNS = frozenset("double doubles triple triples quadruple quadruples".split())
VERB_BEFORE = tuple(
    [word]
    for word in "le du au a fait que va vont s se presque nombre effectif total to will would could should than nearly "
    "almost number".split()
)
MULTIPLYING = re.compile(r"\b(?:multipl\w+|facteurs?|factor)(?: \S+){0,2}?$")
DIVIDING = re.compile(r"\b(?:divis\w+|divid\w+)(?: \S+){0,2}?$")
_BEFORE: tuple[tuple[Qualifier, str], ...] = (
    ("at_least", "plus de|plus d|plus que|au moins|au minimum|minimum|un minimum de|au dela de|superieur a|"
     "superieure a|pas moins de|depasse|depassent|depasse les|depassent les|more than|over|above|at least|upwards of|"
     "no fewer than|no less than|exceeds|exceed|exceeding|a minimum of"),
    ("about", "environ|autour de|autour d|a peu pres|quelque|quelques|pres de|presque|approximativement|de l ordre de|"
     "aux alentours de|quasi|quasiment|pratiquement|~|≈|about|around|roughly|approximately|nearly|almost|circa|"
     "close to|in the region of|an estimated|some"),
    ("at_most", "moins de|moins d|au plus|au maximum|maximum|un maximum de|inferieur a|inferieure a|pas plus de|"
     "less than|fewer than|under|below|at most|no more than|not more than"),
    ("exact", "exactement|precisement|tout juste|exactly|precisely"),
)  # fmt: skip
_AFTER: tuple[tuple[Qualifier, str], ...] = (
    ("at_least", "ou plus|or more|au moins|at least|au minimum"),
    ("about", "environ|or so|a peu pres"),
    ("at_most", "au plus|au maximum|maximum|at most|ou moins|or fewer|or less"),
)
QUALIFIERS = {tuple(words.split()): q for q, many in _BEFORE for words in many.split("|")}
QUALIFIERS_AFTER = {tuple(words.split()): q for q, many in _AFTER for words in many.split("|")}
