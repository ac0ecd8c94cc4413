"""What people decided, and the identities given so far, read from the decisions folder. Reading only."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import pandas as pd

from ptce_etl.errors import DecisionError

__all__ = [
    "IDENTITY_COLUMNS",
    "REDIRECT_COLUMNS",
    "Judgement",
    "Standing",
    "Word",
    "in_force",
    "load_identities",
    "load_judgements",
    "load_redirects",
    "standings",
]

IDENTITY_COLUMNS = ["listing_id", "pole_id", "since"]
REDIRECT_COLUMNS = ["pole_id", "status", "to", "since", "reason"]
_FIELDS = ("left", "right", "judgement", "who", "when", "why", "code_version")
Word = Literal["same", "different", "unsure", "withdrawn"]
Standing = Literal["in force", "replaced", "taken back", "withdrawal"]
_KINDS: tuple[str, ...] = get_args(Word)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's signed decision on a pair of listings (``left`` < ``right``).

    ``withdrawn`` takes back the signer's own last word on the pair: see :func:`in_force`.
    """

    left: str
    right: str
    judgement: Word
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
        for number, line in enumerate(path.read_bytes().split(b"\n"), start=1)
        if line.strip()
    )


def _judgement(raw: bytes, where: str) -> Judgement:
    do = f'write {{"left": …, "right": …, "judgement": "{"|".join(_KINDS)}", "who": …, "when": …, "why": …}}'
    try:
        line = raw.decode("utf-8")
        row = json.loads(line)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        do += "; a line that was cut short while it was written may go: it was never confirmed to who gave it"
        raise DecisionError(f"not JSON: {error}", where=where, do=do) from error
    if not isinstance(row, dict) or any(not isinstance(row.get(field), str) for field in _FIELDS[:-1]):
        raise DecisionError(f"a judgement needs the texts {', '.join(_FIELDS[:-1])}", where=where, do=do)
    unknown = sorted(set(row) - set(_FIELDS))
    if unknown or row["judgement"] not in _KINDS or row["left"] == row["right"]:
        raise DecisionError(f"cannot read this judgement: {line[:200]}", where=where, do=do)
    left, right = sorted((row["left"], row["right"]))
    return Judgement(left, right, row["judgement"], row["who"], row["when"], row["why"], row.get("code_version", ""))


def in_force(judgements: Iterable[Judgement]) -> dict[tuple[str, str], Judgement]:
    """The last word on each pair: a later line replaces an earlier one, which stays in the file.

    A ``withdrawn`` line takes back the last word that its signer still had on the pair, and no one else's: what was
    said before it holds again. Undoing is a line too, so nothing is lost.
    """
    return {(word.left, word.right): word for word, standing in standings(judgements) if standing == "in force"}


def standings(judgements: Iterable[Judgement]) -> list[tuple[Judgement, Standing]]:
    """Every line with how it stands: in force, replaced by a later word, taken back, or itself a withdrawal."""
    lines = tuple(judgements)
    said: dict[tuple[str, str], list[int]] = {}
    found: list[Standing] = ["replaced"] * len(lines)
    for number, line in enumerate(lines):
        words = said.setdefault((line.left, line.right), [])
        if line.judgement != "withdrawn":
            words.append(number)
            continue
        found[number] = "withdrawal"
        own = [position for position, word in enumerate(words) if lines[word].who == line.who]
        if own:
            found[words.pop(own[-1])] = "taken back"
    for words in said.values():
        if words:
            found[words[-1]] = "in force"
    return list(zip(lines, found, strict=True))


def load_identities(path: Path) -> pd.DataFrame:
    """Which pole each listing was given (columns ``IDENTITY_COLUMNS``, text); empty when there is no such file."""
    return _table(path, IDENTITY_COLUMNS, "listing_id")


def load_redirects(path: Path) -> pd.DataFrame:
    """Where former pole ids lead (columns ``REDIRECT_COLUMNS``, text; status 301 merged, 410 gone)."""
    return _table(path, REDIRECT_COLUMNS, "pole_id")


def _table(path: Path, columns: list[str], key: str) -> pd.DataFrame:
    if not path.exists():
        return pd.DataFrame({column: pd.Series(dtype="str") for column in columns})
    if not path.read_bytes().endswith(b"\n"):  # half an id would be another pole's
        raise DecisionError(
            "its last line is cut short", where=str(path.name), do="restore it from git, or end the line"
        )
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    if frame.columns.tolist() != columns:
        raise DecisionError(
            f"columns {frame.columns.tolist()} instead of {columns}", where=str(path.name), do="restore it from git"
        )
    twice = frame.loc[frame[key].duplicated(), key].tolist()
    if twice:
        raise DecisionError(f"{key} given twice: {twice[:5]}", where=str(path.name), do="keep one line each")
    return frame
