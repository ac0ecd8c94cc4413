"""A new data root is set up whole or not at all, and what is there is never touched."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from ptce_etl import seed
from ptce_etl.config import Paths
from ptce_etl.errors import PublishError

FILES = {"raw/transcribed/a.csv", "raw/transcribed/b.csv", "decisions/judgements.jsonl"}


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    bundle = tmp_path / "bundle"
    for name in FILES:
        (bundle / name).parent.mkdir(parents=True, exist_ok=True)
        (bundle / name).write_text(name, "utf-8")
    monkeypatch.setattr(seed, "bundled", lambda: bundle)
    return Paths(tmp_path / "data")


def _there(paths: Paths) -> set[str]:
    return {str(p.relative_to(paths.root)) for p in paths.root.rglob("*") if p.is_file()}


def test_a_new_root_gets_everything_once(paths: Paths) -> None:
    assert set(seed.seed(paths)) == FILES == _there(paths)
    assert seed.seed(paths) == []


def test_set_up_cut_short_is_begun_again(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    copy, done = shutil.copyfile, []

    def full(source: Path, target: Path) -> None:
        if done:
            raise OSError(28, "No space left on device")
        done.append(copy(source, target))

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", full)
        with pytest.raises(PublishError, match="No space left"):
            seed.seed(paths)
    assert not paths.transcribed.exists(), "half of the ledgers would be taken for all of them"
    left = paths.raw / ".transcribed.999999999"  # of a process that was killed
    left.mkdir()
    (left / "a.csv").write_text("half", "utf-8")
    assert set(seed.seed(paths)) == FILES == _there(paths)


def test_another_that_is_setting_up_is_let_be(paths: Paths) -> None:
    theirs = paths.raw / f".transcribed.{os.getppid()}"
    theirs.mkdir(parents=True)
    seed.seed(paths)
    assert theirs.is_dir() and _there(paths) == FILES


def test_what_is_there_stays_as_it_is(paths: Paths) -> None:
    paths.decisions.mkdir(parents=True)
    paths.judgements.write_text("mine", "utf-8")
    paths.transcribed.mkdir(parents=True)
    (paths.transcribed / ".gitkeep").write_text("", "utf-8")
    assert set(seed.seed(paths)) == FILES - {"decisions/judgements.jsonl"}
    assert paths.judgements.read_text("utf-8") == "mine"
    (paths.transcribed / "a.csv").unlink()
    assert seed.seed(paths) == [], "a ledger that somebody took away is not brought back"
