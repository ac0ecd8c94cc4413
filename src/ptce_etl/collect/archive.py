"""The archive: the exact bytes, once, under their sha256; and one line for each retrieval.

    raw/archive/objects/ab/abcdef…            bytes, named by their sha256
    raw/archive/requests/<source_id>.jsonl    one JSON line per retrieval, appended, never rewritten
    raw/archive/private/ab/abcdef…            what was fetched from the web, as it came: not to be published, and
                                              removed some weeks later (PRIVACY.md)

Bytes are written beside their place, flushed to the disk and moved in one step, so an object is whole or absent. A
line is appended by a single write; a crash can tear the last one, which reading leaves out and the next append closes.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import re
import secrets
from contextlib import suppress
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ptce_etl.config import Paths
from ptce_etl.errors import ConfigError, PublishError
from ptce_etl.model import Capture, RequestLog

__all__ = ["GOOD", "Archive"]

GOOD = ("ok", "unchanged")
_log = logging.getLogger(__name__)


class Archive:
    """The archive under a data root. Folders are made when first written to."""

    def __init__(self, root: Path) -> None:
        self.path = Paths(root).archive

    def put(self, body: bytes, *, private: bool = False) -> str:
        """Keep ``body`` and return its sha256. An object that rotted on the disk is replaced by the good bytes."""
        digest = hashlib.sha256(body).hexdigest()
        if self.holds(digest, private=private):
            return digest
        target = self._object(digest, private)
        part = target.with_name(f".{digest}.{secrets.token_hex(4)}.part")
        try:
            _make_folder(target.parent)
            if private:
                (self.path / "private").chmod(0o700)
            _sweep(target.parent.parent)
            with part.open("xb") as file:
                fcntl.flock(file, fcntl.LOCK_SH)  # somebody works on it: see _sweep
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
                part.replace(target)  # while it is held: a sweep by another thread would take it for left behind
            _flush_folder(target.parent)
        except OSError as error:
            with suppress(OSError):
                part.unlink()
            raise _unwritable(target, error) from error
        return digest

    def holds(self, sha256: str, *, private: bool = False) -> bool:
        """Whether the object is there and still hashes to its name."""
        try:
            body = self._object(sha256, private).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise _unreadable(self._object(sha256, private), error) from error
        return hashlib.sha256(body).hexdigest() == sha256

    def read(self, sha256: str, *, private: bool = False) -> bytes:
        """The bytes of an object, hashed again. Raises :class:`PublishError` when it is lost or altered."""
        target = self._object(sha256, private)
        try:
            body = target.read_bytes()
        except OSError as error:
            raise _unreadable(target, error) from error
        if hashlib.sha256(body).hexdigest() != sha256:
            raise PublishError(
                f"archived bytes do not hash to their name any more: {sha256}",
                where=str(target),
                do="restore the file from a copy, or run again while the source still serves these bytes",
            )
        return body

    def forget(self, source_id: str, before: datetime) -> list[str]:
        """Remove what was fetched of a source before then, but for its newest good retrieval; the sha256 removed.

        What was read in it stays, in the public part.
        """
        logs = [log for log in self.logs(source_id) if log.raw_sha256]
        newest = next((log.raw_sha256 for log in reversed(logs) if log.outcome in GOOD), None)
        kept = {log.raw_sha256 for log in logs if log.requested_at >= _utc(before)} | {newest}
        gone = sorted({str(log.raw_sha256) for log in logs} - {str(sha256) for sha256 in kept})
        removed = []
        for sha256 in gone:
            target = self._object(sha256, private=True)
            try:
                target.unlink()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise _unwritable(target, error) from error
            removed.append(sha256)
        return removed

    def append(self, log: RequestLog) -> None:
        """Add one line to the request log of ``log.source_id``, on the disk when this returns."""
        target = self._requests(log.source_id)
        record = asdict(log) | {"requested_at": _to_text(log.requested_at)}
        line = json.dumps(record, ensure_ascii=False, allow_nan=False).encode("utf-8", "backslashreplace") + b"\n"
        try:
            new = not target.exists()
            _make_folder(target.parent)
            with target.open("a+b", buffering=0) as file:
                if _torn(file.fileno()):
                    line = b"\n" + line
                written = file.write(line)
                os.fsync(file.fileno())
            if new:
                _flush_folder(target.parent)
        except OSError as error:
            raise _unwritable(target, error) from error
        if written != len(line):
            raise _unwritable(target, f"{written} of {len(line)} bytes were written")

    def logs(self, source_id: str | None = None, until: datetime | None = None) -> list[RequestLog]:
        """The retrievals of ``source_id`` (default: of all sources) up to ``until``, oldest first."""
        if source_id is not None:
            paths = [self._requests(source_id)]
        else:
            paths = sorted((self.path / "requests").glob("*.jsonl"))
        found = [log for path in paths for log in _read_lines(path)]
        found.sort(key=lambda log: log.requested_at)  # stable: equal times stay in the order of the file
        return found if until is None else [log for log in found if log.requested_at <= _utc(until)]

    def good(self, source_id: str, as_of: datetime) -> list[RequestLog]:
        """The retrievals up to ``as_of`` that gave readable bytes, newest first."""
        logs = self.logs(source_id, until=as_of)
        return [log for log in reversed(logs) if log.outcome in GOOD and log.sha256]

    def last_good(self, source_id: str, as_of: datetime) -> Capture | None:
        """The newest capture up to ``as_of`` that could be read; ``None`` when there is none."""
        captures = self.captures(source_id, as_of)
        return captures[0] if captures else None

    def captures(self, source_id: str, as_of: datetime) -> list[Capture]:
        """The distinct readable contents of a source up to ``as_of``, last seen first."""
        grouped: dict[str, list[RequestLog]] = {}
        for log in self.good(source_id, as_of):
            grouped.setdefault(str(log.sha256), []).append(log)
        return [_capture(logs) for logs in grouped.values()]

    def _object(self, sha256: str, private: bool = False) -> Path:
        if not re.fullmatch(r"[0-9a-f]{64}", sha256):
            raise ConfigError(f"not a sha256: {sha256!r}", where=str(self.path), do="give 64 hexadecimal digits")
        return self.path / ("private" if private else "objects") / sha256[:2] / sha256

    def _requests(self, source_id: str) -> Path:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", source_id):
            raise ConfigError(f"not a source_id: {source_id!r}", where=str(self.path), do="use the catalogue's ids")
        return self.path / "requests" / f"{source_id}.jsonl"


def _capture(logs: list[RequestLog]) -> Capture:
    """The capture that retrievals of the same bytes make; ``logs`` newest first."""
    newest = logs[0]
    served = next((log for log in logs if log.outcome == "ok"), newest)
    return Capture(
        source_id=newest.source_id,
        sha256=str(newest.sha256),
        size=newest.size or 0,
        url=served.url,
        first_seen=logs[-1].requested_at,
        last_seen=newest.requested_at,
        status=served.status,
        media_type=served.headers.get("content-type"),
    )


def _torn(descriptor: int) -> bool:
    """Whether the file ends in the middle of a line."""
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"


def _read_lines(path: Path) -> list[RequestLog]:
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _unreadable(path, error) from error
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError:  # also UnicodeDecodeError: a torn line may end inside a letter
            _log.info("%s, line %d: a torn line (a run was cut while writing it) is left out", path, number)
            continue
        found.append(_from_record(record, path, number))
    return found


def _from_record(record: Any, path: Path, number: int) -> RequestLog:
    try:
        if set(record) - {field.name for field in fields(RequestLog)}:
            raise ValueError("unknown fields")
        return RequestLog(**(record | {"requested_at": _utc(datetime.fromisoformat(record["requested_at"]))}))
    except (TypeError, ValueError, KeyError, ConfigError) as error:
        raise PublishError(
            f"a line of the request log is not one of ours: {error}",
            where=f"{path}, line {number}",
            do="restore the file from a copy, or take the line out",
        ) from error


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ConfigError(
            f"a date-time without a time zone: {moment.isoformat()}", where="archive", do="give one in UTC"
        )
    return moment.astimezone(UTC)


def _to_text(moment: datetime) -> str:
    return _utc(moment).isoformat().replace("+00:00", "Z")


def _sweep(objects: Path) -> None:
    """Remove what killed processes left half-written beside objects: what nobody holds."""
    for left in objects.glob("*/.*.part"):
        with suppress(FileNotFoundError, BlockingIOError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if file.seek(0, os.SEEK_END):  # an empty one may be about to be held
                left.unlink()


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, so that a power cut does not take them away with what they hold."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _flush_folder(folder.parent)


def _flush_folder(folder: Path) -> None:
    """Make a new name in ``folder`` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(path: Path, reason: object) -> PublishError:
    return PublishError(f"the archive cannot be written: {reason}", where=str(path), do="free space or mend the rights")


def _unreadable(path: Path, reason: object) -> PublishError:
    return PublishError(
        f"the archive cannot be read: {reason}", where=str(path), do="restore the file from a copy, or mend the rights"
    )
