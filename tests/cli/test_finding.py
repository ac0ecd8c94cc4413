from __future__ import annotations

import pandas as pd
import pytest

from ptce_etl.cli.finding import find_poles
from ptce_etl.errors import NoData
from ptce_etl.resolve.decisions import REDIRECT_COLUMNS

POLES = pd.DataFrame(
    {
        "pole_id": ["p0000000a", "p0000000b", "p0000000c", "p0000000d"],
        "name": ["Pôle Sud", "Sud Aquitaine", "Clus'Ter Jura", "Laine et Sud"],
        "aliases": ["PÔLE SUD ARCHER | Pôle Archer", None, None, None],
    }
)
LISTINGS = pd.DataFrame(
    {
        "listing_id": ["1", "2", "3", "4", "abcdef012345"],
        "pole_id": ["p0000000a", "p0000000a", "p0000000b", "p0000000c", "p0000000d"],
        "name": ["Pole Sud", "Pôle de coopération Sud, nommé Pôle Sud", "PTCE Sud Aquitain", "CLUS’TER JURA", "Laine"],
        "name_clean": ["Pole Sud", None, "Sud Aquitain", "CLUS’TER JURA", "Laine"],
    }
)
REDIRECTS = pd.DataFrame(
    [
        ("p0000000x", "301", "p0000000y", "2026-01-01", "merged"),
        ("p0000000y", "301", "p0000000b", "2026-02-01", "merged"),
        ("p0000000z", "410", "", "2026-03-01", "no listing names it any more"),
        ("p0000000v", "301", "p0000000w", "2026-01-01", "merged"),
        ("p0000000w", "301", "p0000000v", "2026-01-01", "merged"),
    ],
    columns=REDIRECT_COLUMNS,
)


def find(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = find_poles(text, POLES, LISTINGS, REDIRECTS)
    return found.poles, found.via


@pytest.mark.parametrize(
    ("text", "pole"),
    [
        ("p0000000a", "p0000000a"),
        (" P0000000A ", "p0000000a"),
        ("pole sud", "p0000000a"),  # "Pôle Sud Archer" holds it too, and so does another pole's "Sud": exact wins
        ("PÔLE SUD ARCHER", "p0000000a"),
        ("pole archer", "p0000000a"),
        ("Clus'ter jura", "p0000000c"),
        ("le PTCE Cluster Jura", "p0000000c"),
        ("Aquitain", "p0000000b"),
        ("nommé pole", "p0000000a"),
        ("abcdef012345", "p0000000d"),
        ("aquit", "p0000000b"),
    ],
)
def test_a_pole_is_found_by_id_or_by_any_spelling(text: str, pole: str) -> None:
    assert find(text) == ((pole,), ())


def test_several_that_fit_equally_well_are_all_given() -> None:
    assert find("sud") == (("p0000000a", "p0000000b", "p0000000d"), ())


def test_former_ids_are_followed() -> None:
    assert find("p0000000x") == (("p0000000b",), ("p0000000x", "p0000000y"))


def test_an_id_that_is_gone_says_since_when() -> None:
    with pytest.raises(NoData, match=r"gone since 2026-03-01 \(410\): no listing names it any more"):
        find("p0000000z")


@pytest.mark.parametrize("text", ["p0000000v", "p00000zzz", "zzzz", "", "…"])
def test_what_names_no_pole_is_said(text: str) -> None:
    with pytest.raises(NoData, match="no pole is called"):
        find(text)


def test_the_nearest_names_are_proposed() -> None:
    with pytest.raises(NoData) as caught:
        find("Pole Archet")
    assert "Pôle Archer" in caught.value.do
