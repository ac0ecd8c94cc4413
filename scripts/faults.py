"""Try every fault of tests/faults and write FAULTS.md: what was done to the main job, how it ended, what was left.

python scripts/faults.py [JOBS]      JOBS processes at once (default: 2); some minutes
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DRIVERS = ROOT / "tests" / "faults" / "drivers"
HEAD = """\
# Faults

Written by `python scripts/faults.py`, from a run; `tests/faults` tries every third row of each kind in each test run,
and all of them with `FAULTS=all`. Each row is the real main job (`ptce run --plain`) in a process of its own, on a copy
of a small root (a ledger and a source on the web, one snapshot published, one listing to come), with one fault, and
then a second run without it. Most checks and pages, and the workbook, are left out: they fail as the rest does.

After each fault, before anything is mended: `ptce verify` holds for every published snapshot (or names the damage,
where the fault is the damage), `latest` and the index are the old snapshot or the new one, no capture, log line,
judgement or identity is lost, and every capture that is logged is there. After the next run: the new snapshot is the
latest, and nothing is left over. *Ended*: exit code of `ptce`, or the signal; *reader sees*: right after the fault.

A power cut is simulated: of what was written, only what was flushed to the disk survives; bytes that were not are torn
in half, and names made, moved or removed in a folder that was not flushed since are as they were. Refusals (disk full,
read-only) are raised where the call is made; limits (file size, memory, open files) and modes are the kernel's own.
A root whose clock was wrong keeps a snapshot of that day: the next run on the right day takes over from it,
and `ptce status` tells of it (`clock_wrong`).
"""


def tried(scratch: Path, jobs: int = 2, which: str = "all") -> list[dict[str, Any]]:
    """Every case (or ``some``), in order: what was done, how the run ended, what a reader saw, what was wrong."""
    command = [sys.executable, str(DRIVERS / "harness.py")]
    running = [
        subprocess.Popen(  # noqa: S603 - our own interpreter and harness
            [*command, str(scratch / str(k)), str(k), str(jobs), which],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        for k in range(jobs)
    ]
    parts = []
    try:
        for process in running:
            out, _ = process.communicate()
            if process.returncode:
                raise SystemExit(f"the harness ended with {process.returncode}")
            parts.append([json.loads(line) for line in out.splitlines()])
    finally:
        for process in running:
            process.kill()
            process.wait()
    return [parts[n % jobs][n // jobs] for n in range(sum(map(len, parts)))]


def table(rows: list[dict[str, Any]]) -> str:
    return "\n".join([HEAD, *_sections(rows), ""])


def _sections(rows: list[dict[str, Any]]) -> Iterator[str]:
    group = ""
    for row in rows:
        now, _, name = row["name"].partition(": ")
        if now != group:
            group = now
            count = sum(other["name"].startswith(f"{group}: ") for other in rows)
            yield f"\n## {group[:1].upper()}{group[1:]} ({count})\n"
            yield "| fault | what is done | ended | reader sees | next run |\n| --- | --- | --- | --- | --- |"
        said = f" ({row['said'].split(':')[0]})" if row["said"] else ""
        cells = [name, row["what"].replace("|", "\\|"), row["ended"] + said, row["sees"], row["next"]]
        yield f"| {' | '.join(cells)} |"
    yield f"\n{len(rows)} faults, {sum(bool(row['wrong']) for row in rows)} with something wrong after them."


def main() -> None:
    jobs = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    with tempfile.TemporaryDirectory() as scratch:
        rows = tried(Path(scratch), jobs)
    (ROOT / "FAULTS.md").write_text(table(rows), "utf-8")
    wrong = {row["name"]: row["wrong"] for row in rows if row["wrong"]}
    print(f"FAULTS.md: {len(rows)} faults, {len(wrong)} with something wrong after them")
    for name, problems in wrong.items():
        print(f"  {name}: {'; '.join(problems)}")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
