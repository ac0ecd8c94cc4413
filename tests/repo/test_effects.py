"""One room, one effect: who may read the clock, and who may write files."""

from __future__ import annotations

import ast
from collections.abc import Iterator

Trees = dict[str, ast.Module]

CLOCK_ROOMS = ("ptce_etl.cli", "flows")
CLOCK = {
    "datetime": {"now", "today", "utcnow"},
    "date": {"today"},
    "time": {"time", "time_ns", "localtime", "gmtime", "strftime", "ctime"},
    "Timestamp": {"now", "today", "utcnow"},
}
# `cli` writes what `ptce resolve --out` is asked for, `flows` the state of its own Prefect server.
WRITING_ROOMS = ("ptce_etl.collect.archive", "ptce_etl.publish", "ptce_etl.seed", "ptce_etl.cli", "flows")
WRITES = {
    "copy2", "copyfile", "copytree", "makedirs", "mkdir", "rmdir", "rmtree", "symlink", "symlink_to", "to_csv",
    "to_parquet", "touch", "unlink", "write_bytes", "write_table", "write_text",
}  # fmt: skip


def is_in(module: str, rooms: tuple[str, ...]) -> bool:
    return any(f"{module}.".startswith(f"{room}.") for room in rooms)


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str, str]]:
    """Every call, with the last name of what it is called on ("" for a plain function) and what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, ast.unparse(node.func.value).split(".")[-1], node.func.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node, "", node.func.id


def opens_to_write(call: ast.Call, name: str) -> bool:
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    modes = [arg.value for arg in given if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    return name in {"open", "fdopen"} and any(set(mode) <= set("rwaxbt+") and set(mode) & set("wax+") for mode in modes)


def test_only_the_doors_read_the_clock(modules: Trees) -> None:
    wrong = [
        f"{module}:{call.lineno} reads the clock: {ast.unparse(call)}"
        for module, tree in modules.items()
        for call, owner, name in calls(tree)
        if name in CLOCK.get(owner, ()) and not is_in(module, CLOCK_ROOMS)
    ]
    assert not wrong, "\n".join(wrong)


def test_only_the_archive_the_decisions_and_the_publisher_write(modules: Trees) -> None:
    wrong = [
        f"{module}:{call.lineno} writes: {ast.unparse(call)}"
        for module, tree in modules.items()
        for call, owner, name in calls(tree)
        if (owner and name in WRITES) or opens_to_write(call, name)
        if not is_in(module, WRITING_ROOMS)
    ]
    assert not wrong, "\n".join(wrong)


def test_these_tests_can_see() -> None:
    seen = {
        (owner, name)
        for _, owner, name in calls(ast.parse("dt.datetime.now(); self.path.write_text(''); open('f', 'wb')"))
    }
    assert seen == {("datetime", "now"), ("path", "write_text"), ("", "open")}
    call = next(call for call, _, _ in calls(ast.parse("path.open(mode='ab')")))
    assert opens_to_write(call, "open")
    assert not opens_to_write(next(call for call, _, _ in calls(ast.parse("open('data', 'rb')"))), "open")
