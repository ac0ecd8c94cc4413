"""The contract of a schema version, and what a change of it asks of the next version's number.

A contract is what readers build on: tables, keys, and the name, kind, unit and presence of each column. The words that
describe a column are not part of it. Each version's contract is kept in ``history/<version>.json``, written once by
``make docs`` and never again.

The rule (semver 2.0.0, https://semver.org): a change that breaks readers is a new major version, one that adds is a new
minor version. While the major version is 0, minor counts as major: breaking is a new minor version, adding a new patch.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, TypedDict, cast

from ptce_etl.schema.types import Table

__all__ = ["Change", "Contract", "changes", "contract", "contract_text", "history", "problems", "version_key"]


class ColumnContract(TypedDict):
    name: str
    kind: str
    required: bool
    unit: str
    public: bool


class TableContract(TypedDict):
    key: list[str]
    open: bool
    columns: list[ColumnContract]


class Contract(TypedDict):
    """What one version promises; ``open``: the table also goes out in formats other than Parquet."""

    version: str
    tables: dict[str, TableContract]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two contracts, in words, and whether it breaks who reads the older one."""

    what: str
    breaking: bool


def contract(tables: Mapping[str, Table], version: str) -> Contract:
    """The contract of ``tables`` as they are in the code."""
    return Contract(
        version=version,
        tables={
            table.name: TableContract(
                key=list(table.key),
                open=table.csv,
                columns=[
                    ColumnContract(name=c.name, kind=c.kind, required=c.required, unit=c.unit, public=c.public)
                    for c in table.columns
                ],
            )
            for table in tables.values()
        },
    )


def contract_text(found: Contract) -> str:
    """A contract as the file of ``history`` has it: one column a line, so that a change reads as one line."""
    lines = ["{", f'  "version": {_json(found["version"])},', '  "tables": {']
    for n, (name, table) in enumerate(found["tables"].items(), start=1):
        lines += [
            f"    {_json(name)}: {{",
            f'      "key": {_json(table["key"])},',
            f'      "open": {_json(table["open"])},',
        ]
        columns = ",\n".join(f"        {_json(column)}" for column in table["columns"])
        lines += [f'      "columns": [\n{columns}\n      ]', "    }" + ("," if n < len(found["tables"]) else "")]
    return "\n".join([*lines, "  }", "}"]) + "\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def history() -> list[Contract]:
    """Every recorded contract, oldest version first."""
    folder = files("ptce_etl.schema") / "history"
    found: list[Any] = [json.loads(f.read_text(encoding="utf-8")) for f in folder.iterdir() if f.name.endswith(".json")]
    return sorted((cast("Contract", one) for one in found), key=lambda one: version_key(one["version"]))


def version_key(version: str) -> tuple[int, int, int]:
    """ "1.2.3" as numbers. :class:`ValueError` for what is not three numbers."""
    major, minor, patch = version.split(".")
    return int(major), int(minor), int(patch)


def changes(old: Contract, new: Contract) -> list[Change]:
    """Every difference between two contracts, the tables in the order of ``old``; a rename is a removal and an addition."""
    found: list[Change] = []
    for name, table in old["tables"].items():
        if name not in new["tables"]:
            found.append(Change(f"table {name} is removed", breaking=True))
        else:
            found += _table_changes(name, table, new["tables"][name])
    added = [name for name in new["tables"] if name not in old["tables"]]
    return found + [Change(f"table {name} is added", breaking=False) for name in added]


def _table_changes(name: str, old: TableContract, new: TableContract) -> Iterator[Change]:
    if old["key"] != new["key"]:
        yield Change(f"{name}: its key {old['key']} is now {new['key']}", breaking=True)
    if old["open"] != new["open"]:
        yield Change(f"{name}: {'in' if new['open'] else 'no longer in'} formats besides Parquet", breaking=old["open"])
    before, after = ({column["name"]: column for column in one["columns"]} for one in (old, new))
    for column in [c for c in before if c not in after]:
        yield Change(f"{name}.{column} is removed", breaking=before[column]["public"])
    for column in [c for c in before if c in after]:
        yield from _column_changes(f"{name}.{column}", before[column], after[column])
    for column in [c for c in after if c not in before]:
        yield Change(f"{name}.{column} is added", breaking=False)
    kept, order = [c for c in before if c in after], [c for c in after if c in before]
    if kept != order:
        yield Change(f"{name}: its columns stand in another order", breaking=old["open"])


def _column_changes(where: str, old: ColumnContract, new: ColumnContract) -> Iterator[Change]:
    breaking = old["public"]
    if old["kind"] != new["kind"]:
        yield Change(f"{where}: {old['kind']} is now {new['kind']}", breaking)
    if old["unit"] != new["unit"]:
        yield Change(f"{where}: its unit {old['unit'] or 'none'} is now {new['unit'] or 'none'}", breaking)
    if old["required"] != new["required"]:
        # Either way: readers met no gap before, or whoever writes such tables left gaps.
        yield Change(f"{where}: {'now required' if new['required'] else 'may now be missing'}", breaking)
    if old["public"] != new["public"]:
        yield Change(f"{where}: {'now public' if new['public'] else 'no longer public'}", breaking)


def problems(old: Contract, new: Contract) -> list[str]:
    """What is wrong with going from ``old`` to ``new`` under their version numbers, one sentence each."""
    before, after = version_key(old["version"]), version_key(new["version"])
    found = changes(old, new)
    if after < before:
        return [f"version {new['version']} is below {old['version']}"]
    if after == before:
        return [f"{change.what}, and the version is still {old['version']}" for change in found]
    level = 1 if before[0] == 0 and after[0] == 0 else 0  # where a breaking change must show
    if before[: level + 1] != after[: level + 1]:
        return []
    wrong = [
        f"{change.what}: breaks readers of {old['version']}, so {new['version']} is too low"
        for change in found
        if change.breaking
    ]
    if not wrong and level == 0 and found and before[:2] == after[:2]:
        wrong = [f"{change.what}: adds to {old['version']}, so {new['version']} is too low" for change in found]
    return wrong
