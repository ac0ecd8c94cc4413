"""``ptce report``: where a snapshot's site is, and a copy of it for a web server."""

from __future__ import annotations

import shutil
import webbrowser
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ptce_etl.catalogue.registry import load_programmes, load_sources
from ptce_etl.cli.reading import existing
from ptce_etl.cli.screen import Screen
from ptce_etl.config import Paths, Settings
from ptce_etl.errors import ConfigError, NoData, PublishError
from ptce_etl.publish.index import snapshot_path
from ptce_etl.publish.manifest import MANIFEST, read_manifest

if TYPE_CHECKING:
    from ptce_etl.report.material import Edition

__all__ = ["INDEX", "show_site"]

INDEX = "site/index.html"


def show_site(
    screen: Screen, root: Path, snapshot: str, *, open_: bool, out: Path | None, data_docs: bool = False
) -> int:
    """Raises :class:`NoData` for a snapshot without a site (but to copy it), :class:`ConfigError` for a full DIR.

    ``data_docs``: Great Expectations' pages are put beside the copy, which links to them.
    """
    paths = existing(root)
    folder = snapshot_path(paths, snapshot)
    if out is not None:
        _copy(paths, folder, out, data_docs=data_docs)
        index = out.resolve() / INDEX
    elif data_docs:
        raise ConfigError("Data Docs are put beside a copy", where="--data-docs", do="add --out DIR")
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


def _copy(paths: Paths, folder: Path, out: Path, *, data_docs: bool) -> None:
    """The files that the manifest lists, and the site: made when there is none."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ConfigError(f"{out} is there already, and not empty", where="--out", do="name a new folder")
    names = [*read_manifest(folder)["files"], MANIFEST]
    for name in names:
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, target)
    if INDEX in names and not data_docs:
        return
    from ptce_etl.report.editions import edition_of
    from ptce_etl.report.site import render_site

    edition = replace(edition_of(paths, folder.name, load_programmes()), data_docs=data_docs)
    if data_docs:
        _data_docs(paths, folder, out / "data-docs", edition)
    for name, content in render_site(edition):
        if INDEX not in names or name.endswith("/data.html"):  # the page that links to Data Docs
            target = out / "site" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _data_docs(paths: Paths, folder: Path, out: Path, edition: Edition) -> None:
    """The checks of today's catalogue on the tables of a snapshot, as Great Expectations tells them."""
    from ptce_etl.pipeline.context import OWN_CATALOGUE
    from ptce_etl.publish.api import load_all
    from ptce_etl.validate import expectations

    manifest, own = read_manifest(folder), paths.root / OWN_CATALOGUE
    try:
        previous = load_all(manifest["supersedes"], data=paths.root) if manifest["supersedes"] else None
    except (NoData, PublishError):  # pruned since
        previous = None
    expectations.data_docs(
        {name: table for name, table in edition.tables.items() if name != "checks"},
        out,
        sources=[source for source in load_sources(own if own.exists() else None) if source.counts],
        programmes=edition.programmes,
        previous=previous,
        settings=Settings(**manifest["settings"]),
        backcast=manifest["kind"] == "as-of",
    )
