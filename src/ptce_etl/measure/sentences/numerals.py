"""Numbers in words, French and English, up to 999,999,999.

French as it is written in France, Belgium and Switzerland, with or without the hyphens of 1990: "septante et un",
"quatre-vingt-dix-sept", "deux cent mille". A small grammar of our own: the library that was looked at (text2num 3.1)
reads neither "une centaine" nor "a hundred" and is a compiled package, for words that take a page here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

__all__ = ["Lang", "Read", "read_words"]

Lang = Literal["en", "fr"]


class Read(NamedTuple):
    """A number read from words: ``value``, the position after its last word, how many ``decimals`` were said, and
    whether the words themselves say "about" ("une centaine", "a dozen or so")."""

    value: float
    end: int
    decimals: int = 0
    about: bool = False


_FR_UNITS = {word: n for n, word in enumerate("zero un deux trois quatre cinq six sept huit neuf".split())} | {"une": 1}
_FR_TEENS = {word: n for n, word in enumerate("dix onze douze treize quatorze quinze seize".split(), start=10)}
_FR_TENS = {
    "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
    "septante": 70, "huitante": 80, "octante": 80, "nonante": 90,
}  # fmt: skip
_FR_ABOUT = {
    "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40,
    "cinquantaine": 50, "soixantaine": 60, "centaine": 100, "millier": 1000,
}  # fmt: skip
_EN_SMALL = {
    word: n
    for n, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_EN_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_LARGEST = 999_999_999
_LARGER = frozenset("million millions milliard milliards billion billions".split())  # of what was read: beyond us


def read_words(words: Sequence[str], at: int, lang: Lang) -> Read | None:
    """The longest number that starts at ``words[at]``; ``None`` when there is none.

    ``words`` are folded (lower case, no accents) and cut at hyphens. "un", "une", "a" and "an" alone are articles, not
    numbers; "un virgule cinq" is one.
    """
    found = _about(words, at, lang)
    if found is not None:
        return found
    whole = _french(words, at) if lang == "fr" else _english(words, at)
    if whole is None or whole[0] > _LARGEST or _word(words, whole[1]) in _LARGER:
        return None
    value, end = whole
    decimal = _decimals(words, end, lang)
    if decimal is not None:
        return Read(value + decimal[0], decimal[1], decimal[2])
    if end == at + 1 and words[at] in ("un", "une", "one"):
        return None
    return Read(float(value), end)


def _word(words: Sequence[str], at: int) -> str:
    return words[at] if at < len(words) else ""


def _about(words: Sequence[str], at: int, lang: Lang) -> Read | None:
    """ "une centaine", "deux douzaines", "a dozen", "two dozen"."""
    many = _french_below_100(words, at) if lang == "fr" else _english_below_100(words, at)
    count, end = many or (1, at + 1 if _word(words, at) in ("a", "an") else at)
    named = _word(words, end)
    if lang == "en":
        # A dozen is twelve; "dozens" and "hundreds" alone are no figure.
        return Read(12.0 * count, end + 1) if named in ("dozen", "dozens") and end > at else None
    size = _FR_ABOUT.get(named) or _FR_ABOUT.get(named.removesuffix("s")) if many else _FR_ABOUT.get(named)
    return Read(float(count * size), end + 1, 0, True) if size else None


def _french_below_100(words: Sequence[str], at: int) -> tuple[int, int] | None:
    word, then = _word(words, at), _word(words, at + 1)
    if word == "quatre" and then in ("vingt", "vingts"):
        joined = at + 3 if _word(words, at + 2) == "et" and _word(words, at + 3) in ("un", "une", "onze") else at + 2
        rest = _french_below_20(words, joined)
        return (80 + rest[0], rest[1]) if rest and rest[0] else (80, at + 2)
    if word in _FR_TENS:
        tens, end = _FR_TENS[word], at + 1
        joined = end + 1 if then == "et" else end
        rest = _french_below_20(words, joined)
        # "soixante-dix", and only soixante; "vingt et un" and "soixante et onze", and no other "et".
        if rest and 0 < rest[0] < (20 if word == "soixante" else 10) and (joined == end or rest[0] in (1, 11)):
            return tens + rest[0], rest[1]
        return tens, end
    return _french_below_20(words, at)


def _french_below_20(words: Sequence[str], at: int) -> tuple[int, int] | None:
    word = _word(words, at)
    if word == "dix":
        unit = _FR_UNITS.get(_word(words, at + 1), 0)
        return (10 + unit, at + 2) if unit in (7, 8, 9) else (10, at + 1)
    small = _FR_TEENS.get(word, _FR_UNITS.get(word))
    return None if small is None else (small, at + 1)


def _french_below_1000(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """Also "dix-neuf cent": eleven to nineteen hundred."""
    first = (1, at) if _word(words, at) == "cent" else _french_below_100(words, at)
    if first is None or _word(words, first[1]) not in ("cent", "cents") or not (first[1] == at or 1 < first[0] < 20):
        return first if first and first[1] > at else None
    rest = _french_below_100(words, first[1] + 1)
    if rest and rest[0]:
        return 100 * first[0] + rest[0], rest[1]
    return 100 * first[0], first[1] + 1


def _french(words: Sequence[str], at: int) -> tuple[int, int] | None:
    total, end = 0, at
    for size, names in ((1_000_000, ("million", "millions")), (1000, ("mille", "mil"))):
        head = _french_below_1000(words, end)
        if head and head[0] and _word(words, head[1]) in names:
            total, end = total + head[0] * size, head[1] + 1
        elif size == 1000 and _word(words, end) in names:
            total, end = total + size, end + 1
    joined = end + 1 if end > at and _word(words, end) == "et" and _word(words, end + 1) in ("un", "une") else end
    rest = _french_below_1000(words, joined)
    if rest and (rest[0] < 1000 or not total) and (rest[0] or not total):
        return total + rest[0], rest[1]
    return (total, end) if end > at else None


def _english_below_100(words: Sequence[str], at: int) -> tuple[int, int] | None:
    word = _word(words, at)
    if word in _EN_TENS:
        unit = _EN_SMALL.get(_word(words, at + 1), 0)
        return (_EN_TENS[word] + unit, at + 2) if 0 < unit < 10 else (_EN_TENS[word], at + 1)
    return (_EN_SMALL[word], at + 1) if word in _EN_SMALL else None


def _english_below_1000(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """Also "fifteen hundred"; "a hundred" is one hundred."""
    first = (1, at + 1) if _word(words, at) in ("a", "an") else _english_below_100(words, at)
    if first is None or _word(words, first[1]) != "hundred" or not first[0]:
        return first if first and _word(words, at) not in ("a", "an") else None
    end = first[1] + 1
    rest = _english_below_100(words, end + 1 if _word(words, end) == "and" else end)
    return (100 * first[0] + rest[0], rest[1]) if rest and rest[0] else (100 * first[0], end)


def _english(words: Sequence[str], at: int) -> tuple[int, int] | None:
    total, end = 0, at
    for size, name in ((1_000_000, "million"), (1000, "thousand")):
        start = end + 1 if end > at and _word(words, end) in ("and", ",") else end
        article = _word(words, start) in ("a", "an")
        head = (1, start + 1) if article and _word(words, start + 1) == name else _english_below_1000(words, start)
        if head and head[0] and _word(words, head[1]) == name:
            total, end = total + head[0] * size, head[1] + 1
    joined = end + 1 if end > at and _word(words, end) in ("and", ",") else end
    rest = _english_below_1000(words, joined)
    if rest and (not total or 0 < rest[0] < 1000) and (joined == end or words[end] == "and" or _whole(words, joined)):
        return total + rest[0], rest[1]
    return (total, end) if end > at else None


def _whole(words: Sequence[str], at: int) -> bool:
    """Whether "<n> hundred" stands there: after a comma nothing less goes on with "one thousand"."""
    return "hundred" in (_word(words, at + 1), _word(words, at + 2))


def _decimals(words: Sequence[str], at: int, lang: Lang) -> tuple[float, int, int] | None:
    """ "virgule zero cinq", "point six two", "et demi", "and a half": the fraction, its end, how many decimals."""
    if lang == "fr" and _word(words, at) == "et" and _word(words, at + 1) in ("demi", "demie"):
        return 0.5, at + 2, 1
    if lang == "en" and _word(words, at) == "and" and list(words[at + 1 : at + 3]) == ["a", "half"]:
        return 0.5, at + 3, 1
    if _word(words, at) != ("virgule" if lang == "fr" else "point"):
        return None
    digits, end = "", at + 1
    while len(digits) < 6:
        part = _french_below_1000(words, end) if lang == "fr" else _english_below_100(words, end)
        if part is None:
            break
        digits, end = digits + str(part[0]), part[1]
    return (float(f"0.{digits}"), end, len(digits)) if digits else None
