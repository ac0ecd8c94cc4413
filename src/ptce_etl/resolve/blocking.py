"""Which pairs are worth comparing: those that have enough blocking keys in common to be one pole if all else agrees."""

from __future__ import annotations

import numpy as np

from ptce_etl.resolve.profiles import Profiles
from ptce_etl.resolve.scoring import place_bits
from ptce_etl.resolve.tokens import Tokens
from ptce_etl.resolve.weights import Weights

__all__ = ["candidates", "partitions"]

_WORK = 5_000_000  # key agreements looked at in one partition: what bounds its memory
_SMALL = 2_000  # listings of which every pair that has a key in common is compared


def partitions(tokens: Tokens) -> list[tuple[int, int]]:
    """Ranges of listings (from, to) of about equal work: a pair belongs to the partition of its first listing."""
    mine = tokens.mine
    uses = np.bincount(tokens.theirs.indices, minlength=mine.shape[1])
    each = np.concatenate([[0], np.cumsum(uses[mine.indices])])[mine.indptr]
    starts = np.flatnonzero(np.diff(each[:-1] // _WORK, prepend=-1))
    return [(int(a), int(b)) for a, b in zip(starts, [*starts[1:], mine.shape[0]], strict=True)]


def candidates(p: Profiles, tokens: Tokens, start: int, stop: int, w: Weights) -> np.ndarray:
    """Candidate pairs (n × 2, left < right, sorted) whose left listing is in ``start`` … ``stop - 1``."""
    common = (tokens.mine[start:stop] @ tokens.theirs[start:].T.tocsr()).tocoo()
    left, right, bits = common.row + start, common.col + start, common.data
    later = right > left
    left, right, bits = left[later], right[later], bits[later]
    if p.n > _SMALL:
        promising = _promising(p, tokens, left, right, bits, w)
        left, right = left[promising], right[promising]
    order = np.lexsort((right, left))
    return np.column_stack([left[order], right[order]]).astype(np.int64)


def _promising(
    p: Profiles, tokens: Tokens, left: np.ndarray, right: np.ndarray, bits: np.ndarray, w: Weights
) -> np.ndarray:
    """Whether a pair could still reach the threshold of review: what its keys could be worth, and where the two are."""
    need = w.review - w.prior - w.near_bonus
    most = bits - w.only_shorter / 2 * np.maximum(np.minimum(tokens.shortest[left], tokens.shortest[right]) - bits, 0)
    hopeful = np.asarray(most + w.same_commune >= need)
    hopeful[hopeful] = most[hopeful] + place_bits(p, left[hopeful], right[hopeful], w) >= need
    return hopeful
