"""A first run in a fresh clone writes only what git ignores, and says what the README shows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def clone(tracked: list[Path], root: Path, tmp_path: Path) -> Path:
    """A fresh clone of the files as they are now."""
    copy = tmp_path / "clone"
    for file in tracked:
        if not file.is_relative_to(root / "tests"):
            target = copy / file.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, target)
    git(copy, "init", "--quiet")
    git(copy, "add", "--all")
    git(copy, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "-m", "clone")
    return copy


def git(folder: Path, *arguments: str) -> str:
    config = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=folder, env=os.environ | config, check=True, capture_output=True, text=True)
    return done.stdout


def test_a_first_run(clone: Path, documents: ModuleType) -> None:
    ptce = Path(sys.executable).parent / "ptce"
    # Said in full: left out, a child gets the C environment, in which readline may have put a COLUMNS that is not ours.
    env = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "PTCE_DATA"}}
    command = [ptce, *documents.RUN]
    done = subprocess.run(command, cwd=clone, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (clone / "data" / "processed" / "latest").exists()
    changed = [line[3:] for line in git(clone, "status", "--porcelain").splitlines()]
    assert changed == [], "commit data/decisions as a run leaves it: the identities of the bundled listings"
    _, _, shown = documents.same_but_ids((clone / "README.md").read_text(encoding="utf-8")).partition("run: begin")
    said = documents.same_but_ids(documents.run_block(done.stdout))
    assert shown.split("\n")[1 : said.count("\n") + 1] == said.split("\n")[:-1], (
        "what README.md shows is old: make docs"
    )


@pytest.mark.parametrize(
    "by_product",
    [".venv/x", "data/.prefect/prefect.db", "data/raw/archive/objects/0", "data/processed/index.json", "dist/x.whl",
     "src/ptce_etl/__pycache__/x.pyc", ".mypy_cache/x", ".ruff_cache/x", ".pytest_cache/x", ".hypothesis/x",
     "artifacts/screens/x.png"],
)  # fmt: skip
def test_by_products_are_ignored(root: Path, tmp_path: Path, by_product: str) -> None:
    git(tmp_path, "init", "--quiet")
    shutil.copy(root / ".gitignore", tmp_path)
    assert git(tmp_path, "check-ignore", by_product).strip() == by_product
