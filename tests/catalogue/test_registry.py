"""The catalogue accepts what it can hold to, and refuses the rest with a message that names the entry."""

from __future__ import annotations

import csv
import pickle
from pathlib import Path

import pytest
from pydantic import ValidationError

from ptce_etl.catalogue.registry import TARGETS, Source, load_programmes, load_sources
from ptce_etl.errors import CatalogueError

TRANSCRIBED = Path(__file__).parents[2] / "data" / "raw" / "transcribed"

ENTRY = """
  - source_id: toy
    title: A toy
    publisher: Nobody
    url: raw/toy.csv
    licence: none
    frequency: never
    statement: listings
    priority: 1
    columns: {name: nom}
    bounds: {min_rows: 1, max_rows: 9}
"""


def _load(tmp_path: Path, *entries: str) -> tuple[Source, ...]:
    path = tmp_path / "sources.yml"
    path.write_text("sources:" + "".join(entries), encoding="utf-8")
    return load_sources(path)


def _ledgers() -> list[Source]:
    return [source for source in load_sources() if not source.is_remote]


def test_the_three_ledgers_are_sources_and_every_column_is_accounted_for() -> None:
    for source in _ledgers():
        path = TRANSCRIBED / Path(source.url).name
        with path.open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        assert sorted(header) == sorted([*source.columns.values(), *source.ignore])
        assert set(source.columns) <= set(TARGETS[source.statement])
    assert [source.statement for source in _ledgers()] == ["listings", "count_claims", "growth_claims"]


def test_the_witnesses_of_the_listings_are_named() -> None:
    listings = load_sources()[0]
    assert {"Pôle Sud", "La Coursive Boutaric", "Clus'Ter Jura"} <= set(listings.sentinels)


def test_a_source_travels_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(load_sources())) == load_sources()


def test_a_minimal_entry_holds(tmp_path: Path) -> None:
    (source,) = _load(tmp_path, ENTRY)
    assert (source.reader, source.enabled, source.bounds.max_rows) == ("csv", True, 9)
    with pytest.raises(ValidationError):
        source.title = "another"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    bounds: {min_rows: 1, max_rows: 9}\n", "", "bounds: Field required"),
        ("min_rows: 1", "min_rows: 10", "max_rows 9 is below min_rows 10"),
        ("min_rows: 1", "min_rows: 0", "bounds.min_rows"),
        ("max_rows: 9", "max_rows: 9, fill: {name: 1.5}", "bounds.fill.name"),
        ("max_rows: 9", "max_rows: 9, fill: {region: 0.5}", "not mapped: ['region']"),
        ("columns: {name: nom}", "columns: {name: nom, nom: nom}", "do not have: ['nom']"),
        ("columns: {name: nom}", "columns: {region: nom}", "need: ['name']"),
        ("columns: {name: nom}", "columns: {name: nom, name: autre}", "'name' stands twice"),
        ("columns: {name: nom}", "columns: {name: nom}\n    ignore: [nom]", "both mapped and ignored: ['nom']"),
        ("    priority: 1", "    priority: 1\n    enabled: false", "a disabled source says why"),
        ("    priority: 1", "    priority: 1\n    colour: red", "colour: Extra inputs"),
        ("source_id: toy", "source_id: ../toy", "source_id"),
        ("raw/toy.csv", "../toy.csv", "must stay under the data root"),
        ("raw/toy.csv", "/etc/passwd", "must stay under the data root"),
        ("raw/toy.csv", "file:///etc/passwd", "neither an http(s) address nor a path"),
        ("raw/toy.csv", "'C:\\toy.csv'", "neither an http(s) address nor a path"),
        ("raw/toy.csv", "https://user:word@example.org/", "no user or password"),
        ("raw/toy.csv", "https:///toy.csv", "needs a host"),
        ("    priority: 1", "    priority: 1\n    options: {encoding: klingon}", "no encoding is called 'klingon'"),
        ("    priority: 1", "    priority: 1\n    options: {delimiter: x}", "options.delimiter"),
    ],
)
def test_an_entry_that_does_not_hold_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in ENTRY
    with pytest.raises(CatalogueError) as caught:
        _load(tmp_path, ENTRY.replace(old, new))
    assert said in caught.value.what
    assert caught.value.where.endswith("sources.yml")
    assert caught.value.do


def test_every_reason_is_given_at_once(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"toy: title: .*; licence: "):
        _load(tmp_path, ENTRY.replace("    title: A toy\n", "").replace("    licence: none\n", ""))


def test_a_source_id_stands_once(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="source_id stands twice: toy"):
        _load(tmp_path, ENTRY, ENTRY)


def test_codes_and_words_stay_text(tmp_path: Path) -> None:
    entry = ENTRY.replace("columns: {name: nom}", "columns: {name: nom, department: 01}\n    ignore: [no, 2014-01-10]")
    (source,) = _load(tmp_path, entry)
    assert source.columns["department"] == "01"
    assert source.ignore == ("no", "2014-01-10")


@pytest.mark.parametrize("text", ["", "sources: [", "- a", "sources: {a: b}", "other: []", "sources: []\nmore: []"])
def test_a_file_that_is_not_a_list_of_sources_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sources.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError):
        load_sources(path)


def test_a_missing_file_is_a_catalogue_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="cannot be read"):
        load_sources(tmp_path / "sources.yml")


def test_the_call_rounds() -> None:
    rounds = {entry.programme: entry for entry in load_programmes()}
    assert list(rounds) == [
        "temoins-2012",
        "aap-2013",
        "aap-2015",
        "ami-2021-phase-1",
        "ami-2021-phase-2",
        "ami-2022",
        "ami-2023",
        "ami-2025",
    ]
    assert {name: rounds[name].results for name in ("aap-2013", "aap-2015", "ami-2023")} == {
        "aap-2013": "2014-01-10",
        "aap-2015": "2016-01-14",
        "ami-2023": "2023-10-17",
    }
    witnesses = rounds.pop("temoins-2012")
    assert (witnesses.state_call, witnesses.counted_role) == (False, "witness")
    assert all(entry.state_call and entry.counted_role == "laureate" for entry in rounds.values())


def test_every_round_comes_from_a_page_of_the_ledgers() -> None:
    pages: set[str] = set()
    listed: set[str] = set()
    for name in ("listings.csv", "claims_counts.csv"):
        with (TRANSCRIBED / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                pages.add(row["source_url"])
                if name == "listings.csv" and row["programme"]:
                    listed.add(row["programme"])
    rounds = load_programmes()
    assert {entry.source_url for entry in rounds} <= pages
    assert listed <= {entry.programme for entry in rounds}


@pytest.mark.parametrize("results", ["2014-13", "2014-02-30", "14", "janvier 2014"])
def test_a_results_date_exists(tmp_path: Path, results: str) -> None:
    path = tmp_path / "programmes.yml"
    path.write_text(
        f"programmes:\n  - {{programme: x-1, title_fr: x, title_en: x, results: '{results}', state_call: true,"
        " counted_role: laureate, claims_population: laureates, source_url: 'https://example.org/'}\n",
        encoding="utf-8",
    )
    with pytest.raises(CatalogueError, match="x-1: results"):
        load_programmes(path)
