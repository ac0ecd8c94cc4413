"""Names that more than one pole bears: equal or not, they do not tell those poles apart."""

from __future__ import annotations

import numpy as np

from ptce_etl.resolve.ragged import Codes, Ragged, member
from ptce_etl.resolve.texts import Texts

__all__ = ["namesakes"]


def namesakes(names: Ragged, behind: np.ndarray, departement: np.ndarray, texts: Texts) -> np.ndarray:
    """By text, how many poles it may be the name of (1 at least); texts of the same words are one.

    ``behind``: by value of ``names``, whether the text is a part that stands behind another. ``departement``: by
    listing, -1 when unknown.
    """
    keys = Codes.of(texts.keys)
    keyed = Ragged(names.start, keys.numbers[names.values].astype(np.int32))
    found = np.maximum(
        _spread(keyed, departement, len(keys.labels)), _company(keyed, behind, texts, keys.numbers, len(keys.labels))
    )
    return np.asarray(found[keys.numbers])


def _spread(names: Ragged, departement: np.ndarray, n_keys: int) -> np.ndarray:
    """In how many departments each key is a name: the effective number, so that one listing misplaced hardly counts.

    It is 1 / Σ p², p being the share of each department among the listings that have one (Simpson's index, inverted).
    """
    where = np.repeat(departement, names.lengths)
    known = where >= 0
    width = int(departement.max(initial=0)) + 1
    pairs, counts = np.unique(names.values[known].astype(np.int64) * width + where[known], return_counts=True)
    total = np.bincount(pairs // width, weights=counts, minlength=n_keys)
    squares = np.bincount(pairs // width, weights=counts.astype(np.float64) ** 2, minlength=n_keys)
    return np.asarray(np.divide(total**2, squares, out=np.ones(n_keys), where=squares > 0))


def _company(names: Ragged, behind: np.ndarray, texts: Texts, key_of: np.ndarray, n_keys: int) -> np.ndarray:
    """Behind how many different names each key stands, told by their rarest word that is not its own."""
    text_of = np.zeros(n_keys, dtype=np.int64)
    text_of[key_of[::-1]] = np.arange(len(key_of))[::-1]
    pairs = Ragged.distinct(names.values[behind], names.first()[names.owners[behind]], n_keys)
    part, first = pairs.owners, pairs.values
    words = texts.words.beside(text_of[first])
    bits = np.where((words >= 0) & ~member(words, texts.words.beside(text_of[part])), texts.bits[words], -1.0)
    if not bits.size:
        return np.ones(n_keys)
    rarest = np.argmax(bits, axis=0)
    rows = np.flatnonzero(bits[rarest, np.arange(len(rarest))] > 0)
    return np.asarray(np.maximum(Ragged.distinct(part[rows], words[rarest[rows], rows], n_keys).lengths, 1))
