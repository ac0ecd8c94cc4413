"""The repository as these tests see it: its root, its tracked files, its Python modules."""

from __future__ import annotations

import ast
import importlib.util
import os
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
_NOT_OURS = {".git", ".venv", ".cache", ".prefect", "__pycache__", "dist", "build", "processed", "archive"}


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def tracked(root: Path) -> list[Path]:
    """Every file that is in git or about to be; without git (a source archive), every file that is not a by-product."""
    if (root / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=root, check=True, capture_output=True).stdout.decode()
        files = [root / name for name in listed.split("\0") if name]
    else:
        files = [
            Path(folder) / name for folder, folders, names in os.walk(root) for name in names if not _hide(folders)
        ]
    return sorted(file for file in set(files) if file.is_file())


def _hide(folders: list[str]) -> None:
    folders[:] = [name for name in folders if name not in _NOT_OURS and not name.endswith("_cache")]


@pytest.fixture(scope="session")
def modules(root: Path) -> dict[str, ast.Module]:
    """The syntax tree of every module of ``src`` and ``flows``, by dotted name."""
    trees = {}
    for base, top in ((root / "src", "ptce_etl"), (root, "flows")):
        for file in sorted((base / top).rglob("*.py")):
            parts = file.relative_to(base).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            trees[name] = ast.parse(file.read_text(encoding="utf-8"), str(file))
    return trees


@pytest.fixture(scope="session")
def documents(root: Path) -> ModuleType:
    """``scripts/documents.py``, which writes the generated documents."""
    spec = importlib.util.spec_from_file_location("documents", root / "scripts" / "documents.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
