"""Other processes: killed ones, living ones, and ones that differ in everything that must not matter."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import ptce_etl
from ptce_etl.config import Paths
from ptce_etl.publish.staging import release, stage, sweep
from ptce_etl.publish.store import locked

STEPS = {
    "publication": (
        "poles.parquet", "poles.csv", "CHANGES.md", "manifest.json", "site/poles/p1.html", "identities.csv",
        "os.rename /raw/archive/objects", "os.rename /raw/archive/.decisions.jsonl.new",
        ".promoting", "current.link",
    ),
    "versions": (
        "rollback: os.rename /processed/.state/current.link", "finalise: os.rename /processed/.state/current.link",
        "prune: open /processed/pruned/", "prune: os.rename /processed/.state/current.link",
        "prune: os.rename /processed/2026", "prune: os.rmdir /processed/.staging/",
    ),
}  # fmt: skip
DRIVERS = Path(__file__).parent / "drivers"


def test_candidates_of_dead_processes_are_swept_and_living_ones_are_not(world: ModuleType, tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    code = "import sys, world; from ptce_etl.publish.staging import stage; from pathlib import Path;"
    code += "print(stage(world.Paths(Path(sys.argv[1])), world.tables(), world.info()), flush=True); sys.stdin.read()"
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=DRIVERS,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None and other.stdin is not None
    theirs = Path(other.stdout.readline().strip())
    mine = stage(paths, world.tables(), world.info())
    assert theirs.exists(), "a living process works on it"
    other.kill()
    other.wait()
    other.stdin.close()
    other.stdout.close()
    with locked(paths, keep=theirs):
        assert theirs.exists(), "kept: it is the one being published"
    assert sweep(paths) == [theirs.name] and mine.exists()
    release(mine)
    assert sweep(paths) == [mine.name]


def test_killed_at_every_write_the_last_snapshot_stays_and_the_next_run_is_clean(tmp_path: Path) -> None:
    command = [sys.executable, str(DRIVERS / "kill.py")]
    running = {
        which: subprocess.Popen([*command, str(tmp_path / which), which], stdout=subprocess.PIPE, text=True)
        for which in ("first", "next", "versions")
    }
    for which, process in running.items():
        out, _ = process.communicate()
        assert process.returncode == 0
        found = json.loads(out)
        assert found["wrong"] == {}, which
        named = " ".join(found["steps"])
        assert len(found["steps"]) > 25
        for step in STEPS["publication" if which != "versions" else which]:
            assert step in named, f"{step} was not among the steps"


def test_the_same_tables_give_the_same_bytes_in_any_process(
    contents: Callable[[Path], dict[str, object]], tmp_path: Path
) -> None:
    worlds = [
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "TZ": "America/Los_Angeles", "LC_ALL": "fr_FR.UTF-8", "PYTHONUTF8": "0"},
    ]
    # The code is copied, so that it does not change between the two.
    code = tmp_path / "code"
    package = Path(ptce_etl.__file__).parent
    shutil.copytree(package, code / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    running = [
        subprocess.Popen(
            [sys.executable, str(DRIVERS / "publish_once.py"), str(tmp_path / str(n)), str(n)],
            env={**os.environ, **environment, "PYTHONPATH": str(code)},
        )
        for n, environment in enumerate(worlds)
    ]
    assert [process.wait() for process in running] == [0, 0]
    one, two = (contents(tmp_path / str(n) / "processed") for n in (0, 1))
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def test_readers_see_a_whole_snapshot_while_others_are_being_published(world: ModuleType, tmp_path: Path) -> None:
    world.publish(tmp_path, 3)
    reader = subprocess.Popen(
        [sys.executable, str(DRIVERS / "read_on.py"), str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout is not None
    assert reader.stdout.readline() == "reading\n"
    for rows in (4, 5, 6, 7, 8):
        world.publish(tmp_path, rows)
    out, _ = reader.communicate(input="")
    found = json.loads(out)
    assert found["wrong"] == [] and found["reads"] > 10
    assert len(found["seen"]) > 1, "it read before, between or after publications"
    states = sorted(int(p.name) for p in (tmp_path / "processed" / ".state").iterdir())
    assert states == [3, 4, 5, 6], "old states are swept, the last few stay for readers on their way"
