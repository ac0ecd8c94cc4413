"""What differs between two snapshots."""

from __future__ import annotations

from types import ModuleType

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptce_etl.frames import empty, to_arrow
from ptce_etl.publish.changes import diff, summarise

Frames = dict[str, pd.DataFrame]


def tables(world: ModuleType, of: dict[str, list[str]], **names: str) -> Frames:
    """Poles with the listings they hold; a pole is called as its id unless ``names`` says otherwise."""
    pairs = [(listing, pole) for pole, listings in of.items() for listing in listings]
    poles, listings = world.frame("poles", len(of)), world.frame("listings", len(pairs))
    poles = poles.assign(pole_id=list(of), name=[names.get(p, p) for p in of])
    for column in poles.columns.drop(["pole_id", "name"]):
        poles[column] = poles[column].iloc[0] if len(poles) else poles[column]
    return {
        "poles": poles.astype({"pole_id": "str", "name": "str"}),
        "listings": listings.assign(
            listing_id=[a for a, _ in pairs], pole_id=[b for _, b in pairs]
        ).astype({"listing_id": "str", "pole_id": "str"}),
    }  # fmt: skip


def redirects(**to: str) -> pd.DataFrame:
    return pd.DataFrame({"pole_id": list(to), "to": list(to.values())}, dtype="str")


def rows(changes: pd.DataFrame) -> list[tuple[str | None, ...]]:
    to_arrow("changes", changes)  # always the schema's table
    return [tuple(None if pd.isna(v) else v for v in row) for row in changes.itertuples(index=False, name=None)]


def test_against_nothing_every_pole_appeared(world: ModuleType) -> None:
    changes = diff(None, tables(world, {"a": ["1"], "b": ["2"]}, a="Pôle A"))
    assert rows(changes) == [("a", "appeared", "", None, "Pôle A"), ("b", "appeared", "", None, "b")]
    assert summarise(changes, first=True) == "première publication, 2 pôles"
    assert summarise(changes, "en", first=True) == "first publication, 2 poles"
    assert summarise(changes) == "2 pôles apparus"


def test_nothing_changed(world: ModuleType) -> None:
    same = tables(world, {"a": ["1"], "b": ["2"]})
    changes = diff(same, tables(world, {"b": ["2"], "a": ["1"]}))
    assert rows(changes) == []
    assert (summarise(changes), summarise(changes, "en")) == ("aucun pôle n'a changé", "no pole changed")
    assert rows(diff(None, {"poles": empty("poles"), "listings": empty("listings")})) == []


def test_each_kind(world: ModuleType) -> None:
    before = tables(world, {"a": ["1", "2"], "b": ["3"], "c": ["4", "5", "6"], "d": ["7"], "e": ["8"], "f": ["9"]})
    after = tables(
        world, {"a": ["1", "2", "3"], "c": ["4", "5"], "c2": ["6", "10"], "e": ["8", "9"], "n": ["11"]}, a="Pôle A"
    )
    changes = diff(before, after, redirects(f="x", x="e", d="", a="e"))
    assert rows(changes) == [
        ("a", "renamed", "name", "a", "Pôle A"),
        ("b", "merged", "", "b", "a"),  # no redirect: its one listing is in a
        ("c2", "split", "", "c", "c2"),
        ("d", "gone", "", "d", None),
        ("f", "merged", "", "f", "e"),  # through a chain of redirects
        ("n", "appeared", "", None, "n"),
    ]
    assert summarise(changes) == "1 pôle apparu, 1 pôle disparu, 2 fusions, 1 scission, 1 renommé"
    assert summarise(changes, "en") == "1 pole appeared, 1 pole gone, 2 merged, 1 split, 1 renamed"


def test_redirects_that_lead_nowhere_or_in_a_circle(world: ModuleType) -> None:
    before, after = tables(world, {"a": ["1"], "b": ["2"], "c": ["3"]}), tables(world, {"c": ["3"]})
    changes = diff(before, after, redirects(a="b", b="a"))
    assert [row[:2] for row in rows(changes)] == [("a", "gone"), ("b", "gone")]
    assert [row[:2] for row in rows(diff(before, after, redirects(a="z")))] == [("a", "gone"), ("b", "gone")]


def test_a_pole_that_got_another_id_is_one_gone_into_one_new(world: ModuleType) -> None:
    changes = diff(tables(world, {"a": ["1", "2"]}), tables(world, {"b": ["1", "2"]}))
    assert rows(changes) == [("a", "merged", "", "a", "b"), ("b", "appeared", "", None, "b")]


def test_values_are_compared_as_values_and_told_as_text(world: ModuleType) -> None:
    before, after = tables(world, {"a": ["1"], "b": ["2"]}), tables(world, {"a": ["1"], "b": ["2"]})
    poles = after["poles"]
    poles.loc[0, "siren"] = float("nan")
    poles.loc[0, "code_departement"] = "02"
    poles.loc[0, "latitude"] = 45.5
    poles.loc[0, "first_listed"] = pd.Timestamp("2014-02-01")
    poles.loc[0, "n_listings"] = 12
    before["poles"].loc[1, "end_date"] = pd.NaT
    assert rows(diff(before, after)) == [
        ("a", "field", "code_departement", "01", "02"),
        ("a", "field", "first_listed", "2013-01-31", "2014-02-01"),
        ("a", "field", "latitude", "0.1", "45.5"),
        ("a", "field", "n_listings", "1", "12"),
        ("a", "field", "siren", "000000001", None),
        ("b", "field", "end_date", None, "2013-01-31"),
    ]


def test_a_column_the_older_schema_did_not_have_is_not_a_change(world: ModuleType) -> None:
    before, after = tables(world, {"a": ["1"]}), tables(world, {"a": ["1"]})
    before["poles"] = before["poles"].drop(columns="n_undecided")
    assert rows(diff(before, after)) == []


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", ["appeared", "gone", "merged", "split", "renamed", "field"])
def test_every_kind_is_told_in_both_languages(kind: str, language: str) -> None:
    made = pd.DataFrame({"kind": [kind] * 3})
    assert summarise(made, language).startswith("3 ")
    assert summarise(made.head(1), language).startswith("1 ")


Sides = tuple[list[str], list[str]]
worlds = st.tuples(st.lists(st.sampled_from("abcdefg"), max_size=2), st.lists(st.sampled_from("abcdefg"), max_size=8))


@settings(max_examples=50, deadline=None)
@given(before=worlds, after=worlds, to=st.dictionaries(st.sampled_from("abcdefg"), st.sampled_from("abcdefg")))
def test_the_number_of_poles_adds_up(before: Sides, after: Sides, to: dict[str, str]) -> None:
    old, new = _filled(*before), _filled(*after)
    changes = diff(old, new, redirects(**to))
    assert not changes.duplicated(["pole_id", "kind", "field"]).any()
    n = changes["kind"].value_counts()
    moved = n.get("appeared", 0) + n.get("split", 0) - n.get("gone", 0) - n.get("merged", 0)
    assert len(old["poles"]) + moved == len(new["poles"])


def _filled(poles: list[str], of: list[str]) -> Frames:
    """Poles ``poles`` and those that the listings ``of`` name, with nothing but ids and names."""
    ids = sorted({*poles, *of})
    listings = {"listing_id": [str(n) for n in range(len(of))], "pole_id": of}
    return {
        "poles": pd.DataFrame({"pole_id": ids, "name": ids}, dtype="str"),
        "listings": pd.DataFrame(listings, dtype="str"),
    }
