"""What dated evidence says of each pole: when it was listed (known time), when it existed (valid time)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from ptce_etl.catalogue.registry import Programme
from ptce_etl.measure.evidence import Evidence, Round, read_evidence, read_rounds
from ptce_etl.schema import SEPARATOR

__all__ = ["COLUMNS", "pole_history"]

COLUMNS = ("pole_id", "status", "first_listed", "last_listed", "start_date", "end_date", "cohorts")
_DATES = ("first_listed", "last_listed", "start_date", "end_date")


def pole_history(
    listings: pd.DataFrame, programmes: Sequence[Programme], as_of: date, captured: Mapping[str, date]
) -> pd.DataFrame:
    """One row a pole that some listing names by ``as_of``, sorted by ``pole_id``.

    Columns: ``pole_id``, ``status`` (listed, not_said, closed), ``cohorts`` (rounds in order of their results; text,
    NaN when none) as ``str``; ``first_listed``, ``last_listed`` (known time), ``start_date``, ``end_date`` (valid time:
    it existed by then, it had closed by then) as ``datetime64[us]``. ``captured`` maps each ``capture_sha256`` to the
    day those bytes were first held. A pole that nothing named by ``as_of`` has no row: take ``known_listings`` first.
    """
    rounds = read_rounds(programmes)
    poles: dict[str, list[Evidence]] = {}
    for item in read_evidence(listings, rounds, captured, as_of):
        poles.setdefault(item.pole_id, []).append(item)
    rows = [_row(pole, poles[pole], rounds) for pole in sorted(poles)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    kinds: dict[Any, Any] = {name: "datetime64[us]" if name in _DATES else "str" for name in COLUMNS}
    return frame.astype(kinds)


def _row(pole: str, evidence: Sequence[Evidence], rounds: Mapping[str, Round]) -> dict[str, Any]:
    closings = [item.closed_on for item in evidence if item.closed_on]
    cohorts = [name for name in rounds if any(item.counted and item.programme == name for item in evidence)]
    existed = [item.existed_by for item in evidence if item.existed_by is not None]
    status = "listed" if any(item.said for item in evidence) else "not_said"
    return {
        "pole_id": pole,
        "status": "closed" if closings else status,
        "first_listed": _stamp(min(item.known_on for item in evidence)),
        "last_listed": _stamp(max(item.known_on for item in evidence)),
        "start_date": _stamp(min(existed, default=None)),
        "end_date": _stamp(min(closings, default=None)),
        "cohorts": SEPARATOR.join(cohorts) or None,
    }


def _stamp(day: date | None) -> Any:
    return pd.NaT if day is None else pd.Timestamp(day)
