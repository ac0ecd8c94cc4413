"""What is done to published versions: rolled back to, finalised, pruned. Their files never change.

Each is one new index put in force in the store's one atomic step; a process killed before it has changed nothing, and
what is left to remove after it (the files of what was pruned) the next writer removes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from ptce_etl.config import Paths
from ptce_etl.errors import ConfigError, NoData, PublishError
from ptce_etl.publish.files import guarded, remove_tree, sha256_file, sync_dir, write_bytes, write_files
from ptce_etl.publish.index import SNAPSHOT_ID, Entry, Index, Mark, Move, entry_of, instant, read_index
from ptce_etl.publish.manifest import MANIFEST
from ptce_etl.publish.remote import Remote
from ptce_etl.publish.signing import SIGNATURE
from ptce_etl.publish.store import clear_pruned, locked, put_in_place, relist
from ptce_etl.publish.verify import verify, verify_published

KEPT = (MANIFEST, SIGNATURE, "changes.parquet", "indicator.parquet")

__all__ = ["KEPT", "Pruning", "cited", "finalise", "prune", "pruning", "restore", "rollback"]


@dataclass(frozen=True, slots=True)
class Pruning:
    """What a pruning removes, and what it keeps, each with its reason."""

    remove: tuple[str, ...]
    keep: tuple[tuple[str, str], ...]


def rollback(paths: Paths, snapshot_id: str, *, why: str, now: datetime, timeout: float = 10.0) -> Move | None:
    """Make ``snapshot_id`` the latest again, in one atomic step; None when it is the latest already.

    The snapshots published after it are marked ``withdrawn``: a run that comes to what one of them says does not
    publish it again (:func:`snapshot.publish_candidate`). Rolling "back" to a withdrawn one takes its mark away.

    Raises :class:`ConfigError` for one that was never the latest or when no reason is given, :class:`NoData` when it is
    not there, :class:`PublishError` when it does not verify, :class:`StoreBusy`.
    """
    why = _said(why)
    with locked(paths, timeout=timeout):
        index = read_index(paths)
        target = _promoted(paths, index, snapshot_id)
        if index["latest"] == target["id"]:
            return None
        problems = verify_published(paths, target["id"])
        if problems:
            raise PublishError(
                f"{target['id']} is not as it was published: {problems[0]}",
                where=str(paths.processed / target["id"]),
                do="choose another, or copy its files again from a backup; the latest has not moved",
            )
        at = instant(now)
        move = Move(at=at, was=index["latest"], to=target["id"], why=why)
        behind = index["snapshots"].index(target)
        entries = [
            _unmarked(entry, "withdrawn")
            if entry is target
            else _marked(entry, "withdrawn", Mark(at=at, why=why))
            if n > behind and entry["kind"] != "as-of" and "withdrawn" not in entry
            else entry
            for n, entry in enumerate(index["snapshots"])
        ]
        moves = [*index.get("moves", []), move]
        relist(paths, index | {"latest": target["id"], "snapshots": entries, "moves": moves})
    return move


def finalise(paths: Paths, snapshot_id: str, *, why: str, now: datetime, timeout: float = 10.0) -> bool:
    """Say that a provisional snapshot is final; False when it was already. Its files stay as they are.

    Raises :class:`ConfigError`, :class:`NoData`, :class:`StoreBusy`.
    """
    why = _said(why)
    with locked(paths, timeout=timeout):
        index = read_index(paths)
        target = _promoted(paths, index, snapshot_id)
        if target["kind"] == "final":
            return False
        final = _marked(target, "finalised", Mark(at=instant(now), why=why)) | {"kind": "final"}
        entries = [final if entry is target else entry for entry in index["snapshots"]]
        relist(paths, index | {"snapshots": entries})
    return True


def _said(why: str) -> str:
    words = " ".join(why.split())
    if not words:
        raise ConfigError("no reason given", where="--why", do="say why in a few words: it stands in the index")
    return words


def _promoted(paths: Paths, index: Index, snapshot_id: str) -> Entry:
    if not SNAPSHOT_ID.fullmatch(snapshot_id):
        raise ConfigError(f"{snapshot_id!r} is not a snapshot id", where=str(paths.index), do="`ptce history` has them")
    entry = entry_of(index, snapshot_id)
    if entry is None:
        raise NoData(f"no snapshot {snapshot_id}", where=str(paths.index), do="`ptce history` lists them")
    if entry["kind"] == "as-of":
        raise ConfigError(
            f"{snapshot_id} was built for a past date: it never was the latest",
            where=str(paths.index),
            do="choose one of kind final or provisional: `ptce history` says which",
        )
    if "pruned" in entry:
        raise NoData(
            f"{snapshot_id} was pruned on {entry['pruned']['at'][:10]}",
            where=str(paths.pruned),
            do=f"`ptce rebuild {snapshot_id} --restore` first",
        )
    return entry


def _marked(entry: Entry, mark: str, said: Mark) -> Entry:
    return cast("Entry", dict(entry) | {mark: said})


def _unmarked(entry: Entry, mark: str) -> Entry:
    return cast("Entry", {key: value for key, value in entry.items() if key != mark})


def cited(paths: Paths) -> set[str]:
    """Snapshot ids that a decision or a ledger names: somebody relies on them."""
    folders = (paths.decisions, paths.transcribed)
    files = [path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir()) if path.is_file()]
    found: set[str] = set()
    for path in files:
        with guarded("read", path):
            text = path.read_text(encoding="utf-8", errors="replace")
        found |= {match.group() for match in SNAPSHOT_ID.finditer(text)}
    return found


def pruning(paths: Paths, keep: int) -> Pruning:
    """What ``prune`` would remove: all but the newest ``keep`` that were the latest, and ``keep`` builds of past dates.

    Never: the latest, the one it superseded (to roll back to), one that a decision or a ledger names, one that was
    rolled back to or from last.
    """
    if keep < 1:
        raise ConfigError(f"--keep {keep}", where="--keep", do="keep at least 1")
    index = read_index(paths)
    latest, named = entry_of(index, index["latest"]), cited(paths)
    moves = index.get("moves", [])
    last = moves[-1] if moves else None
    guards: list[tuple[str, Callable[[Entry], bool]]] = [
        ("the latest", lambda entry: entry["id"] == index["latest"]),
        ("what the latest superseded", lambda entry: latest is not None and entry["id"] == latest["supersedes"]),
        ("the last rollback", lambda entry: last is not None and entry["id"] in (last["was"], last["to"])),
        ("a decision or a ledger names it", lambda entry: entry["id"] in named),
    ]
    remove, kept = [], []
    left = {"as-of": keep, "promoted": keep}
    for entry in reversed(index["snapshots"]):
        if "pruned" in entry:
            continue
        group = "as-of" if entry["kind"] == "as-of" else "promoted"
        left[group] -= 1
        reason = (
            f"among the newest {keep}" if left[group] >= 0 else next((w for w, holds in guards if holds(entry)), "")
        )
        if reason:
            kept.append((entry["id"], reason))
        else:
            remove.append(entry["id"])
    return Pruning(tuple(remove), tuple(kept))


def prune(paths: Paths, keep: int, *, why: str, now: datetime, timeout: float = 10.0) -> Pruning:
    """Remove the files of what :func:`pruning` says, as it is once the store is locked; the index keeps the entries.

    The manifest of each stays in ``pruned/``, with which ``ptce rebuild`` makes it again, and two small tables. Raises
    :class:`StoreBusy`, :class:`PublishError` when one of them cannot be read: it stays.
    """
    why = _said(why)
    with locked(paths, timeout=timeout):
        plan = pruning(paths, keep)
        if not plan.remove:
            _clear(paths)  # of a pruning that was cut short
            return plan
        index = read_index(paths)
        _keep(paths, plan.remove)
        mark = Mark(at=instant(now), why=why)
        entries = [_marked(e, "pruned", mark) if e["id"] in plan.remove else e for e in index["snapshots"]]
        relist(paths, index | {"snapshots": entries})
        _clear(paths)
    return plan


def restore(paths: Paths, staged: Path, snapshot_id: str, *, timeout: float = 10.0) -> None:
    """Put the files of a pruned snapshot, made again as the candidate ``staged``, back in place; its mark goes.

    Raises :class:`NoData` when it is not listed as pruned, :class:`PublishError` when ``staged`` is not what was
    published, :class:`StoreBusy`.
    """
    staged = staged.resolve()
    with locked(paths, staged, timeout=timeout):
        index = read_index(paths)
        entry = entry_of(index, snapshot_id)
        if entry is None or "pruned" not in entry:
            raise NoData(f"{snapshot_id} is not listed as pruned", where=str(paths.index), do="`ptce history` says")
        _sign_again(paths, staged, snapshot_id)
        problems = verify(staged)
        if problems or sha256_file(staged / MANIFEST) != entry["manifest_sha256"]:
            raise PublishError(
                f"this is not {snapshot_id} as it was published{': ' if problems else ''}{'; '.join(problems[:3])}",
                where=str(staged),
                do="rebuild it with the code that made it",
            )
        put_in_place(paths, staged, _unmarked(entry, "pruned"), index, latest=index["latest"])
        _clear(paths)


def _sign_again(paths: Paths, staged: Path, snapshot_id: str) -> None:
    """Give a snapshot made again the signature that it had."""
    if paths.store:
        found = Remote(paths.store).read(f"pruned/{snapshot_id}/{SIGNATURE}")
        body = found[0] if found is not None else None
    else:
        kept = paths.pruned / snapshot_id / SIGNATURE
        body = kept.read_bytes() if kept.is_file() else None
    (staged / SIGNATURE).unlink(missing_ok=True)
    if body is not None:
        write_bytes(staged / SIGNATURE, body)


def _keep(paths: Paths, ids: tuple[str, ...]) -> None:
    """Keep of each what makes it again, and what the revision log of every later one is written from."""
    if paths.store:
        remote = Remote(paths.store)
        for snapshot_id in ids:
            remote.remove(f"pruned/{snapshot_id}")  # of a pruning that was cut short
            for name in KEPT:
                found = remote.read(f"{snapshot_id}/{name}")
                if found is not None:
                    remote.create(f"pruned/{snapshot_id}/{name}", found[0])
        return
    with guarded("prune", paths.pruned):
        paths.pruned.mkdir(exist_ok=True)
        for snapshot_id in ids:
            folder, to = paths.processed / snapshot_id, paths.pruned / snapshot_id
            remove_tree(to)
            write_files(to, {name: (folder / name).read_bytes() for name in KEPT if (folder / name).is_file()})
        sync_dir(paths.pruned)


def _clear(paths: Paths) -> None:
    """Make the files agree with an index that says what was pruned. The store must be locked."""
    if not paths.store:
        if paths.pruned.is_dir():
            clear_pruned(paths)
        return
    remote = Remote(paths.store)
    entries = read_index(paths)["snapshots"]
    pruned = [entry["id"] for entry in entries if "pruned" in entry]
    for snapshot_id in pruned:
        remote.remove(snapshot_id)
        remove_tree(paths.processed / snapshot_id)
    for name in sorted({name.partition("/")[0] for name in remote.names("pruned")} - {*pruned}):
        remote.remove(f"pruned/{name}")
