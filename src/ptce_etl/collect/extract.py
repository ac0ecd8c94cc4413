"""What is kept of a source on the web: the mapped columns of the rows that were read, and nothing of a person.

The bytes that were fetched hold more than we need: e-mails, telephones, names of people, sentences. They stay in the
private part of the archive for some weeks. An extract is what the public part keeps, and what every snapshot is built
from: one JSON line that says what it is, then one line a row, keys sorted; the same rows give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.persons import scrubbed
from ptce_etl.collect.readers.base import Table
from ptce_etl.collect.text import comparable, listed
from ptce_etl.errors import SourceChanged

__all__ = ["CATALOGUE", "check_columns", "extract", "is_extract", "opened_extract"]

CATALOGUE = "src/ptce_etl/catalogue/sources.yml"
_MAGIC = b'{"ptce_extract":1,'


def check_columns(met: Sequence[str], source: Source, own: Sequence[str] = ()) -> None:
    """Raise :class:`SourceChanged` when a column is neither mapped nor ignored, or a mapped one is not there.

    ``own`` are columns that the platform always gives. In them and in ``ignore``, ``*`` stands for anything.
    """
    mapped = set(source.columns.values())
    known = mapped | set(source.ignore) | set(source.keep)
    patterns = [name for name in (*source.ignore, *own) if "*" in name]
    unknown = [
        name
        for name in met
        if name not in known and name not in own and not any(fnmatchcase(name, p) for p in patterns)
    ]
    wanted = [column for name, column in source.columns.items() if name not in source.optional]
    missing = [name for name in dict.fromkeys([*wanted, *source.keep]) if name not in met]
    found = []
    if unknown:
        found.append(f"{len(unknown)} unknown column{'s' * (len(unknown) > 1)}: {listed(unknown)}")
    if missing:
        found.append(f"{len(missing)} missing column{'s' * (len(missing) > 1)}: {listed(missing)}")
    if found:
        raise SourceChanged("; ".join(found), do=f"map or ignore them in {CATALOGUE}")


def extract(table: Table, source: Source, own: Sequence[str] = ()) -> bytes:
    """The kept part of ``table``, as bytes.

    Raises :class:`SourceChanged` for columns that the catalogue does not name, and for fewer rows than announced.
    """
    if table.announced is not None and len(table.rows) != table.announced:
        raise SourceChanged(
            f"{len(table.rows)} rows read, {table.announced} announced", do="fetch it again; look at the capture"
        )
    check_columns(table.columns, source, own)
    kept = sorted({*source.columns.values()} & {*table.columns})
    wanted = [(column, comparable(text)) for column, text in source.keep.items()]
    lines = []
    for row in table.rows:
        if all(text in comparable(row.get(column, "")) for column, text in wanted):
            cells = {column: text for column in kept if (text := scrubbed(row.get(column, "")))}
            if cells:
                lines.append(_line(cells))
    head = f',"columns":{_line(kept)},"reader":{_line(source.reader)},"rows":{len(lines)}}}'
    return "\n".join([_MAGIC.decode()[:-1] + head, *lines, ""]).encode()


def is_extract(raw: bytes) -> bool:
    """Whether bytes of the archive are an extract."""
    return raw.startswith(_MAGIC)


def opened_extract(raw: bytes) -> tuple[list[str], list[dict[str, str]]]:
    """The columns and the rows of an extract. Raises :class:`SourceChanged` when it is not whole."""
    try:
        head, *lines = raw.decode("utf-8").removesuffix("\n").split("\n")
        about: Any = json.loads(head)
        rows = [json.loads(line) for line in lines]
        if len(rows) != about["rows"] or not all(isinstance(row, dict) for row in rows):
            raise ValueError(f"{len(rows)} rows where {about['rows']} were written")
        return list(about["columns"]), rows
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SourceChanged(f"an extract that is not whole: {error}", do="collect the source again") from error


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
