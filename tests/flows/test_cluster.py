"""Pairs weighed on a Dask cluster: a real scheduler and two worker processes, and the same bytes as on one machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.cluster import on_cluster
from ptce_etl import cli
from ptce_etl.errors import ConfigError
from ptce_etl.resolve import blocking

ROOT = Path(__file__).parents[2]
LISTINGS = ROOT / "data/raw/transcribed/listings.csv"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a scheduler with two workers, each a process."""
    folder = tmp_path_factory.mktemp("dask")
    file = folder / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, "start_new_session": True}
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    work = [sys.executable, "-m", "distributed.cli.dask_worker", "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny"]
    started = [
        subprocess.Popen([*dask, "--no-dashboard", "--scheduler-file", str(file)], env=env, **quiet),
        *(
            subprocess.Popen([*work, "--no-dashboard", "--scheduler-file", str(file)], env=env, **quiet)
            for _ in range(2)
        ),
    ]
    try:
        from distributed import Client

        with Client(scheduler_file=str(file), timeout="60s", set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
            yield client.scheduler.address
    finally:
        # A worker asked politely waits for a scheduler that may be gone: nothing here is worth waiting for.
        for process in reversed(started):
            process.kill()
        for process in started:
            process.wait(60)


def test_the_same_bytes_as_on_this_machine(
    cluster: str, api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocking, "_WORK", 300)  # many partitions of few listings
    monkeypatch.setenv("PREFECT_API_URL", api)
    common = ["resolve", str(LISTINGS), "--no-judgements", "--data", str(tmp_path / "none")]
    assert cli.main([*common, "--out", str(tmp_path / "here")]) == 0
    assert cli.main([*common, "--out", str(tmp_path / "there"), "--cluster", cluster]) == 0
    for name in ("listings.parquet", "edges.parquet", "poles.parquet"):
        assert (tmp_path / "there" / name).read_bytes() == (tmp_path / "here" / name).read_bytes()


def test_each_partition_is_a_task_run_on_the_cluster(cluster: str, api: str) -> None:
    pids = set(on_cluster(cluster)(_who, [(number, number + 1) for number in range(8)]))
    assert len(pids) == 2
    assert os.getpid() not in pids


def _who(part: tuple[int, int]) -> int:
    import time

    time.sleep(0.2)  # long enough that one worker does not take them all
    return os.getpid()


def test_no_scheduler_at_that_address_is_said_in_three_lines() -> None:
    with pytest.raises(ConfigError, match="no Dask scheduler answers"):
        on_cluster("tcp://127.0.0.1:9")
