"""Made-up listings of French poles whose truth is known, from a thousand rows to a million.

    python benchmarks/synthetic.py --rows 10000 --seed 1 --out folder

Poles have a name, a carrier, a town and rounds they won; pages mention them. Kinds of names, shares of empty cells,
sizes of pages, mentions per pole and kinds of corruption follow the transcribed ledger (393 rows), in proportion and
not to the letter. Words are few and places many, as in life: the more poles, the more of them are namesakes ("La
Fabrique") or nearly ("Pôle textile du pays d'Ancenis", "Pôle laine du pays d'Ancenis"). Figures on these listings
compare matchers and sizes; they do not say how good a matcher is on real pages.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import spelling, words
from benchmarks.french import bare
from benchmarks.names import Bag, Namer, Names, Places
from ptce_etl.clean.geography import Geography, Town

__all__ = ["write_listings"]

COLUMNS = [
    "listing_id", "source_url", "source_title", "publisher", "source_date", "page_kind", "programme", "role", "name",
    "carrier", "commune", "department", "region", "website", "said_ptce",
]  # fmt: skip
ROUNDS = {
    "temoins-2012": (2012, "witness list", "witness"),
    "aap-2013": (2013, "call results", "laureate"),
    "aap-2015": (2015, "call results", "laureate"),
    "ami-2021-phase-1": (2021, "call results", "laureate"),
    "ami-2021-phase-2": (2021, "call results", "laureate"),
    "ami-2023": (2023, "call results", "laureate"),
}
# Share of mentions that give each column, by kind of page, near the ledger's.
GIVEN = {
    "article": {"carrier": 0.52, "commune": 0.54, "department": 0.25, "region": 0.18, "website": 0.07},
    "list": {"carrier": 0.32, "commune": 0.28, "department": 0.22, "region": 0.55, "website": 0.03},
}
WRONG_PLACE = 0.015
SHARED_CARRIER = 0.10  # poles carried by an organisation that already carries one in the region
NETWORK = 0.01  # … or anywhere
RENAMED = 0.015
ON_LISTS = 0.42  # mentions on pages that list poles
MOST = 25  # mentions of one pole


@dataclass(frozen=True, slots=True)
class Pole:
    names: Names
    carrier: str
    form: str
    town: Town
    site: str
    rounds: tuple[str, ...]


def write_listings(folder: Path, n: int, seed: int) -> tuple[Path, Path]:
    """Write ``listings.csv`` (``n`` mentions) and ``labels.csv`` (``listing_id``, ``pole``); the same for one seed."""
    rng = random.Random(seed)
    geo = Geography.load()
    places = Places(geo)
    atlas = spelling.Atlas(geo, places)
    poles: list[Pole] = []
    partners = Bag([f"association {words.SURNAMES[i].title()}" for i in range(80)])
    listings, labels = folder / "listings.csv", folder / "labels.csv"
    with (
        listings.open("w", encoding="utf-8", newline="") as file,
        labels.open("w", encoding="utf-8", newline="") as key,
    ):
        rows, truth = csv.writer(file), csv.writer(key)
        rows.writerow(COLUMNS)
        truth.writerow(["listing_id", "pole"])
        number = 0
        for page, members in enumerate(_pages(rng, poles, places, n)):
            about = _page(rng, page, members)
            for member in members[1:]:
                listing_id = f"s{number:07d}"
                rows.writerow([listing_id, *_mention(rng, atlas, poles[member], about, partners)])
                truth.writerow([listing_id, f"p{member:06d}"])
                number += 1
    return listings, labels


def _poles(rng: random.Random, places: Places) -> Iterator[Pole]:
    """Poles without end. Two in one department never share their usual name."""
    namer = Namer(places)
    taken: set[int] = set()
    regional: dict[str, list[tuple[str, str]]] = {}
    everywhere: list[tuple[str, str]] = []
    while True:
        town = places.town(rng)
        names = namer.pole(rng, town)
        key = hash_of(f"{bare(names.main)}|{town.departement}")
        if key in taken:
            continue
        taken.add(key)
        draw = rng.random()
        known = regional.setdefault(town.region, [])
        if draw < NETWORK and everywhere:
            carrier, form = rng.choice(everywhere)
        elif draw < NETWORK + SHARED_CARRIER and known:
            carrier, form = rng.choice(known)
        else:
            carrier, form = namer.carrier(rng, town, names)
        known.append((carrier, form))
        everywhere.append((carrier, form))
        if rng.random() < RENAMED:
            names.others.insert(0, (0.4, namer.pole(rng, town).main))
        of_carrier = rng.random() < 0.3
        site = bare(carrier if of_carrier else names.main).removeprefix("ptce ")
        site = site.replace(" ", rng.choice(("", "-")))[:30].strip("-")
        site = f"{site}.{rng.choice(('fr', 'fr', 'org', 'com'))}"
        yield Pole(names, carrier, form, town, site, tuple(rng.sample(list(ROUNDS), rng.choice((0, 1, 1, 1, 2, 2)))))


def hash_of(text: str) -> int:
    """The same in every process, unlike ``hash``."""
    return int.from_bytes(text.encode(), "little") % (2**61 - 1)


def _pages(rng: random.Random, poles: list[Pole], places: Places, n: int) -> Iterator[list[str | int]]:
    """Pages in random order: a kind (article, a round or a region) and the numbers of the poles it mentions, in order.

    An article is about one pole, named once or several times, sometimes beside another; a list names each pole once.
    """
    articles: list[list[int]] = []
    queues: dict[str, list[int]] = {}
    total = 0
    for number, pole in enumerate(_poles(rng, places)):
        poles.append(pole)
        left = min(_mentions(rng), n - total)
        total += left
        while left:
            if rng.random() < ON_LISTS:
                draw = rng.random()
                where = rng.choice(pole.rounds) if pole.rounds and draw < 0.93 else f"region {pole.town.region}"
                queues.setdefault(where if draw < 0.96 else "France", []).append(number)
                left -= 1
            else:
                times = min(left, rng.choice((1, 1, 1, 1, 1, 2, 2, 3)))
                articles.append([number] * times)
                left -= times
        if total >= n:
            break
    pages: list[list[str | int]] = []
    for where, queue in queues.items():
        rng.shuffle(queue)
        pages += _lists(rng, where, queue)
    rng.shuffle(articles)
    while articles:
        members = articles.pop()
        if articles and rng.random() < 0.12:
            members = members + articles.pop()
        pages.append(["article", *members])
    rng.shuffle(pages)
    yield from pages


def _mentions(rng: random.Random) -> int:
    draw = rng.random()
    if draw < 0.40:
        return 1
    return 2 if draw < 0.64 else min(3 + int(rng.expovariate(0.29)), MOST)


def _lists(rng: random.Random, where: str, queue: list[int]) -> Iterator[list[str | int]]:
    while queue:
        size = rng.choice((2, 3, 3, 4, 5, 7, 8, 13, 15, 23))
        page, again = dict.fromkeys(queue[-size:]), []
        if len(page) < min(size, len(queue)):  # twice on one page: the second time on another
            seen: set[int] = set()
            again = [member for member in queue[-size:] if member in seen or seen.add(member)]
        del queue[-size:]
        queue += again
        yield [where, *page]


@dataclass(frozen=True, slots=True)
class Page:
    cells: list[str]
    year: int
    given: dict[str, float]


def _page(rng: random.Random, number: int, members: list[str | int]) -> Page:
    """What the mentions of a page share, and the columns it gives: a list gives one for nearly all, or for none."""
    kind = str(members[0])
    if kind in ROUNDS:
        year, page_kind, role = ROUNDS[kind]
        programme = kind
    else:
        year = rng.randrange(2012, 2026)
        page_kind = (
            "article" if kind == "article" else "national directory" if kind == "France" else "regional directory"
        )
        programme = role = ""
    if kind == "article":
        given = GIVEN["article"]
    else:
        given = {column: 0.95 if rng.random() < share else 0.03 for column, share in GIVEN["list"].items()}
    month, day = rng.randrange(1, 13), rng.randrange(1, 29)
    date = rng.choice((f"{year}", f"{year}-{month:02d}", f"{year}-{month:02d}-{day:02d}", ""))
    address = f"https://site-{rng.randrange(9000)}.example.org/page-{number}"
    publisher = f"Éditeur {rng.randrange(3000)}"
    return Page([address, f"Page {number}", publisher, date, page_kind, programme, role], year, given)


def _mention(rng: random.Random, atlas: spelling.Atlas, pole: Pole, page: Page, partners: Bag) -> list[str]:
    chance, town = rng.random, pole.town
    if chance() < WRONG_PLACE:
        town = atlas.places.town(rng)
    given = page.given
    return [
        *page.cells,
        spelling.name(rng, pole.names, pole.town, atlas.places, pole.carrier),
        spelling.carrier(rng, pole.carrier, pole.form, partners) if chance() < given["carrier"] else "",
        atlas.commune(rng, town) if chance() < given["commune"] else "",
        atlas.departement(rng, town) if chance() < given["department"] else "",
        atlas.region(rng, town, page.year) if chance() < given["region"] else "",
        rng.choice(("https://www.{}", "www.{}", "http://www.{}/", "{}")).format(pole.site)
        if chance() < given["website"]
        else "",
        "yes",
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description="Write made-up listings and their truth.")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    for path in write_listings(given.out, given.rows, given.seed):
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
