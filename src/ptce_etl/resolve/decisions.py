"""What people decided, and the identities given so far, read from the decisions folder. Reading only."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from ptce_etl.errors import DecisionError

__all__ = [
    "IDENTITY_COLUMNS",
    "REDIRECT_COLUMNS",
    "Judgement",
    "in_force",
    "load_identities",
    "load_judgements",
    "load_redirects",
]

IDENTITY_COLUMNS = ["listing_id", "pole_id", "since"]
REDIRECT_COLUMNS = ["pole_id", "status", "to", "since", "reason"]
_FIELDS = ("left", "right", "judgement", "who", "when", "why", "code_version")
_KINDS = ("same", "different", "unsure")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's signed decision on a pair of listings (``left`` < ``right``)."""

    left: str
    right: str
    judgement: Literal["same", "different", "unsure"]
    who: str
    when: str
    why: str
    code_version: str = ""


def load_judgements(path: Path) -> tuple[Judgement, ...]:
    """Every line of ``judgements.jsonl``, in order; none when there is no such file.

    Raises :class:`DecisionError` naming the line that cannot be read: a decision is never dropped silently.
    """
    if not path.exists():
        return ()
    return tuple(
        _judgement(line, f"{path.name}, line {number}")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if line.strip()
    )


def _judgement(line: str, where: str) -> Judgement:
    do = 'write {"left": …, "right": …, "judgement": "same|different|unsure", "who": …, "when": …, "why": …}'
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise DecisionError(f"not JSON: {error.msg}", where=where, do=do) from error
    if not isinstance(row, dict) or any(not isinstance(row.get(field), str) for field in _FIELDS[:-1]):
        raise DecisionError(f"a judgement needs the texts {', '.join(_FIELDS[:-1])}", where=where, do=do)
    unknown = sorted(set(row) - set(_FIELDS))
    if unknown or row["judgement"] not in _KINDS or row["left"] == row["right"]:
        raise DecisionError(f"cannot read this judgement: {line[:200]}", where=where, do=do)
    left, right = sorted((row["left"], row["right"]))
    return Judgement(left, right, row["judgement"], row["who"], row["when"], row["why"], row.get("code_version", ""))


def in_force(judgements: Iterable[Judgement]) -> dict[tuple[str, str], Judgement]:
    """The last word on each pair: a later line replaces an earlier one, which stays in the file."""
    return {(judgement.left, judgement.right): judgement for judgement in judgements}


def load_identities(path: Path) -> pd.DataFrame:
    """Which pole each listing was given (columns ``IDENTITY_COLUMNS``, text); empty when there is no such file."""
    return _table(path, IDENTITY_COLUMNS, "listing_id")


def load_redirects(path: Path) -> pd.DataFrame:
    """Where former pole ids lead (columns ``REDIRECT_COLUMNS``, text; status 301 merged, 410 gone)."""
    return _table(path, REDIRECT_COLUMNS, "pole_id")


def _table(path: Path, columns: list[str], key: str) -> pd.DataFrame:
    if not path.exists():
        return pd.DataFrame({column: pd.Series(dtype="str") for column in columns})
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    if frame.columns.tolist() != columns:
        raise DecisionError(
            f"columns {frame.columns.tolist()} instead of {columns}", where=str(path.name), do="restore it from git"
        )
    twice = frame.loc[frame[key].duplicated(), key].tolist()
    if twice:
        raise DecisionError(f"{key} given twice: {twice[:5]}", where=str(path.name), do="keep one line each")
    return frame
