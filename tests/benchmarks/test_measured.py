"""A benchmark's run that passes a limit is ended with its children, and says so."""

from __future__ import annotations

import sys

import pytest

from benchmarks.measured import Limits, measure


def test_a_run_over_its_time_is_ended() -> None:
    run = measure([sys.executable, "-c", "import time; time.sleep(60)"], limits=Limits(seconds=0.5))
    assert run.over.startswith("over")
    assert run.seconds < 30


def test_a_failure_within_limits_is_told_and_without_limits_exits() -> None:
    run = measure([sys.executable, "-c", "raise SystemExit(3)"], limits=Limits())
    assert (run.code, run.over) == (3, "")
    with pytest.raises(SystemExit, match="exited with 3"):
        measure([sys.executable, "-c", "raise SystemExit(3)"])


def test_memory_of_all_processes_counts() -> None:
    code = "import time; kept = bytearray(300_000_000); kept[::4096] = b'x' * len(kept[::4096]); time.sleep(60)"
    run = measure([sys.executable, "-c", code], limits=Limits(seconds=30, mb=200))
    assert run.over == "over 200 MB"
