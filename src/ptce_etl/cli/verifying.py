"""``ptce verify``: is a snapshot what was published, bit for bit?"""

from __future__ import annotations

from pathlib import Path

from ptce_etl.cli.screen import Screen
from ptce_etl.cli.text import counted
from ptce_etl.config import Paths
from ptce_etl.errors import NoData
from ptce_etl.publish.index import SNAPSHOT_ID, published_id, snapshot_path
from ptce_etl.publish.manifest import MANIFEST, read_manifest
from ptce_etl.publish.signing import check_signature
from ptce_etl.publish.verify import verify, verify_published

__all__ = ["verify_snapshot"]


def verify_snapshot(screen: Screen, root: Path, snapshot: str) -> int:
    """Say everything that is not as published; exit code 1 when there is anything."""
    paths = Paths(root)
    if snapshot == "latest" or SNAPSHOT_ID.fullmatch(snapshot):
        name = published_id(paths, snapshot)
        problems = verify_published(paths, name)
        folder = None if paths.store and problems else snapshot_path(paths, name)
        where = f"{paths.store}/{name}" if paths.store else str(folder)
    else:
        folder = _folder(paths, snapshot)
        name, where, problems = folder.name, str(folder), verify(folder)
    whole = folder if not problems else None
    files = read_manifest(whole)["files"] if whole else {}
    signature = check_signature(whole, (whole / MANIFEST).read_bytes())[0] if whole else None
    screen.emit(
        {
            "snapshot": name,
            "path": where,
            "ok": not problems,
            "problems": problems,
            "signed_by": signature and {"key": signature.key, "who": signature.who or None},
        }
    )
    if not problems:
        size = sum(file["bytes"] for file in files.values())
        screen.say(f"{name}: {counted(len(files), 'file')}, {counted(size, 'byte')}, all as published")
        if signature:
            who = signature.who or "nobody PTCE_ALLOWED_SIGNERS names: whose key it is, is not known"
            screen.say(f"signed with {signature.key} ({who})")
        return 0
    screen.say(f"{name}: {counted(len(problems), 'problem')}", style="bold red")
    for problem in problems:
        screen.say(problem, indent=2)
    screen.line(f"  in {where}")
    return 1


def _folder(paths: Paths, snapshot: str) -> Path:
    folder = Path(snapshot)
    if not folder.is_dir():
        raise NoData(f"no snapshot {snapshot!r}", where=str(paths.processed), do="give an id, `latest`, or a folder")
    return folder.resolve()
