"""The partitions of candidate pairs as Prefect task runs on a Dask cluster: for more listings than one machine weighs.

The scheduler and its workers are somebody else's to start; each worker needs this package, at the same version. What
all partitions share (profiles and blocking keys) is sent to each worker once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flows import environment
from flows.server import DEFAULT_URL, Server, ServerDown
from ptce_etl.errors import ConfigError, WorkerLost
from ptce_etl.resolve.matching import Match, Runner
from ptce_etl.resolve.scoring import Scores

__all__ = ["cluster_runner", "on_cluster"]


@contextmanager
def cluster_runner(
    address: str, root: Path, say: Callable[[str], None], usual: str | None = DEFAULT_URL
) -> Iterator[Runner]:
    """A runner of partitions on the Dask scheduler at ``address``, with a Prefect server to record the task runs.

    ``root``: the data root beside which Prefect keeps its state; ``say`` and ``usual`` as in
    :func:`flows.runtime.run_observatory`. Raises :class:`ConfigError` when the extra ``cluster`` is not installed, the
    scheduler does not answer or Prefect has no server; :class:`WorkerLost` when the cluster dies in mid-run.
    """
    home = environment.home_of(root)
    with environment.applied(home):
        try:
            with Server(home, say, usual=usual) as server:
                from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

                from flows.runtime import drain

                settings = {PREFECT_API_URL: server.url(), PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}
                with temporary_settings(settings):
                    yield on_cluster(address)
                    drain()
        except ServerDown as error:
            raise ConfigError(
                f"Prefect has no server: {error}", where="--cluster", do="leave --cluster out to run on this machine"
            ) from error


def on_cluster(address: str) -> Runner:
    """A runner that weighs partitions on the Dask scheduler at ``address``. Prefect must know a server."""
    try:
        from distributed import Client, KilledWorker
        from distributed.comm.core import CommClosedError
        from prefect import flow, task, unmapped
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError as error:
        raise ConfigError(
            f"no {error.name}", where="--cluster", do="install it: pip install 'ptce-etl[cluster]'"
        ) from error
    connect: Any = Client  # untyped
    try:
        connect(address, timeout="10s", set_as_default=False).close()
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"no Dask scheduler answers at {address}", where="--cluster", do="start one: dask scheduler; dask worker"
        ) from error

    weigh_partition: Any = task(name="weigh-partition", persist_result=False)(_weigh)

    def run(match: Match, ranges: list[tuple[int, int]]) -> list[Scores]:
        dask: Any = DaskTaskRunner(address=address)

        @flow(name="weigh", task_runner=dask, persist_result=False)
        def weigh() -> list[Scores]:  # what it works on is in reach, not a parameter: parameters go to Prefect's server
            with connect(address, timeout="10s", set_as_default=False) as client:  # what it scattered goes when it does
                shared = client.scatter([match], broadcast=True, hash=False)
                futures = weigh_partition.map(ranges, unmapped(shared))
                return [future.result() for future in futures]

        try:
            return weigh()
        except (CommClosedError, KilledWorker) as error:
            raise WorkerLost(
                f"the cluster at {address} was lost ({type(error).__name__})",
                where="--cluster",
                do="start it again, with more memory if workers were killed",
            ) from error

    return run


def _weigh(part: tuple[int, int], shared: list[Any]) -> Scores:
    """One partition, on a worker: Dask has put what was scattered to it in the place of its future."""
    match: Match = shared[0]
    return match(part)
