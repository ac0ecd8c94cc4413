"""Partial dates as pages write them, kept with the precision they are written with."""

from __future__ import annotations

import calendar
import re
from datetime import date

from ptce_etl.clean.geography import place_key
from ptce_etl.errors import DataError
from ptce_etl.model import DateSpan

__all__ = ["parse_partial"]

_NUMERIC = tuple(
    re.compile(form, re.ASCII)
    for form in (
        r"(?P<y>\d{4})",
        r"(?P<y>\d{4})[-/](?P<m>\d{1,2})",
        r"(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})(?:[T ]\d{2}:\d{2}.*)?",
        r"(?P<m>\d{1,2})[/.](?P<y>\d{4})",
        r"(?P<d>\d{1,2})[/.](?P<m>\d{1,2})[/.](?P<y>\d{4})",  # French order: the day first
    )
)
_WORDS = re.compile(r"(?:(?P<d>\d{1,2})(?:er)? )?(?P<m>[a-z]{3,9}) (?P<y>\d{4})", re.ASCII)
_NAMES = "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre".split()
_MONTHS = {name: number for number, name in enumerate(_NAMES, start=1)}
_MONTHS |= {"janv": 1, "fevr": 2, "fev": 2, "avr": 4, "juil": 7, "sept": 9, "oct": 10, "nov": 11, "dec": 12}
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


def parse_partial(text: str | None) -> DateSpan:
    """The span that a partial date may mean.

    Read: "2014", "2014-03", "2014-03-28" (a time after it is left out), "03/2014", "28/03/2014", "mars 2014",
    "28 mars 2014", "1er janvier 2014". Blank is precision ``none``. Anything else raises :class:`DataError`.
    """
    written = (text or "").strip()
    if not written:
        return DateSpan(None, None, "none")
    match = next((found for form in _NUMERIC if (found := form.fullmatch(written))), None)
    match = match or _WORDS.fullmatch(place_key(written))
    if match is None:
        raise _unreadable(written, "no known form")
    parts = match.groupdict()
    named = parts.get("m")
    year = int(parts["y"])
    month = None if named is None else _MONTHS.get(named, 0) if named.isalpha() else int(named)
    day = int(parts["d"]) if parts.get("d") else None
    if not _FIRST_YEAR <= year <= _LAST_YEAR or (month is not None and not 1 <= month <= 12):
        raise _unreadable(written, "no such month or year")
    if month is None:
        return DateSpan(date(year, 1, 1), date(year, 12, 31), "year")
    last = calendar.monthrange(year, month)[1]
    if day is None:
        return DateSpan(date(year, month, 1), date(year, month, last), "month")
    if not 1 <= day <= last:
        raise _unreadable(written, "no such day")
    return DateSpan(date(year, month, day), date(year, month, day), "day")


def _unreadable(written: str, why: str) -> DataError:
    return DataError(
        f"date '{written}' cannot be read: {why}",
        where="a date cell",
        do="write it YYYY, YYYY-MM or YYYY-MM-DD, or correct it in data/decisions/corrections.yml",
    )
