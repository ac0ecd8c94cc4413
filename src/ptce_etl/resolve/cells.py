"""Text columns as numbers: what :mod:`~ptce_etl.resolve.survivorship` counts and compares at a million listings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

__all__ = [
    "Cells",
    "candidates",
    "coded",
    "distinct",
    "filled",
    "given",
    "is_start",
    "positions",
    "sort_order",
    "starts",
    "text_rank",
    "texts",
]


@dataclass(frozen=True, slots=True)
class Cells:
    """One column, row by row: ``codes`` (int64) into ``labels`` (distinct texts, in no order), -1 where it is empty."""

    codes: np.ndarray
    labels: Any  # an Arrow array; its stubs know no texts in pandas

    def at(self, rows: np.ndarray) -> Cells:
        """The cells of ``rows``, in their order."""
        return Cells(self.codes[rows], self.labels)

    def texts(self) -> pd.Series:
        """The cells as texts (``str``), NaN for -1."""
        found: pd.Series = self.labels.take(pa.array(self.codes, mask=self.codes < 0)).to_pandas()
        return found.astype("str")


def texts(column: pd.Series | pd.Index) -> Any:
    """The cells as an Arrow array of texts, null where they are missing."""
    cells: Any = pa.array(column, type=pa.large_string(), from_pandas=True)
    return cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells


def given(column: pd.Series) -> Any:
    """The cells as an Arrow array of texts; those that are missing or blank are null."""
    cells = texts(column)
    blank = pc.or_(pc.equal(cells, pa.scalar("", pa.large_string())), pc.utf8_is_space(cells))
    return pc.if_else(blank, pa.scalar(None, pa.large_string()), cells)


def filled(cells: Any, others: Any, read: Callable[[str], str]) -> Any:
    """``cells``, and where they are null what ``read`` makes of ``others`` (nothing: null)."""
    lacking = pc.and_(cells.is_null(), others.is_valid())
    if not pc.any(lacking).as_py():
        return cells
    texts = others.filter(lacking).dictionary_encode()
    made = pa.array([read(text) or None for text in texts.dictionary.to_pylist()], pa.large_string())
    return pc.replace_with_mask(cells, lacking, made.take(texts.indices))


def coded(cells: Any) -> Cells:
    """Number the distinct texts of ``cells``."""
    encoded = cells.dictionary_encode()
    return Cells(encoded.indices.fill_null(-1).to_numpy().astype(np.int64), encoded.dictionary)


def positions(cells: Any, among: Any) -> np.ndarray:
    """Where each of ``cells`` stands in ``among``, -1 where it does not."""
    found: Any = pc.index_in(cells, value_set=among)
    return np.asarray(found.fill_null(-1).to_numpy(), dtype=np.int64)


def distinct(owner: np.ndarray, code: np.ndarray, n: int) -> np.ndarray:
    """How many different ``code`` (≥ -1) each ``owner`` (0 … n-1) has."""
    span = int(code.max(initial=0)) + 2
    pairs = np.sort(owner * span + code + 1)  # np.unique hashes, which is slower on this many
    return np.bincount(pairs[starts(pairs)] // span, minlength=n)


def sort_order(cells: Any) -> np.ndarray | None:
    """Positions that sort ``cells`` (no null) by text; None when they stand in order already."""
    if len(cells) < 2 or pc.all(pc.less_equal(cells[:-1], cells[1:])).as_py():
        return None
    return np.asarray(pc.sort_indices(cells).to_numpy(), dtype=np.int64)


def text_rank(labels: Any, codes: np.ndarray) -> np.ndarray:
    """Numbers that order ``codes`` as their texts are ordered (by code point)."""
    numbers, back = np.unique(codes, return_inverse=True)
    ranks: np.ndarray = pc.rank(labels.take(pa.array(numbers)), tiebreaker="dense").to_numpy()
    return np.asarray(ranks.astype(np.int64)[back])


def candidates(owner: np.ndarray, code: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The distinct (owner, code), both ≥ 0, in that order; and for each row the position of its own among them."""
    span = int(code.max(initial=0)) + 1
    pairs, of = np.unique(owner * span + code, return_inverse=True)
    return pairs // span, pairs % span, of


def is_start(numbers: np.ndarray) -> np.ndarray:
    """Whether a run of equal ``numbers`` (≥ 0) begins at each."""
    return np.asarray(np.diff(numbers, prepend=-1) != 0)


def starts(numbers: np.ndarray) -> np.ndarray:
    """Where each run of equal ``numbers`` (≥ 0) begins."""
    return np.flatnonzero(is_start(numbers))
