"""The options that commands share, and the one reading of the clock."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ptce_etl.errors import ConfigError

__all__ = ["ROOT", "Data", "Debug", "Json", "Judgements", "Now", "Snapshot", "clock"]

_DATA_HELP = "The data root: the folder that holds raw/, decisions/ and processed/."
Data = Annotated[Path, typer.Option("--data", metavar="DIR", envvar="PTCE_DATA", help=_DATA_HELP)]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout instead of tables.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Now = Annotated[str | None, typer.Option("--now", metavar="INSTANT", hidden=True)]
Snapshot = Annotated[str, typer.Option("--snapshot", metavar="ID", help="The snapshot to read.")]
Judgements = Annotated[
    bool,
    typer.Option("--judgements/--no-judgements", help="Apply what people decided about pairs of listings, or not."),
]
ROOT = Path("data")


def clock(given: str | None) -> datetime:
    """The one reading of the clock of a command; ``given`` is an instant in its place."""
    if given is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise ConfigError(f"not an instant: {given!r}", where="--now", do="write 2026-11-23T10:00:00+00:00") from error
    if moment.tzinfo is None:
        raise ConfigError(f"an instant without a time zone: {given!r}", where="--now", do="end it with +00:00")
    return moment
