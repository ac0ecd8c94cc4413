"""Reading with a limit of time and memory: what a file can do to its reader stays in a process of its own.

The child is this module run as a program. It gets the entry of the catalogue and the pages on its standard input, and
answers with the table, or with what is wrong. A child that is killed, or that dies of its file, is a source that
changed.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ptce_etl.catalogue.registry import Source
from ptce_etl.collect.bundle import bundled, unbundled
from ptce_etl.collect.platforms import platform_of
from ptce_etl.collect.readers.base import Page, Table
from ptce_etl.errors import PtceError, SourceChanged, SourceRefused

__all__ = ["Limits", "rows_of"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a guarded reader may use: seconds on the clock, bytes of memory."""

    seconds: float = 120.0
    memory: int = 2_000_000_000


def rows_of(pages: Sequence[Page], source: Source, limits: Limits | None = None) -> Table:
    """The table in the pages. Raises :class:`SourceChanged` or :class:`SourceRefused`."""
    platform = platform_of(source.reader)
    if not platform.guarded:
        return platform.rows(pages, source)
    limits = limits or Limits()
    request = f"{source.model_dump_json()}\n{limits.seconds:.0f} {limits.memory}\n".encode() + bundled(pages)
    try:
        # The program is this Python, the argument is ours; the pages go through a pipe.
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", __name__], input=request, capture_output=True, timeout=limits.seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise SourceChanged(f"not read in {limits.seconds:g} s", do="look at the file: is it what it was?") from error
    answer = _answer(done.stdout)
    if done.returncode != 0 or answer is None:
        died = done.stderr.decode("utf-8", "replace").strip().split("\n")[-1][:200]
        raise SourceChanged(
            f"the reader died of it (exit code {done.returncode}): {died or 'without a word'}",
            do="look at the file; a reader that dies is a bug as well: please report it",
        )
    if "error" in answer:
        kind = SourceRefused if answer["kind"] == "SourceRefused" else SourceChanged
        raise kind(answer["error"], do=answer["do"])
    return Table(tuple(answer["columns"]), tuple(answer["rows"]), answer["announced"])


def _answer(output: bytes) -> dict[str, Any] | None:
    try:
        answer: Any = json.loads(output)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _child() -> None:
    entry, limits, raw = sys.stdin.buffer.read().split(b"\n", 2)
    seconds, memory = map(int, limits.split())
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds + 1, seconds + 5))
    source = Source.model_validate_json(entry)
    answer: dict[str, Any]
    try:
        table = platform_of(source.reader).rows(unbundled(raw), source)
        answer = {"columns": table.columns, "rows": table.rows, "announced": table.announced}
    except PtceError as error:
        answer = {"kind": type(error).__name__, "error": error.what, "do": error.do}
    except MemoryError:
        answer = {"kind": "SourceChanged", "error": "more memory than a reader may use", "do": "look at the file"}
    except RecursionError:
        answer = {"kind": "SourceChanged", "error": "nested too deep to be read", "do": "look at the file"}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    _child()
