"""The evidence as arrays, so that a population is counted at hundreds of days without reading it item by item."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ptce_etl.measure.evidence import Evidence

__all__ = ["EMERGING", "NEVER", "PAST", "Columns", "Flags", "columns_of"]

Flags = npt.NDArray[np.bool_]
_Ints = npt.NDArray[np.int64]
NEVER = date.max.toordinal() + 1
"""What stands for a day that there is not, in the columns that are asked "by when"."""
EMERGING, PAST = 1, 2


@dataclass(frozen=True, slots=True)
class Columns:
    """One value an item of evidence, in its order; days as ordinals.

    ``names``: the poles, sorted; ``pole``: the place of an item's pole among them. ``known``, ``spoken``, ``stage_on``
    as in :class:`Evidence`; ``existed`` and ``closed`` are :data:`NEVER` where there is none, ``page`` is 0 then.
    ``programmes`` and ``publishers``: the names that ``programme`` (-1: none) and ``publisher`` number.
    """

    names: npt.NDArray[np.object_]
    programmes: dict[str, int]
    publishers: dict[str, int]
    pole: _Ints
    programme: _Ints
    publisher: _Ints
    known: _Ints
    spoken: _Ints
    page: _Ints
    existed: _Ints
    closed: _Ints
    stage: _Ints
    stage_on: _Ints
    said: Flags
    counted: Flags
    page_dated: Flags

    def where(self, items: Flags) -> Columns:
        """The columns of some items; the names stay."""
        whole = ("names", "programmes", "publishers")
        parts: dict[str, Any] = {
            one.name: getattr(self, one.name) if one.name in whole else getattr(self, one.name)[items]
            for one in fields(self)
        }
        return Columns(**parts)

    def poles_of(self, items: Flags) -> Flags:
        """Which poles some items are about."""
        found = np.zeros(len(self.names), dtype=np.bool_)
        found[self.pole[items]] = True
        return found

    def members(self, poles: Flags) -> frozenset[str]:
        """Poles by name."""
        return frozenset(self.names[poles].tolist())


def columns_of(evidence: Sequence[Evidence]) -> Columns:
    """The columns of ``evidence``."""
    names = sorted({item.pole_id for item in evidence})
    place = {name: n for n, name in enumerate(names)}
    programmes = _numbered(item.programme for item in evidence if item.programme is not None)
    publishers = _numbered(item.publisher for item in evidence)
    stages = {None: 0, "emerging": EMERGING, "past": PAST}

    def ints(value: Callable[[Evidence], int]) -> _Ints:
        return np.fromiter(map(value, evidence), dtype=np.int64, count=len(evidence))

    def flags(value: Callable[[Evidence], bool]) -> Flags:
        return np.fromiter(map(value, evidence), dtype=np.bool_, count=len(evidence))

    return Columns(
        names=np.array(names, dtype=object),
        programmes=programmes,
        publishers=publishers,
        pole=ints(lambda item: place[item.pole_id]),
        programme=ints(lambda item: -1 if item.programme is None else programmes[item.programme]),
        publisher=ints(lambda item: publishers[item.publisher]),
        known=ints(lambda item: item.known_on.toordinal()),
        spoken=ints(lambda item: item.spoken_on.toordinal()),
        page=ints(lambda item: item.page_on.toordinal() if item.page_on else 0),
        existed=ints(lambda item: item.existed_by.toordinal() if item.existed_by else NEVER),
        closed=ints(lambda item: item.closed_on.toordinal() if item.closed_on else NEVER),
        stage=ints(lambda item: stages[item.stage]),
        stage_on=ints(lambda item: item.stage_on.toordinal()),
        said=flags(lambda item: item.said),
        counted=flags(lambda item: item.counted),
        page_dated=flags(lambda item: item.page_dated),
    )


def _numbered(names: Iterable[str]) -> dict[str, int]:
    return {name: n for n, name in enumerate(dict.fromkeys(names))}
