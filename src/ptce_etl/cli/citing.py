"""``ptce cite``: how to cite a snapshot."""

from __future__ import annotations

from pathlib import Path

from ptce_etl.cli.reading import existing
from ptce_etl.cli.screen import Screen
from ptce_etl.publish.api import citation
from ptce_etl.publish.index import snapshot_path

__all__ = ["show_citation"]


def show_citation(screen: Screen, root: Path, snapshot: str) -> int:
    """A line in French, one in English."""
    folder = snapshot_path(existing(root), snapshot)
    lines = {lang: citation(folder.name, lang=lang, data=root) for lang in ("fr", "en")}
    screen.emit({"snapshot_id": folder.name, **lines})
    for line in lines.values():
        screen.line(line)
    return 0
