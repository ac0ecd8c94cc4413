"""Rows that their licence keeps apart (ODbL, CC BY-SA): read as others are, and given to nobody but their own files.

Nothing that is matched, counted or measured comes from here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime

import pandas as pd

from ptce_etl.catalogue.licences import LICENCES, LicenceId
from ptce_etl.catalogue.registry import TARGETS, Source
from ptce_etl.collect.archive import Archive
from ptce_etl.collect.intake import in_force
from ptce_etl.collect.rows import complete

__all__ = ["files_apart", "rows_apart"]


def rows_apart(archive: Archive, sources: Iterable[Source], known_at: datetime) -> dict[LicenceId, pd.DataFrame]:
    """The listings in force of each licence that keeps them apart: the columns of a listing, and its ``licence``."""
    parts: dict[LicenceId, list[pd.DataFrame]] = {}
    for source in sources:
        if source.apart and source.statement == "listings" and LICENCES[source.licence_id].republish:
            found = in_force(archive, source, known_at)
            if found.capture is not None and found.frame is not None:
                frame = complete(found.frame, source, found.capture.sha256)
                frame = frame[[*TARGETS["listings"], "source_id", "capture_sha256", "licence"]]
                parts.setdefault(source.licence_id, []).append(frame)
    return {name: pd.concat(parts[name], ignore_index=True) for name in sorted(parts)}


def files_apart(archive: Archive, sources: Iterable[Source], known_at: datetime) -> dict[str, bytes]:
    """The files of these rows, by their path in a snapshot: ``apart/<licence>/listings.csv`` and a notice beside it."""
    sources = list(sources)
    files: dict[str, bytes] = {}
    for name, frame in rows_apart(archive, sources, known_at).items():
        licence = LICENCES[name]
        named = [source for source in sources if source.licence_id == name]
        notice = [
            f"{licence.title}: {licence.url}",
            "",
            "The rows of listings.csv come from the databases below and are published under their licence, not under",
            "that of the other tables. No other table derives from them.",
            "",
            *[f"- {source.title}, {source.publisher}: {source.url} ({source.licence})" for source in named],
            "",
        ]
        files[f"apart/{name}/listings.csv"] = _csv(frame.sort_values(["source_id", "listing_id"]))
        files[f"apart/{name}/LICENCE.txt"] = "\n".join(notice).encode()
    return files


def _csv(frame: pd.DataFrame) -> bytes:
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(frame.columns)
    lines.writerows(frame.astype(object).where(frame.notna(), "").itertuples(index=False))
    return text.getvalue().encode()
