"""What a publication decides for later ones: which pole each listing was given, and where old pole ids lead.

Written just before the snapshot that uses them is put in place: if the process dies in between, the next build reads
these very ids and makes the same snapshot.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd

from ptce_etl.errors import DataError
from ptce_etl.publish.files import replace_file, sha256_file

__all__ = ["IDENTITIES", "REDIRECTS", "decision_hashes", "write_identities", "write_redirects"]

IDENTITIES = ("listing_id", "pole_id", "since")
REDIRECTS = ("pole_id", "status", "to", "since", "reason")
_FILES = ("corrections.yml", "identities.csv", "judgements.jsonl", "redirects.csv")


def write_identities(path: Path, frame: pd.DataFrame) -> bool:
    """Write ``identities.csv``: text columns ``listing_id`` (unique), ``pole_id``, ``since``. False when unchanged."""
    return _write(path, frame, IDENTITIES)


def write_redirects(path: Path, frame: pd.DataFrame) -> bool:
    """Write ``redirects.csv``: text columns ``pole_id`` (unique), ``status``, ``to``, ``since``, ``reason``.

    False when unchanged. Raises :class:`DataError` when columns differ or an id comes twice, :class:`PublishError`
    when the file cannot be written.
    """
    return _write(path, frame, REDIRECTS)


def _write(path: Path, frame: pd.DataFrame, columns: tuple[str, ...]) -> bool:
    if set(frame.columns) != set(columns):
        raise DataError(
            f"columns {sorted(map(str, frame.columns))}, {sorted(columns)} expected",
            where=str(path),
            do="give the frame exactly these columns",
        )
    key = columns[0]
    rows = frame[list(columns)].astype("str").fillna("").sort_values(key, kind="stable")
    twice = rows[key][rows[key].duplicated()]
    if len(twice):
        raise DataError(f"{key} {twice.iloc[0]} comes twice", where=str(path), do="one line an id")
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")  # in git, so lines end as lines of code do
    writer.writerow(columns)
    writer.writerows(rows.itertuples(index=False, name=None))
    return replace_file(path, text.getvalue().encode())


def decision_hashes(decisions: Path) -> dict[str, str]:
    """sha256 (hex) by name of the decisions files that are there; take it when they are read, before a build."""
    return {name: sha256_file(decisions / name) for name in _FILES if (decisions / name).is_file()}
