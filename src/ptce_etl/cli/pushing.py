"""``ptce push``: a snapshot's public files to a dataset elsewhere."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from ptce_etl.cli.reading import existing
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import counted
from ptce_etl.errors import ConfigError
from ptce_etl.publish.datagouv import plan, push

__all__ = ["push_snapshot"]


def push_snapshot(screen: Screen, root: Path, place: str, snapshot: str, *, yes: bool) -> int:
    """Upload what is not there yet, or say what that is."""
    if place != "datagouv":
        raise ConfigError(f"no place {place!r}", where="ptce push", do="ptce push datagouv")
    paths = existing(root)
    found, uploads = plan(paths, snapshot)
    if yes:
        push(paths, found)
    waiting = [upload for upload in uploads if not upload.done]
    screen.emit({"snapshot": found, "done": yes, "files": [asdict(upload) for upload in uploads]})
    screen.heading(f"{'Uploaded' if yes else 'Would upload'} {counted(len(waiting), 'file')} of {found}")
    screen.table(
        ["file", ">bytes", "resource"],
        [(one.name, f"{one.bytes:,}", one.resource or "a new one") for one in waiting],
    )
    if waiting and not yes:
        screen.say("Nothing was uploaded: add --yes to do it")
    return 0
