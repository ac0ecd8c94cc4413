"""A CSV file that is not in the catalogue, read as listings. Its own columns are kept as they are."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ptce_etl.catalogue.registry import LISTING_COLUMNS
from ptce_etl.collect.reading import read_table
from ptce_etl.errors import ConfigError, DataError, NoData, SourceChanged

__all__ = ["Foreign", "read_csv", "read_foreign"]

_SOURCE = "listings"
_ID_FIELDS = ("name", "source_url", "commune", "programme")


@dataclass(frozen=True)
class Foreign:
    """``rows``: every column of the file (``str``, missing: NaN), and ``listing_id`` filled where it was missing.

    ``ids``: the listing that each row is, NaN for a row without a name. ``listings``: one row a listing, as
    ``clean_listings`` takes them. ``pole_column``: the name left free for the result.
    """

    rows: pd.DataFrame
    ids: pd.Series
    listings: pd.DataFrame
    pole_column: str


def read_csv(file: Path) -> tuple[bytes, pd.DataFrame]:
    """The bytes and the cells of a CSV file.

    :class:`ConfigError` when it is not there, :class:`DataError` when it is broken.
    """
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"cannot read {file.name}: {error.strerror}", where=str(file), do="give a CSV file"
        ) from error
    try:
        return raw, read_table(raw, where=str(file))
    except SourceChanged as error:
        do = "mend the file, or export it again: UTF-8, one separator, as many cells in each line as in the first"
        raise DataError(error.what, where=str(file), do=do) from error


def read_foreign(file: Path) -> Foreign:
    """Read ``file``. Only the column ``name`` must be there.

    A ``listing_id`` that comes back with the same cells is the same listing; with other cells it is a
    :class:`DataError`.
    """
    raw, rows = read_csv(file)
    if "name" not in rows:
        raise ConfigError(
            f"no column 'name' among {', '.join(map(str, rows.columns))}",
            where=str(file),
            do=f"name the columns as in data/raw/transcribed/listings.csv: {', '.join(LISTING_COLUMNS)}",
        )
    rows = rows.assign(listing_id=_ids(rows))
    named = rows["name"].notna()
    if not named.any():
        raise NoData("no row has a name", where=str(file), do="give a file with one PTCE a row")
    known = [name for name in LISTING_COLUMNS if name in rows]
    kept = _once(rows if named.all() else rows[named], file)
    listings = rows[known] if len(kept) == len(rows) else rows.loc[kept, known]
    listings["record_no"] = pd.Series(listings.index + 1, index=listings.index, dtype="Int64")
    listings = listings.assign(source_id=_SOURCE, capture_sha256=hashlib.sha256(raw).hexdigest())
    column = "pole_id"
    while column in rows:
        column = f"{column}_found"
    return Foreign(rows, rows["listing_id"].where(named), listings.reset_index(drop=True), column)


def _ids(rows: pd.DataFrame) -> pd.Series:
    """The file's listing ids; where one is missing, a hash of what the row says and of how often it was said before."""
    given = rows["listing_id"] if "listing_id" in rows else pd.Series(index=rows.index, dtype="str")
    if given.notna().all():
        return given
    columns = [rows[name].fillna("").tolist() for name in _ID_FIELDS if name in rows]
    seen: Counter[str] = Counter()
    ids = []
    for own, *cells in zip(given.tolist(), *columns, strict=True):
        text = "\x1f".join(cells)
        seen[text] += 1
        ids.append(own if isinstance(own, str) else _hashed(f"{text}\x1f{seen[text]}"))
    return pd.Series(ids, index=rows.index, dtype="str")


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _once(listings: pd.DataFrame, file: Path) -> pd.Index:
    """The first row of each listing. Only rows that share an id are compared."""
    again = listings["listing_id"].duplicated(keep=False)
    if not again.any():
        return listings.index
    cells = listings[again].drop_duplicates()
    twice = cells.loc[cells["listing_id"].duplicated(keep=False), "listing_id"]
    if len(twice):
        ids = sorted(set(twice))
        raise DataError(
            f"{len(ids)} listing_id given to rows that say different things: {', '.join(ids[:5])}",
            where=f"{file}, rows {', '.join(str(row + 1) for row in twice.index[:6])}",
            do="give each row its own listing_id, or drop the column: ids are then made",
        )
    return listings.index[~listings["listing_id"].duplicated()]
