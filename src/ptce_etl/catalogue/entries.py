"""Lists of entries in YAML files of ours, read strictly.

YAML reads ``01`` (Ain) as a number, ``no`` as false and ``2014-01-10`` as a date, and keeps the last of two equal keys
without a word. Here every scalar is read as text, the model converts what it knows to be a number, and a repeated key
is an error. Codes and dates are quoted in our files all the same: other readers of them are not so careful.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from ptce_etl.errors import CatalogueError

__all__ = ["read_entries"]

Model = TypeVar("Model", bound=BaseModel)


class _Loader(yaml.BaseLoader):
    """Every scalar is text, and a key stands once in its mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key.value!r} stands twice", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep=True)


def read_entries(path: Path, section: str, key: str, model: type[Model]) -> tuple[Model, ...]:
    """The entries listed under ``section`` of a YAML file, each validated; ``key`` is the field that must be unique.

    Raises :class:`CatalogueError`, naming the entry and every field that does not hold.
    """
    raw = _read(path, section)
    entries = []
    for position, values in enumerate(raw, start=1):
        label = f"entry {position}"
        if isinstance(values, dict) and isinstance(values.get(key), str):
            label = values[key]
        try:
            entries.append(model.model_validate(values))
        except ValidationError as error:
            reasons = "; ".join(_reason(detail["loc"], detail["msg"]) for detail in error.errors())
            raise CatalogueError(
                f"{label}: {reasons}", where=str(path), do="mend the entry; quote codes and dates"
            ) from error
    times = Counter(str(getattr(entry, key)) for entry in entries)
    twice = sorted(name for name, count in times.items() if count > 1)
    if twice:
        raise CatalogueError(f"{key} stands twice: {', '.join(twice)}", where=str(path), do="one entry each")
    return tuple(entries)


def _read(path: Path, section: str) -> list[Any]:
    try:
        # _Loader builds only text, lists and mappings: the check looks for the name SafeLoader.
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise CatalogueError(f"{path.name} cannot be read: {reason}", where=str(path), do="mend the file") from error
    if not isinstance(content, dict) or set(content) != {section} or not isinstance(content[section], list):
        raise CatalogueError(
            f"{path.name} is not a list under the one key '{section}:'", where=str(path), do="mend the file"
        )
    entries: list[Any] = content[section]
    return entries


def _reason(place: tuple[int | str, ...], message: str) -> str:
    where = ".".join(str(part) for part in place)
    text = message.removeprefix("Value error, ")
    return f"{where}: {text}" if where else text
