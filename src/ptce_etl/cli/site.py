"""``ptce report``: where a snapshot's site is, and a copy of it for a web server."""

from __future__ import annotations

import shutil
import webbrowser
from pathlib import Path

from ptce_etl.catalogue.registry import load_programmes
from ptce_etl.cli.reading import existing
from ptce_etl.cli.screen import Screen
from ptce_etl.config import Paths
from ptce_etl.errors import ConfigError, NoData
from ptce_etl.publish.index import snapshot_path
from ptce_etl.publish.manifest import MANIFEST, read_manifest

__all__ = ["INDEX", "show_site"]

INDEX = "site/index.html"


def show_site(screen: Screen, root: Path, snapshot: str, *, open_: bool, out: Path | None) -> int:
    """Raises :class:`NoData` for a snapshot without a site (but to copy it), :class:`ConfigError` for a full DIR."""
    paths = existing(root)
    folder = snapshot_path(paths, snapshot)
    if out is not None:
        _copy(paths, folder, out)
        index = out.resolve() / INDEX
    else:
        index = folder / INDEX
        if not index.is_file():
            raise NoData(
                f"snapshot {folder.name} was published without a site",
                where=str(folder),
                do=f"make one: ptce report --snapshot {folder.name} --out DIR",
            )
    screen.emit({"snapshot": folder.name, "index": str(index), "address": index.as_uri(), "copied": out is not None})
    screen.line(str(index))
    if open_ and not webbrowser.open(index.as_uri()):
        screen.tell("No browser could be started: open the file above.")
    return 0


def _copy(paths: Paths, folder: Path, out: Path) -> None:
    """The files that the manifest lists, and the site: made when there is none."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ConfigError(f"{out} is there already, and not empty", where="--out", do="name a new folder")
    names = [*read_manifest(folder)["files"], MANIFEST]
    for name in names:
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, target)
    if INDEX not in names:
        from ptce_etl.report.editions import edition_of
        from ptce_etl.report.site import render_site

        for name, content in render_site(edition_of(paths, folder.name, load_programmes())):
            target = out / "site" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
