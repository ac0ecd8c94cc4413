"""Words that are another word with one letter slipped: "ressoerre" for "ressoterre".

A letter dropped, doubled, changed or swapped with the next is one edit (optimal string alignment). Two words one edit
apart agree in all letters but one each, so they meet among the spellings that lack a letter; only those are compared.
"""

from __future__ import annotations

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

__all__ = ["slip_of"]

_SHORTEST, _LONGEST = 6, 24  # letters: in a shorter word one letter is too much
_BASE = np.uint64(1_099_511_628_211)  # of a polynomial hash modulo 2⁶⁴; every hit is checked letter by letter


def slip_of(words: np.ndarray, seen: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """For each word the number of the word that it is a slip of: itself, for nearly all.

    ``words``: distinct words (object). ``seen``: in how many names each stands. ``fixed``: words that are known to be
    right (places, words of the trade): they are never read as another. The better known word wins, then the one that
    is seen more, then the earlier in the alphabet. A slip of a slip is left alone.
    """
    sizes = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    able = np.flatnonzero((sizes >= _SHORTEST) & (sizes <= _LONGEST))
    able = able[np.fromiter((words[i].isascii() and words[i].isalpha() for i in able), dtype=bool, count=len(able))]
    left, right = _meeting(words, able)
    left, right = np.concatenate([left, right]), np.concatenate([right, left])
    rank = np.empty(len(words), dtype=np.int64)
    rank[np.lexsort((words.astype(str), -seen, ~fixed))] = np.arange(len(words))
    kept = ~fixed[left] & (rank[right] < rank[left])
    left, right = left[kept], right[kept]
    near = process.cpdist(words[left], words[right], scorer=OSA.distance, score_cutoff=1, dtype=np.uint8) <= 1
    left, right = left[near], right[near]
    best = np.arange(len(words))
    order = np.lexsort((rank[right], left))
    first = order[np.unique(left[order], return_index=True)[1]]
    best[left[first]] = right[first]
    return np.asarray(np.where(best[best] == best, best, np.arange(len(words))))


def _meeting(words: np.ndarray, able: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of ``able`` words that are equal once a letter is taken out of one or of both."""
    if len(able) < 2:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    letters = words[able].astype(f"S{_LONGEST}").view(np.uint8).reshape(len(able), _LONGEST).astype(np.uint64)
    size = (letters > 0).sum(axis=1)
    heads = np.zeros((len(able), _LONGEST + 1), dtype=np.uint64)
    for column in range(_LONGEST):
        heads[:, column + 1] = heads[:, column] * _BASE + letters[:, column]
    power = np.ones(_LONGEST + 1, dtype=np.uint64)
    for column in range(_LONGEST):
        power[column + 1 : column + 2] = power[column : column + 1] * _BASE
    whole = heads[np.arange(len(able)), size]
    hashes, owner = [whole], [able]
    for gone in range(_LONGEST):  # the hash of all letters but this one, from those of what stands before and behind
        rows = np.flatnonzero(size > gone)
        rest = power[size[rows] - gone - 1]
        behind = whole[rows] - heads[rows, gone + 1] * rest
        hashes.append(heads[rows, gone] * rest + behind)
        owner.append(able[rows])
    key, word = np.concatenate(hashes), np.concatenate(owner)
    order = np.lexsort((word, key))
    key, word = key[order], word[order]
    found = []
    for step in range(1, len(key)):
        together = np.flatnonzero(key[:-step] == key[step:])
        if not len(together):
            break
        found.append(np.column_stack([word[together], word[together + step]]))
    if not found:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    pairs = np.unique(np.sort(np.concatenate(found), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return pairs[:, 0], pairs[:, 1]
