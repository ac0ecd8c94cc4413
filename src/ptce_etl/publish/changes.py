"""What differs from the previous snapshot, pole by pole.

The number of poles adds up: ``now = before + appeared + split − gone − merged``. Against nothing (the first snapshot)
every pole appeared, so that this holds from the first row on and a reader who adds the tables up finds today's poles.

========  ======================================  ==================  =================
kind      the pole                                before              after
========  ======================================  ==================  =================
appeared  is new                                  (empty)             its name
split     is new, its listings were another's     the pole it was in  its own id
gone      is no more                              its name            (empty)
merged    is no more, another took its listings   its own id          the pole it is in
renamed   has another name                        old name            new name
field     has another value in column ``field``   old value           new value
========  ======================================  ==================  =================
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from ptce_etl.frames import empty
from ptce_etl.schema import TABLES, Column

__all__ = ["diff", "summarise"]

_WHOLE = ""  # a row about a whole pole names no column

_WORDS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "fr": (
        ("appeared", "{n} pôle apparu", "{n} pôles apparus"),
        ("gone", "{n} pôle disparu", "{n} pôles disparus"),
        ("merged", "{n} fusion", "{n} fusions"),
        ("split", "{n} scission", "{n} scissions"),
        ("renamed", "{n} renommé", "{n} renommés"),
        ("field", "{n} valeur modifiée", "{n} valeurs modifiées"),
    ),
    "en": (
        ("appeared", "{n} pole appeared", "{n} poles appeared"),
        ("gone", "{n} pole gone", "{n} poles gone"),
        ("merged", "{n} merged", "{n} merged"),
        ("split", "{n} split", "{n} split"),
        ("renamed", "{n} renamed", "{n} renamed"),
        ("field", "{n} value changed", "{n} values changed"),
    ),
}
_NOTHING = {"fr": "aucun pôle n'a changé", "en": "no pole changed"}
_FIRST = {
    "fr": ("première publication, {n} pôle", "première publication, {n} pôles"),
    "en": ("first publication, {n} pole", "first publication, {n} poles"),
}


def diff(
    previous: dict[str, pd.DataFrame] | None, current: dict[str, pd.DataFrame], redirects: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The ``changes`` table (its columns and dtypes) between two snapshots.

    ``previous`` and ``current`` hold the frames of tables ``poles`` and ``listings``; ``previous`` is None for the
    first snapshot. ``redirects`` (columns ``pole_id``, ``to``) says where merged ids lead; without a line there, a
    pole whose listings all went to one other pole was merged into it.
    """
    now = current["poles"].set_index("pole_id").sort_index()
    before = (previous or {"poles": empty("poles")})["poles"].set_index("pole_id").sort_index()
    moved = _moved(previous, current)
    rows = [
        *_new_poles(before, now, moved),
        *_lost_poles(before, now, moved, _leads_to(redirects)),
        *_fields(before, now),
    ]
    frame = pd.DataFrame(rows, columns=TABLES["changes"].names, dtype="str")
    return frame.sort_values(["pole_id", "kind", "field"], ignore_index=True)


def _moved(previous: dict[str, pd.DataFrame] | None, current: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Listings that are in both snapshots under another pole: how many by (pole before, pole after)."""
    if previous is None:
        return pd.DataFrame({"was": [], "is": [], "n": []}).astype({"was": "str", "is": "str", "n": "int64"})
    was = previous["listings"].set_index("listing_id")["pole_id"].rename("was")
    now = current["listings"].set_index("listing_id")["pole_id"].rename("is")
    both = pd.concat([was, now], axis=1, join="inner")
    return both.groupby(["was", "is"], as_index=False, sort=True).size().rename(columns={"size": "n"})


def _main(moved: pd.DataFrame, by: str, to: str) -> dict[str, str]:
    """For each pole ``by``, the pole ``to`` that shares most listings with it (the smallest id when several do)."""
    ranked = moved.sort_values([by, "n", to], ascending=[True, False, True])
    return {str(k): str(v) for k, v in ranked.drop_duplicates(by)[[by, to]].itertuples(index=False, name=None)}


def _new_poles(before: pd.DataFrame, now: pd.DataFrame, moved: pd.DataFrame) -> list[tuple[object, ...]]:
    parents = _main(moved, "is", "was")
    children = moved.groupby("was")["is"].nunique()
    rows: list[tuple[object, ...]] = []
    for pole_id in now.index.difference(before.index):
        parent = parents.get(pole_id)
        # An id that took over all of a vanished pole's listings is a new id, not a part of it.
        if parent is not None and (parent in now.index or children[parent] > 1):
            rows.append((pole_id, "split", _WHOLE, parent, pole_id))
        else:
            rows.append((pole_id, "appeared", _WHOLE, None, now.at[pole_id, "name"]))
    return rows


def _lost_poles(
    before: pd.DataFrame, now: pd.DataFrame, moved: pd.DataFrame, leads_to: dict[str, str]
) -> list[tuple[object, ...]]:
    heirs = moved.groupby("was")["is"].agg(["min", "nunique"])
    rows: list[tuple[object, ...]] = []
    for pole_id in before.index.difference(now.index):
        survivor = _follow(pole_id, leads_to)
        if survivor not in now.index:
            alone = pole_id in heirs.index and heirs.at[pole_id, "nunique"] == 1
            survivor = str(heirs.at[pole_id, "min"]) if alone else None
        if survivor is None:
            rows.append((pole_id, "gone", _WHOLE, before.at[pole_id, "name"], None))
        else:
            rows.append((pole_id, "merged", _WHOLE, pole_id, survivor))
    return rows


def _leads_to(redirects: pd.DataFrame | None) -> dict[str, str]:
    if redirects is None:
        return {}
    pairs = redirects[["pole_id", "to"]].dropna()
    return {str(k): str(v) for k, v in pairs.itertuples(index=False, name=None) if v}


def _follow(pole_id: str, leads_to: dict[str, str]) -> str | None:
    """The end of a chain of redirects; None when there is none, or when it runs in a circle."""
    seen = {pole_id}
    while pole_id in leads_to:
        pole_id = leads_to[pole_id]
        if pole_id in seen:
            return None
        seen.add(pole_id)
    return pole_id if len(seen) > 1 else None


def _fields(before: pd.DataFrame, now: pd.DataFrame) -> list[tuple[object, ...]]:
    kept = now.index.intersection(before.index)
    rows: list[tuple[object, ...]] = []
    for column in TABLES["poles"].columns:
        if column.name == "pole_id" or column.volatile or column.name not in before.columns:
            continue  # a column the previous schema did not have is not a change of the pole
        old, new = before[column.name].reindex(kept), now[column.name].reindex(kept)
        old_missing, new_missing = old.isna().to_numpy(), new.isna().to_numpy()
        unlike = np.asarray((old != new).fillna(False), dtype=bool)
        differs = (old_missing != new_missing) | (~old_missing & ~new_missing & unlike)
        kind = "renamed" if column.name == "name" else "field"
        rows += [
            (pole_id, kind, column.name, _text(column, was), _text(column, value))
            for pole_id, was, value in zip(kept[differs], old[differs], new[differs], strict=True)
        ]
    return rows


def _text(column: Column, value: Any) -> str | None:
    if pd.isna(value):
        return None
    if column.kind == "date":
        return str(value.date().isoformat())
    return repr(float(value)) if column.kind == "float" else str(value)


def summarise(changes: pd.DataFrame, language: Literal["en", "fr"] = "fr", *, first: bool = False) -> str:
    """``changes`` in one sentence without its full stop: "3 pôles apparus, 1 fusion, 2 renommés".

    ``first``: there was no previous snapshot, so poles did not appear, they were published for the first time.
    """
    counts = changes["kind"].value_counts()
    if first:
        n = int(counts.get("appeared", 0))
        return _FIRST[language][n > 1 if language == "fr" else n != 1].format(n=n)
    parts = [
        (many if n > 1 else one).format(n=n) for kind, one, many in _WORDS[language] if (n := int(counts.get(kind, 0)))
    ]
    return ", ".join(parts) or _NOTHING[language]
