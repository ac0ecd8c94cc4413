"""Kill a publication at each of its writes, one after the other, and look at what is left.

Steps are not listed by hand: an audit hook sees every file opened for writing, renamed, linked or removed and every
folder made under the data root; data written is seen by wrapping that call. Step k of a publication is killed (SIGKILL,
in a forked child) before it happens, and half-way when it writes data. (Flushing to disk changes nothing that the next
process sees: it is no step, and not done here.) Prints JSON: the steps, and what was wrong after which.

Started as ``kill.py SCRATCH first|next|versions [--all]``: a publication over an empty store, or over one that has a
snapshot, or else a rollback, a finalisation and a pruning. Only a few tables are published unless ``--all`` is given:
each further one repeats the same two steps.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import world

from ptce_etl.config import Paths
from ptce_etl.publish import files
from ptce_etl.publish.decisions_kept import log_state, state_at
from ptce_etl.publish.decisions_store import write_identities
from ptce_etl.publish.index import read_index
from ptce_etl.publish.verify import verify
from ptce_etl.publish.versions import finalise, prune, rollback
from ptce_etl.schema import TABLES

EVENTS = {"open", "os.rename", "os.mkdir", "os.symlink", "os.remove", "os.rmdir"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Steps:
    """Counts writes under ``root``; ends the process at step ``last``."""

    def __init__(self, root: Path, last: int | None) -> None:
        self.root, self.last, self.names = str(root), last, []

    def step(self, name: str, halfway: Callable[[], object] | None = None) -> None:
        if self.last == len(self.names):
            if halfway is not None:
                halfway()
            os.kill(os.getpid(), signal.SIGKILL)
        self.names.append(name)

    def audit(self, event: str, args: tuple[object, ...]) -> None:
        if event not in EVENTS or (event == "open" and not int(str(args[2])) & WRITING):
            return
        path = next((str(a) for a in args if isinstance(a, str | os.PathLike) and str(a).startswith(self.root)), None)
        nothing_to_do = path is not None and {"os.mkdir": True, "os.remove": False}.get(event) is os.path.lexists(path)
        if path is not None and not nothing_to_do:
            self.step(f"{event} {path.removeprefix(self.root)}")

    def install(self) -> None:
        write = files._Sink.write

        def counted_write(sink: files._Sink, data: bytes) -> int:
            def half() -> None:
                sink.raw.write(bytes(data)[: len(data) // 2])
                sink.raw.flush()

            # A Parquet file is many small writes: the large ones stand for them.
            if len(data) > 100 or (sink.size == 0 and bytes(data) != b"PAR1"):
                self.step("write", half)
            return write(sink, data)

        files._Sink.write = counted_write
        sys.addaudithook(self.audit)


def publish(root: Path, rows: int) -> str:
    """Publish a world of ``rows`` poles with its identities; the outcome."""
    identities = pd.DataFrame({"listing_id": [f"l{i}" for i in range(rows)], "pole_id": "p", "since": "2026-11-23"})

    def before() -> None:
        write_identities(Paths(root).identities, identities)
        log_state(Paths(root), world.NOW)

    return world.publish(root, rows, before=before).outcome


def in_child(work: Callable[[], object]) -> tuple[int, object]:
    """Run ``work`` in a forked process: the signal that ended it, and what it returned."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        answer = json.dumps(work()).encode()
        with os.fdopen(write, "wb") as pipe:
            pipe.write(answer)
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    return os.WTERMSIG(status), json.loads(said) if said else None


def left(root: Path, rows: tuple[int, ...]) -> list[str]:
    """What a reader would find wrong in the store a killed process left; ``rows`` of the snapshots it may see."""
    paths, wrong = Paths(root), []
    if not paths.index.exists() or not paths.latest.exists():
        if paths.index.exists() != paths.latest.exists():
            wrong.append("half a first publication is visible")
        return wrong if 0 in rows else [*wrong, "the last snapshot is gone"]
    index = read_index(paths)
    if paths.latest.resolve().name != index["latest"]:
        wrong.append("index and latest disagree")
    for entry in index["snapshots"]:
        wrong += [] if "pruned" in entry else verify(paths.processed / entry["id"])
    seen = pq.read_metadata(paths.latest / "poles.parquet").num_rows
    return wrong if seen in rows else [*wrong, f"{seen} poles are read"]


def next_run(root: Path, rows: int) -> list[str]:
    """Publish again after the crash, and what is then left that should not be."""
    outcome = publish(root, rows)
    paths, wrong = Paths(root), left(root, (rows,))
    index = read_index(paths)
    expected = {entry["id"] for entry in index["snapshots"]} | {
        "index.json", "latest", ".current", ".state", ".staging", ".lock"
    }  # fmt: skip
    wrong += [f"{p.name} is left" for p in paths.processed.iterdir() if p.name not in expected]
    wrong += [f".staging/{p.name} is left" for p in (paths.processed / ".staging").iterdir()]
    wrong += [f".state/{p.name} is left" for p in (paths.processed / ".state").iterdir() if not p.name.isdecimal()]
    wrong += [f"decisions/{p.name} is left" for p in paths.decisions.iterdir() if p.name != "identities.csv"]
    held = state_at(paths, world.NOW, whole_day=False)["identities.csv"]
    wrong += [] if held == paths.identities.read_bytes() else ["the decisions kept are not those in force"]
    if sum(entry["id"] == index["latest"] for entry in index["snapshots"]) != 1:
        wrong.append("the latest is listed twice")
    return wrong if outcome in {"published", "unchanged"} else [*wrong, outcome]


def settled(root: Path) -> dict[str, object]:
    """All that a store holds when nobody works on it; the numbers of its states and the lock's file say nothing."""
    processed = Paths(root).processed
    return {
        name: path.read_bytes() if path.is_file() else "folder"
        for path in sorted(processed.rglob("*"))
        if not (name := path.relative_to(processed).as_posix()).startswith((".state", ".lock", ".current"))
    }


def trial_of(before: Path, root: Path, work: Callable[[Path], object], rows: tuple[int, ...]) -> dict[str, object]:
    """Kill ``work`` at every step, then do it to its end: the store must be as if nothing had happened."""

    def run(last: int | None) -> list[str]:
        steps = Steps(root, last)
        steps.install()
        work(root)
        return steps.names

    def again() -> list[str]:
        found = left(root, rows)
        work(root)
        return found + left(root, rows) + ([] if settled(root) == whole else ["not as if nothing had happened"])

    def fresh() -> None:
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(before, root, symlinks=True)

    fresh()
    names = list(in_child(lambda: run(None))[1])
    whole, found = settled(root), {}
    for last, name in enumerate(names):
        fresh()
        ended, _ = in_child(lambda last=last: run(last))
        found[f"{last} {name}"] = ["not killed"] * (ended != signal.SIGKILL) + list(in_child(again)[1])
    return {"steps": names, "wrong": {step: wrong for step, wrong in found.items() if wrong}}


def versions(scratch: Path) -> dict[str, object]:
    """Each of the things done to published versions, over a store that has four."""
    base = scratch / "versions"
    ids = [publish_provisional(base, rows) for rows in (3, 4, 5, 6)]
    later = world.NOW + timedelta(days=9)

    def back(root: Path) -> None:
        rollback(Paths(root), ids[1], why="x", now=later)

    def final(root: Path) -> None:
        finalise(Paths(root), ids[2], why="x", now=later)

    def old(root: Path) -> None:
        prune(Paths(root), 1, why="x", now=later)

    done = {"rollback": trial_of(base, scratch / "back", back, (6, 4))}
    done["finalise"] = trial_of(base, scratch / "final", final, (6,))
    done["prune"] = trial_of(base, scratch / "old", old, (6,))
    return {
        "steps": [f"{which}: {step}" for which, trial in done.items() for step in trial["steps"]],
        "wrong": {f"{which}: {step}": w for which, trial in done.items() for step, w in trial["wrong"].items()},
    }


def publish_provisional(root: Path, rows: int) -> str:
    return world.publish(root, rows, now=world.NOW + timedelta(days=rows), provisional=True).snapshot_id


def killed_at(root: Path, rows: int, last: int | None) -> list[str]:
    """Publish, to be killed at step ``last``; the steps when it was not."""
    steps = Steps(root, last)
    steps.install()
    publish(root, rows)
    return steps.names


def trial(before: Path, root: Path, rows: int, old: int, *, since: str) -> dict[str, object]:
    """Kill a publication of ``rows`` poles at every step, over a copy of ``before`` (where ``old`` are published).

    Until the first step that names ``since``, the publication killed at step k + 1 is itself the next run after step k.
    From there on, every step is tried on its own and followed by a whole run.
    """

    def fresh() -> None:
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(before, root, symlinks=True)

    def one(last: int, alone: bool) -> list[str]:
        if alone:
            fresh()
        ended, _ = in_child(lambda: killed_at(root, rows, last))
        found = [] if ended == signal.SIGKILL else [f"ended by {ended}"]
        if not alone:
            return found + left(root, (old,))
        return found + in_child(lambda: left(root, (old, rows)) + next_run(root, rows))[1]

    fresh()
    names = list(in_child(lambda: killed_at(root, rows, None))[1])
    fresh()
    own = next(n for n, name in enumerate(names) if since in name)
    found = {f"{last} {name}": one(last, last >= own) for last, name in enumerate(names)}
    return {"steps": names, "wrong": {step: wrong for step, wrong in found.items() if wrong}}


if __name__ == "__main__":
    scratch, which = Path(sys.argv[1]), sys.argv[2]
    if "--all" not in sys.argv:
        for table in TABLES.keys() - world.FEW:
            del TABLES[table]
    os.fsync = lambda handle: None
    # Children are forked: what each would have to make again is made here, on one thread.
    pa.set_cpu_count(1)
    if which == "versions":
        sys.stdout.write(json.dumps(versions(scratch)))
        sys.exit()
    empty, base = scratch / "empty", scratch / "base"
    empty.mkdir(parents=True)
    publish(base, 3)
    world.ready(4)
    if which == "first":
        done = trial(empty, scratch / "killed", 3, 0, since="/.state")
    else:
        done = trial(base, scratch / "killed", 4, 3, since="/decisions")
    sys.stdout.write(json.dumps(done))
