"""A new data root gets the ledgers and the decisions that the project carries, so that a first run has real input.

A wheel carries them in ``ptce_etl/_bundled``; in a checkout they are the repository's own ``data/``.
"""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from ptce_etl.config import Paths
from ptce_etl.errors import NoData, PublishError

__all__ = ["bundled", "seed"]

_WHAT = ("raw/transcribed", "decisions")


def bundled() -> Path:
    """The folder that holds ``raw/transcribed`` and ``decisions`` as shipped. Raises :class:`NoData` without one."""
    package = Path(__file__).parent
    for folder in (package / "_bundled", package.parent.parent / "data"):
        if (folder / "raw" / "transcribed").is_dir():
            return folder
    raise NoData("this installation carries no ledgers", where=str(package), do="reinstall ptce-etl from its wheel")


def seed(paths: Paths) -> list[str]:
    """Copy what is missing into the root and say what was copied; what is there already is never touched.

    A folder that is not there yet appears whole or not at all, so that a killed first run leaves nothing half-copied
    that the next would take for chosen.
    """
    source = bundled()
    if source.resolve() == paths.root.resolve():
        return []
    if _visible(paths.transcribed):
        what: tuple[str, ...] = ("decisions",) if not paths.decisions.is_dir() else ()
    else:
        what = _WHAT
    copied = []
    try:
        for part in what:
            copied += _copied(source / part, paths.root / part)
    except OSError as error:
        raise PublishError(
            f"cannot set up the data root: {error.strerror}",
            where=str(paths.root),
            do="choose a writable --data folder",
        ) from error
    return [f"{file.relative_to(paths.root)}" for file in copied]


def _visible(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file() and not file.name.startswith("."))


def _copied(source: Path, target: Path) -> list[Path]:
    """Copy a folder's files that the target lacks, beside it first, then into place; what is there now that was not."""
    scratch = target.with_name(f".{target.name}.{os.getpid()}")
    for left in target.parent.glob(f".{target.name}.*"):
        if not Path(f"/proc/{left.suffix[1:]}").exists() or left == scratch:
            shutil.rmtree(left)
    missing = [file for file in _visible(source) if not (target / file.relative_to(source)).exists()]
    for file in missing:
        (scratch / file.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, scratch / file.relative_to(source))
    if not missing:
        return []
    try:
        scratch.rename(target)  # also over an empty folder
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        for file in missing:
            (target / file.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
            (scratch / file.relative_to(source)).replace(target / file.relative_to(source))
        shutil.rmtree(scratch)
    return [target / file.relative_to(source) for file in missing]
