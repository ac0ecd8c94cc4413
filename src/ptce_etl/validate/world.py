"""What is validated, and how its cells are read: leniently, because the ``schema`` rule is what reports wrong types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ptce_etl.catalogue.registry import Programme, Source

__all__ = [
    "Make",
    "Recipes",
    "World",
    "days",
    "disorder",
    "flags",
    "known",
    "missing_from",
    "numbers",
    "texts",
    "told",
    "where",
]


@dataclass(frozen=True, slots=True)
class World:
    """The candidate's tables, the catalogue, and the tables of the previous snapshot (empty when there is none)."""

    tables: Mapping[str, pd.DataFrame]
    sources: tuple[Source, ...]
    programmes: tuple[Programme, ...]
    previous: Mapping[str, pd.DataFrame]

    def column(self, table: str, name: str) -> pd.Series[Any]:
        return self.tables[table][name]

    def pole_of(self) -> pd.Series[Any]:
        """Pole id by listing id; a listing id that stands twice keeps its first pole."""
        return _lookup(self.tables["listings"], "listing_id", "pole_id")

    def capture_of(self) -> pd.Series[Any]:
        """sha256 of the capture in force by source id."""
        return _lookup(self.tables["sources"], "source_id", "capture_sha256")

    def rounds(self) -> list[str]:
        return [programme.programme for programme in self.programmes]

    def as_of(self) -> pd.Timestamp | None:
        """The latest date that is counted, or nothing when no count is dated."""
        latest = days(self.column("counts", "as_of")).max()
        return None if pd.isna(latest) else pd.Timestamp(latest)


def _lookup(frame: pd.DataFrame, key: str, value: str) -> pd.Series[Any]:
    rows = frame.dropna(subset=key).drop_duplicates(key)
    return texts(rows[value]).set_axis(texts(rows[key]))


def texts(series: pd.Series[Any]) -> pd.Series[Any]:
    """As ``str`` (missing: NaN)."""
    return series.astype("str")


def numbers(series: pd.Series[Any]) -> pd.Series[Any]:
    """As ``float64``; what is no number is missing."""
    return pd.to_numeric(series, errors="coerce").astype("float64")


def flags(series: pd.Series[Any]) -> pd.Series[Any]:
    """As ``bool``; missing is false."""
    return numbers(series).eq(1)


def days(series: pd.Series[Any]) -> pd.Series[Any]:
    """As ``datetime64[us]``; a column that holds no dates is all missing."""
    if pd.api.types.is_datetime64_dtype(series.dtype):
        return series.astype("datetime64[us]")
    return pd.Series(pd.NaT, index=series.index, dtype="datetime64[us]")


def where(values: pd.Series[Any], wrong: pd.Series[Any]) -> pd.Series[Any]:
    """``values`` as text where ``wrong``, nothing elsewhere."""
    return texts(values).where(wrong.fillna(False).astype("bool"))


def known(series: pd.Series[Any], values: Iterable[object]) -> pd.Series[Any]:
    """Whether each text is one of ``values`` (a missing one is: other rules speak of it)."""
    return series.isna() | texts(series).isin([str(value) for value in values])


def missing_from(tables: Mapping[str, pd.DataFrame], needs: Iterable[str]) -> str:
    """Which of ``needs`` ("table" or "table.column") are not there, as a text; empty when all are."""
    gone = []
    for need in needs:
        table, _, column = need.partition(".")
        if table not in tables:
            gone.append(table)
        elif column and column not in tables[table].columns:
            gone.append(need)
    return ", ".join(dict.fromkeys(gone))


Make = Callable[[World, pd.DataFrame], "pd.Series[Any]"]
Recipes = dict[str, tuple[Make, str]]


_NOISE = 1e-9  # the same ratio worked out in two ways differs in its last digits


def disorder(*pairs: str) -> tuple[Make, str]:
    """How to say, in each row, which of the ``pairs`` ("low high": columns of numbers or dates, or a number) are not
    in that order, and the columns that it needs.
    """
    split = [pair.split() for pair in pairs]

    def make(_: World, frame: pd.DataFrame) -> pd.Series[Any]:
        said: list[tuple[pd.Series[Any], pd.Series[Any]]] = []
        for low, high in split:
            dated = not low.isdigit() and not high.isdigit() and "datetime64" in str(frame[low].dtype)
            if dated:
                wrong = days(frame[low]).gt(days(frame[high]))
            else:
                wrong = _cells(frame, low).gt(_cells(frame, high) + _NOISE)
            if wrong.any():
                said.append((wrong, _named(frame, low) + " > " + _named(frame, high)))
        return told(frame, said)

    return make, " ".join(name for pair in split for name in pair if not name.isdigit())


def told(frame: pd.DataFrame, said: Iterable[tuple[pd.Series[Any], pd.Series[Any] | str]]) -> pd.Series[Any]:
    """One text a row from (where, what to say there): what is said, separated by "; "; nothing where nothing is."""
    found = pd.Series("", index=frame.index, dtype="str")
    for wrong, words in said:
        found = found.mask(wrong, found + words + "; ")
    return found.str.removesuffix("; ").mask(found.eq(""))


def _cells(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    return pd.Series(float(name), index=frame.index) if name.isdigit() else numbers(frame[name])


def _named(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    return pd.Series(name, index=frame.index, dtype="str") if name.isdigit() else f"{name} " + texts(frame[name])
