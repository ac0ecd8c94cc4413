"""recordlinkage: sorted neighbourhood and blocks, string and exact comparisons, expectation maximisation (ECM).

As its documentation does it: agreement by Jaro-Winkler from 0.85, missing cells count as no agreement, the classifier
is unsupervised, and pairs are kept by its probability.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import recordlinkage
from recordlinkage.index import Block, SortedNeighbourhood

from benchmarks.peers import Groups, clusters

__all__ = ["link"]

THRESHOLDS = (0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99, 0.997, 0.999, 0.9999)
WINDOW = 9
AGREES = 0.85


def link(frame: pd.DataFrame) -> Groups:
    """Groups by threshold on the probability."""
    table = frame.set_index("unique_id").replace("", np.nan)
    table["start"] = frame["name"].str.replace(" ", "").str[:5].to_numpy()
    indexer = recordlinkage.Index()
    indexer.add([SortedNeighbourhood("name", window=WINDOW), Block("name"), Block("domain")])
    indexer.add([Block(["start", "commune"]), Block(["start", "department"]), Block(["start", "carrier"])])
    pairs = indexer.index(table)
    compare = recordlinkage.Compare(n_jobs=2)
    compare.string("name", "name", method="jarowinkler", threshold=AGREES, label="name")
    compare.string("carrier", "carrier", method="jarowinkler", threshold=AGREES, label="carrier")
    for column in ("commune", "department", "region", "domain"):
        compare.exact(column, column, label=column)
    vectors = compare.compute(pairs, table)
    classifier = recordlinkage.ECMClassifier()
    classifier.fit(vectors)
    scores = classifier.prob(vectors).to_numpy(dtype=np.float64)
    rows = np.stack([vectors.index.get_level_values(level).to_numpy(dtype=np.int64) for level in (0, 1)], axis=1)
    return clusters(rows, scores, len(frame), THRESHOLDS)
