"""The row of a ledger that options, or a sentence, make: every value validated, none guessed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from ptce_etl.catalogue.registry import Statement
from ptce_etl.clean.dates import parse_partial
from ptce_etl.errors import ConfigError, DataError
from ptce_etl.measure.counted import POPULATION_NAMES
from ptce_etl.measure.ledger import CountClaim, GrowthClaim
from ptce_etl.measure.peers import ANY_ROUND
from ptce_etl.measure.sentences.reading import Reading, read_sentence
from ptce_etl.measure.sentences.topics import Known
from ptce_etl.measure.sentences.values import iso
from ptce_etl.measure.territories import find_territory

__all__ = ["Said", "row_of"]

_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_MOST_WORDS = 12  # a name of what is counted, not a sentence of somebody's page
_SENTENCE_DO = "give the figures as options: --count 203, or --from 56 --to 203 --percent 365"


@dataclass(frozen=True)
class Said:
    """What is said of a claim, as it is written on the command line."""

    sentence: str | None = None
    count: str | None = None
    low: str | None = None
    high: str | None = None
    qualifier: str | None = None
    base: str | None = None
    target: str | None = None
    percent: str | None = None
    years: str | None = None
    population: str | None = None
    programme: str | None = None
    territory: str | None = None
    date: str | None = None
    words: str | None = None
    publisher: str = ""
    url: str = ""


def row_of(said: Said, known: Known, today: date) -> tuple[Statement, dict[str, str]]:
    """The kind of ledger and the row (column of the catalogue → text), without its id. Raises :class:`ConfigError`.

    The sentence itself is not kept: the figures are facts, the words are their author's.
    """
    given = _from_sentence(said, known) if said.sentence is not None else {}
    figures = {
        "value": _number("--count", said.count),
        "value_low": _number("--low", said.low),
        "value_high": _number("--high", said.high),
        "base_value": _number("--from", said.base),
        "target_value": _number("--to", said.target),
        "stated_growth_pct": _number("--percent", (said.percent or "").replace("%", "") or None, signed=True),
        "period_years": _number("--years", said.years),
    }
    row = given | {name: text for name, text in figures.items() if text}
    statement = _statement(row)
    row["claim_date"] = _date(row.get("claim_date", "") if said.date is None else said.date, today)
    row["territory"] = find_territory(said.territory or row.get("territory", "France")).name
    row["publisher"] = _text("--publisher", said.publisher)
    row["source_url"] = _url(said.url)
    row["worded_as"] = _words(said.words)
    columns: tuple[str, ...]
    if statement == "growth_claims":
        columns = ("claim_date", "stated_growth_pct", "base_value", "target_value", "period_years", "territory")
    else:
        columns = (
            "claim_date",
            "value",
            "value_low",
            "value_high",
            "qualifier",
            "territory",
            "population",
            "programme",
        )
        row |= _counted(said, row, known)
    return statement, {name: row.get(name, "") for name in (*columns, "worded_as", "publisher", "source_url")}


def _from_sentence(said: Said, known: Known) -> dict[str, str]:
    reading = read_sentence(said.sentence or "", known)
    growths = [g for g in reading.growths if g.stated is not None]
    if len(growths) == 1 and growths[0].base is not None and growths[0].target is not None:
        return _of_growth(growths[0])
    if not growths and len(reading.counts) == 1:
        return _of_count(reading, said)
    n = len(growths) + (0 if growths else len(reading.counts))
    raise ConfigError(
        f"the sentence makes {n} claims, one is needed" if n != 1 else "the sentence does not give both counts",
        where=" ".join(reading.text.split())[:200],
        do=_SENTENCE_DO,
    )


def _of_growth(claim: GrowthClaim) -> dict[str, str]:
    if claim.unit not in ("percent", "times") or claim.yearly or claim.ends != "count":
        raise ConfigError(
            "the ledger holds growths in % between two counts, over the whole period", where="SENTENCE", do=_SENTENCE_DO
        )
    assert claim.base is not None and claim.target is not None and claim.stated is not None
    stated, decimals = claim.stated, claim.decimals
    if claim.unit == "times":  # a multiplier is the same figure as a growth: ×3.6 is +260%
        stated, decimals = 100 * (stated - 1), max(0, decimals - 2)
    return {
        "claim_date": iso(claim.span),
        "stated_growth_pct": f"{stated:.{decimals}f}",
        "base_value": _written(claim.base),
        "target_value": _written(claim.target),
        "period_years": _written(claim.years),
        "territory": claim.territory,
    }


def _of_count(reading: Reading, said: Said) -> dict[str, str]:
    (claims,) = reading.counts
    if len(claims) > 1 and said.programme is None:
        names = ", ".join(claim.programme for claim in claims)
        raise ConfigError(f"the count may be of {names}", where="SENTENCE", do="say which: --programme ROUND")
    claim: CountClaim = claims[0]
    return {
        "claim_date": iso(claim.span),
        "value": _written(claim.value),
        "value_low": _written(claim.value_low),
        "value_high": _written(claim.value_high),
        "qualifier": claim.qualifier,
        "territory": claim.territory,
        "population": claim.population,
        "programme": claim.programme,
    }


def _written(value: float | None) -> str:
    return "" if value is None else repr(value).removesuffix(".0")


def _statement(row: Mapping[str, str]) -> Statement:
    growth = [name for name in ("base_value", "target_value", "stated_growth_pct") if row.get(name)]
    count = [name for name in ("value", "value_low", "value_high") if row.get(name)]
    if growth and count:
        raise ConfigError("a count and a growth at once", where="ptce claims add", do="add them one after the other")
    if len(growth) == 3:
        return "growth_claims"
    if "value" in count or len(count) == 2:
        return "count_claims"
    raise ConfigError("no figure, or a part of one", where="ptce claims add", do=_SENTENCE_DO)


def _counted(said: Said, row: Mapping[str, str], known: Known) -> dict[str, str]:
    """Qualifier, population and round of a count."""
    ranged = not row.get("value")
    qualifier = "range" if ranged else said.qualifier or row.get("qualifier", "exact")
    _one_of("--qualifier", qualifier, ("range",) if ranged else ("exact", "about", "at_least"))
    if ranged and float(row["value_low"]) > float(row["value_high"]):
        raise ConfigError("--low is above --high", where="--low", do="swap them")
    population = said.population or row.get("population", "")
    if not population:
        raise ConfigError(
            "it is not said what is counted", where="--population", do=f"one of {_listed(POPULATION_NAMES)}"
        )
    _one_of("--population", population, POPULATION_NAMES)
    programme = said.programme if said.programme is not None else row.get("programme", "")
    rounds = {name for names in known.rounds.values() for name in names} | {ANY_ROUND}
    for part in programme.split("+") if programme else ():
        _one_of("--programme", part, rounds)
    return {"qualifier": qualifier, "population": population, "programme": programme}


def _one_of(option: str, value: str, allowed: Collection[str]) -> None:
    if value not in allowed:
        raise ConfigError(f"{option} {value!r} is not known", where=option, do=f"one of {_listed(allowed)}")


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names))


def _number(option: str, text: str | None, *, signed: bool = False) -> str:
    if text is None:
        return ""
    plain = re.sub(r"[\s\u202f\u00a0]", "", text).replace("−", "-").replace(",", ".")
    if not _NUMBER.fullmatch(plain) or (plain.startswith("-") and not signed):
        raise ConfigError(f"not a number: {text!r}", where=option, do="write it in digits: 203, or 262.5")
    return plain.removeprefix("+")


def _date(text: str, today: date) -> str:
    try:
        span = parse_partial(text)
    except DataError as error:
        raise ConfigError(f"not a date: {text!r}", where="--date", do="write 2023, 2023-06 or 2023-06-12") from error
    if span.first is not None and span.first > today:
        raise ConfigError(f"{text} is in the future", where="--date", do="give the date that the figure is about")
    return iso(span)


def _text(option: str, text: str) -> str:
    plain = " ".join(text.split())
    if not plain or not plain.isprintable() or len(plain) > 200:
        raise ConfigError(f"{option} is missing, or too long", where=option, do="say in a few words who published it")
    return plain


def _url(text: str) -> str:
    parts = urlsplit(text.strip())
    good = parts.scheme in ("http", "https") and parts.hostname and parts.username is None and text.isprintable()
    if not good or any(char.isspace() for char in text.strip()):
        raise ConfigError(f"not the address of a page: {text!r}", where="--url", do="copy it whole, from https:// on")
    return text.strip()


def _words(text: str | None) -> str:
    plain = " ".join((text or "").split())
    if len(plain.split()) > _MOST_WORDS or not (plain.isprintable() or not plain):
        raise ConfigError(
            f"--words has {len(plain.split())} words",
            where="--words",
            do=f"name what is counted in {_MOST_WORDS} words at most: sentences of others are not copied",
        )
    return plain
