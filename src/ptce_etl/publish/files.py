"""The few ways this room touches the disk: each either happens completely or can be swept away.

Every published byte goes through :func:`write_file`, which hashes what it was *asked* to write while writing it, so
that reading the file back and hashing it again is a real comparison.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, NamedTuple

from ptce_etl.errors import PublishError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = [
    "Written",
    "clashes",
    "guarded",
    "plain_name",
    "put_link",
    "remove_tree",
    "replace_file",
    "sha256_file",
    "sync_dir",
    "write_bytes",
    "write_file",
    "write_files",
]

# Names that mean the same on every disk, in every URL and on every object store: no blanks, no dots first, no "..".
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_LONGEST_NAME = 200


class Written(NamedTuple):
    """What was written: size in bytes and sha256 (hex)."""

    bytes: int
    sha256: str


class _Sink(io.RawIOBase):
    """A write-only file that hashes what goes through it."""

    def __init__(self, raw: IO[bytes]) -> None:
        self.raw = raw
        self.size = 0
        self.digest = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        block = bytes(data)
        self.raw.write(block)
        self.digest.update(block)
        self.size += len(block)
        return len(block)


@contextmanager
def guarded(doing: str, path: Path) -> Iterator[None]:
    """Turn an operating system's refusal into a :class:`PublishError` that names the file."""
    try:
        yield
    except OSError as error:
        raise PublishError(
            f"cannot {doing}: {error.strerror or error}",
            where=str(path),
            do="check free space, rights, and that the disk takes symbolic links; then run again: nothing was promoted",
        ) from error


def write_file(path: Path, fill: Callable[[IO[bytes]], object]) -> Written:
    """Create ``path`` (which must not exist) with what ``fill`` writes, read-only and on disk; its size and sha256."""
    with guarded("write", path), path.open("xb") as raw:
        sink = _Sink(raw)
        fill(sink)  # type: ignore[arg-type]  # RawIOBase is the protocol that pyarrow, csv and we write to
        raw.flush()
        # The umask has said who may read; what is published nobody may write, its owner included.
        os.fchmod(raw.fileno(), stat.S_IMODE(os.fstat(raw.fileno()).st_mode) & 0o444)
        os.fsync(raw.fileno())
    return Written(sink.size, sink.digest.hexdigest())


def write_bytes(path: Path, data: bytes) -> Written:
    """:func:`write_file` for bytes already made."""
    return write_file(path, lambda sink: sink.write(data))


def plain_name(name: str) -> bool:
    """Whether ``name`` may be a file of a snapshot: a relative POSIX path of letters, digits, ``.``, ``_`` and ``-``.

    Each part starts with a letter or a digit, so that none is hidden and none is "..".
    """
    parts = name.split("/")
    return bool(_NAME.fullmatch(name)) and len(name) <= _LONGEST_NAME and not any(p.endswith(".") for p in parts)


def clashes(names: Iterable[str]) -> list[str]:
    """Names that another of ``names`` stands in the way of, on a disk that ignores case too: a file, or its folder."""
    folded: dict[str, list[str]] = {}
    for name in names:
        folded.setdefault(name.casefold(), []).append(name)
    folders = {parent.as_posix() for name in folded for parent in PurePosixPath(name).parents}
    return sorted(name for key, same in folded.items() if len(same) > 1 or key in folders for name in same)


def write_files(folder: Path, files: Mapping[str, bytes]) -> dict[str, Written]:
    """Write each of ``files`` (plain names, sub-folders allowed) into ``folder``, its sub-folders made and flushed."""
    made = {folder / parent for name in files for parent in Path(name).parents}
    with guarded("create", folder):
        for sub in sorted({folder, *made}):
            sub.mkdir(exist_ok=True)
    written = {name: write_bytes(folder / name, files[name]) for name in sorted(files)}
    with guarded("write", folder):
        for sub in sorted(made, reverse=True):
            sync_dir(sub)
    return written


def replace_file(path: Path, data: bytes) -> bool:
    """Put ``data`` at ``path`` in one step, writable, keeping its mode; False when it held exactly that already."""
    with guarded("write", path):
        fresh = path.with_name(f".{path.name}.new")
        fresh.unlink(missing_ok=True)  # left by a process killed while writing it
        if path.is_file() and path.read_bytes() == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("xb") as raw:
            raw.write(data)
            raw.flush()
            if path.exists():
                os.fchmod(raw.fileno(), stat.S_IMODE(path.stat().st_mode))
            os.fsync(raw.fileno())
        fresh.replace(path)
        sync_dir(path.parent)
    return True


def put_link(link: Path, target: str, scratch: Path) -> None:
    """Make ``link`` a symbolic link to ``target`` in one step, over whatever link is there.

    The new link is made in ``scratch`` (a folder on the same disk that recovery empties), then renamed over ``link``.
    """
    fresh = scratch / f"{link.name.lstrip('.')}.link"
    with guarded("link", link):
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(target)
        fresh.replace(link)
        sync_dir(link.parent)


def sync_dir(folder: Path) -> None:
    """Flush a folder's entries: a rename is only durable once its folder is."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_tree(folder: Path) -> None:
    """Remove a folder of ours and what it holds; nothing is said when it is not there."""
    with guarded("remove", folder):
        if folder.is_symlink() or folder.is_file():
            folder.unlink()
        elif folder.exists():
            shutil.rmtree(folder)


def sha256_file(path: Path) -> str:
    """sha256 (hex) of a file, read in blocks."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
