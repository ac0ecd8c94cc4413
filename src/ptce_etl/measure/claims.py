"""The claims table: every published count and growth with its verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from ptce_etl.frames import empty
from ptce_etl.measure.count_claims import judge_count
from ptce_etl.measure.growth_claims import judge_growth
from ptce_etl.measure.ledger import CountClaim, GrowthClaim, bounds_of
from ptce_etl.measure.observed import Scene
from ptce_etl.measure.verdict import Verdict
from ptce_etl.model import DateSpan
from ptce_etl.schema import PANDAS, SEPARATOR, TABLES

__all__ = ["claims_of", "claims_table"]


def claims_table(counts: Sequence[CountClaim], growths: Sequence[GrowthClaim], scene: Scene) -> pd.DataFrame:
    """Schema table ``claims``, in order of claim id."""
    rows = [_count_row(claim, judge_count(claim, counts, scene)) for claim in counts]
    rows += [_growth_row(claim, judge_growth(claim, counts)) for claim in growths]
    if not rows:
        return empty("claims")
    frame = pd.DataFrame(rows).sort_values("claim_id", ignore_index=True)
    columns = TABLES["claims"].columns
    return frame[[c.name for c in columns]].astype({c.name: PANDAS[c.kind] for c in columns})


def _count_row(claim: CountClaim, verdict: Verdict) -> dict[str, Any]:
    return {
        **_shared(claim, verdict),
        "kind": "count",
        "population": claim.population or None,
        "programme": claim.programme or None,
        "qualifier": claim.qualifier or None,
        "value": claim.value,
        "value_low": claim.value_low,
        "value_high": claim.value_high,
        "base_value": None,
        "target_value": None,
        "period_years": None,
    }


def _growth_row(claim: GrowthClaim, verdict: Verdict) -> dict[str, Any]:
    return {
        **_shared(claim, verdict),
        "kind": "growth",
        "population": None,
        "programme": None,
        "qualifier": None,
        "value": claim.stated,
        "value_low": None,
        "value_high": None,
        "base_value": claim.base,
        "target_value": claim.target,
        "period_years": claim.years,
    }


def _shared(claim: CountClaim | GrowthClaim, verdict: Verdict) -> dict[str, Any]:
    english, french = verdict.explanation
    return {
        "claim_id": claim.claim_id,
        "claim_date": claim.claim_date or None,
        "date_first": pd.Timestamp(claim.span.first) if claim.span.first else pd.NaT,
        "date_last": pd.Timestamp(claim.span.last) if claim.span.last else pd.NaT,
        "territory": claim.territory or None,
        "worded_as": claim.worded_as or None,
        "publisher": claim.publisher or None,
        "source_url": claim.source_url or None,
        "capture_sha256": claim.capture_sha256,
        "record_no": claim.record_no,
        "verdict": verdict.code,
        "slip": verdict.slip,
        "computed": math.nan if verdict.computed is None else verdict.computed,
        "computed_multiplier": math.nan if verdict.multiplier is None else verdict.multiplier,
        "explanation_en": english,
        "explanation_fr": french,
        "compared_with": SEPARATOR.join(dict.fromkeys(verdict.compared_with)) or None,
    }


def claims_of(table: pd.DataFrame) -> tuple[tuple[CountClaim, ...], tuple[GrowthClaim, ...]]:
    """The counts and the growths of schema table ``claims``, as they were read from the ledgers."""
    counts, growths = [], []
    for row in table.to_dict("records"):
        claim_date = _text(row["claim_date"])
        said: dict[str, Any] = {
            "claim_id": _text(row["claim_id"]),
            "claim_date": claim_date,
            "span": _span(row["date_first"], row["date_last"]),
            "territory": _text(row["territory"]),
            "worded_as": _text(row["worded_as"]),
            "publisher": _text(row["publisher"]),
            "source_url": _text(row["source_url"]),
            "capture_sha256": _text(row["capture_sha256"]),
            "record_no": int(row["record_no"]),
        }
        value, low, high = (_number(row[column]) for column in ("value", "value_low", "value_high"))
        if row["kind"] == "count":
            qualifier = _text(row["qualifier"])
            words = bounds_of(qualifier, value, low, high) or (None, None)
            counts.append(
                CountClaim(
                    **said,
                    value=value,
                    value_low=low,
                    value_high=high,
                    qualifier=qualifier,
                    population=_text(row["population"]),
                    programme=_text(row["programme"]),
                    low=words[0],
                    high=words[1],
                )
            )
        else:
            base, target, years = (_number(row[column]) for column in ("base_value", "target_value", "period_years"))
            written = "" if value is None else repr(value).removesuffix(".0")
            decimals = len(written.partition(".")[2])
            growths.append(GrowthClaim(**said, stated=value, decimals=decimals, base=base, target=target, years=years))
    return tuple(counts), tuple(growths)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _span(first: Any, last: Any) -> DateSpan:
    if pd.isna(first) or pd.isna(last):
        return DateSpan(None, None, "none")
    one, two = pd.Timestamp(first).date(), pd.Timestamp(last).date()
    days = (two - one).days
    return DateSpan(one, two, "day" if days == 0 else "month" if days < 31 else "year")
