"""Places of poles, and territories as claims name them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ptce_etl.clean.geography import Geography
from ptce_etl.errors import ConfigError
from ptce_etl.measure.territories import (
    FRANCE,
    LEVELS,
    Territory,
    find_territory,
    read_places,
    region_2015_of,
)

POLES = {"ain": "01", "rhone": "69", "puy": "63", "moselle": "57", "reunion": "974", "paris": "75", "nowhere": None}


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("France", set(POLES)),
        ("Rhône-Alpes", {"ain", "rhone"}),  # region of 2015
        ("Auvergne-Rhône-Alpes", {"ain", "rhone", "puy"}),
        ("Lorraine", {"moselle"}),
        ("Grand Est", {"moselle"}),
        ("Outre-mer", {"reunion"}),
        ("La Réunion", {"reunion"}),
        ("Île-de-France", {"paris"}),
        ("Normandie", set()),
        ("Atlantide", None),
    ],
)
def test_territories_of_claims(make: SimpleNamespace, name: str, inside: set[str] | None) -> None:
    assert read_places(make.poles(POLES)).inside(set(POLES), name) == inside


def test_a_pole_known_by_its_region_only(make: SimpleNamespace) -> None:
    frame = make.poles({"aura": "69", "lorraine": "57", "corse": "2A"})
    frame.loc[:, ["code_departement", "departement"]] = None
    places = read_places(frame)
    everyone = {"aura", "lorraine", "corse"}
    assert places.inside(everyone, "Rhône-Alpes") == set()  # it may be in Auvergne
    assert places.inside(everyone, "Auvergne-Rhône-Alpes") == {"aura"}
    assert places.inside(everyone, "Corse") == {"corse"}


def test_parts_sum_to_the_whole_and_name_the_unknown(make: SimpleNamespace) -> None:
    places = read_places(make.poles(POLES))
    for level in LEVELS:
        parts = places.split(level, set(POLES))
        assert sum(len(poles) for poles in parts.values()) == len(POLES)
        assert parts[Territory(level, "inconnu", "inconnu")] == {"nowhere"}
    assert places.split("region", set()) == {Territory("region", "inconnu", "inconnu"): frozenset()}


def test_the_regions_of_2015_hold_every_department_once() -> None:
    geography = Geography.load()
    of = region_2015_of()
    departements = geography.departements[geography.departements["zone"] != "com"]
    assert len(departements) == 101
    regions = {of[code] for code in departements.index}
    assert len(regions) == 27
    assert {region.level for region in regions} == {"region_2015"}
    assert len({region.code for region in regions}) == 27
    assert of["38"] == Territory("region_2015", "82", "Rhône-Alpes")
    assert of["2A"] == of["2B"] == Territory("region_2015", "94", "Corse")
    assert of["976"] == Territory("region_2015", "06", "Mayotte")


def test_a_pole_without_a_department_has_an_old_region_only_where_the_merger_changed_nothing(
    make: SimpleNamespace,
) -> None:
    frame = make.poles({"aura": "69", "breton": "35", "reunion": "974"})
    frame.loc[:, ["code_departement", "departement"]] = None
    old = read_places(frame).regions_2015
    assert {pole: old[pole].name for pole in old} == {"aura": "inconnu", "breton": "Bretagne", "reunion": "La Réunion"}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("France", FRANCE),
        ("bretagne", Territory("region", "53", "Bretagne")),
        ("region_2015:53", Territory("region_2015", "53", "Bretagne")),
        ("rhone alpes", Territory("region_2015", "82", "Rhône-Alpes")),
        ("PACA", Territory("region", "93", "Provence-Alpes-Côte d'Azur")),
        ("La Réunion", Territory("region", "04", "La Réunion")),
        ("69", Territory("departement", "69", "Rhône")),
        ("Rhône (69)", Territory("departement", "69", "Rhône")),
        ("departement:2A", Territory("departement", "2A", "Corse-du-Sud")),
        ("departement:inconnu", Territory("departement", "inconnu", "inconnu")),
    ],
)
def test_territories_as_people_ask_for_them(asked: str, found: Territory) -> None:
    assert find_territory(asked) == found


def test_a_group_of_departments_has_a_name_and_no_code() -> None:
    assert (find_territory("Outre-mer").level, find_territory("Outre-mer").code) == ("group", "")


@pytest.mark.parametrize("asked", ["Atlantide", "region:99", "planet:69", "Ain; Gers", ""])
def test_what_is_no_territory_is_refused(asked: str) -> None:
    with pytest.raises(ConfigError, match="no territory"):
        find_territory(asked)
