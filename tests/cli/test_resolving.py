from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from ptce_etl.catalogue.registry import LISTING_COLUMNS
from ptce_etl.schema import TABLES
from ptce_etl.seed import bundled

LISTINGS = bundled() / "raw" / "transcribed" / "listings.csv"
LABELS = Path(__file__).parents[1] / "fixtures" / "labels_dev.csv"
Resolve = Callable[..., Any]


@pytest.fixture
def resolve(ptce: Callable[..., Any], tmp_path: Path) -> Resolve:
    """Call ``ptce resolve`` on the text of a file, into ``tmp_path/out``."""

    def call(text: str | bytes, *options: object) -> Any:
        file = tmp_path / "mine.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return ptce("resolve", file, "--out", tmp_path / "out", "--data", tmp_path / "none", "--json", *options)

    return call


def read(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(folder / "out" / f"{name}.parquet")


def test_the_ledger_is_resolved_and_meets_the_bar_of_its_labels(ptce: Callable[..., Any], tmp_path: Path) -> None:
    options = ("--out", tmp_path / "out", "--data", tmp_path / "none", "--no-judgements", "--labels", LABELS)
    answer = ptce("resolve", LISTINGS, *options, "--json")
    assert answer.code == 0
    scores = answer.json["agreement"]
    assert scores["pairwise"]["precision"] >= 0.98
    assert scores["pairwise"]["recall"] >= 0.80
    assert scores["found_pairs"] - len(scores["false_merges"]) == scores["true_pairs"] - len(scores["missed_pairs"])
    assert set(answer.json["seconds"]) == {"read", "clean", "resolve", "write"}

    given = pd.read_csv(LISTINGS, dtype="str")
    listings, edges, poles = (read(tmp_path, name) for name in ("listings", "edges", "poles"))
    pd.testing.assert_frame_equal(listings.drop(columns="pole_id"), given, check_dtype=False)
    assert answer.json["listings"] == len(listings) == 393
    assert answer.json["poles"] == len(poles) == listings["pole_id"].nunique()
    assert set(poles["pole_id"]) == set(listings["pole_id"])
    assert set(edges["left"]) | set(edges["right"]) <= set(listings["listing_id"])
    assert edges.columns.tolist() == TABLES["edges"].names
    assert answer.json["links"] == (edges["verdict"] == "link").sum()

    shown = ptce("resolve", LISTINGS, *options)
    assert "pairs to review" in shown.out
    assert "Against the labels of 190 listings" in shown.out
    assert shown.out.count("Seconds") == 1
    assert "resolve" in shown.err
    assert [path.name for path in sorted((tmp_path / "out").iterdir())] == [
        "edges.parquet",
        "listings.parquet",
        "poles.parquet",
    ]


def test_a_file_with_names_only_is_enough(resolve: Resolve, tmp_path: Path) -> None:
    answer = resolve("name\nPTCE Les Ateliers du Moulin\nAteliers du Moulin\nClus'Ter Jura\n")
    assert answer.code == 0
    listings = read(tmp_path, "listings")
    assert listings.columns.tolist() == ["name", "listing_id", "pole_id"]
    assert listings["listing_id"].is_unique
    assert listings["pole_id"].nunique() == 2
    assert listings["pole_id"][0] == listings["pole_id"][1]


def test_a_missing_id_is_made_from_the_row_and_not_from_its_place(resolve: Resolve, tmp_path: Path) -> None:
    resolve("name,commune\nMoulin,Figeac\nLac,Annecy\nMoulin,Figeac\n")
    first = read(tmp_path, "listings")
    assert resolve("name,commune\nLac,Annecy\nMoulin,Figeac\nMoulin,Figeac\n").code == 0
    again = read(tmp_path, "listings")
    assert first["listing_id"].is_unique
    assert sorted(zip(first["listing_id"], first["pole_id"], strict=True)) == sorted(
        zip(again["listing_id"], again["pole_id"], strict=True)
    )


def test_own_columns_are_kept_and_the_file_may_be_of_a_spreadsheet(resolve: Resolve, tmp_path: Path) -> None:
    text = "name;pole_id;pole_id_found;note\r\nPôle Sud;mine;also;«\xa0été\xa0»\r\nPole Sud;;;\r\n"
    answer = resolve(text.encode("cp1252"))
    assert answer.code == 0
    assert answer.json["pole_column"] == "pole_id_found_found"
    listings = read(tmp_path, "listings")
    assert listings.columns.tolist() == [
        "name",
        "pole_id",
        "pole_id_found",
        "note",
        "listing_id",
        "pole_id_found_found",
    ]
    assert listings["pole_id"].fillna("").tolist() == ["mine", ""]
    assert listings["note"][0] == "«\xa0été\xa0»"
    assert listings["pole_id_found_found"].nunique() == 1


def test_rows_without_a_name_come_back_without_a_pole(resolve: Resolve, tmp_path: Path) -> None:
    answer = resolve("listing_id,name\na,Pôle Sud\nb,\nc,PTCE\n")
    assert answer.json["rows_without_name"] == 1
    listings = read(tmp_path, "listings").set_index("listing_id")
    assert listings["pole_id"].isna().to_dict() == {"a": False, "b": True, "c": False}


def test_a_listing_met_twice_is_one_and_an_id_with_two_meanings_is_refused(resolve: Resolve, tmp_path: Path) -> None:
    answer = resolve("listing_id,name\na,Pôle Sud\na,Pôle Sud\n")
    assert (answer.code, answer.json["rows"], answer.json["listings"]) == (0, 2, 1)
    assert read(tmp_path, "listings")["pole_id"].notna().all()
    answer = resolve("listing_id,name\na,Pôle Sud\na,Pôle Nord\n")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.splitlines()[-3:] == [
        "DataError: 1 listing_id given to rows that say different things: a",
        f"  where: {tmp_path / 'mine.csv'}, rows 1, 2",
        "  do:    give each row its own listing_id, or drop the column: ids are then made",
    ]


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("", 1, "the file is empty"),
        ("name,commune\nMoulin\n", 1, "line 2: 1 cells, 2 expected"),
        ('name\n"never closed\n', 1, "not CSV"),
        ("name,name\na,b\n", 1, "columns that stand twice: 'name'"),
        ("nom\nMoulin\n", 2, "no column 'name' among nom"),
        ("name\n", 4, "no row has a name"),
        ("name,x\n,1\n", 4, "no row has a name"),
        (b"name\n\x00\x01\n", 1, "NUL"),
    ],
)
def test_a_broken_file_is_told_in_three_lines(
    resolve: Resolve, tmp_path: Path, text: str | bytes, code: int, said: str
) -> None:
    answer = resolve(text)
    assert (answer.code, answer.out) == (code, "")
    what, where, do = answer.err.splitlines()[-3:]
    assert said in what
    assert where.startswith(f"  where: {tmp_path / 'mine.csv'}")
    assert do.startswith("  do:    ")
    assert not (tmp_path / "out").exists()


def test_what_is_not_there_is_told(ptce: Callable[..., Any], tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        answer = ptce("resolve", path, "--out", tmp_path / "out", "--data", tmp_path)
        assert answer.code == 2
        assert answer.err.splitlines()[-3].startswith(f"ConfigError: cannot read {path.name}: ")


def test_a_file_where_the_folder_should_be_is_told_at_once(resolve: Resolve, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", "utf-8")
    answer = resolve("name\nPôle Sud\n")
    assert (answer.code, answer.err.splitlines()[0]) == (2, "ConfigError: out is not a folder")


def test_judgements_and_identities_of_a_data_root_are_used(resolve: Resolve, tmp_path: Path) -> None:
    decisions = tmp_path / "none" / "decisions"
    decisions.mkdir(parents=True)
    (decisions / "identities.csv").write_text("listing_id,pole_id,since\na,p1234567k,2020-01-01\n", "utf-8")
    judged = '{"left": "a", "right": "b", "judgement": "same", "who": "Léa", "when": "2026-01-02", "why": "seen"}\n'
    (decisions / "judgements.jsonl").write_text(judged, "utf-8")
    text = "listing_id,name\na,Pôle Sud\nb,Fromagerie de la Dent\n"
    assert resolve(text).json["poles"] == 1
    assert read(tmp_path, "listings")["pole_id"].tolist() == ["p1234567k"] * 2
    assert read(tmp_path, "edges")["decided_by"].tolist() == ["Léa"]
    assert resolve(text, "--no-judgements").json["poles"] == 2
    assert read(tmp_path, "listings").set_index("listing_id")["pole_id"]["a"] == "p1234567k"


def test_wrong_pairs_are_named(resolve: Resolve, ptce: Callable[..., Any], tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("listing_id,pole\na,one\nb,two\nc,two\nd,one\nzzz,three\n", "utf-8")
    text = "listing_id,name\na,Pôle Sud\nb,Pole Sud\nc,Fromagerie de la Dent\nd,Lycée Jaurès\n"
    found = resolve(text, "--labels", labels).json["agreement"]
    assert [(pair["left_name"], pair["right_name"]) for pair in found["false_merges"]] == [("Pôle Sud", "Pole Sud")]
    assert [(pair["left_name"], pair["right_name"]) for pair in found["missed_pairs"]] == [
        ("Pôle Sud", "Lycée Jaurès"),
        ("Pole Sud", "Fromagerie de la Dent"),
    ]
    assert (found["listings"], found["labels_without_listing"], found["pairwise"]["f1"]) == (4, 1, 0.0)
    shown = ptce("resolve", tmp_path / "mine.csv", "--out", tmp_path / "out", "--labels", labels, "--data", tmp_path)
    assert "False merges: 1 pair, in 1 found pole" in shown.out
    assert "Missed: 2 pairs, in 2 true poles" in shown.out


def test_of_very_many_wrong_pairs_the_first_are_named_and_the_others_counted(
    resolve: Resolve, ptce: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ptce_etl.cli.agreeing.MOST", 2)
    labels = tmp_path / "labels.csv"
    labels.write_text("listing_id,pole\n" + "".join(f"{x},{n % 3}\n" for n, x in enumerate("abcdefghi")), "utf-8")
    text = "listing_id,name\n" + "".join(f"{x},Lycée {x * 5}\n" for x in "abcdefghi")
    found = resolve(text, "--labels", labels).json["agreement"]
    assert [(pair["left"], pair["right"]) for pair in found["missed_pairs"]] == [("a", "d"), ("a", "g")]
    assert [group["pole"] for group in found["split"]] == ["0", "1"]
    assert found["left_out"] == {"false_merges": 0, "missed_pairs": 7, "merged": 0, "split": 1}
    monkeypatch.setattr("ptce_etl.cli.agreeing._SHOWN", 1)
    shown = ptce("resolve", tmp_path / "mine.csv", "--out", tmp_path / "out", "--labels", labels, "--data", tmp_path)
    assert "Missed: 9 pairs, in 3 true poles" in shown.out
    assert "… and 2 more: --json has the first 2, pair by pair" in shown.out


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ("listing_id,truth\na,x\n", "labels without the columns pole"),
        ("listing_id,pole\na,x\na,y\n", "two poles for a"),
    ],
)
def test_labels_that_cannot_be_used_are_refused(resolve: Resolve, tmp_path: Path, labels: str, said: str) -> None:
    (tmp_path / "labels.csv").write_text(labels, "utf-8")
    answer = resolve("listing_id,name\na,Pôle Sud\n", "--labels", tmp_path / "labels.csv")
    assert answer.code == 2
    assert said in answer.err


def test_the_files_owe_nothing_to_the_order_of_columns_or_to_the_day(resolve: Resolve, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(LISTINGS.read_text("utf-8"))))[:40]

    def written(columns: tuple[str, ...], day: str) -> list[bytes]:
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
        assert resolve(text.getvalue(), "--now", f"{day}T00:00:00+00:00").code == 0
        return [(tmp_path / "out" / f"{name}.parquet").read_bytes() for name in ("edges", "poles")]

    columns = tuple(name for name in LISTING_COLUMNS if name in rows[0])
    assert written(columns, "2026-11-23") == written(columns[::-1], "2027-01-01")
    schema = pq.read_schema(tmp_path / "out" / "poles.parquet")
    assert schema.names == [name for name in TABLES["poles"].names if name in schema.names]
