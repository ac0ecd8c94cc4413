"""The whole job under load: many listings, many snapshots, many sources of which a third fail.

    python benchmarks/load.py --rows 10000 100000 1000000 --limit-mb 12000      listings through `ptce run --plain`
    python benchmarks/load.py --snapshots 1000                                  cost of a long index
    python benchmarks/load.py --sources 100                                     a third of them fail

Each is a process of its own, on two cores (or those there are). Listings are made up (benchmarks/synthetic.py). What is
not asked for is not measured; sections of RESULTS.md are written for what is.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measured import PTCE, Limits, Run, machine, measure, table, write_section
from benchmarks.synthetic import COLUMNS, write_listings
from ptce_etl.config import Paths
from ptce_etl.publish.index import Entry, read_index
from ptce_etl.publish.store import locked, relist

STAGES = ["collect", "intake", "clean", "resolve", "measure", "write", "validate", "publish"]
PART = 100_000  # listings a source: a file is refused beyond 150 MB
CORES = 2


def source(name: str, file: str, columns: Iterable[str]) -> dict[str, Any]:
    return {
        "source_id": name, "title": name, "publisher": "made up", "url": f"raw/transcribed/{file}", "licence": "none",
        "frequency": "never", "reader": "csv", "statement": "listings", "priority": 1,
        "columns": {column: column for column in columns}, "bounds": {"min_rows": 1, "max_rows": 2 * PART},
    }  # fmt: skip


def root_of(root: Path, parts: dict[str, list[list[str]]], missing: Iterable[str] = ()) -> Path:
    """A data root with a ledger for each part; those of ``missing`` are in the catalogue only."""
    ledgers = root / "raw" / "transcribed"
    ledgers.mkdir(parents=True)
    (root / "decisions").mkdir()
    for name, rows in parts.items():
        with (ledgers / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *rows])
    entries = [source(name, f"{name}.csv", COLUMNS) for name in [*parts, *missing]]
    (root / "sources.yml").write_text(json.dumps({"sources": entries}), "utf-8")  # JSON is YAML
    return root


def listings(folder: Path, n: int) -> list[list[str]]:
    folder.mkdir(exist_ok=True)
    made, _ = write_listings(folder, n, 1)
    with made.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def job(root: Path, limits: Limits, now: datetime | None = None) -> tuple[Run, dict[str, Any]]:
    """``ptce run --plain``. Made-up poles may break a critical check: the job is done then, its end is "rejected"."""
    at = (now or datetime.now(UTC)).isoformat()
    run = measure([PTCE, "run", "--plain", "--json", "--data", str(root), "--now", at], limits=limits)
    if run.code not in (0, 3) and not run.over:
        raise SystemExit(f"exit code {run.code}\n{run.stderr}")
    return run, json.loads(run.stdout) if run.stdout else {}


def head(text: str, options: str) -> str:
    return f"{text}\n\nCommand: `python benchmarks/load.py {options}`, {datetime.now(UTC):%Y-%m-%d}, {machine()}.\n"


def rows_through_the_job(sizes: list[int], limits: Limits, scratch: Path) -> None:
    totals, stages = [], []
    for n in sizes:
        made = listings(scratch / f"made{n}", n)
        parts = {f"part_{k}": made[k * PART : (k + 1) * PART] for k in range(-(-n // PART))}
        del made
        root = root_of(scratch / f"rows{n}", parts)
        run, said = job(root, limits)
        end = run.over or said["outcome"]
        size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file() and not path.is_symlink())
        figures = [run.seconds, run.cpu, run.peak_mb, run.peak_all_mb, size / 1e6]
        totals.append([f"{n:,}", *(f"{value:,.0f}" for value in figures), end])
        spent = said.get("seconds", {})
        stages.append([f"{n:,}", *(f"{spent.get(stage, 0):,.1f}" for stage in STAGES)])
        for path in (root, scratch / f"made{n}"):
            shutil.rmtree(path)
    words = f"Made-up listings through `ptce run --plain`, {CORES} cores at most, no more than {limits.mb:,.0f} MB and"
    options = f"--rows {' '.join(map(str, sizes))} --limit-mb {limits.mb:.0f} --limit-seconds {limits.seconds:.0f}"
    text = head(f"## Load: listings\n\n{words} {limits.seconds:,.0f} s. Seconds by stage below.", options)
    columns = ["listings", "seconds", "CPU seconds", "largest MB", "all MB", "root, MB", "end"]
    text += f"\n{table(columns, totals)}\n\n{table(['listings', *STAGES], stages)}\n"
    write_section("load rows", text)


def long_index(count: int, scratch: Path) -> None:
    """One snapshot, listed ``count`` times under other ids and days; the next publication on top of it."""
    made = listings(scratch / "made", 300)
    now = datetime.now(UTC)
    found = []
    for n in (1, count):
        root = root_of(scratch / f"index{n}", {"book": made[:200]})
        job(root, Limits(), now - timedelta(days=1))
        if n > 1:
            _listed(Paths(root), n, now.date())
        with (root / "raw" / "transcribed" / "book.csv").open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(made[200:])
        paths = Paths(root)
        status = measure([PTCE, "status", "--json", "--data", str(root)], limits=Limits()).seconds
        read = _best(lambda paths=paths: read_index(paths))
        run, said = job(root, Limits(), now)
        seconds = [status, run.seconds, said["seconds"].get("publish", 0)]
        figures = [
            f"{paths.index.stat().st_size / 1e6:,.2f}",
            f"{read * 1000:,.1f}",
            *(f"{one:.1f}" for one in seconds),
        ]
        found.append([f"{n:,}", *figures, f"{run.peak_mb:,.0f}", said["outcome"]])
    columns = ["snapshots", "index, MB", "read, ms", "status, s", "run, s", "of it publish, s", "largest MB", "end"]
    words = "A store that lists so many snapshots (one, under other ids): what reading it and publishing on top cost."
    text = head(f"## Load: snapshots\n\n{words}", f"--snapshots {count}")
    write_section("load snapshots", f"{text}\n{table(columns, found)}\n")


def _listed(paths: Paths, count: int, today: date) -> None:
    with locked(paths):
        index = read_index(paths)
        (only,) = index["snapshots"]
        entries: list[Entry] = []
        for n in range(count - 1, 0, -1):
            day = today - timedelta(days=n + 1)
            entry: Any = only | {"id": f"{day}-{only['id'][11:19]}", "as_of": day.isoformat()}
            folder = paths.processed / entry["id"]
            folder.mkdir()
            for name in ("manifest.json", "indicator.parquet", "changes.parquet"):
                os.link(paths.processed / only["id"] / name, folder / name)
            entries.append(entry)
        relist(paths, index | {"snapshots": [*entries, only]})


def _best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def failing_sources(count: int, scratch: Path) -> None:
    made = listings(scratch / "made", count * 20)
    names = [f"source_{n:03d}" for n in range(count)]
    gone = set(names[::3])
    found = []
    for title, missing in (("none", set[str]()), ("a third", gone)):
        parts = {name: made[20 * n : 20 * n + 20] for n, name in enumerate(names) if name not in missing}
        root = root_of(scratch / f"sources-{len(missing)}", parts, sorted(missing))
        run, said = job(root, Limits())
        cells = [len(said["sources_failed"]), run.seconds, said["seconds"]["collect"], run.peak_mb]
        figures = [f"{cell:,.1f}" if isinstance(cell, float) else str(cell) for cell in cells]
        found.append([title, *figures, said["outcome"]])
    columns = [f"of {count} sources, gone", "failed", "run, s", "of it collect, s", "largest MB", "end"]
    words = "Ledgers of 20 listings each; those that are gone fail, the others go on."
    text = head(f"## Load: sources\n\n{words}", f"--sources {count}")
    write_section("load sources", f"{text}\n{table(columns, found)}\n")


def main() -> int:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--rows", type=int, nargs="*", default=[], metavar="N")
    given.add_argument("--snapshots", type=int, metavar="N")
    given.add_argument("--sources", type=int, metavar="N")
    given.add_argument("--limit-mb", type=float, default=12_000)
    given.add_argument("--limit-seconds", type=float, default=7_200)
    asked = given.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    with tempfile.TemporaryDirectory() as scratch:
        if asked.sources:
            (Path(scratch) / "s").mkdir()
            failing_sources(asked.sources, Path(scratch) / "s")
        if asked.snapshots:
            (Path(scratch) / "i").mkdir()
            long_index(asked.snapshots, Path(scratch) / "i")
        if asked.rows:
            rows_through_the_job(asked.rows, Limits(asked.limit_seconds, asked.limit_mb), Path(scratch))
    return 0


if __name__ == "__main__":
    sys.exit(main())
