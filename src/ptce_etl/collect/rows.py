"""Rows of several captures made one table: ids, every column, where each row stands, and no id twice."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

import pandas as pd

from ptce_etl.catalogue.registry import ID_COLUMN, TARGETS, Source, Statement
from ptce_etl.model import Issue

__all__ = ["complete", "named", "stack", "unique"]

_POSITION = ("source_id", "capture_sha256", "record_no")
# Under which terms a row may be published again: claims are facts, whoever states them.
_LICENSED: dict[Statement, tuple[str, ...]] = {"listings": ("licence",), "count_claims": (), "growth_claims": ()}
# What an id is made of when a source gives none: raw, and rarely rewritten.
_ID_FIELDS: dict[Statement, tuple[str, ...]] = {
    "listings": ("name", "source_url", "commune", "programme"),
    "count_claims": ("claim_date", "value", "value_low", "value_high", "population", "programme", "source_url"),
    "growth_claims": ("claim_date", "stated_growth_pct", "base_value", "target_value", "source_url"),
}


def complete(frame: pd.DataFrame, source: Source, sha256: str) -> pd.DataFrame:
    """``frame`` with ids, every target column, and where each row stands.

    A source that maps no page address, title or publisher is itself the page.
    """
    id_column = ID_COLUMN[source.statement]
    frame = frame.assign(**{id_column: _identified(frame, source)})
    itself = {"source_title": source.title, "publisher": source.publisher}
    if source.is_remote:
        itself["source_url"] = source.url
    for column in TARGETS[source.statement]:
        if column not in frame:
            frame[column] = pd.Series(itself.get(column), index=frame.index, dtype="str")
    frame["source_id"] = pd.Series(source.source_id, index=frame.index, dtype="str")
    frame["capture_sha256"] = pd.Series(sha256, index=frame.index, dtype="str")
    if source.statement == "listings":
        frame["licence"] = pd.Series(source.licence_id, index=frame.index, dtype="str")
    return frame[[*TARGETS[source.statement], *_POSITION, *_LICENSED[source.statement]]]


def _identified(frame: pd.DataFrame, source: Source) -> pd.Series[str]:
    """The ids of the rows: the source's own, else made of the raw fields and of how often they came before."""
    id_column = ID_COLUMN[source.statement]
    own = frame[id_column].tolist() if id_column in frame else [None] * len(frame)
    blank = [""] * len(frame)
    columns = [frame[name].fillna("").tolist() if name in frame else blank for name in _ID_FIELDS[source.statement]]
    seen: Counter[str] = Counter()
    ids = []
    for given, *fields in zip(own, *columns, strict=True):
        raw = "\x1f".join([source.source_id, *fields])
        seen[raw] += 1
        made = hashlib.sha256(f"{raw}\x1f{seen[raw]}".encode()).hexdigest()[:12]
        ids.append(given if isinstance(given, str) else made)
    return pd.Series(ids, index=frame.index, dtype="str")


def stack(statement: Statement, parts: list[pd.DataFrame]) -> pd.DataFrame:
    """One frame of all parts, in their order; with every column when there is none."""
    if parts:
        return pd.concat(parts, ignore_index=True)
    columns: dict[str, pd.Series[str]] = {name: pd.Series(dtype="str") for name in TARGETS[statement]}
    places = {name: pd.Series(dtype="Int64" if name == "record_no" else "str") for name in _POSITION}
    licensed: dict[str, pd.Series[str]] = {name: pd.Series(dtype="str") for name in _LICENSED[statement]}
    return pd.DataFrame(columns | places | licensed)


def named(listings: pd.DataFrame, issues: list[Issue]) -> pd.DataFrame:
    """The listings that have a name; each other one is an issue."""
    nameless = listings["name"].isna()
    for row in listings[nameless].itertuples():
        message = f"a row without a name is left out: {_position(row)}"
        issues.append(
            Issue("collect", "listing_without_name", "warning", "publisher", message, source_id=str(row.source_id))
        )
    return listings[~nameless].reset_index(drop=True)


def unique(frame: pd.DataFrame, column: str, taken: dict[str, str], issues: list[Issue]) -> pd.DataFrame:
    """The first row of each id; ``taken`` is where each id was met. The bytes of the others stay in the archive."""
    keep = []
    for row, name in zip(frame.itertuples(), frame[column], strict=True):
        here = _position(row)
        keep.append(name not in taken)
        if name in taken:
            issues.append(
                Issue(
                    stage="collect",
                    code="duplicate_id",
                    severity="warning",
                    who="us",
                    message=f"{column} {name} stands twice: {taken[name]} is kept, {here} is left out",
                    source_id=str(row.source_id),
                    listing_id=name if column == "listing_id" else None,
                    field=column,
                    value=name,
                )
            )
        taken.setdefault(name, here)
    return frame[pd.Series(keep, index=frame.index, dtype="bool")].reset_index(drop=True)


def _position(row: Any) -> str:
    return f"{row.source_id} row {row.record_no} (capture {row.capture_sha256[:12]}…)"
