"""Blocked rapidfuzz features and a logistic regression, trained on made-up listings of another seed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

from benchmarks.peers import Groups, clusters

__all__ = ["THRESHOLDS", "candidates", "features", "predict", "train"]

THRESHOLDS = (0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999)
BLOCK = 60  # listings; within larger blocks, each listing meets its next ones in name order
NEXT = 8
CHUNK = 2_000_000  # pairs scored at a time


def train(frame: pd.DataFrame, labels: Path, out: Path) -> None:
    """Fit on every candidate pair; write scaling and coefficients."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    pole = pd.read_csv(labels, dtype=str)["pole"].to_numpy()
    pairs = candidates(frame)
    table = features(frame, pairs)
    scale = StandardScaler().fit(table)
    fitted = LogisticRegression(max_iter=1000).fit(scale.transform(table), pole[pairs[:, 0]] == pole[pairs[:, 1]])
    weights = fitted.coef_[0] / scale.scale_
    bias = float(fitted.intercept_[0] - (weights * scale.mean_).sum())
    out.write_text(json.dumps({"weights": weights.tolist(), "bias": bias}), encoding="utf-8")


def predict(frame: pd.DataFrame, model: Path) -> Groups:
    """Groups by threshold on the probability."""
    fitted = json.loads(model.read_text(encoding="utf-8"))
    weights = np.array(fitted["weights"], dtype=np.float32)
    pairs = candidates(frame)
    scores = np.empty(len(pairs), dtype=np.float32)
    for start in range(0, len(pairs), CHUNK):
        logit = features(frame, pairs[start : start + CHUNK]) @ weights + fitted["bias"]
        scores[start : start + CHUNK] = 1 / (1 + np.exp(-logit))
    return clusters(pairs, scores, len(frame), THRESHOLDS)


def candidates(frame: pd.DataFrame) -> NDArray[np.int64]:
    """Pairs that share the name, a rare word of it, its letters' start, the carrier, or the site; no pair twice."""
    n = len(frame)
    names = frame["name"].tolist()
    words: dict[str, int] = {}
    for name in names:
        for word in set(name.split()):
            words[word] = words.get(word, 0) + 1
    rare: list[list[str]] = [[], []]
    for name in names:
        ranked = sorted(set(name.split()), key=lambda word: (words[word], word))[:2]
        ranked += [""] * (2 - len(ranked))
        rare[0].append(ranked[0])
        rare[1].append(ranked[1])
    glued = frame["name"].str.replace(" ", "")
    first, second = pd.Series(rare[0]), pd.Series(rare[1])
    keys = [
        frame["name"],
        glued.str[:7].where(glued.str.len() >= 7, ""),
        glued.str[-7:].where(glued.str.len() >= 7, ""),
        (first + " " + second).where(second != "", ""),
        first,
        second,
        frame["carrier"],
        frame["domain"],
        (glued.str[:4] + frame["commune"]).where(frame["commune"] != "", ""),
        (glued.str[:4] + frame["department"]).where(frame["department"] != "", ""),
    ]
    order = np.argsort(pd.factorize(frame["name"], sort=True)[0], kind="stable")
    found = [_within(key.to_numpy(dtype=object), order, n) for key in keys]
    codes = _distinct(np.concatenate(found))
    return np.stack([codes // n, codes % n], axis=1)


def _within(key: NDArray[np.object_], order: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Pairs inside each block, as left * n + right with left < right."""
    codes = pd.factorize(key)[0]
    codes = np.where(key == "", -1, codes)[order]
    by_block = np.argsort(codes, kind="stable")
    rows, codes = order[by_block], codes[by_block]
    rows, codes = rows[codes >= 0], codes[codes >= 0]
    if not len(rows):
        return np.empty(0, np.int64)
    size = np.bincount(codes)[codes]
    found = []
    for step in range(1, min(BLOCK, len(rows))):
        same = (codes[step:] == codes[:-step]) & ((size[step:] <= BLOCK) | (step <= NEXT))
        if not same.any():
            break
        left, right = rows[:-step][same], rows[step:][same]
        found.append(np.minimum(left, right) * n + np.maximum(left, right))
    return np.concatenate(found) if found else np.empty(0, np.int64)


def _distinct(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """By sorting: ``np.unique`` of integers hashes, which takes ten times as long on tens of millions."""
    codes.sort()
    return codes[np.diff(codes, prepend=-1) > 0]


def features(frame: pd.DataFrame, pairs: NDArray[np.int64]) -> NDArray[np.float32]:
    """One row a pair: likeness of names and carriers, name against carrier, and whether the rest agrees or differs."""
    left, right = pairs[:, 0], pairs[:, 1]
    names, carriers = frame["name"].to_numpy(dtype=object), frame["carrier"].to_numpy(dtype=object)
    ordered = np.array([" ".join(sorted(name.split())) for name in names], dtype=object)
    lengths = np.array([len(name) for name in names])
    a, b, c, d = names[left], names[right], carriers[left], carriers[right]
    columns = [_alike(a, b, fuzz.ratio), _alike(ordered[left], ordered[right], fuzz.ratio)]
    columns += [_alike(a, b, fuzz.token_set_ratio), _alike(a, b, JaroWinkler.normalized_similarity)]
    short = np.minimum(np.minimum(lengths[left], lengths[right]), 30) / 30
    columns += [a == b, short, columns[1] * short]
    both = (c != "") & (d != "")
    columns += [_alike(c, d, fuzz.token_set_ratio, both), both & (c == d), both]
    columns += [_alike(a, d, fuzz.token_set_ratio, d != ""), _alike(b, c, fuzz.token_set_ratio, c != "")]
    for column in ("commune", "department", "region", "domain", "programme", "page"):
        codes = pd.factorize(frame[column])[0]
        given = (frame[column] != "").to_numpy()
        known = given[left] & given[right]
        same = known & (codes[left] == codes[right])
        columns += [same, known & ~same]
    return np.stack([np.asarray(column, dtype=np.float32) for column in columns], axis=1)


def _alike(
    a: NDArray[np.object_], b: NDArray[np.object_], scorer: Any, where: NDArray[np.bool_] | None = None
) -> NDArray[np.float32]:
    """Likeness from 0 to 1; 0 but ``where`` both are given."""
    if where is None:
        where = np.ones(len(a), dtype=bool)
    top = 1 if scorer is JaroWinkler.normalized_similarity else 100
    likeness = np.zeros(len(a), dtype=np.float32)
    likeness[where] = process.cpdist(a[where], b[where], scorer=scorer, workers=-1, dtype=np.float32) / top
    return likeness
