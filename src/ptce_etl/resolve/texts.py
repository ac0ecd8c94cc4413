"""Names and carriers as compared, each once, with the weight of every word in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from ptce_etl.clean.names import acronym
from ptce_etl.resolve.acronyms import could_spell
from ptce_etl.resolve.weights import GENERIC, POLE, Weights

__all__ = ["Texts", "build_texts", "incidence"]

_ACRONYM_WORDS = 4  # a name of more words than this is no acronym


@dataclass(frozen=True, slots=True)
class Texts:
    """Distinct texts. ``words`` is (n_texts × n_words) of 0/1, ``bits`` the weight of each word.

    ``telling`` is ``bits`` with 0 for the words of the trade, ``locating`` with 0 for those that name no place.
    ``short`` and ``short_first`` (n_texts × 4) are the letter masks of the words that may be acronyms, ``initials`` and
    ``letters`` those of what a text of three words or more can be the expansion of (see :mod:`.acronyms`).
    """

    keys: list[str]
    compacts: np.ndarray
    acronyms: list[str]
    words: sparse.csr_matrix
    bits: np.ndarray
    vocabulary: dict[str, int]
    total: np.ndarray
    telling: np.ndarray
    locating: np.ndarray
    short: np.ndarray
    short_first: np.ndarray
    initials: np.ndarray
    letters: np.ndarray

    def word_bits(self, word: str) -> float:
        return float(self.bits[self.vocabulary[word]])


def build_texts(
    pairs: Sequence[tuple[str, str]],
    places: Iterable[Sequence[str]],
    names: np.ndarray,
    place_words: frozenset[str],
    weights: Weights,
) -> Texts:
    """Texts from (key, letters only) ``pairs``.

    ``places``: words of places that must be in the vocabulary too. ``names``: the numbers of the texts that stand as a
    name, each once; word frequencies are learned from those.
    """
    vocabulary: dict[str, int] = {}
    split = [key.split() for key, _ in pairs]
    for words in (*split, *places):
        for word in words:
            vocabulary.setdefault(word, len(vocabulary))
    matrix = incidence(split, vocabulary)
    generic = np.array([word in GENERIC or len(word) == 1 for word in vocabulary], dtype=bool)
    local = np.array([word in place_words for word in vocabulary], dtype=bool) & ~generic
    expected = np.full(len(vocabulary), 2.0**-weights.rare_bits)
    expected[local] = 2.0**-weights.place_bits
    expected[generic] = 2.0**-weights.generic_bits
    expected[[word in POLE for word in vocabulary]] = 2.0**-weights.pole_bits
    bits = _word_bits(matrix[names] if len(names) else matrix, expected, weights)
    short, first, initials, letters = _letters(split)
    return Texts(
        keys=[key for key, _ in pairs],
        compacts=np.array([letters for _, letters in pairs], dtype=object),
        acronyms=[acronym(key) if len(words) >= 3 else "" for (key, _), words in zip(pairs, split, strict=True)],
        words=matrix,
        bits=bits,
        vocabulary=vocabulary,
        total=np.asarray(matrix @ bits).ravel(),
        telling=np.where(generic, 0.0, bits),
        locating=np.where(local, bits, 0.0),
        short=short,
        short_first=first,
        initials=initials,
        letters=letters,
    )


def incidence(rows: Sequence[Iterable[str]], vocabulary: dict[str, int]) -> sparse.csr_matrix:
    """(n_rows × n_words) of 0/1: which words stand in each row."""
    numbers = [sorted({vocabulary[word] for word in words}) for words in rows]
    start = np.concatenate([[0], np.cumsum([len(row) for row in numbers])]) if numbers else np.zeros(1)
    columns = np.fromiter((number for row in numbers for number in row), dtype=np.int32, count=int(start[-1]))
    data = np.ones(len(columns), dtype=np.float64)
    return sparse.csr_matrix((data, columns, start.astype(np.int64)), shape=(len(numbers), len(vocabulary)))


def _word_bits(matrix: sparse.csr_matrix, expected: np.ndarray, weights: Weights) -> np.ndarray:
    """-log2 of how often a word stands in names: seen here, smoothed by ``expected``, its share in names in general.

    Each distinct name counts once, so that a pole listed forty times does not make its own name look common.
    """
    seen = np.asarray(matrix.sum(axis=0)).ravel()
    share = (seen + weights.background * expected) / (matrix.shape[0] + weights.background)
    return np.asarray(np.clip(-np.log2(share), 0.0, weights.max_word_bits))


def _letters(split: list[list[str]]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    short = np.zeros((len(split), _ACRONYM_WORDS), dtype=np.int64)
    first = np.zeros_like(short)
    initials = np.zeros(len(split), dtype=np.int64)
    letters = np.zeros(len(split), dtype=np.int64)
    for row, words in enumerate(split):
        if len(words) >= 3:
            initials[row], letters[row] = could_spell(words)
        if len(words) <= _ACRONYM_WORDS:
            for column, word in enumerate(words):
                if 3 <= len(word) <= 9 and not word.isdigit():
                    first[row, column], short[row, column] = could_spell([word])[0], _all(word)
    return short, first, initials, letters


def _all(word: str) -> int:
    mask = 0
    for char in word:
        if "a" <= char <= "z":
            mask |= 1 << (ord(char) - 97)
    return mask
