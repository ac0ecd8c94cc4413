"""The notebook runs on a freshly built data root, and its two forms say the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "notebooks" / "explore.ipynb"


def execute(book: Any, data: Path, monkeypatch: pytest.MonkeyPatch, folder: Path) -> str:
    """Run every cell in a kernel of its own; everything it printed or showed, as text."""
    monkeypatch.setenv("PTCE_DATA", str(data))
    monkeypatch.setenv("IPYTHONDIR", str(folder / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(folder / "jupyter"))
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    NotebookClient(book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
    outputs = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    return "\n".join(output.get("text") or output["data"]["text/plain"] for output in outputs)


def test_the_notebook_answers_on_a_fresh_data_root(
    built_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = execute(nbformat.read(NOTEBOOK, as_version=4), built_root, monkeypatch, tmp_path)
    assert "(203 - 56) / 56 = +262.5%" in said
    assert "arithmetic_error" in said
    assert "cohort:ami-2021-phase-2" in said


def test_a_broken_cell_fails(built_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("import ptce_etl\nptce_etl.load('no such table')")]
    )
    with pytest.raises(CellExecutionError, match="ConfigError"):
        execute(book, built_root, monkeypatch, tmp_path)


def test_the_committed_notebook_holds_no_outputs() -> None:
    book = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(book)
    assert not [cell for cell in book.cells if cell.get("outputs") or cell.get("execution_count")]
