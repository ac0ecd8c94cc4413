"""What a module offers is in its sorted ``__all__``; the rest is its own business."""

from __future__ import annotations

import ast


def test_every_module_says_what_it_offers(modules: dict[str, ast.Module]) -> None:
    wrong = []
    for module, tree in modules.items():
        names = exported(tree)
        if names is None:
            if any(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Assign) for node in tree.body):
                wrong.append(f"{module} has no __all__")
            continue
        if names != sorted(names, key=_order):
            wrong.append(f"{module}.__all__ is not sorted")
        wrong += [f"{module}.__all__ names {name!r}, which is not there" for name in sorted({*names} - _made(tree))]
    assert not wrong, "\n".join(wrong)


def exported(tree: ast.Module) -> list[str] | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]:
            return list(ast.literal_eval(node.value))
    return None


def _order(name: str) -> tuple[int, str]:
    """CONSTANTS, then Classes, then the rest, as ruff's RUF022 sorts them."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2), name


def _made(tree: ast.Module) -> set[str]:
    """Every name that the module assigns, defines or imports."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
    return names
