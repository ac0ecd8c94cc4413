"""Pages: files of a snapshot that are made once all others are known, and written as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from pathlib import Path

from ptce_etl.errors import PublishError
from ptce_etl.publish.files import clashes, plain_name, write_files
from ptce_etl.publish.index import FileRecord

__all__ = ["Pages", "check_names", "write_pages"]

Pages = Callable[[str, Mapping[str, FileRecord]], Iterable[tuple[str, bytes]]]
"""Snapshot id and the files written so far → more files, made one at a time (the site)."""

_BATCH = 64  # pages in memory at a time


def write_pages(pages: Iterable[tuple[str, bytes]], folder: Path, taken: set[str]) -> dict[str, FileRecord]:
    """Write pages into ``folder`` as they come, a batch of them in memory at a time; their records by name.

    ``taken``: names of the files that are there or will be. :class:`PublishError` for a name that is not plain, or
    that two files would share.
    """
    found: dict[str, FileRecord] = {}
    coming = iter(pages)
    while batch := list(islice(coming, _BATCH)):
        names = [name for name, _ in batch]
        twice = [name for n, name in enumerate(names) if name in found or name in names[:n]]
        if twice:
            raise PublishError(f"{twice[0]!r} is written twice", where=str(folder), do="give each page its own name")
        check_names(names, taken, folder)
        for name, written in write_files(folder, dict(batch)).items():
            found[name] = FileRecord(bytes=written.bytes, rows=None, sha256=written.sha256)
    check_names(found, taken, folder)
    return found


def check_names(extra: Iterable[str], taken: Iterable[str], folder: Path) -> None:
    """Refuse names that are no plain paths, or that two files would share on a disk that ignores case."""
    names = sorted(extra)
    wrong = [name for name in names if not plain_name(name)] + clashes([*names, *taken])
    if wrong:
        raise PublishError(f"{wrong[0]!r} cannot be the name of a file", where=str(folder), do="give a plain new name")
