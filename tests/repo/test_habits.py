"""What every file keeps to, whoever writes it."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

# Put together here, so that this file does not break its own rules.
HOSTS = ["pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "npmjs" + ".com", "conda" + ".anaconda"]
FOLDERS = "work root opt home Users tmp".split()
MACHINE_PATH = re.compile(rf"(?<![\w.~:>/-])/(?:{'|'.join(FOLDERS)})/")
NOT_YET = ["TO" + "DO", "FIX" + "ME", "X" + "XX"]
NOT_RUN = ["mark.ski" + "p", "mark.xfai" + "l", "pytest.ski" + "p", "pytest.xfai" + "l", "importorski" + "p"]


def lines(files: list[Path], *suffixes: str) -> Iterator[tuple[str, str]]:
    """Where and text of every line of the files with these suffixes; of every text file without any."""
    for file in files:
        if suffixes and file.suffix not in suffixes:
            continue
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # Parquet
        yield from ((f"{file}:{number}", line) for number, line in enumerate(text.split("\n"), start=1))


def comments(file: Path) -> Iterator[tuple[str, str]]:
    text = file.read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield f"{file}:{token.start[0]}", token.string


def test_no_registry_host_and_no_path_of_a_machine(tracked: list[Path]) -> None:
    wrong = [
        f"{where}: {line.strip()[:100]}"
        for where, line in lines(tracked)
        if MACHINE_PATH.search(line) or any(host in line for host in HOSTS)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("line", "names_a_machine"),
    [
        ("cd /wor" + "k/main", True),
        ("path='/tm" + "p/x'", True),
        ("https://example.org/hom" + "e/page", False),
        ("data/raw/work", False),
    ],
)
def test_a_machine_path_is_told_from_an_address(line: str, names_a_machine: bool) -> None:
    assert bool(MACHINE_PATH.search(line)) is names_a_machine


def test_nothing_is_left_for_later(tracked: list[Path]) -> None:
    wrong = [
        where
        for where, line in lines(tracked, ".py", ".sh", ".toml", ".yml")
        if any(re.search(rf"\b{w}\b", line) for w in NOT_YET)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_test_is_passed_over(tracked: list[Path]) -> None:
    wrong = [where for where, line in lines(tracked, ".py") if any(word in line for word in NOT_RUN)]
    assert not wrong, "\n".join(wrong)


# What a comment that silences a checker must look like: it names what it silences.
CODED = {
    "noqa": re.compile(r"#\s*noqa: [A-Z]+\d+(, ?[A-Z]+\d+)*"),
    "type: ignore": re.compile(r"#\s*type: ignore\[[a-z-]+(, ?[a-z-]+)*\]"),
    "no cover": re.compile(r"(?!)"),  # never
}


@pytest.mark.parametrize("silencer", sorted(CODED))
def test_what_is_silenced_is_named(tracked: list[Path], silencer: str) -> None:
    python = [file for file in tracked if file.suffix == ".py" and file != Path(__file__)]
    ours = [file for file in python if silencer in file.read_text(encoding="utf-8")]
    wrong = [f"{w}: {c}" for file in ours for w, c in comments(file) if silencer in c and not CODED[silencer].search(c)]
    assert not wrong, "\n".join(wrong)


def test_exceptions_in_pyproject_say_why(root: Path) -> None:
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    rules = tomllib.loads(text)["tool"]["ruff"]["lint"]
    wanted = [*rules["ignore"], *rules["per-file-ignores"]]
    for name in wanted:
        (line,) = [line for line in text.splitlines() if line.strip().startswith(f'"{name}"')]
        assert re.search(r"#\s*\S+", line), f"pyproject.toml: say why {name} is there"
    for override in tomllib.loads(text)["tool"]["mypy"]["overrides"]:
        (line,) = [line for line in text.splitlines() if line.startswith("module = ") and override["module"][0] in line]
        assert "#" in line


def test_every_module_says_what_it_is_for(modules: dict[str, ast.Module]) -> None:
    assert not [name for name, tree in modules.items() if not ast.get_docstring(tree)]
