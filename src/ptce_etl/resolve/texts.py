"""Names and carriers as compared, each once, with the weight of every word in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ptce_etl.resolve.acronyms import step, steps_of
from ptce_etl.resolve.ragged import Codes, Grid, Ragged
from ptce_etl.resolve.slips import slip_of
from ptce_etl.resolve.weights import GENERIC, POLE, Weights

__all__ = ["Texts", "build_texts"]

_ACRONYM_WORDS = 4  # a name of more words than this is no acronym


@dataclass(frozen=True, slots=True)
class Texts:
    """Distinct texts, and the words in them.

    ``words``: the word numbers of each text, slips mended (see :mod:`.slips`); ``written`` the same as written.

    By word: ``bits`` its weight; ``locating`` is ``bits`` with 0 for those that name no place. The first ``trade``
    words are words of the trade, those from there to ``local`` name places: a number tells the kind of a word.

    By text: ``total`` bits of its words, ``most`` those that its letters can carry, ``naming`` those of its words that
    are neither of the trade nor of a place; ``compacts`` its letters, ``letters`` a number for those and ``bag`` a mask
    of which they are; ``initials_of`` the first letters of its words (three or more). ``short`` (2 × 4 × n_texts) and
    ``short_first`` (4 × n_texts) are masks of the words that may be acronyms: their steps and their first letter;
    ``spells`` (2 × n_texts) and ``initials`` those of what a text of three words or more can be the expansion of (see
    :mod:`.acronyms`); ``acronym`` the bits that the longest of the former is worth.
    """

    keys: list[str]
    compacts: np.ndarray
    letters: np.ndarray
    bag: np.ndarray
    sizes: np.ndarray
    initials_of: list[str]
    words: Grid
    written: Grid
    trade: int
    local: int
    bits: np.ndarray
    vocabulary: dict[str, int]
    mended: np.ndarray
    total: np.ndarray
    most: np.ndarray
    naming: np.ndarray
    locating: np.ndarray
    short: np.ndarray
    short_first: np.ndarray
    initials: np.ndarray
    spells: np.ndarray
    acronym: np.ndarray

    def number(self, word: str) -> int:
        """The number of a word of these texts, slips mended."""
        return int(self.mended[self.vocabulary[word]])


def build_texts(
    pairs: Sequence[tuple[str, str]],
    places: Iterable[str],
    names: np.ndarray,
    place_words: frozenset[str],
    weights: Weights,
) -> Texts:
    """Texts from (key, letters only) ``pairs``.

    ``places``: words of places that must be in the vocabulary too. ``names``: the numbers of the texts that stand as a
    name, each once; word frequencies are learned from those.
    """
    keys = [key for key, _ in pairs]
    counts = np.fromiter((key.count(" ") + 1 for key in keys), dtype=np.int64, count=len(keys))
    flat = np.array(" ".join(keys).split(" ") if keys else [], dtype=object)
    numbers, vocabulary, trade, local_end = _numbered(flat, sorted(set(places)), place_words)
    owners = np.repeat(np.arange(len(keys)), counts)
    written = Ragged.distinct(owners, numbers, len(keys))
    position = np.arange(len(vocabulary))
    generic, local = position < trade, (position >= trade) & (position < local_end)
    pole = np.fromiter((w in POLE for w in vocabulary), dtype=bool, count=len(vocabulary))
    asked = _asked(names, len(keys))
    mended = slip_of(vocabulary, _seen(written, asked, len(vocabulary)), generic | local)
    words = Ragged.distinct(owners, mended[numbers], len(keys))
    expected = np.full(len(vocabulary), 2.0**-weights.rare_bits)
    expected[local] = 2.0**-weights.place_bits
    expected[generic] = 2.0**-weights.generic_bits
    expected[pole] = 2.0**-weights.pole_bits
    bits = _word_bits(_seen(words, asked, len(vocabulary)), int(asked.sum()), expected, weights)
    rare = bits[mended] >= weights.acronym_rare  # an acronym is no word that names use
    short, first, initials, spells = _steps(vocabulary, rare, owners, numbers, counts)
    first_letters = "".join(word[:1] for word in vocabulary)
    starts = np.concatenate([[0], np.cumsum(counts)])
    spelt = "".join(first_letters[number] for number in numbers.tolist())
    compacts = np.empty(len(keys), dtype=object)
    compacts[:] = [compact for _, compact in pairs]
    sizes = np.fromiter(map(len, compacts), dtype=np.int64, count=len(compacts))
    return Texts(
        keys=keys,
        compacts=compacts,
        letters=Codes.of(compacts).numbers,
        bag=_bags(compacts, sizes),
        sizes=sizes,
        most=weights.letter_bits * sizes,
        naming=np.bincount(
            words.owners, weights=np.where(generic | local, 0.0, bits)[words.values], minlength=len(keys)
        ),
        initials_of=[
            spelt[a:b] if b - a >= 3 else "" for a, b in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
        ],
        words=Grid.of(words),
        written=Grid.of(written),
        trade=trade,
        local=local_end,
        bits=bits,
        vocabulary={word: number for number, word in enumerate(vocabulary.tolist())},
        mended=mended,
        total=np.bincount(words.owners, weights=bits[words.values], minlength=len(keys)),
        locating=np.where(local, bits, 0.0),
        short=short,
        short_first=first,
        initials=initials,
        spells=spells,
        acronym=_worth(vocabulary, rare, owners, numbers, counts, weights),
    )


def _numbered(
    flat: np.ndarray, places: Sequence[str], place_words: frozenset[str]
) -> tuple[np.ndarray, np.ndarray, int, int]:
    """The number of each word of ``flat``, the words by number (``places`` too), where those of the trade end and where
    those that name places end."""
    numbers, distinct = pd.factorize(np.concatenate([flat, np.array(places, dtype=object)]))
    vocabulary = np.asarray(distinct, dtype=object)
    generic = np.fromiter((w in GENERIC or len(w) == 1 for w in vocabulary), dtype=bool, count=len(vocabulary))
    local = np.fromiter((w in place_words for w in vocabulary), dtype=bool, count=len(vocabulary)) & ~generic
    order = np.lexsort((~local, ~generic))  # stable: first words of the trade, then of places, then all others
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    trade = int(generic.sum())
    return rank[numbers[: len(flat)]], vocabulary[order], trade, trade + int(local.sum())


def _bags(compacts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """By text, a bit for each letter or digit in it (a few share one)."""
    found = np.zeros(len(compacts), dtype=np.int64)
    said = np.flatnonzero(sizes)
    if len(said):
        letters = np.frombuffer("".join(compacts.tolist()).encode("utf-32-le"), dtype=np.uint32)
        bits = np.left_shift(np.int64(1), letters.astype(np.int64) % 63)
        found[said] = np.bitwise_or.reduceat(bits, (np.cumsum(sizes) - sizes)[said])
    return found


def _asked(names: np.ndarray, n_texts: int) -> np.ndarray:
    """The texts that word frequencies are learned from: names, or all when there is none."""
    asked = np.zeros(n_texts, dtype=bool)
    asked[names] = True
    return asked if len(names) else ~asked


def _seen(words: Ragged, asked: np.ndarray, n_words: int) -> np.ndarray:
    """In how many distinct names each word stands: a pole listed forty times does not make its name look common."""
    return np.bincount(words.values[asked[words.owners]], minlength=n_words)


def _word_bits(seen: np.ndarray, n_names: int, expected: np.ndarray, weights: Weights) -> np.ndarray:
    """-log2 of how often a word stands in names: seen here, smoothed by ``expected``, its share in names in general."""
    share = (seen + weights.background * expected) / (n_names + weights.background)
    return np.asarray(np.clip(-np.log2(share), 0.0, weights.max_word_bits))


def _steps(
    vocabulary: np.ndarray, rare: np.ndarray, owners: np.ndarray, numbers: np.ndarray, counts: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Masks (see :mod:`.acronyms`): of the ``rare`` words of short texts, of what long texts could spell."""
    start = np.cumsum(counts) - counts
    column = np.arange(len(numbers)) - start[owners]
    able = (
        (w if fit and 3 <= len(w) <= 9 and not w.isdigit() else "") for w, fit in zip(vocabulary, rare, strict=True)
    )
    whole = _halves([steps_of(word) for word in able])
    heads = [word[:3].ljust(3) for word in vocabulary]
    code = {char: number for number, char in enumerate(sorted({char for head in heads for char in head}))}
    table = _halves([step(one, other) for one in code for other in code]).reshape(2, len(code), len(code))
    letters = np.array([[code[char] for char in head] for head in heads], dtype=np.int64).reshape(-1, 3)
    first = letters[numbers, 0]
    allowed = table[:, first, letters[numbers, 1]] | table[:, letters[numbers, 1], letters[numbers, 2]]
    onward = np.flatnonzero(column[1:] > 0)  # the word behind is of the same text
    for taken in range(3):
        allowed[:, onward] |= table[:, letters[numbers[onward], taken], first[onward + 1]]
    spells = np.bitwise_or.reduceat(allowed, start, axis=1) if len(counts) else np.zeros((2, 0), dtype=np.int64)
    initials = np.bitwise_or.reduceat(np.left_shift(1, first % 63), start) if len(counts) else spells[0]
    few = (counts[owners] <= _ACRONYM_WORDS) & (whole[:, numbers] > 0).any(axis=0)
    short = np.zeros((2, _ACRONYM_WORDS, len(counts)), dtype=np.int64)
    short_first = np.zeros((_ACRONYM_WORDS, len(counts)), dtype=np.int64)
    short[:, column[few], owners[few]] = whole[:, numbers[few]]
    short_first[column[few], owners[few]] = np.left_shift(1, first[few] % 63)
    long = counts >= 3
    return short, short_first, np.where(long, initials, 0), np.where(long, spells, 0)


def _halves(masks: Sequence[int]) -> np.ndarray:
    """Masks of 126 bits as two rows of 63."""
    low = np.fromiter((mask & (1 << 63) - 1 for mask in masks), dtype=np.int64, count=len(masks))
    return np.stack([low, np.fromiter((mask >> 63 for mask in masks), dtype=np.int64, count=len(masks))])


def _worth(
    vocabulary: np.ndarray,
    rare: np.ndarray,
    owners: np.ndarray,
    numbers: np.ndarray,
    counts: np.ndarray,
    weights: Weights,
) -> np.ndarray:
    """By text, the bits of the longest word that may be an acronym; 0 when it has none."""
    bits = np.array(weights.acronym_bits)
    sizes = np.fromiter(map(len, vocabulary), dtype=np.int64, count=len(vocabulary))
    able = rare & (sizes >= 3) & (sizes <= 9)
    each = np.where(able, bits[np.minimum(sizes + 1, len(bits) - 1)], 0.0)[numbers]  # FE2I
    each[counts[owners] > _ACRONYM_WORDS] = 0.0
    return np.asarray(np.maximum.reduceat(each, np.cumsum(counts) - counts)) if len(counts) else np.zeros(0)
