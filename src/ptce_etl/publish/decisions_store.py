"""The decisions folder as one: read at one moment; written by a publication for later ones, and by who answers.

A publication decides which pole each listing was given, and where old pole ids lead. Written just before the snapshot
that uses them is put in place: if the process dies in between, the next build reads these very ids and makes the same
snapshot. What people answer is appended to ``judgements.jsonl``, where no line is ever changed.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
from filelock import FileLock, Timeout

from ptce_etl.clean.corrections import Correction, load_corrections
from ptce_etl.config import Paths
from ptce_etl.errors import DataError, PublishError, StoreBusy
from ptce_etl.publish.files import replace_file, sha256_file, sync_dir
from ptce_etl.resolve.decisions import Judgement, load_identities, load_judgements, load_redirects

__all__ = [
    "IDENTITIES",
    "REDIRECTS",
    "Decided",
    "append_judgements",
    "decision_hashes",
    "files_of",
    "read_decided",
    "write_identities",
    "write_redirects",
]

IDENTITIES = ("listing_id", "pole_id", "since")
REDIRECTS = ("pole_id", "status", "to", "since", "reason")
_TRIES = 20
_FILES = ("corrections.yml", "identities.csv", "judgements.jsonl", "redirects.csv")
# What JSON lets stand though some readers end a line there (and half pairs, which no UTF-8 file can hold).
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")


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


def files_of(decisions: Path) -> dict[str, bytes]:
    """The decisions files that are there, by name."""
    return {name: (decisions / name).read_bytes() for name in _FILES if (decisions / name).is_file()}


@dataclass(frozen=True, slots=True)
class Decided:
    """Everything in the decisions folder, with the very files that said so and their sha256 (hex), by name."""

    corrections: tuple[Correction, ...]
    judgements: tuple[Judgement, ...]
    identities: pd.DataFrame
    redirects: pd.DataFrame
    hashes: dict[str, str]
    files: dict[str, bytes]


def read_decided(paths: Paths) -> Decided:
    """Read the decisions, again when one of them changed meanwhile: people answer while snapshots are built.

    Raises :class:`DecisionError` for what cannot be read, :class:`StoreBusy` when they change at every try.
    """
    for _ in range(_TRIES):
        hashes = decision_hashes(paths.decisions)
        decided = Decided(
            corrections=load_corrections(paths.corrections),
            judgements=load_judgements(paths.judgements),
            identities=load_identities(paths.identities),
            redirects=load_redirects(paths.redirects),
            hashes=hashes,
            files=files_of(paths.decisions),
        )
        if decision_hashes(paths.decisions) == hashes:
            return decided
    raise StoreBusy(
        "the decisions change faster than they can be read", where=str(paths.decisions), do="run again in a while"
    )


def append_judgements(paths: Paths, judgements: Iterable[Judgement], *, timeout: float = 60.0) -> int:
    """Add ``judgements`` to the end of ``judgements.jsonl``, all or none of them, on disk on return; how many.

    Holds the store's lock, for which it waits ``timeout`` seconds: two reviewers, or a reviewer and a publisher, never
    write at once. A line that a crash cut short is left as it is (its reader names it) and ended first, so that it
    spoils none of these. Raises :class:`StoreBusy`, :class:`PublishError` (nothing was kept), :class:`DataError`.
    """
    lines = [_line(judgement) for judgement in judgements]
    if not lines:
        return 0
    path = paths.judgements
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        paths.processed.mkdir(parents=True, exist_ok=True)
        with FileLock(paths.processed / ".lock", timeout=timeout):  # the same as store.locked: one writer at a time
            _append(path, "".join(lines).encode())
    except Timeout as error:
        raise StoreBusy(
            "somebody is publishing, or keeping an answer",
            where=str(paths.processed / ".lock"),
            do="wait for it to end, then answer again: these were not kept, those before were",
        ) from error
    except OSError as error:
        raise PublishError(
            f"cannot keep the judgement: {error.strerror or error}",
            where=str(path),
            do="check free space and rights, then answer again: it was not kept, those before were",
        ) from error
    return len(lines)


def _line(judgement: Judgement) -> str:
    left, right = sorted((judgement.left, judgement.right))
    if left == right or not left:
        raise DataError(
            f"a judgement on {left!r} and itself", where="judgements.jsonl", do="judge a pair of two listings"
        )
    text = json.dumps(asdict(judgement) | {"left": left, "right": right}, ensure_ascii=False)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match.group()):04x}", text) + "\n"


def _append(path: Path, data: bytes) -> None:
    new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            data = b"\n" + data
        try:
            if os.write(handle, data) < len(data):
                raise OSError("only a part could be written")
        except OSError:
            os.ftruncate(handle, size)  # half a line would be in the way of every reader
            raise
        os.fsync(handle)
    finally:
        os.close(handle)
    if new:
        sync_dir(path.parent)
