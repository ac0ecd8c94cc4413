"""What a run is a function of: a data root, its sources, the day to describe, and what was known when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as clock_time
from pathlib import Path
from zoneinfo import ZoneInfo

from ptce_etl.catalogue.registry import Programme, Source, load_programmes, load_sources
from ptce_etl.catalogue.services import Service, load_services
from ptce_etl.config import Paths, Settings
from ptce_etl.errors import ConfigError
from ptce_etl.seed import seed

__all__ = ["OWN_CATALOGUE", "OWN_SERVICES", "Context", "open_context", "today_in_paris"]

OWN_CATALOGUE = "sources.yml"
OWN_SERVICES = "services.yml"


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a run is a function of, besides the files of its data root.

    ``sources`` are those whose rows may count; ``trials`` are unverified: they are tried and reported elsewhere
    (``ptce sources check``), never by a run. ``provisional``: what it publishes is published as such, to be finalised
    later. ``known_at``: only captures and decisions held by then are used (default: ``now``); ``whole_day`` when a day
    was given and not an hour of it. ``catalogue``: the data root's own ``sources.yml``, which they were read from;
    ``own_services`` its ``services.yml``, which ``services`` (those that enrichment asks) were read from.
    """

    paths: Paths
    sources: tuple[Source, ...]
    programmes: tuple[Programme, ...]
    settings: Settings
    now: datetime
    as_of: date
    use_judgements: bool = True
    provisional: bool = False
    known_at: datetime | None = None
    whole_day: bool = False
    catalogue: bytes | None = None
    trials: tuple[Source, ...] = ()
    services: tuple[Service, ...] = ()
    own_services: bytes | None = None

    @property
    def known(self) -> datetime:
        """The instant up to which captures and decisions are used."""
        return self.known_at or self.now


def open_context(
    root: Path,
    *,
    now: datetime,
    as_of: date | None = None,
    settings: Settings | None = None,
    use_judgements: bool = True,
    provisional: bool = False,
    known_at: datetime | date | None = None,
) -> Context:
    """Open a data root (made and filled with the bundled ledgers when it has none).

    ``now`` is aware; ``as_of`` is its day in Paris unless given. ``known_at``: an aware instant, or a day, which means
    its end in Paris. ``<root>/sources.yml``, if there, replaces the package's catalogue, and
    ``<root>/services.yml`` its services. Raises :class:`ConfigError`.
    """
    if now.tzinfo is None:
        raise ConfigError("a naive date-time", where="now", do="give it a time zone: datetime.now(UTC)")
    today = today_in_paris(now)
    if as_of is not None and as_of > today:
        raise ConfigError(f"as-of {as_of} is in the future", where="--as-of", do=f"choose a date up to {today}")
    known, whole_day = _known(known_at, now, as_of or today)
    paths = Paths(root)
    seed(paths)
    own, services = paths.root / OWN_CATALOGUE, paths.root / OWN_SERVICES
    sources = load_sources(own if own.exists() else None)
    return Context(
        paths=paths,
        sources=tuple(source for source in sources if source.counts),
        trials=tuple(source for source in sources if not source.counts),
        programmes=load_programmes(),
        settings=settings or Settings(),
        now=now,
        as_of=as_of or today,
        use_judgements=use_judgements,
        provisional=provisional,
        known_at=known,
        whole_day=whole_day,
        catalogue=own.read_bytes() if own.exists() else None,
        services=load_services(services if services.exists() else None),
        own_services=services.read_bytes() if services.exists() else None,
    )


def _known(known_at: datetime | date | None, now: datetime, as_of: date) -> tuple[datetime | None, bool]:
    """``known_at`` as an instant up to ``now``, and whether it is the end of a day."""
    if known_at is None:
        return None, False
    if isinstance(known_at, datetime):
        known, whole_day = known_at, False
    else:
        end = datetime.combine(known_at, clock_time.max, ZoneInfo("Europe/Paris"))
        known, whole_day = min(end, now), True
    if known.tzinfo is None or known > now or (not isinstance(known_at, datetime) and known_at > today_in_paris(now)):
        raise ConfigError(f"known at {known_at}, which is not past", where="--known-at", do=f"up to {now.isoformat()}")
    if as_of > today_in_paris(known):
        raise ConfigError(
            f"a description of {as_of} from what was known at {known_at}",
            where="--known-at",
            do="describe that day or an earlier one: --as-of",
        )
    return known, whole_day


def today_in_paris(now: datetime) -> date:
    """The day that it is in Paris at an aware instant."""
    return now.astimezone(ZoneInfo("Europe/Paris")).date()
