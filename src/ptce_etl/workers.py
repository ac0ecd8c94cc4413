"""A pure function over many items, in chunks, on every core of this machine: same results as in one process.

Python runs one thread at a time, so work on text needs processes. Ours are started afresh (never forked: Arrow's
threads do not survive a fork), know nothing of the program that started them (``__main__`` is not imported again, so
it may be a notebook, a script without a guard, or standard input), and talk through their own pipes: when the parent
goes, however it goes, they read the end of their input and go too.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from io import BufferedWriter, FileIO
from queue import SimpleQueue
from typing import IO, TypeVar

from ptce_etl.errors import ConfigError, WorkerLost

__all__ = ["available", "begun", "in_chunks", "serve"]

T = TypeVar("T")
R = TypeVar("R")

_LEAST = 20_000  # items below which starting processes costs more than it saves
_CHUNKS = 4  # a worker, so that none waits long for the last one
_LARGEST = 100_000  # items a chunk: what is under way stays small in memory
_HEAD = struct.Struct(">Q")  # length of the message that follows
_START = "import sys; sys.path[:] = {path!r}; from ptce_etl.workers import serve; serve()"


def available(workers: int | None = None) -> int:
    """How many workers to use: ``workers``, else the environment's PTCE_WORKERS, else the cores this process may use.

    Raises :class:`ConfigError` for anything but a whole number from 1.
    """
    said = os.environ.get("PTCE_WORKERS", "").strip() if workers is None else str(workers)
    if said:
        if not said.isdecimal() or int(said) < 1:
            raise ConfigError(
                f"'{said}' workers", where="PTCE_WORKERS, or workers=", do="give a whole number from 1; 1 is no helper"
            )
        return int(said)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_chunks(
    task: Callable[[Sequence[T]], R], items: Sequence[T], *, least: int = _LEAST, workers: int | None = None
) -> list[R]:
    """``task`` of each chunk of ``items``, in order; one chunk, in this process, when they are fewer than ``least``.

    How the items are cut depends on the number of workers: ``task`` must give what, put together, does not. It is
    found by its name, so it (or what it is a ``partial`` of) stands at the top of a module; one of ``__main__`` runs in
    this process. What it raises is raised here. A worker that ends before its work (killed, out of memory) raises
    :class:`WorkerLost`.
    """
    with begun(task, items, least=least, workers=workers) as found:
        return found()


@contextmanager
def begun(
    task: Callable[[Sequence[T]], R], items: Sequence[T], *, least: int = _LEAST, workers: int | None = None
) -> Iterator[Callable[[], list[R]]]:
    """:func:`in_chunks` under way while this process does something else; what it gives is called for the results.

    Where there are no workers, the work is done then. An error in the block ends the workers.
    """
    count = min(available(workers), -(-len(items) // max(least // 2, 1)))
    if count < 2 or len(items) < least or not sys.executable or _plain(task).__module__ == "__main__":
        yield lambda: [task(items)]
        return
    size = min(-(-len(items) // (count * _CHUNKS)), _LARGEST)
    chunks = [items[start : start + size] for start in range(0, len(items), size)]
    with _Crew(count) as crew, ThreadPoolExecutor(count) as threads, crew.stopped_on_error(threads):
        futures = [threads.submit(crew.work, task, chunk) for chunk in chunks]
        yield lambda: [future.result() for future in futures]


def _plain(task: Callable[..., object]) -> Callable[..., object]:
    return task.func if isinstance(task, partial) else task


class _Crew:
    """Worker processes, each with one piece of work at a time."""

    def __init__(self, count: int) -> None:
        command = [sys.executable, "-c", _START.format(path=sys.path)]
        env = os.environ | {"PTCE_WORKERS": "1"}  # no workers of workers
        self.members: list[subprocess.Popen[bytes]] = []
        self.free: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        for _ in range(count):
            member = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env
            )
            self.members.append(member)
            self.free.put(member)

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for member in self.members:
            with suppress(BrokenPipeError):
                _pipe(member.stdin).close()  # the end of its input: it ends
            _pipe(member.stdout).close()
            member.wait()

    @contextmanager
    def stopped_on_error(self, threads: ThreadPoolExecutor) -> Iterator[None]:
        """On an error (Ctrl-C too) no piece of work is waited for."""
        whole = False
        try:
            yield
            whole = True
        finally:
            if not whole:
                threads.shutdown(wait=False, cancel_futures=True)
                for member in self.members:
                    member.kill()

    def work(self, task: Callable[[Sequence[T]], R], chunk: Sequence[T]) -> R:
        """``task(chunk)``, done by the next member that is free."""
        member = self.free.get()
        try:
            answer = _exchange(member, pickle.dumps((task, chunk), protocol=pickle.HIGHEST_PROTOCOL))
        finally:
            self.free.put(member)
        if answer is None:
            raise _lost(member, f"{_plain(task).__module__}.{_plain(task).__qualname__}")
        done, found = pickle.loads(answer)  # noqa: S301 - written by our own worker
        if not done:
            raise found
        result: R = found
        return result


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream


def _exchange(member: subprocess.Popen[bytes], message: bytes) -> bytes | None:
    """What the worker answers; None when it is no longer there."""
    try:
        _write(_pipe(member.stdin), message)
    except OSError:
        return None
    return _read(_pipe(member.stdout))


def _write(stream: IO[bytes], message: bytes) -> None:
    stream.write(_HEAD.pack(len(message)))
    stream.write(message)
    stream.flush()


def _read(stream: IO[bytes]) -> bytes | None:
    """The next message whole, or None at the end of the stream."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    (length,) = _HEAD.unpack(head)
    message = stream.read(length)
    return message if len(message) == length else None


def _lost(member: subprocess.Popen[bytes], task: str) -> WorkerLost:
    code = member.wait()
    how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
    return WorkerLost(
        f"a worker process {how} before its work was done",
        where=task,
        do="try again; when memory is short, work in one process: PTCE_WORKERS=1",
    )


def serve() -> None:
    """The worker's side: do what comes in, answer, until the end of the input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group: the parent decides
    with BufferedWriter(FileIO(os.dup(1), "w")) as answers, ThreadPoolExecutor(1) as thread:
        os.dup2(2, 1)  # what a task prints must not get between the answers
        while (message := _read(sys.stdin.buffer)) is not None:
            answer = _answer(thread, message)
            try:
                _write(answers, answer)
            except BrokenPipeError:  # the parent is gone: nobody to tell, nothing to tidy up
                os._exit(1)


def _answer(thread: ThreadPoolExecutor, message: bytes) -> bytes:
    """(True, result) or (False, error): a future keeps whatever is raised."""
    work = thread.submit(_do, message)
    error = work.exception()
    if error is None:
        return work.result()
    error.add_note("in a worker process:\n" + "".join(traceback.format_exception(error)))
    told = thread.submit(_told, error)
    return told.result() if told.exception() is None else _told(RuntimeError(*error.__notes__))


def _do(message: bytes) -> bytes:
    task, chunk = pickle.loads(message)  # noqa: S301 - written by our own parent
    return pickle.dumps((True, task(chunk)), protocol=pickle.HIGHEST_PROTOCOL)


def _told(error: BaseException) -> bytes:
    """An error that can be read again on the other side (not every one can)."""
    message = pickle.dumps((False, error), protocol=pickle.HIGHEST_PROTOCOL)
    pickle.loads(message)  # noqa: S301 - written just above
    return message
