"""Names of poles and carriers, as written → as compared. Pure text; nothing here knows a particular pole.

A name is read in three steps: *fold* (case, accents, apostrophes, quotes, dashes, invisible characters), *strip* (the
words "PTCE" in all their forms, articles, legal forms), *split* (what stands in brackets, after a dash, a comma or
"devenu" is another name of the same thing, and is kept apart as a variant).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ptce_etl.clean.folding import LEGAL_FORMS, QUOTES, STOPWORDS, Memory, fold, key_of, letters_of, unescaped

__all__ = [
    "LEGAL_FORMS",
    "STOPWORDS",
    "CleanName",
    "Reading",
    "acronym",
    "clean_name",
    "compact",
    "fold",
    "name_key",
    "read_name",
    "tokens",
]

# "PTCE" and its expansion, as written in real pages: dots, spaces, transposed letters, inverted words, translations.
_ECO = r"[ée]conomiques?"
_TERR = r"territoria(?:l|le|ux|les)"
_PTCE = re.compile(
    r"(?<!\w)(?=[pte])(?:"  # where it cannot begin, no form is tried
    r"p\s?\.?\s?t\s?\.?\s?c\s?\.?\s?e(?:s(?!\w)|\b)\.?|p\.?c\.?t\.?e\b\.?|t\.?c\.?e\.?c\b\.?"
    rf"|(?:p[oô]les?|plans?)\s+(?:{_TERR}\s+)?(?:de\s+|d['’]\s*)?(?:coop[ée]rations?|comp[ée]titivit[ée])\s+(?:et\s+)?"
    rf"(?:{_TERR}|{_ECO})(?:[\s,]+(?:et\s+)?(?:{_ECO}|{_TERR}|socia(?:l|le|ux)|solidaires?|environnement(?:al|ale|aux)?)\b)*"
    rf"|p[oô]les?\s+{_ECO}\s+(?:et\s+{_TERR}\s+)?de\s+coop[ée]ration(?:\s+{_TERR})?"
    r"|(?:econom\w+\s+cooperation\s+)territorial\s+(?:pole|cluster)s?"
    r"|territorial\s+(?:(?:pole|cluster)s?\s+(?:of|for)\s+)?econom\w+\s+co-?operation(?:\s+(?:pole|cluster)s?)?"
    r"|polos?\s+territorial(?:es)?\s+de\s+cooperaci[oó]n\s+econ[oó]mica"
    r")(?!\w)",
    re.IGNORECASE,
)

_ALIAS_SPLIT = re.compile(
    r"[,;/:]|\s[-–—]\s|\b(?:ex-|(?:devenue?|d[ée]sormais|anciennement|aussi\s+appel[ée]e?|nomm[ée]e?|dite?|alias)\b)",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
# What is left hanging in front when "PTCE" is taken out of "Le PTCE d'Ancenis" or "PTCE en Pays de Bray".
_DANGLING = re.compile(
    r"^(?:(?:l[ea]s?|une?|the|premier)\s+)?(?:(?:du|de\s+la|des|de|en|dans|in|of)\s+|(?:de\s+)?[ld]['’]\s*)(?=\w)",
    re.IGNORECASE,
)
# "PTCE de Florange", "PTCE dans la vallée de la Fensch": the territory stands for the name.
_LOCATED = re.compile(r"(?:l[ea]s?\s+)?(?:du|de|des|en|dans|à|d['’])(?!\w)", re.IGNORECASE)
_LEADING = re.compile(r"^(?:ou|ex|dite?|soit|aka|sigle)\s+", re.IGNORECASE)

_FOLDED_WORD = re.compile(r"[a-z0-9]+")
_ENDS = " -–—,;:./|•"  # punctuation that says nothing at either end
_HANGING = re.compile(r"\s+(?:du|de la|des|de|et|en|à|au|ou)$", re.IGNORECASE)
_QUOTED = re.compile(f"[{QUOTES}]")

# What a word may be a sign of: a pattern is only tried on a text where a word gives its sign.
_IS_PTCE, _MAY_BE_PTCE, _SPLITS, _HAS_BRACKETS, _HAS_QUOTES, _HANGS = 1, 2, 4, 8, 16, 32
_SIGN_OF = {
    # "p", "p." at a word's end: the other letters may follow after a space
    _MAY_BE_PTCE: re.compile(r"(?<!\w)(?:p\.?(?:[tc]|$)|t\.?c)|coop|co-op|comp[ée]t", re.IGNORECASE),
    _SPLITS: re.compile(
        r"[,;:/]|^[-–—]$|ex-|\b(?:devenue?|d[ée]sormais|anciennement|appel[ée]e?|nomm[ée]e?|dite?|alias)\b",
        re.IGNORECASE,
    ),
    _HAS_BRACKETS: re.compile(r"[(\[]"),
    _HAS_QUOTES: _QUOTED,
    _HANGS: re.compile(r"^(?:du|la|des|de|et|en|à|au|ou)$", re.IGNORECASE),
}
_ANY_SIGN = re.compile("|".join(pattern.pattern for pattern in _SIGN_OF.values()), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CleanName:
    """What a written name says.

    ``clean`` is for reading; ``key`` for comparing ("" when nothing but the words PTCE was written); ``variants`` are
    the keys of the whole and of each of its parts; ``place_hint`` is a place in brackets, or what stands behind "PTCE
    de …" (it may be one); ``carrier_hint`` what a bracket holds when it is neither a place nor the name spelled out.
    ``located``: only a territory is written ("PTCE dans la vallée de la Fensch"), no name of the pole's own.
    """

    clean: str
    key: str
    variants: tuple[str, ...] = ()
    place_hint: str | None = None
    carrier_hint: str | None = None
    located: bool = False


class Reading(NamedTuple):
    """What a written name says by itself, before anybody has told which brackets hold a place.

    ``clean`` and ``key`` as in :class:`CleanName`; ``letters`` is ``compact(clean)``; ``variants`` with every bracket
    taken for a name; ``inside`` what stands in brackets; ``behind`` what stands behind "PTCE de …", None when the name
    is not of that kind; ``main`` what is left of the text without brackets and the words PTCE.
    """

    clean: str
    key: str
    letters: str
    variants: tuple[str, ...]
    inside: tuple[str, ...]
    behind: str | None
    main: str


def tokens(text: str) -> tuple[str, ...]:
    """Words of ``text`` as compared: folded, elisions cut, inner apostrophes joined, plural endings dropped.

    Small words and legal forms are left out unless nothing else remains.
    """
    return tuple(key_of(unescaped(text).split()).split())


def name_key(text: str) -> str:
    """``text`` as compared (also for carriers): its :func:`tokens`, in order, one space between."""
    return key_of(_words(text))


def compact(text: str) -> str:
    """Letters and digits only, folded: sees through spaces, dashes and apostrophes ("Lab S'Port" = "LABSPORT")."""
    return letters_of(_words(text))


def acronym(key_or_text: str) -> str:
    """Initials of the words that count ("espace démonstration expérimentation nature urbaine" → "edenu")."""
    return "".join([word[0] for word in tokens(key_or_text)])


@lru_cache(maxsize=200_000)
def clean_name(raw: str, is_place: Callable[[str], bool] | None = None) -> CleanName:
    """Read a pole's name. ``is_place`` says whether a bracket's text is a place (then it is a hint, not a name)."""
    said = read_name(raw)
    places = [inside for inside in said.inside if is_place is not None and is_place(inside)]
    others = [inside for inside in said.inside if inside not in places]
    variants = said.variants
    if places:
        variants = _variants(said.main, _signs(said.main.split()), said.key, others)
    return CleanName(
        clean=said.clean,
        key=said.key,
        variants=variants,
        place_hint=places[-1] if places else said.behind or None,
        carrier_hint=next((other for other in others if not _expands(said.main, other)), None),
        located=said.behind is not None and not others,
    )


def read_name(raw: str) -> Reading:
    """Read a name, or a carrier, by itself (many at once: :func:`ptce_etl.clean.spellings.read_names`)."""
    words = unicodedata.normalize("NFC", unescaped(raw)).split()
    text = bare = " ".join(words)
    signs = _signs(words)
    inside: tuple[str, ...] = ()
    if signs & _HAS_BRACKETS:
        text = text.replace("(s)", "s")
        inside = _in_brackets(text)
        bare = _BRACKETS.sub(" ", text)
        words = bare.split()
        signs = _signs(words)
    stripped = _without_ptce(bare, words, signs)
    main = _tidy(stripped, signs)
    behind: str | None = None
    if stripped is not bare:
        rest = main[dangling.end() :] if (dangling := _DANGLING.match(main)) else main
        if _LOCATED.match(stripped.strip()):
            behind = rest
        main = _unhung(rest)
    words = main.split()
    signs = _signs(words)
    left = words if (plain := _without_ptce(main, words, signs)) is main else plain.split()
    key = key_of(left)
    variants = _variants(main, signs, key, inside)
    if key:
        return Reading(main, key, letters_of(left), variants, inside, behind, main)
    clean = _tidy(text)
    return Reading(clean, key, compact(clean), variants, inside, behind, main)


def _signs(words: Sequence[str]) -> int:
    signs = 0
    for word in words:
        signs |= _SIGNS[word]
    return signs


def _words(text: str) -> list[str]:
    """The words of ``text``, without the words PTCE."""
    text = unescaped(text)
    words = text.split()
    stripped = _without_ptce(text, words, _signs(words))
    return words if stripped is text else stripped.split()


def _without_ptce(text: str, words: Sequence[str], signs: int) -> str:
    """``text`` without the words PTCE, in all their forms; itself when they are not there."""
    if signs & _MAY_BE_PTCE:
        stripped = _PTCE.sub(" ", text)
        return text if stripped == text else stripped
    return " ".join([word for word in words if not _SIGNS[word] & _IS_PTCE]) if signs & _IS_PTCE else text


def _in_brackets(text: str) -> tuple[str, ...]:
    """What stands in brackets, when it is more than the words PTCE."""
    found = [_PTCE.sub(" ", match.group(1) or match.group(2) or "") for match in _BRACKETS.finditer(text)]
    return tuple([inside for piece in found if (inside := _LEADING.sub("", piece.strip(" -–—,;:.")))])


def _variants(name: str, signs: int, key: str, others: Sequence[str]) -> tuple[str, ...]:
    """The key of a name, of what stands in it between dashes, commas, "devenu" …, and of ``others``."""
    if not others and not signs & _SPLITS and _unhung(name) is name:
        return (key,) if key else ()
    pieces = _ALIAS_SPLIT.split(name) if signs & _SPLITS else (name,)
    keys = [key, *(name_key(_tidy(piece)) for piece in pieces), *map(name_key, others)]
    return tuple(dict.fromkeys([key for key in keys if key]))


def _tidy(text: str, signs: int = _HAS_QUOTES) -> str:
    """Quotes, stray punctuation and dangling small words off both ends."""
    if signs & _HAS_QUOTES:
        text = _QUOTED.sub(" ", text)
    return _unhung(" ".join(text.split()).strip(_ENDS))


def _unhung(tidied: str) -> str:
    """One dangling small word less at the end: :func:`_tidy` of what is tidied already."""
    if not _SIGNS[tidied[tidied.rfind(" ") + 1 :]] & _HANGS:
        return tidied
    return _HANGING.sub("", tidied).strip(_ENDS)


def _expands(name: str, other: str) -> bool:
    """Whether one of the two is the acronym of the other."""
    short, long = sorted((name, other), key=len)
    letters = compact(short)
    return 2 <= len(letters) <= 8 and (
        letters in (acronym(long), "".join([word[0] for word in _FOLDED_WORD.findall(fold(long))]))
    )


def _sign(word: str) -> int:
    """The signs that a word gives; "PTCE" and "P.T.C.E." alone cannot be anything else, nor a part of it."""
    if not _ANY_SIGN.search(word):
        return 0
    signs = sum(sign for sign, pattern in _SIGN_OF.items() if pattern.search(word))
    return signs - _MAY_BE_PTCE + _IS_PTCE if _PTCE.fullmatch(word) else signs


_SIGNS = Memory(_sign)
