"""Rows of unequal length, and columns of codes, as flat arrays: what bulk comparison needs instead of Python lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd

__all__ = ["Codes", "Grid", "Ragged", "member"]

_FRONT = 16  # values of a row that a grid keeps at hand: nearly every row has fewer


@dataclass(frozen=True, slots=True)
class Ragged:
    """Row ``i`` is ``values[start[i]:start[i + 1]]`` (int64 starts, int32 values)."""

    start: np.ndarray
    values: np.ndarray

    @classmethod
    def of(cls, rows: Sequence[Sequence[int]]) -> Ragged:
        lengths = np.fromiter((len(row) for row in rows), dtype=np.int64, count=len(rows))
        start = np.concatenate([[0], np.cumsum(lengths)])
        values = np.fromiter(chain.from_iterable(rows), dtype=np.int32, count=int(start[-1]))
        return cls(start, values)

    @classmethod
    def distinct(cls, owners: np.ndarray, values: np.ndarray, n: int) -> Ragged:
        """Row ``i`` holds the distinct ``values`` whose owner is ``i``, in order; ``n`` rows."""
        width = int(values.max(initial=0)) + 1
        codes = np.sort(owners.astype(np.int64) * width + values)
        codes = codes[np.flatnonzero(np.diff(codes, prepend=-1))]  # np.unique hashes, which is slower on this many
        owner = codes // width
        start = np.searchsorted(owner, np.arange(n + 1))
        return cls(start.astype(np.int64), (codes - owner * width).astype(np.int32))

    def __len__(self) -> int:
        return len(self.start) - 1

    def then(self, other: Ragged) -> Ragged:
        """These rows, and behind them those of ``other``."""
        start = np.concatenate([self.start, other.start[1:] + self.start[-1]])
        return Ragged(start, np.concatenate([self.values, other.values]))

    def pick(self, rows: np.ndarray) -> tuple[Ragged, np.ndarray]:
        """These ``rows`` (-1: an empty one) as rows of their own, and where each of their values stands here."""
        lengths = np.append(self.lengths, 0)[rows]
        start = np.concatenate([[0], np.cumsum(lengths)])
        at = np.arange(start[-1]) - np.repeat(start[:-1] - self.start[rows], lengths)
        return Ragged(start, self.values[at]), at

    @property
    def lengths(self) -> np.ndarray:
        return np.diff(self.start)

    @property
    def owners(self) -> np.ndarray:
        """The row of each value."""
        return np.repeat(np.arange(len(self.start) - 1), self.lengths)

    def row(self, i: int) -> list[int]:
        """The values of row ``i``."""
        found: list[int] = self.values[self.start[i] : self.start[i + 1]].tolist()
        return found

    def first(self) -> np.ndarray:
        """The first value of each row, -1 for an empty one."""
        result = np.full(len(self.start) - 1, -1, dtype=np.int64)
        filled = self.lengths > 0
        result[filled] = self.values[self.start[:-1][filled]]
        return result

    def take(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The values of ``rows`` one after the other: (position in ``rows``, value)."""
        lengths = self.lengths[rows]
        owner = np.repeat(np.arange(len(rows)), lengths)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return owner, self.values[self.start[rows[owner]] + within]

    def grid(self, rows: np.ndarray) -> np.ndarray:
        """``rows`` side by side as (longest × n_rows) int32, a row a column, -1 where a row has no more values."""
        start, lengths = self.start[rows], self.lengths[rows]
        width = int(lengths.max(initial=0))
        found = np.full((width, len(rows)), -1, dtype=np.int32)
        for column in range(width):
            inside = np.flatnonzero(lengths > column)
            found[column, inside] = self.values[start[inside] + column]
        return found

    def cross(self, left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Every value of row ``left[i]`` with every value of row ``right[i]``, in order of i: (i, places in values)."""
        lengths = self.lengths
        many, few = lengths[left], lengths[right]
        total = many * few
        owner = np.repeat(np.arange(len(left)), total)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(total) - total, total)
        width = few[owner]
        return owner, self.start[left[owner]] + within // width, self.start[right[owner]] + within % width


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of a :class:`Ragged`, laid out to be put side by side many times.

    ``front`` is (n_rows × 16 at most): the first values of each row, -1 where it has no more.
    """

    ragged: Ragged
    lengths: np.ndarray
    front: np.ndarray

    @classmethod
    def of(cls, ragged: Ragged) -> Grid:
        lengths = ragged.lengths
        front = np.full((len(lengths), min(int(lengths.max(initial=0)), _FRONT)), -1, dtype=np.int32)
        for column in range(front.shape[1]):
            inside = np.flatnonzero(lengths > column)
            front[inside, column] = ragged.values[ragged.start[inside] + column]
        return cls(ragged, lengths, front)

    def beside(self, rows: np.ndarray) -> np.ndarray:
        """``rows`` side by side as (longest × n_rows) int32, a row a column, -1 where a row has no more values."""
        width = int(self.lengths.take(rows).max(initial=0))
        if width > _FRONT:
            return self.ragged.grid(rows)
        return np.ascontiguousarray(self.front.take(rows, axis=0)[:, :width].T)


def member(items: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Which ``items`` (k × n) stand in the same column of ``rows`` (m × n); -1 stands nowhere."""
    found = np.zeros(items.shape, dtype=bool)
    for values in rows:
        found |= items == values
    return found & (items >= 0)


@dataclass(frozen=True, slots=True)
class Codes:
    """A column of text as numbers: equal texts have equal numbers, missing is -1. ``labels[number]`` is the text."""

    numbers: np.ndarray
    labels: np.ndarray

    @classmethod
    def of(cls, values: Sequence[object] | np.ndarray) -> Codes:
        texts = np.empty(len(values), dtype=object)
        texts[:] = values
        numbers, labels = pd.factorize(texts)
        blank = np.flatnonzero(labels == "")
        if len(blank):
            numbers = np.where(numbers == blank[0], -1, numbers)
        return cls(numbers.astype(np.int64), np.asarray(labels, dtype=object))

    @classmethod
    def column(cls, frame: pd.DataFrame, name: str) -> Codes:
        """A column of text of ``frame``: all missing when it has no such column."""
        if name not in frame:
            return cls(np.full(len(frame), -1, dtype=np.int64), np.empty(0, dtype=object))
        numbers, labels = pd.factorize(frame[name].astype("str"))
        return cls(numbers.astype(np.int64), np.asarray(labels, dtype=object))

    def equal(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Whether both are known and the same."""
        one = self.numbers.take(left)
        return np.asarray((one == self.numbers.take(right)) & (one >= 0))

    def compared(self, left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Whether both are known, and whether they are known and the same."""
        one, other = self.numbers.take(left), self.numbers.take(right)
        known = np.minimum(one, other) >= 0
        return known, known & (one == other)

    def known(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Whether both are known."""
        return np.asarray((self.numbers[left] >= 0) & (self.numbers[right] >= 0))

    def label(self, i: int) -> str:
        """The text of row ``i``, "" when missing."""
        number = self.numbers[i]
        return str(self.labels[number]) if number >= 0 else ""
