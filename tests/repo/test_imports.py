"""Imports go one way, and each library has its room."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator

import pytest

# A room imports the rooms above it: never its own row (but the words may use each other), nor anything below.
LAYERS: list[set[str]] = [
    {"errors", "model", "schema", "config", "rows", "frames", "workers", "importing"},
    {"catalogue", "reference"},
    {"collect", "clean"},
    {"resolve"},
    {"measure"},
    {"validate"},
    {"publish"},
    {"report"},
    {"seed"},
    {"pipeline"},
    {"rebuild"},
    {"flows"},
    {"cli"},
]
WORDS = LAYERS[0]
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}

# What reaches outside the process: for `collect`; `flows` talks to its own Prefect server on loopback.
NETWORK = ["aiohttp", "ftplib", "http", "httpx", "requests", "smtplib", "socket", "ssl", "urllib3", "websockets"]

Trees = dict[str, ast.Module]


def room_of(name: str) -> str:
    """``ptce_etl.clean.names`` → ``clean``; ``flows.build`` → ``flows``; the package itself, a façade → ""."""
    top, *rest = name.split(".")
    return top if top != "ptce_etl" else (rest[0] if rest else "")


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything imported: at the top, in functions, or for type checkers."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: import by full name"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def test_imports_go_down_the_list(modules: Trees) -> None:
    wrong = []
    for module, tree in modules.items():
        room = room_of(module)
        if not room:
            continue
        assert room in LEVEL, f"{module}: say in LAYERS where the room {room!r} stands"
        for line, name in imported(tree):
            target = room_of(name)
            if name.split(".")[0] not in {"ptce_etl", "flows"} or name in {"ptce_etl", "ptce_etl.__version__"}:
                continue
            both_words = room in WORDS and target in WORDS
            if not (target == room or both_words or LEVEL.get(target, len(LAYERS)) < LEVEL[room]):
                wrong.append(f"{module}:{line} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_the_facade_is_for_users(modules: Trees) -> None:
    """Inside, only its version and its folder are used: the rest comes from rooms that have their place in the list."""
    wrong = [
        f"{module}:{node.lineno} uses {ast.unparse(node)}"
        for module, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "ptce_etl" and not node.attr.startswith("__")
    ]
    assert not wrong, "\n".join(wrong)


def test_an_import_inside_a_function_is_seen_too() -> None:
    source = "def f():\n    from ptce_etl.publish.api import load\n    import prefect.flows"
    assert list(imported(ast.parse(source))) == [(2, "ptce_etl.publish.api.load"), (3, "prefect.flows")]


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("prefect", {"flows"}),
        ("great_expectations", {"ptce_etl.validate.expectations"}),
        ("typer", {"ptce_etl.cli"}),
        ("rich", {"ptce_etl.cli"}),
        ("jinja2", {"ptce_etl.report"}),
        *((library, {"ptce_etl.collect", "flows"}) for library in NETWORK if library not in {"http", "requests"}),
        ("requests", {"ptce_etl.collect", "flows", "ptce_etl.publish.datagouv"}),  # push, which asks one site
        ("http", {"ptce_etl.collect", "flows", "ptce_etl.cli.serving"}),  # ptce serve answers on loopback
        ("urllib.request", set()),
    ],
)
def test_a_library_has_its_room(modules: Trees, library: str, rooms: set[str]) -> None:
    wrong = [
        f"{module}:{line} imports {name}"
        for module, tree in modules.items()
        for line, name in imported(tree)
        if f"{name}.".startswith(f"{library}.") and not any(f"{module}.".startswith(f"{room}.") for room in rooms)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("module", "waits"),
    [
        ("ptce_etl", ["great_expectations", "pandas", "prefect", "pyarrow"]),
        ("ptce_etl.cli", ["great_expectations", "pandas", "prefect"]),
        ("ptce_etl.pipeline", ["great_expectations", "prefect"]),
        ("flows", ["prefect"]),
    ],
)
def test_what_is_heavy_waits_until_it_is_used(module: str, waits: list[str]) -> None:
    code = f"import sys, {module}; print(*[name for name in {waits} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []
