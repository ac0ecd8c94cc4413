"""Made-up French listings whose truth is known: poles with names, carriers and towns, spelt as pages spell them.

Names, shares of empty cells, page sizes and kinds of corruption follow the transcribed ledger in kind, not in detail:
figures on these listings compare matchers and sizes; they do not say how good a matcher is on real pages.
"""

from __future__ import annotations

import csv
import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ptce_etl.clean.geography import Geography, Town

__all__ = ["write_listings"]

COLUMNS = [
    "listing_id", "source_url", "source_title", "publisher", "source_date", "programme", "role", "name", "carrier",
    "commune", "department", "region", "website", "said_ptce",
]  # fmt: skip
HEADS = (
    "Pôle|La Fabrique|La Maison|Les Ateliers|Le Comptoir|La Ruche|La Halle|Les Chantiers|La Coopérative|L'Archipel"
    "|La Grange|Le Collectif|La Manufacture|Les Jardins|Le Carrefour|La Filière|La Place|Le Moulin|Le Réseau"
).split("|")
NOUNS = (
    "alimentation durable|textile|réemploi|éco-construction|laine|bois local|mobilité|culture|numérique solidaire"
    "|habitat participatif|énergies citoyennes|déchets|tourisme social|santé de proximité|maraîchage|vélo|musiques"
    "|pierre sèche|métiers d'art|coopération|transition|petite enfance|autonomie|économie circulaire|recyclage|cuir"
    "|handicap|commerce équitable|agro-écologie|logistique|forêt|eau|patrimoine|spectacle vivant|jeunesse|emploi|livre"
    "|insertion|chanvre"
).split("|")
STARTS = (
    "Éco Co Archi Bio Soli Terri Agri Cultur Mobi Inser Alter Domo Vivi Orga Lumi Resso Novo Cap Hydro Méca".split()
)
ENDS = "nat lab ruche sens lien pôle acteurs ressources val terre fabrik cité monde solies nova rural form bât".split()
FIRMS = "Association|SCIC|Coopérative|Groupe|Réseau|Fédération|Entreprise d'insertion|Union".split("|")
WRAPS = (
    "{}|{}|{}|PTCE {}|PTCE {}|PTCE « {} »|PTCE - {}|P.T.C.E. {}|{} (PTCE)|le PTCE {}|“{}”|Pôle de coopération {}"
    "|Pôle territorial de coopération économique {}"
).split("|")
ROUNDS = "temoins-2012 aap-2013 aap-2015 ami-2021-phase-1 ami-2021-phase-2 ami-2023".split()


@dataclass(frozen=True)
class Pole:
    name: str
    carrier: str
    town: Town
    site: str
    rounds: tuple[str, ...]


def write_listings(folder: Path, n: int, seed: int) -> tuple[Path, Path]:
    """Write ``listings.csv`` (``n`` mentions) and ``labels.csv`` (``listing_id``, ``pole``); the same for one seed."""
    rng = random.Random(seed)
    geo = Geography.load()
    mentions = []
    for number, pole in enumerate(_poles(rng, geo)):
        mentions += [(f"p{number:05d}", pole)] * min(1 + int(rng.expovariate(0.45)), 25)
        if len(mentions) >= n:
            break
    mentions = mentions[:n]
    rng.shuffle(mentions)
    listings, labels = folder / "listings.csv", folder / "labels.csv"
    with (
        listings.open("w", encoding="utf-8", newline="") as file,
        labels.open("w", encoding="utf-8", newline="") as key,
    ):
        rows, truth = csv.DictWriter(file, COLUMNS), csv.writer(key)
        rows.writeheader()
        truth.writerow(["listing_id", "pole"])
        for number, (page, (label, pole)) in enumerate(_paged(rng, mentions)):
            rows.writerow(_mention(rng, geo, pole, page) | {"listing_id": f"s{number:06d}"})
            truth.writerow([f"s{number:06d}", label])
    return listings, labels


def _poles(rng: random.Random, geo: Geography) -> Iterator[Pole]:
    """Poles without end. Two in one department never share a name; one in thirty has a namesake elsewhere."""
    towns = [town for town in geo.towns.values() if town.population >= 1500]
    taken: set[tuple[str, str]] = set()
    last = ""
    while True:
        town = rng.choice(towns)
        name = last if last and rng.random() < 1 / 30 else _name(rng, town)
        if (name, town.departement) in taken:
            continue
        taken.add((name, town.departement))
        last = name
        carrier = f"{rng.choice(FIRMS)} {rng.choice(STARTS)}{rng.choice(ENDS)} {rng.choice(['', town.name])}".strip()
        site = f"www.{_plain(name).replace(' ', '-')[:24]}-{town.departement.lower()}.fr"
        yield Pole(name, carrier, town, site, tuple(rng.sample(ROUNDS, rng.choice([0, 0, 1, 1, 2]))))


def _name(rng: random.Random, town: Town) -> str:
    noun = rng.choice(NOUNS)
    coined = rng.choice(STARTS) + rng.choice(ENDS)
    shape = rng.choice(["coined", "coined+", "theme", "theme", "place", "two"])
    match shape:
        case "coined":
            return f"{coined}{rng.choice(['', ' ' + town.name.split('-')[0]])}"
        case "coined+":
            return f"{coined} {noun}"
        case "theme":
            return f"{rng.choice(HEADS)} {noun} {rng.choice(['de', 'en Pays de', 'du bassin de'])} {town.name}"
        case "place":
            return f"{rng.choice(HEADS)} de {town.name}"
        case _:
            return f"{rng.choice(HEADS)} {noun} et {rng.choice(NOUNS)}"


def _paged(rng: random.Random, mentions: list[tuple[str, Pole]]) -> Iterator[tuple[int, tuple[str, Pole]]]:
    """Mentions on pages: most pages name one pole, a few are lists; a page names a pole once."""
    page, room = 0, 0
    here: set[str] = set()
    for mention in mentions:
        if room == 0 or mention[0] in here:
            page, room = page + 1, rng.choice([1] * 12 + [2] * 4 + [3, 4, 6, 10, 15])
            here = set()
        here.add(mention[0])
        room -= 1
        yield page, mention


def _mention(rng: random.Random, geo: Geography, pole: Pole, page: int) -> dict[str, str]:
    def sometimes(share: float, text: str) -> str:
        return text if rng.random() < share else ""

    department = geo.departements.at[pole.town.departement, "name"]
    region = geo.regions.at[pole.town.region, "name"]
    programme = sometimes(0.5, rng.choice(pole.rounds)) if pole.rounds else ""
    day = random.Random(page).choice(["2012", "2014-01", "2016-03-25", "2018", "2021-06-02", "2022", "2023-05", ""])
    return {
        "source_url": f"https://page-{page}.example.org/article",
        "source_title": f"Page {page}",
        "publisher": f"Éditeur {page % 97}",
        "source_date": day,
        "programme": programme,
        "role": "laureate" if programme else "",
        "name": _spelt(rng, pole),
        "carrier": sometimes(0.43, _cased(rng, pole.carrier)),
        "commune": sometimes(0.43, _cased(rng, pole.town.name)),
        "department": sometimes(
            0.24, rng.choice([department, pole.town.departement, f"{department} ({pole.town.departement})"])
        ),
        "region": sometimes(0.31, region),
        "website": sometimes(0.06, pole.site),
        "said_ptce": "yes",
    }


def _spelt(rng: random.Random, pole: Pole) -> str:
    """The name as one page writes it."""
    name = pole.name
    words = name.split()
    if len(words) >= 4 and rng.random() < 0.02:
        name = "".join(word[0] for word in words if len(word) > 2).upper()
    elif len(words) >= 3 and rng.random() < 0.06:
        words.pop(rng.randrange(1, len(words)))
        name = " ".join(words)
    if rng.random() < 0.08:
        name = _mistyped(rng, name)
    if rng.random() < 0.10:
        name = rng.choice([f"{name} ({pole.town.name})", f"{name} - {pole.town.name}", f"{name} à {pole.town.name}"])
    if rng.random() < 0.05:
        name = rng.choice([f"{name} - {pole.carrier}", f"{name} ({pole.carrier})"])
    return rng.choice(WRAPS).format(_cased(rng, name))


def _cased(rng: random.Random, text: str) -> str:
    draw = rng.random()
    if draw < 0.10:
        return text.upper()
    if draw < 0.20:
        return _plain(text).capitalize()
    return text.replace("'", "’") if draw < 0.40 else text


def _mistyped(rng: random.Random, text: str) -> str:
    long = [position for position in range(1, len(text) - 2) if text[position : position + 2].isalpha()]
    if not long:
        return text
    at = rng.choice(long)
    swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return rng.choice([text[:at] + text[at + 1 :], text[:at] + text[at] + text[at:], swapped])


def _plain(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text)
    return "".join(c for c in spread if not unicodedata.combining(c)).lower().replace("'", " ")
