"""dedupe: its blocking and its classifier learned from labelled pairs of another seed, then its own clustering."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import dedupe
import numpy as np
import pandas as pd
from dedupe import variables

from benchmarks.peers import Groups
from benchmarks.peers_regression import candidates

__all__ = ["link", "train"]

THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
LABELLED = 600  # pairs of each kind, many more than a person would label
FIELDS = ("name", "carrier", "commune", "department", "region", "domain")
TRAINED_ON = 3000  # listings: it takes minutes on 10,000
SEED = 1


def train(frame: pd.DataFrame, labels: Path, out: Path) -> None:
    """Learn from pairs drawn among plausible ones; write dedupe's settings file."""
    pole = pd.read_csv(labels, dtype=str)["pole"].to_numpy()[:TRAINED_ON]
    frame = frame[:TRAINED_ON]
    pairs = candidates(frame)
    random.seed(SEED)
    same = pole[pairs[:, 0]] == pole[pairs[:, 1]]
    rng = np.random.default_rng(SEED)
    data = _records(frame)

    def drawn(rows: Any) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        chosen = rng.choice(np.flatnonzero(rows), min(LABELLED, int(rows.sum())), replace=False)
        return [(data[int(a)], data[int(b)]) for a, b in pairs[chosen]]

    examples = {"match": drawn(same), "distinct": drawn(~same)}
    text = variables.String
    fields = [
        text("name"),
        text("carrier", has_missing=True),
        text("commune", has_missing=True),
        *(variables.Exact(field, has_missing=True) for field in FIELDS[3:]),
    ]
    deduper = dedupe.Dedupe(fields, num_cores=2)
    deduper.mark_pairs(examples)
    deduper.prepare_training(data)
    deduper.train(recall=0.95, index_predicates=False)
    with out.open("wb") as file:
        deduper.write_settings(file)


def link(frame: pd.DataFrame, model: Path) -> Groups:
    """Groups by threshold of dedupe's clustering."""
    with model.open("rb") as file:
        deduper = dedupe.StaticDedupe(file, num_cores=2)
    data = _records(frame)
    scores = deduper.score(deduper.pairs(data))
    found: Groups = {}
    for threshold in THRESHOLDS:
        group = np.arange(len(frame), dtype=np.int64)
        for members, _ in deduper.cluster(scores, threshold):
            rows = np.array(members, dtype=np.int64)
            group[rows] = rows.min()
        found[f"{threshold:g}"] = group
    return found


def _records(frame: pd.DataFrame) -> dict[int, dict[str, Any]]:
    columns = [frame[field].tolist() for field in FIELDS]
    return {
        row: {field: cell or None for field, cell in zip(FIELDS, cells, strict=True)}
        | ({} if cells[0] else {"name": "?"})
        for row, cells in enumerate(zip(*columns, strict=True))
    }
