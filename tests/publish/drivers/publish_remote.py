"""Publish a world of so many poles in the store of PTCE_STORE: ``publish_remote.py ROOT ROWS [killed N|waits]``.

``killed N``: SIGKILL before the N-th object is put. ``waits``: says "ready" when all is checked and nothing uploaded,
and goes on when its input closes. Prints JSON: the outcome, or the error's class.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import world

from ptce_etl.errors import PtceError
from ptce_etl.publish.remote import Remote
from ptce_etl.schema import TABLES


def kill_before(last: int) -> None:
    put, done = Remote.replace, Remote.create
    seen = []

    def step() -> None:
        if len(seen) == last:
            os.kill(os.getpid(), signal.SIGKILL)
        seen.append(1)

    def create(self: Remote, name: str, body: bytes) -> bool:
        step()
        return done(self, name, body)

    def replace(self: Remote, name: str, body: bytes, etag: str | None) -> None:
        step()
        put(self, name, body, etag)
        step()

    Remote.create, Remote.replace = create, replace


def wait() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    root, rows, *how = sys.argv[1:]
    for table in TABLES.keys() - world.FEW:
        del TABLES[table]
    if how[:1] == ["killed"]:
        kill_before(int(how[1]))
    try:
        done = world.publish(Path(root), int(rows), before=wait if how == ["waits"] else None)
        said = {"outcome": done.outcome, "snapshot": done.snapshot_id}
    except PtceError as error:
        said = {"outcome": type(error).__name__}
    sys.stdout.write(json.dumps(said) + "\n")
