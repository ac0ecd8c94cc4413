"""``ptce verify``: is a snapshot what was published, bit for bit?"""

from __future__ import annotations

import json
from pathlib import Path

from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import counted
from ptce_etl.config import Paths
from ptce_etl.errors import NoData
from ptce_etl.publish.index import SNAPSHOT_ID, snapshot_path
from ptce_etl.publish.manifest import MANIFEST
from ptce_etl.publish.signing import check_signature
from ptce_etl.publish.verify import verify

__all__ = ["verify_snapshot"]


def verify_snapshot(screen: Screen, root: Path, snapshot: str) -> int:
    """Say everything that is not as published; exit code 1 when there is anything."""
    folder = _folder(root, snapshot)
    problems = verify(folder)
    files = {} if problems else json.loads((folder / MANIFEST).read_bytes())["files"]
    signature = None if problems else check_signature(folder, (folder / MANIFEST).read_bytes())[0]
    screen.emit(
        {
            "snapshot": folder.name,
            "path": str(folder),
            "ok": not problems,
            "problems": problems,
            "signed_by": signature and {"key": signature.key, "who": signature.who or None},
        }
    )
    if not problems:
        size = sum(file["bytes"] for file in files.values())
        screen.say(f"{folder.name}: {counted(len(files), 'file')}, {counted(size, 'byte')}, all as published")
        if signature:
            who = signature.who or "nobody PTCE_ALLOWED_SIGNERS names: whose key it is, is not known"
            screen.say(f"signed with {signature.key} ({who})")
        return 0
    screen.say(f"{folder.name}: {counted(len(problems), 'problem')}", style="bold red")
    for problem in problems:
        screen.say(problem, indent=2)
    screen.line(f"  in {folder}")
    return 1


def _folder(root: Path, snapshot: str) -> Path:
    if snapshot == "latest" or SNAPSHOT_ID.fullmatch(snapshot):
        return snapshot_path(Paths(root), snapshot)
    folder = Path(snapshot)
    if not folder.is_dir():
        raise NoData(
            f"no snapshot {snapshot!r}", where=str(Paths(root).processed), do="give an id, `latest`, or a folder"
        )
    return folder.resolve()
