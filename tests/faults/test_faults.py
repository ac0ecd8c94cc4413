"""Every fault of the harness, tried on the real main job; and the committed table, which names these very cases."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("ptce_faults", ROOT / "scripts" / "faults.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


faults = _script()


def names() -> list[str]:
    code = "import cases, json; print(json.dumps([case.name for case in cases.CASES]))"
    done = subprocess.run([sys.executable, "-c", code], cwd=faults.DRIVERS, capture_output=True, text=True, check=True)
    found: list[str] = json.loads(done.stdout)
    return found


@pytest.mark.timeout(1_200)
def test_every_fault_leaves_the_old_snapshot_or_the_new_one_and_the_next_run_is_clean(tmp_path: Path) -> None:
    """Every third fault of each kind; all of them with ``FAULTS=all``."""
    which = os.environ.get("FAULTS", "some")
    tried: list[dict[str, Any]] = faults.tried(tmp_path, which=which)
    assert {row["name"]: row["wrong"] for row in tried if row["wrong"]} == {}
    assert len(tried) >= (90 if which == "all" else 33)
    assert {row["name"] for row in tried} <= set(names())


def test_the_committed_table_has_these_cases_and_nothing_was_wrong() -> None:
    table = (ROOT / "FAULTS.md").read_text("utf-8")
    written = [line.split(" | ")[0].removeprefix("| ") for line in table.splitlines() if line.startswith("| ")]
    told = [name.partition(": ")[2] for name in names()]
    assert [name for name in written if name not in ("fault", "---")] == told, "run scripts/faults.py"
    assert len(told) >= 60 and table.rstrip().endswith(f"{len(told)} faults, 0 with something wrong after them.")
