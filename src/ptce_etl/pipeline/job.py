"""The main job, whole: collect every enabled source, build, publish."""

from __future__ import annotations

from dataclasses import dataclass, field

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.archive import Archive
from ptce_etl.collect.intake import collect_source, failure
from ptce_etl.errors import SourceError
from ptce_etl.model import RequestLog
from ptce_etl.pipeline.building import build
from ptce_etl.pipeline.context import Context
from ptce_etl.pipeline.publishing import Publication, publish
from ptce_etl.pipeline.stopwatch import Clock, OnStep, quiet

__all__ = ["RunResult", "collect_one", "run"]


@dataclass(frozen=True, slots=True)
class RunResult:
    """A whole run: one log line a source, the errors of those that failed, and what was published."""

    logs: tuple[RequestLog, ...]
    failures: tuple[str, ...]
    publication: Publication
    seconds: dict[str, float] = field(default_factory=dict)


def collect_one(ctx: Context, source: Source) -> RequestLog:
    """Retrieve one source into the archive. Raises :class:`SourceError` for a failure, which is in the log already."""
    log = collect_source(source, Archive(ctx.paths.root), ctx.paths.root, ctx.now)
    error = failure(log)
    if error is not None:
        raise error
    return log


def run(ctx: Context, on_step: OnStep = quiet, *, promote: bool = True) -> RunResult:
    """The main job: collect every enabled source (one failure never stops the others), build, publish."""
    seconds: dict[str, float] = {}

    def note(step: str, spent: float) -> None:
        seconds[step] = seconds.get(step, 0.0) + spent
        on_step(step, spent)

    clock = Clock(note)
    logs, failures = [], []
    for source in ctx.sources:
        if source.enabled:
            try:
                logs.append(collect_one(ctx, source))
            except SourceError as error:
                failures.append(str(error))
    clock.done("collect")
    candidate = build(ctx, note)
    publication = publish(ctx, candidate, promote=promote, on_step=note)
    return RunResult(tuple(logs), tuple(failures), publication, seconds)
