"""Texts as compared, word by word: letters folded, endings cut, small words left out.

What becomes of a word depends on that word alone, and names share most of their words: each spelling of a word is read
once and remembered.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeVar

__all__ = [
    "APOSTROPHES",
    "DASHES",
    "LEGAL_FORMS",
    "QUOTES",
    "STOPWORDS",
    "Memory",
    "fold",
    "key_of",
    "letters_of",
    "unescaped",
]

V = TypeVar("V")

APOSTROPHES = "'’‘ʼ`´′ʹ＇\ufffd"
DASHES = "-‐‑‒–—―−﹣－"
QUOTES = '"“”„«»‹›'
_LIGATURES = {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l"}

# Words that carry no identity: articles and small words of French (and of the English that some pages use).
STOPWORDS = frozenset(
    """
    a au aux avec ce ces chez d dans de des du elle en entre est et il l la le les leur ou par pas pour qu que
    qui s sa se ses sous sur un une vers y and for in of the to by at
    """.split()
)
# Legal forms and the words that stand before an organisation's name.
LEGAL_FORMS = frozenset(
    """
    asso association assoc scic scop sarl sas sasu eurl sa gie gip snc sci selarl cooperative cooperatif coop
    societe groupe collectif federation fondation fonds reseau ste ets etablissement
    """.split()
)
# English words that pages use for French names, when they translate them.
_ENGLISH = {
    "and": "et", "circular": "circulaire", "citizen": "citoyenne", "coast": "cote",
    "country": "pays", "culture": "culture", "east": "est", "economic": "economique",
    "economy": "economie", "energy": "energie", "energies": "energie", "food": "alimentaire",
    "great": "grand", "house": "maison", "island": "ile", "music": "musique",
    "north": "nord", "solidarity": "solidaire", "south": "sud", "sustainable": "durable",
    "valley": "vallee", "west": "ouest", "wood": "bois", "wool": "laine",
}  # fmt: skip
_FEMININE = (("elle", "el"), ("enne", "en"), ("aine", "ain"), ("ale", "al"), ("ive", "if"))
_ELISION = re.compile(r"\b(?:l|d|j|n|m|c|t|qu|s)'(?=\w{2})")  # l'eco → eco; lab s'port stays readable below
_INNER_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")  # clus'ter → cluster
_WORD = re.compile(r"[a-z0-9]+")
# ECMA-48: colours and the like (CSI), titles and links (OSC); what follows an ESC of neither kind is text.
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b")
_REMEMBERED = 300_000  # spellings of words, about 100 bytes each; then all are forgotten


class _Folded(dict[int, str]):
    """What each character becomes, worked out when it is first met (a table that :meth:`str.translate` reads)."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in APOSTROPHES:
            plain = "'"
        elif char in DASHES:
            plain = "-"
        elif char in QUOTES or char.isspace():
            plain = " "
        else:
            plain = "".join(map(_plain, unicodedata.normalize("NFKD", _LIGATURES.get(char, char))))
        self[code] = plain
        return plain


def _plain(char: str) -> str:
    """Lower case without marks; nothing for what cannot be seen."""
    if unicodedata.category(char) in ("Cf", "Cc"):
        return ""
    bare = unicodedata.normalize("NFKD", char.lower())
    return "".join(c for c in bare if not unicodedata.combining(c))


_FOLDED = _Folded()


def fold(text: str) -> str:
    """Lower case, no accents, one kind of apostrophe, quote and dash, no invisible characters, single spaces."""
    return " ".join(unescaped(text).translate(_FOLDED).split())


def unescaped(text: str) -> str:
    """``text`` without the escape sequences that colour it on a terminal."""
    return _ESCAPES.sub("", text) if "\x1b" in text else text


class Memory(dict[str, V]):
    """What ``read`` makes of a word, worked out when the word is first met."""

    def __init__(self, read: Callable[[str], V]) -> None:
        self.read = read

    def __missing__(self, word: str) -> V:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[word] = self.read(word)
        return found


def key_of(written: Sequence[str]) -> str:
    """Written words as compared, one space between; legal forms only when there is nothing else."""
    words = [key for word in written if (key := _READ[word][0])]
    return " ".join(words or [form for word in written if (form := _READ[word][1])])


def letters_of(written: Sequence[str]) -> str:
    """The letters a to z and the digits of written words, folded, without anything between."""
    return "".join([_READ[word][2] for word in written])


def _read(written: str) -> tuple[str, str, str]:
    """The key of one written word ("l'éco-construction": "eco construction"), its legal forms too, and its letters."""
    folded = letters = fold(written)
    pieces = [folded]
    if not (folded.isascii() and folded.isalnum()):  # most words are plain
        letters = "".join(_WORD.findall(folded))
        folded = folded.replace("&", " et ").replace("?", "'").replace("(s)", "s")
        pieces = _WORD.findall(_INNER_APOSTROPHE.sub("", _ELISION.sub(" ", folded)))
    counted = [(_stem(_ENGLISH.get(word, word)), word) for word in pieces if word not in STOPWORDS]
    key = " ".join([stem for stem, word in counted if word not in LEGAL_FORMS])
    return key, " ".join([stem for stem, _ in counted]), letters


def _stem(word: str) -> str:
    """Plural and feminine endings off: "actuelles" and "actuel", "Aquitaine" and "aquitain" are one word."""
    if len(word) > 4 and word.endswith("aux") and not word.endswith("eaux"):
        return word[:-3] + "al"
    if len(word) > 4 and word[-1] in "sx" and not word.endswith("ss"):
        word = word[:-1]
    if len(word) > 5:
        for feminine, masculine in _FEMININE:
            if word.endswith(feminine):
                return word[: -len(feminine)] + masculine
    return word


_READ = Memory(_read)
