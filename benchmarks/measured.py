"""What the benchmarks share: a command's time and memory, and the file their tables go to."""

from __future__ import annotations

import math
import os
import platform
import resource
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

__all__ = ["PTCE", "ROOT", "Limits", "Run", "machine", "measure", "table", "write_section"]

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
PTCE = str(Path(sys.executable).parent / "ptce")
EVERY = 0.1  # seconds between two looks at the memory
_HEAD = "# Results\n\nWritten by `make bench`. Each table says with what command, on what machine, and when.\n"


@dataclass(frozen=True)
class Run:
    """One command: seconds by the clock and of processors, peak MB of its largest process and of all its processes."""

    seconds: float
    cpu: float
    peak_mb: float
    peak_all_mb: float
    code: int
    stdout: str
    stderr: str
    over: str = ""  # the limit that ended it


@dataclass(frozen=True)
class Limits:
    """What a run may take: seconds by the clock, MB of all its processes together."""

    seconds: float = math.inf
    mb: float = math.inf


def measure(
    command: list[str],
    *,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    limits: Limits | None = None,
) -> Run:
    """Run ``command`` to its end. Exits with its output when it fails: figures of a failed run mean nothing.

    With ``limits`` a run that passes one is ended with all its processes, and neither that nor a failure exits: the
    ``Run`` says so.
    """
    environment = os.environ | (env or {})
    before = _cpu()
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=limits is not None,
    )
    watch = _Watch(process.pid, limits or Limits(), started)
    watch.start()
    stdout, stderr = process.communicate()
    seconds = time.perf_counter() - started
    watch.ended.set()
    watch.join()
    if process.returncode and limits is None:
        raise SystemExit(f"{' '.join(command)} exited with {process.returncode}\n{stdout}\n{stderr}")
    used = _cpu() - before
    return Run(seconds, used, watch.peak, watch.peak_all, process.returncode, stdout, stderr, watch.over)


def _cpu() -> float:
    """Processor seconds of every process started from here that has ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _Watch(threading.Thread):
    """Looks at /proc (Linux) now and then: the largest process, the sum of all, and whether a limit is passed."""

    def __init__(self, pid: int, limits: Limits, started: float) -> None:
        super().__init__()
        self.pid, self.limits, self.started = pid, limits, started
        self.ended = threading.Event()
        self.peak = self.peak_all = 0.0
        self.over = ""

    def run(self) -> None:
        told = Path("/proc/self/status").exists()
        while not self.ended.wait(EVERY):
            if told:
                family = _family(self.pid)
                self.peak = max([self.peak, *(_peak(member) for member in family)])
                self.peak_all = max(self.peak_all, self.peak, sum(_resident(member) for member in family))
            if time.perf_counter() - self.started > self.limits.seconds:
                self.over = f"over {self.limits.seconds:.0f} s"
            elif self.peak_all > self.limits.mb:
                self.over = f"over {self.limits.mb:.0f} MB"
            if self.over:
                with suppress(ProcessLookupError):
                    os.killpg(self.pid, signal.SIGKILL)
                return


def _family(pid: int) -> list[int]:
    family, look = [], [pid]
    while look:
        member = look.pop()
        family.append(member)
        for children in Path(f"/proc/{member}/task").glob("*/children"):
            try:
                look += [int(child) for child in children.read_text(encoding="utf-8").split()]
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended between two looks
    return family


def _resident(pid: int) -> float:
    return _field(pid, "VmRSS:") / 1024


def _peak(pid: int) -> float:
    return _field(pid, "VmHWM:") / 1024


def _field(pid: int, name: str) -> int:
    try:
        for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    except (FileNotFoundError, ProcessLookupError):
        pass  # it ended between two looks
    return 0


def machine() -> str:
    """What the figures were taken on, in one line."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("pandas", "pyarrow", "prefect", "great-expectations"))
    bits = [
        platform.system(),
        platform.machine(),
        f"{os.cpu_count()} cores",
        f"Python {platform.python_version()}",
        packages,
    ]
    return ", ".join(bits)


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; the first column is text, the others are figures."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def write_section(name: str, text: str) -> None:
    """Put a section in RESULTS.md in place of the one of that name."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    whole = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else _HEAD
    before, found, rest = whole.partition(begin)
    after = rest.partition(end)[2] if found else "\n"
    spaced = before if found else f"{before}\n"
    RESULTS.write_text(f"{spaced}{begin}\n{text.strip()}\n{end}{after}", encoding="utf-8")
    sys.stdout.write(text.strip() + "\n\n")
