"""The store: publishing, the atomic step, one writer at a time, and what crashes leave."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from filelock import FileLock

from ptce_etl.config import Paths
from ptce_etl.errors import ConfigError, DataError, NoData, PublishError, StoreBusy
from ptce_etl.frames import content_digest
from ptce_etl.publish import manifest as manifest_module
from ptce_etl.publish.index import SNAPSHOT_ID, read_index, snapshot_path
from ptce_etl.publish.snapshot import publish_candidate
from ptce_etl.publish.staging import candidate_facts, discard, hold, read_staged, stage
from ptce_etl.publish.verify import verify
from ptce_etl.schema import TABLES

Contents = Callable[[Path], dict[str, object]]


def test_a_candidate_is_written_sorted_and_typed_and_read_back(world: ModuleType, tmp_path: Path) -> None:
    tables = world.tables(seed=3)
    shuffled = {name: table.take(list(reversed(range(len(table))))) for name, table in tables.items()}
    folder = stage(Paths(tmp_path), shuffled, world.info())
    facts = candidate_facts(folder)
    assert facts["snapshot_id"] == f"2026-11-23-{content_digest(tables)[:8]}"
    assert folder.parent == tmp_path / "processed" / ".staging"
    assert folder.name == f"{facts['snapshot_id']}-{os.getpid()}-1"
    for name, table in read_staged(folder).items():
        assert table.schema.equals(TABLES[name].arrow(), check_metadata=True)
        assert table.equals(tables[name])
    discard(folder)


def test_a_table_that_is_not_the_schemas_is_refused(world: ModuleType, tmp_path: Path) -> None:
    poles = world.tables()["poles"]
    as_int = poles.set_column(poles.column_names.index("siren"), "siren", pa.array([1] * len(poles)))
    no_name = poles.set_column(1, TABLES["poles"].arrow().field("name"), pa.nulls(len(poles), pa.string()))
    for wrong, why in [(as_int, "siren: int64"), (no_name, "required"), (pa.concat_tables([poles, poles]), "unique")]:
        with pytest.raises(DataError, match=why):
            stage(Paths(tmp_path), {"poles": wrong}, world.info())
    with pytest.raises(DataError, match="no table 'pole'"):
        stage(Paths(tmp_path), {"pole": poles}, world.info())


def test_the_first_publication(world: ModuleType, tmp_path: Path) -> None:
    done = world.publish(tmp_path)
    paths = Paths(tmp_path)
    assert (done.outcome, done.message) == ("published", f"Published {done.snapshot_id}: first publication, 6 poles.")
    assert done.path == paths.processed / done.snapshot_id and SNAPSHOT_ID.fullmatch(done.snapshot_id)
    assert done.checks == {"passed": 2, "warnings": 1, "critical": 0}
    assert verify(done.path) == verify(paths.latest) == []
    csvs = {f"{name}.csv" for name, table in TABLES.items() if table.csv}
    assert csvs > {"poles.csv", "counts.csv", "indicator.csv", "claims.csv", "completeness.csv"}
    there = [p for p in done.path.rglob("*") if p.is_file()]
    assert {p.relative_to(done.path).as_posix() for p in there} == {
        *(f"{t}.parquet" for t in TABLES),
        *csvs,
        *("poles.geo.parquet", "poles.geojson", "ptce.xlsx"),
        *(f"schemas/{name.removesuffix('.csv')}/schema.json" for name in csvs),
        *("datapackage.json", "dcat.jsonld", "schema-org.jsonld", "CITATION.cff"),
        "manifest.json",
        *world.EXTRA,
    }
    assert {stat.S_IMODE(p.stat().st_mode) & 0o333 for p in there} == {0}, "published files are read-only"
    assert str(paths.latest.readlink()) == ".current/latest" and paths.latest.resolve() == done.path
    index = json.loads(paths.index.read_text(encoding="utf-8"))
    (entry,) = index["snapshots"]
    assert index["latest"] == entry["id"] == done.snapshot_id
    assert (entry["kind"], entry["as_of"], entry["published_at"]) == ("final", "2026-11-23", "2026-11-23T14:30:05Z")
    assert (entry["supersedes"], entry["why"]["fr"]) == (None, "première publication, 6 pôles")
    manifest = json.loads((done.path / "manifest.json").read_text(encoding="utf-8"))
    assert entry["files"] == {name: one for name, one in manifest["files"].items() if "/" not in name}
    assert {*manifest["files"]} - {*entry["files"]} and entry["files"]["poles.parquet"]["rows"] == 6
    assert manifest["captures"] == [
        {"source_id": "chorum", "sha256": "ab" * 32, "bytes": 4321, "first_day": "2026-11-23"}
    ]
    assert manifest["settings"]["shrink_share"] == 0.05 and manifest["decisions"] == {"identities.csv": "cd" * 32}
    assert list((paths.processed / ".staging").iterdir()) == []


def test_nothing_changed_nothing_written(
    world: ModuleType, contents: Contents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = world.publish(tmp_path)
    before = contents(tmp_path)
    again = world.publish(tmp_path, seed=5, as_of=date(2027, 1, 2))
    assert (again.outcome, again.snapshot_id, again.path) == ("unchanged", first.snapshot_id, first.path)
    assert again.message.endswith("stays the latest (same code).")
    monkeypatch.setattr("ptce_etl.publish.snapshot.code_version", lambda: "0.1.0+another")
    assert world.publish(tmp_path).message.endswith("(the code changed, what it says did not).")
    assert contents(tmp_path) == before


def test_a_second_snapshot_leaves_the_first_as_it_was(world: ModuleType, contents: Contents, tmp_path: Path) -> None:
    first = world.publish(tmp_path)
    before = contents(first.path)
    second = world.publish(tmp_path, 7)
    assert contents(first.path) == before
    index = read_index(Paths(tmp_path))
    assert [e["id"] for e in index["snapshots"]] == [first.snapshot_id, second.snapshot_id]
    assert index["snapshots"][1]["supersedes"] == first.snapshot_id
    assert Paths(tmp_path).latest.resolve() == second.path
    back = world.publish(tmp_path)  # says what the first said, after something else: its changes are not the first's
    assert (back.outcome, back.snapshot_id) == ("published", f"{first.snapshot_id}-2")
    assert contents(first.path) == before and verify(back.path) == []


def test_an_as_of_build_is_listed_and_never_the_latest(world: ModuleType, tmp_path: Path) -> None:
    paths, day, called = Paths(tmp_path), date(2023, 6, 12), []
    built = world.publish(tmp_path, 4, promote=False, as_of=day, before=lambda: called.append(1))
    assert (built.outcome, built.snapshot_id[:10], called) == ("built", "2023-06-12", [])
    assert read_index(paths)["latest"] is None and not paths.latest.exists() and verify(built.path) == []
    latest = world.publish(tmp_path)
    assert world.publish(tmp_path, 4, promote=False, as_of=day).outcome == "unchanged"
    other = world.publish(tmp_path, 5, promote=False, as_of=day)
    index = read_index(paths)
    assert [e["kind"] for e in index["snapshots"]] == ["as-of", "final", "as-of"]
    assert index["latest"] == latest.snapshot_id == paths.latest.resolve().name
    assert index["snapshots"][2]["why"]["fr"] == "reconstitution au 2023-06-12, jamais la dernière"
    promoted = world.publish(tmp_path, 5, as_of=day)
    assert promoted.snapshot_id == f"{other.snapshot_id}-2", "the folder of a build never changes, promoted or not"


def test_before_anything_is_promoted_no_link_leads_nowhere(world: ModuleType, tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    built = world.publish(tmp_path, 4, promote=False)
    assert [entry["id"] for entry in read_index(paths)["snapshots"]] == [built.snapshot_id]
    assert not os.path.lexists(paths.latest)
    paths.latest.symlink_to(".current/latest")  # as a process killed within the first promotion leaves it
    world.publish(tmp_path, 5, promote=False)
    assert not os.path.lexists(paths.latest)
    assert world.publish(tmp_path).path == paths.latest.resolve()
    world.publish(tmp_path, 7, promote=False)
    assert paths.latest.exists()


def test_a_critical_failure_is_kept_and_never_promoted(world: ModuleType, tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    first = world.publish(tmp_path)
    before, called = read_index(paths), []
    bad = world.publish(tmp_path, 9, critical=2, before=lambda: called.append(1))
    assert (bad.outcome, bad.checks["critical"], called) == ("rejected", 2, [])
    assert bad.path == paths.rejected / f"{bad.snapshot_id}-1" and "2 critical checks failed" in bad.message
    assert json.loads((bad.path / "manifest.json").read_text())["kind"] == "rejected"
    assert verify(bad.path) == [] and (bad.path / "validation.html").exists()
    assert read_index(paths) == before and paths.latest.resolve() == first.path
    assert world.publish(tmp_path, 9, critical=2).path == bad.path, "the same rejection is not kept twice"
    assert world.publish(tmp_path, 9, critical=1).path.name == f"{bad.snapshot_id}-2"
    assert world.publish(tmp_path, critical=1).outcome == "rejected", "even when it says what the latest says"
    assert list((paths.processed / ".staging").iterdir()) == []


def test_one_publisher_at_a_time(world: ModuleType, tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    staged = stage(paths, world.tables(), world.info())
    added = {"checks": world.checks(), "changes": world.ready(6)[1]}
    with FileLock(paths.processed / ".lock"), pytest.raises(StoreBusy, match="another process") as busy:
        publish_candidate(paths, staged, tables_added=added, supersedes=None, now=world.NOW)
    assert busy.value.transient and busy.value.exit_code == 5
    assert publish_candidate(paths, staged, tables_added=added, supersedes=None, now=world.NOW).outcome == "published"


def test_a_candidate_checked_against_an_older_latest_has_to_be_checked_again(world: ModuleType, tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    first = world.publish(tmp_path)
    staged = stage(paths, world.tables(8), world.info())
    second = world.publish(tmp_path, 7)
    added = {"checks": world.checks(), "changes": world.ready(8)[1]}
    with pytest.raises(StoreBusy, match=f"moved to {second.snapshot_id}"):
        publish_candidate(paths, staged, tables_added=added, supersedes=first.snapshot_id, now=world.NOW)
    done = publish_candidate(paths, staged, tables_added=added, supersedes=second.snapshot_id, now=world.NOW)
    assert done.outcome == "published"


def test_what_fails_before_the_step_promotes_nothing(world: ModuleType, tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    first = world.publish(tmp_path)

    def fail() -> None:
        raise DataError("identities do not hold")

    with pytest.raises(DataError):
        world.publish(tmp_path, 7, before=fail)
    assert read_index(paths)["latest"] == first.snapshot_id
    assert world.publish(tmp_path, 7).outcome == "published"
    assert {p.name for p in (paths.processed / ".staging").iterdir()} == set(), "the failed candidate was swept"


def test_a_file_that_does_not_read_back_stops_the_promotion(world: ModuleType, tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    staged = stage(paths, world.tables(), world.info())
    target = staged / "poles.parquet"
    target.chmod(0o644)
    raw = bytearray(target.read_bytes())
    raw[len(raw) // 2] ^= 1
    target.write_bytes(raw)
    added = {"checks": world.checks(), "changes": world.ready(6)[1]}
    with pytest.raises(PublishError, match=r"poles\.parquet"):
        publish_candidate(paths, staged, tables_added=added, supersedes=None, now=world.NOW)
    assert not paths.latest.exists() and not paths.index.exists()


def test_a_candidate_that_is_not_whole_is_refused(world: ModuleType, tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    added = {"checks": world.checks(), "changes": world.ready(6)[1]}
    tables = world.tables()
    few = stage(paths, {"poles": tables["poles"]}, world.info())
    with pytest.raises(PublishError, match="every table once"):
        publish_candidate(paths, few, tables_added=added, supersedes=None, now=world.NOW)
    whole = stage(paths, tables, world.info())
    for odd in (
        ["../x.html"],
        ["/x.html"],
        ["a/../x.html"],
        ["a//x.html"],
        ["a/.x"],
        ["a./x"],
        ["a b"],
        ["a\\b"],
        ["a\n"],
        [""],
        ["x" * 201],
        ["poles.csv"],
        ["Manifest.json"],
        ["candidate.json/x"],
        ["site/a", "site/A"],
        ["site/a", "site"],
        ["Site", "site/a"],
    ):
        with pytest.raises(PublishError, match="cannot be the name"):
            publish_candidate(
                paths, whole, tables_added=added, extra=dict.fromkeys(odd, b""), supersedes=None, now=world.NOW
            )
        assert hold(whole)
    with pytest.raises(PublishError, match="not a complete candidate"):
        publish_candidate(paths, tmp_path / "nowhere", tables_added=added, supersedes=None, now=world.NOW)


def test_a_store_copied_without_its_links_is_not_written_over(world: ModuleType, tmp_path: Path) -> None:
    done = world.publish(tmp_path / "a")
    copied = tmp_path / "b" / "processed"
    copied.mkdir(parents=True)
    (copied / "index.json").write_bytes(Paths(tmp_path / "a").index.read_bytes())
    with pytest.raises(PublishError, match="without its links"):
        world.publish(tmp_path / "b", 7)
    assert json.loads((copied / "index.json").read_bytes())["latest"] == done.snapshot_id


def test_a_broken_index_is_said_and_not_replaced(world: ModuleType, tmp_path: Path) -> None:
    world.publish(tmp_path)
    index = Paths(tmp_path).index.resolve()
    index.chmod(0o644)
    for broken in ('{"latest": null}', '{"latest": null, "snapshots": [{"id": 1}]}', "{"):
        index.write_text(broken)
        with pytest.raises(PublishError, match="index of snapshots cannot be read"):
            world.publish(tmp_path, 7)


def test_snapshot_ids_are_not_paths(world: ModuleType, tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    with pytest.raises(NoData, match="nothing is published yet"):
        snapshot_path(paths)
    done = world.publish(tmp_path)
    assert snapshot_path(paths) == snapshot_path(paths, done.snapshot_id) == done.path
    for outside in (
        "..",
        "../raw",
        f"{done.snapshot_id}/..",
        "/etc",
        ".state",
        "rejected",
        "",
        f"{done.snapshot_id}\n",
    ):
        with pytest.raises(ConfigError, match="not a snapshot id"):
            snapshot_path(paths, outside)
    with pytest.raises(NoData, match="no snapshot 2020-01-01-00000000"):
        snapshot_path(paths, "2020-01-01-00000000")


def test_the_code_version_follows_the_code_and_nothing_else(tmp_path: Path) -> None:
    package = tmp_path / "ptce_etl"
    (package / "_bundled").mkdir(parents=True)
    (package / "__pycache__").mkdir()
    (package / "a.py").write_text("A = 1\n")

    def version() -> str:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(manifest_module.ptce_etl, "__file__", str(package / "__init__.py"))
            return manifest_module.code_version.__wrapped__()

    first = version()
    assert first.startswith("0.1.0+")
    (package / "_bundled" / "listings.csv").write_text("x")
    (package / "__pycache__" / "a.py").write_text("x")
    (package / "a.py~").write_text("x")
    assert version() == first
    (package / "a.py").rename(package / "b.py")
    moved = version()
    (package / "b.py").write_text("A = 2\n")
    assert len({first, moved, version()}) == 3


def test_parquet_files_carry_neither_pandas_nor_a_clock(world: ModuleType, tmp_path: Path) -> None:
    folder = world.publish(tmp_path).path
    for path in sorted(folder.glob("*.parquet")):
        metadata = pq.read_metadata(path)
        ours = {b"ptce:table", b"ptce:schema_version", b"ptce:key", b"ptce:en", b"ptce:fr"}
        ours |= {b"geo"} if path.name == "poles.geo.parquet" else set()
        assert set(metadata.metadata) == {*ours, b"ARROW:schema"}
        assert {metadata.row_group(0).column(i).compression for i in range(metadata.num_columns)} == {"ZSTD"}
    assert pd.read_parquet(folder / "poles.parquet").index.equals(pd.RangeIndex(6))
