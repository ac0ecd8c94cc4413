"""The documents say what the code says: `make docs` writes them, and nobody forgot to run it."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

from ptce_etl.schema import TABLES

NOTEBOOKS = [f"notebooks/{name}.ipynb" for name in ("poles", "growth", "completeness")]
GENERATED = ["DATA_FORMAT.md", "METHOD.md", "README.md", "docs/cli.md", *NOTEBOOKS]
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)")


@pytest.mark.parametrize("name", GENERATED)
def test_what_is_generated_is_up_to_date(documents: ModuleType, root: Path, name: str) -> None:
    assert list(documents.DOCUMENTS) == GENERATED
    assert (root / name).read_text(encoding="utf-8") == documents.DOCUMENTS[name](), "make docs"


def test_the_dictionary_has_every_column(root: Path) -> None:
    text = (root / "DATA_FORMAT.md").read_text(encoding="utf-8")
    for table in TABLES.values():
        _, _, section = text.partition(f"\n## {table.name}\n")
        named = re.findall(r"^\| `([^`]+)` \|", section.split("\n## ")[0], re.MULTILINE)
        assert named == table.names


def test_links_between_files_lead_somewhere(tracked: list[Path], root: Path) -> None:
    wrong = [
        f"{file.relative_to(root)} → {target}"
        for file in tracked
        if file.suffix == ".md"
        for target in LINK.findall(file.read_text(encoding="utf-8"))
        if not (file.parent / target).exists()
    ]
    # What a run writes is not there in a fresh clone.
    assert not [link for link in wrong if "data/processed" not in link], "\n".join(wrong)


def test_the_readme_names_commands_that_exist(root: Path) -> None:
    """`make …` targets and `ptce …` commands named in the README and in CONTRIBUTING."""
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    commands = set(
        re.findall(r"^## ptce ([a-z]+)$", (root / "docs" / "cli.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (root / name).read_text(encoding="utf-8")
        code = re.findall(r"`([^`\n]+)`|^(?:\$ )?((?:make|ptce) .*)$", text, re.MULTILINE)
        for words in ("".join(found).split() for found in code):
            if words and words[0] == "make" and len(words) > 1:
                assert {word for word in words[1:2] if "=" not in word} <= targets, " ".join(words)
            if words and words[0] == "ptce" and len(words) > 1 and words[1].isalpha():
                assert words[1] in commands, " ".join(words)
