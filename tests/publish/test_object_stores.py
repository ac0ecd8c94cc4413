"""Snapshots in object stores, on real servers: moto's S3 and Azurite, with rivals, cut wires and killed publishers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from types import ModuleType

import obstore
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

import ptce_etl
from ptce_etl.cli import main
from ptce_etl.config import Paths
from ptce_etl.errors import ConfigError, NoData, PublishError, StoreBusy
from ptce_etl.publish.api import load_all
from ptce_etl.publish.index import file_of, published_id, read_index, snapshot_path
from ptce_etl.publish.remote import Remote, is_url
from ptce_etl.publish.signing import SIGNATURE
from ptce_etl.publish.verify import verify, verify_published
from ptce_etl.publish.versions import finalise, prune, rollback
from ptce_etl.schema import TABLES
from tests.publish.servers import Wire, azurite, moto

DRIVER = [sys.executable, str(Path(__file__).parent / "drivers" / "publish_remote.py")]
_numbers = count(1)


@pytest.fixture(autouse=True)
def few_tables(world: ModuleType) -> Iterator[None]:
    """Only a few tables are published: each further one repeats the same steps."""
    world.ready.cache_clear()
    whole = dict(TABLES)
    for table in whole.keys() - world.FEW:
        del TABLES[table]
    yield
    TABLES.clear()
    TABLES.update(whole)  # not one by one: their order is that of the documents
    world.ready.cache_clear()


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, str]]:
    with moto() as client:
        yield client


@pytest.fixture(scope="module")
def azure() -> Iterator[dict[str, str]]:
    with azurite() as client:
        yield client


@pytest.fixture(params=["s3", "azure"])
def url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new empty place in each of the stores, which PTCE_STORE names."""
    return place(request, monkeypatch, request.param)


@pytest.fixture
def s3_url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    return place(request, monkeypatch, "s3")


def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, kind: str) -> str:
    for name, value in request.getfixturevalue(kind).items():
        monkeypatch.setenv(name, value)
    at = {"s3": "s3://bucket", "azure": "az://container"}[kind]
    url = f"{at}/place{next(_numbers)}/deep"
    monkeypatch.setenv("PTCE_STORE", url)
    return url


def test_published_read_rolled_back_and_pruned(url: str, world: ModuleType, tmp_path: Path) -> None:
    paths = Paths(tmp_path / "here")
    assert read_index(paths)["latest"] is None and is_url(url)
    with pytest.raises(NoData, match="nothing is published"):
        ptce_etl.load("poles", data=url)
    ids = []
    for n, rows in enumerate((3, 4, 5, 6)):
        done = world.publish(paths.root, rows, now=world.NOW + timedelta(days=n), provisional=rows == 6)
        assert (done.outcome, len(ptce_etl.load("poles", data=url))) == ("published", rows)
        ids.append(done.snapshot_id)
    past = world.publish(paths.root, 2, promote=False, as_of=date(2020, 1, 1))
    assert past.outcome == "built" and world.publish(paths.root, 6).outcome == "unchanged"
    bad = world.publish(paths.root, 7, critical=1)
    assert bad.outcome == "rejected" and Remote(url).read(f"rejected/{bad.snapshot_id}-1/manifest.json") is not None
    # Another machine: it has nothing but the address.
    there = Paths(tmp_path / "there")
    assert list(ptce_etl.snapshots(url)["snapshot_id"]) == [past.snapshot_id, *reversed(ids)]
    assert len(ptce_etl.load("listings", snapshot=ids[0], data=url)) == 3
    assert len(ptce_etl.changes(since=ids[0], data=url)) == 3
    assert load_all(data=url)["poles"].equals(ptce_etl.load("poles", data=url))
    assert verify(snapshot_path(there, ids[1])) == [] == verify_published(there, past.snapshot_id)
    assert file_of(there, read_index(there)["snapshots"][0], "poles.csv").read_bytes().startswith(b"pole_id,")
    later = world.NOW + timedelta(days=9)
    assert finalise(there, ids[3], why="x", now=later)
    move = rollback(there, ids[2], why="x", now=later)
    assert move is not None and len(ptce_etl.load("poles", data=url)) == 5 == len(
        ptce_etl.load("poles", data=there.root)
    )
    assert world.publish(paths.root, 6).outcome == "withheld"
    assert prune(there, 1, why="x", now=later).remove == (ids[0],)
    assert Remote(url).names(ids[0]) == []
    assert Remote(url).names(f"pruned/{ids[0]}") == ["changes.parquet", "manifest.json"]
    with pytest.raises(NoData, match="pruned"):
        ptce_etl.load("poles", snapshot=ids[0], data=url)
    assert world.publish(there.root, 8).outcome == "published"
    assert [verify_published(paths, name) for name in (*ids[1:], published_id(paths, "latest"))] == [[], [], [], []]


def test_what_is_altered_lost_or_added_in_the_store_is_found(
    s3_url: str, world: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import obstore

    done = world.publish(tmp_path)
    remote, paths, name = Remote(s3_url), Paths(tmp_path), done.snapshot_id
    poles = remote.read(f"{name}/poles.csv")
    assert poles is not None
    obstore.put(remote._store, f"{name}/poles.csv", poles[0][:-1] + b"x")
    obstore.put(remote._store, f"{name}/site/extra.html", b"x")
    obstore.delete(remote._store, f"{name}/site/poles/p1.html")
    found = [
        "site/extra.html: not in the manifest",
        "poles.csv: altered: its sha256 is not the one published",
        "site/poles/p1.html: missing",
    ]
    assert verify_published(paths, name) == found
    capsys.readouterr()
    assert main(["verify", "latest", "--data", str(tmp_path), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["problems"] == found
    with pytest.raises(PublishError, match=r"poles\.csv"):
        snapshot_path(Paths(tmp_path / "other"), name)
    obstore.put(remote._store, "index.json", b'{"latest": 1}')
    with pytest.raises(PublishError, match="index of snapshots cannot be read"):
        ptce_etl.load("poles", data=s3_url)
    with pytest.raises(ConfigError):
        Remote("s3://")


def test_of_two_publishers_one_wins_and_the_other_is_told(url: str, world: ModuleType, tmp_path: Path) -> None:
    world.publish(tmp_path / "first", 3)
    rivals = [
        subprocess.Popen(
            [*DRIVER, str(tmp_path / str(rows)), str(rows), "waits"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for rows in (4, 5)
    ]
    for rival in rivals:
        assert rival.stdout is not None and rival.stdout.readline() == "ready\n"
    said = [json.loads(rival.communicate(input="")[0]) for rival in rivals]
    assert sorted(one["outcome"] for one in said) == ["StoreBusy", "published"]
    (won,) = (one["snapshot"] for one in said if one["outcome"] == "published")
    paths = Paths(tmp_path / "reader")
    assert read_index(paths)["latest"] == won and len(read_index(paths)["snapshots"]) == 2
    lost = 5 if len(ptce_etl.load("poles", data=url)) == 4 else 4
    assert world.publish(tmp_path / "again", lost).outcome == "published", (
        "on top of the winner, over its own leftovers"
    )
    assert [verify_published(paths, entry["id"]) for entry in read_index(paths)["snapshots"]] == [[], [], []]


def test_an_index_that_moved_since_it_was_read_is_not_overwritten(
    s3_url: str, world: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (world.publish(tmp_path, rows).snapshot_id for rows in (3, 4))
    before = read_index(Paths(tmp_path))
    rollback(Paths(tmp_path), first, why="x", now=world.NOW)
    monkeypatch.setattr("ptce_etl.publish.versions.read_index", lambda paths: before)
    for change in (
        lambda: rollback(Paths(tmp_path), first, why="y", now=world.NOW),
        lambda: Remote(s3_url).replace("index.json", b"{}", None),
    ):
        with pytest.raises(StoreBusy, match="quicker"):
            change()
    assert read_index(Paths(tmp_path))["moves"][0]["was"] == second


@pytest.mark.parametrize("last", [5, -2, -1])
def test_a_publisher_killed_between_two_objects_leaves_the_latest(
    s3_url: str, world: ModuleType, tmp_path: Path, last: int
) -> None:
    old = world.publish(tmp_path / "first", 3).snapshot_id
    # The claim, the objects of this world, the index, and what comes after it.
    puts = 1 + len(Remote(s3_url).names(old)) + 2
    root = tmp_path / "killed"
    done = subprocess.run([*DRIVER, str(root), "4", "killed", str(last % puts)], check=False, capture_output=True)
    assert done.returncode == -9, done.stderr
    paths = Paths(tmp_path / "reader")
    committed = last == -1
    assert (read_index(paths)["latest"] == old) is not committed
    assert verify_published(paths, published_id(paths, "latest")) == []
    assert world.publish(root, 4).outcome == ("unchanged" if committed else "published")
    found = read_index(paths)["snapshots"]
    assert [verify_published(paths, entry["id"]) for entry in found] == [[], []]
    assert not found[1]["id"].endswith("-2"), "it went on with what was there"
    assert world.publish(root, 5).outcome == "published" and list((Paths(root).processed / ".staging").iterdir()) == []


def test_a_cut_at_any_put_leaves_the_latest_and_the_next_run_is_clean(
    s3_url: str, world: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = world.publish(tmp_path / "first", 3).snapshot_id
    paths, create, puts = Paths(tmp_path / "reader"), Remote.create, len(Remote(s3_url).names(old))
    left = [0]

    def cut(self: Remote, name: str, body: bytes) -> bool:
        left[0] -= 1
        if left[0] < 0:
            raise PublishError("the wire was cut")
        return create(self, name, body)

    for reached in range(puts):
        left[0] = reached
        with monkeypatch.context() as patch:
            patch.setattr(Remote, "create", cut)
            with pytest.raises(PublishError, match="cut"):
                world.publish(tmp_path / "cut", 4)
        assert read_index(paths)["latest"] == old
    assert verify_published(paths, old) == []
    assert world.publish(tmp_path / "cut", 4).outcome == "published"
    found = [entry["id"] for entry in read_index(paths)["snapshots"]]
    assert [verify_published(paths, name) for name in found] == [[], []]
    there = Remote(s3_url.rpartition("/")[0]).names("deep")
    assert {name.partition("/")[0] for name in there} == {*found, "index.json"}


def test_a_name_that_somebody_left_other_bytes_under_is_not_used(
    s3_url: str, world: ModuleType, tmp_path: Path
) -> None:
    name = world.publish(tmp_path / "elsewhere", 4).snapshot_id
    other = Remote(f"{s3_url}er")
    assert other.create(f"{name}/manifest.json", b"{}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PTCE_STORE", f"{s3_url}er")
        done = world.publish(tmp_path / "here", 4)
        assert done.snapshot_id == f"{name}-2" and verify_published(Paths(tmp_path), done.snapshot_id) == []


def test_a_wire_cut_in_the_middle_of_an_upload_and_an_answer_that_is_lost(
    s3_url: str, s3: dict[str, str], world: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = world.publish(tmp_path / "first", 3).snapshot_id
    wire = Wire(int(s3["AWS_ENDPOINT_URL"].rpartition(":")[2]))
    driver = [*DRIVER, str(tmp_path / "cut"), "4"]
    environment = os.environ | {"AWS_ENDPOINT_URL": wire.url}
    try:
        wire.cut_at = 12_000
        cut = subprocess.run(driver, env=environment, check=True, capture_output=True)
        assert json.loads(cut.stdout)["outcome"] == "PublishError" and wire.cuts > 0
        paths = Paths(tmp_path / "reader")
        assert read_index(paths)["latest"] == old and verify_published(paths, old) == []
        wire.cut_at, wire.cuts = None, 0
        wire.lose = b'"published_at"'  # only the index says that
        done = subprocess.run(driver, env=environment, check=True, capture_output=True)
        assert json.loads(done.stdout)["outcome"] == "published" and wire.cuts == 1
        assert [verify_published(paths, entry["id"]) for entry in read_index(paths)["snapshots"]] == [[], []]
    finally:
        wire.close()


def test_a_signature_goes_with_its_snapshot_and_is_asked_for_there(
    s3_url: str, world: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    form = PrivateFormat.OpenSSH, NoEncryption()
    (tmp_path / "key").write_bytes(key.private_bytes(Encoding.PEM, *form))
    (tmp_path / "key").chmod(0o600)
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    (tmp_path / "signers").write_text(f"obs@example.org {public}\n", "utf-8")
    monkeypatch.setenv("PTCE_SIGNING_KEY", str(tmp_path / "key"))
    name = world.publish(tmp_path / "here").snapshot_id
    monkeypatch.delenv("PTCE_SIGNING_KEY")
    monkeypatch.setenv("PTCE_ALLOWED_SIGNERS", str(tmp_path / "signers"))
    there, store = Paths(tmp_path / "there"), Remote(s3_url)
    assert verify_published(there, name) == []
    found = store.read(f"{name}/{SIGNATURE}")
    assert found is not None
    store.replace(f"{name}/{SIGNATURE}", found[0].replace(b"A", b"B", 9), found[1])
    assert [problem.partition(":")[0] for problem in verify_published(there, name)] == [SIGNATURE]
    obstore.delete(store._store, f"{name}/{SIGNATURE}")
    assert verify_published(there, name) == [f"{SIGNATURE}: missing, and PTCE_ALLOWED_SIGNERS asks for one"]
