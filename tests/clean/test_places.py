"""Places as written → INSEE codes, or a plain word that it cannot be done."""

from __future__ import annotations

import random
import unicodedata
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptce_etl.clean.geography import Town
from ptce_etl.clean.places import Geography, is_place, resolve_place
from ptce_etl.clean.towns import dominant

GEO = Geography.load()
TOWNS = list(GEO.towns.values())


@pytest.mark.parametrize(
    ("commune", "department", "region", "code"),
    [
        ("Romans-sur-Isère", "Drôme", "Rhône-Alpes", "26281"),
        ("NANTES", "", "Pays de la Loire", "44109"),
        ("Lons-Le Saunier", "Jura", "", "39300"),
        ("Lons le Saunier", "", "", "39300"),
        ("Epinal", "", "", "88160"),
        ("Saint-Etienne", "", "", "42218"),
        ("St Etienne", "Loire", "", "42218"),
        ("Sainte Anne-sur-Vilaine", "35; Loire-Atlantique; Morbihan", "Bretagne", "35249"),
        ("Ste Anne s/ Vilaine", "35", "", "35249"),
        ("Tournon d'Agenais", "Lot-et-Garonne", "", "47312"),
        ("Tournon-d’Agenais", "", "", "47312"),
        ("L’Ile-Saint-Denis", "", "", "93039"),
        ("l’Ile-Saint-Denis", "93", "", "93039"),
        ("Île Saint Denis", "", "", "93039"),
        ("L’île-Saint-Denis / Île Saint Denis", "", "", "93039"),
        ("la Chapelle aux Pots", "Oise", "", "60333"),
        ("la Chapelle aux Pots / Lachapelle-aux-Pots", "", "", "60333"),
        ("Vieille Église", "Pas-de-Calais", "", "62852"),
        ("43170 Saugues", "", "", "43234"),
        ("57190 Florange", "", "", "57221"),
        ("33700 Mréignac", "", "", "33281"),  # misspelt, but the postcode says which
        ("RENNES CEDEX", "", "", "35238"),
        ("35042 Rennes Cedex 7", "", "", "35238"),
        ("BP 12, 26100 Romans-sur-Isère", "", "", "26281"),
        ("Saint-Laurent-en-Royans (26)", "", "", "26311"),
        ("Saint-Laurent-en-Royans (Drôme)", "", "", "26311"),
        ("Toucy - Yonne", "", "", "89419"),
        ("Calais, Hauts-de-France", "", "", "62193"),
        ("Le Mans, Sarthe (72)", "", "", "72181"),
        ("Gros Morne", "", "Martinique", "97212"),
        ("Le Port", "", "La Réunion", "97407"),
        ("Port", "", "La Réunion", "97407"),
        ("Le Port", "", "Outre-mer", "97407"),
        ("Saint-Paul", "", "La Réunion", "97415"),
        ("PITON SAINT LEU", "", "La Réunion", "97413"),
        ("Pontchâteau", "Loire Atlantique", "", "44129"),
        ("Roussillon", "Vaucluse", "Provence Alpes Côte d’Azur", "84102"),
        ("Montreuil", "93", "", "93048"),
        ("Montreuil-sous-Bois", "", "", "93048"),
        ("Paris", "", "Ile-de-France", "75056"),
        ("Paris 18e", "", "", "75056"),
        ("Paris XVIIIe", "75 – Paris", "", "75056"),
        ("75018 Paris", "", "", "75056"),
        ("Lyon 7ème arrondissement", "", "", "69123"),
        ("Marseille 13015", "", "", "13055"),
        ("Vienne", "Isère", "", "38544"),
        ("Châlons-sur-Marne", "", "", "51108"),
        ("Évry", "91", "", "91228"),
        ("Vire", "Calvados", "", "14762"),
        ("Lomme", "", "", "59350"),
        ("Château-Chinon (Ville)", "", "", "58062"),
        ("Ajaccio", "20", "", "2A004"),
        ("Ajaccio", "Corse", "", "2A004"),
    ],
)
def test_resolved_communes(commune: str, department: str, region: str, code: str) -> None:
    place = resolve_place(GEO, commune, department, region)
    town = GEO.towns[code]
    assert (place.code_commune, place.code_departement, place.code_region) == (code, town.departement, town.region)
    assert place.level == "commune"
    assert place.status == "partial" if "Mréignac" in commune else place.status == "resolved"


@pytest.mark.parametrize(
    ("commune", "department", "region", "code", "said"),
    [
        ("Romans", "Drôme", "", "26281", "'Romans' was read as Romans-sur-Isère"),
        ("26100 Romans", "", "", "26281", "was read as"),
        ("Aulnay", "", "Île-de-France", "93005", "was read as Aulnay-sous-Bois"),
        ("Clermond-Ferrand", "63", "", "63113", "was read as Clermont-Ferrand"),
        ("Paris, quartiers Nord-Est", "75 – Paris", "Ile-de-France", "75056", "'quartiers Nord-Est' beside"),
        ("Roussillon", "Vaucluse, Luberon", "", "84102", "'Luberon' is not a known department"),
    ],
)
def test_communes_with_a_reservation(commune: str, department: str, region: str, code: str, said: str) -> None:
    place = resolve_place(GEO, commune, department, region)
    assert (place.code_commune, place.level, place.status) == (code, "commune", "partial")
    assert place.note is not None
    assert said in place.note


@pytest.mark.parametrize(
    ("commune", "department", "region", "codes"),
    [
        ("", "93", "", ("93", "11")),
        ("", "Haute Pyrénées (65)", "", ("65", "76")),
        ("", "Ain", "Rhône-Alpes", ("01", "84")),
        ("", "", "Picardie", (None, "32")),
        ("", "", "PACA", (None, "93")),
        ("", "", "Auvergne - Rhône Alpes", (None, "84")),
        ("", "", "Réunion", ("974", "04")),  # a region of one department
        ("Ardèche", "", "", ("07", "84")),  # in the wrong column
        ("Rhône-Alpes", "Drôme", "", ("26", "84")),
        ("La Réunion", "", "", ("974", "04")),  # 60 inhabitants in Lot-et-Garonne bear the name too
        ("Vienne", "Vienne", "", ("86", "75")),  # the commune of Vienne is in Isère
    ],
)
def test_resolved_departments_and_regions(
    commune: str, department: str, region: str, codes: tuple[str | None, str]
) -> None:
    place = resolve_place(GEO, commune, department, region)
    assert (place.code_commune, place.code_departement, place.code_region) == (None, *codes)
    assert place.level == ("departement" if codes[0] else "region")
    assert (place.status, place.note) == ("resolved", None)


@pytest.mark.parametrize(
    ("commune", "department", "region", "level", "status", "said"),
    [
        ("Pays de Redon", "", "", "none", "unresolved", "'Pays de Redon' is a pays, not a commune"),
        ("Pays d’Ancenis", "", "Pays de la Loire", "region", "partial", "a pays"),
        ("Royans", "", "Auvergne-Rhône-Alpes", "region", "partial", "an area that 10 communes are named after"),
        ("Royans", "Drôme", "", "departement", "partial", "an area"),
        ("Haute Vallée de l'Aude", "Aude", "", "departement", "partial", "a valley"),
        ("agglomération de Lens", "", "", "none", "unresolved", "an agglomeration"),
        ("Grand Calais", "", "", "none", "unresolved", "an agglomeration"),
        ("Quartier de la Duchère", "69", "", "departement", "partial", "a quarter"),
        ("Xyzville", "", "", "none", "unresolved", "not a known commune"),
        ("Clermont-Ferrant", "", "", "none", "unresolved", "not a known commune"),  # no hint: no guess
        ("Romans", "", "", "none", "ambiguous", "Romans-sur-Isère (26281)"),
        ("Romans", "", "Rhône-Alpes", "region", "ambiguous", "Romans (01328) or Romans-sur-Isère (26281)"),
        ("Roussillon", "", "", "none", "ambiguous", "Roussillon (38344) or Roussillon (84102)"),
        ("Saint-Denis", "", "", "none", "ambiguous", "more"),
        ("Evry", "", "", "none", "ambiguous", "Évry-Courcouronnes"),
        ("Vienne", "", "", "none", "ambiguous", "Vienne (38544)"),  # a commune and a department
        ("Lille / Roubaix", "", "", "departement", "ambiguous", "several communes"),
        ("Lille et Roubaix", "", "", "departement", "ambiguous", "several communes"),
        ("Saint-Pierre-en-Faucigny / La Roche-sur-Foron", "Haute-Savoie", "", "departement", "ambiguous", "several"),
        ("", "Oise; Seine-Maritime", "", "none", "ambiguous", "Oise, Seine-Maritime, in several regions"),
        ("", "Isère; Drôme", "", "region", "partial", "several places are written: Isère, Drôme"),
        ("", "", "Outre-mer", "none", "partial", "'Outre-mer' is several regions"),
        ("", "Margeride", "", "none", "unresolved", "'Margeride' is not a known department or region"),
        ("43170", "", "", "departement", "partial", "postcode of 8 communes"),
        ("", "", "", "none", "none", None),
        (None, None, None, "none", "none", None),
        (" ", "", "", "none", "none", None),
    ],
)
def test_what_cannot_be_settled_says_why(
    commune: str | None, department: str | None, region: str | None, level: str, status: str, said: str | None
) -> None:
    place = resolve_place(GEO, commune, department, region)
    assert (place.level, place.status, place.code_commune) == (level, status, None)
    assert place.note is None if said is None else said in (place.note or "")


@pytest.mark.parametrize(
    ("commune", "department", "region", "level", "said"),
    [
        ("", "Oise (61)", "", "none", "61 is Orne, not Oise"),
        ("", "Oise (61) et Seine-Maritime (76)", "Picardie", "region", "61 is Orne, not Oise"),
        ("Beauvais", "Oise (61)", "Picardie", "region", "61 is Orne, not Oise"),
        ("Poitiers", "Deux-Sèvres", "Poitou-Charentes", "region", "Poitiers (86194)"),
        ("Nantes", "Ille-et-Vilaine", "", "none", "Nantes (44109)"),
        ("Nantes", "Ille-et-Vilaine", "Bretagne", "none", "Nantes (44109)"),
        ("Beauvais (59)", "Oise", "Picardie", "region", "contradicts"),
        ("Paris 18e", "", "Bretagne", "none", "Paris (75056)"),
        ("", "Ain", "Bretagne", "none", "department 'Ain' is not in region 'Bretagne'"),
        ("", "Ain", "Auvergne", "region", "is not in region"),  # both are in today's region
        ("Ardèche", "Drôme", "", "region", "contradicts"),
    ],
)
def test_contradictions_are_not_guesses(commune: str, department: str, region: str, level: str, said: str) -> None:
    place = resolve_place(GEO, commune, department, region)
    assert (place.status, place.level) == ("conflict", level)
    assert place.code_commune is place.code_departement is None
    assert said in (place.note or "")


def test_a_hint_from_the_name_is_used_last_and_says_so() -> None:
    read = resolve_place(GEO, "", "", "", "Rhône-Alpes")
    assert (read.level, read.code_region, read.status) == ("region", "84", "partial")
    assert read.note == "read in the name: 'Rhône-Alpes'"
    assert resolve_place(GEO, "Romans", "", "", "Drôme").code_commune == "26281"
    assert resolve_place(GEO, "", "", "", "Figeac").code_commune == "46102"
    assert resolve_place(GEO, "", "", "", "APPUI").status == "none"
    assert resolve_place(GEO, "Lyon", "", "", "Drôme") == resolve_place(GEO, "Lyon", "", "")
    assert resolve_place(GEO, "Poitiers", "79", "", "Vienne").status == "conflict"


def test_what_a_bracket_may_hold() -> None:
    known = is_place(GEO)
    assert [known(text) for text in ("Rhône-Alpes", "Loire", "26", "Grasse")] == [True] * 4
    assert [known(text) for text in ("APPUI", "MES", "ou Fe2i", "Pays de Bray")] == [False] * 4


def test_a_city_wins_only_when_twenty_times_larger() -> None:
    city = Town("1", "A", "01", "84", 40_000)
    assert dominant([city, Town("2", "A", "02", "32", 2_000)]) == city
    assert dominant([city, Town("2", "A", "02", "32", 2_001)]) is None
    assert dominant([Town("1", "A", "01", "84", 9_000), Town("2", "A", "02", "32", 10)]) is None  # not a city
    assert dominant([city, city]) == city
    assert dominant([]) is None


def shouted(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).upper()


def shortened(name: str) -> str:
    return name.replace("Saint-", "St ").replace("Sainte-", "Ste-").replace("-sur-", " s/ ").replace("-sous-", " s/s ")


PERTURBED: list[Callable[[str], str]] = [shouted, shortened, lambda name: f"{shouted(name)} CEDEX"]


@pytest.mark.parametrize("perturb", PERTURBED, ids=["upper case", "St, Ste, s/", "CEDEX"])
def test_five_hundred_communes(perturb: Callable[[str], str]) -> None:
    """With its department a commune is always found; without, it is right, or ambiguous, hardly ever wrong."""
    sample = random.Random(20_260_101).sample(TOWNS, 500)
    with_hint = [resolve_place(GEO, perturb(t.name), t.departement, "").code_commune == t.code for t in sample]
    assert all(with_hint)
    alone = Counter(
        "right" if place.code_commune == town.code else "wrong" if place.code_commune else place.status
        for town in sample
        for place in [resolve_place(GEO, perturb(town.name), "", "")]
    )
    assert alone["wrong"] <= 0.005 * len(sample)
    assert alone["right"] + alone["ambiguous"] >= 0.99 * len(sample)


@given(st.sampled_from(TOWNS), st.sampled_from(PERTURBED))
def test_any_commune_with_its_region_is_right_or_ambiguous(town: Town, perturb: Callable[[str], str]) -> None:
    place = resolve_place(GEO, perturb(town.name), "", GEO.regions.at[town.region, "name"])
    assert place.code_commune == town.code or place.status == "ambiguous"


FRAGMENTS = [
    *(
        "Paris",
        "18e",
        "Romans",
        "Drôme",
        "Rhône-Alpes",
        "26",
        "(26)",
        "(Oise; 76)",
        "43170",
        "CEDEX",
        "Oise (61)",
        "La Réunion",
    ),
    *(
        "Pays de",
        "Vienne",
        "Saint-Denis",
        "St",
        "s/",
        "/",
        ";",
        ",",
        " et ",
        "–",
        "'",
        "(",
        ")",
        "Outre-mer",
        "\u0301",
        "0",
        "x",
    ),
]
CELLS = st.lists(st.sampled_from(FRAGMENTS), max_size=4).map(" ".join) | st.text(max_size=20)


@settings(max_examples=300)
@given(CELLS, CELLS, CELLS)
def test_any_text_is_read_without_an_error(commune: str, department: str, region: str) -> None:
    place = resolve_place(GEO, commune, department, region)
    assert (place.code_commune is not None) == (place.level == "commune")
    assert (place.status in ("resolved", "none")) or place.note


@given(st.sampled_from(TOWNS), st.sampled_from(TOWNS))
def test_codes_always_agree_with_each_other(left: Town, right: Town) -> None:
    place = resolve_place(GEO, left.name, right.departement, "")
    if place.code_commune:
        assert GEO.towns[place.code_commune].departement == place.code_departement
    if place.code_departement:
        assert GEO.region_of(place.code_departement) == place.code_region
