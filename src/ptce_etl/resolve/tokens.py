"""Blocking keys: what two listings must have in common to be worth comparing, and how many bits it could be worth.

A key that many listings have says little and costs much: the number of pairs it makes grows with its square. Keys are
taken from the rarest up, as far as a budget of pairs goes that grows with the number of listings. A word too common for
that still counts together with another such word of the same name, or with the department.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import sparse

from ptce_etl.resolve.profiles import Profiles
from ptce_etl.resolve.ragged import Codes, Ragged
from ptce_etl.resolve.weights import Weights

__all__ = ["Tokens", "tokens_of"]

_BUDGET = 60  # pairs a listing that all keys of a kind may make
_FLOOR = 100_000  # … and that they may make in any case
_KEY_BITS = 1.0  # of a word that may be a key
_ACRONYM = 8  # letters of an acronym, at most
_ENDS = 6  # first and last letters that two spellings may have in common
_ENDS_BITS = 3.5
_COMMUNE_BITS = 0.1  # two poles of one town: worth a look where listings are few


@dataclass(frozen=True, slots=True)
class Tokens:
    """``mine`` and ``theirs`` are (n_listings × n_keys), sparse: ``mine @ theirs.T`` adds up what pairs may be worth.

    They differ where one side's key answers another key of the other side (an acronym, and the initials it may stand
    for). ``shortest``: by listing, the bits of the poorest of its names.
    """

    mine: sparse.csr_matrix
    theirs: sparse.csr_matrix
    shortest: np.ndarray


def tokens_of(p: Profiles, w: Weights) -> Tokens:
    """The blocking keys of all listings."""
    parts = [(key, key) for key in map(partial(_affordable, n=p.n), _kinds(p, w))]
    said, spelt = _acronyms(p, w)
    parts += [(said, spelt), (spelt, said)]
    shortest = np.full(p.n, np.inf)
    np.minimum.at(shortest, p.names.owners, p.texts.total[p.names.values])
    widths = [max(int(mine.key.max(initial=-1)), int(theirs.key.max(initial=-1))) + 1 for mine, theirs in parts]
    mine, theirs = ([side[which] for side in parts] for which in (0, 1))
    return Tokens(
        mine=_matrix(mine, widths, p.n, weighed=True),
        theirs=_matrix(theirs, widths, p.n, weighed=False),
        shortest=shortest,
    )


@dataclass(frozen=True, slots=True)
class _Keys:
    """One kind of key: which listing has which, and the bits it may be worth. Keys are numbers from 0, -1 for none."""

    listing: np.ndarray
    key: np.ndarray
    bits: np.ndarray

    def taken(self, rows: np.ndarray) -> _Keys:
        return _Keys(self.listing[rows], self.key[rows], self.bits[rows])


def _matrix(parts: list[_Keys], widths: list[int], n: int, *, weighed: bool) -> sparse.csr_matrix:
    starts = np.cumsum(widths) - widths
    columns = np.concatenate([part.key + start for part, start in zip(parts, starts, strict=True)])
    rows = np.concatenate([part.listing for part in parts])
    data = np.concatenate([part.bits for part in parts]).astype(np.float32)
    return sparse.csr_matrix((data if weighed else np.ones_like(data), (rows, columns)), shape=(n, sum(widths)))


def _kinds(p: Profiles, w: Weights) -> Iterator[_Keys]:
    t = p.texts
    said = p.vouches.ragged
    listing, word = said.owners, said.values.astype(np.int64)
    able = t.bits[word] >= _KEY_BITS
    worth = np.where(t.locating > 0, np.minimum(t.bits, w.shared_place), t.bits)
    words = _Keys(listing[able], word[able], worth[word[able]])
    yield words
    counts = np.bincount(words.key, minlength=len(t.bits))
    yield from _common(p, words.taken(counts[words.key] > _largest(counts[counts > 1], p.n)))
    owner = np.concatenate([p.names.owners, p.carriers.owners])
    number = np.concatenate([p.names.values, p.carriers.values])
    yield _Keys(owner, t.letters[number], np.minimum(t.total, w.name_cap)[number])
    for part in (slice(0, _ENDS), slice(-_ENDS, None)):
        ends = Codes.of([text[part] if len(text) >= _ENDS else None for text in t.compacts]).numbers
        yield _Keys(owner, ends[number], np.full(len(number), _ENDS_BITS))
    everyone = np.arange(p.n)
    yield _Keys(everyone, p.domain.numbers, np.full(p.n, w.same_domain))
    yield _Keys(everyone, p.commune.numbers, np.full(p.n, _COMMUNE_BITS))


def _common(p: Profiles, words: _Keys) -> Iterator[_Keys]:
    """Words that are no key by themselves: two of them, and one with a place."""
    bits = p.texts.bits
    rows = Ragged.distinct(words.listing, words.key, p.n)
    owner, a, b = rows.cross(np.arange(p.n), np.arange(p.n))
    two = a < b
    owner, a, b = owner[two], rows.values[a[two]].astype(np.int64), rows.values[b[two]].astype(np.int64)
    others = np.maximum(rows.lengths[owner] - 1, 1)
    yield _Keys(owner, a * len(bits) + b, (bits[a] + bits[b]) / others)  # a word stands in as many pairs as others
    for place in (p.departement.numbers, p.commune.numbers):
        there = words.taken(place[words.listing] >= 0)
        key = there.key * (place.max(initial=0) + 1) + place[there.listing]
        yield _Keys(there.listing, key, there.bits / 2)


def _acronyms(p: Profiles, w: Weights) -> tuple[_Keys, _Keys]:
    """Short texts by their letters, and long ones by the initials of their first three, four … words."""
    sizes, initials = p.texts.sizes, p.texts.initials_of
    said = np.flatnonzero((sizes >= 3) & (sizes <= _ACRONYM))
    lengths = np.fromiter(map(len, initials), dtype=np.int64, count=len(initials))
    spelt = [np.flatnonzero(lengths >= length) for length in range(3, _ACRONYM + 1)]
    texts = (said, np.concatenate(spelt))
    letters = (
        p.texts.compacts[said].tolist(),
        [initials[text][:length] for length, able in enumerate(spelt, start=3) for text in able.tolist()],
    )
    codes = Codes.of([*letters[0], *letters[1]]).numbers
    lengths = np.fromiter((len(one) for one in (*letters[0], *letters[1])), dtype=np.int64, count=len(codes))
    bits = np.array(w.acronym_bits)[np.minimum(lengths, len(w.acronym_bits) - 1)]
    cut = len(letters[0])
    both = [
        _once(_of_listings(p, texts[side], codes[rows], bits[rows]))
        for side, rows in enumerate((slice(None, cut), slice(cut, None)))
    ]
    counts = [np.bincount(one.key, minlength=int(codes.max(initial=-1)) + 1) for one in both]
    work = counts[0] * counts[1]
    fits = (work > 0) & (work <= _affordable_work(work, p.n))
    return both[0].taken(fits[both[0].key]), both[1].taken(fits[both[1].key])


def _of_listings(p: Profiles, text: np.ndarray, key: np.ndarray, bits: np.ndarray) -> _Keys:
    """Keys of texts as keys of the listings that have those texts for a name or carrier."""
    owner = np.concatenate([p.names.owners, p.carriers.owners])
    number = np.concatenate([p.names.values, p.carriers.values])
    keys = Ragged.distinct(text, np.arange(len(text)), len(p.texts.keys))
    at, chosen = keys.take(number)
    return _Keys(owner[at], key[chosen], bits[chosen])


def _affordable(keys: _Keys, n: int) -> _Keys:
    """Each key once a listing; those of one listing only, and those of too many, left out; numbered from 0."""
    keys = _once(keys)
    _, number, counts = np.unique(keys.key, return_inverse=True, return_counts=True)
    kept = (counts[number] > 1) & (counts[number] <= _largest(counts[counts > 1], n))
    _, number = np.unique(number[kept], return_inverse=True)
    return _Keys(keys.listing[kept], number, keys.bits[kept])


def _once(keys: _Keys) -> _Keys:
    """Each key once a listing, with the most bits it has there."""
    keys = keys.taken(keys.key >= 0)
    keys = keys.taken(np.lexsort((-keys.bits, keys.key, keys.listing)))
    first = np.ones(len(keys.key), dtype=bool)
    first[1:] = (keys.listing[1:] != keys.listing[:-1]) | (keys.key[1:] != keys.key[:-1])
    return keys.taken(first)


def _largest(counts: np.ndarray, n: int) -> int:
    """The most listings that a key may have, so that all keys up to it make no more pairs than the budget."""
    return _within(counts, counts * (counts - 1) // 2, n)


def _affordable_work(work: np.ndarray, n: int) -> int:
    return _within(work[work > 0], work[work > 0], n)


def _within(sizes: np.ndarray, pairs: np.ndarray, n: int) -> int:
    order = np.argsort(sizes, kind="stable")
    fits = int(np.searchsorted(np.cumsum(pairs[order]), max(_FLOOR, _BUDGET * n), side="right"))
    if fits == len(order):
        return int(sizes.max(initial=0))
    return int(sizes[order[fits]]) - 1  # a size is in or out as a whole: the result does not depend on order
