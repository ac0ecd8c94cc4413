"""Frames as plain data that JSON can hold."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

import pandas as pd

__all__ = ["plain", "records"]


def plain(value: Any) -> Any:
    """A cell of a frame as JSON knows it: missing is ``None``, dates are ISO text, whole numbers ``int``."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float):
        return None if math.isnan(value) else float(value)
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return plain(value.item()) if hasattr(value, "item") else str(value)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of ``frame`` as dictionaries that JSON can hold."""
    return [{str(name): plain(cell) for name, cell in row.items()} for row in frame.to_dict("records")]
