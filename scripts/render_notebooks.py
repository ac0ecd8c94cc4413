"""Write the notebooks in their two other forms: notebooks/*.ipynb without outputs, docs/notebooks/*.html executed.

    python scripts/render_notebooks.py DATA     execute them on the data root DATA and write the pages

``make docs`` does both. A page holds all it needs: no script, nothing fetched from elsewhere.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

__all__ = ["NOTEBOOKS", "execute", "ipynb", "main", "page"]

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ("poles", "growth", "completeness")
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
h1{font-size:1.7rem}h2{font-size:1.25rem;margin-top:2.2rem}em{color:#555}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.82rem}
.highlight pre{background:#f6f6f4;padding:.7rem;border-left:3px solid #0b6e4f}
.jp-OutputPrompt,.jp-InputPrompt,.prompt,.jp-Collapser,.anchor-link{display:none}
table{border-collapse:collapse;font-size:.85rem;display:block;overflow-x:auto}
th,td{padding:.25rem .6rem;border-bottom:1px solid #ddd;text-align:left;vertical-align:top}
"""


def book(name: str) -> Any:
    """A notebook from its ``.py``, the same cells with the same ids each time."""
    import jupytext

    found = jupytext.read(ROOT / "notebooks" / f"{name}.py")
    for number, cell in enumerate(found.cells, start=1):
        cell["id"] = f"{name}-{number:02d}"  # jupytext draws them at random
        cell["metadata"] = {}
    found.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return found


def ipynb(name: str) -> str:
    """The notebook as a ``.ipynb`` without outputs."""
    import jupytext

    text: str = jupytext.writes(book(name), fmt="ipynb")
    return text if text.endswith("\n") else f"{text}\n"


def execute(data: Path, folder: Path, names: tuple[str, ...] = NOTEBOOKS) -> dict[str, Any]:
    """Every notebook with its outputs on the data root ``data``: one kernel, started in ``folder``, runs them all."""
    from nbclient import NotebookClient

    books = {name: book(name) for name in names}
    first, *others = books.values()
    joined = first.copy()
    joined.cells = [cell for one in (first, *others) for cell in one.cells]
    before = {name: os.environ.get(name) for name in _KERNEL}
    os.environ.update({"PTCE_DATA": str(data), "IPYTHONDIR": str(folder / "ipython")})
    os.environ.update({"JUPYTER_RUNTIME_DIR": str(folder / "jupyter"), "JUPYTER_PLATFORM_DIRS": "1"})
    try:
        resources = {"metadata": {"path": str(folder)}}
        NotebookClient(joined, timeout=120, kernel_name="python3", resources=resources).execute()
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    return books


_KERNEL = ("PTCE_DATA", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_PLATFORM_DIRS")


def page(executed: Any) -> str:
    """An executed notebook as a page that needs nothing else."""
    from nbconvert import HTMLExporter
    from pygments.formatters import HtmlFormatter

    body, _ = HTMLExporter(template_name="basic").from_notebook_node(executed)
    title = executed.cells[0].source.split("\n")[0].lstrip("# ").replace("*", "")
    colours = HtmlFormatter(style="default").get_style_defs(".highlight")
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    style = f"<style>{_STYLE}{colours}</style>"
    text = f'<!DOCTYPE html>\n<html lang="fr"><head>{head}\n{style}</head>\n<body>\n{body}\n</body></html>\n'
    return "\n".join(line.rstrip() for line in text.split("\n"))


def main(argv: list[str]) -> int:
    """Execute the notebooks on the data root given, and write their pages."""
    data = Path(argv[0]).resolve()
    target = ROOT / "docs" / "notebooks"
    target.mkdir(parents=True, exist_ok=True)
    for name, executed in execute(data, data.parent).items():
        (target / f"{name}.html").write_text(page(executed), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
