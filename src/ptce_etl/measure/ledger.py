"""The ledgers of published figures, read into typed records. A figure that cannot be read is kept and reported."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from ptce_etl.clean.dates import parse_partial
from ptce_etl.errors import DataError
from ptce_etl.measure.sums import Ends, Unit
from ptce_etl.model import DateSpan, Issue

__all__ = ["ABOUT", "Bounds", "CountClaim", "GrowthClaim", "bounds_of", "read_count_claims", "read_growth_claims"]

ABOUT = 0.10  # "about 100" is taken as 90 to 110
_NO_DATE = DateSpan(None, None, "none")

Bounds = tuple[float, float]  # lowest and highest value that words allow


@dataclass(frozen=True, slots=True)
class CountClaim:
    """A published count. ``low``/``high`` is what its words allow (``high`` infinite for "at least"); ``None`` when the
    figure cannot be read. Missing texts are empty."""

    claim_id: str
    claim_date: str
    span: DateSpan
    value: float | None
    value_low: float | None
    value_high: float | None
    qualifier: str
    territory: str
    population: str
    programme: str
    worded_as: str
    publisher: str
    source_url: str
    capture_sha256: str
    record_no: int
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class GrowthClaim:
    """A published growth, with the base and target its authors give (``None`` when they do not).

    The ledger's are in %, over the whole period, between two counts. A sentence may say more: ``unit``, ``yearly`` and
    ``ends`` are those of :class:`ptce_etl.measure.sums.Change`; the ``…_words`` are what "about" or "more than" leaves
    open; ``base_on``, ``target_on`` and the two populations are those of its two counts.
    """

    claim_id: str
    claim_date: str
    span: DateSpan
    stated: float | None
    decimals: int
    base: float | None
    target: float | None
    years: float | None
    territory: str
    worded_as: str
    publisher: str
    source_url: str
    capture_sha256: str
    record_no: int
    unit: Unit = "percent"
    yearly: bool = False
    ends: Ends = "count"
    base_words: Bounds | None = None
    target_words: Bounds | None = None
    stated_words: Bounds | None = None
    base_on: DateSpan = _NO_DATE
    target_on: DateSpan = _NO_DATE
    base_population: str = ""
    target_population: str = ""


def read_count_claims(
    frame: pd.DataFrame, captured: Mapping[str, date], as_of: date
) -> tuple[tuple[CountClaim, ...], list[Issue]]:
    """The count claims that could be read by ``as_of``, by claim id, and what is wrong with the ledger."""
    issues: list[Issue] = []
    claims = []
    for row in _rows(frame, captured, as_of, issues):
        value, low, high = (_number(row, column, issues) for column in ("value", "value_low", "value_high"))
        qualifier = _text(row, "qualifier")
        bounds = bounds_of(qualifier, value, low, high)
        if bounds is None:
            issues.append(_issue(row, "claim_unreadable", "value", f"no number to read for qualifier {qualifier!r}"))
        claims.append(
            CountClaim(
                claim_id=_text(row, "claim_id"),
                claim_date=_text(row, "claim_date"),
                span=_span(row),
                value=value,
                value_low=low,
                value_high=high,
                qualifier=qualifier,
                territory=_text(row, "territory"),
                population=_text(row, "population"),
                programme=_text(row, "programme"),
                worded_as=_text(row, "worded_as"),
                publisher=_text(row, "publisher"),
                source_url=_text(row, "source_url"),
                capture_sha256=_text(row, "capture_sha256"),
                record_no=int(row["record_no"]),
                low=bounds[0] if bounds else None,
                high=bounds[1] if bounds else None,
            )
        )
    return tuple(claims), issues


def read_growth_claims(
    frame: pd.DataFrame, captured: Mapping[str, date], as_of: date
) -> tuple[tuple[GrowthClaim, ...], list[Issue]]:
    """The growth claims that could be read by ``as_of``, by claim id, and what is wrong with the ledger."""
    issues: list[Issue] = []
    claims = []
    for row in _rows(frame, captured, as_of, issues):
        columns = ("stated_growth_pct", "base_value", "target_value", "period_years")
        stated, base, target, years = (_number(row, column, issues) for column in columns)
        claims.append(
            GrowthClaim(
                claim_id=_text(row, "claim_id"),
                claim_date=_text(row, "claim_date"),
                span=_span(row),
                stated=stated,
                decimals=len(_text(row, "stated_growth_pct").replace(",", ".").partition(".")[2]),
                base=base,
                target=target,
                years=years,
                territory=_text(row, "territory"),
                worded_as=_text(row, "worded_as"),
                publisher=_text(row, "publisher"),
                source_url=_text(row, "source_url"),
                capture_sha256=_text(row, "capture_sha256"),
                record_no=int(row["record_no"]),
            )
        )
    return tuple(claims), issues


def _rows(
    frame: pd.DataFrame, captured: Mapping[str, date], as_of: date, issues: list[Issue]
) -> list[Mapping[Any, Any]]:
    kept: dict[str, Mapping[Any, Any]] = {}
    for row in frame.to_dict("records"):
        identifier = _text(row, "claim_id")
        try:
            said = parse_partial(_text(row, "claim_date") or None).last
        except DataError as error:
            issues.append(_issue(row, "claim_unreadable", "claim_date", error.what))
            said = None
        days = [day for day in (said, captured.get(_text(row, "capture_sha256"))) if day is not None]
        if days and min(days) > as_of:
            continue  # could not be read yet at the date described
        if identifier in kept:
            issues.append(_issue(row, "claim_repeated", "claim_id", "another claim has this identifier: row left out"))
            continue
        kept[identifier] = row
    return [kept[identifier] for identifier in sorted(kept)]


def _span(row: Mapping[Any, Any]) -> DateSpan:
    try:
        return parse_partial(_text(row, "claim_date") or None)
    except DataError:
        return _NO_DATE  # _rows has reported it


def bounds_of(qualifier: str, value: float | None, low: float | None, high: float | None) -> Bounds | None:
    """What a qualifier lets a count be (the high end infinite for "at least"); ``None`` when it cannot be read."""
    if qualifier == "range":
        return (low, high) if low is not None and high is not None and low <= high else None
    if value is None:
        return None
    if qualifier == "about":
        return value * (1 - ABOUT), value * (1 + ABOUT)
    if qualifier == "at_least":
        return value, math.inf
    return (value, value) if qualifier == "exact" else None


def _number(row: Mapping[Any, Any], column: str, issues: list[Issue]) -> float | None:
    text = _text(row, column)
    if not text:
        return None
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        issues.append(_issue(row, "claim_unreadable", column, f"not a number: {text!r}"))
        return None
    return number


def _text(row: Mapping[Any, Any], column: str) -> str:
    value = row.get(column)
    return value.strip() if isinstance(value, str) else ""


def _issue(row: Mapping[Any, Any], code: str, field: str, what: str) -> Issue:
    return Issue(
        stage="measure",
        code=code,
        severity="warning",
        who="us",
        message=f"claim {_text(row, 'claim_id')}: {what}",
        source_id=_text(row, "source_id") or None,
        field=field,
        value=_text(row, field) or None,
    )
