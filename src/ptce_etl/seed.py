"""A new data root gets the ledgers and the decisions that the project carries, so that a first run has real input.

A wheel carries them in ``ptce_etl/_bundled``; in a checkout they are the repository's own ``data/``.
"""

from __future__ import annotations

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

    Each file appears whole or not at all, so that a killed first run leaves nothing half-copied.
    """
    source = bundled()
    if source.resolve() == paths.root.resolve():
        return []
    if paths.transcribed.is_dir() and any(paths.transcribed.iterdir()):
        what: tuple[str, ...] = ("decisions",) if not paths.decisions.is_dir() else ()
    else:
        what = _WHAT
    copied = []
    try:
        for part in what:
            for file in sorted((source / part).rglob("*")):
                target = paths.root / file.relative_to(source)
                if file.is_file() and not file.name.startswith(".") and not target.exists():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    scratch = target.with_name(f".{target.name}.{os.getpid()}")
                    shutil.copyfile(file, scratch)
                    scratch.replace(target)
                    copied.append(str(file.relative_to(source)))
    except OSError as error:
        raise PublishError(
            f"cannot set up the data root: {error.strerror}",
            where=str(paths.root),
            do="choose a writable --data folder",
        ) from error
    return copied
