"""Work in several processes: same results, and no process left behind however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ptce_etl.errors import ConfigError, DataError, WorkerLost
from ptce_etl.workers import available, begun, in_chunks

SOURCES = Path(__file__).resolve().parents[1] / "src"
TASKS = """
import os, signal, sys, time
from ptce_etl.errors import DataError

class Sealed(Exception):
    def __init__(self, one, two):
        super().__init__("sealed")

def doubled(items):
    print("a task may print")
    return [2 * item for item in items], os.getpid()

def unreadable(items):
    raise DataError("cannot read", where=f"row {items[0]}", do="mend it")

def wrong(items):
    return items[0] / 0

def sealed(items):
    raise Sealed(1, 2)

def leaving(items):
    raise SystemExit(3)

def unsendable(items):
    return lambda: items

def multiplied(items, by):
    return [item * by for item in items]

def killed(items):
    os.kill(os.getpid(), signal.SIGKILL)

def slow(items):
    with open(os.environ["PTCE_TEST_PIDS"], "a") as pids:
        pids.write(f"{os.getpid()}\\n")
    time.sleep(float(os.environ["PTCE_TEST_SECONDS"]))
"""


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "ptce_test_tasks.py").write_text(TASKS, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)  # the workers look where this process looks
    monkeypatch.delitem(sys.modules, "ptce_test_tasks", raising=False)
    return __import__("ptce_test_tasks")


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_same_results_in_the_same_order(tasks: Any, workers: int) -> None:
    items = list(range(1001))
    parts = in_chunks(tasks.doubled, items, least=10, workers=workers)
    assert [item for part, _ in parts for item in part] == [2 * item for item in items]
    others = {pid for _, pid in parts} - {os.getpid()}
    assert len(others) == (0 if workers == 1 else workers)


def test_a_task_may_have_arguments_of_its_own(tasks: Any) -> None:
    parts = in_chunks(partial(tasks.multiplied, by=3), range(40), least=2, workers=2)
    assert [item for part in parts for item in part] == [3 * item for item in range(40)]


def test_this_process_may_do_something_else_meanwhile(tasks: Any) -> None:
    with begun(tasks.doubled, range(40), least=2, workers=2) as found:
        mine = [item + 1 for item in range(3)]
        parts = found()
    assert mine == [1, 2, 3]
    assert [item for part, _ in parts for item in part] == [2 * item for item in range(40)]
    with begun(tasks.doubled, [1], workers=2) as found:
        assert found() == [([2], os.getpid())]


def test_an_error_meanwhile_ends_the_workers(tasks: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pids = tmp_path / "pids"
    monkeypatch.setenv("PTCE_TEST_PIDS", str(pids))
    monkeypatch.setenv("PTCE_TEST_SECONDS", "600")
    with pytest.raises(DataError), begun(tasks.slow, range(8), least=2, workers=2):
        until(lambda: len(workers_of(pids)) == 2)
        raise DataError("something else went wrong")
    for worker in workers_of(pids):
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)


def test_few_items_are_not_worth_a_process(tasks: Any) -> None:
    for items in ([], [1], list(range(19))):
        assert in_chunks(tasks.doubled, items, least=20, workers=2) == [([2 * i for i in items], os.getpid())]


@pytest.mark.parametrize(
    ("task", "error", "said"),
    [
        ("unreadable", DataError, "cannot read"),
        ("wrong", ZeroDivisionError, "division by zero"),
        ("sealed", RuntimeError, "Sealed: sealed"),
        ("leaving", SystemExit, "3"),
        ("unsendable", (AttributeError, TypeError), "<lambda>|local object"),
        ("killed", WorkerLost, "was killed by signal 9 before its work was done"),
    ],
)
def test_what_goes_wrong_in_a_worker_is_raised_here(
    tasks: Any, task: str, error: type[BaseException], said: str
) -> None:
    with pytest.raises(error, match=said) as caught:
        in_chunks(getattr(tasks, task), list(range(40)), least=2, workers=2)
    if task == "unreadable":
        assert caught.value.where == "row 0"
    if task == "wrong":
        assert "in a worker process" in caught.value.__notes__[0]
        assert "items[0] / 0" in caught.value.__notes__[0]
    if task == "killed":
        assert "PTCE_WORKERS=1" in str(caught.value)


def test_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PTCE_WORKERS", raising=False)
    assert available() == len(os.sched_getaffinity(0))
    monkeypatch.setenv("PTCE_WORKERS", " 3 ")
    assert (available(), available(5)) == (3, 5)
    for wrong in ("0", "-1", "two", "1.5"):
        monkeypatch.setenv("PTCE_WORKERS", wrong)
        with pytest.raises(ConfigError, match="workers"):
            available()


SCRIPT = """
from ptce_etl.clean.names import name_key
from ptce_etl.clean import spellings
spellings._WORTH_WORKERS = 4
said = spellings.read_names([f"PTCE Éco{n} du Bois" for n in range(40)], workers=2)
print(said.key[0], said.key[39], len(said.key))
"""


@pytest.mark.parametrize("how", ["stdin", "-c", "file"])
def test_no_guard_is_needed_whatever_the_main_program_is(how: str, tmp_path: Path) -> None:
    script = tmp_path / "unguarded.py"
    script.write_text(SCRIPT, encoding="utf-8")
    arguments = {"stdin": ["-"], "-c": ["-c", SCRIPT], "file": [str(script)]}[how]
    done = subprocess.run(
        [sys.executable, *arguments],
        input=SCRIPT if how == "stdin" else None,
        env=os.environ | {"PYTHONPATH": str(SOURCES)},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("eco0 bois eco39 bois 40\n", "")


def test_a_task_of_the_main_program_runs_there() -> None:
    code = """
    import os
    from ptce_etl.workers import in_chunks
    def mine(items): return os.getpid()
    print(in_chunks(mine, list(range(99)), least=2, workers=2) == [os.getpid()])
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env=os.environ | {"PYTHONPATH": str(SOURCES)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "True\n"


@pytest.mark.parametrize(
    ("blow", "seconds"),
    [
        (signal.SIGINT, 60),  # Ctrl-C: what is under way is not waited for
        (signal.SIGTERM, 1),  # the parent cannot say anything: a worker sees it when its chunk is done
        (signal.SIGKILL, 1),
    ],
)
def test_no_worker_outlives_its_parent(tasks: Any, tmp_path: Path, blow: signal.Signals, seconds: int) -> None:
    pids = tmp_path / "pids"
    code = (
        "from ptce_etl.workers import in_chunks; import ptce_test_tasks\n"
        "in_chunks(ptce_test_tasks.slow, list(range(8)), least=2, workers=2)"
    )
    env = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(SOURCES)]),
        "PTCE_TEST_PIDS": str(pids),
        "PTCE_TEST_SECONDS": str(seconds),
    }
    with subprocess.Popen(
        [sys.executable, "-c", code], env=env, start_new_session=True, stderr=subprocess.PIPE, text=True
    ) as parent:
        until(lambda: len(workers_of(pids)) == 2)
        if blow == signal.SIGINT:
            os.killpg(parent.pid, blow)  # as a terminal does
        else:
            parent.send_signal(blow)
        _, said = parent.communicate(timeout=20)  # what they write errors to is closed: the workers are gone as well
    assert len(workers_of(pids)) == 2, "work was begun after the blow"
    if blow == signal.SIGINT:
        assert said.count("KeyboardInterrupt") == 1
        assert "WorkerLost" not in said
    else:
        assert said == ""


def workers_of(pids: Path) -> list[int]:
    return [int(line) for line in pids.read_text().splitlines()] if pids.exists() else []


def until(true: Callable[[], bool]) -> None:
    """Wait for what another process does; the test's own time limit ends it when that never comes."""
    while not true():
        time.sleep(0.02)
