"""``run_observatory``: the main job through Prefect, for a person who has no server to start and none to look after."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flows import environment
from flows.server import DEFAULT_URL, Server, ServerDown
from ptce_etl.importing import collector_paused

if TYPE_CHECKING:
    from ptce_etl.pipeline import OnStep, RunResult

__all__ = ["drain", "run_observatory"]

Say = Callable[[str], None]
DRAIN = 5.0  # seconds to let the last logs and events reach the server


def run_observatory(
    root: Path,
    *,
    now: datetime,
    as_of: date | None = None,
    use_judgements: bool = True,
    dry_run: bool = False,
    provisional: bool = False,
    say: Say,
    on_step: OnStep | None = None,
    usual: str | None = DEFAULT_URL,
) -> RunResult:
    """Collect, build and publish under the data root ``root``, as a Prefect flow run.

    Uses the server of ``PREFECT_API_URL``, one already up (``usual`` is where else to look), or one of its own, which
    stops by itself when the run is over. Without any of them it runs the same steps without Prefect. ``say`` hears in
    a line what Prefect is doing, ``on_step`` each step and its seconds. ``dry_run`` builds and validates, and never
    promotes; ``provisional`` publishes as such.

    A publication that validation blocked is a result (``publication.outcome == "rejected"``), as in
    :func:`ptce_etl.pipeline.run`. Raises what that raises.
    """
    job = _Job(root, now, as_of, use_judgements, dry_run, provisional, say, on_step or _quiet)
    home = environment.home_of(root)
    with environment.applied(home):
        try:
            with Server(home, say, usual=usual) as server:
                return job.through_prefect(server)
        except ServerDown as error:
            say(f"Prefect is out: {error}. Running the same steps without it.")
    return job.plain()


def _quiet(step: str, seconds: float) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True)
class _Job:
    root: Path
    now: datetime
    as_of: date | None
    use_judgements: bool
    dry_run: bool
    provisional: bool
    say: Say
    on_step: OnStep

    def plain(self) -> RunResult:
        """The same steps without Prefect."""
        from ptce_etl.pipeline import open_context, run

        ctx = open_context(
            self.root,
            now=self.now,
            as_of=self.as_of,
            use_judgements=self.use_judgements,
            provisional=self.provisional,
        )
        return run(ctx, self.on_step, promote=not self.dry_run)

    def through_prefect(self, server: Server) -> RunResult:
        """Run the flow against ``server``. Raises :class:`ServerDown` when it is lost before there is a result."""
        # Imported here and not above: Prefect reads the environment when it is first imported, and all these seconds
        # of imports pass while the server starts.
        with collector_paused():
            import httpx
            from prefect.exceptions import PrefectException
            from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

            from flows.door import Door, opened
            from flows.observatory import observatory
        gc.freeze()  # modules stay: looking at them again costs time at each collection, and at exit
        # The end of a flow waits a second for the thread of its heartbeat. No variable turns it off.
        settings = {PREFECT_API_URL: server.url(), PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}
        door = Door(self.now, self.on_step)
        with temporary_settings(settings), opened(door):
            try:
                state = observatory(
                    data=str(self.root),
                    as_of=self.as_of,
                    use_judgements=self.use_judgements,
                    dry_run=self.dry_run,
                    force=True,  # as the same steps without Prefect
                    provisional=self.provisional,
                    return_state=True,
                )
                drain()
            except (httpx.HTTPError, PrefectException, RuntimeError) as error:
                if door.result is None:
                    raise ServerDown(f"its server was lost ({type(error).__name__})") from error
                # What is published is in the manifest; what Prefect knows of the run is not.
                self.say("Prefect's server was lost before it heard how the run ended. What was published stands.")
        if door.result is None:
            state.result()  # raises what stopped the run
            raise ServerDown("the run ended without a result")
        return door.result


def drain() -> None:
    """Send what is left to the server before giving it up: at exit it would be too late."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    for worker in (EventsWorker, APILogWorker):
        worker.drain_all(timeout=DRAIN, at_exit=False)
