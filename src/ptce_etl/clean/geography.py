"""The vendored French geography in memory: frames by code, and the indexes that reading a place needs.

Everything loads on first use and stays: about 0.3 s for the frames, as much again for the indexes.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import cache, cached_property, lru_cache
from typing import Literal, NamedTuple

import pandas as pd

from ptce_etl.reference import resource

__all__ = ["Geography", "Town", "Zone", "place_key", "squeezed", "without_article"]

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})
_OVER = re.compile(r"(?<![a-z0-9])s\s*/\s*(s(?![a-z0-9])\s*/?)?")  # "s/" is sur, "s/s" is sous
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_SHORT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_ARTICLE = re.compile(r"^(?:la|le|les|l) (?=.)")
# Words that open the second half of a compound name: Romans|-sur-Isère, Aulnay|-sous-Bois.
_LINKS = frozenset("sur sous en les lez de du des d le la l aux au a et pres devant".split())


@lru_cache(maxsize=65536)
def place_key(text: str) -> str:
    """``text`` as places are compared: lower case, no accents, words apart, St/Ste/s/ written out.

    "L’Île-St-Denis" and "l'ile saint denis" give "l ile saint denis".
    """
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    if "/" in plain:
        plain = _OVER.sub(lambda m: " sous " if m[1] else " sur ", plain)
    return " ".join(_SHORT.get(word, word) for word in _NOT_WORD.sub(" ", plain).split())


def squeezed(key: str) -> str:
    """``key`` without spaces: "la chapelle aux pots" and "lachapelle aux pots" become one."""
    return key.replace(" ", "")


def without_article(key: str) -> str:
    """``key`` without its first article: "l ile saint denis" becomes "ile saint denis"."""
    return _ARTICLE.sub("", key)


class Town(NamedTuple):
    """A commune that a name may mean; ``former`` is the old or local name when the name is not today's."""

    code: str
    name: str
    departement: str
    region: str
    population: float
    former: str | None = None


class Zone(NamedTuple):
    """A department, a region (today's or of 2015) or a group of regions, as sorted codes."""

    kind: Literal["departement", "region", "group"]
    name: str
    departements: tuple[str, ...]
    regions: tuple[str, ...]


TownIndex = dict[str, tuple[Town, ...]]


class Geography:
    """Communes, departments and regions of COG 2026.

    ``communes``: index = INSEE code; ``name``, ``key``, ``code_departement``, ``code_region``, ``code_epci`` (str),
    ``population`` (Float64), ``postcodes`` (str, space-separated), ``latitude``, ``longitude`` (float64, degrees,
    WGS 84), ``coordinates_source`` (str: gn, gn_ancien, gn_alt GeoNames; cp, epci, dep mean of postcode, EPCI,
    department).
    ``departements``: index = code; ``name``, ``code_region``, ``zone``. ``regions``: index = code; ``name``, ``zone``.
    ``zone`` is metro, drom or com.
    """

    def __init__(self) -> None:
        self.departements = _table("departements.csv").set_index("code")
        self.regions = _table("regions.csv").set_index("code")
        self._region_of = {row["code"]: row["code_region"] for row in _rows("departements.csv")}

    @classmethod
    def load(cls) -> Geography:
        """The one geography of this process."""
        return _load()

    def region_of(self, departement: str) -> str:
        """Code of today's region of a department code. Raises :class:`KeyError` for an unknown code."""
        return self._region_of[departement]

    @cached_property
    def communes(self) -> pd.DataFrame:
        """See the class. 34,969 rows: today's communes, without the municipal arrondissements."""
        with resource("communes_xy.parquet").open("rb") as stream:
            frame = pd.read_parquet(stream)
        frame = frame[frame["type"] == "COM"].set_index("code")
        frame = frame.rename(
            columns={
                "nom": "name",
                "norm": "key",
                "dep": "code_departement",
                "reg": "code_region",
                "epci": "code_epci",
                "pop": "population",
                "cps": "postcodes",
                "lat": "latitude",
                "lon": "longitude",
                "src": "coordinates_source",
            }
        ).drop(columns=["type", "zone"])
        for column in ("latitude", "longitude"):  # float32 in the file; four decimals are 11 m
            frame[column] = frame[column].astype("float64").round(4)
        return frame.sort_index()

    @cached_property
    def towns(self) -> dict[str, Town]:
        """Today's communes by code."""
        frame = self.communes
        columns = [frame[c].tolist() for c in ("name", "code_departement", "code_region")]
        people = frame["population"].fillna(0).astype("float64").tolist()
        rows = zip(frame.index.tolist(), *columns, people, strict=True)
        return {code: Town(code, name, dep, region, n) for code, name, dep, region, n in rows}

    @cached_property
    def _keys(self) -> list[str]:
        """The key of each of :attr:`towns`, in order."""
        keys: list[str] = self.communes["key"].tolist()
        return keys

    @cached_property
    def current(self) -> TownIndex:
        """Today's communes by key."""
        return _grouped(zip(self._keys, self.towns.values(), strict=True))

    @cached_property
    def former(self) -> TownIndex:
        """Former, associated and usual names by key, each as the commune of today that holds it."""
        with resource("alias.parquet").open("rb") as stream:
            alias = pd.read_parquet(stream, columns=["norm", "nom", "cible"])
        rows = list(zip(*(alias[name].tolist() for name in ("norm", "nom", "cible")), strict=True))
        rows += [(place_key(row["name"]), row["name"], row["code_commune"]) for row in _rows("lieux.csv")]
        return _grouped((key, self.towns[code]._replace(former=name)) for key, name, code in rows if code in self.towns)

    @cached_property
    def loose(self) -> TownIndex:
        """Today's and former names by key without spaces, and by key without its article nor spaces."""
        found: dict[str, tuple[Town, ...]] = {}
        for index in (self.current, self.former):
            for key, towns in index.items():
                whole, bare = squeezed(key), squeezed(without_article(key))
                for spelling in (whole,) if bare == whole else (whole, bare):
                    before = found.get(spelling)
                    found[spelling] = tuple(dict.fromkeys((*before, *towns))) if before else towns
        return found

    @cached_property
    def short(self) -> TownIndex:
        """Today's compound names by what comes before their first link: "romans" for Romans-sur-Isère."""
        pairs: list[tuple[str, Town]] = []
        for key, towns in self.current.items():
            words = key.split()
            first = 1 if without_article(key) == key else 2
            cut = next((i for i, word in enumerate(words) if i >= first and word in _LINKS), None)
            if cut:
                pairs += [(" ".join(words[:cut]), town) for town in towns]
        return _grouped(pairs)

    @cached_property
    def by_word(self) -> dict[str, int]:
        """How many of today's compound names end in these words: "royans" for Saint-Laurent-en-Royans."""
        counts: dict[str, int] = defaultdict(int)
        for key in self._keys:
            words = key.split()
            for start in range(1, len(words)):
                counts[" ".join(words[start:])] += 1
        return dict(counts)

    @cached_property
    def by_departement(self) -> dict[str, tuple[tuple[str, Town], ...]]:
        """(key, commune) of today's communes by department code."""
        groups: dict[str, list[tuple[str, Town]]] = defaultdict(list)
        for key, town in zip(self._keys, self.towns.values(), strict=True):
            groups[town.departement].append((key, town))
        return {departement: tuple(rows) for departement, rows in groups.items()}

    @cached_property
    def by_postcode(self) -> TownIndex:
        """Today's communes by postcode."""
        rows = zip(self.communes["postcodes"].fillna("").tolist(), self.towns.values(), strict=True)
        return _grouped((code, town) for codes, town in rows for code in codes.split())

    @cached_property
    def zones(self) -> dict[str, Zone]:
        """Departments, regions of today and of 2015, and groups by squeezed key. Regions win over departments of the
        same name (La Réunion): they hold one department anyway."""
        found = {squeezed(place_key(zone.name)): zone for zone in self.departement_zones.values()}
        old: dict[str, Zone] = {}
        for row in _rows("regions_2015.csv"):
            inside = tuple(row["departements"].split(";"))
            old[row["code_2015"]] = Zone("region", row["name"], inside, (row["code_region"],))
        found |= {squeezed(place_key(zone.name)): zone for zone in old.values()}
        found |= {
            squeezed(place_key(row["name"])): self._regions([row["code"]], row["name"]) for row in _rows("regions.csv")
        }
        for row in _rows("zones.csv"):
            codes, name = row["code"].split(";"), row["spelling"]
            match row["kind"]:
                case "departement":
                    zone = self.departement_zones[codes[0]]
                case "departements":
                    zone = Zone("group", name, tuple(codes), tuple(sorted({self.region_of(c) for c in codes})))
                case "region_2015":
                    zone = old[codes[0]]
                case _:
                    zone = self._regions(codes, name)
            found[squeezed(place_key(name))] = zone
        return found | {squeezed(without_article(place_key(zone.name))): zone for zone in found.values()}

    @cached_property
    def departement_zones(self) -> dict[str, Zone]:
        """Departments by code."""
        rows = _rows("departements.csv")
        return {r["code"]: Zone("departement", r["name"], (r["code"],), (r["code_region"],)) for r in rows}

    def _regions(self, codes: list[str], name: str) -> Zone:
        inside = tuple(sorted(d for d, region in self._region_of.items() if region in codes))
        return Zone("region" if len(codes) == 1 else "group", name, inside, tuple(sorted(codes)))


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(resource(name).read_text(encoding="utf-8"))))


def _table(name: str) -> pd.DataFrame:
    return pd.DataFrame(_rows(name)).astype("str")


def _grouped(pairs: Iterable[tuple[str, Town]]) -> TownIndex:
    groups: dict[str, list[Town]] = defaultdict(list)
    for key, town in pairs:
        groups[key].append(town)
    return {key: tuple(dict.fromkeys(towns) if len(towns) > 1 else towns) for key, towns in groups.items()}


@cache
def _load() -> Geography:
    return Geography()
