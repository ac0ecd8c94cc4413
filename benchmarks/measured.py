"""What the benchmarks share: a command's time and memory, and the file their tables go to."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

__all__ = ["PTCE", "ROOT", "Run", "machine", "measure", "table", "write_section"]

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


def measure(command: list[str], *, cwd: Path | None = None, env: dict[str, str] | None = None) -> Run:
    """Run ``command`` to its end. Exits with its output when it fails: figures of a failed run mean nothing."""
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
    )
    peaks = [0.0, 0.0]
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, peaks, over))
    watcher.start()
    stdout, stderr = process.communicate()
    seconds = time.perf_counter() - started
    over.set()
    watcher.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} exited with {process.returncode}\n{stdout}\n{stderr}")
    return Run(seconds, _cpu() - before, peaks[0], peaks[1], process.returncode, stdout, stderr)


def _cpu() -> float:
    """Processor seconds of every process started from here that has ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _watch(pid: int, peaks: list[float], over: threading.Event) -> None:
    """Largest process, and sum over the process and its descendants, by looking at /proc (Linux) now and then."""
    if not Path("/proc/self/status").exists():
        return
    while not over.wait(EVERY):
        family = _family(pid)
        sizes = [_resident(member) for member in family]
        peaks[0] = max([peaks[0], *(_peak(member) for member in family)])
        peaks[1] = max(peaks[1], sum(sizes))


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
