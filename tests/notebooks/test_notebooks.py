"""The notebooks run on a freshly built data root, their forms say the same, and their pages need nothing else."""

from __future__ import annotations

import re
import runpy
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parents[2]
RENDER = runpy.run_path(str(ROOT / "scripts" / "render_notebooks.py"))
NOTEBOOKS = RENDER["NOTEBOOKS"]


@pytest.fixture(scope="module")
def executed(built_root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return RENDER["execute"](built_root, tmp_path_factory.mktemp("kernel"))


def said(book: Any) -> str:
    outputs = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    return "\n".join(output.get("text") or output["data"]["text/plain"] for output in outputs)


def test_where_are_the_poles_and_what_changed(executed: dict[str, Any]) -> None:
    text = said(executed["poles"])
    assert "métropole" in text and "Île-de-France" in text and "Observatoire ouvert des PTCE" in text
    assert re.search(r"appeared\s+\d+", text)
    (drawing,) = [
        o for c in executed["poles"].cells for o in c.get("outputs", []) if "image/svg+xml" in o.get("data", {})
    ]
    assert drawing["data"]["image/svg+xml"].count("<circle") > 30


def test_is_365_percent_true(executed: dict[str, Any]) -> None:
    text = said(executed["growth"])
    assert "(203 - 56) / 56 = +262.5%" in text and "arithmetic_error" in text and "discovered_late" in text


def test_how_complete_are_the_lists(executed: dict[str, Any]) -> None:
    text = said(executed["completeness"])
    assert "cohort:ami-2021-phase-2" in text and "lauréats trouvés" in text and "withheld" in text


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_page_holds_all_it_needs(executed: dict[str, Any], name: str) -> None:
    text = RENDER["page"](executed[name])
    assert len(text.encode()) < 600_000
    seen = _Tags()
    seen.feed(text)
    assert seen.wrong == [] and {"html", "h1", "table", "pre"} <= seen.tags
    kept = (ROOT / "docs" / "notebooks" / f"{name}.html").read_text(encoding="utf-8")
    assert headings(kept) == headings(text) and code(kept) == code(text), "make docs"


class _Tags(HTMLParser):
    """Tags met, and those that would fetch or run something."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        fetched = [
            value for key, value in attrs if key in {"src", "srcset", "data"} and not (value or "").startswith("data:")
        ]
        if tag in {"script", "link", "iframe"} or fetched:
            self.wrong.append(f"<{tag}> {fetched}")


def headings(text: str) -> list[str]:
    return re.findall(r"<h[12][^>]*>(.*?)</h[12]>", text, re.DOTALL)


def code(text: str) -> list[str]:
    return re.findall(r'<div class="[^"]*highlight[^"]*">(.*?)</div>', text, re.DOTALL)


def test_a_broken_cell_fails(built_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("PTCE_DATA", str(built_root))
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    cells = [nbformat.v4.new_code_cell("import ptce_etl\nptce_etl.load('no such table')")]
    resources = {"metadata": {"path": str(tmp_path)}}
    with pytest.raises(CellExecutionError, match="ConfigError"):
        NotebookClient(nbformat.v4.new_notebook(cells=cells), kernel_name="python3", resources=resources).execute()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_committed_notebook_holds_no_outputs(name: str) -> None:
    book = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    nbformat.validate(book)
    assert not [cell for cell in book.cells if cell.get("outputs") or cell.get("execution_count")]
    assert {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")} == set(NOTEBOOKS)


def test_the_lines_of_the_readme_run(built_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    _, _, section = text.partition("## Three lines to the data\n")
    blocks = re.findall(r"```python\n(.*?)```", section.partition("\n## ")[0], re.DOTALL)
    assert len(blocks) == 2
    (tmp_path / "data").symlink_to(built_root)
    monkeypatch.chdir(tmp_path)
    for block in blocks:
        names: dict[str, Any] = {}
        exec(compile(block, "README.md", "exec"), names)
        assert "poles" not in names or names["poles"]["code_departement"].dropna().str.fullmatch("[0-9AB]{2,3}").all()
