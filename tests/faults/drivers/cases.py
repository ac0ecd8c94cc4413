"""Every fault that is tried: what it is, how it is made, how the run must end and what a reader must see after it."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import inject
import place
from inject import Watch, at, errno, kill, refuse

from ptce_etl.config import Paths
from ptce_etl.errors import WorkerLost
from ptce_etl.pipeline import building
from ptce_etl.publish.index import read_index

Inject = Callable[[Watch, Path], object]
OnDisk = Callable[[Path], object]
DONE, FAILED, KILLED = "exit 0", "exit 1", "SIGKILL"


def _nothing(*_: object) -> None:
    """No fault here."""


@dataclass(frozen=True)
class Case:
    """``inject`` in the run's own process, ``damage`` on disk before it, ``heal`` before the next; ``web``: how the
    server answers. ``ends``: how the run ends. ``sees``: what a reader then sees. ``broken``: what `ptce verify` must
    name until it is healed.
    """

    name: str
    what: str
    inject: Inject = _nothing
    damage: OnDisk = _nothing
    heal: OnDisk = _nothing
    beside: Inject | None = None
    web: str = "ok"
    ends: str = KILLED
    sees: str = "old"
    says: str = ""
    broken: str = ""
    now: str = place.SECOND
    next_now: str = place.THIRD
    base: str = "published"
    lost: bool = True

    @property
    def group(self) -> str:
        return self.name.partition(": ")[0]


def _kill(where: str, pattern: str, *, sees: str = "old", nth: int = 1, base: str = "published") -> Case:
    return Case(f"kill -9: {where}", f"SIGKILL at `{pattern}`", lambda w, _: at(w, pattern, kill, nth=nth),
                sees=sees, base=base)  # fmt: skip


def _power(where: str, pattern: str, *, sees: str = "old", reordered: bool = True) -> Case:
    def do(watch: Watch, _root: Path) -> None:
        power = inject.PowerCut(watch, reordered=reordered)
        at(watch, pattern, power.cut)

    how = "names and bytes not flushed are lost" if reordered else "bytes not flushed are torn, names are kept"
    return Case(f"power cut: {where}", f"power lost at `{pattern}`: {how}", do, sees=sees)


def _refused(kind: str, where: str, pattern: str, number: int, *, ends: str = FAILED, says: str = "PublishError",
             sees: str = "old") -> Case:  # fmt: skip
    code = errno.errorcode[number]
    return Case(f"{kind}: {where}", f"{code} from `{pattern}` on", lambda w, _: at(w, pattern, refuse(number), on=True),
                ends=ends, says=says, sees=sees)  # fmt: skip


_STEPS = ("collect", "intake", "clean", "resolve", "measure", "write", "validate")
_KILLS = [
    _kill("a page half archived", r"open raw/archive/private/.*part"),
    _kill("a page archived, not named", r"rename raw/archive/private"),
    _kill("a ledger archived, not logged", r"open raw/archive/requests/book"),
    *(_kill(f"after {step}", f"step {step}$") for step in _STEPS),
    _kill("staging begun", r"mkdir processed/\.staging/2026"),
    _kill("a table half written", r"write processed/\.staging/.*listings\.parquet"),
    _kill("candidate not complete", r"open .*candidate\.json"),
    _kill("a page of the site", r"open .*site/"),
    _kill("manifest", r"open .*manifest\.json"),
    _kill("identities half written", r"fsync decisions/\.identities\.csv\.new"),
    _kill("identities kept, nothing promoted", r"open processed/\.promoting"),
    _kill("snapshot in place, not listed", r"rename processed/\.state/current\.link"),
    _kill("listed, intent still there", r"remove processed/\.promoting", sees="new"),
    _kill("a first run, sources not archived", r"open raw/archive/objects", sees="none", base="empty"),
    _kill("a first publication", r"rename processed/\.state/current\.link", sees="none", base="empty"),
    Case("kill -9: while setting up a new root", "SIGKILL while the bundled ledgers are copied",
         lambda w, _: at(w, r"rename raw/\.transcribed", kill), damage=lambda r: _unseed(r), sees="none",
         base="empty", lost=False),
    Case("signal: SIGTERM", "SIGTERM after `measure`",
         lambda w, _: at(w, "step measure", lambda: os.kill(os.getpid(), signal.SIGTERM)), ends="SIGTERM"),
    Case("signal: Ctrl-C", "SIGINT while a table is written",
         lambda w, _: at(w, r"write .*edges\.parquet", lambda: os.kill(os.getpid(), signal.SIGINT)), ends="exit 130"),
]  # fmt: skip


def _unseed(root: Path) -> None:
    bundle = root.parent / f"{root.name}-bundle"
    shutil.rmtree(bundle, ignore_errors=True)
    bundle.mkdir()
    (bundle / "raw").mkdir()
    (root / "raw" / "transcribed").rename(bundle / "raw" / "transcribed")
    (root / "decisions").rename(bundle / "decisions")


_POWER = [
    _power("a page moved into the archive", r"open raw/archive/requests/web"),
    _power("a line of the request log", r"step collect"),
    _power("a table written", r"open .*candidate\.json"),
    _power("manifest written, torn", r"open decisions/\.identities", reordered=False),
    _power("identities moved", r"open processed/\.promoting"),
    _power("before the switch", r"rename processed/\.state/current\.link"),
    _power("after the switch", r"remove processed/\.promoting", sees="new"),
    _power("the end", r"step publish", sees="new"),
]

_DISK = [
    _refused("disk full", "archiving a page", r"open raw/archive/private", errno.ENOSPC),
    _refused("disk full", "logging a request", r"open raw/archive/requests/web", errno.ENOSPC),
    _refused("disk full", "flushing a capture", r"fsync raw/archive/", errno.EIO),
    _refused("disk full", "staging", r"mkdir processed/\.staging/2026", errno.ENOSPC),
    _refused("disk full", "half a table", r"write .*listings\.parquet", errno.ENOSPC),
    _refused("disk full", "flushing the manifest", r"fsync .*manifest\.json", errno.ENOSPC),
    _refused("disk full", "identities", r"open decisions/\.identities", errno.EDQUOT),
    _refused("disk full", "the switch", r"symlink .*current\.link", errno.ENOSPC),
    _refused("disk full", "after the switch", r"remove processed/\.promoting", errno.EIO, ends=DONE, says="",
             sees="new"),
    Case("disk full: files cut by the kernel", "no file may grow beyond 700 bytes (RLIMIT_FSIZE)",
         lambda w, _: at(w, "step measure", lambda: inject.small_files(700)), ends=FAILED, says="PublishError"),
    Case("disk full: a line of the log cut by the kernel", "the request log may grow by 40 bytes (RLIMIT_FSIZE)",
         lambda w, r: at(w, r"open raw/archive/requests/book", lambda: inject.small_files(
             (Paths(r).archive / "requests" / "book.jsonl").stat().st_size + 40)), ends=FAILED, says="PublishError"),
    Case("disk full: no more open files", "no file can be opened any more (RLIMIT_NOFILE)",
         lambda w, _: at(w, "step measure", inject.few_files), ends=FAILED, says="PublishError"),
]  # fmt: skip


def _mode(name: str, mode: int) -> OnDisk:
    def change(root: Path) -> None:
        for path in [root / name, *(root / name).rglob("*")]:
            if path.is_dir() and not path.is_symlink():
                path.chmod(mode)

    return change


def _forbidden(where: str, folder: str, *, mode: int = 0o555, says: str = "PublishError") -> Case:
    return Case(f"permission loss: {where}", f"`{folder}` at mode {mode:04o}, without root's privileges",
                lambda _w, _r: inject.no_privileges(), damage=_mode(folder, mode), heal=_mode(folder, 0o755),
                ends=FAILED, says=says)  # fmt: skip


_RIGHTS = [
    Case("read-only folder: the whole root", "EROFS from every write",
         lambda w, _: at(w, r"^(open|mkdir|rename|symlink|remove) ", refuse(errno.EROFS), on=True),
         ends=FAILED, says="PublishError"),
    _forbidden("the archive cannot be written", "raw/archive"),
    _forbidden("the decisions cannot be written", "decisions"),
    _forbidden("the store cannot be written", "processed/.staging"),
    _forbidden("the state cannot be written", "processed/.state"),
]  # fmt: skip

_CLOCKS = [
    Case("clock: back a year", "the run is told 2025-11-22", now="2025-11-22T06:30:00+00:00", ends=DONE, sees="new"),
    Case("clock: back a second", "the run is told a second before the last",
         now="2026-11-21T06:29:59+00:00", ends=DONE, sees="new"),
    Case("clock: stands still", "the run is told the very instant of the last", now=place.FIRST, ends=DONE, sees="new"),
    Case("clock: ahead thirty years", "the run is told 2056, the next the right day",
         now="2056-11-22T06:30:00+00:00", ends=DONE, sees="new"),
    Case("clock: the hour that comes twice", "02:30 in Paris on the night summer time ends",
         now="2026-10-25T02:30:00+01:00", ends=DONE, sees="new"),
]  # fmt: skip


def _other_run(root: Path, now: str = place.SECOND) -> int:
    return place.forked(lambda: place.job(root, now, root.parent / f"{root.name}-other.txt"))


def _publish_between(watch: Watch, root: Path) -> None:
    def other() -> None:
        watch.quiet = True
        assert place.ended(_other_run(root)) == DONE
        watch.quiet = False

    at(watch, "step validate", other)


def _answer_meanwhile(watch: Watch, root: Path) -> None:
    from ptce_etl.publish.decisions_store import append_judgements
    from ptce_etl.resolve.decisions import Judgement

    said = Judgement("a1", "c1", "different", "u", "2026-11-22", "towns")
    at(watch, "step clean", lambda: append_judgements(Paths(root), [said]))


def _hold(watch: Watch, root: Path) -> int:
    """A publisher that stands still while it holds the store."""
    from ptce_etl.publish.store import locked

    read, write = os.pipe()

    def held() -> int:
        with locked(Paths(root)):
            os.write(write, b"x")
            signal.pause()
        return 0

    pid = place.forked(held)
    os.read(read, 1)
    return pid


_TWO = [
    Case("two runs: at once", "the same run, started twice", beside=lambda _w, r: _other_run(r), ends="either",
         sees="new"),
    Case("two runs: another holds the store", "a publisher stands still in the middle", beside=_hold, ends="exit 5",
         says="StoreBusy"),
    Case("two runs: another publishes in between", "another run publishes the same between build and publication",
         _publish_between, ends=DONE, sees="new"),
    Case("two runs: an answer meanwhile", "a judgement is added while the run builds", _answer_meanwhile, ends=DONE,
         sees="new"),
]  # fmt: skip


def _objects(root: Path, part: str = "objects") -> list[Path]:
    return sorted(p for p in (Paths(root).archive / part).rglob("*") if p.is_file())


def _flip(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    mode = path.stat().st_mode
    path.chmod(0o644)
    path.write_bytes(body)
    path.chmod(mode)


def _keep(root: Path) -> Path:
    return root.parent / f"{root.name}-kept"


def _restore(root: Path) -> None:
    """Put back from a copy what was damaged, as `do:` says; what the run added stays."""
    for path in sorted(_keep(root).rglob("*")):
        target = root / path.relative_to(_keep(root))
        grown = "requests" in path.parts or target.name == "index.json" or target.is_relative_to(Paths(root).decisions)
        if path.is_file() and not path.is_symlink() and not grown:
            target.unlink(missing_ok=True)
            shutil.copy2(path, target)


def _book_capture(root: Path) -> Path:
    line = (Paths(root).archive / "requests" / "book.jsonl").read_text("utf-8").splitlines()[0]
    digest = json.loads(line)["sha256"]
    return Paths(root).archive / "objects" / digest[:2] / digest


def _no_ledger(root: Path) -> None:
    place.ledger(root).rename(place.ledger(root).with_name("away.csv"))


def _ledger_back(root: Path) -> None:
    place.ledger(root).with_name("away.csv").rename(place.ledger(root))


def _append(path: Path, data: bytes) -> None:
    path.write_bytes(path.read_bytes() + data)


def _log(root: Path) -> Path:
    return Paths(root).archive / "requests" / "book.jsonl"


def _unappend(path: Path, data: bytes) -> None:
    path.write_bytes(path.read_bytes().replace(data, b""))


_ODD = b'{"source_id": "book", "who": "knows"}\n'
_ARCHIVE = [
    Case("archive: an object rotted, its source still serves", "one bit of the ledger's capture is turned",
         damage=lambda r: (_flip(_book_capture(r)), place.ledger(r).write_text(place.LEDGER, "utf-8")),
         heal=lambda r: place.ledger(r).write_text(place.LEDGER + place.NEW_ROW, "utf-8"), ends=DONE),
    Case("archive: a page's private copy rotted", "one bit of it is turned",
         damage=lambda r: _flip(_objects(r, "private")[0]), heal=_restore, ends=DONE, sees="new"),
    Case("archive: an object rotted, its source is gone", "one bit of the ledger's capture is turned, the ledger gone",
         damage=lambda r: (_flip(_book_capture(r)), _no_ledger(r)),
         heal=lambda r: (_ledger_back(r), _restore(r)), ends=FAILED, says="PublishError"),
    Case("archive: an object lost, its source is gone", "the ledger's capture is removed, the ledger gone",
         damage=lambda r: (_book_capture(r).unlink(), _no_ledger(r)),
         heal=lambda r: (_ledger_back(r), _restore(r)), ends=FAILED, says="PublishError"),
    Case("archive: a torn line in the request log", "the log ends in half a line",
         damage=lambda r: _append(_log(r), b'{"source_id": "bo'), ends=DONE, sees="new"),
    Case("archive: a line of the log that is not ours", "the log holds a line with other fields",
         damage=lambda r: _append(_log(r), _ODD), heal=lambda r: _unappend(_log(r), _ODD), ends=FAILED,
         says="PublishError"),
]  # fmt: skip


def _in_latest(name: str, change: Callable[[Path], object]) -> OnDisk:
    def damage(root: Path) -> None:
        folder = Paths(root).latest.resolve()
        folder.chmod(0o755)
        change(folder / name)

    return damage


def _lie(path: Path) -> None:
    """Change a manifest and give it the digest that goes with it."""
    from ptce_etl.publish.manifest import manifest_bytes

    manifest = json.loads(path.read_bytes()) | {"code_version": "9.9.9+000000000000"}
    path.chmod(0o644)
    path.write_bytes(manifest_bytes(manifest))


def _cut(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _remove_extra(root: Path) -> None:
    (Paths(root).processed / read_index(Paths(root))["snapshots"][0]["id"] / "more.csv").unlink()


_EDITED = [
    Case("snapshot: a table edited", "one bit of the latest snapshot's poles.csv is turned",
         damage=_in_latest("poles.csv", _flip), heal=_restore, ends=DONE, sees="new", broken="poles.csv"),
    Case("snapshot: a Parquet file edited", "one bit of the latest snapshot's poles.parquet is turned",
         damage=_in_latest("poles.parquet", _flip), heal=_restore, ends=FAILED, says="PublishError",
         broken="poles.parquet"),
    Case("snapshot: a file removed", "the latest snapshot loses edges.parquet",
         damage=_in_latest("edges.parquet", Path.unlink), heal=_restore, ends="exit 4", says="NoData",
         broken="edges.parquet"),
    Case("snapshot: a manifest forged", "another code version in the manifest, and the digest that goes with it",
         damage=_in_latest("manifest.json", _lie), heal=_restore, ends=DONE, sees="new", broken="manifest.json"),
    Case("snapshot: a manifest cut in half", "half of the latest snapshot's manifest",
         damage=_in_latest("manifest.json", _cut), heal=_restore, ends=FAILED, says="PublishError",
         broken="manifest.json"),
    Case("snapshot: a file added", "a file that no manifest names",
         damage=_in_latest("more.csv", lambda p: p.write_bytes(b"a\n")), heal=_remove_extra, ends=DONE, sees="new",
         broken="more.csv"),
]  # fmt: skip


def _half(name: str) -> Case:
    def damage(root: Path) -> None:
        path = Paths(root).decisions / name
        if not path.exists():
            path.write_text({"corrections.yml": "corrections: [{", "redirects.csv": "pole_id,sta"}[name], "utf-8")
        else:
            body = path.read_bytes()
            path.write_bytes(body[: len(body) - 14])  # in the middle of the last pole's id

    def heal(root: Path) -> None:
        kept = _keep(root) / "decisions" / name
        target = Paths(root).decisions / name
        target.unlink()
        if kept.exists():
            shutil.copy2(kept, target)

    return Case(f"decisions: half of {name}", f"`{name}` ends in the middle", damage=damage, heal=heal, ends="exit 2",
                says="Error")  # fmt: skip


def _judgement_torn(root: Path) -> None:
    path = Paths(root).judgements
    path.write_bytes(path.read_bytes() + b'{"left": "a2", "ri')


def _judgement_mended(root: Path) -> None:
    path = Paths(root).judgements
    path.write_bytes(path.read_bytes().replace(b'{"left": "a2", "ri', b""))


_DECISIONS = [
    Case("decisions: half a judgement", "the last line of `judgements.jsonl` is cut", damage=_judgement_torn,
         heal=_judgement_mended, ends="exit 2", says="DecisionError"),
    *(_half(name) for name in ("identities.csv", "redirects.csv", "corrections.yml")),
]  # fmt: skip

_WEB = [
    *(Case(f"network: {how}", f"the source answers: {how}", web=how, ends=DONE, sees="new")
      for how in ("dies mid-body", "resets", "500", "503", "429", "404", "403", "slow", "silent", "endless", "bomb",
                  "torn gzip", "empty", "a login page", "other columns", "redirects to itself",
                  "redirects to a private address", "no HTTP", "no robots.txt")),
    Case("network: no name resolves", "DNS fails", lambda _w, _r: inject.no_names(), ends=DONE, sees="new"),
]  # fmt: skip


def _lose_worker(watch: Watch, _root: Path) -> None:
    """The work on names is done by worker processes, and one of them is killed (by the kernel, short of memory)."""
    from ptce_etl import workers

    clean = building.clean_listings

    def with_workers(*args: object, **named: object) -> object:
        crew = workers._Crew(1)
        with crew:
            crew.members[0].kill()
            crew.work(len, "work")  # raises WorkerLost
        return clean(*args, **named)

    building.clean_listings = with_workers


def _memory(where: str, pattern: str) -> Case:
    return Case(f"memory: none left {where}", f"MemoryError at `{pattern}`",
                lambda w, _: at(w, pattern, inject.no_memory), ends=FAILED, says="MemoryError")  # fmt: skip


_MEMORY = [
    _memory("after resolve", "step resolve"),
    _memory("while writing a table", r"write .*values\.parquet"),
    _memory("before the switch", r"open processed/\.promoting"),
    Case("memory: the kernel gives no more", "no more address space after `measure` (RLIMIT_AS)",
         lambda w, _: at(w, "step measure", lambda: inject.small_memory(-50)), ends="any",
         sees="any"),
    Case("worker: killed at work", "a worker process is killed before its work is done", _lose_worker, ends=FAILED,
         says="WorkerLost"),
]  # fmt: skip

CASES = [*_KILLS, *_POWER, *_DISK, *_RIGHTS, *_CLOCKS, *_TWO, *_ARCHIVE, *_EDITED, *_DECISIONS, *_WEB, *_MEMORY]
assert WorkerLost and len({case.name for case in CASES}) == len(CASES)
