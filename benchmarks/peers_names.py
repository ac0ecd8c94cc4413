"""Plain name matching: names that rapidfuzz finds alike, all with all."""

from __future__ import annotations

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from benchmarks.peers import Groups, clusters

__all__ = ["fuzzy"]

THRESHOLDS = (75, 80, 85, 90, 95)
CHUNK = 1000


def fuzzy(frame: pd.DataFrame) -> Groups:
    """Groups by threshold on token_sort_ratio; departments that are both given and differ keep a pair apart."""
    names, departments = frame["name"].tolist(), pd.factorize(frame["department"])[0]
    given = (frame["department"] != "").to_numpy()
    pairs, scores = [], []
    for start in range(0, len(names), CHUNK):
        block = names[start : start + CHUNK]
        found = process.cdist(
            block, names, scorer=fuzz.token_sort_ratio, score_cutoff=min(THRESHOLDS), dtype=np.uint8, workers=-1
        )
        left, right = np.nonzero(found)
        score = found[left, right]
        left += start
        apart = given[left] & given[right] & (departments[left] != departments[right])
        kept = (left < right) & ~apart
        pairs.append(np.stack([left[kept], right[kept]], axis=1))
        scores.append(score[kept])
    return clusters(np.concatenate(pairs), np.concatenate(scores), len(names), THRESHOLDS)
