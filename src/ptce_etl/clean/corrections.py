"""Corrections of what a page got wrong: a signed decision with its reason, and a guard on what the page said.

Each entry of ``decisions/corrections.yml`` names one cell of one listing. It is applied to what is *read* from the
cell; the cell itself stays in the listings as written. When the page no longer says what the entry corrects (``was``),
nothing is changed and a critical issue stops the publication until a person has looked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Literal

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ptce_etl.errors import DecisionError
from ptce_etl.model import Issue

__all__ = ["CORRECTABLE", "Correction", "apply_corrections", "load_corrections"]

CORRECTABLE = ("commune", "department", "region", "source_date", "website", "siren", "said_ptce")
"""Columns whose reading a correction may change; each has a cleaned column beside it."""


class Correction(BaseModel):
    """One corrected cell. ``status``: ``reported`` to the publisher, or ``open``. ``None`` is an empty cell."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    listing_id: str = Field(min_length=1)
    field: Literal["commune", "department", "region", "source_date", "website", "siren", "said_ptce"]
    was: str | None
    becomes: str | None
    reason: str = Field(min_length=10)
    who: str = Field(min_length=1)
    when: date
    status: Literal["reported", "open"]


def load_corrections(path: Path) -> tuple[Correction, ...]:
    """The entries of ``path``, in order; none when there is no such file.

    Raises :class:`DecisionError` for a file or an entry that cannot be read, or two entries on one cell.
    """
    if not path.exists():
        return ()
    try:
        written = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except yaml.YAMLError as error:
        raise DecisionError(f"not YAML: {error}", where=str(path), do="fix the syntax, or restore the file") from error
    if not isinstance(written, list):
        raise DecisionError(
            "a list of entries is expected", where=str(path), do="start each entry with '- listing_id:'"
        )
    corrections: list[Correction] = []
    cells: set[tuple[str, str]] = set()
    for number, entry in enumerate(written, start=1):
        where = f"{path}, entry {number}"
        try:
            correction = Correction.model_validate(entry)
        except ValidationError as error:
            faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'entry'}: {e['msg']}" for e in error.errors())
            raise DecisionError(faults, where=where, do="see the head of the file; quote numbers ('01')") from error
        cell = (correction.listing_id, correction.field)
        if cell in cells:
            raise DecisionError(f"a second correction of {cell}", where=where, do="keep one entry a cell")
        cells.add(cell)
        corrections.append(correction)
    return tuple(corrections)


def apply_corrections(frame: pd.DataFrame, corrections: Sequence[Correction]) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
    """``frame`` with the corrected cells, and one issue an entry: applied (info), idle (info) or stale (critical).

    ``frame`` has ``listing_id``, ``source_id`` and the columns of :data:`CORRECTABLE` (missing text: NaN); it is not
    changed. *Idle*: the listing is not in this frame. *Stale*: the cell says something else than ``was``.
    """
    corrected = frame.copy()
    issues: list[Issue] = []
    for correction in corrections:
        rows = frame.index[frame["listing_id"] == correction.listing_id]
        if rows.empty:
            issues.append(_issue(correction, "correction_idle", "no listing has this id any more", None))
        for row in rows:
            found = frame.at[row, correction.field]
            now = found if isinstance(found, str) else None
            source = str(frame.at[row, "source_id"])
            if now == correction.was:
                corrected.loc[row, correction.field] = correction.becomes
                read = "nothing" if correction.becomes is None else f"'{correction.becomes}'"
                said = f"'{correction.was or ''}' is read as {read} ({correction.who}): {correction.reason}"
                issues.append(_issue(correction, "correction_applied", said, source))
            else:
                fixed = " (the value we corrected it to)" if now == correction.becomes else ""
                said = (
                    f"the page now says '{now or ''}'{fixed}, not '{correction.was or ''}': not applied; "
                    "look at the page again, then change or remove the entry of decisions/corrections.yml"
                )
                issues.append(_issue(correction, "correction_stale", said, source))
    return corrected, tuple(issues)


def _issue(correction: Correction, code: str, said: str, source_id: str | None) -> Issue:
    stale = code == "correction_stale"
    return Issue(
        stage="clean",
        code=code,
        severity="critical" if stale else "info",
        who="us" if stale or code == "correction_idle" else "publisher" if correction.status == "open" else "nobody",
        message=f"{correction.field} of {correction.listing_id}: {said}",
        source_id=source_id,
        listing_id=correction.listing_id,
        field=correction.field,
        value=correction.was,
    )
