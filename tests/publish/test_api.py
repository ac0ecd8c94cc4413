"""What notebooks call."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from datetime import date
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

import ptce_etl
from ptce_etl.errors import ConfigError, NoData, PublishError
from ptce_etl.publish.api import load_all
from ptce_etl.publish.manifest import read_manifest
from ptce_etl.schema import PANDAS, TABLES


@pytest.fixture(scope="module")
def root(world: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two snapshots, and a build of 2023."""
    root = tmp_path_factory.mktemp("data")
    world.publish(root)
    world.publish(root, 7)
    world.publish(root, 4, promote=False, as_of=date(2023, 6, 12))
    return root


@pytest.mark.parametrize("name", sorted(TABLES))
def test_load_gives_the_schemas_dtypes(root: Path, name: str) -> None:
    frame = ptce_etl.load(name, data=root)
    assert {c.name: str(frame[c.name].dtype) for c in TABLES[name].columns} == {
        c.name: PANDAS[c.kind] for c in TABLES[name].columns
    }
    assert len(frame) >= 3 and list(frame.columns) == TABLES[name].names


def test_load_keeps_codes_gaps_and_dates(root: Path) -> None:
    poles = ptce_etl.load(data=root)
    assert poles["code_departement"].tolist()[:2] == ["01", "02"] and poles["siren"].isna().iloc[2]
    assert poles["first_listed"].iloc[0] == pd.Timestamp("2013-01-31") and poles["first_listed"].isna().iloc[2]
    assert poles["name"].iloc[2] == "=1+1", "Parquet has the exact text"


def test_snapshots_lists_the_newest_first(root: Path) -> None:
    found = ptce_etl.snapshots(root)
    assert found["kind"].tolist() == ["as-of", "final", "final"]
    assert found["latest"].tolist() == [False, True, False]
    assert found["n_poles"].tolist() == [4, 7, 6] and found["supersedes"].isna().tolist() == [True, False, True]
    assert str(found["published_at"].dtype) == "datetime64[us, UTC]" and str(found["as_of"].dtype) == "datetime64[us]"
    assert found["as_of"].iloc[0] == pd.Timestamp("2023-06-12")
    assert found["why_fr"].iloc[2] == "première publication, 6 pôles"
    for snapshot, poles in zip(found["snapshot_id"], found["n_poles"], strict=True):
        assert len(ptce_etl.load("poles", snapshot=snapshot, data=root)) == poles
    assert {len(frame) for name, frame in load_all(data=root).items() if name != "checks"} == {7}


def test_a_table_that_the_schema_did_not_have_then_is_left_out(root: Path) -> None:
    folder = root / "processed" / "latest"
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["files"]["indicator.parquet"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "indicator.parquet").unlink()
    assert set(load_all(data=root)) == set(TABLES) - {"indicator"}
    (folder / "claims.parquet").unlink()
    with pytest.raises(NoData, match="has no table claims"):
        load_all(data=root)


def test_changes_published_and_between_any_two(root: Path) -> None:
    first = ptce_etl.snapshots(root)["snapshot_id"].iloc[2]
    assert len(ptce_etl.changes(data=root)) == 7
    since = ptce_etl.changes(since=first, data=root)
    assert since.values.tolist()[0][:2] == ["pole_id-006", "appeared"] and len(since) == 1
    (root / "decisions").mkdir(exist_ok=True)
    (root / "decisions" / "redirects.csv").write_text(
        "pole_id,status,to,since,reason\npole_id-006,301,pole_id-001,,x\n"
    )
    back = ptce_etl.changes(first, since=ptce_etl.snapshots(root)["snapshot_id"].iloc[1], data=root)
    assert back.values.tolist() == [["pole_id-006", "merged", "", "pole_id-006", "pole_id-001"]]


def test_the_data_root_is_the_argument_else_the_environment_else_data(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PTCE_DATA", raising=False)
    monkeypatch.chdir(root.parent)
    (tmp_path / "data").symlink_to(root)
    with pytest.raises(NoData):
        ptce_etl.load(data=tmp_path)
    monkeypatch.chdir(tmp_path)
    assert len(ptce_etl.load()) == 7
    monkeypatch.setenv("PTCE_DATA", str(root.parent / "none"))
    with pytest.raises(NoData):
        ptce_etl.load()
    monkeypatch.setenv("PTCE_DATA", str(root))
    monkeypatch.chdir("/")
    assert len(ptce_etl.load()) == 7


def test_what_is_not_there_is_said_in_three_lines(root: Path, tmp_path: Path) -> None:
    with pytest.raises(NoData) as nothing:
        ptce_etl.load(data=tmp_path)
    assert str(nothing.value).splitlines() == [
        "NoData: nothing is published yet",
        f"  where: {tmp_path / 'processed' / 'latest'}",
        "  do:    run `ptce run` (or `make run`), or name the data root: --data DIR, data=…, PTCE_DATA",
    ]
    assert ptce_etl.snapshots(tmp_path).empty and str(ptce_etl.snapshots(tmp_path)["bytes"].dtype) == "Int64"
    with pytest.raises(ConfigError, match="no table 'pole'"):
        ptce_etl.load("pole", data=root)
    for table, snapshot in [("../manifest", "latest"), ("poles", "../../raw"), ("poles", "/etc")]:
        with pytest.raises(ConfigError):
            ptce_etl.load(table, snapshot=snapshot, data=root)


def test_a_broken_or_missing_file_is_said(world: ModuleType, tmp_path: Path) -> None:
    folder = world.publish(tmp_path).path
    (folder / "edges.parquet").unlink()
    with pytest.raises(NoData, match="has no table edges"):
        ptce_etl.load("edges", data=tmp_path)
    (folder / "poles.parquet").chmod(0o644)
    (folder / "poles.parquet").write_bytes(b"PAR1")
    with pytest.raises(PublishError, match=r"poles\.parquet cannot be read"):
        ptce_etl.load("poles", data=tmp_path)


def test_the_public_names_are_there_sorted_and_cost_nothing_until_used() -> None:
    assert ptce_etl.__all__ == sorted(ptce_etl.__all__) and set(ptce_etl.__all__) <= set(dir(ptce_etl))
    assert all(getattr(ptce_etl, name) is not None for name in ptce_etl.__all__)
    with pytest.raises(AttributeError, match="no attribute 'lod'"):
        ptce_etl.lod  # noqa: B018 - reading it is the test
    code = "import sys, ptce_etl; print([m for m in ('pandas', 'pyarrow', 'numpy', 'filelock') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_a_publication_says_travels_between_processes(world: ModuleType, tmp_path: Path) -> None:
    done = world.publish(tmp_path)
    assert pickle.loads(pickle.dumps(done)) == done


def test_load_reads_the_columns_asked_for(root: Path) -> None:
    whole = ptce_etl.load("poles", data=root)
    some = ptce_etl.load("poles", columns=["n_listings", "first_listed", "name"], data=root)
    pd.testing.assert_frame_equal(some, whole[["n_listings", "first_listed", "name"]])
    with pytest.raises(ConfigError, match="has no column 'colour'"):
        ptce_etl.load("poles", columns=["name", "colour"], data=root)


def test_a_snapshot_is_cited_in_a_line(root: Path) -> None:
    latest, built = (ptce_etl.snapshots(root).query(q)["snapshot_id"].iloc[0] for q in ("latest", "kind == 'as-of'"))
    french, english = ptce_etl.citation(data=root), ptce_etl.citation(built, lang="en", data=root)
    assert latest in french and "7 pôles" in french and "\n" not in french
    assert built in english and "as of 2023-06-12, 4 poles" in english
    assert read_manifest(root / "processed" / built)["content_digest"] in english
    with pytest.raises(ConfigError, match="no language"):
        ptce_etl.citation(lang="de", data=root)
    with pytest.raises(NoData):
        ptce_etl.citation("2020-01-01-00000000", data=root)
