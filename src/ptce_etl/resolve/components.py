"""Listings that links connect, directly or through others."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

__all__ = ["connected", "inner_pairs"]

_EVERY = 200  # listings of a component of which every pair is looked at; in a bigger one, those two links apart


def connected(n: int, pairs: np.ndarray) -> np.ndarray:
    """For each of ``n`` positions the smallest one that ``pairs`` (n_pairs × 2) connect it with: itself, if none."""
    _, labels = connected_components(_graph(n, pairs), directed=False)
    first = np.full(int(labels.max(initial=-1)) + 1, n, dtype=np.int64)
    np.minimum.at(first, labels, np.arange(n))
    return np.asarray(first[labels])


def inner_pairs(root: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Pairs of positions with one ``root`` (from :func:`connected`) that are not among ``pairs``; sorted, left < right.

    They have no link of their own and may still end up together: what speaks against them must be known.
    """
    n = len(root)
    codes = [np.empty(0, dtype=np.int64)]
    sizes = np.bincount(root, minlength=n)[root]
    members = np.flatnonzero((sizes > 2) & (sizes <= _EVERY))
    members = members[np.argsort(root[members], kind="stable")]
    for step in range(1, _EVERY):
        together = root[members[:-step]] == root[members[step:]]
        if not together.any():
            break
        codes.append(members[:-step][together] * n + members[step:][together])
    big = pairs[sizes[pairs[:, 0]] > _EVERY]
    if len(big):
        graph = _graph(n, np.concatenate([big, big[:, ::-1]]))
        two = (graph @ graph).tocoo()
        later = two.col > two.row
        codes.append(two.row[later].astype(np.int64) * n + two.col[later])
    found = np.setdiff1d(np.concatenate(codes), pairs[:, 0] * n + pairs[:, 1])
    return np.column_stack([found // n, found % n])


def _graph(n: int, pairs: np.ndarray) -> sparse.csr_matrix:
    return sparse.csr_matrix((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
