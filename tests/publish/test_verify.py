"""Verifying a snapshot: any bit, any file, any row."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import ModuleType

import pyarrow.parquet as pq
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ptce_etl.publish.files import sha256_file
from ptce_etl.publish.manifest import manifest_bytes
from ptce_etl.publish.verify import verify
from ptce_etl.schema import VERSION


@pytest.fixture(scope="module")
def published(world: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return world.publish(tmp_path_factory.mktemp("store")).path


@pytest.fixture
def copy(published: Path, tmp_path: Path) -> Path:
    """The snapshot in a store of its own, its files writable."""
    shutil.copytree(published.parent, tmp_path / "processed", symlinks=True)
    folder = tmp_path / "processed" / published.name
    for path in files_of(folder):
        path.chmod(0o644)
    return folder


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def rewrite(folder: Path, **fields: object) -> None:
    """Change fields of the manifest as a careful forger would: with a digest that matches."""
    path = folder / "manifest.json"
    path.write_bytes(manifest_bytes(json.loads(path.read_bytes()) | fields))


def test_a_snapshot_verifies_where_it_is_by_its_link_and_copied_elsewhere(published: Path, tmp_path: Path) -> None:
    assert verify(published) == verify(published.parent / "latest") == []
    alone = tmp_path / "elsewhere"
    shutil.copytree(published, alone)
    assert verify(alone) == []


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_flipped_bit_is_found(published: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([path for path in files_of(published) if path.stat().st_size]))
    whole = path.read_bytes()
    at, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
    raw = bytearray(whole)
    raw[at] ^= 1 << bit
    path.chmod(0o644)
    try:
        path.write_bytes(raw)
        name = path.relative_to(published).as_posix()
        assert any(problem.startswith(name) for problem in verify(published)), (name, at, bit)
    finally:
        path.write_bytes(whole)
        path.chmod(0o444)


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_any_file_lost_is_found(published: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(files_of(published)))
    away = published.parent / "away"
    path.rename(away)
    try:
        assert f"{path.relative_to(published).as_posix()}: missing" in verify(published)
    finally:
        away.rename(path)


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_any_file_added_is_found(published: Path, data: st.DataObject) -> None:
    folders = [published, *sorted(path for path in published.rglob("*") if path.is_dir())]
    path = data.draw(st.sampled_from(folders)) / data.draw(st.from_regex(r"[a-zA-Z0-9._-]{1,20}", fullmatch=True))
    assume(not path.exists())
    kind = data.draw(st.sampled_from(["file", "folder", "link"]))
    made = {"file": path.touch, "folder": path.mkdir, "link": lambda: path.symlink_to("/")}
    made[kind]()
    try:
        assert verify(published) == [f"{path.relative_to(published).as_posix()}: not in the manifest"]
    finally:
        path.rmdir() if kind == "folder" else path.unlink()


def test_missing_extra_and_not_plain_files_are_found(copy: Path) -> None:
    (copy / "poles.csv").unlink()
    (copy / "extra.txt").write_text("?")
    (copy / "folder").mkdir()
    (copy / "edges.parquet").rename(copy.parent / "edges.parquet")
    (copy / "edges.parquet").symlink_to("../edges.parquet")
    (copy / "claims.csv").unlink()
    (copy / "claims.csv").mkdir()
    with (copy / "counts.csv").open("ab") as handle:
        handle.write(b"x")
    size = (copy / "counts.csv").stat().st_size
    (copy / "site" / "poles" / "more").mkdir()
    (copy / "site" / "poles" / "more" / "x").touch()
    (copy / "site" / "poles" / "p1.html").unlink()
    assert verify(copy) == [
        "extra.txt: not in the manifest",
        "folder: not in the manifest",
        "site/poles/more: not in the manifest",
        "claims.csv: not a plain file",
        f"counts.csv: {size} bytes, {size - 1} published",
        "edges.parquet: not a plain file",
        "poles.csv: missing",
        "site/poles/p1.html: missing",
    ]
    shutil.move(copy / "site", copy.parent / "site")
    (copy / "site").symlink_to("../site")
    assert {"site: not in the manifest", "site/index.html: not a plain file"} <= set(verify(copy))


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"{}", b'{"files": 1}'])
def test_a_manifest_that_is_none(copy: Path, content: bytes | None) -> None:
    (copy / "manifest.json").unlink()
    if content is not None:
        (copy / "manifest.json").write_bytes(content)
    (problem,) = verify(copy)
    assert problem.startswith("manifest.json:")


def test_no_folder(tmp_path: Path) -> None:
    assert verify(tmp_path / "none") == [f"{tmp_path / 'none'}: no such folder"]


def test_a_forged_manifest_is_found(copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_bytes())
    fewer = {name: record for name, record in manifest["files"].items() if name != "edges.parquet"}
    forgeries = {
        "altered: the index lists another": {"supersedes": "2020-01-01-00000000"},
        "content digest is not that of the tables": {"content_digest": manifest["content_digest"][:-1] + "!"},
        "does not follow from date": {"as_of": "2026-11-24"},
        "summary of checks": {"checks": {"passed": 3, "warnings": 0, "critical": 0}},
        "not in the manifest, yet every snapshot has it": {"files": fewer},
        "it is the manifest of": {"snapshot_id": manifest["snapshot_id"] + "-7"},
        "rows, 5 published": {"files": manifest["files"] | {"poles.csv": manifest["files"]["poles.csv"] | {"rows": 5}}},
        "not a manifest": {"files": manifest["files"] | {"../x": manifest["files"]["poles.csv"]}},
        "its fields are not those of one": {"files": manifest["files"] | {"Site": manifest["files"]["poles.csv"]}},
    }  # fmt: skip
    for expected, fields in forgeries.items():
        rewrite(copy, **fields)
        assert any(expected in problem for problem in verify(copy)), (expected, verify(copy))
        rewrite(copy, **{key: manifest[key] for key in fields})
    assert verify(copy) == []
    elsewhere = copy.parent.parent / "elsewhere"
    shutil.copytree(copy, elsewhere)
    (elsewhere / "manifest.json").write_bytes((copy / "manifest.json").read_bytes().replace(b'"kind"', b'"kind" '))
    assert verify(elsewhere) == ["manifest.json: altered: it does not match its own digest"]


def test_a_table_put_in_place_of_another_is_found_even_with_a_forged_manifest(copy: Path) -> None:
    path = copy / "poles.parquet"
    table = pq.read_table(path)
    for forged, expected in [
        (table.slice(1), ["index.json: its list", "content digest"]),
        (table.drop_columns(["siren"]), ["columns are not those"]),
        (
            table.replace_schema_metadata({"ptce:schema_version": "9.0.0"}),
            [f"schema 9.0.0, the manifest says {VERSION}"],
        ),
        (table.replace_schema_metadata(None), [f"schema unknown, the manifest says {VERSION}"]),
    ]:
        pq.write_table(forged, path)
        files = json.loads((copy / "manifest.json").read_bytes())["files"]
        record = {"bytes": path.stat().st_size, "rows": forged.num_rows, "sha256": sha256_file(path)}
        rewrite(copy, files=files | {"poles.parquet": record})
        problems = verify(copy)
        assert any("the index lists another" in problem for problem in problems)
        for text in expected:
            assert any(text in problem for problem in problems), (text, problems)


def test_an_index_that_does_not_list_it_is_said(copy: Path) -> None:
    (copy.parent / "index.json").unlink()
    (copy.parent / "index.json").write_text('{"snapshots": []}')
    assert verify(copy) == [f"index.json: does not list {copy.name}"]
    (copy.parent / "index.json").write_text("?")
    assert verify(copy)[0].startswith("index.json: cannot be read")
