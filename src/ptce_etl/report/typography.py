"""Numbers, dates and sentences as French and English readers expect to see them. Pure functions.

French: a narrow no-break space (U+202F) before ``; : ! ? %`` and between thousands, inside guillemets; a real minus;
curly apostrophes; dates in words. Nothing here asks the machine's locale.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import Literal

from ptce_etl.measure.wording import NNBSP, number, percent

__all__ = [
    "Lang",
    "amount",
    "day",
    "month",
    "plain",
    "polish",
    "share",
    "short_day",
    "signed",
    "size",
    "spelled",
    "visible",
    "whole",
]

Lang = Literal["fr", "en"]

_MONTHS_FR = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
_MONTHS_EN = "January February March April May June July August September October November December".split()
_SHORT_FR = "janv. févr. mars avr. mai juin juill. août sept. oct. nov. déc.".split()
_WORDS_FR = "deux trois quatre cinq six sept huit neuf dix".split()
_WORDS_EN = "two three four five six seven eight nine ten".split()
_BEFORE = re.compile("[ \u00a0\u202f]+([;:!?%»])")
_AFTER = re.compile("«[ \u00a0\u202f]*")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=[\w«])")
_OUR_BLANKS = {0xA0: " ", 0x202F: " "}  # seen, though Python calls them not printable
_INVISIBLE = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
_BLANKS = re.compile(r"[\t\n\r\v\f]+")


@lru_cache(maxsize=4096)
def polish(text: str, lang: Lang) -> str:
    """A sentence of ours with the spaces and apostrophes of its language; English is left as it is."""
    if lang == "en":
        return text.replace("'", "\u2019")
    text = _BEFORE.sub(f"{NNBSP}\\1", _AFTER.sub(f"«{NNBSP}", text))
    return _APOSTROPHE.sub("\u2019", text)


def visible(text: str) -> str:
    """A text of the data with the characters that nobody sees (controls, bidi marks) written as code points."""
    if text.isprintable() or text.translate(_OUR_BLANKS).isprintable():
        return text
    joined = _BLANKS.sub(" ", text)
    return "".join(f"⟨U+{ord(c):04X}⟩" if unicodedata.category(c) in _INVISIBLE else c for c in joined)


def whole(value: int, lang: Lang) -> str:
    """``1 234`` in French, ``1,234`` in English; a real minus."""
    said = f"{abs(value):,}".replace(",", NNBSP if lang == "fr" else ",")
    return f"\u2212{said}" if value < 0 else said


def plain(value: float, lang: Lang, digits: int = 1) -> str:
    """A number with ``digits`` decimals at most."""
    said = number(abs(value), digits)[lang == "fr"]
    return f"\u2212{said}" if round(value, digits) < 0 else said


def spelled(value: float, lang: Lang) -> str:
    """A small whole number in words, as a sentence has it; any other in digits."""
    if value == int(value) and 2 <= value <= 10:
        return (_WORDS_FR if lang == "fr" else _WORDS_EN)[int(value) - 2]
    return plain(value, lang)


def amount(value: int, lang: Lang) -> str:
    """A change in poles with its sign: ``+18``, ``−1``, ``0``."""
    return f"+{whole(value, lang)}" if value > 0 else whole(value, lang)


def signed(value: float, lang: Lang) -> str:
    """A growth in %: ``+22,2 %``, ``−1.2%``, ``0%``."""
    return percent(value, sign=round(value, 1) != 0)[lang == "fr"]


def share(value: float, lang: Lang, digits: int = 0) -> str:
    """A share (0 to 1) in %."""
    return percent(100 * value, digits=digits)[lang == "fr"]


def day(value: date, lang: Lang) -> str:
    """``1er mars 2024``, ``23 novembre 2026``; ``1 March 2024``."""
    if lang == "fr":
        return f"{'1er' if value.day == 1 else value.day} {_MONTHS_FR[value.month - 1]} {value.year}"
    return f"{value.day} {_MONTHS_EN[value.month - 1]} {value.year}"


def short_day(value: date, lang: Lang) -> str:
    """``23 nov. 2026``; ``23 Nov 2026``."""
    months = _SHORT_FR if lang == "fr" else [name[:3] for name in _MONTHS_EN]
    return f"{value.day} {months[value.month - 1]} {value.year}"


def month(value: date, lang: Lang) -> str:
    """``novembre 2026``; ``November 2026``."""
    return f"{(_MONTHS_FR if lang == 'fr' else _MONTHS_EN)[value.month - 1]} {value.year}"


def size(value: int, lang: Lang) -> str:
    """A file's size: ``512 o``, ``23 ko``, ``1,1 Mo``; ``23 kB``."""
    unit = "o" if lang == "fr" else "B"
    for power, prefix in ((1_000_000, "M"), (1_000, "k")):
        if value >= power:
            return f"{plain(value / power, lang, 0 if value >= 10 * power else 1)}{NNBSP}{prefix}{unit}"
    return f"{value}{NNBSP}{unit}"
