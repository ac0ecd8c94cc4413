"""From a rule and what was found to a row of the ``checks`` table: counts, offending values, offending rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ptce_etl.schema import SEPARATOR, TABLES
from ptce_etl.validate.rule import KEY, Rule
from ptce_etl.validate.world import texts

__all__ = ["broken", "failed", "held", "keyed"]

Row = dict[str, object]
_SHOWN_KEYS = 20
_SHOWN_VALUES = 5
_SHOWN_CHARACTERS = 80


def keyed(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with the column that says how each row is called, if it has none.

    The key of a table is its key columns joined by "/"; a row without any is called by its position, from 1.
    """
    if KEY in frame.columns:
        return frame
    key = pd.Series("", index=frame.index, dtype="str")
    for column in TABLES[name].key:
        if column in frame.columns:
            key = key + _cells(frame[column]) + "/"
    rows = pd.Series([f"row {n}" for n in range(1, len(frame) + 1)], index=frame.index, dtype="str")
    return frame.assign(**{KEY: key.str.rstrip("/").where(key.str.strip("/").ne(""), rows)})


def _cells(series: pd.Series[Any]) -> pd.Series[Any]:
    if pd.api.types.is_datetime64_dtype(series.dtype):
        return texts(series.dt.strftime("%Y-%m-%d")).fillna("")
    if pd.api.types.is_float_dtype(series.dtype):  # a whole number, as Great Expectations is given it
        return texts(series.map("{:g}".format, na_action="ignore")).fillna("")
    return texts(series).fillna("")


def held(rule: Rule, frame: pd.DataFrame) -> Row:
    """The row of a rule that holds."""
    if rule.test == "rows":
        observed = str(len(frame))
    elif rule.test == "filled":
        observed = _share(frame[rule.on[0]])
    elif rule.mostly < 1:
        observed = f"{frame[rule.on[0]].ne(frame[rule.on[1]]).sum()} / {len(frame)}"
    else:
        observed = f"0 / {len(frame)}"
    return _row(rule, passed=True, observed=observed, n_failed=0, keys=())


def broken(rule: Rule, rows: int, why: str) -> Row:
    """The row of a rule that could not be checked: none of the rows is known to hold."""
    return _row(rule, passed=False, observed=" ".join(why.split()), n_failed=max(rows, 1), keys=())


def failed(rule: Rule, frame: pd.DataFrame, result: Mapping[str, Any]) -> Row:
    """The row of a rule that does not hold; ``result`` is the COMPLETE result of its expectation, with keys."""
    if rule.test == "rows":
        low, high = rule.low or 0, rule.high if rule.high is not None else len(frame)
        away = max(int(low) - len(frame), len(frame) - int(high), 1)
        return _row(rule, passed=False, observed=str(len(frame)), n_failed=away, keys=())
    offending: Sequence[Mapping[str, Any]] = result.get("unexpected_index_list") or ()
    count = int(result.get("unexpected_count") or len(offending) or 1)
    keys = dict.fromkeys(str(row.get(KEY)) for row in offending)
    if rule.test == "filled":
        observed = _share(frame[rule.on[0]])
    else:
        values = dict.fromkeys(_value(rule, row) for row in offending)
        shown = "; ".join(list(values)[:_SHOWN_VALUES]) + ("; …" if len(values) > _SHOWN_VALUES else "")
        observed = f"{count} / {len(frame)}: {shown}"
    return _row(rule, passed=False, observed=observed, n_failed=count, keys=tuple(keys))


def _row(rule: Rule, *, passed: bool, observed: str, n_failed: int, keys: Sequence[str]) -> Row:
    named = SEPARATOR.join(keys[:_SHOWN_KEYS]) + (f"{SEPARATOR}…" if len(keys) > _SHOWN_KEYS else "")
    return {
        "check_id": rule.check_id,
        "table": rule.table,
        "rule": rule.name,
        "column": rule.column or None,
        "severity": rule.severity,
        "passed": passed,
        "observed": observed,
        "expected": rule.says,
        "n_failed": n_failed,
        "failed_keys": named or None,
    }


def _share(series: pd.Series[Any]) -> str:
    return f"{series.notna().mean() if len(series) else 0:.0%}"


def _value(rule: Rule, row: Mapping[str, Any]) -> str:
    cells = [_cell(row.get(column)) for column in rule.on]
    if rule.test == "equal":
        return f"{cells[0]} ≠ {cells[1]}"
    if rule.test == "at_least":
        return f"{cells[1]} {'≥' if rule.strict else '>'} {cells[0]}"
    return ", ".join(cells)


def _cell(value: object) -> str:
    if value is None or value != value:  # NaN and NaT differ from themselves
        return "∅"
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float):
        return f"{value:.12g}"
    shown = " ".join(str(value).split())
    return shown if len(shown) <= _SHOWN_CHARACTERS else shown[: _SHOWN_CHARACTERS - 1] + "…"
