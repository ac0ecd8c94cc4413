"""Which pairs are worth comparing: those that share a rare word, a spelling, an acronym, a domain,
a page or a small place.

Comparing every pair grows with the square of the listings; a block that is too big says nothing rare and is left out.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from ptce_etl.resolve.profiles import Profiles

__all__ = ["candidate_pairs"]

_RARE_BITS = 3.5
_MAX_BLOCK = 120  # listings; an exact name may be shared by more
_MAX_EXACT = 400


def candidate_pairs(profiles: Profiles) -> np.ndarray:
    """Candidate pairs as an (n_pairs × 2) int64 array, left < right, sorted, each once."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for listing in range(profiles.n):
        for key in sorted(set(_keys(profiles, listing))):
            blocks[key].append(listing)
    chunks = []
    for key, members in blocks.items():
        limit = _MAX_EXACT if key.startswith(("=", "@")) else _MAX_BLOCK
        if 2 <= len(members) <= limit:
            block = np.array(members, dtype=np.int64)
            left, right = np.triu_indices(len(block), k=1)
            chunks.append(np.column_stack([block[left], block[right]]))
    if not chunks:
        return np.empty((0, 2), dtype=np.int64)
    codes = np.unique(np.concatenate([c[:, 0] * profiles.n + c[:, 1] for c in chunks]))
    return np.column_stack([codes // profiles.n, codes % profiles.n])


def _keys(profiles: Profiles, listing: int) -> list[str]:
    texts, keys = profiles.texts, []
    for number in (*profiles.names[listing], *profiles.carriers[listing]):
        letters = texts.compacts[number]
        keys.append(f"={letters}")
        if len(letters) >= 6:
            keys += [f"<{letters[:6]}", f">{letters[-6:]}"]
        if 3 <= len(letters) <= 8:
            keys.append(f"a{letters}")
        initials = texts.acronyms[number]
        keys += [f"a{initials[:length]}" for length in range(3, len(initials) + 1)]
        for word in texts.keys[number].split():
            if texts.bits[texts.vocabulary[word]] >= _RARE_BITS:
                keys.append(f"w{word}")
                if len(word) >= 6:
                    keys.append(f"p{word[:5]}")
    if profiles.domain[listing]:
        keys.append(f"@{profiles.domain[listing]}")
    if profiles.commune[listing]:
        keys.append(f"c{profiles.commune[listing]}")
    if profiles.departement[listing]:
        keys.append(f"d{profiles.departement[listing]}")
    if profiles.page[listing]:
        keys.append(f"u{profiles.page[listing]}")
    return keys
