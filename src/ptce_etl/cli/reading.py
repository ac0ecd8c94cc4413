"""What the commands that only read have in common: a data root that is there, and one snapshot of it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ptce_etl.config import Paths
from ptce_etl.errors import NoData
from ptce_etl.publish.api import load_all
from ptce_etl.publish.index import snapshot_path

__all__ = ["existing", "tables_of"]


def existing(root: Path) -> Paths:
    """The paths of a data root. Raises :class:`NoData` when there is none: reading never makes one."""
    if not root.is_dir():
        raise NoData("no data root here", where=str(root), do="run `ptce run`, or name it: --data DIR or PTCE_DATA")
    return Paths(root)


def tables_of(paths: Paths, snapshot: str) -> tuple[str, dict[str, pd.DataFrame]]:
    """A snapshot's id ("latest" followed once) and all its tables. Raises :class:`NoData`, :class:`ConfigError`."""
    found = snapshot_path(paths, snapshot).name
    return found, load_all(found, data=paths.root)
