"""Rows of unequal length, and columns of codes, as flat arrays: what bulk comparison needs instead of Python lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["Codes", "Ragged"]


@dataclass(frozen=True, slots=True)
class Ragged:
    """Row ``i`` is ``values[start[i]:start[i + 1]]`` (int64)."""

    start: np.ndarray
    values: np.ndarray

    @classmethod
    def of(cls, rows: Sequence[Sequence[int]]) -> Ragged:
        lengths = np.fromiter((len(row) for row in rows), dtype=np.int64, count=len(rows))
        start = np.concatenate([[0], np.cumsum(lengths)])
        values = np.fromiter((value for row in rows for value in row), dtype=np.int64, count=int(start[-1]))
        return cls(start, values)

    @property
    def lengths(self) -> np.ndarray:
        return np.diff(self.start)

    def row(self, i: int) -> list[int]:
        """The values of row ``i``."""
        return [int(value) for value in self.values[self.start[i] : self.start[i + 1]]]

    def first(self) -> np.ndarray:
        """The first value of each row, -1 for an empty one."""
        result = np.full(len(self.start) - 1, -1, dtype=np.int64)
        filled = self.lengths > 0
        result[filled] = self.values[self.start[:-1][filled]]
        return result

    def cross(self, left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Every value of row ``left[i]`` with every value of row ``right[i]``: (i, value, value), in order of i."""
        lengths = self.lengths
        many, few = lengths[left], lengths[right]
        total = many * few
        owner = np.repeat(np.arange(len(left)), total)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(total) - total, total)
        width = few[owner]
        a = self.values[self.start[left[owner]] + within // width]
        b = self.values[self.start[right[owner]] + within % width]
        return owner, a, b


@dataclass(frozen=True, slots=True)
class Codes:
    """A column of text as numbers: equal texts have equal numbers, missing is -1. ``labels[number]`` is the text."""

    numbers: np.ndarray
    labels: np.ndarray

    @classmethod
    def of(cls, values: Sequence[object]) -> Codes:
        texts = pd.Series([value if isinstance(value, str) and value else None for value in values], dtype="object")
        numbers, labels = pd.factorize(texts)
        return cls(numbers.astype(np.int64), np.asarray(labels, dtype=object))

    def equal(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Whether both are known and the same."""
        return np.asarray((self.numbers[left] == self.numbers[right]) & (self.numbers[left] >= 0))

    def known(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Whether both are known."""
        return np.asarray((self.numbers[left] >= 0) & (self.numbers[right] >= 0))

    def label(self, i: int) -> str:
        """The text of row ``i``, "" when missing."""
        number = self.numbers[i]
        return str(self.labels[number]) if number >= 0 else ""
