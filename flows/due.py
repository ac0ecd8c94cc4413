"""Which sources a run asks. No Prefect here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from ptce_etl.catalogue.frequency import days_of
from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.archive import GOOD, Archive
from ptce_etl.errors import ConfigError
from ptce_etl.pipeline import Context

__all__ = ["Choice", "due"]

_EARLY = 0.9  # of its period: a weekly run that comes an hour sooner than the last still asks what changes weekly


@dataclass(frozen=True, slots=True)
class Choice:
    """``only``: these sources (none: all that are enabled). ``force``: also those whose declared frequency says that
    nothing is new. ``since``: leave out what was retrieved from that instant on (aware), as a retry does."""

    only: tuple[str, ...] = ()
    force: bool = True
    since: datetime | None = None


def due(ctx: Context, choice: Choice) -> list[Source]:
    """The sources to ask, in the catalogue's order. Raises :class:`ConfigError` for one that is not enabled there."""
    enabled = {source.source_id for source in ctx.sources if source.enabled}
    unknown = sorted(set(choice.only) - enabled)
    if unknown:
        raise ConfigError(
            f"no enabled source {', '.join(unknown)}", where="sources", do=f"choose among {', '.join(sorted(enabled))}"
        )
    wanted: Collection[str] = choice.only or enabled
    return [
        source
        for source in ctx.sources
        if source.source_id in wanted and source.enabled and _is_due(ctx, source, choice)
    ]


def _is_due(ctx: Context, source: Source, choice: Choice) -> bool:
    days = None if choice.force else days_of(source.frequency)
    if days is None and choice.since is None:
        return True
    logs = Archive(ctx.paths.root).logs(source.source_id, until=ctx.now)
    last = next((log.requested_at for log in reversed(logs) if log.outcome in GOOD), None)
    if last is None:
        return True
    if choice.since is not None and last >= choice.since:
        return False
    return days is None or ctx.now - last >= timedelta(days=days * _EARLY)
