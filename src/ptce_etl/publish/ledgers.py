"""A published figure added to a ledger of the data root: one row at the end of its file, once, with an id."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock, Timeout

from ptce_etl.catalogue.registry import TARGETS, Source, Statement
from ptce_etl.collect.reading import audit, read
from ptce_etl.collect.text import decode
from ptce_etl.config import Paths
from ptce_etl.errors import ConfigError, NoData, PublishError, StoreBusy
from ptce_etl.publish.files import replace_file

__all__ = ["AddedClaim", "add_claim", "ledger_of", "read_ledgers"]

_ID = re.compile(r"([A-Za-z_-]*)(\d+)")
_FIRST_IDS: dict[Statement, str] = {"count_claims": "c000", "growth_claims": "g00", "listings": ""}
_NOT_COMPARED = ("claim_id", "worded_as")


@dataclass(frozen=True)
class AddedClaim:
    """What became of a claim: its id, whether its row is new (else it stood there under this id), the ledger, the row
    under the names of the catalogue, and the ledger's bytes with it."""

    claim_id: str
    new: bool
    path: Path
    row: dict[str, str]
    ledger: bytes


def ledger_of(paths: Paths, sources: Iterable[Source], statement: Statement, source_id: str | None = None) -> Source:
    """The local file that claims of this kind go to. Raises :class:`ConfigError` when it is not clear which one."""
    fits = [s for s in sources if s.statement == statement and s.enabled and not s.is_remote]
    if source_id is not None:
        fits = [source for source in fits if source.source_id == source_id]
    if len(fits) != 1:
        names = ", ".join(source.source_id for source in fits) or "none"
        raise ConfigError(
            f"{len(fits)} local ledgers of {statement}: {names}",
            where=str(paths.root),
            do="name one of them: --ledger ID",
        )
    return fits[0]


def add_claim(
    paths: Paths,
    sources: Iterable[Source],
    ledger: Source,
    values: Mapping[str, str],
    *,
    write: bool = True,
    timeout: float = 10.0,
) -> AddedClaim:
    """Add a claim (column of the catalogue → text) at the end of ``ledger``; or, without ``write``, say what would be.

    The file is replaced in one step, under the store's lock, and only by bytes that the catalogue reads back as the
    rows there were and this one. A claim that stands there already is not added again. Raises :class:`NoData` without
    the file, :class:`ConfigError` and :class:`SourceChanged` for a file that cannot take the row, :class:`StoreBusy`,
    :class:`PublishError`.
    """
    if not write:
        return _added(paths, tuple(sources), ledger, values)
    try:
        paths.processed.mkdir(parents=True, exist_ok=True)
        with FileLock(paths.processed / ".lock", timeout=timeout):  # the same as store.locked: one writer at a time
            added = _added(paths, tuple(sources), ledger, values)
            if added.new:
                replace_file(added.path, added.ledger)
            return added
    except Timeout as error:
        raise StoreBusy(
            "somebody is publishing, or adding a claim",
            where=str(paths.processed / ".lock"),
            do="wait for it to end, then add it again: nothing was written",
        ) from error
    except OSError as error:
        raise PublishError(
            f"cannot add the claim: {error.strerror or error}",
            where=str(paths.root / ledger.url),
            do="check free space and rights, then add it again: nothing was written",
        ) from error


def _added(paths: Paths, sources: tuple[Source, ...], ledger: Source, values: Mapping[str, str]) -> AddedClaim:
    path = paths.root / ledger.url
    if not path.is_file():
        raise NoData("the ledger is not there", where=str(path), do="run `ptce run` first: it sets up the data root")
    raw = path.read_bytes()
    frame = read(raw, ledger)
    if "claim_id" not in frame:
        raise ConfigError(
            "the ledger gives no ids", where=ledger.url, do="map a column to claim_id in its catalogue entry"
        )
    same = _standing(frame, values)
    if same is not None:
        there = _cells(frame.loc[same])
        return AddedClaim(there["claim_id"], False, path, there, raw)
    others = read_ledgers(
        paths,
        [source for source in sources if source.statement == "count_claims" or source.statement == "growth_claims"],
    )
    taken = {str(one) for other in others.values() for one in other["claim_id"].dropna()}
    row = dict(values) | {"claim_id": _next_id(frame["claim_id"].dropna().tolist(), taken, ledger.statement)}
    return AddedClaim(row["claim_id"], True, path, row, _with_row(raw, row, frame, ledger))


def read_ledgers(paths: Paths, sources: Iterable[Source]) -> dict[str, pd.DataFrame]:
    """The rows of the local ledgers as they stand now, by source id, without archiving anything. A file that is not
    there has no rows. Raises :class:`SourceChanged`."""
    found = {}
    for source in sources:
        path = paths.root / source.url
        if source.statement in ("count_claims", "growth_claims") and not source.is_remote and path.is_file():
            found[source.source_id] = read(path.read_bytes(), source)
    return found


def _standing(frame: pd.DataFrame, values: Mapping[str, str]) -> int | None:
    """The index of the row that says the same, of the same page; words apart."""
    compared = [name for name in frame.columns if name in values and name not in _NOT_COMPARED]
    wanted = tuple(_plain(values[name]) for name in compared)
    rows = frame[compared].fillna("").itertuples(index=True, name=None)
    return next((index for index, *cells in rows if tuple(_plain(str(cell)) for cell in cells) == wanted), None)


def _cells(row: Any) -> dict[str, str]:
    return {str(name): "" if pd.isna(cell) else str(cell) for name, cell in row.items()}


def _plain(text: str) -> str:
    """A cell as compared: case, spaces and the way a number is written apart."""
    try:
        return repr(float(text.replace(",", ".")))
    except ValueError:
        return " ".join(text.casefold().split()).rstrip("/")


def _next_id(own: list[str], taken: set[str], statement: Statement) -> str:
    """The number after the highest, written as the last id of the ledger is."""
    numbered = [found for one in own if (found := _ID.fullmatch(one))]
    last = max(numbered, key=lambda found: int(found[2])) if numbered else _ID.fullmatch(_FIRST_IDS[statement])
    assert last is not None
    number = int(last[2])
    while True:
        number += 1
        claim_id = f"{last[1]}{number:0{len(last[2])}d}"
        if claim_id not in taken:
            return claim_id


def _with_row(raw: bytes, row: Mapping[str, str], frame: pd.DataFrame, ledger: Source) -> bytes:
    """``raw`` with one row more, in its own delimiter and line ends, read back to be sure."""
    encoding = ledger.options.encoding or "utf-8"
    text = decode(raw, ledger.options.encoding)
    first = text.splitlines()[0]
    delimiter: str = ledger.options.delimiter or max((",", ";", "\t", "|"), key=first.count)
    (header,) = csv.reader([first], delimiter=delimiter)
    column_of = {column: name for name, column in ledger.columns.items()}
    end = "\r\n" if "\r\n" in text else "\n"
    line = io.StringIO(newline="")
    csv.writer(line, delimiter=delimiter, lineterminator=end).writerow(
        row.get(column_of.get(column.strip(), ""), "") for column in header
    )
    joint = b"" if raw.endswith((b"\n", b"\r")) else end.encode(encoding)
    longer = raw + joint + line.getvalue().encode(encoding)
    after = read(longer, ledger)
    audit(after, ledger)
    wanted = {name: row.get(name, "") for name in TARGETS[ledger.statement] if name in ledger.columns}
    got = {name: cell for name, cell in _cells(after.iloc[-1]).items() if name in wanted}
    if len(after) != len(frame) + 1 or got != wanted or not after.iloc[:-1].equals(frame):
        raise ConfigError(
            "the row would not be read back as it is given",
            where=str(ledger.url),
            do="add it by hand, and look at the file's delimiter and encoding",
        )
    return longer
