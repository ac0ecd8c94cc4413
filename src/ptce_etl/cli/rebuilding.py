"""``ptce rebuild``: is a published snapshot what the archive and its recorded decisions give, byte for byte?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from ptce_etl.cli.reading import existing
from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import counted
from ptce_etl.errors import ConfigError
from ptce_etl.publish.index import read_index
from ptce_etl.rebuild import Rebuilt, rebuild

__all__ = ["rebuild_snapshots"]


def rebuild_snapshots(screen: Screen, root: Path, asked: Sequence[str], *, every: bool, restore: bool) -> int:
    """Rebuild each and say how it compares; exit code 1 when one is not the same."""
    index = read_index(existing(root))
    ids = [entry["id"] for entry in index["snapshots"]] if every else [_id(name, index["latest"]) for name in asked]
    if not ids:
        raise ConfigError("which snapshot?", where="ptce rebuild", do="give ids, `latest`, or --all")
    found = []
    for snapshot in ids:
        screen.tell(f"Making {snapshot} again")
        found.append(rebuild(root, snapshot, put_back=restore))
    screen.emit(
        {"ok": all(one.same for one in found), "snapshots": [asdict(one) | {"same": one.same} for one in found]}
    )
    for one in found:
        _show(screen, one)
    return 0 if all(one.same for one in found) else 1


def _id(name: str, latest: str | None) -> str:
    return latest if name == "latest" and latest else name


def _show(screen: Screen, one: Rebuilt) -> None:
    how = "every byte the same" if one.same and one.same_code else "the same" if one.same else "NOT the same"
    screen.heading(f"{one.snapshot_id}: {how} ({counted(one.identical, 'file')} identical)")
    if not one.same_code:
        screen.say(f"published by code {one.code_then}, made again by {one.code_now}", indent=2)
    for label, names in (("differs", one.differs), ("not made", one.missing), ("new", one.added)):
        for name in names:
            screen.say(f"{label}: {name}", indent=2)
    if one.facts:
        screen.say(f"facts that differ: {', '.join(one.facts)}", indent=2)
    if one.restored:
        screen.say("its files are in place again", indent=2)
