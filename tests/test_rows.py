"""Tables too long to hold are read a group at a time, and no more of them is held than that."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ptce_etl.rows import groups


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty row groups of 100 kB each that do not compress, the last one short."""
    path, rng = tmp_path_factory.mktemp("rows") / "long.parquet", random.Random(20261124)
    table = pa.table({"n": range(39_500), "text": [rng.randbytes(50).hex() for _ in range(39_500)]})
    pq.write_table(table, path, row_group_size=1_000)
    return path


@pytest.mark.parametrize("size", [700, 1_000, 2_500, 50_000])
def test_groups_are_of_one_size_and_whole(long: Path, size: int) -> None:
    with pq.ParquetFile(long) as file:
        parts = list(groups(file, size, ["n"]))
    assert {len(part) for part in parts[:-1]} <= {size} and 0 < len(parts[-1]) <= size
    assert pa.concat_tables(parts)["n"].to_pylist() == list(range(39_500))
    with pq.ParquetFile(long) as file:
        table = file.read()
    assert [part["n"].to_pylist() for part in groups(table, size)] == [part["n"].to_pylist() for part in parts]


def test_what_was_read_is_let_go(long: Path) -> None:
    """Read all row groups in one call, and pyarrow holds the whole file until the end: 1 GB for a million listings."""
    before, most = pa.total_allocated_bytes(), 0
    with pq.ParquetFile(long) as file:
        for part in groups(file, 1_000):
            most = max(most, pa.total_allocated_bytes() - before)
            del part
    assert 100_000 < most < 1_000_000 < long.stat().st_size
