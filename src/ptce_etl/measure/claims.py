"""The claims table: every published count and growth with its verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from ptce_etl.frames import empty
from ptce_etl.measure.count_claims import judge_count
from ptce_etl.measure.growth_claims import judge_growth
from ptce_etl.measure.ledger import CountClaim, GrowthClaim
from ptce_etl.measure.observed import Scene
from ptce_etl.measure.verdict import Verdict
from ptce_etl.schema import PANDAS, SEPARATOR, TABLES

__all__ = ["claims_table"]


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
