"""From weighed pairs to the table ``edges``: the pairs worth telling, their verdict, who decided, and why."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from ptce_etl.frames import empty
from ptce_etl.model import Issue
from ptce_etl.resolve.cells import Cells, texts
from ptce_etl.resolve.decisions import Judgement
from ptce_etl.resolve.profiles import Profiles
from ptce_etl.resolve.reasons import waterfalls
from ptce_etl.resolve.scoring import Scores
from ptce_etl.resolve.weights import Weights

__all__ = ["LINK", "NONE", "REVIEW", "VETO", "Judged", "codes_of", "edges_table", "probability"]

NONE, VETO, REVIEW, LINK, CONFLICT = range(5)
_NAMES = ("none", "veto", "review", "link", "conflict")  # of the verdicts, by number

Judged = dict[tuple[int, int], Judgement]
"""What people said about pairs of positions, the smaller first."""


def probability(weight: np.ndarray) -> np.ndarray:
    """Match probability of a weight in bits (the prior is in the weight already)."""
    return np.asarray(1.0 / (1.0 + np.exp2(-weight)))


def codes_of(pairs: np.ndarray, n: int) -> np.ndarray:
    """A number for each pair of positions below ``n``."""
    return np.asarray(pairs[:, 0] * n + pairs[:, 1])


def edges_table(
    scores: Scores,
    profiles: Profiles,
    of: np.ndarray,
    verdicts: np.ndarray,
    judged: Judged,
    ids: pd.Series,
    w: Weights,
) -> tuple[pd.DataFrame, list[Issue]]:
    """Schema table ``edges``, and an issue for each link that a veto refused.

    ``of``: by listing, its group; ``verdicts``: the matcher's, by pair of ``scores``; ``ids``: by listing, its id.
    """
    together = of[scores.pairs[:, 0]] == of[scores.pairs[:, 1]]
    alike = scores.signals[:, 0] >= w.looks_alike
    final = verdicts.copy()
    final[(verdicts == LINK) & ~together] = CONFLICT
    final[((verdicts == REVIEW) | (verdicts == VETO)) & together] = NONE  # settled by stronger links, or by a person
    who = np.full(len(final), "matcher", dtype=object)
    said = _said(scores, judged, profiles.n)
    _settle(scores, of, judged, final, who)
    for row, one in said.items():
        final[row], who[row] = _spoken(one, bool(together[row])), one.who
    telling = (final != NONE) & ((final != VETO) | (who != "matcher") | alike)
    rows = np.flatnonzero(telling)
    told, names = scores.taken(rows), texts(ids)
    number = np.cumsum(telling) - 1
    frame = pd.DataFrame(
        {
            "left": Cells(told.pairs[:, 0], names).texts(),
            "right": Cells(told.pairs[:, 1], names).texts(),
            "weight": np.round(told.weight, 3),
            "probability": np.round(probability(told.weight), 4),
            "verdict": Cells(final[rows].astype(np.int64), pa.array(_NAMES, pa.large_string())).texts(),
            "decided_by": pd.Series(who[rows], dtype="str"),
            "reasons": waterfalls(
                profiles, told, {int(number[row]): one for row, one in said.items() if telling[row]}
            ).to_pandas(),
        }
    )
    frame = frame.astype({"reasons": "str"})[empty("edges").columns.tolist()]
    return frame, _refused(frame)


def _said(scores: Scores, judged: Judged, n: int) -> dict[int, Judgement]:
    """By row of the scores, what a person said of that very pair."""
    if not judged:
        return {}
    rows = np.flatnonzero(np.isin(codes_of(scores.pairs, n), codes_of(np.array(sorted(judged), dtype=np.int64), n)))
    return {row: judged[i, j] for row, (i, j) in zip(rows.tolist(), scores.pairs[rows].tolist(), strict=True)}


def _settle(scores: Scores, of: np.ndarray, judged: Judged, final: np.ndarray, who: np.ndarray) -> None:
    """One "different" between two groups answers for every pair between them."""
    settled = {
        tuple(sorted((int(of[i]), int(of[j])))): one.who
        for (i, j), one in judged.items()
        if one.judgement == "different"
    }
    if not settled:
        return
    groups = np.sort(of[scores.pairs], axis=1)
    keys = np.array(sorted(settled), dtype=np.int64)
    rows = np.flatnonzero((final != NONE) & np.isin(codes_of(groups, len(of)), codes_of(keys, len(of))))
    for row, (i, j) in zip(rows.tolist(), groups[rows].tolist(), strict=True):
        who[row] = settled[i, j]
        if final[row] in (REVIEW, CONFLICT):
            final[row] = VETO


def _spoken(said: Judgement, together: bool) -> int:
    if said.judgement == "same":
        return LINK if together else CONFLICT
    if said.judgement == "different":
        return CONFLICT if together else VETO
    return LINK if together else REVIEW


def _refused(edges: pd.DataFrame) -> list[Issue]:
    refused = edges.loc[edges["verdict"] == "conflict", ["left", "right"]]
    return [
        Issue(
            "resolve",
            "conflict",
            "warning",
            "us",
            f"{left} and {right} look like one pole, but joining them would join poles known to be different",
            listing_id=left,
        )
        for left, right in refused.itertuples(index=False)
    ]
