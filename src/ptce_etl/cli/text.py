"""How values are written on a terminal. Pure functions.

Names, titles and addresses come from web pages: before a terminal shows them, whatever could move its cursor, change
its colours or turn the reading direction is written out instead (``\\x1b``, ``\\u202e``).
"""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import datetime
from typing import Literal

from ptce_etl.measure.wording import NBSP, number, percent

__all__ = [
    "Lang",
    "age",
    "at",
    "bits",
    "counted",
    "cut",
    "either",
    "interval",
    "json_text",
    "safe",
    "share",
    "signed",
    "titled",
]

Lang = Literal["en", "fr"]

_UNSEEN = {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"}  # controls, formats (bidi), surrogates, unassigned, separators
_JSON_UNSEEN = re.compile(r"[^\x00-\x7e]")


def safe(text: str) -> str:
    """``text`` on one line, with every character that is not seen written as its escape."""
    joined = re.sub(r" *[\t\n\r\v\f]+ *", " ", text)
    if joined.isascii() and joined.isprintable():
        return joined
    return "".join(_escaped(c) if unicodedata.category(c) in _UNSEEN else c for c in joined)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def json_text(value: object, *, ascii_only: bool = False) -> str:
    """``value`` as indented JSON; characters that are not seen are escaped, which readers of JSON undo."""
    text = json.dumps(value, ensure_ascii=ascii_only, indent=2, allow_nan=False)
    return _JSON_UNSEEN.sub(
        lambda match: (
            json.dumps(match.group())[1:-1] if unicodedata.category(match.group()) in _UNSEEN else match.group()
        ),
        text,
    )


def counted(n: int, one: str, many: str | None = None) -> str:
    """``1 pole``, ``2 poles``, ``1,234 poles``."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def at(language: Lang) -> int:
    """Place of a language in a pair (English, French)."""
    return ("en", "fr").index(language)


def either(language: Lang, english: str, french: str) -> str:
    """The one of the two that is in ``language``."""
    return french if language == "fr" else english


def titled(language: Lang, title: str, text: object) -> str:
    """``title: text``, with the space that French puts before a colon."""
    return f"{title}{either(language, '', NBSP)}: {text}"


def share(value: float | None, language: Lang = "en") -> str:
    """A share (0 to 1) in %: ``73.9%``; ``–`` when there is none."""
    return "–" if value is None else percent(100 * value)[at(language)]


def signed(value: float | None, language: Lang = "en") -> str:
    """A growth in %: ``+6.1%``, ``−2%``, ``0%``; ``–`` when there is none."""
    return "–" if value is None else percent(value, sign=round(value, 1) != 0)[at(language)]


def interval(low: float | None, high: float | None, language: Lang = "en") -> str:
    """A growth's interval in %: ``+5.2% … +7%``."""
    return "–" if low is None or high is None else f"{signed(low, language)} … {signed(high, language)}"


def bits(value: float) -> str:
    """A match weight: ``+8.5``, ``−2``."""
    mark = "\u2212" if round(value, 1) < 0 else "+"
    return f"{mark}{number(abs(value))[0]}"


def cut(text: str, most: int = 240) -> str:
    """``text``, or its beginning and "…" when it is longer than a reader wants in a table."""
    return text if len(text) <= most else f"{text[:most].rstrip()}…"


def age(then: datetime, now: datetime) -> str:
    """How long ago: ``3 minutes``, ``5 hours``, ``12 days``; both moments are aware."""
    seconds = (now - then).total_seconds()
    if seconds < 0:
        return "in the future"
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return counted(int(seconds // size), unit)
    return "less than a minute"
