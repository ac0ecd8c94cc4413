"""Wall time and memory of `ptce run`, first and second, without Prefect and through it, split by stage.

    python benchmarks/run_stages.py

Each run is a process of its own on a data root of its own kind: the first run finds an empty folder (and Prefect no
database), the second finds what the first left and has nothing to publish.
"""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measured import PTCE, Run, machine, measure, table, write_section

STAGES = ["collect", "intake", "clean", "resolve", "measure", "write", "validate", "publish"]


def main() -> int:
    # Compiled and in the disk cache, as the second start of the day finds them.
    measure([PTCE, "--version"])
    totals, stages = [], []
    with tempfile.TemporaryDirectory() as scratch:
        for title, options in (("ptce run --plain", ["--plain"]), ("ptce run", [])):
            for turn in ("first", "second"):
                command = [PTCE, "run", *options, "--json", "--data", str(Path(scratch) / f"data{len(options)}")]
                run = measure(command, cwd=Path(scratch))
                said = json.loads(run.stdout)
                totals.append(_total(f"{title}, {turn}", run, said))
                spent = said["seconds"]
                stages.append([f"{title}, {turn}", *(f"{spent.get(stage, 0):.2f}" for stage in STAGES)])
    text = f"""## The main job

Seconds from start to end of the process, imports and Prefect's server included; CPU seconds say how much of it another
load on the machine added. Memory: the largest process, and all processes of the run together (Prefect's server is one
of them). Command: `python benchmarks/run_stages.py`,
{datetime.now(UTC):%Y-%m-%d}, {machine()}.

{table(["command", "seconds", "CPU seconds", "in stages", "largest MB", "all MB", "outcome"], totals)}

Seconds in each stage:

{table(["command", *STAGES], stages)}
"""
    write_section("run", text)
    return 0


def _total(title: str, run: Run, said: dict[str, object]) -> list[str]:
    spent = said["seconds"]
    assert isinstance(spent, dict)
    times = [f"{run.seconds:.1f}", f"{run.cpu:.1f}", f"{sum(spent.values()):.1f}"]
    return [title, *times, f"{run.peak_mb:.0f}", f"{run.peak_all_mb:.0f}", str(said["outcome"])]


if __name__ == "__main__":
    sys.exit(main())
