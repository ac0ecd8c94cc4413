"""The steps of the pipeline as Prefect tasks: one a source, one to build, one to publish.

Each calls a function of :mod:`ptce_etl.pipeline` and adds nothing but a retry, so that a run without Prefect gives the
same bytes. They are called from inside a flow.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from prefect.assets import Asset, materialize
from prefect.client.schemas.objects import State, TaskRun
from prefect.futures import as_completed
from prefect.logging import get_run_logger
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner
from prefect.tasks import exponential_backoff

from flows.artifacts import Progress
from flows.door import current
from flows.due import Choice, due
from flows.lineage import INDICATOR, SNAPSHOT, SOURCE, source_asset
from ptce_etl import pipeline
from ptce_etl.catalogue.registry import Source
from ptce_etl.errors import PtceError, SourceError
from ptce_etl.model import RequestLog
from ptce_etl.pipeline import Candidate, Context, Publication

__all__ = [
    "SOURCES_AT_ONCE",
    "Refreshed",
    "Stopwatch",
    "build_candidate",
    "build_from_all",
    "collect",
    "collect_all",
    "publish_candidate",
]

# Sources collected at a time: they mostly wait for other people's servers.
SOURCES_AT_ONCE: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=4)


def is_transient(_task: Any, _run: TaskRun, state: State[Any]) -> bool:
    """Whether a failure may pass by itself, as its class says."""
    return isinstance(state.data, PtceError) and state.data.transient


# Retries within a request are the fetcher's. This one is for a server that is away for a minute or two, and for a
# store that another publisher holds.
_RETRY: dict[str, Any] = {
    "retries": 2,
    "retry_delay_seconds": exponential_backoff(backoff_factor=10),
    "retry_jitter_factor": 0.5,
    "retry_condition_fn": is_transient,
}


@dataclass(slots=True)
class Stopwatch:
    """How long each step took, in seconds; also told to the door and to the log of the run."""

    seconds: dict[str, float] = field(default_factory=dict)

    def __call__(self, step: str, spent: float) -> None:
        self.seconds[step] = self.seconds.get(step, 0.0) + spent
        get_run_logger().info("%s: %.2f s", step, spent)
        if (door := current()) is not None:
            door.on_step(step, spent)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """One log line for each source that answered, in the catalogue's order, and the errors of the others."""

    logs: tuple[RequestLog, ...]
    failures: tuple[str, ...]

    @property
    def message(self) -> str:
        """What happened, in a line."""
        asked = len(self.logs) + len(self.failures)
        if not asked:
            return "No source is due."
        said = f"{len(self.logs)} of {asked} sources collected."
        return f"{said} Of the others, the last good capture stays in force." if self.failures else said


@materialize(SOURCE, name="collect", task_run_name="collect {source.source_id}", **_RETRY)
def collect(ctx: Context, source: Source) -> RequestLog:
    """One source into the archive."""
    return pipeline.collect_one(ctx, source)


@materialize(SNAPSHOT, name="build", task_run_name="build {ctx.as_of}", **_RETRY)
def build_candidate(ctx: Context, on_step: Stopwatch) -> Candidate:
    """Archive and decisions → a candidate snapshot."""
    return pipeline.build(ctx, on_step)


@materialize(
    INDICATOR, asset_deps=[SNAPSHOT], name="publish", task_run_name="publish {candidate.snapshot_id}", **_RETRY
)
def publish_candidate(ctx: Context, candidate: Candidate, promote: bool, on_step: Stopwatch) -> Publication:
    """Audit a candidate, then promote it, keep it aside, or leave everything as it is."""
    return pipeline.publish(ctx, candidate, promote=promote, on_step=on_step)


def build_from_all(ctx: Context, on_step: Stopwatch) -> Candidate:
    """:func:`build_candidate`, with every enabled source as what it is made from."""
    known: list[str | Asset] = [source_asset(source) for source in ctx.sources if source.enabled]
    return build_candidate.with_options(asset_deps=known)(ctx, on_step)


def collect_all(ctx: Context, on_step: Stopwatch, choice: Choice | None = None) -> Refreshed:
    """Every source that is due, each as its own task. A source that fails stops neither the others nor the run."""
    started = time.perf_counter()
    sources = due(ctx, choice or Choice())
    futures = [collect.with_options(assets=[source_asset(source)]).submit(ctx, source) for source in sources]
    progress = Progress(len(futures))
    for _ in as_completed(futures):
        progress.one_more()
    logs, failures = [], []
    for source, future in zip(sources, futures, strict=True):
        try:
            logs.append(future.result())
        except SourceError as error:
            get_run_logger().warning("%s failed, its last good capture stays in force.\n%s", source.source_id, error)
            failures.append(str(error))
    on_step("collect", time.perf_counter() - started)
    return Refreshed(tuple(logs), tuple(failures))
