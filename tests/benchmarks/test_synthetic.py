"""The made-up listings: same seed, same bytes; a truth for every row; shares and pages as the ledger has them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.french import bare, of, with_article, within
from benchmarks.synthetic import COLUMNS, write_listings

ROWS = 3000
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_listings(tmp_path_factory.mktemp("made"), ROWS, seed=5)


@pytest.fixture(scope="module")
def rows(made: tuple[Path, Path]) -> pd.DataFrame:
    listings, labels = (pd.read_csv(path, dtype=str, keep_default_na=False) for path in made)
    return listings.merge(labels, on="listing_id", validate="one_to_one")


def test_one_seed_gives_the_same_bytes_in_another_process(made: tuple[Path, Path], tmp_path: Path) -> None:
    command = [sys.executable, ROOT / "benchmarks/synthetic.py", "--rows", str(ROWS), "--seed", "5", "--out", tmp_path]
    subprocess.run(command, check=True, capture_output=True)
    for path in made:
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_another_seed_gives_other_listings(made: tuple[Path, Path], tmp_path: Path) -> None:
    other, _ = write_listings(tmp_path, ROWS, seed=6)
    assert other.read_bytes() != made[0].read_bytes()


@pytest.mark.parametrize("n", [1, 2, 37])
def test_there_are_as_many_rows_as_asked(tmp_path: Path, n: int) -> None:
    listings, labels = write_listings(tmp_path, n, seed=1)
    assert len(pd.read_csv(listings)) == len(pd.read_csv(labels)) == n


def test_every_row_has_a_name_and_a_pole(rows: pd.DataFrame) -> None:
    assert list(rows.columns) == [*COLUMNS, "pole"]
    assert len(rows) == ROWS
    assert rows["listing_id"].is_unique
    assert (rows["name"].str.strip() != "").all()
    assert (rows["pole"] != "").all()


def test_shares_of_given_cells_are_near_the_ledgers(rows: pd.DataFrame) -> None:
    ledger = pd.read_csv(ROOT / "data/raw/transcribed/listings.csv", dtype=str, keep_default_na=False)
    for column in ("carrier", "commune", "department", "region", "website", "programme"):
        assert abs((rows[column] != "").mean() - (ledger[column] != "").mean()) < 0.12, column


def test_a_pole_has_about_three_listings_and_25_at_most(rows: pd.DataFrame) -> None:
    sizes = rows.groupby("pole").size()
    assert 2.5 < sizes.mean() < 3.5
    assert sizes.max() <= 25


def test_a_list_names_a_pole_once_and_an_article_two_poles_at_most(rows: pd.DataFrame) -> None:
    listed = rows[rows["page_kind"] != "article"]
    assert not listed.duplicated(["source_url", "pole"]).any()
    assert listed.groupby("source_url").size().max() > 10
    assert rows[rows["page_kind"] == "article"].groupby("source_url")["pole"].nunique().max() <= 2


def test_spellings_differ_more_than_poles(rows: pd.DataFrame) -> None:
    """Some poles are written in one way only, most mentions of the others are not equal, even without case."""
    keys = rows["name"].map(bare)
    several = rows.groupby("pole")["name"].transform("size") > 1
    assert keys[several].groupby(rows["pole"]).nunique().gt(1).mean() > 0.6


@pytest.mark.parametrize(
    ("name", "after_de"),
    [
        ("Le Mans", "du Mans"),
        ("les Landes", "des Landes"),
        ("la Haute-Marne", "de la Haute-Marne"),
        ("l'Ain", "de l'Ain"),
        ("Angers", "d'Angers"),
        ("Tarnos", "de Tarnos"),
    ],
)
def test_de_contracts(name: str, after_de: str) -> None:
    assert of(name) == after_de


def test_departments_have_their_article() -> None:
    assert [with_article(name) for name in ("Gard", "Ain", "Hautes-Alpes", "Haute-Marne", "Haut-Rhin", "Landes")] == [
        "le Gard", "l'Ain", "les Hautes-Alpes", "la Haute-Marne", "le Haut-Rhin", "les Landes",
    ]  # fmt: skip
    assert within("le pays de Redon") == "en pays de Redon"
    assert within("le Grand Figeac") == "dans le Grand Figeac"
    assert within("la Haute-Marne") == "en Haute-Marne"
