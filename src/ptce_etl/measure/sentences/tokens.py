"""A sentence cut into words, numbers and dates, each with its place in the text.

Numbers are read in digits ("1 234,5", "1,234.5", with any space a French hand puts there) and in words. What their
digits leave open is kept: "3.625" in a French sentence is 3,625 or 3 625.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ptce_etl.clean.folding import unescaped
from ptce_etl.measure.sentences.numerals import Lang, read_words
from ptce_etl.model import DateSpan

__all__ = ["Number", "Token", "fold", "tidy", "tokenise"]

_SPACES = " \u00a0\u202f\u2009\u2007"
_PIECES = re.compile(
    r"(?P<opaque>https?://\S+|www\.\S+|\d+(?:er|ere|re|e|eme|nd|nde|st|rd|th)(?![^\W\d_])|(?![x×]\d)[^\W\d_]+\d\w*)"
    r"|(?P<date>(?<!\d)\d{4}-\d{1,2}(?:-\d{1,2})?(?![\d-])|(?<!\d)\d{1,2}[/.]\d{1,2}[/.]\d{4}(?!\d))"
    rf"|(?P<number>\d{{1,3}}(?:[{_SPACES}'.,]\d{{3}})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?)"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<mark>->|=>|[^\w\s'])"
)
_QUOTES = frozenset('«»“”„"‹›')
_SCALES = {
    "mille": 1e3, "thousand": 1e3, "million": 1e6, "millions": 1e6, "milliard": 1e9, "milliards": 1e9, "billion": 1e9,
    "billions": 1e9,
}  # fmt: skip
_MONTHS = {
    name: number
    for names in (
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
        "january february march april may june july august september october november december",
    )
    for number, name in enumerate(names.split(), start=1)
}
_PART_OF_YEAR = {
    "debut": 1,
    "early": 1,
    "beginning": 1,
    "start": 1,
    "mi": 6,
    "mid": 6,
    "fin": 12,
    "late": 12,
    "end": 12,
}
_FIRST_YEAR, _LAST_YEAR = 1990, 2039  # four digits in between are a year unless what follows counts something
_COUNTED = re.compile(
    r"^(?:%|ptces?|poles?|laureat\w*|candidat\w*|dossiers?|projets?|fois|x|times|laureates?|applications?|pour|percent|"
    r"per|points?|pct|€|euros?)$"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written: ``value``, its ``decimals``, its ``sign`` (+1, −1, or 0 without one), ``other``: the other
    way to read its digits (``unsure``: neither is excluded), ``about``: the word itself says so ("une centaine")."""

    value: float
    decimals: int = 0
    sign: int = 0
    other: float | None = None
    unsure: bool = False
    about: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the sentence, at ``start`` to ``end``; ``key`` is its text folded. At most one of the rest is there:
    a number, or the span of a date (``loosely``: "end of 2021", read as its last month)."""

    key: str
    start: int
    end: int
    number: Number | None = None
    date: DateSpan | None = None
    loosely: bool = False


def tidy(text: str) -> str:
    """``text`` composed (NFC), without what is not seen, apostrophes alike: it is the text that places refer to."""
    composed = unicodedata.normalize("NFC", unescaped(text))
    seen = (c for c in composed if unicodedata.category(c) != "Cf")
    return "".join("'" if c in "’‘ʼ" else "-" if c in "‐‑" else " " if c < " " else c for c in seen)


def fold(text: str) -> str:
    """``text`` in lower case without accents, letter for letter: places stay the same."""
    return "".join(_plain(c) for c in text)


def _plain(char: str) -> str:
    base = "".join(c for c in unicodedata.normalize("NFD", char) if not unicodedata.combining(c)).lower()
    return base if len(base) == 1 else char


def tokenise(text: str, lang: Lang, masked: Iterable[tuple[int, int]] = ()) -> tuple[Token, ...]:
    """The tokens of a tidy text; what overlaps ``masked`` (names of calls, which hold numbers) is left out."""
    hidden = tuple(masked)
    pieces = [token for token in _pieces(text, lang) if not any(a < token.end and token.start < b for a, b in hidden)]
    return tuple(_dated(_in_words(_signed(pieces, text), lang)))


def _pieces(text: str, lang: Lang) -> Iterable[Token]:
    folded = fold(text)
    for found in _PIECES.finditer(folded):
        kind, key, (start, end) = found.lastgroup, found.group(), found.span()
        if kind == "number":
            yield Token(key, start, end, number=_digits(key, lang))
        elif kind == "date":
            yield Token(key, start, end, date=_numeric_date(key))
        elif key not in _QUOTES and (key != "-" or not _joins(folded, start)):
            yield Token(key, start, end)


def _joins(text: str, at: int) -> bool:
    """Whether the hyphen at ``at`` ties letters ("vingt-deux", "3.6-fold")."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return (before.isalpha() and after.isalnum()) or (before.isalnum() and after.isalpha())


def _digits(written: str, lang: Lang) -> Number:
    text = re.sub(rf"[{_SPACES}']", "", written)
    points, commas = text.count("."), text.count(",")
    if points and commas:
        decimal = max(".,", key=text.rfind)
        group = "," if decimal == "." else "."
        if text.count(decimal) == 1:
            return _decimal(text.replace(group, ""), decimal)
        return _decimal(re.sub("[.,]", "", text), ".")
    if points + commas > 1:
        return _decimal(re.sub("[.,]", "", text), ".")
    separator = "." if points else ","
    whole, _, rest = text.partition(separator)
    if len(rest) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0"):
        grouped, parted = float(whole + rest), _decimal(text, separator)
        if separator == "," and lang == "fr":
            return Number(parted.value, parted.decimals, other=grouped)
        if separator == "." and lang == "en":
            return Number(parted.value, parted.decimals, other=grouped)
        return Number(grouped, other=parted.value, unsure=separator == ".")
    return _decimal(text, separator)


def _decimal(text: str, separator: str) -> Number:
    whole, _, rest = text.partition(separator)
    return Number(float(f"{whole}.{rest or 0}"), len(rest))


def _numeric_date(written: str) -> DateSpan | None:
    parts = [int(part) for part in re.split(r"[-/.]", written)]
    if len(parts) == 3 and parts[0] < 100:
        parts.reverse()
    return _span(*parts)


def _span(year: int, month: int | None = None, day: int | None = None) -> DateSpan | None:
    try:
        if month is None:
            return DateSpan(date(year, 1, 1), date(year, 12, 31), "year")
        if day is None:
            return DateSpan(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), "month")
        return DateSpan(date(year, month, day), date(year, month, day), "day")
    except (ValueError, calendar.IllegalMonthError):
        return None


def _signed(tokens: Sequence[Token], text: str) -> list[Token]:
    """Signs put into their numbers: "+365", "− 12". A dash between two numbers is a range, not a sign."""
    out: list[Token] = []
    for token in tokens:
        last = out[-1] if out else None
        if token.number and last and last.key in ("+", "-", "−", "–") and text[last.end : token.start].strip() == "":
            before = out[-2] if len(out) > 1 else None
            tied = last.end == token.start
            ranged = before is not None and before.number is not None and (before.end == last.start or not tied)
            if last.key == "+" or (tied and not ranged) or (before is None or before.key in ",;:("):
                n = token.number
                sign = 1 if last.key == "+" else -1
                out[-1] = Token(token.key, last.start, token.end, Number(n.value, n.decimals, sign, n.other, n.unsure))
                continue
        out.append(token)
    return out


def _in_words(tokens: Sequence[Token], lang: Lang) -> list[Token]:
    """Numbers in words made numbers, and "3,6 millions" one number."""
    keys, out, at = [token.key for token in tokens], list[Token](), 0
    while at < len(tokens):
        token = tokens[at]
        read = None if token.number or token.date else read_words(keys, at, lang)
        if read is not None and not any(t.number or t.date for t in tokens[at : read.end]):
            number = Number(read.value, read.decimals, about=read.about)
            out.append(Token(" ".join(keys[at : read.end]), token.start, tokens[read.end - 1].end, number))
            at = read.end
            continue
        scale = _SCALES.get(keys[at + 1]) if token.number and at + 1 < len(keys) else None
        if token.number and scale:
            n = token.number
            scaled = Number(n.value * scale, 0, n.sign)
            out.append(Token(f"{token.key} {keys[at + 1]}", token.start, tokens[at + 1].end, scaled))
            at += 2
            continue
        out.append(token)
        at += 1
    return out


def _dated(tokens: Sequence[Token]) -> list[Token]:
    """Years, months and days made dates: "2021", "juin 2021", "12 juin 2021", "June 12, 2021", "fin 2021"."""
    out, at = list[Token](), 0
    while at < len(tokens):
        for length in (5, 4, 3, 2, 1):
            found = _date_of(tokens[at : at + length], tokens[at + length : at + length + 1])
            if found is not None and at + length <= len(tokens):
                span, loosely = found
                piece = tokens[at : at + length]
                key = " ".join(token.key for token in piece)
                out.append(Token(key, piece[0].start, piece[-1].end, date=span, loosely=loosely))
                at += length
                break
        else:
            out.append(tokens[at])
            at += 1
    return out


def _date_of(piece: Sequence[Token], then: Sequence[Token]) -> tuple[DateSpan, bool] | None:
    if not piece:
        return None
    year = _year(piece[-1], then)
    keys = [token.key for token in piece[:-1] if token.key not in ("de", "d", "of", "the", "l", "annee", ",")]
    if year is None or len(keys) > 2 or (len(piece) > 1 and not keys):
        return None
    if not keys:
        span = _span(year)
        return (span, False) if span else None
    days = [token for token in piece[:-1] if token.number and _is_day(token.number)]
    months = [_MONTHS[key] for key in keys if key in _MONTHS]
    if len(months) == 1 and len(days) == len(keys) - 1:
        span = _span(year, months[0], int(days[0].number.value) if days and days[0].number else None)
        return (span, False) if span else None
    if len(keys) == 1 and keys[0] in _PART_OF_YEAR:
        span = _span(year, _PART_OF_YEAR[keys[0]])
        return (span, True) if span else None
    return None


def _is_day(number: Number) -> bool:
    return number.value == int(number.value) and 1 <= number.value <= 31 and not number.decimals


def _year(token: Token, then: Sequence[Token]) -> int | None:
    n = token.number
    if n is None or not re.fullmatch(r"\d{4}", token.key) or n.sign or not _FIRST_YEAR <= n.value <= _LAST_YEAR:
        return None
    return None if then and _COUNTED.match(then[0].key) else int(n.value)
