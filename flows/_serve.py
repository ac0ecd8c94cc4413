"""The child process behind :mod:`flows.server`: a Prefect API on a free loopback port, for as long as a run needs it.

It is Prefect's own ephemeral application (no UI, no scheduler) under uvicorn. It takes its port from the kernel, says
which one in ``server.json`` once it answers, and stops a moment after the last run has given its lease back.
"""

from __future__ import annotations

import fcntl
import gc
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from flows.server import LEASE, STATE

__all__ = ["main"]

LINGER = 2.0  # seconds: time to write the last events; a second run may follow
TICK = 0.25
LAST_RESORT = 10.0  # seconds a shutdown may take


def main(home: Path) -> None:
    """Serve until nobody holds the lease of ``home`` any more."""
    stop: list[Callable[[], None]] = []
    threading.Thread(target=_watch, args=(home, stop), daemon=True).start()
    gc.disable()  # a quarter of the time to import a server is the collector looking at modules that stay
    import uvicorn
    from prefect.server.api.server import create_app

    app = create_app(ephemeral=True, final=True)
    gc.freeze()
    gc.enable()

    class _Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            _announce(home, listener)

    listener = socket.create_server(("127.0.0.1", 0))
    server = _Server(uvicorn.Config(app, log_level="error", lifespan="on", timeout_graceful_shutdown=2))
    stop.append(lambda: setattr(server, "should_exit", True))
    server.run(sockets=[listener])


def _announce(home: Path, listener: socket.socket) -> None:
    state = {"url": f"http://127.0.0.1:{listener.getsockname()[1]}/api", "pid": os.getpid()}
    part = home / f".{STATE}.{os.getpid()}"
    part.write_text(json.dumps(state), "utf-8")
    part.replace(home / STATE)


def _watch(home: Path, stop: list[Callable[[], None]]) -> None:
    """Stop the process when the lease has been free for a while; from then on, nobody can take it."""
    descriptor = os.open(home / LEASE, os.O_RDWR | os.O_CREAT, 0o600)
    free_since: float | None = None
    while True:
        time.sleep(TICK)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            free_since = None
            continue
        now = time.monotonic()
        free_since = now if free_since is None else free_since
        if now - free_since >= LINGER:
            break
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    (home / STATE).unlink(missing_ok=True)
    if stop:
        stop[0]()
        time.sleep(LAST_RESORT)
    os._exit(0)  # still starting, or stuck: SQLite is made for this


if __name__ == "__main__":
    main(Path(sys.argv[1]))
