"""The ``world`` module, and a data root with one snapshot in it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

DRIVERS = Path(__file__).parent / "drivers"


@pytest.fixture(scope="session")
def world() -> ModuleType:
    spec = importlib.util.spec_from_file_location("ptce_publish_world", DRIVERS / "world.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def contents() -> Callable[[Path], dict[str, object]]:
    """Names, kinds, modes and bytes of all that is under a folder."""

    def read(folder: Path) -> dict[str, object]:
        return {str(path.relative_to(folder)): _content(path) for path in sorted(folder.rglob("*"))}

    return read


def _content(path: Path) -> object:
    if path.is_symlink():
        return str(path.readlink())
    return (oct(path.stat().st_mode), path.read_bytes() if path.is_file() else None)
