"""Departments and regions in all the spellings met."""

from __future__ import annotations

import pytest

from ptce_etl.clean.geography import Geography
from ptce_etl.clean.zones import read_zones

GEO = Geography.load()


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("", []),
        ("93", ["93"]),
        ("1", ["01"]),
        ("2a", ["2A"]),
        ("974", ["974"]),
        ("75 – Paris", ["75"]),
        ("13 – Bouches-du-Rhône", ["13"]),
        ("69 - Rhône", ["69"]),
        ("Seine-Saint-Denis", ["93"]),
        ("Seine et Marne", ["77"]),
        ("LOZERE", ["48"]),
        ("Côte d’Or", ["21"]),
        ("Loire Atlantique", ["44"]),
        ("Haute Pyrénées (65)", ["65"]),
        ("Haute Savoie", ["74"]),
        ("Haute Savoi", ["74"]),  # misspelt
        ("Essone", ["91"]),
        ("département de l'Ain", ["01"]),
        ("Val d'Oise", ["95"]),
        ("43170", ["43"]),  # a postcode
        ("20167", ["2A"]),
        ("Oise; Seine-Maritime", ["60", "76"]),
        ("35; Loire-Atlantique; Morbihan", ["35", "44", "56"]),
        ("Ille et Vilaine et Morbihan", ["35", "56"]),
        ("Lot-et-Garonne (47) et Lot (46)", ["47", "46"]),
        ("Isère (38), Drôme (26)", ["38", "26"]),
        ("Calvados, 76", ["14", "76"]),
        ("Ain (Rhône-Alpes)", ["01"]),  # the narrowest
        ("Ain, Auvergne-Rhône-Alpes", ["01"]),
        ("Loire-Inférieure", ["44"]),
        ("Grand Lyon", ["69"]),
    ],
)
def test_departments(written: str, codes: list[str]) -> None:
    reading = read_zones(GEO, written)
    assert [zone.departements for zone in reading.zones] == [(code,) for code in codes]
    assert reading.clash is None
    assert reading.unread == ()


@pytest.mark.parametrize(
    ("written", "region", "departments"),
    [
        ("Auvergne-Rhône Alpes", "84", 12),
        ("Auvergne - Rhône Alpes", "84", 12),
        ("Auvergne-Rhône-Alpes", "84", 12),
        ("AURA", "84", 12),
        ("Rhône-Alpes", "84", 8),
        ("Nord Pas de Calais", "32", 2),
        ("Nord-Pas de Calais", "32", 2),
        ("Hauts de France", "32", 5),
        ("Picardie", "32", 3),
        ("PACA", "93", 6),
        ("Provence Alpes Côte d’Azur", "93", 6),
        ("Région Sud", "93", 6),
        ("Ile de France", "11", 8),
        ("Ile-de-France", "11", 8),
        ("Nouvelle Aquitaine", "75", 12),
        ("Aquitaine", "75", 5),
        ("Poitou-Charentes", "75", 4),
        ("Pays de La Loire", "52", 5),
        ("Pays-de-la-Loire", "52", 5),
        ("OCCITANIE", "76", 13),
        ("Languedoc-Roussillon", "76", 5),
        ("Centre - Val de Loire", "24", 6),
        ("Région Centre", "24", 6),
        ("Bourgogne", "27", 4),
        ("Bourgogne Franche Comté", "27", 8),
        ("Lorraine", "44", 4),
        ("Grand-Est", "44", 10),
        ("Bretagne", "53", 4),
        ("Corse", "94", 2),
        ("Réunion", "04", 1),
        ("La Réunion", "04", 1),
        ("Ile de la Réunion", "04", 1),
        ("Guadeloupe", "01", 1),
        ("Guyane", "03", 1),
        ("Mayotte", "06", 1),
    ],
)
def test_regions(written: str, region: str, departments: int) -> None:
    (zone,) = read_zones(GEO, written).zones
    assert zone.regions == (region,)
    assert len(zone.departements) == departments


@pytest.mark.parametrize("written", ["Outre-mer", "Outre Mer", "outremer", "DROM"])
def test_overseas_is_five_regions(written: str) -> None:
    (zone,) = read_zones(GEO, written).zones
    assert zone.departements == ("971", "972", "973", "974", "976")


@pytest.mark.parametrize("written", ["Oise (61)", "Oise - 61", "61 Oise"])
def test_a_name_and_a_number_that_contradict_each_other(written: str) -> None:
    reading = read_zones(GEO, written)
    assert reading.clash is not None
    assert "61 is Orne, not Oise" in reading.clash
    assert reading.departements == {"60", "61"}


@pytest.mark.parametrize("written", ["Margeride", "Pyrénées", "Loir", "99", "Pays de Bray", "Haute"])
def test_what_is_not_a_department_is_not_guessed(written: str) -> None:
    reading = read_zones(GEO, written)
    assert reading.zones == ()
    assert reading.unread == (written,)


def test_two_departments_are_not_one() -> None:
    (zone,) = read_zones(GEO, "Savoies").zones
    assert zone.departements == ("73", "74")


def test_what_is_read_and_what_is_not() -> None:
    reading = read_zones(GEO, "Pays de Bray (60)")
    assert reading.departements == {"60"}
    assert reading.unread == ("Pays de Bray",)
