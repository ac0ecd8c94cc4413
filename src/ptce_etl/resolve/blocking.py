"""Which pairs are worth comparing: those that share a rare word, a spelling, an acronym, a domain, a page or a place.

Comparing every pair grows with the square of the listings. Here each *family* of blocking keys gets a budget of pairs
that grows with the number of listings: its biggest blocks, which say least, are left out until it fits.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ptce_etl.resolve.profiles import Profiles
from ptce_etl.resolve.ragged import Codes, Ragged

__all__ = ["candidate_pairs"]

_RARE_BITS = 3.5  # of a word that blocks by itself …
_KNOWN_BITS = 1.0  # … and of one that blocks together with its department
_BUDGET = 12  # pairs a listing, in each family
_FLOOR = 20_000  # pairs that any family may have
_EXACT_BUDGET = 60  # pairs a listing for equal spellings and domains: nearly all of them are worth it


def candidate_pairs(profiles: Profiles) -> np.ndarray:
    """Candidate pairs as an (n_pairs × 2) int64 array, left < right, sorted, each once."""
    n = profiles.n
    found = [np.empty(0, dtype=np.int64)]
    for listing, key, budget in _families(profiles):
        found.append(_pairs(listing, key, n, max(_FLOOR, budget * n)))
    codes = np.unique(np.concatenate(found))
    return np.column_stack([codes // n, codes % n]) if n else np.empty((0, 2), dtype=np.int64)


def _families(p: Profiles) -> Iterator[tuple[np.ndarray, np.ndarray, int]]:
    """(listing, key) pairs of each family, and its budget of candidate pairs a listing."""
    texts = p.texts
    owner, number = _texts_of(p)
    letters = texts.compacts
    size = np.array([len(text) for text in letters], dtype=np.int64)
    for keys, wanted, budget in (
        (letters, size >= 1, _EXACT_BUDGET),
        (np.array([text[:6] for text in letters], dtype=object), size >= 6, _BUDGET),
        (np.array([text[-6:] for text in letters], dtype=object), size >= 6, _BUDGET),
    ):
        codes = np.where(wanted, Codes.of(list(keys)).numbers, -1)
        yield owner, codes[number], budget
    yield (*_by_text(owner, number, _acronym_keys(p)), _BUDGET)
    words = texts.words.tocoo()
    rare = texts.bits[words.col] >= _RARE_BITS
    yield (*_by_text(owner, number, (words.row[rare], words.col[rare])), _BUDGET)
    stems = Codes.of([word[:5] if len(word) >= 6 else None for word in texts.vocabulary]).numbers
    yield (*_by_text(owner, number, (words.row[rare], stems[words.col[rare]])), _BUDGET)
    known = texts.bits[words.col] >= _KNOWN_BITS
    listing, word = _by_text(owner, number, (words.row[known], words.col[known]))
    place = p.departement.numbers[listing]
    yield listing, np.where((place >= 0) & (word >= 0), word * (place.max(initial=0) + 1) + place, -1), _BUDGET
    everyone = np.arange(p.n)
    yield everyone, p.domain.numbers, _EXACT_BUDGET
    for column in (p.page, p.commune, p.departement):
        yield everyone, column.numbers, _BUDGET


def _texts_of(p: Profiles) -> tuple[np.ndarray, np.ndarray]:
    """(listing, text) for every name and carrier of every listing."""
    both: tuple[Ragged, Ragged] = (p.names, p.carriers)
    owner = np.concatenate([np.repeat(np.arange(p.n), ragged.lengths) for ragged in both])
    return owner, np.concatenate([ragged.values for ragged in both])


def _by_text(
    owner: np.ndarray, number: np.ndarray, keys: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """(text, key) pairs to (listing, key) pairs."""
    text, key = keys
    order = np.argsort(text, kind="stable")
    text, key = text[order], key[order]
    first, last = np.searchsorted(text, number, "left"), np.searchsorted(text, number, "right")
    many = last - first
    listing = np.repeat(owner, many)
    position = np.arange(len(listing)) - np.repeat(np.cumsum(many) - many, many) + np.repeat(first, many)
    return listing, key[position].astype(np.int64)


def _acronym_keys(p: Profiles) -> tuple[np.ndarray, np.ndarray]:
    """(text, key): short texts by their letters, long ones by the initials of their first three, four … words."""
    text, key = [], []
    for number, (letters, initials) in enumerate(zip(p.texts.compacts, p.texts.acronyms, strict=True)):
        said = [letters] if 3 <= len(letters) <= 8 else []
        said += [initials[:length] for length in range(3, min(len(initials), 8) + 1)]
        text += [number] * len(said)
        key += said
    return np.array(text, dtype=np.int64), Codes.of(key).numbers


def _pairs(listing: np.ndarray, key: np.ndarray, n: int, budget: int) -> np.ndarray:
    """Codes (left × n + right) of the pairs of listings that share a key, the biggest blocks left out."""
    given = key >= 0
    members = np.unique(key[given] * n + listing[given])  # each listing once in a block, blocks together
    block, listing = members // n, members % n
    _, inverse, sizes = np.unique(block, return_inverse=True, return_counts=True)
    limit = _largest_block(sizes, budget)
    kept = (sizes[inverse] <= limit) & (sizes[inverse] >= 2)
    block, listing = block[kept], listing[kept]
    codes = [np.empty(0, dtype=np.int64)]
    for step in range(1, limit):
        together = block[:-step] == block[step:]
        if not together.any():
            break
        codes.append(listing[:-step][together] * n + listing[step:][together])
    return np.concatenate(codes)


def _largest_block(sizes: np.ndarray, budget: int) -> int:
    """The biggest block size such that all blocks up to it make no more than ``budget`` pairs."""
    ordered = np.sort(sizes)
    total = np.cumsum(ordered * (ordered - 1) // 2)
    fits = np.searchsorted(total, budget, side="right")
    if fits == len(ordered):
        return int(ordered[-1]) if len(ordered) else 1
    return int(ordered[fits]) - 1  # a size is in or out as a whole: the result does not depend on order
