"""Reading a published table beside a bare pyarrow read of the same file; writing a snapshot of a million listings.

    python benchmarks/snapshots.py            measure, into RESULTS.md
    python benchmarks/snapshots.py 100000     with so many listings

Tables are made up from the schema and written first, by a process of their own; the process that is measured reads them
a group of rows at a time, stages them, writes every format, reads everything back and promotes.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from measured import machine, measure, table, write_section

import ptce_etl
from ptce_etl.config import Paths
from ptce_etl.publish.exports import write_parquet
from ptce_etl.publish.manifest import BuildInfo
from ptce_etl.publish.snapshot import publish_candidate
from ptce_etl.publish.staging import stage
from ptce_etl.rows import GROUP
from ptce_etl.schema import ARROW, TABLES, Column

SEED = 20261123
LISTINGS = 1_000_000
# Rows of each long table for one listing; the others have a thousand rows.
SHARES = {"listings": 1.0, "values": 2.0, "edges": 1.0, "poles": 0.25}
ROUNDS = 25
_WORDS = "pôle territorial coopération économie vallée bois atelier énergie circuit local ressourcerie".split()


def _value(column: Column, row: int, key: bool, rng: random.Random) -> object:
    if key and column.kind == "text":
        return f"{row:010d}"
    if not column.required and row % 3 == 2:
        return None
    match column.kind:
        case "int":
            return row
        case "float":
            return rng.uniform(-1, 49)
        case "bool":
            return row % 2 == 0
        case "date":
            return date(2013 + row % 12, 1 + row % 12, 1)
    return " ".join(rng.choices(_WORDS, k=4)) + f" {rng.randrange(10**6)}"


def _parts(name: str, rows: int) -> Iterator[pa.Table]:
    """Rows of a table, a group at a time: those of the first group again and again, under keys of their own."""
    spec, rng = TABLES[name], random.Random(f"{SEED}{name}")
    schema = pa.schema([pa.field(c.name, ARROW[c.kind], nullable=c.nullable) for c in spec.columns])
    numbers = range(min(GROUP, rows))
    first = {c.name: [_value(c, n, c.name in spec.key, rng) for n in numbers] for c in spec.columns}
    part, key = pa.table(first, schema=schema), next(n for n in spec.key if spec.column(n).kind == "text")
    at = schema.get_field_index(key)
    for start in range(0, rows, GROUP):
        size = min(GROUP, rows - start)
        keys = pa.array([f"{start + n:010d}" for n in range(size)])
        yield part.slice(0, size).set_column(at, schema.field(key), keys)


def make(folder: Path, listings: int) -> None:
    """Write every table of a world of so many listings into ``folder``."""
    for name in TABLES:
        rows = round(listings * SHARES[name]) if name in SHARES else 1_000
        parts = _parts(name, rows)
        first = next(parts)
        with pq.ParquetWriter(folder / f"{name}.parquet", first.schema, compression="zstd") as writer:
            writer.write_table(first, row_group_size=GROUP)
            for part in parts:
                writer.write_table(part, row_group_size=GROUP)


def publish(folder: Path) -> None:
    """Stage the tables of ``folder`` and publish them under ``folder/data``; seconds of each on stdout."""
    paths = Paths(folder / "data")
    files = {name: pq.ParquetFile(folder / f"{name}.parquet") for name in TABLES if name not in {"checks", "changes"}}
    started = time.perf_counter()
    staged = stage(paths, files, BuildInfo(as_of=date(2026, 11, 23)))
    at = time.perf_counter()
    checks = pq.read_table(folder / "checks.parquet")
    passed = pa.array([True] * len(checks))
    checks = checks.set_column(checks.schema.get_field_index("passed"), checks.schema.field("passed"), passed)
    publish_candidate(
        paths,
        staged,
        tables_added={"checks": checks, "changes": pq.read_table(folder / "changes.parquet")},
        supersedes=None,
        now=datetime(2026, 11, 23, tzinfo=UTC),
    )
    sys.stdout.write(f"{at - started:.1f} {time.perf_counter() - at:.1f}\n")


def _seconds(read: Callable[[], object]) -> float:
    started = time.perf_counter()
    read()
    return time.perf_counter() - started


def reading(folder: Path, rows: int) -> list[str]:
    """One line: ``load("poles")`` beside the bare read, in turn, the median of each and of their ratios."""
    home = folder / f"read{rows}" / "processed" / "2026-11-23-00000000"
    home.mkdir(parents=True)
    (home.parent / "latest").symlink_to(home.name)
    path = home / "poles.parquet"
    with path.open("wb") as sink:
        write_parquet(pa.concat_tables(_parts("poles", rows)), sink, TABLES["poles"].arrow())

    def ours() -> object:
        return ptce_etl.load("poles", data=home.parents[1])

    reads: list[Callable[[], object]] = [
        ours,
        lambda: pq.read_table(path).to_pandas(),
        lambda: pq.read_table(path).to_pandas(date_as_object=False),
    ]
    turns = [[_seconds(read) for read in reads] for _ in range(ROUNDS)][2:]
    medians = [statistics.median(turn) * 1000 for turn in zip(*turns, strict=True)]
    ratios = [statistics.median(turn[0] / turn[n] for turn in turns) for n in (1, 2)]
    return [f"{rows:,}", *(f"{ms:.1f}" for ms in medians), *(f"{ratio:.2f}" for ratio in ratios)]


def main(argv: Sequence[str]) -> int:
    if argv and argv[0] in {"make", "publish"}:
        folder = Path(argv[1])
        make(folder, int(argv[2])) if argv[0] == "make" else publish(folder)
        return 0
    listings = int(argv[0]) if argv else LISTINGS
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        read = [reading(folder, rows) for rows in (100, 10_000, 250_000)]
        rows = []
        for n in sorted({listings // 10, listings}):
            home = folder / str(n)
            home.mkdir()
            measure([sys.executable, __file__, "make", str(home), str(n)])
            done = measure([sys.executable, __file__, "publish", str(home)])
            staged, published = done.stdout.split()
            size = sum(path.stat().st_size for path in (home / "data").rglob("*.*") if path.is_file())
            rows.append([f"{n:,}", staged, published, f"{done.peak_mb:,.0f}", f"{size / 1e6:,.0f}"])
    text = f"""## Snapshots

`ptce_etl.load("poles")` beside `pyarrow.parquet.read_table(…).to_pandas()` of the same file, in one process, in turn:
medians of {ROUNDS - 2} rounds, and of the ratios. The second bare read gives dates as `datetime64`, as `load` does.

{table(["poles", "load, ms", "bare, ms", "bare with dates, ms", "ratio", "ratio with dates"], read)}

Staging (checked, hashed, written) and publishing (every format, read back, promoted) every table of so many listings,
from Parquet files; {", ".join(f"{share:g} {name}" for name, share in SHARES.items())} a listing. Peak memory is that of
the whole process, libraries included.

{table(["listings", "stage, s", "publish, s", "peak MB", "snapshot, MB"], rows)}

Command: `python benchmarks/snapshots.py{f" {listings}" if argv else ""}`, seed {SEED}, {datetime.now(UTC):%Y-%m-%d},
{machine()}.
"""
    write_section("snapshots", text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
