"""A whole small world with an ODbL source: its rows are in files of their own, and no number comes from them."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
import yaml

from ptce_etl import pipeline
from ptce_etl.catalogue.registry import load_sources

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
OPEN = "nom,ville,annee\nPôle Sud,Romans-sur-Isère,2024\nFigeacteurs,Figeac,2024\nLe Levier,Lyon,2025\n"
SHARED = "nom,ville,annee\nUn pôle de la carte,Nantes,2025\nPôle Sud,Romans-sur-Isère,2025\n"


def _entry(name: str, licence: str, **changes: object) -> dict[str, object]:
    return {
        "source_id": name,
        "title": name,
        "publisher": name,
        "url": f"raw/{name}.csv",
        "licence": licence,
        "licence_id": licence,
        "frequency": "never",
        "statement": "listings",
        "priority": "1",
        "columns": {"name": "nom", "commune": "ville", "source_date": "annee"},
        "constants": {"said_ptce": "yes", "source_url": f"https://{name}.example/"},
        "bounds": {"min_rows": "1", "max_rows": "9"},
        **changes,
    }


def _run(root: Path, *entries: dict[str, object]) -> Path:
    (root / "raw" / "transcribed").mkdir(parents=True)
    (root / "raw" / "transcribed" / "README.md").write_text("a world of its own", encoding="utf-8")
    (root / "decisions").mkdir()
    (root / "raw" / "facts.csv").write_text(OPEN, encoding="utf-8")
    (root / "raw" / "carte.csv").write_text(SHARED, encoding="utf-8")
    (root / "sources.yml").write_text(yaml.safe_dump({"sources": list(entries)}), encoding="utf-8")
    result = pipeline.run(pipeline.open_context(root, now=NOW))
    assert result.publication.outcome == "published", result.publication.message
    return result.publication.path


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The snapshot of a world with the ODbL source, and of the same world without it."""
    facts, carte = _entry("facts", "facts"), _entry("carte", "odbl")
    with_it = _run(tmp_path_factory.mktemp("with"), facts, carte)
    without = _run(tmp_path_factory.mktemp("without"), facts)
    return with_it, without


def test_its_rows_are_in_files_of_their_own(worlds: tuple[Path, Path]) -> None:
    snapshot, _ = worlds
    rows = pd.read_csv(snapshot / "apart" / "odbl" / "listings.csv", dtype=str)
    assert set(rows["name"]) == {"Pôle Sud", "Un pôle de la carte"}
    assert set(rows["licence"]) == {"odbl"}
    assert "ODbL 1.0" in (snapshot / "apart" / "odbl" / "LICENCE.txt").read_text(encoding="utf-8")
    for path in snapshot.rglob("*"):
        if path.is_file() and "apart" not in path.parts:
            assert "pôle de la carte".encode() not in path.read_bytes(), path
    listings = pd.read_parquet(snapshot / "listings.parquet")
    assert set(listings["source_id"]) == {"facts"}
    assert set(listings["licence"]) == {"facts"}


def test_no_number_comes_from_them(worlds: tuple[Path, Path]) -> None:
    with_it, without = worlds
    for name in ("poles", "listings", "values", "edges", "counts", "series", "indicator", "completeness", "lists"):
        mine, theirs = (pd.read_parquet(path / f"{name}.parquet") for path in worlds)
        pd.testing.assert_frame_equal(mine, theirs)
    assert not (without / "apart").exists()
    assert with_it.name != without.name  # the table of sources names both


def test_a_run_neither_waits_for_nor_reads_what_nobody_has_seen(tmp_path: Path) -> None:
    """The bundled catalogue names sources on the web: a run without a network asks none of them."""
    shutil.copytree(Path(__file__).parents[1] / "data" / "raw" / "transcribed", tmp_path / "raw" / "transcribed")
    ctx = pipeline.open_context(tmp_path, now=NOW)
    assert not any(source.is_remote for source in ctx.sources)
    assert any(source.is_remote and source.enabled for source in ctx.trials)
    assert len(ctx.sources) + len(ctx.trials) == len(load_sources())
