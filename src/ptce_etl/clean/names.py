"""Names of poles and carriers, as written → as compared. Pure text; nothing here knows a particular pole.

A name is read in three steps: *fold* (case, accents, apostrophes, quotes, dashes, invisible characters), *strip* (the
words "PTCE" in all their forms, articles, legal forms), *split* (what stands in brackets, after a dash, a comma or
"devenu" is another name of the same thing, and is kept apart as a variant).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["CleanName", "acronym", "clean_name", "compact", "fold", "name_key", "tokens"]

_APOSTROPHES = "'’‘ʼ`´′ʹ＇\ufffd"
_DASHES = "-‐‑‒–—―−﹣－"
_QUOTES = '"“”„«»‹›'
_LIGATURES = {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l"}

# "PTCE" and its expansion, as written in real pages: dots, spaces, transposed letters, inverted words, translations.
_ECO = r"[ée]conomiques?"
_TERR = r"territoria(?:l|le|ux|les)"
_PTCE = re.compile(
    r"(?<!\w)(?:"
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
_FEMININE = (("elle", "el"), ("enne", "en"), ("aine", "ain"), ("ale", "al"), ("ive", "if"))
_ALIAS_SPLIT = re.compile(
    r"\s*(?:,|;|/|\s-\s|\s[–—]\s|:|\bdevenue?\b|\bd[ée]sormais\b|\bex-|\banciennement\b|\baussi\s+appel[ée]e?\b|"
    r"\bnomm[ée]e?\b|\bdite?\b|\balias\b)\s*",
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


# English words that pages use for French names, when they translate them.
_ENGLISH = {
    "and": "et", "circular": "circulaire", "citizen": "citoyenne", "coast": "cote",
    "country": "pays", "culture": "culture", "east": "est", "economic": "economique",
    "economy": "economie", "energy": "energie", "energies": "energie", "food": "alimentaire",
    "great": "grand", "house": "maison", "island": "ile", "music": "musique",
    "north": "nord", "solidarity": "solidaire", "south": "sud", "sustainable": "durable",
    "valley": "vallee", "west": "ouest", "wood": "bois", "wool": "laine",
}  # fmt: skip


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


class _Folded(dict[int, str]):
    """What each character becomes, worked out when it is first met (a table that :meth:`str.translate` reads)."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in _APOSTROPHES:
            plain = "'"
        elif char in _DASHES:
            plain = "-"
        elif char in _QUOTES or char.isspace():
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
    return " ".join(text.translate(_FOLDED).split())


def tokens(text: str) -> tuple[str, ...]:
    """Words of ``text`` as compared: folded, elisions cut, inner apostrophes joined, plural endings dropped.

    Small words and legal forms are left out unless nothing else remains.
    """
    folded = fold(text).replace("&", " et ").replace("?", "'")
    folded = re.sub(r"\(s\)", "s", folded)
    folded = re.sub(r"\b(?:l|d|j|n|m|c|t|qu|s)'(?=\w{2})", " ", folded)  # l'eco → eco; keeps lab s'port readable below
    folded = re.sub(r"(?<=\w)'(?=\w)", "", folded)  # clus'ter → cluster
    words = re.findall(r"[a-z0-9]+", folded)
    kept = [w for w in words if w not in STOPWORDS and w not in LEGAL_FORMS]
    if not kept:
        kept = [w for w in words if w not in STOPWORDS]
    return tuple(_stem(_ENGLISH.get(word, word)) for word in kept)


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


def name_key(text: str) -> str:
    """``text`` as compared (also for carriers): its :func:`tokens`, in order, one space between."""
    return " ".join(tokens(_PTCE.sub(" ", text)))


def compact(text: str) -> str:
    """Letters and digits only, folded: sees through spaces, dashes and apostrophes ("Lab S'Port" = "LABSPORT")."""
    return re.sub(r"[^a-z0-9]", "", fold(_PTCE.sub(" ", text)))


def acronym(key_or_text: str) -> str:
    """Initials of the words that count ("espace démonstration expérimentation nature urbaine" → "edenu")."""
    return "".join(word[0] for word in tokens(key_or_text))


@lru_cache(maxsize=200_000)
def clean_name(raw: str, is_place: Callable[[str], bool] | None = None) -> CleanName:
    """Read a pole's name. ``is_place`` says whether a bracket's text is a place (then it is a hint, not a name)."""
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFC", raw)).strip()
    text = re.sub(r"\(s\)", "s", text)
    place: str | None = None
    others: list[str] = []
    for match in _BRACKETS.finditer(text):
        inside = _LEADING.sub("", _PTCE.sub(" ", match.group(1) or match.group(2) or "").strip(" -–—,;:."))
        if not inside:
            continue
        if is_place is not None and is_place(inside):
            place = inside
        else:
            others.append(inside)
    bare = _BRACKETS.sub(" ", text)
    stripped = _PTCE.sub(" ", bare)
    main = _tidy(stripped)
    located = False
    if stripped != bare:
        located = bool(_LOCATED.match(stripped.strip()))
        if place is None and located:
            place = _DANGLING.sub("", _tidy(stripped)) or None
        main = _tidy(_DANGLING.sub("", main))
    parts = [part for part in (_tidy(piece) for piece in _ALIAS_SPLIT.split(main)) if part]
    keys = [name_key(main), *(name_key(part) for part in parts), *(name_key(other) for other in others)]
    variants = tuple(dict.fromkeys(key for key in keys if key))
    carrier = next((other for other in others if not _expands(main, other)), None)
    return CleanName(
        clean=main if name_key(main) else _tidy(text),
        key=name_key(main),
        variants=variants,
        place_hint=place,
        carrier_hint=carrier,
        located=located and not others,
    )


def _tidy(text: str) -> str:
    """Quotes, stray punctuation and dangling small words off both ends."""
    text = "".join(" " if char in _QUOTES else char for char in text)
    text = re.sub(r"\s+", " ", text).strip(" -–—,;:./|•")
    return re.sub(r"\s+(?:du|de la|des|de|et|en|à|au|ou)$", "", text, flags=re.IGNORECASE).strip(" -–—,;:./|•")


def _expands(name: str, other: str) -> bool:
    """Whether one of the two is the acronym of the other."""
    short, long = sorted((name, other), key=len)
    letters = compact(short)
    return 2 <= len(letters) <= 8 and (
        letters in (acronym(long), "".join(word[0] for word in re.findall(r"[a-z0-9]+", fold(long))))
    )
