"""How pages write a pole's name, its carrier and its place: seeded corruptions, each with its share of the mentions."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator

from benchmarks import words
from benchmarks.french import noun, of, plain
from benchmarks.names import Bag, Names, Places
from ptce_etl.clean.geography import Geography, Town
from ptce_etl.reference import resource

__all__ = ["Atlas", "carrier", "name"]

PREFIXES = (
    *["PTCE {}"] * 10, "PTCE « {} »", 'PTCE "{}"', "PTCE - {}", "P.T.C.E. {}", "le PTCE {}", "PTCE émergent {}",
    "projet {}", "Pôle territorial de coopération économique {}",
    "Pôle Territorial de Coopération Economique (PTCE) {}",
    "Pôle de coopération {}", "{} (PTCE)", "{} PTCE",
)  # fmt: skip
QUOTES = ("« {} »", '"{}"', "“{}”", "«{}»", "{} :")
# Words for a region that the press uses beside its name.
SHORT_REGIONS = {
    "Provence-Alpes-Côte d'Azur": "PACA", "Île-de-France": "IDF", "Auvergne-Rhône-Alpes": "AURA",
    "Hauts-de-France": "HDF", "La Réunion": "Réunion", "Nord-Pas-de-Calais": "Nord Pas de Calais",
}  # fmt: skip


def name(rng: random.Random, names: Names, town: Town, places: Places, carrier_name: str) -> str:
    """The name as one page writes it."""
    text, draw = names.main, rng.random()
    for share, other in names.others:
        if draw < share:
            text = other
            break
        draw -= share
    else:
        # Poles are also called by their carrier, or by both.
        if draw > 0.992:
            text = carrier_name
        elif draw > 0.97:
            text = rng.choice((f"{text} - {carrier_name}", f"{text} ({carrier_name})", f"{carrier_name} {text}"))
        elif draw > 0.96 and " " in text:
            text = _shuffled(rng, text)
    if rng.random() < 0.14:
        text = _worn(rng, text)
    if rng.random() < 0.06:
        text = _mistyped(rng, text)
    if rng.random() < 0.08:
        text = _placed(rng, text, town, places)
    if rng.random() < 0.02:
        text = f"{text}, {rng.choice(words.MOTTOES)}"
    if rng.random() < 0.02:
        text = f"{rng.choice(words.FORMS)} {text}"
    text = _cased(rng, text)
    if text[:4] != "PTCE" and rng.random() < 0.27:
        text = rng.choice(PREFIXES).format(text)
    return rng.choice(QUOTES).format(text) if rng.random() < 0.08 else text


def carrier(rng: random.Random, name: str, form: str, others: Bag) -> str:
    """The carrier as one page writes it, with or without its legal form, its acronym, its partners."""
    draw = rng.random()
    text = f"{form} {name}" if form and draw < 0.5 else name
    if draw > 0.93 and name.count(" ") >= 2:
        short = "".join(word[0] for word in plain(name).replace("'", " ").split() if len(word) > 2).upper()
        text = rng.choice((short, f"{text} ({short})", f"{short} - {name}"))
    elif draw > 0.89:
        text = rng.choice(
            (f"{text}; {others.pick(rng)}", f"{text} ({rng.choice(words.FORMS)})", f"{text} et partenaires")
        )
    elif draw > 0.87:
        text = _mistyped(rng, text)
    return _cased(rng, text)


def _worn(rng: random.Random, text: str) -> str:
    """One small liberty: an article or a plural more or less, a word left out, a hyphen, words run together."""
    parts = text.split()
    match rng.randrange(8):
        case 0 | 1:
            bared = noun(text.lower())
            if len(bared) < len(text):
                return text[len(text) - len(bared) :]
            return rng.choice(("le ", "la ", "les ", "l'")) + text
        case 2:
            at = rng.randrange(len(parts))
            if len(parts[at]) > 3 and parts[at].isalpha():
                parts[at] = parts[at][:-1] if parts[at].endswith("s") else parts[at] + "s"
            return " ".join(parts)
        case 3 if len(parts) >= 4:
            del parts[rng.randrange(1, len(parts))]
            return " ".join(parts)
        case 4 if len(parts) >= 4:
            return " ".join(parts[: rng.randrange(3, len(parts))]) + rng.choice(("", "…", "..."))
        case 5:
            return text.replace("-", " ") if "-" in text else text.replace(" ", "-", 1)
        case 6 if " et " in text:
            return text.replace(" et ", " & ")
        case 7 if 2 <= len(parts) <= 3:
            return text.replace(" ", "").replace("'", "")
    return text


def _shuffled(rng: random.Random, text: str) -> str:
    """Words in another order: "Archer Pôle Sud"."""
    parts = text.split()
    at = rng.randrange(1, len(parts))
    return " ".join(parts[at:] + parts[:at])


def _placed(rng: random.Random, text: str, town: Town, places: Places) -> str:
    where = rng.choice((town.name, town.name, places.departements[town.departement], places.regions[town.region]))
    return rng.choice((f"{text} ({where})", f"{text} ({where})", f"{text} - {where}", f"{text} {of(where)}"))


def _cased(rng: random.Random, text: str) -> str:
    draw = rng.random()
    if draw < 0.42:
        return text
    if draw < 0.62:
        return text.replace("'", "’")
    if draw < 0.70:
        return text.upper()
    if draw < 0.80:
        return plain(text)
    if draw < 0.90:
        return text[:1] + text[1:].lower()
    return text[:1].lower() + text[1:] if draw < 0.95 else text.title()


def _mistyped(rng: random.Random, text: str) -> str:
    for _ in range(4):
        at = rng.randrange(len(text)) + 1
        if text[at : at + 2].isalpha() and at + 2 <= len(text):
            break
    else:
        return text
    match rng.randrange(4):
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + text[at] + text[at:]
        case 2:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + rng.choice("aeinrstou") + text[at + 1 :]


class Atlas:
    """Places as pages write them."""

    def __init__(self, geo: Geography, places: Places) -> None:
        self.places = places
        self.postcodes: dict[str, str] = geo.communes["postcodes"].fillna("").str[:5].to_dict()
        self.old = dict(_old_regions())
        self.siblings: dict[str, list[str]] = {}
        for code, region in geo.departements["code_region"].items():
            self.siblings.setdefault(str(region), []).append(self.places.departements[str(code)])

    def commune(self, rng: random.Random, town: Town) -> str:
        """The town; now and then its neighbour, with its postcode, without hyphens, or short."""
        draw = rng.random()
        if draw < 0.03:
            return str(rng.choice(self.places.near[town.departement]).name)
        text = town.name
        if text.startswith("Saint") and draw < 0.30:
            text = text.replace("Sainte-", "Ste-", 1).replace("Saint-", "St-" if draw < 0.2 else "St ", 1)
        if draw > 0.97:
            return f"{self.postcodes[town.code]} {text}"
        if draw > 0.95:
            return f"{text} ({town.departement})"
        if draw > 0.90:
            return text.upper()
        if draw > 0.80:
            return text.replace("-", " ") if draw > 0.85 else plain(text)
        if draw > 0.74:
            return text.split("-sur-")[0].split("-en-")[0]
        return text

    def departement(self, rng: random.Random, town: Town) -> str:
        """The department by name, number or both."""
        text, draw = self.places.departements[town.departement], rng.random()
        if draw < 0.06:
            return town.departement
        if draw < 0.16:
            return f"{text} ({town.departement})" if draw < 0.12 else f"{town.departement} – {text}"
        if draw < 0.18:
            return f"{text}; {rng.choice(self.siblings[town.region])}"
        if draw < 0.34:
            return text.upper() if draw < 0.26 else plain(text).replace("-", " ")
        return text.replace("'", "’")

    def region(self, rng: random.Random, town: Town, year: int) -> str:
        """The region; before 2016, and now and then after, the one of the time before the reform."""
        text, draw = self.places.regions[town.region], rng.random()
        if draw < (0.9 if year < 2016 else 0.05):
            text = self.old.get(town.departement, text)
        style = rng.random()
        if style < 0.10:
            return SHORT_REGIONS.get(text, text)
        if style < 0.34:
            return (text.upper(), text.replace("-", " "), text.replace("-", " - "), plain(text))[int(style * 400) % 4]
        return text.replace("'", "’")


def _old_regions() -> Iterator[tuple[str, str]]:
    with resource("regions_2015.csv").open("rb") as stream:
        for row in csv.DictReader(line.decode("utf-8") for line in stream):
            for code in row["departements"].split(";"):
                yield code, row["name"]
