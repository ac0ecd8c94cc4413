"""What is done to a run from inside its own process, at a step that a pattern names.

Steps are seen, not listed: an audit hook tells every file opened for writing, renamed, linked or removed and every
folder made under the data root; flushing, writing a published file and ending a step of the pipeline are seen by
wrapping those calls. A step is told as text ("open processed/.staging/…/manifest.json", "step clean").
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import resource
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from ptce_etl.pipeline.stopwatch import Clock
from ptce_etl.publish import files

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
TOLD = {"open": "open", "os.rename": "rename", "os.mkdir": "mkdir", "os.symlink": "symlink", "os.remove": "remove",
        "os.rmdir": "rmdir"}  # fmt: skip
Act = Callable[[], object]


class Watch:
    """Tells each step of this process under ``root`` to those who listen."""

    def __init__(self, root: Path) -> None:
        self.root = str(root)
        self.listeners: list[Callable[[str, tuple[str, ...]], object]] = []
        self.quiet = False
        self._install()

    def tell(self, what: str, *paths: str) -> None:
        if self.quiet:
            return
        inside = [path.removeprefix(f"{self.root}/") for path in paths if path.startswith(self.root)]
        if not paths or inside:
            for listener in self.listeners:
                listener(f"{what} {' > '.join(inside)}".strip(), paths)

    def _audit(self, event: str, args: tuple[object, ...]) -> None:
        told = TOLD.get(event)
        if told is None or (told == "open" and not int(str(args[2])) & WRITING):
            return
        paths = tuple(os.fsdecode(a) for a in args[:2] if isinstance(a, str | bytes | os.PathLike))
        nothing = {"mkdir": True, "remove": False, "rmdir": False}.get(told) is (paths and os.path.lexists(paths[0]))
        if paths and not nothing:
            self.tell(told, *paths)

    def _install(self) -> None:
        fsync, write, done = os.fsync, files._Sink.write, Clock.done

        def told_fsync(fd: int) -> None:
            self.tell("fsync", os.readlink(f"/proc/self/fd/{fd}"))

        def told_write(sink: files._Sink, data: bytes) -> int:
            if len(data) > 100:
                self.tell("write", str(sink.raw.name))
            return write(sink, data)

        def told_step(clock: Clock, step: str) -> None:
            done(clock, step)
            self.tell(f"step {step}")

        self.fsync = fsync
        os.fsync = told_fsync  # what a power cut would lose is told apart below; the disk itself need not be waited for
        files._Sink.write = told_write
        Clock.done = told_step
        sys.addaudithook(self._audit)


def at(watch: Watch, pattern: str, act: Act, *, nth: int = 1, on: bool = False) -> None:
    """``act`` at the ``nth`` step that ``pattern`` finds; with ``on`` at each one from there on."""
    seen = 0

    def listen(step: str, _paths: tuple[str, ...]) -> None:
        nonlocal seen
        if re.search(pattern, step):
            seen += 1
            if seen == nth or (on and seen > nth):
                act()

    watch.listeners.append(listen)


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse(number: int) -> Act:
    """The system's refusal ``number`` (errno), as the call itself would raise it."""

    def act() -> None:
        raise OSError(number, os.strerror(number))

    return act


def no_memory() -> None:
    raise MemoryError


def small_files(size: int) -> None:
    """From here on the kernel itself cuts every file at ``size`` bytes: a write is short, the next one refused."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def small_memory(mb: int) -> None:
    """From here on the kernel gives this process ``mb`` more megabytes and no more."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    most = pages * resource.getpagesize() + mb * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def few_files() -> None:
    """No file can be opened any more: those of a process are counted."""
    soft = len(os.listdir("/proc/self/fd")) + 1
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


def no_privileges() -> None:
    """Give up what root may do in spite of the modes of files; nothing to do for anybody else."""
    if os.geteuid() == 0:
        head = (ctypes.c_uint32 * 2)(0x20080522, 0)
        none = (ctypes.c_uint32 * 6)(*[0] * 6)
        if ctypes.CDLL(None, use_errno=True).capset(head, none) != 0:
            raise OSError(ctypes.get_errno(), "capset")


def no_names() -> None:
    """No name resolves."""

    def getaddrinfo(host: object, *_rest: object, **_named: object) -> object:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    socket.getaddrinfo = getaddrinfo


class PowerCut:
    """What the disk holds after a power cut: only what was flushed is sure to be there.

    ``torn``: of a file that was not flushed, half of what was written. ``reordered``: moreover, names made, moved or
    removed in a folder that was not flushed since are as they were, whatever came after them.
    """

    def __init__(self, watch: Watch, *, reordered: bool) -> None:
        self.watch, self.reordered = watch, reordered
        self.unflushed: dict[str, int] = {}  # file → the size that is safe
        self.undo: list[tuple[str, Act]] = []  # (folder whose flush makes it sure, how it is undone)
        watch.listeners.append(self._listen)

    def _listen(self, step: str, paths: tuple[str, ...]) -> None:
        told = step.split(" ")[0]
        path = paths[-1] if paths else ""
        folder = os.path.dirname(path)
        match told:
            case "open":
                if not os.path.lexists(path):
                    self.undo.append((folder, lambda: os.unlink(path)))
                self.unflushed[path] = os.path.getsize(path) if os.path.exists(path) else 0
            case "mkdir":
                self.undo.append((folder, lambda: shutil.rmtree(path)))
            case "symlink":
                self.undo.append((folder, lambda: os.unlink(path)))
            case "rename":
                self._renamed(paths[0], path)
            case "remove":
                self._removed(path)
            case "fsync":
                self.unflushed.pop(path, None)
                self.undo = [(where, how) for where, how in self.undo if where != path]

    def _renamed(self, source: str, target: str) -> None:
        back = self._kept(target)

        def undone() -> None:
            os.rename(target, source)
            back()

        self.undo.append((os.path.dirname(target), undone))
        moved = {name: target + name.removeprefix(source) for name in self.unflushed if name.startswith(source)}
        for old, new in moved.items():
            self.unflushed[new] = self.unflushed.pop(old)

    def _removed(self, path: str) -> None:
        if os.path.isabs(path):
            self.undo.append((os.path.dirname(path), self._kept(path)))

    @staticmethod
    def _kept(path: str) -> Act:
        if os.path.islink(path):
            lead = os.readlink(path)
            return lambda: os.symlink(lead, path)
        if os.path.isfile(path):
            content = Path(path).read_bytes()
            return lambda: Path(path).write_bytes(content)
        return lambda: None

    def cut(self) -> None:
        self.watch.quiet = True
        for path, safe in self.unflushed.items():
            if os.path.isfile(path):
                os.truncate(path, safe + (os.path.getsize(path) - safe) // 2)
        if self.reordered:
            for _folder, how in reversed(self.undo):
                try:
                    how()
                except FileNotFoundError:
                    continue  # it lay in what was undone before
        kill()


__all__ = [
    "PowerCut", "Watch", "at", "errno", "few_files", "kill", "no_memory", "no_names", "no_privileges", "refuse",
    "small_files", "small_memory",
]  # fmt: skip
