"""A column as its distinct texts: Python reads each of them once, and NumPy fills the rows by number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

__all__ = ["Cells", "filled", "together"]


@dataclass(frozen=True, slots=True)
class Cells:
    """``texts``: what a column holds, each once; ``numbers``: which of them each row has (int64, -1: missing)."""

    numbers: np.ndarray
    texts: list[str]

    @classmethod
    def of(cls, column: pd.Series) -> Cells:
        numbers, texts = pd.factorize(column)
        return cls(numbers.astype(np.int64), texts.tolist())

    def once(self, reader: Callable[[str], str | None]) -> list[str | None]:
        """``reader`` of each distinct text; None for a blank one."""
        return [reader(text) if text.strip() else None for text in self.texts]

    def filled(self, values: Sequence[str | None]) -> pd.Series:
        """A text a row (``str``, missing: NaN), from one a distinct text."""
        return filled(values, self.numbers)

    def dated(self, values: Sequence[date | None]) -> pd.Series:
        """A day a row (``datetime64[us]``), from one a distinct text."""
        days = np.array([*values, None], dtype="datetime64[us]")
        return pd.Series(days[self.numbers])

    def where(self, chosen: Iterable[bool], *, missing: bool = False) -> np.ndarray:
        """A flag a row, from one a distinct text; ``missing`` where there is none."""
        flags: np.ndarray = np.array([*chosen, missing], dtype=bool)[self.numbers]
        return flags


def filled(values: Sequence[str | None], numbers: np.ndarray) -> pd.Series:
    """The text of each number (``str``); NaN for None and for -1."""
    return pd.Series(pd.array(list(values), dtype="str").take(numbers, allow_fill=True))


def together(columns: Sequence[Cells]) -> tuple[np.ndarray, list[tuple[str, ...]]]:
    """Which combination of texts each row has, and the combinations ("" for missing)."""
    rows: np.ndarray = np.zeros(len(columns[0].numbers), dtype=np.int64)
    for cells in columns:
        pairs = rows * (len(cells.texts) + 1) + cells.numbers + 1  # at most rows × texts: no overflow
        rows, _ = pd.factorize(pairs)
    first = np.zeros(rows.max(initial=-1) + 1, dtype=np.int64)
    first[rows[::-1]] = np.arange(len(rows))[::-1]
    texts = []
    for cells in columns:
        known = [*cells.texts, ""]  # -1 reads the last
        texts.append([known[number] for number in cells.numbers[first].tolist()])
    return rows, list(zip(*texts, strict=True))
