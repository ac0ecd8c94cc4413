"""The vendored geography: complete, consistent, and keyed as the resolver reads it."""

from __future__ import annotations

import json

import pytest

from ptce_etl.clean.geography import Geography, place_key, squeezed, without_article
from ptce_etl.reference import resource

GEO = Geography.load()


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("L’Île-St-Denis", "l ile saint denis"),
        ("L'ILE SAINT DENIS", "l ile saint denis"),
        ("Ste Anne s/ Vilaine", "sainte anne sur vilaine"),
        ("Noisy s/s École", "noisy sous ecole"),
        ("Œuilly", "oeuilly"),
        ("Saint‐Étienne", "saint etienne"),  # a real hyphen, U+2010
        ("E\u0301pinal", "epinal"),  # accent written apart
    ],
)
def test_place_key(written: str, key: str) -> None:
    assert place_key(written) == key


def test_articles_and_spaces() -> None:
    assert without_article("l ile saint denis") == "ile saint denis"
    assert without_article("lachapelle") == "lachapelle"
    assert squeezed("la chapelle aux pots") == squeezed("lachapelle aux pots")


def test_there_is_one_geography_and_it_is_complete() -> None:
    assert Geography.load() is GEO
    assert len(GEO.communes) > 34_900
    assert GEO.communes.index.is_unique
    assert (GEO.departements["zone"] != "com").sum() == 101
    assert (GEO.regions["zone"] != "com").sum() == 18
    assert set(GEO.communes["code_departement"]) == set(GEO.departements.index)
    assert set(GEO.departements["code_region"]) == set(GEO.regions.index)
    assert GEO.communes.loc["26281", ["name", "code_departement", "code_region"]].tolist() == [
        "Romans-sur-Isère",
        "26",
        "84",
    ]


def test_the_keys_of_the_file_are_the_keys_of_the_reader() -> None:
    assert all(place_key(name) == key for name, key in zip(GEO.communes["name"], GEO.communes["key"], strict=True))


def test_a_name_is_never_shared_inside_a_department() -> None:
    assert not GEO.communes.duplicated(["key", "code_departement"]).any()


def test_coordinates_are_in_france_and_say_where_they_come_from() -> None:
    placed = GEO.communes.dropna(subset=["latitude"])
    metropole = placed[placed["code_departement"].str.len() == 2]
    assert metropole["latitude"].between(41.3, 51.2).all()
    assert metropole["longitude"].between(-5.3, 9.7).all()
    assert set(placed["coordinates_source"]) == {"gn", "gn_ancien", "gn_alt", "cp", "epci", "dep"}


def test_every_department_is_in_one_region_of_2015() -> None:
    old = [zone for zone in GEO.zones.values() if zone.kind == "region"]
    metropole = {code for code in GEO.departements.index if len(code) == 2}
    by_name = {zone.name: zone for zone in old}
    names = (
        "Alsace|Aquitaine|Auvergne|Basse-Normandie|Bourgogne|Bretagne|Centre|Champagne-Ardenne|Corse|Franche-Comté|"
        "Haute-Normandie|Île-de-France|Languedoc-Roussillon|Limousin|Lorraine|Midi-Pyrénées|Nord-Pas-de-Calais|"
        "Pays de la Loire|Picardie|Poitou-Charentes|Provence-Alpes-Côte d'Azur|Rhône-Alpes"
    ).split("|")
    inside = [code for name in names for code in by_name[name].departements]
    assert sorted(inside) == sorted(metropole)
    for name in names:
        regions = {GEO.region_of(code) for code in by_name[name].departements}
        assert regions == set(by_name[name].regions), name


def test_an_alias_leads_to_a_commune_of_today() -> None:
    assert [town.code for town in GEO.former["piton saint leu"]] == ["97413"]  # kept by hand
    assert [town.code for town in GEO.former["chalons sur marne"]] == ["51108"]
    assert all(town.code in GEO.towns for towns in GEO.former.values() for town in towns)


def test_outlines_are_the_101_departments() -> None:
    topology = json.loads(resource("dept_topo.json").read_text(encoding="utf-8"))
    codes = [shape["properties"]["code"] for shape in topology["objects"]["data"]["geometries"]]
    assert sorted(codes) == sorted(GEO.departements.index[GEO.departements["zone"] != "com"])


def test_licences_name_every_vendored_file() -> None:
    text = resource("LICENCES-DONNEES.md").read_text(encoding="utf-8")
    for entry in resource("").iterdir():
        if entry.name.endswith((".parquet", ".json", ".csv")):
            assert text.count(f"`{entry.name}`") >= 2, entry.name  # in French and in English
    for word in ("Licence Ouverte 2.0", "CC BY 4.0", "GeoNames", "Natural Earth", "domaine public", "public domain"):
        assert word in text
