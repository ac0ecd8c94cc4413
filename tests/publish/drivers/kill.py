"""Kill a publication at each of its writes, one after the other, and look at what is left.

Steps are not listed by hand: an audit hook sees every file opened for writing, renamed, linked or removed and every
folder made under the data root; data written is seen by wrapping that call. Step k of a publication is killed (SIGKILL,
in a forked child) before it happens, and half-way when it writes data. (Flushing to disk changes nothing that the next
process sees: it is no step, and not done here.) Prints JSON: the steps, and what was wrong after which.

Started as ``kill.py SCRATCH first|next [--all]``: over an empty store, or over one that has a snapshot. Only a few
tables are published unless ``--all`` is given: each further one repeats the same two steps.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import world

from ptce_etl.config import Paths
from ptce_etl.publish import files
from ptce_etl.publish.decisions_store import write_identities
from ptce_etl.publish.index import read_index
from ptce_etl.publish.verify import verify
from ptce_etl.schema import TABLES

FEW = {"poles", "listings", "checks", "changes"}
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
    return world.publish(root, rows, before=lambda: write_identities(Paths(root).identities, identities)).outcome


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
        wrong += verify(paths.processed / entry["id"])
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
    if sum(entry["id"] == index["latest"] for entry in index["snapshots"]) != 1:
        wrong.append("the latest is listed twice")
    return wrong if outcome in {"published", "unchanged"} else [*wrong, outcome]


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
        for table in TABLES.keys() - FEW:
            del TABLES[table]
    os.fsync = lambda handle: None
    # Children are forked: what each would have to make again is made here, on one thread.
    pa.set_cpu_count(1)
    empty, base = scratch / "empty", scratch / "base"
    empty.mkdir(parents=True)
    publish(base, 3)
    world.ready(4)
    if which == "first":
        done = trial(empty, scratch / "killed", 3, 0, since="/.state")
    else:
        done = trial(base, scratch / "killed", 4, 3, since="/decisions")
    sys.stdout.write(json.dumps(done))
