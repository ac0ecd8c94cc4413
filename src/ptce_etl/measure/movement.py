"""Why the members of a population changed: pole by pole, so that the movement adds up to the unit.

``target = base + opened + discovered_late + reclassified − closed − reclassified_out + split − merged``

Between two snapshots the same poles may be told apart in other ways. A pole at the base and a pole at the target are
*tied* when they share a listing. Merged and split come from the ties alone: of the ties between members, each beyond
the first of a target pole is a merger, each beyond the first of a base pole is a split. The rest are poles that entered
or left. Within one snapshot every pole is tied to itself, and nothing is merged or split.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ptce_etl.measure.census import Census
from ptce_etl.measure.evidence import Evidence
from ptce_etl.measure.populations import Members

__all__ = ["COMPONENTS", "Moves", "Period", "Ties", "movement", "ties_between", "under_target_names"]

Ties = Mapping[str, Counter[str]]
"""Pole at the base → poles at the target that share listings with it, and how many."""

Period = tuple[date, date]

COMPONENTS = {
    "opened": 1,
    "discovered_late": 1,
    "reclassified": 1,
    "split": 1,
    "closed": -1,
    "reclassified_out": -1,
    "merged": -1,
}
"""What a movement is made of, and the sign with which each adds to the base."""


@dataclass(frozen=True, slots=True)
class Moves:
    """The poles behind each component, sorted. Those that entered are poles of the target, those that left poles of the
    base; ``merged`` and ``split`` are ties (base, target)."""

    opened: tuple[str, ...] = ()
    discovered_late: tuple[str, ...] = ()
    reclassified: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    reclassified_out: tuple[str, ...] = ()
    merged: tuple[tuple[str, str], ...] = ()
    split: tuple[tuple[str, str], ...] = ()

    def counts(self) -> dict[str, int]:
        """Poles by component, in the order of :data:`COMPONENTS`."""
        return {name: len(getattr(self, name)) for name in COMPONENTS}

    @property
    def net(self) -> int:
        return sum(COMPONENTS[name] * n for name, n in self.counts().items())


def ties_between(base: Census, target: Census) -> Ties | None:
    """How the poles of two states of the evidence are tied; ``None`` when they are one."""
    if base is target:
        return None
    now = {item.listing_id: item.pole_id for item in target.world.evidence}
    ties: dict[str, Counter[str]] = {}
    for item in base.world.evidence:
        tied = ties.setdefault(item.pole_id, Counter())
        if item.listing_id in now:
            tied[now[item.listing_id]] += 1
    return ties


def movement(
    base: Members,
    target: Members,
    period: Period,
    *,
    readable: frozenset[str],
    evidence: Mapping[str, Sequence[Evidence]],
    gone: Members,
    ties: Ties | None = None,
) -> Moves:
    """Why the members changed over ``period`` (its first day excluded, its last included).

    ``readable``: listings that could be read at the start. ``evidence``: that of the target, by pole. ``gone``:
    poles of the target's evidence that have closed by its date.

    Each pole that entered is one of: reclassified (it could be read of before), opened (all that is known of it comes
    later than the start, and something says that it began in the period), discovered late (the rest). Each that left
    has closed, or is reclassified out (nothing says that it has).
    """
    kept = {pole: [other for other in _tied(pole, ties) if other in target] for pole in sorted(base)}
    into: dict[str, list[str]] = {}
    for pole, others in kept.items():
        for other in others:
            into.setdefault(other, []).append(pole)
    entered = sorted(target - into.keys())
    kinds = {pole: _entry(evidence.get(pole, ()), period, readable) for pole in entered}
    left = [pole for pole, others in kept.items() if not others]
    closed = {pole: None for pole in left if not gone.isdisjoint(_tied(pole, ties))}

    def who(kind: str) -> tuple[str, ...]:
        return tuple(pole for pole in kinds if kinds[pole] == kind)

    return Moves(
        opened=who("opened"),
        discovered_late=who("discovered_late"),
        reclassified=who("reclassified"),
        closed=tuple(closed),
        reclassified_out=tuple(pole for pole in left if pole not in closed),
        merged=tuple((pole, other) for other in sorted(into) for pole in _beyond(other, into[other])),
        split=tuple((pole, other) for pole, others in kept.items() for other in _beyond(pole, others)),
    )


def under_target_names(base: Members, ties: Ties | None) -> frozenset[str]:
    """``base`` with each pole under the name of the pole that it is at the target, as many as before.

    This is what lets an undecided pair be settled alike at both ends. A pole merged into another of ``base`` keeps a
    name of its own.
    """
    if ties is None:
        return base
    names: set[str] = set()
    for pole in sorted(base):
        tied = ties.get(pole, Counter())
        free = [other for other, _ in sorted(tied.items(), key=lambda one: (one[0] != pole, -one[1], one[0]))]
        names.add(next((other for other in free if other not in names), f"{pole} (base)"))
    return frozenset(names)


def _tied(pole: str, ties: Ties | None) -> list[str]:
    """The poles of the target tied to one of the base."""
    return [pole] if ties is None else sorted(ties.get(pole, ()))


def _beyond(pole: str, tied: list[str]) -> list[str]:
    """``tied`` without the one that stays: the one that has the same name, else the first."""
    stays = pole if pole in tied else tied[:1] and tied[0]
    return [other for other in tied if other != stays]


def _entry(evidence: Sequence[Evidence], period: Period, readable: frozenset[str]) -> str:
    since, until = period
    if any(item.listing_id in readable for item in evidence):
        return "reclassified"
    existed = min((item.existed_by for item in evidence if item.existed_by), default=None)
    began = any(since < day <= until for item in evidence for day in item.started_on)
    if existed is not None and existed > since and began:
        return "opened"
    return "discovered_late"
