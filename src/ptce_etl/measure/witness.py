"""The listing that shows why a pole is in a component of a movement: every number opens down to a page."""

from __future__ import annotations

from collections.abc import Iterable

from ptce_etl.measure.compare import Comparison
from ptce_etl.measure.evidence import Evidence

__all__ = ["witness"]


def witness(found: Comparison, component: str, pole: str) -> Evidence | None:
    """What shows it best: for ``opened`` what says that it began in the period; for ``discovered_late`` and
    ``reclassified`` what could first be read of it; for ``closed`` what says so; for ``reclassified_out`` what named it
    last. ``None`` when no listing does.
    """
    since, until = found.base.on, found.target.on
    before = _of(found.base.census.world.evidence, pole)
    after = _of(found.target.census.world.evidence, pole)
    match component:
        case "opened":
            began = [item for item in after if any(since < day <= until for day in item.started_on)]
            return _first(began)
        case "reclassified":
            readable = found.base.census.readable(since)
            return _first([item for item in after if item.listing_id in readable])
        case "discovered_late":
            return _first(after)
        case "closed":
            return _first([item for item in after or before if item.closes])
        case _:
            return max(
                (i for i in before if i.known_on <= until), key=lambda i: (i.known_on, i.listing_id), default=None
            )


def _of(evidence: Iterable[Evidence], pole: str) -> list[Evidence]:
    return [item for item in evidence if item.pole_id == pole]


def _first(items: list[Evidence]) -> Evidence | None:
    return min(items, key=lambda item: (item.known_on, item.listing_id), default=None)
