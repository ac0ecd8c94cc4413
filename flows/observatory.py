"""The main job: collect, build, publish. The deployments' entry point."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger

from flows import artifacts
from flows.door import current, instant
from flows.publish import concluded
from flows.steps import SOURCES_AT_ONCE, Stopwatch, build_candidate, collect_all, publish_candidate
from ptce_etl.pipeline import RunResult, open_context

__all__ = ["observatory"]


@flow(name="observatory", task_runner=SOURCES_AT_ONCE)
def observatory(
    data: str = "data",
    as_of: date | None = None,
    use_judgements: bool = True,
    dry_run: bool = False,
    provisional: bool = False,
) -> State[RunResult]:
    """Collect every source, build a snapshot, validate it and make it the latest.

    Args:
        data: The data root: the folder that holds raw/, decisions/ and processed/.
        as_of: Describe the world at this date, from evidence dated up to it (default: today in Paris). A past date
            is built and listed, and never becomes the latest.
        use_judgements: Apply what people decided about pairs of listings (decisions/judgements.jsonl).
        dry_run: Build and validate only; the latest snapshot does not move.
        provisional: Publish as provisional, to be finalised later (ptce finalise).
    """
    ctx = open_context(Path(data), now=instant(), as_of=as_of, use_judgements=use_judgements, provisional=provisional)
    get_run_logger().info("The world at %s, known at %s, in %s", ctx.as_of, ctx.now.isoformat(), ctx.paths.root)
    on_step = Stopwatch()
    refreshed = collect_all(ctx, on_step)
    candidate = build_candidate(ctx, on_step)
    publication = publish_candidate(ctx, candidate, not dry_run, on_step)
    result = RunResult(refreshed.logs, refreshed.failures, publication, on_step.seconds)
    if (door := current()) is not None:
        door.result = result
    artifacts.record(publication, refreshed.failures)
    return concluded(publication, result)
