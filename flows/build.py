"""Archive and decisions → a candidate snapshot, at any date."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from prefect import flow

from flows.door import instant
from flows.steps import Stopwatch, build_candidate
from ptce_etl.pipeline import Candidate, open_context

__all__ = ["build"]


@flow(name="build")
def build(data: str = "data", as_of: date | None = None, use_judgements: bool = True) -> Candidate:
    """Build a candidate snapshot from what the archive holds. It lives until the next build, or until published.

    Args:
        data: The data root: the folder that holds raw/, decisions/ and processed/.
        as_of: Describe the world at this date (default: today in Paris).
        use_judgements: Apply what people decided about pairs of listings (decisions/judgements.jsonl).
    """
    ctx = open_context(Path(data), now=instant(), as_of=as_of, use_judgements=use_judgements)
    return build_candidate(ctx, Stopwatch())
