"""Pairwise figures of groups of listings against the truth, and how time grows with size."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["Score", "best", "growth", "score", "truth"]


@dataclass(frozen=True)
class Score:
    """Pairwise figures over pairs of labelled listings."""

    precision: float
    recall: float
    f1: float
    pairs: int  # pairs of listings of one pole


def truth(listings: Path, labels: Path) -> NDArray[np.int64]:
    """Pole number of each listing in the order of the file; -1 without a label."""
    ids = pd.read_csv(listings, dtype=str, usecols=["listing_id"])["listing_id"]
    given = pd.read_csv(labels, dtype=str, keep_default_na=False).set_index("listing_id")["pole"]
    return np.asarray(pd.factorize(ids.map(given[given != ""]))[0], dtype=np.int64)


def best(groups: Path, listings: Path, truth: NDArray[np.int64]) -> tuple[str, Score]:
    """The best threshold in hindsight and its figures. ``groups``: the folder that `ptce resolve` wrote, which has one
    answer only, or an ``.npz`` of peers.py."""
    if groups.is_dir():
        ids = pd.read_csv(listings, dtype=str, usecols=["listing_id"])["listing_id"]
        written = pd.read_parquet(groups / "listings.parquet", columns=["listing_id", "pole_id"])
        poles = ids.map(written.set_index("listing_id")["pole_id"])
        return "", score(pd.factorize(poles)[0], truth)
    with np.load(groups) as file:
        scores = [
            (str(limit), score(found, truth)) for limit, found in zip(file["thresholds"], file["groups"], strict=True)
        ]
    return max(scores, key=lambda one: one[1].f1)


def score(found: NDArray[np.int64], truth: NDArray[np.int64]) -> Score:
    """Pairwise precision, recall and F1 of the groups found, over the listings whose ``truth`` is not -1."""
    found, truth = found[truth >= 0], truth[truth >= 0]
    found, truth = np.unique(found, return_inverse=True)[1], np.unique(truth, return_inverse=True)[1]
    both = np.unique(found * (len(truth) + 1) + truth, return_counts=True)[1]
    right, ours, theirs = (
        _pairs(counts) for counts in (both, np.unique_counts(found).counts, np.unique_counts(truth).counts)
    )
    precision, recall = right / ours if ours else 1.0, right / theirs if theirs else 1.0
    return Score(precision, recall, 2 * right / (ours + theirs) if ours + theirs else 1.0, theirs)


def _pairs(counts: NDArray[np.int64]) -> int:
    return int((counts * (counts - 1) // 2).sum())


def growth(seconds: dict[int, float]) -> float | None:
    """Slope of log time over log rows, from 10,000 rows: 1 is linear. ``None`` with fewer than two sizes."""
    points = [(rows, time) for rows, time in sorted(seconds.items()) if rows >= 10_000]
    if len(points) < 2:
        return None
    return float(np.polyfit(np.log([rows for rows, _ in points]), np.log([time for _, time in points]), 1)[0])
