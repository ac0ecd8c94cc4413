"""The layout of ``processed/`` and the one atomic step that makes a snapshot the latest.

::

    processed/
      <snapshot_id>/        immutable, files 0444
      rejected/<id>-<k>/    candidates that failed a critical check, never listed, never the latest
      pruned/<id>/          what is kept of a snapshot whose files were removed: its manifest, and what later ones cite
      index.json            → .current/index.json      (links made once)
      latest                → .current/latest         (there from the first promotion on)
      .current              → .state/<n>               the only thing that moves: one rename
      .state/<n>/           index.json, and latest → ../../<snapshot_id>
      .staging/             candidates on their way (staging.py)
      .promoting            names the snapshot whose folder is in place but that .current does not list yet
      .lock                 one publisher at a time

A reader sees ``index.json`` and ``latest`` move together, from one complete state to the next. A process killed before
the rename of ``.current`` leaves a folder that nothing lists: ``.promoting`` names it, and the next publisher removes
it. Folders that ``.promoting`` does not name are never removed, listed or not, but for those that the index says were
pruned.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain, count
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock, Timeout

from ptce_etl.config import Paths
from ptce_etl.errors import PublishError, StoreBusy
from ptce_etl.publish.files import guarded, put_link, remove_tree, sync_dir, write_bytes
from ptce_etl.publish.index import SNAPSHOT_ID, Entry, Index, entry_of, index_bytes, read_index
from ptce_etl.publish.manifest import MANIFEST, Manifest, read_manifest
from ptce_etl.publish.remote import Remote
from ptce_etl.publish.signing import SIGNATURE
from ptce_etl.publish.staging import sweep
from ptce_etl.publish.verify import verify

__all__ = ["claimed", "clear_pruned", "free_ids", "locked", "move_to_rejected", "put_in_place", "recover", "relist"]

_KEPT_STATES = 4


@contextmanager
def locked(paths: Paths, keep: Path | None = None, *, timeout: float = 0) -> Iterator[None]:
    """Hold the store alone, cleaned of what killed processes left (but for the candidate ``keep``).

    Raises :class:`StoreBusy` when another publisher holds it after ``timeout`` seconds.
    """
    with guarded("open the store", paths.processed):
        paths.processed.mkdir(parents=True, exist_ok=True)
    lock = FileLock(paths.processed / ".lock", timeout=timeout)
    try:
        lock.acquire()
    except Timeout as error:
        raise StoreBusy(
            "another process is publishing",
            where=str(paths.processed / ".lock"),
            do="wait for it to end, then run again: this run changed nothing",
        ) from error
    except OSError as error:
        raise PublishError(
            f"cannot lock the store: {error}", where=str(paths.processed), do="check rights on the folder and its .lock"
        ) from error
    try:
        recover(paths)
        sweep(paths, keep)
        yield
    finally:
        lock.release()


def recover(paths: Paths) -> None:
    """Undo a promotion that was cut short. The store must be locked."""
    intent = paths.processed / ".promoting"
    with guarded("recover", paths.processed):
        if intent.is_file():
            snapshot_id, end, _ = intent.read_text(encoding="utf-8").partition("\n")
            folder = paths.processed / snapshot_id
            named = bool(end and SNAPSHOT_ID.fullmatch(snapshot_id))  # no end of line: cut while being written
            entry = entry_of(read_index(paths), snapshot_id)
            if named and folder.is_dir() and (entry is None or "pruned" in entry):
                _out_of_sight(paths, folder, "cut")
            intent.unlink()
            sync_dir(paths.processed)
        _drop_states(paths, above=_current(paths))
        if paths.pruned.is_dir():
            clear_pruned(paths)
        latest = paths.processed / "latest"
        if latest.is_symlink() and not latest.exists() and read_index(paths)["latest"] is None:
            latest.unlink()  # made for a first promotion that was cut short
            sync_dir(paths.processed)


def _out_of_sight(paths: Paths, folder: Path, why: str) -> None:
    """Take a snapshot's folder away in one step; it is then swept with the candidates that nobody holds."""
    staging = paths.processed / ".staging"
    staging.mkdir(exist_ok=True)
    folder.rename(next(p for n in count(1) if not (p := staging / f"{folder.name}-{why}-{n}").exists()))
    sync_dir(paths.processed)


def clear_pruned(paths: Paths) -> None:
    """Make the folders agree with an index that says what was pruned. The store must be locked."""
    pruned = {entry["id"] for entry in read_index(paths)["snapshots"] if "pruned" in entry}
    with guarded("prune", paths.pruned):
        for snapshot_id in sorted(pruned):
            if (paths.processed / snapshot_id).is_dir():
                _out_of_sight(paths, paths.processed / snapshot_id, "pruned")
        for kept in sorted(paths.pruned.iterdir()):
            if kept.name not in pruned:
                remove_tree(kept)  # its pruning, or its restoring, was cut short
    sweep(paths)


def free_ids(paths: Paths, snapshot_id: str, index: Index) -> Iterator[str]:
    """``snapshot_id``, or with "-2", "-3"… where that name is taken: what was published never changes."""
    names = chain([snapshot_id], (f"{snapshot_id}-{n}" for n in count(2)))
    return (n for n in names if entry_of(index, n) is None and not os.path.lexists(paths.processed / n))


def claimed(paths: Paths, candidate: Path, snapshot_id: str) -> bool:
    """Take ``snapshot_id`` for a finished candidate. A folder's lock has done that; an object store may refuse it."""
    return not paths.store or Remote(paths.store).claim(snapshot_id, MANIFEST, (candidate / MANIFEST).read_bytes())


def put_in_place(paths: Paths, candidate: Path, entry: Entry, index: Index, *, latest: str | None) -> Path:
    """Put a finished candidate in place as ``entry["id"]``, list it, and make ``latest`` the latest, in one step.

    An id that is listed already (it was pruned) keeps its place in the list. ``index``: as it was read when the
    candidate was compared with the latest. The store must be locked and the candidate read back. Returns the
    snapshot's folder. Raises :class:`StoreBusy` when another publisher changed the index of an object store meanwhile.
    """
    others = [known for known in index["snapshots"] if known["id"] != entry["id"]]
    place = next((n for n, known in enumerate(index["snapshots"]) if known["id"] == entry["id"]), len(others))
    index = index | {"latest": latest, "snapshots": [*others[:place], entry, *others[place:]]}
    if paths.store:
        return _put_remote(paths, candidate, entry["id"], index)
    folder = paths.processed / entry["id"]
    state = _prepare_state(paths, index_bytes(index), latest)
    intent = paths.processed / ".promoting"
    with guarded("promote", folder):
        intent.unlink(missing_ok=True)
        write_bytes(intent, f"{entry['id']}\n".encode())
        sync_dir(paths.processed)
        candidate.rename(folder)
        sync_dir(candidate.parent)
        sync_dir(paths.processed)
        _switch(paths, state)
    with suppress(OSError):  # it is published: what is only tidying is left to the next publisher
        intent.unlink()
    return folder


def _put_remote(paths: Paths, candidate: Path, snapshot_id: str, index: Index) -> Path:
    """Upload, read back, commit. What was uploaded of a candidate that does not make it is listed nowhere."""
    remote = Remote(str(paths.store))
    manifest = read_manifest(candidate)
    remote.upload(snapshot_id, candidate, _names(candidate, manifest))
    with TemporaryDirectory(prefix=".fetching-", dir=paths.processed) as scratch:
        back = Path(scratch) / snapshot_id
        remote.download(snapshot_id, back)
        problems = verify(back)
    if problems:
        raise PublishError(
            f"what was uploaded does not read back: {'; '.join(problems[:3])}",
            where=f"{remote.url}/{snapshot_id}",
            do="see who else writes there, then run again: nothing was promoted",
        )
    relist(paths, index)
    folder = paths.processed / snapshot_id
    with guarded("keep a copy", folder):
        remove_tree(folder)
        candidate.rename(folder)
    return folder


def relist(paths: Paths, index: Index) -> None:
    """Make ``index`` the one in force, and its ``latest`` the latest, in one step. The store must be locked.

    Raises :class:`StoreBusy` when another publisher changed the index of an object store since it was read.
    """
    if paths.store:
        Remote(paths.store).replace("index.json", index_bytes(index), index.get("etag"))
        return
    with guarded("list", paths.index):
        _switch(paths, _prepare_state(paths, index_bytes(index), index["latest"]))


def _switch(paths: Paths, state: Path) -> None:
    put_link(paths.processed / ".current", f".state/{state.name}", state.parent)  # the atomic step
    with suppress(PublishError, OSError):  # old ones: the next publisher tries again
        _drop_states(paths, below=int(state.name) - _KEPT_STATES + 1)


def _prepare_state(paths: Paths, index: bytes, latest: str | None) -> Path:
    states = paths.processed / ".state"
    for name in ("index.json", "latest"):
        link = paths.processed / name
        if os.path.lexists(link) and not link.is_symlink():
            raise PublishError(
                f"{name} is not the link it should be: the store was copied without its links",
                where=str(link),
                do=f"copy it again with links (cp -a, rsync -a), or move {name} away to start a new index",
            )
    with guarded("prepare", states):
        states.mkdir(exist_ok=True)
        state = states / str(max(_states(paths), default=0) + 1)
        state.mkdir()
        write_bytes(state / "index.json", index)
        if latest is not None:
            (state / "latest").symlink_to(f"../../{latest}")
        sync_dir(state)
        sync_dir(states)
        # At first they lead nowhere: nothing is there to read until .current is, and no latest before a promotion.
        for name in ("index.json",) if latest is None else ("index.json", "latest"):
            link, target = paths.processed / name, f".current/{name}"
            if not (link.is_symlink() and str(link.readlink()) == target):
                put_link(link, target, states)
    return state


def _states(paths: Paths) -> list[int]:
    states = paths.processed / ".state"
    return sorted(int(p.name) for p in states.iterdir() if p.name.isdecimal()) if states.is_dir() else []


def _current(paths: Paths) -> int:
    """Number of the state that readers see; 0 before the first."""
    link = paths.processed / ".current"
    return int(link.readlink().name) if link.is_symlink() else 0


def _drop_states(paths: Paths, *, above: int | None = None, below: int | None = None) -> None:
    """Remove half-made states (above the current one) or old ones, and the links that were never put in place."""
    states = paths.processed / ".state"
    for n in _states(paths):
        if (above is not None and n > above) or (below is not None and n < below):
            remove_tree(states / str(n))
    for link in sorted(states.glob("*.link")):
        link.unlink()


def move_to_rejected(paths: Paths, candidate: Path, snapshot_id: str) -> Path:
    """Put a finished candidate under ``rejected/`` and return its folder: the same one when it was rejected before."""
    manifest = (candidate / "manifest.json").read_bytes()
    with guarded("reject", paths.rejected):
        paths.rejected.mkdir(exist_ok=True)
        for k in count(1):
            folder = paths.rejected / f"{snapshot_id}-{k}"
            if not folder.exists():
                candidate.rename(folder)
                sync_dir(paths.rejected)
                if paths.store:
                    _upload_rejected(Remote(paths.store), folder, snapshot_id)
                return folder
            known = folder / "manifest.json"
            if known.is_file() and known.read_bytes() == manifest:
                return folder
    raise AssertionError("count() does not end")


def _upload_rejected(remote: Remote, folder: Path, snapshot_id: str) -> None:
    body = (folder / MANIFEST).read_bytes()
    prefix = next(p for k in count(1) if remote.claim(p := f"rejected/{snapshot_id}-{k}", MANIFEST, body))
    remote.upload(prefix, folder, _names(folder, read_manifest(folder)))


def _names(folder: Path, manifest: Manifest) -> list[str]:
    """The files of a snapshot, with its manifest, and the signature of that where there is one."""
    return [*manifest["files"], MANIFEST, *(name for name in (SIGNATURE,) if (folder / name).is_file())]
