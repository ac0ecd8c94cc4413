"""Small French grammar: articles, "de" and "en" before names and places."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["bare", "noun", "of", "plain", "title", "with_article", "within"]

_PLURAL = frozenset(
    "Ardennes|Bouches-du-Rhône|Côtes-d'Armor|Landes|Vosges|Yvelines|Deux-Sèvres|Pays de la Loire".split("|")
)
_MASCULINE = frozenset(
    "Cantal|Cher|Doubs|Finistère|Gard|Gers|Jura|Loir-et-Cher|Loiret|Maine-et-Loire|Morbihan|Nord|Pas-de-Calais"
    "|Puy-de-Dôme|Rhône|Var|Calvados|Territoire de Belfort|Grand Est|Centre-Val de Loire".split("|")
)
_VOWELS = frozenset("aeiouhâàéèêëîïôöùûüœy")


def of(name: str) -> str:
    """``name`` after "de": "le Mans" gives "du Mans", "l'eau" gives "de l'eau", "Angers" gives "d'Angers"."""
    first, _, rest = name.partition(" ")
    match first.lower():
        case "le" if rest:
            return f"du {rest}"
        case "les" if rest:
            return f"des {rest}"
        case "la" if rest:
            return f"de {name}"
    if name[:2].lower() == "l'":
        return f"de {name}"
    return f"d'{name}" if name[:1].lower() in _VOWELS else f"de {name}"


def noun(name: str) -> str:
    """``name`` without its article."""
    return name.partition("'")[2] if name[:2].lower() == "l'" else re.sub(r"^(la|les?) ", "", name)


def title(name: str) -> str:
    """First letter in upper case, and the first after an article: "la fabrique" gives "La Fabrique"."""
    rest = noun(name)
    article = name[: len(name) - len(rest)]
    rest = rest[:1].upper() + rest[1:]
    return article[:1].upper() + article[1:] + rest


def plain(text: str) -> str:
    """Without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def bare(text: str) -> str:
    """Lower case, without accents, letters and figures only, one space between words."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plain(text).lower()).split())


def with_article(zone: str) -> str:
    """A department or a region with its article: "le Gard", "les Landes", "la Haute-Marne", "l'Ain"."""
    if zone.startswith(("La ", "Le ")) or zone in {"Mayotte", "Paris"}:
        return zone[:1].lower() + zone[1:] if zone[:2] == "La" else zone
    if zone[0] in "AEIOÎYH" and not zone.startswith("Haut") and zone not in _PLURAL and not zone.startswith("Alpes"):
        return f"l'{zone}"
    if zone in _PLURAL or zone.startswith(("Alpes", "Hautes-", "Pyrénées", "Hauts-")):
        return f"les {zone}"
    return (
        f"le {zone}" if zone in _MASCULINE or zone.startswith(("Val", "Haut-", "Bas-", "Lot", "Tarn")) else f"la {zone}"
    )


def within(around: str) -> str:
    """In a country: "en pays de Saugues", "en Loire-Atlantique", "dans le Grand Figeac"."""
    if around.startswith("le pays"):
        return f"en {noun(around)}"
    if around.startswith(("la ", "l'")) and not around.startswith("la vallée"):
        return f"en {noun(around)}"
    return f"dans {around}" if around.startswith(("le", "la")) else f"à {around}"
