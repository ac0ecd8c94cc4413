"""What a sentence speaks of: its language, the calls and territories it names, and what each count counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from ptce_etl.measure.sentences.figures import Skeleton
from ptce_etl.measure.sentences.numerals import Lang
from ptce_etl.measure.sentences.tokens import fold
from ptce_etl.model import DateSpan

__all__ = [
    "Call",
    "Known",
    "calls_in",
    "language_of",
    "population_of",
    "rounds_meant",
    "territories_in",
]

_FRENCH = frozenset(
    """
    le la les un une des du de en et est sont a au aux dans il elle ils existe compte passe ans annees sur par pour plus
    moins environ pres contre depuis entre poles pole selon fois soit hausse baisse nombre multiplie
    """.split()
)
_ENGLISH = frozenset(
    """
    the a an of in and is are was were there from to by over than more less about since between against years year times
    poles number increase rose grew fell doubled tripled up down for with has have
    """.split()
)

# The first that fits, in the words around a count; "" is what names the poles without saying more.
_POPULATIONS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (population, re.compile(rf"\b(?:{form})\b"))
    for population, form in (
        ("eligible_applications", r"eligibles?|recevables?"),
        ("laureates", r"laureat\w*|retenus?|retenues?|selectionne\w*|primes?|winners?|laureates?|selected"),
        ("applications", r"candidat\w*|dossiers?|applications?|applicants?|bids?"),
        ("witness_poles", r"temoins?|witness(?:es)?"),
        ("charter_signatories", r"signataires?|signator(?:y|ies)"),
        ("emerging", r"emergents?|emergence|emerging"),
        ("active", r"actifs?|active|activite|fonctionn\w+|operating|operational"),
        ("created", r"crees?|creees?|creations?|constitues?|created|founded|ever"),
        ("state_listed", r"(?:repertori|recens|referenc)\w+ (?:\w+ ){0,2}(?:l )?(?:etat|state|ministere)"),
        ("existing", r"exist\w*"),
        ("", r"ptces?|poles?|clusters?|hubs?"),
    )
)
_NO_NOUN = frozenset(
    """
    en au aux a dans contre fin par pour soit sur selon depuis et ou puis alors aujourd hui ce cette ces qui que ont
    sont est etaient existent existaient avaient de d des du l le la les leur deux in at by from to for since as of and
    seulement deja encore only just already still desormais maintenant actuellement
    or then against versus now today are were is was have had that which the over within up down compared with
    """.split()
)


@dataclass(frozen=True, slots=True)
class Known:
    """The names a sentence may use: ``rounds`` are the calls by population (``{"laureates": ("aap-2013", …)}``),
    ``results`` when each round's were out, ``territories`` the names of regions and departments."""

    rounds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    results: Mapping[str, DateSpan] = field(default_factory=dict)
    territories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A call that a sentence names ("AMI 2021, phase 2", "AAP 2013 et 2015"), at ``start`` to ``end``."""

    start: int
    end: int
    kind: str
    years: tuple[int, ...]
    phase: str


_BETWEEN = "ptces?|emergents?|poles?|projets?|territoriaux|de|du|des|d|l|annee|for|of|the|projects?|emerging"
_CALL = re.compile(
    r"\b(?:(?P<aap>aap|appels? a projets?)|(?P<ami>ami|appels? a manifestations? d.{0,2}interet)"
    rf"|(?P<any>appels?|calls?))(?:[ '(«\"-]+(?:{_BETWEEN}))*[ '(»\"-]+(?P<year>20[0-3]\d)(?!\d)"
    r"(?: ?(?:et|and|\+|&) ?(?:de |of )?(?P<second>20[0-3]\d)(?!\d))?\)?"
    r"(?:[ ,(:-]+phase[ -]?(?P<phase>[12])(?!\d))?"
)
_BEFORE_PLACE = "en|dans|a|au|aux|in|of|de|du|des|d|l|le|la|les|for|pour"
_PHASE = re.compile(r"\b(?:phase[ -]?(?P<n>[12])(?!\d)|(?P<first>premiere|1ere|first)[ ](?:phase)\b|(?P<second>2e|"
                    r"deuxieme|seconde|second)[ ]phase\b)")  # fmt: skip


def language_of(text: str) -> Lang:
    """French or English, by the small words of each; French when nothing tells them apart."""
    words = re.findall(r"[a-z]+", fold(text))
    french, english = (sum(word in known for word in words) for known in (_FRENCH, _ENGLISH))
    return "en" if english > french else "fr"


def calls_in(text: str) -> tuple[Call, ...]:
    """The calls that a tidy text names, in order. A phase that stands apart belongs to the only call."""
    folded = fold(text)
    found = [
        Call(
            m.start(),
            m.end(),
            "aap" if m["aap"] else "ami" if m["ami"] else "",
            tuple(int(year) for year in (m["year"], m["second"]) if year),
            m["phase"] or "",
        )
        for m in _CALL.finditer(folded)
    ]
    for m in _PHASE.finditer(folded):
        phase = m["n"] or ("1" if m["first"] else "2")
        if not any(call.start <= m.start() < call.end for call in found):
            found.append(Call(m.start(), m.end(), "", (), phase))
    return tuple(sorted(found, key=lambda call: call.start))


def rounds_meant(population: str, calls: Iterable[Call], dates: Iterable[date], known: Known) -> tuple[str, ...]:
    """The rounds that a count of ``population`` may be about: those whose name fits the call that is named, else
    those whose name or results fit a year of the sentence. Empty when it has no rounds, several when it is unclear;
    a call of two years is their sum ("aap-2013+aap-2015")."""
    rounds = known.rounds.get(population, ())
    calls, years = tuple(calls), sorted({day.year for day in dates})
    phases = {call.phase for call in calls if call.phase}
    named = [(call.kind, year) for call in calls for year in call.years]
    if any(len(call.years) > 1 for call in calls):
        each = [[name for name in rounds if _is_call(name, kind, year)] for kind, year in named]
        return ("+".join(names[0] for names in each),) if all(len(names) == 1 for names in each) else ()
    fits = [
        name
        for name in rounds
        if any(_is_call(name, *call) for call in named) or (not named and any(str(year) in name for year in years))
    ]
    if not fits and not named:
        fits = [name for name in rounds if (span := known.results.get(name)) and span.last and span.last.year in years]
    phased = [name for name in fits if any(name.endswith(f"phase-{phase}") for phase in phases)]
    return tuple(phased or fits)


def _is_call(name: str, kind: str, year: int) -> bool:
    return str(year) in name and name.startswith(kind)


def population_of(skeleton: Skeleton, sign: str) -> tuple[str | None, str]:
    """What the count ``sign`` ("N0") counts: a population, "" for poles without more, ``None`` when nothing is said;
    and the noun that stands there when it is none of ours ("emplois")."""
    after = re.search(rf"\b{sign}\b((?: (?![NPTUXDY]\d)[^\s.,;:()!?]+){{0,7}})", skeleton.text)
    before = re.search(rf"((?:[^\s.,;:()!?]+ ){{0,6}}){sign}\b", skeleton.text)
    words = (after[1] if after else "").strip()
    noun = words.split(" ")[0] if words else ""
    plain = False
    for near in (words, _last_clause(before[1] if before else "")):
        found = next((population for population, form in _POPULATIONS if form.search(near)), None)
        if found and (near == words or not plain or found == "existing"):
            return found, ""
        plain = plain or found == ""
        if near == words and not plain and noun.isalpha() and noun not in _NO_NOUN and len(noun) > 2:
            return None, noun
    return ("" if plain else None), ""


def _last_clause(words: str) -> str:
    """The words after the last figure or date."""
    return re.split(r"\b[NPTUXDY]\d+\b", words)[-1]


def territories_in(text: str, known: Known) -> tuple[tuple[str, int, int], ...]:
    """The territories that a tidy text names, as ``known`` writes them, and where: with a capital, after a small word
    ("en", "dans le", "of"): "la Somme" is a place and "en somme" is none."""
    folded, found, taken = fold(text), list[tuple[str, int, int]](), list[tuple[int, int]]()
    for name in sorted(known.territories, key=lambda name: (-len(name), name)):
        form = rf"(?:^|\b(?:{_BEFORE_PLACE})[ ']|\b(?=outre-mer))(?P<name>{re.escape(fold(name))})(?![\w-])"
        for m in re.finditer(form, folded):
            start, end = m.span("name")
            free = not any(a < end and start < b for a, b in taken)
            if free and (text[start:end] != text[start:end].lower() or folded[start:end] == "outre-mer"):
                taken.append((start, end))
                found.append((name, start, end))
    return tuple(sorted(found, key=lambda place: place[1]))
