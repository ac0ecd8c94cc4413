"""The main job: collect, build, publish. The deployments' entry point."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger

from flows import artifacts
from flows.choices import PopulationName, choice_of
from flows.door import current, instant
from flows.notices import on_completion, on_failure
from flows.publish import concluded
from flows.steps import SOURCES_AT_ONCE, Stopwatch, build_from_all, collect_all, publish_candidate
from ptce_etl.pipeline import RunResult, open_context

__all__ = ["observatory"]


@flow(
    name="observatory",
    task_runner=SOURCES_AT_ONCE,
    on_failure=[on_failure],
    on_crashed=[on_failure],
    on_completion=[on_completion],
)
def observatory(
    data: str = "data",
    sources: list[str] | None = None,
    as_of: date | None = None,
    dry_run: bool = False,
    force: bool = False,
    populations: list[PopulationName] | None = None,
    use_judgements: bool = True,
    provisional: bool = False,
) -> State[RunResult]:
    """Collect every source, build a snapshot, validate it and make it the latest.

    Args:
        data: The data root: the folder that holds raw/, decisions/ and processed/.
        sources: Ask these sources only, by their ids in the catalogue (default: every enabled one). Of the others, the
            last good capture stays in force.
        as_of: Describe the world at this date, from evidence dated up to it (default: today in Paris). A past date
            is built and listed, and never becomes the latest.
        dry_run: Build and validate only; the latest snapshot does not move.
        force: Ask every source again, also one retrieved well within its declared frequency. Never forces validation.
        populations: Show the figures of these populations in the table of results (default: the headline ones). The
            snapshot always holds all of them.
        use_judgements: Apply what people decided about pairs of listings (decisions/judgements.jsonl).
        provisional: Publish as provisional, to be finalised later (ptce finalise).
    """
    ctx = open_context(Path(data), now=instant(), as_of=as_of, use_judgements=use_judgements, provisional=provisional)
    get_run_logger().info("The world at %s, known at %s, in %s", ctx.as_of, ctx.now.isoformat(), ctx.paths.root)
    on_step = Stopwatch()
    refreshed = collect_all(ctx, on_step, choice_of(sources, force))
    candidate = build_from_all(ctx, on_step)
    publication = publish_candidate(ctx, candidate, not dry_run, on_step)
    result = RunResult(refreshed.logs, refreshed.failures, publication, on_step.seconds)
    if (door := current()) is not None:
        door.result = result
    artifacts.record(publication, refreshed.failures, populations)
    return concluded(publication, result)
